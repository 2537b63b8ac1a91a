//! Ending jobs: job, result, storage object, event and its deliveries in one commit, fenced by the lease, with the
//! workspace's event counter taken last so that commit order is sequence order.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sea_orm::{ConnectionTrait, Statement, Value};

use super::Tx;
use crate::model::delivery::NewDelivery;
use crate::model::event::JobCompleted;
use crate::model::id::WorkspaceId;
use crate::model::job::{JobError, JobStatus, SourceProgress};
use crate::model::storage_object::{Body, NewObject};
use crate::store::StoreError;
use crate::store::convert::{Row, millis, number, to_json};
use crate::store::delivery::new_row;
use crate::store::entity::{event, result_body};
use crate::store::event::LogHead;
use crate::store::schedule::{release_held, stop_failed};
use crate::store::sql::{Binder, Script, now_ms};
use crate::store::storage_object::row as object_row;
use crate::store::task::of_delivery;

/// What shows that the caller may end a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fence {
    /// The lease it runs under.
    Lease(i64),
    /// Nobody runs it: it waits, or its worker is gone.
    Waiting,
}

/// How a job ended, by whoever may end it.
#[derive(Clone, Debug)]
pub struct Finish {
    pub workspace: WorkspaceId,
    pub fence: Fence,
    pub error: Option<JobError>,
    pub sources: Vec<SourceProgress>,
    pub object: Option<NewObject>,
    /// Where its event is sent; each becomes a row and a task.
    pub deliveries: Vec<NewDelivery>,
    /// The query's schedule made it, so its failure may stop the schedule.
    pub scheduled: bool,
    /// Complete but for `seq`, which the log gives.
    pub event: JobCompleted,
}

impl Finish {
    pub(super) fn workspace_id(&self) -> WorkspaceId {
        self.workspace
    }
}

/// What became of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ended,
    /// Somebody else has the task by now, or it is gone: nothing was written.
    LeaseLost,
}

/// Removes the tasks that their callers may end; only those may. Answers, in order, which they are: of
/// several that want to end one job, one may.
pub(super) async fn take(tx: &Tx, items: &[&Finish]) -> Result<Vec<bool>, StoreError> {
    let (mut leased, mut tokens, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        let id = item.event.job_id.to_string();
        match item.fence {
            Fence::Lease(token) => {
                leased.push(id);
                tokens.push(token);
            }
            Fence::Waiting => waiting.push(id),
        }
    }
    let mut taken = HashSet::new();
    if !leased.is_empty() {
        let mut binder = Binder::new(tx.backend());
        let (ids, tokens) = (binder.list(leased), binder.list(tokens));
        let sql = format!(
            "DELETE FROM task WHERE id IN ({ids}) AND lease_token IN ({tokens}) \
             RETURNING id, lease_token"
        );
        for row in tx.connection().query_all_raw(binder.statement(sql)).await? {
            let token = row.try_get("", "lease_token")?;
            taken.insert((row.try_get("", "id")?, Fence::Lease(token)));
        }
    }
    if !waiting.is_empty() {
        let mut binder = Binder::new(tx.backend());
        let (ids, now) = (binder.list(waiting), now_ms(tx.backend()));
        let sql = format!(
            "DELETE FROM task WHERE id IN ({ids}) AND (lease_token IS NULL OR due_at <= {now}) \
             RETURNING id"
        );
        for row in tx.connection().query_all_raw(binder.statement(sql)).await? {
            taken.insert((row.try_get("", "id")?, Fence::Waiting));
        }
    }
    let may_end = |item: &&Finish| taken.remove(&(item.event.job_id.to_string(), item.fence));
    Ok(items.iter().map(may_end).collect())
}

