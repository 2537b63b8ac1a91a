//! Further runs of stored queries: a job and its task, each job with a storage key of its own.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

use super::convert::{Row, millis, number};
use super::entity::{idempotency, job, task};
use super::event::{LogHead, log_head};
use super::once::known;
use super::sql::{Binder, Script, for_each};
use super::task::{of_job, on_hold};
use super::wake::Topic;
use super::writer::IdempotencyKey;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{JobId, QueryId, WorkspaceId};
use crate::model::job::Job;
use crate::model::storage_object::storage_key;
use crate::model::task::TaskKind;

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

impl Store {
    /// Commits a run of a stored query, once per idempotency key.
    pub async fn start_run(&self, run: NewRun) -> Result<Started, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |started: &Started| {
            if matches!(started, Started::New { .. }) {
                wakes.committed(Topic::Queue(TaskKind::Job));
            }
        };
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(start(tx, run))).await
    }
}

async fn start(tx: &Tx, run: NewRun) -> Result<Started, StoreError> {
    let NewRun { mut job, idempotency, audit } = run;
    if !lock_query(tx, job.workspace_id, job.query_id).await? {
        return Ok(Started::NoQuery);
    }
    let log = log_head(tx.connection(), job.workspace_id).await?;
    if let Some(key) = &idempotency
        && let Some(known) = known(tx, job.workspace_id, key, job.created_at).await?
    {
        return replay(&known, key, log);
    }
    let keys = free_keys(tx, std::slice::from_ref(&job)).await?;
    job.storage_key = keys.into_iter().next().unwrap_or_default();
    let mut script = Script::new(tx.backend());
    insert(std::slice::from_ref(&job), &HashSet::new(), &mut script)?;
    script.insert(&[audit_entry::row(&audit)?]);
    if let Some(key) = idempotency {
        let row = idempotency::Model {
            workspace_id: job.workspace_id.to_string(),
            operation: key.operation.to_owned(),
            key: key.key,
            request_hash: key.request_hash,
            query_id: job.query_id.to_string(),
            job_id: Some(job.id.to_string()),
            event_seq: number(log.seq),
            made: None,
            created_at: millis(job.created_at),
        };
        script.insert(&[row]);
    }
    script.run(tx.connection()).await?;
    Ok(Started::New { job: Box::new(job), log })
}

/// Whether the workspace has the query. Runs of one query that are made at the same time take turns from here on.
pub(super) async fn lock_query(
    tx: &Tx,
    workspace: WorkspaceId,
    id: QueryId,
) -> Result<bool, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR NO KEY UPDATE" };
    let (id, workspace) = (binder.bind(id.to_string()), binder.bind(workspace.to_string()));
    let sql = format!(
        "SELECT id FROM query WHERE id = {id} AND workspace_id = {workspace} \
         AND deleted_at IS NULL{lock}"
    );
    Ok(tx.connection().query_one_raw(binder.statement(sql)).await?.is_some())
}

fn replay(
    row: &idempotency::Model,
    key: &IdempotencyKey,
    log: LogHead,
) -> Result<Started, StoreError> {
    if row.request_hash != key.request_hash {
        return Ok(Started::KeyReused);
    }
    let at = Row { table: "idempotency", id: &row.key };
    let job = row.job_id.as_deref().ok_or_else(|| at.corrupt(&"a run without a job"))?;
    let log = LogHead { epoch: log.epoch, seq: at.number(row.event_seq)? };
    Ok(Started::Replayed { job: at.parse(job)?, log })
}

/// A storage key for each of these jobs that no other job has: in one statement, but for those whose
/// second is taken.
pub(super) async fn free_keys(tx: &Tx, jobs: &[Job]) -> Result<Vec<String>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let first = |job: &Job| storage_key(job.query_id, job.reference_time(), 0);
    let mut taken = taken_keys(tx, jobs.iter().map(first)).await?;
    let mut keys = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mut key = first(job);
        if taken.contains(&key) {
            // `-2`, `-3` … and `.json` sort between the stem followed by `-` and by `/`.
            let stem = key.trim_end_matches(".json");
            taken.extend(keys_between(tx, &format!("{stem}-"), &format!("{stem}/")).await?);
            let mut numbered =
                (1..).map(|number| storage_key(job.query_id, job.reference_time(), number));
            key = numbered.find(|key| !taken.contains(key)).unwrap_or(key);
        }
        taken.insert(key.clone());
        keys.push(key);
    }
    Ok(keys)
}

/// Which of these keys jobs have.
async fn taken_keys(
    tx: &Tx,
    keys: impl Iterator<Item = String>,
) -> Result<HashSet<String>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let asked = binder.rows(keys.map(|key| [key.into()]));
    let on = "job.storage_key = asked.column1";
    let sql = for_each(tx.backend(), &asked, "job.storage_key AS storage_key", "job", on);
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "storage_key")).collect::<Result<_, _>>()?)
}

async fn keys_between(tx: &Tx, from: &str, to: &str) -> Result<Vec<String>, StoreError> {
    let keys = job::Entity::find()
        .select_only()
        .column(job::Column::StorageKey)
        .filter(job::Column::StorageKey.gte(from))
        .filter(job::Column::StorageKey.lt(to))
        .into_tuple::<String>();
    Ok(keys.all(tx.connection()).await?)
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
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}
