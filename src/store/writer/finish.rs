//! Ending jobs: job, result, storage object, event and its deliveries in one commit, fenced by the lease, with the
//! workspace's event counter taken last so that commit order is sequence order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{DbBackend, Value};

use super::Tx;
use crate::model::audit_entry::AuditEntry;
use crate::model::delivery::NewDelivery;
use crate::model::event::JobCompleted;
use crate::model::id::WorkspaceId;
use crate::model::job::{JobError, JobStatus, SourceProgress};
use crate::model::storage_object::{Body, NewObject};
use crate::store::StoreError;
use crate::store::audit_entry;
use crate::store::bucket_delivery::{Rows as BucketRows, connected_to};
use crate::store::collection;
use crate::store::convert::{Row, millis, number, to_json};
use crate::store::entity::{event, result_body};
use crate::store::event_append::advance_log;
use crate::store::fan_out::{Deliveries, Told};
use crate::store::schedule::{release_held, stop_failed};
use crate::store::sql::{Binder, Record, Script, now_ms};
use crate::store::storage_object::row as object_row;
use crate::store::webhook_endpoint::registered;

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
    /// Where its event is sent beside what is registered.
    pub deliveries: Vec<NewDelivery>,
    /// The query's schedule made it, so its failure may stop the schedule.
    pub scheduled: bool,
    /// Complete but for `seq`, which the log gives.
    pub event: JobCompleted,
    /// Of who called it off, where somebody did.
    pub audit: Option<AuditEntry>,
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

/// Which of the commands may end their jobs, in order.
pub(super) struct Taken {
    which: Vec<bool>,
    /// Something may wait for one of these jobs to end.
    may_release: bool,
}

/// Removes the tasks that their callers may end; only those may. Of several that want to end one job,
/// one may.
pub(super) async fn take(tx: &Tx, items: &[&Finish]) -> Result<Taken, StoreError> {
    let mut removed = HashMap::new();
    for row in remove_leased(tx, items).await? {
        let fence = Fence::Lease(row.get("lease_token")?);
        removed.insert((row.get("id")?, fence), row.get("may_release")?);
    }
    for row in remove_waiting(tx, items).await? {
        removed.insert((row.get("id")?, Fence::Waiting), row.get("may_release")?);
    }
    let mut taken = Taken { which: Vec::with_capacity(items.len()), may_release: false };
    for item in items {
        let task = removed.remove(&(item.event.job_id.to_string(), item.fence));
        taken.which.push(task.is_some());
        taken.may_release |= task.unwrap_or(false);
    }
    Ok(taken)
}

async fn remove_leased(tx: &Tx, items: &[&Finish]) -> Result<Vec<Record>, StoreError> {
    let leased = items.iter().filter_map(|item| match item.fence {
        Fence::Lease(token) => Some((item.event.job_id.to_string(), token)),
        Fence::Waiting => None,
    });
    let (ids, tokens): (Vec<String>, Vec<i64>) = leased.unzip();
    remove(tx, items, &ids, |binder| format!("lease_token {}", binder.one_of(tokens))).await
}

async fn remove_waiting(tx: &Tx, items: &[&Finish]) -> Result<Vec<Record>, StoreError> {
    let waiting = items.iter().filter(|item| item.fence == Fence::Waiting);
    let ids: Vec<String> = waiting.map(|item| item.event.job_id.to_string()).collect();
    let now = now_ms(tx.backend());
    remove(tx, items, &ids, |_| format!("(lease_token IS NULL OR due_at <= {now})")).await
}

