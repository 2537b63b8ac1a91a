//! What mutations of jobs answer with.

use async_graphql::{Enum, SimpleObject};

use super::{KEY, Problem, user_error};
use crate::domain::job::CancelError;
use crate::domain::run::{RunError, StartedRun};
use crate::error::Error;
use crate::graphql::types::job::Job;

/// The answer to `runQuery`.
#[derive(SimpleObject, Default)]
pub struct RunQueryPayload {
    /// The new job; null when there are user errors.
    job: Option<Job>,
    /// The log before the job: with `jobCompleted(after)` no fast job is missed.
    cursor: Option<String>,
    /// What is wrong with the input; when not empty, nothing was written.
    user_errors: Vec<RunQueryUserError>,
}

/// What can be wrong with the input of `runQuery`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RunQueryErrorCode {
    /// There is no such query, or it was deleted.
    QueryNotFound,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(RunQueryUserError, RunQueryErrorCode, "runQuery");

impl RunQueryPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(started: Result<StartedRun, RunError>) -> Result<Self, Error> {
        let error = match started {
            Ok(StartedRun { job, cursor }) => {
                let (job, cursor) = (Some(Job(job)), Some(cursor.to_string()));
                return Ok(Self { job, cursor, user_errors: Vec::new() });
            }
            Err(RunError::Failed(error)) => return Err(error),
            Err(error) => error,
        };
        let (code, field) = match error {
            RunError::KeyInvalid(_) => (RunQueryErrorCode::IdempotencyKeyInvalid, KEY),
            RunError::KeyReused => (RunQueryErrorCode::IdempotencyKeyReused, KEY),
            _ => (RunQueryErrorCode::QueryNotFound, "queryId"),
        };
        let problem = Problem { code, field, message: error.to_string() };
        Ok(Self { user_errors: vec![RunQueryUserError(problem)], ..Self::default() })
    }
}

/// The answer to `retryJob`.
#[derive(SimpleObject, Default)]
pub struct RetryJobPayload {
    /// The new job; null when there are user errors.
    job: Option<Job>,
    /// The log before the job: with `jobCompleted(after)` no fast job is missed.
    cursor: Option<String>,
    /// What is wrong with the input; when not empty, nothing was written.
    user_errors: Vec<RetryJobUserError>,
}

/// What can be wrong with the input of `retryJob`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RetryJobErrorCode {
    /// There is no such job.
    JobNotFound,
    /// The job has not ended.
    JobNotEnded,
    /// The job's query was deleted.
    QueryNotFound,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(RetryJobUserError, RetryJobErrorCode, "retryJob");

impl RetryJobPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(started: Result<StartedRun, RunError>) -> Result<Self, Error> {
        let error = match started {
            Ok(StartedRun { job, cursor }) => {
                let (job, cursor) = (Some(Job(job)), Some(cursor.to_string()));
                return Ok(Self { job, cursor, user_errors: Vec::new() });
            }
            Err(RunError::Failed(error)) => return Err(error),
            Err(error) => error,
        };
        let (code, field) = match error {
            RunError::KeyInvalid(_) => (RetryJobErrorCode::IdempotencyKeyInvalid, KEY),
            RunError::KeyReused => (RetryJobErrorCode::IdempotencyKeyReused, KEY),
            RunError::NotEnded(_) => (RetryJobErrorCode::JobNotEnded, "jobId"),
            RunError::NoQuery => (RetryJobErrorCode::QueryNotFound, "jobId"),
            _ => (RetryJobErrorCode::JobNotFound, "jobId"),
        };
        let problem = Problem { code, field, message: error.to_string() };
        Ok(Self { user_errors: vec![RetryJobUserError(problem)], ..Self::default() })
    }
}

/// The answer to `cancelJob`.
#[derive(SimpleObject, Default)]
pub struct CancelJobPayload {
    /// The job; one that was running ends within a second, and its event says so.
    job: Option<Job>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<CancelJobUserError>,
}

/// What can be wrong with the input of `cancelJob`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum CancelJobErrorCode {
    /// There is no such job.
    JobNotFound,
    /// The job has ended already.
    JobHasEnded,
}

user_error!(CancelJobUserError, CancelJobErrorCode, "cancelJob");

impl CancelJobPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(cancelled: Result<crate::model::job::Job, CancelError>) -> Result<Self, Error> {
        let error = match cancelled {
            Ok(job) => return Ok(Self { job: Some(Job(job)), user_errors: Vec::new() }),
            Err(CancelError::Failed(error)) => return Err(error),
            Err(error) => error,
        };
        let message = error.to_string();
        let (code, job) = match error {
            CancelError::HasEnded(job) => (CancelJobErrorCode::JobHasEnded, Some(Job(*job))),
            _ => (CancelJobErrorCode::JobNotFound, None),
        };
        let problem = Problem { code, field: "jobId", message };
        Ok(Self { job, user_errors: vec![CancelJobUserError(problem)] })
    }
}
