//! The hot rows: what waits, what runs, and what is called off.

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryOrder, QueryResult, QuerySelect};

use super::audit_entry::audited;
use super::convert::{Row, small_number};
use super::entity::task;
use super::sql::{Binder, now_ms};
use super::wake::Topic;
use super::{Claimed, Store, StoreError, Tx};
use crate::model::audit_entry::AuditEntry;
use crate::model::delivery::MAX_WEBHOOK_ATTEMPTS;
use crate::model::id::{DeliveryId, JobId, QueryId, WorkspaceId};
use crate::model::job::{Job, JobTrigger};
use crate::model::task::{DueLane, Lane, Priority, TaskKind};

impl Store {
    /// The lanes of a kind in which something is due, by workspace and priority. It skips from lane to
    /// lane, so its cost is by their number and not by what waits in them.
    pub async fn due_lanes(&self, kind: TaskKind) -> Result<Vec<DueLane>, StoreError> {
        let backend = self.reader.get_database_backend();
        let now = now_ms(backend);
        let mut binder = Binder::new(backend);
        let mut kind = || binder.bind(kind.as_str());
        let sql = format!(
            "WITH RECURSIVE lanes (lane) AS ( \
               SELECT min(lane) FROM task WHERE kind = {first} \
               UNION ALL \
               SELECT (SELECT min(task.lane) FROM task WHERE task.kind = {next} AND task.lane > lanes.lane) \
               FROM lanes WHERE lanes.lane IS NOT NULL) \
             SELECT lanes.lane AS lane, workspace.weight AS weight, workspace.running_cap AS running_cap, \
               (SELECT count(*) FROM task WHERE task.kind = {running} AND task.workspace_id = workspace.id \
                AND task.lease_token IS NOT NULL AND task.due_at > {now}) AS running \
             FROM lanes JOIN workspace ON workspace.id = substr(lanes.lane, 1, {WORKSPACE_ID}) \
             WHERE lanes.lane IS NOT NULL AND EXISTS (SELECT 1 FROM task WHERE task.kind = {due} \
               AND task.lane = lanes.lane AND task.due_at <= {now}) \
             ORDER BY lanes.lane",
            first = kind(),
            next = kind(),
            running = kind(),
            due = kind(),
        );
        let rows = self.reader.query_all_raw(binder.statement(sql)).await?;
        rows.iter().map(due_lane).collect()
    }

    /// Tasks of all workspaces that are not finished: what a test or a soft stop waits for.
    pub async fn unfinished_tasks(&self) -> Result<Vec<String>, StoreError> {
        let rows = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .order_by_asc(task::Column::Id)
            .into_tuple::<String>()
            .all(&self.reader)
            .await?;
        Ok(rows)
    }

    /// Asks whoever runs a job to stop, or whoever runs it next not to begin. `false` when it has ended.
    pub async fn request_cancel(
        &self,
        workspace: WorkspaceId,
        id: JobId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &bool| {
            wakes.committed(Topic::Cancels);
            wakes.committed(Topic::Queue(TaskKind::Job));
        };
        self.writer
            .write_then(tell, move |tx: &Tx| Box::pin(request_cancel(tx, workspace, id, audit)))
            .await
    }

    /// Whether what a task is for is there.
    pub async fn has_owner(&self, task: &Claimed) -> Result<bool, StoreError> {
        let table = match task.kind {
            TaskKind::Job => "job",
            TaskKind::Webhook | TaskKind::Bucket => "delivery",
        };
        let mut binder = Binder::new(self.reader.get_database_backend());
        let sql = format!("SELECT id FROM {table} WHERE id = {}", binder.bind(task.id.as_str()));
        Ok(self.reader.query_one_raw(binder.statement(sql)).await?.is_some())
    }

    /// The leases of a worker whose tasks are called off: task and lease token.
    pub async fn called_off(&self, worker: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let worker = binder.bind(worker);
        let sql = format!(
            "SELECT id, lease_token FROM task \
             WHERE cancel_requested AND leased_by = {worker} AND lease_token IS NOT NULL"
        );
        let rows = self.reader.query_all_raw(binder.statement(sql)).await?;
        let lease =
            |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "lease_token")?));
        rows.iter().map(lease).collect()
    }
}

