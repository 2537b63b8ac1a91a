//! Further runs of stored queries: a job and its task, each job with a storage key of its own.

use std::collections::{BTreeSet, HashSet};

use sea_orm::DbBackend;

use super::convert::Row;
use super::entity::{job, task};
use super::event::LogHead;
use super::sql::{Binder, Script, for_each};
use super::task::{of_job, on_hold};
use super::writer::IdempotencyKey;
use super::{StoreError, Tx};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{JobId, QueryId, WorkspaceId};
use crate::model::job::Job;
use crate::model::storage_object::storage_key;

/// A run that is to be made at once; what its storage key says is replaced by one that is free.
#[derive(Clone, Debug)]
pub struct NewRun {
    pub job: Job,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Started {
    /// Written; `log` is the end of the workspace's log before the job.
    New { job: Box<Job>, log: LogHead },
    /// The same request was here before and made this.
    Replayed { job: JobId, log: LogHead },
    /// The key was used for another request.
    KeyReused,
    /// There is no such query, or it was deleted.
    NoQuery,
}

/// Whether the workspace has the query. Runs of one query that are made at the same time take turns from here on.
pub(super) async fn lock_query(
    tx: &Tx,
    workspace: WorkspaceId,
    id: QueryId,
) -> Result<bool, StoreError> {
    Ok(!lock_queries(tx, [(workspace, id)]).await?.is_empty())
}

/// The same of several, of which it answers those that are there. They are locked in the order of their ids, so that
/// two who lock some of the same do not wait for each other.
pub(super) async fn lock_queries(
    tx: &Tx,
    asked: impl IntoIterator<Item = (WorkspaceId, QueryId)>,
) -> Result<HashSet<(WorkspaceId, QueryId)>, StoreError> {
    let asked: HashSet<(WorkspaceId, QueryId)> = asked.into_iter().collect();
    let workspaces: BTreeSet<WorkspaceId> = asked.iter().map(|(workspace, _)| *workspace).collect();
    let mut binder = Binder::new(tx.backend());
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR NO KEY UPDATE" };
    let ids = binder.one_of(asked.iter().map(|(_, id)| id.to_string()));
    let workspaces = binder.one_of(workspaces.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT workspace_id, id FROM query WHERE id {ids} AND workspace_id {workspaces} \
         AND deleted_at IS NULL ORDER BY id{lock}"
    );
    let rows = tx.records(binder.statement(sql)).await?;
    let mut found = HashSet::with_capacity(rows.len());
    for row in rows {
        let id: String = row.get("id")?;
        let at = Row { table: "query", id: &id };
        found.insert((at.parse(&row.get::<String>("workspace_id")?)?, at.parse(&id)?));
    }
    Ok(asked.intersection(&found).copied().collect())
}

/// A storage key for each of these jobs that no other job has: in one statement, and one more where the second of
/// some is taken.
pub(super) async fn free_keys(tx: &Tx, jobs: &[Job]) -> Result<Vec<String>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let key = |job: &Job, number| storage_key(job.query_id, job.reference_time(), number);
    let wanted: Vec<String> = jobs.iter().map(|job| key(job, 0)).collect();
    let mut taken = taken_keys(tx, &wanted).await?;
    let crowded: Vec<&str> =
        wanted.iter().filter(|key| taken.contains(*key)).map(String::as_str).collect();
    taken.extend(numbered_keys(tx, &crowded).await?);
    let mut keys = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mut free = (0..).map(|number| key(job, number)).filter(|key| !taken.contains(key));
        let key = free.next().unwrap_or_else(|| key(job, 0));
        taken.insert(key.clone());
        keys.push(key);
    }
    Ok(keys)
}

/// Which of these keys jobs have.
async fn taken_keys(tx: &Tx, keys: &[String]) -> Result<HashSet<String>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let asked = binder.rows(keys.iter().map(|key| [key.as_str().into()]));
    keys_of(tx, binder, &asked, "job.storage_key = asked.column1").await
}

/// The keys that jobs have beside these in the same second.
async fn numbered_keys(tx: &Tx, keys: &[&str]) -> Result<HashSet<String>, StoreError> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let mut binder = Binder::new(tx.backend());
    // `-2`, `-3` … and `.json` sort between the stem followed by `-` and by `/`.
    let asked = binder.rows(keys.iter().map(|key| {
        let stem = key.trim_end_matches(".json");
        [format!("{stem}-").into(), format!("{stem}/").into()]
    }));
    let on = "job.storage_key >= asked.column1 AND job.storage_key < asked.column2";
    keys_of(tx, binder, &asked, on).await
}

async fn keys_of(
    tx: &Tx,
    binder: Binder,
    asked: &str,
    on: &str,
) -> Result<HashSet<String>, StoreError> {
    let sql = for_each(tx.backend(), asked, "job.storage_key AS storage_key", "job", on);
    let rows = tx.records(binder.statement(sql)).await?;
    Ok(rows.iter().map(|row| row.get("storage_key")).collect::<Result<_, _>>()?)
}

/// Adds jobs and their tasks, due at once unless held.
pub(super) fn insert(
    jobs: &[Job],
    held: &HashSet<JobId>,
    script: &mut Script,
) -> Result<(), StoreError> {
    let rows = jobs.iter().map(super::job::row).collect::<Result<Vec<job::Model>, _>>()?;
    let task = |job: &Job| {
        if held.contains(&job.id) { on_hold(of_job(job)) } else { of_job(job) }
    };
    let tasks: Vec<task::Model> = jobs.iter().map(task).collect();
    script.insert(&rows);
    script.insert(&tasks);
    Ok(())
}

/// Which of these queries are there and not deleted.
pub(super) async fn existing(tx: &Tx, ids: &[String]) -> Result<HashSet<String>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let asked = binder.rows(ids.iter().map(|id| [id.as_str().into()]));
    let on = "query.id = asked.column1 AND query.deleted_at IS NULL";
    let sql = for_each(tx.backend(), &asked, "query.id AS id", "query", on);
    let rows = tx.records(binder.statement(sql)).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?)
}
