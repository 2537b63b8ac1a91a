//! Links by which somebody without a key downloads one result.

use chrono::{DateTime, Utc};

use super::id::{DownloadLinkId, StorageObjectId, WorkspaceId};

/// A link to a stored result. What is secret of it is in its address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadLink {
    pub id: DownloadLinkId,
    pub workspace_id: WorkspaceId,
    pub object_id: StorageObjectId,
    /// Of the result, which may be deleted before the link is.
    pub storage_key: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Narrows a list of links; what is not given fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DownloadLinkFilter {
    pub storage_key: Option<String>,
}
