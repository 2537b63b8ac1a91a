//! What was changed, by whom and when.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::id::{ApiKeyId, AuditEntryId, WorkspaceId};

/// One change in a workspace, whichever face it was asked for at. It is written with the change itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub workspace_id: WorkspaceId,
    pub at: DateTime<Utc>,
    /// The key it was asked for with; none where the operator did it at the command line or by settings.
    pub key_id: Option<ApiKeyId>,
    /// Named as in GraphQL: `createQuery`.
    pub operation: String,
    /// What was changed, or made.
    pub object_id: Option<String>,
    /// What the operation was given that tells its effect; never a secret.
    pub detail: Option<Value>,
}

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub operations: Vec<String>,
    pub key_id: Option<ApiKeyId>,
    pub object_id: Option<String>,
}
