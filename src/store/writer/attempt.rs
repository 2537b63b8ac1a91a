//! Ending attempts of deliveries: the attempt's row, what becomes of the delivery, and its task, in one
//! commit, fenced by the lease.

use std::collections::{BTreeMap, HashSet};

use sea_orm::DbBackend;

use super::Tx;
use crate::model::delivery::{DeliveryAttempt, DeliveryStatus};
use crate::model::id::{BucketId, DeliveryId, WebhookEndpointId, WorkspaceId};
use crate::store::StoreError;
use crate::store::convert::millis;
use crate::store::delivery::attempt_row;
use crate::store::sql::{Binder, Record, Script, now_ms};

/// Failures of a bucket further apart than this are not one: nothing is known of the time between. What waits
/// for a bucket is tried more often.
const APART_MS: i64 = 60 * 60 * 1_000;
/// How often it is noted that a bucket still fails.
const NOTED_EVERY_MS: i64 = 60 * 1_000;

/// What one attempt came to, by whoever holds the delivery's lease.
#[derive(Clone, Debug)]
pub struct EndAttempt {
    pub delivery: DeliveryId,
    pub lease_token: i64,
    pub attempt: DeliveryAttempt,
    pub next: Next,
    /// The registered receiver whose standing it tells of; none of an attempt that tells nothing.
    pub endpoint: Option<WebhookEndpointId>,
    /// The same of a bucket.
    pub bucket: Option<(WorkspaceId, BucketId)>,
    /// The deliveries behind it wait for its end.
    pub is_ordered: bool,
}

/// What becomes of a delivery after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Succeeded,
    Failed,
    /// Nothing was tried, as nobody is to get it.
    Skipped,
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

/// Answers per command whether the lease was still held; otherwise nothing of it was written. Answers also
/// whether something that waited for one of these is due now.
pub(super) async fn apply(tx: &Tx, items: &[&EndAttempt]) -> Result<(Vec<bool>, bool), StoreError> {
    if items.is_empty() {
        return Ok((Vec::new(), false));
    }
    // Of several that hold one lease, one may.
    let mut leases = hold(tx, items).await?;
    let mut is_held =
        |item: &&EndAttempt| leases.remove(&(item.delivery.to_string(), item.lease_token));
    let held: Vec<bool> = items.iter().map(&mut is_held).collect();
    let ended = items.iter().zip(&held).filter(|(_, held)| **held);
    let ended: Vec<&EndAttempt> = ended.map(|(item, _)| *item).collect();
    let mut freed = false;
    if !ended.is_empty() {
        let mut script = Script::new(tx.backend());
        release_tasks(&ended, &mut script);
        let tried = ended.iter().filter(|item| item.next != Next::Skipped);
        script.insert(&tried.map(|item| row(item)).collect::<Vec<_>>());
        script.add(|binder| update_deliveries(binder, &ended));
        let endpoints = standings(&ended, |item| item.endpoint);
        if !endpoints.is_empty() {
            script.add(|binder| update_endpoints(binder, &endpoints));
        }
        let buckets = standings(&ended, |item| item.bucket);
        if !buckets.is_empty() {
            script.add(|binder| update_buckets(binder, &buckets));
        }
        script.run(tx.connection()).await?;
        freed = free_next(tx, &ended).await?;
    }
    Ok((held, freed))
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
    let rows = tx.records(binder.statement(sql)).await?;
    let lease = |row: &Record| Ok((row.get("id")?, row.get("lease_token")?));
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
        Next::Succeeded | Next::Failed | Next::Skipped => None,
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
            Next::Skipped => (DeliveryStatus::Skipped, None, Some(item.ended_at())),
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

/// What these attempts say of their receivers: when it failed, or nothing if anything was acknowledged.
fn standings<K: Ord>(
    ended: &[&EndAttempt],
    receiver: impl Fn(&EndAttempt) -> Option<K>,
) -> BTreeMap<K, Option<i64>> {
    let mut standings = BTreeMap::new();
    for item in ended {
        let Some(receiver) = receiver(item) else { continue };
        match item.next {
            Next::Succeeded => drop(standings.insert(receiver, None)),
            Next::Failed | Next::Retry { .. } => {
                standings.entry(receiver).or_insert(Some(item.ended_at()));
            }
            Next::Skipped => {}
        }
    }
    standings
}

/// Writes only where the standing changes: with the first failure, and with the first success after it.
fn update_endpoints(
    binder: &mut Binder,
    standings: &BTreeMap<WebhookEndpointId, Option<i64>>,
) -> String {
    let rows = standings.iter().map(|(id, failed_at)| {
        [id.to_string().into(), failed_at.is_some().into(), failed_at.unwrap_or_default().into()]
    });
    let rows = binder.rows(rows);
    format!(
        "UPDATE webhook_endpoint SET warned = 0, \
         failing_since = CASE WHEN seen.column2 THEN seen.column3 ELSE NULL END \
         FROM ({rows}) AS seen WHERE webhook_endpoint.id = seen.column1 \
         AND (webhook_endpoint.failing_since IS NULL) = seen.column2"
    )
}

/// The same for buckets; while one fails, its last failure is noted besides, now and then.
fn update_buckets(
    binder: &mut Binder,
    standings: &BTreeMap<(WorkspaceId, BucketId), Option<i64>>,
) -> String {
    let rows = standings.iter().map(|((workspace, id), failed_at)| {
        let (workspace, id) = (workspace.to_string(), id.to_string());
        let at = failed_at.unwrap_or_default();
        [workspace.into(), id.into(), failed_at.is_some().into(), at.into()]
    });
    let rows = binder.rows(rows);
    format!(
        "UPDATE bucket SET failing_since = CASE WHEN NOT seen.column3 THEN NULL \
         WHEN bucket.failed_at >= seen.column4 - {APART_MS} THEN bucket.failing_since \
         ELSE seen.column4 END, \
         failed_at = CASE WHEN seen.column3 THEN seen.column4 ELSE NULL END \
         FROM ({rows}) AS seen \
         WHERE bucket.workspace_id = seen.column1 AND bucket.id = seen.column2 \
         AND CASE WHEN NOT seen.column3 THEN bucket.failing_since IS NOT NULL \
         ELSE bucket.failed_at IS NULL OR bucket.failed_at < seen.column4 - {NOTED_EVERY_MS} END"
    )
}

/// Makes due what waits behind the ended deliveries of endpoints that keep the order.
async fn free_next(tx: &Tx, ended: &[&EndAttempt]) -> Result<bool, StoreError> {
    let is_over = |item: &&&EndAttempt| item.is_ordered && !matches!(item.next, Next::Retry { .. });
    let over: Vec<String> =
        ended.iter().filter(is_over).map(|item| item.delivery.to_string()).collect();
    if over.is_empty() {
        return Ok(false);
    }
    let mut binder = Binder::new(tx.backend());
    let over = binder.one_of(over);
    let sql = format!(
        "UPDATE task SET due_at = 0 WHERE lease_token IS NULL AND due_at > 0 AND id IN ( \
         SELECT (SELECT waiting.id FROM delivery AS waiting \
           WHERE waiting.endpoint_id = ended.endpoint_id AND waiting.status = 'pending' \
           ORDER BY waiting.seq LIMIT 1) \
         FROM delivery AS ended WHERE ended.id {over} AND ended.endpoint_id IS NOT NULL)"
    );
    Ok(tx.execute(binder.statement(sql)).await? > 0)
}
