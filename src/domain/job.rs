//! Jobs: reading them, and ending the one whose lease one holds.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;
use tokio_stream::{Stream, StreamExt};

use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::{AuditEntry, Operation};
use crate::model::delivery::NewDelivery;
use crate::model::event::{JOB_COMPLETED, JobCompleted};
use crate::model::id::{JobId, QueryId, WorkspaceId};
use crate::model::job::{Job, JobError, JobFilter, JobStatus, JobTrigger, SourceProgress};
use crate::model::page::{First, Page, Slice};
use crate::model::query::SavedQuery;
use crate::model::storage_object::NewObject;
use crate::store::{Claimed, Finish, Outcome, Store, StoreError};

pub use crate::store::Fence;

/// How a job ended.
#[derive(Clone, Debug)]
pub enum JobEnd {
    Completed(NewObject),
    Failed(JobError),
    Cancelled,
}

/// Why a job was not called off.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    #[error("there is no such job")]
    NotFound,
    #[error("the job has ended: it is {}", .0.status.as_str())]
    HasEnded(Box<Job>),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for CancelError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The least time between two states of a job that are given.
const SETTLED: Duration = Duration::from_millis(100);
/// How long it may take until a job's change is seen of which nobody is told, as when it starts.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many jobs that have not ended are given at once.
pub const MOST_OPEN: u64 = 100;

impl Domain {
    /// The run of the same query that was completed last before this one, for who measures what is new since.
    pub async fn completed_job_before(&self, job: &Job) -> Result<Option<Job>, Error> {
        Ok(self.store.completed_job_before(job).await?)
    }

    pub async fn job(&self, who: &Principal, id: JobId) -> Result<Option<Job>, Error> {
        Ok(self.store.job(who.workspace_id, id).await?)
    }

    pub async fn jobs_by_id(&self, who: &Principal, ids: &[JobId]) -> Result<Vec<Job>, Error> {
        Ok(self.store.jobs_by_id(who.workspace_id, ids).await?)
    }