/// Writes the ends of those whose task was taken. Answers also whether jobs that waited for them may start.
pub(super) async fn end(
    tx: &Tx,
    items: &[&Finish],
    taken: &[bool],
) -> Result<(Vec<Outcome>, bool), StoreError> {
    let mut released = false;
    let ended = items.iter().zip(taken).filter(|(_, taken)| **taken);
    let ended: Vec<&Finish> = ended.map(|(item, _)| *item).collect();
    if !ended.is_empty() {
        let queries: BTreeSet<String> =
            ended.iter().map(|item| item.event.query_id.to_string()).collect();
        released = release_held(tx, &queries.into_iter().collect::<Vec<String>>()).await?;
        let mut script = Script::default();
        script.push(end_jobs(tx, &ended)?);
        insert_objects(tx, &ended, &mut script);
        insert_deliveries(tx, &ended, &mut script);
        let is_failed = |item: &&&Finish| item.scheduled && item.event.status == JobStatus::Failed;
        let failed = ended.iter().filter(is_failed);
        let failed: Vec<(String, String)> = failed
            .map(|item| (item.event.query_id.to_string(), item.event.job_id.to_string()))
            .collect();
        if !failed.is_empty() {
            script.push(stop_failed(tx, &failed));
        }
        script.insert(tx.backend(), append_events(tx, &ended).await?);
        script.run(tx.connection()).await?;
    }
    let outcome = |taken: &bool| if *taken { Outcome::Ended } else { Outcome::LeaseLost };
    Ok((taken.iter().map(outcome).collect(), released))
}

fn end_jobs(tx: &Tx, ended: &[&Finish]) -> Result<Statement, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let mut rows = Vec::with_capacity(ended.len());
    for item in ended {
        let error = item.error.as_ref();
        rows.push(binder.row([
            Value::from(item.event.job_id.to_string()),
            item.event.status.as_str().into(),
            millis(item.event.completed_at).into(),
            to_json(&item.sources)?.into(),
            error.map(|error| error.code.clone()).into(),
            error.map(|error| error.message.clone()).into(),
            error.map(|error| error.retryable).into(),
        ]));
    }
    let sql = format!(
        "UPDATE job SET status = ended.column2, completed_at = ended.column3, \
         sources = ended.column4, error_code = ended.column5, error_message = ended.column6, \
         error_retryable = ended.column7 FROM (VALUES {}) AS ended WHERE job.id = ended.column1",
        rows.join(", ")
    );
    Ok(binder.statement(sql))
}

fn insert_objects(tx: &Tx, ended: &[&Finish], script: &mut Script) {
    let mut objects = Vec::with_capacity(ended.len());
    let mut bodies = Vec::with_capacity(ended.len());
    for NewObject { object, body } in ended.iter().filter_map(|item| item.object.as_ref()) {
        objects.push(object_row(object, body));
        if let Body::Row(zstd) = body {
            let object_id = object.id.to_string();
            bodies.push(result_body::Model { object_id, zstd: zstd.clone() });
        }
    }
    script.insert(tx.backend(), objects);
    script.insert(tx.backend(), bodies);
}

fn insert_deliveries(tx: &Tx, ended: &[&Finish], script: &mut Script) {
    let (mut rows, mut tasks) = (Vec::new(), Vec::new());
    for item in ended {
        for new in &item.deliveries {
            rows.push(new_row(item.workspace, &item.event, new));
            tasks.push(of_delivery(new.id, item.workspace));
        }
    }
    script.insert(tx.backend(), rows);
    script.insert(tx.backend(), tasks);
}

/// Numbers the events and gives their rows. Workspaces are taken in id order, so that two writers never wait for each other in a circle.
async fn append_events(tx: &Tx, ended: &[&Finish]) -> Result<Vec<event::Model>, StoreError> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<&Finish>> = BTreeMap::new();
    for item in ended {
        by_workspace.entry(item.workspace).or_default().push(item);
    }
    let mut rows = Vec::with_capacity(ended.len());
    for (workspace, items) in by_workspace {
        let log = advance_log(tx, workspace, items.len()).await?;
        let first = log.seq + 1 - items.len() as u64;
        for (seq, item) in (first..).zip(items) {
            rows.push(event_row(item, seq, &log.epoch)?);
        }
    }
    Ok(rows)
}

async fn advance_log(
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
    let row = tx.connection().query_one_raw(binder.statement(sql)).await?;
    let at = Row { table: "event_counter", id: &id };
    let row = row.ok_or_else(|| at.corrupt(&"missing"))?;
    Ok(LogHead { epoch: row.try_get("", "epoch")?, seq: at.number(row.try_get("", "seq")?)? })
}

fn event_row(item: &Finish, seq: u64, epoch: &str) -> Result<event::Model, StoreError> {
    let completed = JobCompleted { seq, ..item.event.clone() };
    Ok(event::Model {
        workspace_id: item.workspace.to_string(),
        seq: number(seq),
        id: completed.id.to_string(),
        epoch: epoch.to_owned(),
        kind: completed.event.clone(),
        occurred_at: millis(completed.completed_at),
        query_id: Some(completed.query_id.to_string()),
        payload: to_json(&completed)?,
    })
}
