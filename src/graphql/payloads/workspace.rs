//! What mutations of the workspace answer with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::domain::workspace::WorkspaceFailure;
use crate::error::Error;
use crate::graphql::types::workspace::Workspace;
use crate::model::workspace;

/// The answer to `updateWorkspace`.
#[derive(SimpleObject, Default)]
pub struct UpdateWorkspacePayload {
    /// The workspace as it is now; null when there are user errors.
    workspace: Option<Workspace>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<UpdateWorkspaceUserError>,
}

/// What can be wrong with the input of `updateWorkspace`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum UpdateWorkspaceErrorCode {
    /// The name is empty or too long.
    NameInvalid,
    /// It is not the name of a time zone.
    TimezoneUnknown,
}

user_error!(UpdateWorkspaceUserError, UpdateWorkspaceErrorCode, "updateWorkspace");

impl UpdateWorkspacePayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(updated: Result<workspace::Workspace, WorkspaceFailure>) -> Result<Self, Error> {
        let failure = match updated {
            Ok(workspace) => {
                let workspace = Some(Workspace(workspace));
                return Ok(Self { workspace, user_errors: Vec::new() });
            }
            Err(WorkspaceFailure::Failed(error)) => return Err(error),
            Err(failure) => failure,
        };
        let message = failure.to_string();
        let (code, field) = match failure {
            WorkspaceFailure::Timezone(_) => {
                (UpdateWorkspaceErrorCode::TimezoneUnknown, "timezone")
            }
            _ => (UpdateWorkspaceErrorCode::NameInvalid, "name"),
        };
        let problem = Problem { code, message, field };
        Ok(Self { user_errors: vec![UpdateWorkspaceUserError(problem)], ..Self::default() })
    }
}