/// Removes those of these tasks that the fence lets pass. On PostgreSQL the schedules of all commands are
/// locked first: a scheduler on another node that decides about their queries just now is waited for,
/// and what it held is then seen by the next statement.
async fn remove(
    tx: &Tx,
    all: &[&Finish],
    ids: &[String],
    fence: impl FnOnce(&mut Binder) -> String,
) -> Result<Vec<Record>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binder = Binder::new(tx.backend());
    let (mut lock, mut locked, mut has_schedule) = (String::new(), "", "FALSE");
    if tx.backend() != DbBackend::Sqlite {
        lock = format!(
            "WITH scheduled AS MATERIALIZED (SELECT query_id FROM schedule WHERE query_id {} \
             ORDER BY query_id FOR UPDATE) ",
            binder.one_of(queries(all))
        );
        locked = " AND (SELECT count(*) FROM scheduled) >= 0";
        has_schedule = "EXISTS (SELECT 1 FROM scheduled WHERE scheduled.query_id = task.query_id)";
    }
    let (ids, fence) = (binder.one_of(ids.iter().map(String::as_str)), fence(&mut binder));
    let sql = format!(
        "{lock}DELETE FROM task WHERE id {ids} AND {fence}{locked} RETURNING id, lease_token, \
         ({has_schedule} OR EXISTS (SELECT 1 FROM task AS waiting \
         WHERE waiting.query_id = task.query_id AND waiting.held)) AS may_release"
    );
    Ok(tx.records(binder.statement(sql)).await?)
}

fn queries(items: &[&Finish]) -> BTreeSet<String> {
    items.iter().map(|item| item.event.query_id.to_string()).collect()
}

/// What the ends of a batch have brought about beside their answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effects {
    /// Jobs that waited for others may start.
    pub released: bool,
    /// There is something to send.
    pub delivers: bool,
    /// There is something to write to a bucket.
    pub copied: bool,
}

/// Writes the ends of those whose task was taken.
pub(super) async fn end(
    tx: &Tx,
    items: &[&Finish],
    taken: &Taken,
) -> Result<(Vec<Outcome>, Effects), StoreError> {
    let ended = items.iter().zip(&taken.which).filter(|(_, taken)| **taken);
    let ended: Vec<&Finish> = ended.map(|(item, _)| *item).collect();
    let (mut released, mut delivers, mut copied) = (false, false, false);
    if taken.may_release {
        let queries: Vec<String> = queries(&ended).into_iter().collect();
        released = release_held(tx, &queries).await?;
    }
    if !ended.is_empty() {
        let events = append_events(tx, &ended).await?;
        let mut script = Script::new(tx.backend());
        end_jobs(&ended, &mut script)?;
        insert_objects(&ended, &mut script);
        let deliveries = fan_out(tx, &events).await?;
        delivers = !deliveries.tasks.is_empty();
        let copies = to_buckets(tx, &ended).await?;
        copied = !copies.tasks.is_empty();
        script.insert(&copies.deliveries);
        script.insert(&copies.tasks);
        script.insert(&deliveries.rows);
        script.insert(&deliveries.tasks);
        stop_schedules(&ended, &mut script);
        let called_off = ended.iter().filter_map(|item| item.audit.as_ref());
        script.insert(&called_off.map(audit_entry::row).collect::<Result<Vec<_>, _>>()?);
        script.insert(&events.into_iter().map(|(_, event)| event).collect::<Vec<_>>());
        script.run(tx.connection()).await?;
    }
    let outcome = |taken: &bool| if *taken { Outcome::Ended } else { Outcome::LeaseLost };
    let effects = Effects { released, delivers, copied };
    Ok((taken.which.iter().map(outcome).collect(), effects))
}

fn end_jobs(ended: &[&Finish], script: &mut Script) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(ended.len());
    for item in ended {
        let error = item.error.as_ref();
        rows.push([
            Value::from(item.event.job_id.to_string()),
            item.event.status.as_str().into(),
            millis(item.event.completed_at).into(),
            to_json(&item.sources)?.into(),
            error.map(|error| error.code.clone()).into(),
            error.map(|error| error.message.clone()).into(),
            error.map(|error| error.retryable).into(),
        ]);
    }
    script.add(|binder| {
        format!(
            "UPDATE job SET status = ended.column2, completed_at = ended.column3, \
             sources = ended.column4, error_code = ended.column5, error_message = ended.column6, \
             error_retryable = ended.column7 FROM ({}) AS ended WHERE job.id = ended.column1",
            binder.rows(rows)
        )
    });
    Ok(())
}

