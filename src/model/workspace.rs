//! The tenant that owns everything else.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::id::WorkspaceId;

/// A tenant. Its signing secret is not here: it is read only where something is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    /// Zone of windows whose query has none of its own.
    pub timezone: Tz,
    /// Whether what its jobs collect is kept with their results.
    pub keeps_documents: bool,
    pub created_at: DateTime<Utc>,
}
