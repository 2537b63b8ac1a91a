//! The deletion of results, as work that somebody asked for.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::{DeletionId, StorageObjectId, WorkspaceId};
use super::storage_object::StorageObjectFilter;

/// Which results are meant. What is stored later never is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    Objects(Vec<StorageObjectId>),
    Fitting(StorageObjectFilter),
}

/// What a selection holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub count: u64,
    /// Of the plain bytes.
    pub bytes: u64,
    pub oldest: Option<DateTime<Utc>>,
    pub newest: Option<DateTime<Utc>>,
}

/// A deletion that was asked for, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    pub id: DeletionId,
    pub workspace_id: WorkspaceId,
    pub selection: Selection,
    /// What there was to delete when it was asked for.
    pub matched: u64,
    pub bytes: u64,
    pub deleted: u64,
    pub created_at: DateTime<Utc>,
}
