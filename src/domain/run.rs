//! Further runs of saved queries, asked for by hand: now, or once more for the instant of a job that has
//! ended.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::submission::idempotency;
use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::event::Cursor;
use crate::model::id::{JobId, QueryId};
use crate::model::job::{Job, JobStatus, JobTrigger};
use crate::store::{NewRun, Started, StoreError};

/// A run that was made.
#[derive(Clone, Debug)]
pub struct StartedRun {
    pub job: Job,
    /// The log before the job: whoever follows from here misses nothing of it.
    pub cursor: Cursor,
}

/// Why no run was made; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("there is no such query, or it was deleted")]
    NoQuery,
    #[error("there is no such job")]
    NoJob,
    #[error("the job has not ended: it is {}; it can be run again once it has", .0.as_str())]
    NotEnded(JobStatus),
    #[error("{0}")]
    KeyInvalid(String),
    #[error("this idempotency key was used for another request within 24 hours; use a new one")]
    KeyReused,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Domain {
    /// Runs a query now, whatever its schedule says.
    ///
    /// # Errors
    /// When there is no such query, or the key was used otherwise.
    pub async fn run_query(
        &self,
        who: &Principal,
        id: QueryId,
        idempotency_key: Option<String>,
    ) -> Result<StartedRun, RunError> {
        require(who, Scope::Write)?;
        let key = idempotency("runQuery", &id, idempotency_key).map_err(RunError::KeyInvalid)?;
        let job = self.new_job(who.workspace_id, id, JobTrigger::Manual, None)?;
        let audit = self.entry(who, Operation::RunQuery, &id, json!({ "jobId": job.id }))?;
        self.start_run(who, NewRun { job, idempotency: key, audit }).await
    }

    /// Runs the query of a job that has ended once more, for the same instant: the windows of the
    /// question are those of the first run.
    ///
    /// # Errors
    /// When there is no such job, it has not ended, or the key was used otherwise.
    pub async fn retry_job(
        &self,
        who: &Principal,
        id: JobId,
        idempotency_key: Option<String>,
    ) -> Result<StartedRun, RunError> {
        require(who, Scope::Write)?;
        let key = idempotency("retryJob", &id, idempotency_key).map_err(RunError::KeyInvalid)?;
        let ended = self.job(who, id).await?.ok_or(RunError::NoJob)?;
        if !ended.status.is_final() {
            return Err(RunError::NotEnded(ended.status));
        }
        let at = Some(ended.reference_time());
        let job = self.new_job(who.workspace_id, ended.query_id, JobTrigger::Retry, at)?;
        let audit = self.entry(who, Operation::RetryJob, &id, json!({ "jobId": job.id }))?;
        self.start_run(who, NewRun { job, idempotency: key, audit }).await
    }

    async fn start_run(&self, who: &Principal, run: NewRun) -> Result<StartedRun, RunError> {
        let workspace_id = who.workspace_id;
        let (job, log) = match self.store.start_run(run).await? {
            Started::New { job, log } => (*job, log),
            Started::Replayed { job, log } => {
                let job = self.store.job(workspace_id, job).await?.ok_or(RunError::NoJob)?;
                (job, log)
            }
            Started::KeyReused => return Err(RunError::KeyReused),
            Started::NoQuery => return Err(RunError::NoQuery),
        };
        let cursor = Cursor { workspace_id, epoch: log.epoch, seq: log.seq };
        Ok(StartedRun { job, cursor })
    }

    /// A queued job; its storage key is given when it is written.
    pub(super) fn new_job(
        &self,
        workspace_id: crate::model::id::WorkspaceId,
        query_id: QueryId,
        trigger: JobTrigger,
        scheduled_for: Option<DateTime<Utc>>,
    ) -> Result<Job, Error> {
        let (id, now) = (self.clock.new_id()?, self.clock.now());
        Ok(Job::queued(id, (workspace_id, query_id), trigger, scheduled_for, now))
    }
}
