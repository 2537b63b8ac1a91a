//! Appending to a workspace's log. The counter is taken last in a transaction and held until it commits,
//! so that the order of numbers is the order in which events become visible.

use sea_orm::DbBackend;

use super::convert::{Row, millis, number, to_json};
use super::entity::event;
use super::event::LogHead;
use super::fan_out::{Deliveries, Told};
use super::sql::{Binder, Script};
use super::webhook_endpoint::registered;
use super::{StoreError, Tx};
use crate::model::event::NewEvent;
use crate::model::id::WorkspaceId;

/// Writes these facts at the end of the workspace's log, in their order, with their deliveries. It is the last
/// thing that its transaction does; who commits it wakes those who follow the log with `Topic::Events`, and
/// those who send with `Topic::Queue`.
pub(super) async fn append(
    tx: &Tx,
    workspace: WorkspaceId,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let log = advance_log(tx, workspace, events.len()).await?;
    let first = log.seq + 1 - events.len() as u64;
    let endpoints = registered(tx, [workspace]).await?;
    let mut deliveries = Deliveries::default();
    let mut rows = Vec::with_capacity(events.len());
    for (seq, new) in (first..).zip(events) {
        let told = Told {
            workspace,
            id: new.id,
            kind: new.kind,
            seq,
            query_id: new.query_id,
            job_id: None,
            at: millis(new.occurred_at),
        };
        deliveries.add(&told, &endpoints, &[]);
        rows.push(event::Model {
            workspace_id: workspace.to_string(),
            seq: number(seq),
            id: new.id.to_string(),
            epoch: log.epoch.clone(),
            kind: new.kind.to_owned(),
            occurred_at: millis(new.occurred_at),
            query_id: new.query_id.map(|id| id.to_string()),
            payload: to_json(&new.payload(seq))?,
        });
    }
    let mut script = Script::new(tx.backend());
    script.insert(&rows);
    script.insert(&deliveries.rows);
    script.insert(&deliveries.tasks);
    Ok(script.run(tx.connection()).await?)
}

/// Takes the turn of a workspace's log until the transaction ends; answers where the log ends.
pub(super) async fn lock_log(tx: &Tx, workspace: WorkspaceId) -> Result<i64, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let id = workspace.to_string();
    let bound = binder.bind(id.as_str());
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
    let sql = format!("SELECT seq FROM event_counter WHERE workspace_id = {bound}{lock}");
    let rows = tx.records(binder.statement(sql)).await?;
    let at = Row { table: "event_counter", id: &id };
    Ok(rows.first().ok_or_else(|| at.corrupt(&"missing"))?.get("seq")?)
}

/// Takes so many numbers of a log; the answer is its end with them.
pub(super) async fn advance_log(
    tx: &Tx,
    workspace: WorkspaceId,
    events: usize,
) -> Result<LogHead, StoreError> {
    let id = workspace.to_string();
    let mut binder = Binder::new(tx.backend());
    let count = binder.bind(number(events));
    let bound_id = binder.bind(id.as_str());
    let sql = format!(
        "UPDATE event_counter SET seq = seq + {count} WHERE workspace_id = {bound_id} \
         RETURNING epoch, seq"
    );
    let rows = tx.records(binder.statement(sql)).await?;
    let at = Row { table: "event_counter", id: &id };
    let row = rows.first().ok_or_else(|| at.corrupt(&"missing"))?;
    Ok(LogHead { epoch: row.get("epoch")?, seq: at.number(row.get("seq")?)? })
}