fn stop_schedules(ended: &[&Finish], script: &mut Script) {
    let failed = ended
        .iter()
        .filter(|item| item.scheduled && item.event.status == JobStatus::Failed)
        .map(|item| (item.event.query_id.to_string(), item.event.job_id.to_string()));
    let failed: Vec<(String, String)> = failed.collect();
    if !failed.is_empty() {
        script.add(|binder| stop_failed(binder, &failed));
    }
}

fn insert_objects(ended: &[&Finish], script: &mut Script) {
    let mut objects = Vec::with_capacity(ended.len());
    let mut bodies = Vec::with_capacity(ended.len());
    let mut kept = Vec::new();
    for new in ended.iter().filter_map(|item| item.object.as_ref()) {
        let NewObject { object, body, collections } = new;
        objects.push(object_row(object, body));
        kept.extend(collections.iter().map(|collection| collection::row(object.id, collection)));
        if let Body::Row(zstd) = body {
            let object_id = object.id.to_string();
            bodies.push(result_body::Model { object_id, zstd: zstd.clone() });
        }
    }
    script.insert(&objects);
    script.insert(&bodies);
    script.insert(&kept);
}

/// The deliveries of these events. The endpoints are read once the workspaces' logs are held, so that whoever
/// registers or deletes one meanwhile comes before or after.
async fn fan_out(tx: &Tx, events: &[(&Finish, event::Model)]) -> Result<Deliveries, StoreError> {
    let workspaces: BTreeSet<WorkspaceId> = events.iter().map(|(item, _)| item.workspace).collect();
    let endpoints = registered(tx, workspaces).await?;
    let mut deliveries = Deliveries::default();
    for (item, row) in events {
        let event = &item.event;
        let told = Told {
            workspace: item.workspace,
            id: event.id,
            kind: &event.event,
            seq: Row { table: "event", id: &row.id }.number(row.seq)?,
            query_id: Some(event.query_id),
            job_id: Some(event.job_id),
            at: millis(event.completed_at),
        };
        deliveries.add(&told, &endpoints, &item.deliveries);
    }
    Ok(deliveries)
}

/// The deliveries of their results to the buckets of their workspaces; read under the same lock as the
/// endpoints.
async fn to_buckets(tx: &Tx, ended: &[&Finish]) -> Result<BucketRows, StoreError> {
    let mut rows = BucketRows::default();
    let with_result = ended.iter().filter(|item| item.object.is_some());
    let workspaces: BTreeSet<WorkspaceId> = with_result.map(|item| item.workspace).collect();
    if workspaces.is_empty() {
        return Ok(rows);
    }
    let buckets = connected_to(tx, &workspaces).await?;
    for item in ended {
        if let (Some(new), Some(bucket)) = (&item.object, buckets.get(&item.workspace)) {
            rows.add(&new.object, bucket, millis(item.event.completed_at));
        }
    }
    Ok(rows)
}

/// Numbers the events and gives their rows. Workspaces are taken in id order, so that two writers never wait
/// for each other in a circle.
async fn append_events<'a>(
    tx: &Tx,
    ended: &[&'a Finish],
) -> Result<Vec<(&'a Finish, event::Model)>, StoreError> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<&'a Finish>> = BTreeMap::new();
    for item in ended {
        by_workspace.entry(item.workspace).or_default().push(item);
    }
    let mut rows = Vec::with_capacity(ended.len());
    for (workspace, items) in by_workspace {
        let log = advance_log(tx, workspace, items.len()).await?;
        let first = log.seq + 1 - items.len() as u64;
        for (seq, item) in (first..).zip(items) {
            rows.push((item, event_row(item, seq, &log.epoch)?));
        }
    }
    Ok(rows)
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
