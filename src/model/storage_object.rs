//! A stored result and its key.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::collection::Collection;
use super::id::{JobId, QueryId, StorageObjectId, TypedId, WorkspaceId};
use super::page::{Place, SortField, SortKey};

pub const RESULT_CONTENT_TYPE: &str = "application/json";

/// A stored result: the bytes themselves are read separately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageObject {
    pub id: StorageObjectId,
    pub workspace_id: WorkspaceId,
    pub query_id: QueryId,
    pub job_id: JobId,
    pub key: String,
    pub content_type: String,
    /// Length of the plain bytes.
    pub size_bytes: u64,
    /// Of the plain bytes, in hex.
    pub sha256: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Narrows a list of results; what is not given fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageObjectFilter {
    pub query_id: Option<QueryId>,
    pub job_id: Option<JobId>,
    /// A part of the key; A to Z fit in either case.
    pub search: Option<String>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
}

/// What results can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageObjectField {
    /// The order of their jobs.
    #[default]
    Id,
    CreatedAt,
    SizeBytes,
}

impl SortField for StorageObjectField {
    type Item = StorageObject;

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Id => None,
            Self::CreatedAt => Some("created_at"),
            Self::SizeBytes => Some("size_bytes"),
        }
    }

    fn place(self, object: &StorageObject) -> Place {
        let number = match self {
            Self::Id => None,
            Self::CreatedAt => Some(object.created_at.timestamp_millis()),
            Self::SizeBytes => Some(i64::try_from(object.size_bytes).unwrap_or(i64::MAX)),
        };
        let key = number.map(SortKey::Number);
        Place { key, id: object.id.to_string() }
    }
}

/// What a stored result is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ObjectName {
    Id(StorageObjectId),
    Key(String),
    /// The newest of a query that still exists.
    LatestOf(QueryId),
}

impl ObjectName {
    /// What a text means: a query's id, a job's id, or else a storage key.
    pub fn of(name: &str) -> Self {
        let job = || name.parse().map(|job| Self::Id(object_id(job))).ok();
        let query = name.parse().map(Self::LatestOf).ok();
        query.or_else(job).unwrap_or_else(|| Self::Key(possible_key(name).to_owned()))
    }

    /// Whether it will always mean the same object.
    pub fn is_fixed(&self) -> bool {
        !matches!(self, Self::LatestOf(_))
    }
}

/// A text as a key, if it can be one: PostgreSQL cannot even be asked for some others. No object has the key
/// that is empty.
pub fn possible_key(text: &str) -> &str {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) { text } else { "" }
}

/// Where the bytes of a stored object are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyPlace {
    Row,
    Blob(String),
}

/// The bytes of an object, or where they are; both compressed with zstd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Row(Vec<u8>),
    Blob(String),
}

/// An object to be written with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObject {
    pub object: StorageObject,
    pub body: Body,
    /// What it rests on.
    pub collections: Vec<Collection>,
}

/// The id of a job's result: the job's own under another prefix, as a job has at most one.
pub fn object_id(job: JobId) -> StorageObjectId {
    StorageObjectId::from_ulid(job.ulid())
}

/// The key of a result: the query and the second of the job's reference time. `taken` is how many
/// jobs of the query already have that second: the second gets `-2`, the third `-3`.
pub fn storage_key(query_id: QueryId, reference_time: DateTime<Utc>, taken: u32) -> String {
    let time = reference_time.format("%Y-%m-%dT%H-%M-%SZ");
    match taken {
        0 => format!("{query_id}_{time}.json"),
        _ => format!("{query_id}_{time}-{}.json", taken + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_the_second_and_tell_jobs_of_one_second_apart() {
        let query = QueryId::from_ulid(ulid::Ulid::from_parts(5, 7));
        let time = "2026-04-30T08:00:00.750Z".parse().unwrap();
        assert_eq!(storage_key(query, time, 0), format!("{query}_2026-04-30T08-00-00Z.json"));
        assert_eq!(storage_key(query, time, 1), format!("{query}_2026-04-30T08-00-00Z-2.json"));
    }
}