/// Length of a workspace's id: its prefix and a ULID.
const WORKSPACE_ID: usize = 29;

fn due_lane(row: &QueryResult) -> Result<DueLane, StoreError> {
    let lane: String = row.try_get("", "lane")?;
    let at = Row { table: "task", id: &lane };
    let weight: i32 = row.try_get("", "weight")?;
    let cap: Option<i32> = row.try_get("", "running_cap")?;
    Ok(DueLane {
        lane: at.parse(&lane)?,
        running: at.number(row.try_get("", "running")?)?,
        weight: at.number::<u32>(weight.into())?.max(1),
        cap: cap.map(|cap| at.number(cap.into())).transpose()?,
    })
}

async fn request_cancel(
    tx: &Tx,
    workspace: WorkspaceId,
    id: JobId,
    audit: AuditEntry,
) -> Result<bool, StoreError> {
    let connection = tx.connection();
    let mut binder = Binder::new(connection.get_database_backend());
    let (id, workspace) = (binder.bind(id.to_string()), binder.bind(workspace.to_string()));
    let sql = format!(
        "UPDATE task SET cancel_requested = TRUE, held = FALSE, \
         due_at = CASE WHEN lease_token IS NULL THEN 0 ELSE due_at END \
         WHERE id = {id} AND workspace_id = {workspace}"
    );
    let done = connection.execute_raw(binder.statement(sql)).await?;
    audited(tx, done.rows_affected() == 1, &audit).await
}

/// Asks for all jobs of a query that have not ended what [`Store::request_cancel`] asks for one. They are
/// taken in the order of their ids, as by whoever else takes several.
pub(super) async fn call_off_all(tx: &Tx, query: QueryId) -> Result<(), StoreError> {
    let backend = tx.backend();
    let mut binder = Binder::new(backend);
    let query = binder.bind(query.to_string());
    let lock = if backend == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
    let sql = format!(
        "UPDATE task SET cancel_requested = TRUE, held = FALSE, \
         due_at = CASE WHEN lease_token IS NULL THEN 0 ELSE due_at END \
         WHERE id IN (SELECT id FROM task WHERE id IN (SELECT id FROM job WHERE query_id = {query} \
         AND status IN ('queued', 'running')) ORDER BY id{lock})"
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}

/// The task of a job, due at once. It names its query where the query's schedule must know of it; what
/// runs over a past range does not keep the schedule waiting.
pub(super) fn of_job(job: &Job) -> task::Model {
    let lane = Lane { workspace: job.workspace_id, priority: job.trigger.priority() };
    let query = (job.trigger != JobTrigger::Backfill).then(|| job.query_id.to_string());
    row(job.id.to_string(), lane, TaskKind::Job, query, job.max_attempts)
}

/// The task waits until the other runs of its query have ended.
pub(super) fn on_hold(task: task::Model) -> task::Model {
    task::Model { due_at: i64::MAX, held: true, ..task }
}

/// The task of a delivery, due at once.
pub(super) fn of_delivery(id: DeliveryId, workspace: WorkspaceId) -> task::Model {
    let lane = Lane { workspace, priority: Priority::Normal };
    row(id.to_string(), lane, TaskKind::Webhook, None, MAX_WEBHOOK_ATTEMPTS)
}

/// The task of a result that is to be written to a bucket: it is tried until it is there. While the bucket is
/// paused, it is due when that ends.
pub(super) fn of_bucket(id: DeliveryId, workspace: WorkspaceId, is_paused: bool) -> task::Model {
    let lane = Lane { workspace, priority: Priority::Normal };
    let task = row(id.to_string(), lane, TaskKind::Bucket, None, u32::MAX);
    let due_at = if is_paused { i64::MAX } else { task.due_at };
    task::Model { due_at, ..task }
}

/// Zero is before every database's time.
fn row(
    id: String,
    lane: Lane,
    kind: TaskKind,
    query_id: Option<String>,
    max_attempts: u32,
) -> task::Model {
    task::Model {
        id,
        workspace_id: lane.workspace.to_string(),
        kind: kind.as_str().to_owned(),
        due_at: 0,
        lease_token: None,
        leased_by: None,
        attempt: 0,
        max_attempts: small_number(max_attempts),
        lane: lane.to_string(),
        cancel_requested: false,
        query_id,
        held: false,
    }
}
