//! What mutations of queries answer with.

use async_graphql::{Enum, Object, SimpleObject};

use super::{Problem, user_error};
use crate::domain::query_change::UpdateQueryError;
use crate::domain::submission::{self, InputProblem};
use crate::error::Error;
use crate::graphql::types::job::Job;
use crate::graphql::types::query::SavedQuery;
use crate::model::query;

/// The answer to `createQuery`.
#[derive(SimpleObject)]
pub struct CreateQueryPayload {
    /// The saved query; null when there are user errors.
    pub query: Option<SavedQuery>,
    /// Its first job; null when there are user errors or the query was not to be run.
    pub job: Option<Job>,
    /// The log before the job: with `jobCompleted(after)` no fast job is missed.
    pub cursor: Option<String>,
    /// What is wrong with the input; when not empty, nothing was written.
    pub user_errors: Vec<CreateQueryUserError>,
}

/// What can be wrong with the input of `createQuery` or `previewQuery`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "submission::CreateQueryErrorCode")]
pub enum CreateQueryErrorCode {
    /// The prompt has no text.
    PromptEmpty,
    /// The prompt has more than 4,000 characters.
    PromptTooLong,
    /// The prompt contains control characters.
    PromptInvalid,
    /// Nobody knows a source of this name.
    SourceUnknown,
    /// None of the sources is configured on this server.
    SourceNotConfigured,
    /// The address of a source may not be reached from this server.
    SourceForbidden,
    /// More than 50 sources are given.
    TooManySources,
    /// The date range is empty or lies in the future.
    DateRangeInvalid,
    /// The limit is not 1 to 1,000.
    LimitOutOfRange,
    /// The reading does not have the form of one, or cannot be answered.
    ReadingInvalid,
    /// The output schema is no JSON Schema, or names something outside of it.
    OutputSchemaInvalid,
    /// The name is empty, too long or has control characters.
    NameInvalid,
    /// Not an IANA time zone.
    TimezoneUnknown,
    /// The schedule has something wrong; the path names its field.
    ScheduleInvalid,
    /// Not an address that webhooks can be sent to.
    WebhookUrlInvalid,
    /// The webhook's address is private, or not https; the operator may allow it.
    WebhookUrlForbidden,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

pub struct CreateQueryUserError(pub InputProblem);

/// One thing that is wrong with the input of `createQuery` or `previewQuery`.
#[Object]
impl CreateQueryUserError {
    /// What is wrong and what to do, for people.
    pub async fn message(&self) -> String {
        self.0.message.clone()
    }

    /// Where in the input.
    pub async fn path(&self) -> Option<Vec<String>> {
        Some(self.0.path.clone())
    }

    /// What is wrong, for programs.
    async fn code(&self) -> CreateQueryErrorCode {
        self.0.code.into()
    }
}

/// The answer to `updateQuery`.
#[derive(SimpleObject)]
pub struct UpdateQueryPayload {
    /// The query as it is now; null when there are user errors.
    query: Option<SavedQuery>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<UpdateQueryUserError>,
}

/// What can be wrong with the input of `updateQuery`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum UpdateQueryErrorCode {
    /// There is no such query, or it was deleted.
    QueryNotFound,
    /// The prompt has no text.
    PromptEmpty,
    /// The prompt has more than 4,000 characters.
    PromptTooLong,
    /// The prompt contains control characters.
    PromptInvalid,
    /// Nobody knows a source of this name.
    SourceUnknown,
    /// None of the sources is configured on this server.
    SourceNotConfigured,
    /// The address of a source may not be reached from this server.
    SourceForbidden,
    /// More than 50 sources are given.
    TooManySources,
    /// The date range is empty or lies in the future.
    DateRangeInvalid,
    /// The limit is not 1 to 1,000.
    LimitOutOfRange,
    /// The reading does not have the form of one, or cannot be answered.
    ReadingInvalid,
    /// The output schema is no JSON Schema, or names something outside of it.
    OutputSchemaInvalid,
    /// The name is empty, too long or has control characters.
    NameInvalid,
    /// Not an IANA time zone.
    TimezoneUnknown,
    /// Not an address that webhooks can be sent to.
    WebhookUrlInvalid,
    /// The webhook's address is private, or not https; the operator may allow it.
    WebhookUrlForbidden,
}