    /// Keeps with a job that runs how its sources come along, for who follows it; of an attempt that is not its latest
    /// nothing is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_progress(
        &self,
        job: &Job,
        attempt: u32,
        sources: Vec<SourceProgress>,
    ) -> Result<(), Error> {
        Ok(self.store.note_progress(job.workspace_id, job.id, attempt, &sources).await?)
    }

    /// A job as it is now, then each change, until it has ended or is gone. Changes that follow each other
    /// within [`SETTLED`] are given as one.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn follow_job(
        &self,
        who: &Principal,
        id: JobId,
    ) -> Result<impl Stream<Item = Result<Job, StoreError>> + Send + use<>, Error> {
        let workspace = who.workspace_id;
        // Listening begins before the first look, so that no end falls between the two.
        let ends = self.store.wakes().watch_events(workspace);
        let unknown = || Error::not_found("there is no such job");
        let now = self.store.job(workspace, id).await?.ok_or_else(unknown)?;
        let store = self.store.clone();
        let changes = stream::try_unfold((now.clone(), ends), move |(last, mut ends)| {
            let store = store.clone();
            async move {
                let changed = next_state(&store, workspace, &last, &mut ends).await?;
                Ok(changed.map(|job| (job.clone(), (job, ends))))
            }
        });
        Ok(stream::iter([Ok(now)]).chain(changes))
    }

    /// The jobs of the workspace that have not ended, newest first, at most [`MOST_OPEN`]: as they are now,
    /// then after each change. Changes that follow each other within [`SETTLED`] are given as one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow_open_jobs(
        &self,
        who: &Principal,
    ) -> Result<impl Stream<Item = Result<Vec<Job>, StoreError>> + Send + use<>, Error> {
        let workspace = who.workspace_id;
        let ends = self.store.wakes().watch_events(workspace);
        let now = self.store.open_jobs(workspace, MOST_OPEN).await?;
        let store = self.store.clone();
        let changes = stream::try_unfold((now.clone(), ends), move |(last, mut ends)| {
            let store = store.clone();
            async move {
                let jobs = next_open(&store, workspace, &last, &mut ends).await?;
                Ok(Some((jobs.clone(), (jobs, ends))))
            }
        });
        Ok(stream::iter([Ok(now)]).chain(changes))
    }

    pub async fn latest_jobs(
        &self,
        who: &Principal,
        queries: &[QueryId],
    ) -> Result<Vec<Job>, Error> {
        Ok(self.store.latest_jobs(who.workspace_id, queries).await?)
    }

    /// The first page of the jobs of each of these queries that has any.
    pub async fn first_jobs(
        &self,
        who: &Principal,
        queries: &[QueryId],
        page: First,
    ) -> Result<HashMap<QueryId, Page<Job>>, Error> {
        Ok(self.store.first_jobs(who.workspace_id, queries, page).await?)
    }

    /// Jobs, newest first.
    pub async fn jobs(
        &self,
        who: &Principal,
        filter: &JobFilter,
        slice: &Slice,
    ) -> Result<Page<Job>, Error> {
        Ok(self.store.jobs(who.workspace_id, filter, slice).await?)
    }

    pub async fn count_jobs(&self, who: &Principal, filter: &JobFilter) -> Result<u64, Error> {
        Ok(self.store.count_jobs(who.workspace_id, filter).await?)
    }

    /// The jobs behind claimed tasks of any workspaces, with their queries.
    pub async fn jobs_to_run(
        &self,
        tasks: &[Claimed],
    ) -> Result<HashMap<JobId, (Job, SavedQuery)>, Error> {
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        let found = self.store.jobs_with_queries(&ids).await?;
        Ok(found.into_iter().map(|(job, query)| (job.id, (job, query))).collect())
    }

    /// Calls a job off. One that waits has ended when this answers; one that runs is stopped by its
    /// worker, which commits the end within a second. Whatever runs at the same time, the job ends once.
    ///
    /// # Errors
    /// When the job is not the caller's or has ended already.
    pub async fn cancel_job(&self, who: &Principal, id: JobId) -> Result<Job, CancelError> {
        require(who, Scope::Write)?;
        let job = self.job(who, id).await?.ok_or(CancelError::NotFound)?;
        if job.status.is_final() {
            return Err(CancelError::HasEnded(Box::new(job)));
        }
        let query = self.store.query(who.workspace_id, job.query_id).await?;
        let webhook = query.as_ref().and_then(|query| query.webhook_url.as_deref());
        let (end, now) = (JobEnd::Cancelled, self.clock.now());
        let audit = self.entry(who, Operation::CancelJob, &id, json!({}))?;
        let entry = Some(audit.clone());
        let ended =
            self.end_job(&job, Fence::Waiting, end, Vec::new(), now, webhook, entry).await?;
        let asked = ended || self.store.request_cancel(who.workspace_id, id, audit).await?;
        let job = self.job(who, id).await?.ok_or(CancelError::NotFound)?;
        if asked { Ok(job) } else { Err(CancelError::HasEnded(Box::new(job))) }
    }

    /// Ends a job in one commit: its state, its result, its event, and the event's delivery to the
    /// query's webhook. Answers `false` when the lease
    /// was lost: then nothing was written, and somebody else ends it.
    pub async fn end_job(
        &self,
        job: &Job,
        fence: Fence,
        end: JobEnd,
        sources: Vec<SourceProgress>,
        completed_at: chrono::DateTime<chrono::Utc>,
        webhook_url: Option<&str>,
        audit: Option<AuditEntry>,
    ) -> Result<bool, Error> {
        let (status, object, error) = match end {
            JobEnd::Completed(object) => (JobStatus::Completed, Some(object), None),
            JobEnd::Failed(error) => (JobStatus::Failed, None, Some(error)),
            JobEnd::Cancelled => (JobStatus::Cancelled, None, None),
        };
        let storage_key = object.as_ref().map(|_| job.storage_key.clone());
        let event = JobCompleted {
            event: JOB_COMPLETED.to_owned(),
            id: self.clock.new_id()?,
            seq: 0,
            query_id: job.query_id,
            job_id: job.id,
            run_id: job.id,
            status,
            completed_at,
            timestamp: completed_at,
            result_url: storage_key.as_deref().map(|key| self.result_url(key)),
            storage_key,
        };
        let mut deliveries = Vec::new();
        if let Some(url) = webhook_url {
            deliveries.push(NewDelivery { id: self.clock.new_id()?, target: url.to_owned() });
        }
        let workspace = job.workspace_id;
        let scheduled = job.trigger == JobTrigger::Scheduled;
        let finish = Finish {
            workspace,
            fence,
            error,
            sources,
            object,
            deliveries,
            scheduled,
            event,
            audit,
        };
        Ok(self.store.finish(finish).await? == Outcome::Ended)
    }
}

/// The job once it is no longer as it was; nothing when it had ended, or is gone.
async fn next_state(
    store: &Store,
    workspace: WorkspaceId,
    last: &Job,
    ends: &mut watch::Receiver<u64>,
) -> Result<Option<Job>, StoreError> {
    if last.status.is_final() {
        return Ok(None);
    }
    tokio::time::sleep(SETTLED).await;
    loop {
        ends.mark_unchanged();
        let now = store.job(workspace, last.id).await?;
        if now.as_ref() != Some(last) {
            return Ok(now);
        }
        news(ends).await;
    }
}

/// The open jobs once they are no longer these.
async fn next_open(
    store: &Store,
    workspace: WorkspaceId,
    last: &[Job],
    ends: &mut watch::Receiver<u64>,
) -> Result<Vec<Job>, StoreError> {
    tokio::time::sleep(SETTLED).await;
    loop {
        ends.mark_unchanged();
        let now = store.open_jobs(workspace, MOST_OPEN).await?;
        if now != last {
            return Ok(now);
        }
        news(ends).await;
    }
}

/// Waits until it is time to look again: a job has ended, or [`LOOK_EVERY`] has passed.
async fn news(ends: &mut watch::Receiver<u64>) {
    if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, ends.changed()).await {
        // The sender is gone: only looking is left.
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
