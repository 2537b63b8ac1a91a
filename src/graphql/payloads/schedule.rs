//! What mutations of schedules answer with.

use async_graphql::{Enum, SimpleObject};

use super::{KEY, Problem, user_error};
use crate::domain::schedule::{ScheduleFailure, ScheduleProblem};
use crate::error::Error;
use crate::graphql::types::query::SavedQuery;
use crate::model::query;

/// What can be wrong with the input of a mutation of schedules.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleErrorCode {
    /// There is no such query, or it was deleted.
    QueryNotFound,
    /// The query has no schedule.
    NoSchedule,
    /// A field of the input has something wrong; the path names it.
    ScheduleInvalid,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(ScheduleUserError, ScheduleErrorCode, "scheduleQuery");

fn problem(failure: ScheduleFailure) -> Result<ScheduleUserError, Error> {
    let message = failure.to_string();
    let (code, field) = match failure {
        ScheduleFailure::Invalid(ScheduleProblem { field, .. }) => {
            (ScheduleErrorCode::ScheduleInvalid, field)
        }
        ScheduleFailure::NoQuery => (ScheduleErrorCode::QueryNotFound, "queryId"),
        ScheduleFailure::NoSchedule => (ScheduleErrorCode::NoSchedule, "queryId"),
        ScheduleFailure::KeyInvalid(_) => (ScheduleErrorCode::IdempotencyKeyInvalid, KEY),
        ScheduleFailure::KeyReused => (ScheduleErrorCode::IdempotencyKeyReused, KEY),
        ScheduleFailure::Failed(error) => return Err(error),
    };
    Ok(ScheduleUserError(Problem { code, message, field }))
}

/// The answer to `scheduleQuery`, `unscheduleQuery`, `pauseQuery` and `resumeQuery`.
#[derive(SimpleObject)]
pub struct ScheduleQueryPayload {
    /// The query; null when there are user errors.
    query: Option<SavedQuery>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<ScheduleUserError>,
}

impl ScheduleQueryPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<query::SavedQuery, ScheduleFailure>) -> Result<Self, Error> {
        match done {
            Ok(query) => Ok(Self { query: Some(SavedQuery(query)), user_errors: Vec::new() }),
            Err(failure) => Ok(Self { query: None, user_errors: vec![problem(failure)?] }),
        }
    }
}

/// The answer to `backfillQuery`.
#[derive(SimpleObject)]
pub struct BackfillQueryPayload {
    /// How many runs were made.
    runs: u32,
    /// What is wrong with the input; when not empty, nothing was made.
    user_errors: Vec<ScheduleUserError>,
}

impl BackfillQueryPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(done: Result<u32, ScheduleFailure>) -> Result<Self, Error> {
        match done {
            Ok(runs) => Ok(Self { runs, user_errors: Vec::new() }),
            Err(failure) => Ok(Self { runs: 0, user_errors: vec![problem(failure)?] }),
        }
    }
}
