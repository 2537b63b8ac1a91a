//! Ending attempts of deliveries: the attempt's row, what becomes of the delivery, and its task, in one
//! commit, fenced by the lease.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

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
        let mut script = Script::default();
        release_tasks(tx, &ended, &mut script);
        script.insert(tx.backend(), ended.iter().map(|item| row(item)).collect());
        script.push(update_deliveries(tx, &ended));
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
    let ids = binder.list(items.iter().map(|item| item.delivery.to_string()));
    let tokens = binder.list(items.iter().map(|item| item.lease_token));
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
    let sql = format!(
        "SELECT id, lease_token FROM task WHERE id IN ({ids}) AND lease_token IN ({tokens}) \
         ORDER BY id{lock}"
    );
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    let lease = |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "lease_token")?));
    rows.iter().map(lease).collect()
}

/// Removes the tasks of deliveries that are done and sets the others' next time.
fn release_tasks(tx: &Tx, ended: &[&EndAttempt], script: &mut Script) {
    let (retries, done): (Vec<&EndAttempt>, Vec<&EndAttempt>) =
        ended.iter().copied().partition(|item| matches!(item.next, Next::Retry { .. }));
    if !done.is_empty() {
        let mut binder = Binder::new(tx.backend());
        let ids = binder.list(done.iter().map(|item| item.delivery.to_string()));
        script.push(binder.statement(format!("DELETE FROM task WHERE id IN ({ids})")));
    }
    if !retries.is_empty() {
        script.push(postpone(tx, &retries));
    }
}

fn postpone(tx: &Tx, retries: &[&EndAttempt]) -> Statement {
    let mut binder = Binder::new(tx.backend());
    let mut rows = Vec::with_capacity(retries.len());
    for item in retries {
        let Next::Retry { after_ms } = item.next else { continue };
        rows.push(binder.row([Value::from(item.delivery.to_string()), after_ms.into()]));
    }
    let sql = format!(
        "UPDATE task SET due_at = {now} + retry.column2, lease_token = NULL, leased_by = NULL \
         FROM (VALUES {rows}) AS retry WHERE task.id = retry.column1",
        now = now_ms(tx.backend()),
        rows = rows.join(", "),
    );
    binder.statement(sql)
}

fn update_deliveries(tx: &Tx, ended: &[&EndAttempt]) -> Statement {
    let mut binder = Binder::new(tx.backend());
    let mut rows = Vec::with_capacity(ended.len());
    for item in ended {
        let (status, next_attempt_at, completed_at) = match item.next {
            Next::Succeeded => (DeliveryStatus::Succeeded, None, Some(item.ended_at())),
            Next::Failed => (DeliveryStatus::Failed, None, Some(item.ended_at())),
            Next::Retry { after_ms } => {
                (DeliveryStatus::Pending, Some(item.ended_at().saturating_add(after_ms)), None)
            }
        };
        rows.push(binder.row([
            Value::from(item.delivery.to_string()),
            status.as_str().into(),
            next_attempt_at.into(),
            completed_at.into(),
        ]));
    }
    let sql = format!(
        "UPDATE delivery SET status = ended.column2, next_attempt_at = ended.column3, \
         completed_at = ended.column4 FROM (VALUES {}) AS ended WHERE delivery.id = ended.column1",
        rows.join(", ")
    );
    binder.statement(sql)
}
