//! API keys, what they allow, and who a request is made by.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::id::{ApiKeyId, SessionId, TypedId, WorkspaceId};

/// Every secret of an API key begins with this.
pub const SECRET_PREFIX: &str = "bsk_";

/// What a key allows; each scope includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Queries, jobs, results, events, sources.
    Read,
    /// Also create, schedule, run, cancel, delete, upload datasets.
    Write,
    /// Also keys, webhooks, bucket, retention, workspace, audit log.
    Admin,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "admin" => Ok(Self::Admin),
            other => Err(format!("`{other}` is not a scope; use read, write or admin")),
        }
    }
}

/// A key as it may be shown: the secret is stored hashed and never read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub scope: Scope,
    pub last4: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires| now < expires)
    }
}

/// Who a request is made by, once its key is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    pub workspace_id: WorkspaceId,
    pub key_id: ApiKeyId,
    /// Where a browser's session stands for the key.
    pub session_id: Option<SessionId>,
    pub scope: Scope,
    /// The workspace's zone, for questions that name none.
    pub timezone: Tz,
}

impl Principal {
    /// The key; none for the operator, who needs none.
    pub fn key(&self) -> Option<ApiKeyId> {
        (!self.key_id.ulid().is_nil()).then_some(self.key_id)
    }

    pub fn allows(&self, needed: Scope) -> bool {
        self.scope >= needed
    }
}
