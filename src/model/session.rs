//! Browsers that are signed in, and the links that sign one in.

use chrono::{DateTime, Utc};

use super::id::{ApiKeyId, SessionId, WorkspaceId};

/// A browser that is signed in. It may do what its API key may, for as long as the key may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub workspace_id: WorkspaceId,
    pub key_id: ApiKeyId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl Session {
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }
}

/// A link that signs one browser in, once, as an API key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginLink {
    pub workspace_id: WorkspaceId,
    pub key_id: ApiKeyId,
    pub expires_at: DateTime<Utc>,
}
