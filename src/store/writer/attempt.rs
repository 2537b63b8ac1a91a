//! Ending attempts of deliveries: the attempt's row, what becomes of the delivery, and its task, in one
//! commit, fenced by the lease.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};

use super::Tx;
use crate::model::delivery::{DeliveryAttempt, DeliveryStatus};
use crate::model::id::DeliveryId;
use crate::store::StoreError;
use crate::store::convert::millis;
use crate::store::delivery::attempt_row;
use crate::store::sql::{Binder, Script, now_ms};

/// What one attempt came to, by whoever holds the delivery's lease.
#[derive(Clone, Debug)]
pub struct EndAttempt {
    pub delivery: DeliveryId,
    pub lease_token: i64,
    pub attempt: DeliveryAttempt,
    pub next: Next,
}

/// What becomes of a delivery after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Succeeded,
    Failed,
    /// It is tried again after this long.
    Retry {
        after_ms: i64,
    },
}

impl EndAttempt {
    /// The worker's clock at the attempt's end.
    fn ended_at(&self) -> i64 {
        millis(self.attempt.at) + i64::from(self.attempt.duration_ms)
    }
}

/// Answers per command whether the lease was still held; otherwise nothing of it was written.
pub(super) async fn apply(tx: &Tx, items: &[&EndAttempt]) -> Result<Vec<bool>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    // Of several that hold one lease, one may.
    let mut leases = hold(tx, items).await?;
    let mut is_held =
        |item: &&EndAttempt| leases.remove(&(item.delivery.to_string(), item.lease_token));
    let held: Vec<bool> = items.iter().map(&mut is_held).collect();
    let ended = items.iter().zip(&held).filter(|(_, held)| **held);
    let ended: Vec<&EndAttempt> = ended.map(|(item, _)| *item).collect();
    if !ended.is_empty() {
        let mut script = Script::new(tx.backend());
        release_tasks(&ended, &mut script);
        script.insert(&ended.iter().map(|item| row(item)).collect::<Vec<_>>());
        script.add(|binder| update_deliveries(binder, &ended));
        script.run(tx.connection()).await?;
    }
    Ok(held)
}

fn row(item: &EndAttempt) -> crate::store::entity::delivery_attempt::Model {
    attempt_row(item.delivery, &item.attempt)
}

/// The leases that are still held; they stay so until the transaction ends.
async fn hold(tx: &Tx, items: &[&EndAttempt]) -> Result<HashSet<(String, i64)>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let ids = binder.one_of(items.iter().map(|item| item.delivery.to_string()));
    let tokens = binder.one_of(items.iter().map(|item| item.lease_token));
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
    let sql = format!(
        "SELECT id, lease_token FROM task WHERE id {ids} AND lease_token {tokens} \
         ORDER BY id{lock}"
    );
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    let lease = |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "lease_token")?));
    rows.iter().map(lease).collect()
}

/// Removes the tasks of deliveries that are done and sets the others' next time.
fn release_tasks(ended: &[&EndAttempt], script: &mut Script) {
    let (retries, done): (Vec<&EndAttempt>, Vec<&EndAttempt>) =
        ended.iter().copied().partition(|item| matches!(item.next, Next::Retry { .. }));
    if !done.is_empty() {
        script.add(|binder| {
            let ids = binder.one_of(done.iter().map(|item| item.delivery.to_string()));
            format!("DELETE FROM task WHERE id {ids}")
        });
    }
    if !retries.is_empty() {
        script.add(|binder| postpone(binder, &retries));
    }
}

fn postpone(binder: &mut Binder, retries: &[&EndAttempt]) -> String {
    let row = |item: &&EndAttempt| match item.next {
        Next::Retry { after_ms } => Some([item.delivery.to_string().into(), after_ms.into()]),
        Next::Succeeded | Next::Failed => None,
    };
    let retries = binder.rows(retries.iter().filter_map(row));
    format!(
        "UPDATE task SET due_at = {now} + retry.column2, lease_token = NULL, leased_by = NULL \
         FROM ({retries}) AS retry WHERE task.id = retry.column1",
        now = now_ms(binder.backend()),
    )
}

fn update_deliveries(binder: &mut Binder, ended: &[&EndAttempt]) -> String {
    let ended = binder.rows(ended.iter().map(|item| {
        let (status, next_attempt_at, completed_at) = match item.next {
            Next::Succeeded => (DeliveryStatus::Succeeded, None, Some(item.ended_at())),
            Next::Failed => (DeliveryStatus::Failed, None, Some(item.ended_at())),
            Next::Retry { after_ms } => {
                (DeliveryStatus::Pending, Some(item.ended_at().saturating_add(after_ms)), None)
            }
        };
        [
            item.delivery.to_string().into(),
            status.as_str().into(),
            next_attempt_at.into(),
            completed_at.into(),
        ]
    }));
    format!(
        "UPDATE delivery SET status = ended.column2, next_attempt_at = ended.column3, \
         completed_at = ended.column4 FROM ({ended}) AS ended WHERE delivery.id = ended.column1"
    )
}
