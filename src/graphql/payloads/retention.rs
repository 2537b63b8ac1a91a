//! What `setRetentionPolicy` answers with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::domain::retention::RetentionFailure;
use crate::error::Error;
use crate::graphql::types::retention::{RetentionPolicy, RetentionPreview};
use crate::model::retention::{Due, Retention};

/// The answer to `setRetentionPolicy`.
#[derive(SimpleObject, Default)]
pub struct SetRetentionPolicyPayload {
    /// The policy as it is now, or by a `dryRun` as it would be; null when there are user errors.
    retention: Option<RetentionPolicy>,
    /// What it deletes of what there is now; null when there are user errors.
    preview: Option<RetentionPreview>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<SetRetentionPolicyUserError>,
}

/// What can be wrong with the input of `setRetentionPolicy`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SetRetentionPolicyErrorCode {
    /// A number of days is not 1 to 36,500.
    DaysOutOfRange,
}

user_error!(SetRetentionPolicyUserError, SetRetentionPolicyErrorCode, "setRetentionPolicy");

impl SetRetentionPolicyPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(set: Result<(Retention, Due), RetentionFailure>) -> Result<Self, Error> {
        let failure = match set {
            Ok((retention, due)) => {
                let (retention, preview) = (Some(retention.into()), Some(due.into()));
                return Ok(Self { retention, preview, user_errors: Vec::new() });
            }
            Err(RetentionFailure::Failed(error)) => return Err(error),
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let field = match failure {
            RetentionFailure::Days(field) => field,
            RetentionFailure::Failed(_) => "resultDays",
        };
        let problem = Problem { code: SetRetentionPolicyErrorCode::DaysOutOfRange, message, field };
        Ok(Self { user_errors: vec![SetRetentionPolicyUserError(problem)], ..Self::default() })
    }
}
