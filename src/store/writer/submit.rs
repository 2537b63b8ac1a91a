//! Submitting: a query, its job and its task in one commit, once per idempotency key.

use super::Tx;
use super::known::{IdempotencyKey, Key, Keys, heads, key_of, known_keys};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{JobId, QueryId};
use crate::model::job::Job;
use crate::model::query::SavedQuery;
use crate::model::schedule::QuerySchedule;
use crate::store::StoreError;
use crate::store::audit_entry;
use crate::store::convert::{Row, millis, number};
use crate::store::entity::idempotency;
use crate::store::event::LogHead;
use crate::store::schedule::row as schedule_row;
use crate::store::sql::Script;
use crate::store::task::of_job;

/// What is to be written: a new query, its first job, or both.
#[derive(Clone, Debug)]
pub struct Submission {
    pub query: SavedQuery,
    pub job: Option<Job>,
    pub schedule: Option<QuerySchedule>,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Written; `log` is the end of the workspace's log before the job.
    New { log: LogHead, has_job: bool, has_schedule: bool },
    /// The same request was here before and made these.
    Replayed { query_id: QueryId, job_id: Option<JobId>, log: LogHead },
    /// The key was used for another request.
    KeyReused,
}

impl Submitted {
    pub(super) fn added_task(&self) -> bool {
        matches!(self, Self::New { has_job: true, .. })
    }

    pub(super) fn added_schedule(&self) -> bool {
        matches!(self, Self::New { has_schedule: true, .. })
    }
}

pub(super) async fn apply(tx: &Tx, items: &[&Submission]) -> Result<Vec<Submitted>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let heads = heads(tx, items.iter().map(|item| item.query.workspace_id).collect()).await?;
    let now = items.iter().map(|item| millis(item.query.updated_at)).max().unwrap_or_default();
    let keys: Vec<Key> = items.iter().filter_map(|item| key(item)).collect();
    let mut known = known_keys(tx, &keys, now).await?;
    let mut answers = Vec::with_capacity(items.len());
    let mut new = Vec::with_capacity(items.len());
    for item in items {
        let workspace = item.query.workspace_id;
        let log = heads.of(workspace)?;
        let key = key(item);
        if let Some(row) = key.as_ref().and_then(|key| known.get(key)) {
            answers.push(replay(item, row, log.epoch)?);
            continue;
        }
        if let (Some(name), Some(key)) = (key, &item.idempotency) {
            let row = key.row(workspace, &item.query.id, millis(item.query.updated_at));
            let job_id = item.job.as_ref().map(|job| job.id.to_string());
            known.insert(name, idempotency::Model { job_id, event_seq: number(log.seq), ..row });
        }
        let has_schedule = item.schedule.is_some();
        answers.push(Submitted::New { log, has_job: item.job.is_some(), has_schedule });
        new.push(*item);
    }
    insert(tx, &new, &known).await?;
    Ok(answers)
}

fn key(item: &Submission) -> Option<Key> {
    item.idempotency.as_ref().map(|key| key_of(item.query.workspace_id, key))
}

fn replay(
    item: &Submission,
    row: &idempotency::Model,
    epoch: String,
) -> Result<Submitted, StoreError> {
    if !item.idempotency.as_ref().is_some_and(|key| key.is_of(row)) {
        return Ok(Submitted::KeyReused);
    }
    let at = Row { table: "idempotency", id: &row.key };
    Ok(Submitted::Replayed {
        query_id: at.parse(&row.query_id)?,
        job_id: row.job_id.as_deref().map(|id| at.parse(id)).transpose()?,
        log: LogHead { epoch, seq: at.number(row.event_seq)? },
    })
}

async fn insert(tx: &Tx, new: &[&Submission], keys: &Keys) -> Result<(), StoreError> {
    let mut queries = Vec::with_capacity(new.len());
    let mut jobs = Vec::with_capacity(new.len());
    let mut tasks = Vec::with_capacity(new.len());
    let mut schedules = Vec::new();
    let mut key_rows = Vec::new();
    let mut entries = Vec::with_capacity(new.len());
    for item in new {
        queries.push(crate::store::query::row(&item.query)?);
        if let Some(job) = &item.job {
            jobs.push(crate::store::job::row(job)?);
            tasks.push(of_job(job));
        }
        entries.push(audit_entry::row(&item.audit)?);
        schedules.extend(item.schedule.as_ref().map(schedule_row));
        if let Some(row) = key(item).and_then(|key| keys.get(&key)) {
            key_rows.push(row.clone());
        }
    }
    let mut script = Script::new(tx.backend());
    script.insert(&queries);
    script.insert(&jobs);
    script.insert(&tasks);
    script.insert(&schedules);
    script.insert(&key_rows);
    script.insert(&entries);
    Ok(script.run(tx.connection()).await?)
}