impl UpdateQueryErrorCode {
    /// What of a new query can be wrong with a change; `None` for what a change does not have.
    fn of(code: submission::CreateQueryErrorCode) -> Option<Self> {
        use submission::CreateQueryErrorCode as Created;
        Some(match code {
            Created::PromptEmpty => Self::PromptEmpty,
            Created::PromptTooLong => Self::PromptTooLong,
            Created::PromptInvalid => Self::PromptInvalid,
            Created::SourceUnknown => Self::SourceUnknown,
            Created::SourceNotConfigured => Self::SourceNotConfigured,
            Created::SourceForbidden => Self::SourceForbidden,
            Created::TooManySources => Self::TooManySources,
            Created::DateRangeInvalid => Self::DateRangeInvalid,
            Created::LimitOutOfRange => Self::LimitOutOfRange,
            Created::ReadingInvalid => Self::ReadingInvalid,
            Created::OutputSchemaInvalid => Self::OutputSchemaInvalid,
            Created::NameInvalid => Self::NameInvalid,
            Created::TimezoneUnknown => Self::TimezoneUnknown,
            Created::WebhookUrlInvalid => Self::WebhookUrlInvalid,
            Created::WebhookUrlForbidden => Self::WebhookUrlForbidden,
            Created::ScheduleInvalid
            | Created::IdempotencyKeyInvalid
            | Created::IdempotencyKeyReused => return None,
        })
    }
}

pub struct UpdateQueryUserError {
    code: UpdateQueryErrorCode,
    message: String,
    path: Vec<String>,
}

/// One thing that is wrong with the input of `updateQuery`.
#[Object]
impl UpdateQueryUserError {
    /// What is wrong and what to do, for people.
    pub async fn message(&self) -> String {
        self.message.clone()
    }

    /// Where in the input.
    pub async fn path(&self) -> Option<Vec<String>> {
        Some(self.path.clone())
    }

    /// What is wrong, for programs.
    async fn code(&self) -> UpdateQueryErrorCode {
        self.code
    }
}

impl UpdateQueryPayload {
    /// The answer for what became of a change.
    pub fn of(updated: Result<query::SavedQuery, UpdateQueryError>) -> Result<Self, Error> {
        let user_errors = match updated {
            Ok(query) => {
                return Ok(Self { query: Some(SavedQuery(query)), user_errors: Vec::new() });
            }
            Err(UpdateQueryError::Failed(error)) => return Err(error),
            Err(UpdateQueryError::NotFound) => vec![UpdateQueryUserError {
                code: UpdateQueryErrorCode::QueryNotFound,
                message: "there is no such query, or it was deleted".to_owned(),
                path: vec!["queryId".to_owned()],
            }],
            Err(UpdateQueryError::Invalid(problems)) => {
                let user_error = |InputProblem { code, message, path }| {
                    let unexpected = || Error::internal(format!("a change has {code:?}"));
                    let code = UpdateQueryErrorCode::of(code).ok_or_else(unexpected)?;
                    Ok(UpdateQueryUserError { code, message, path })
                };
                problems.into_iter().map(user_error).collect::<Result<_, Error>>()?
            }
        };
        Ok(Self { query: None, user_errors })
    }
}

/// The answer to `deleteQuery`.
#[derive(SimpleObject)]
pub struct DeleteQueryPayload {
    /// The query, deleted now; null when there are user errors.
    query: Option<SavedQuery>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<DeleteQueryUserError>,
}

/// What can be wrong with the input of `deleteQuery`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum DeleteQueryErrorCode {
    /// There is no such query, or it was deleted before.
    QueryNotFound,
}

user_error!(DeleteQueryUserError, DeleteQueryErrorCode, "deleteQuery");

impl DeleteQueryPayload {
    /// The answer for the query that was deleted, if there was one.
    pub fn of(deleted: Option<query::SavedQuery>) -> Self {
        if deleted.is_some() {
            return Self { query: deleted.map(SavedQuery), user_errors: Vec::new() };
        }
        let message = "there is no such query, or it was deleted before".to_owned();
        let problem =
            Problem { code: DeleteQueryErrorCode::QueryNotFound, message, field: "queryId" };
        Self { query: None, user_errors: vec![DeleteQueryUserError(problem)] }
    }
}
