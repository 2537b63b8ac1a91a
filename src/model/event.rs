//! The workspace's log: facts with a dense sequence number, and the cursors that point into it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::id::{EventId, JobId, QueryId, WebhookEndpointId, WorkspaceId};
use super::job::JobStatus;

pub const JOB_COMPLETED: &str = "job.completed";
pub const QUERY_DELETED: &str = "query.deleted";
pub const STORAGE_DELETED: &str = "storage.deleted";
pub const ENDPOINT_DISABLED: &str = "endpoint.disabled";

/// Every type an event of this version can have.
pub const EVENT_TYPES: [&str; 4] =
    [JOB_COMPLETED, QUERY_DELETED, STORAGE_DELETED, ENDPOINT_DISABLED];

/// One fact of the log. `payload` is the text that every way out sends unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub workspace_id: WorkspaceId,
    pub epoch: String,
    pub seq: u64,
    pub kind: String,
    pub occurred_at: DateTime<Utc>,
    pub query_id: Option<QueryId>,
    pub payload: String,
}

impl Event {
    /// The cursor that points just behind this event.
    pub fn cursor(&self) -> Cursor {
        Cursor { workspace_id: self.workspace_id, epoch: self.epoch.clone(), seq: self.seq }
    }
}

/// The body of `job.completed`, also written for failed and cancelled jobs: field order is the
/// order of the rendered bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobCompleted {
    pub event: String,
    pub id: EventId,
    pub seq: u64,
    pub query_id: QueryId,
    pub job_id: JobId,
    pub run_id: JobId,
    pub status: JobStatus,
    pub completed_at: DateTime<Utc>,
    pub timestamp: DateTime<Utc>,
    /// Null unless the job completed.
    #[schema(required)]
    pub result_url: Option<String>,
    #[schema(required)]
    pub storage_key: Option<String>,
}

/// A fact that is not the end of a job, before the log has given it its number.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    pub id: EventId,
    /// One of [`EVENT_TYPES`].
    pub kind: &'static str,
    pub occurred_at: DateTime<Utc>,
    /// The query it is of, for who follows one query alone.
    pub query_id: Option<QueryId>,
    /// What the type tells beside what all events do.
    pub facts: Map<String, Value>,
}

impl NewEvent {
    /// The body that every way out sends unchanged: `event`, `id`, `seq`, the facts, and `timestamp`.
    pub fn payload(&self, seq: u64) -> Value {
        let mut body = Map::new();
        body.insert("event".to_owned(), self.kind.into());
        body.insert("id".to_owned(), self.id.to_string().into());
        body.insert("seq".to_owned(), seq.into());
        body.extend(self.facts.clone());
        let timestamp = self.occurred_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        body.insert("timestamp".to_owned(), timestamp.into());
        Value::Object(body)
    }
}

/// The body of `query.deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryDeleted {
    pub event: String,
    pub id: EventId,
    pub seq: u64,
    pub query_id: QueryId,
    pub timestamp: DateTime<Utc>,
}

/// The body of `storage.deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageDeleted {
    pub event: String,
    pub id: EventId,
    pub seq: u64,
    pub query_id: QueryId,
    pub job_id: JobId,
    pub storage_key: String,
    /// `request` or `retention`.
    pub reason: String,
    pub timestamp: DateTime<Utc>,
}

/// The body of `endpoint.disabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointDisabled {
    pub event: String,
    pub id: EventId,
    pub seq: u64,
    pub endpoint_id: WebhookEndpointId,
    pub url: String,
    pub reason: String,
    pub timestamp: DateTime<Utc>,
}

/// The body of an event: which of these, its `event` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum EventBody {
    JobCompleted(JobCompleted),
    QueryDeleted(QueryDeleted),
    StorageDeleted(StorageDeleted),
    EndpointDisabled(EndpointDisabled),
}

/// A place in a workspace's log: everything up to and with `seq` has been seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub workspace_id: WorkspaceId,
    /// Changes when the log is no longer the same one, as after a restored backup.
    pub epoch: String,
    pub seq: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1:{}:{}:{}", self.workspace_id, self.epoch, self.seq)
    }
}

/// A text that is not a cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a cursor of the event log; use one that the service gave")]
pub struct CursorError;

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.split(':');
        let (Some("v1"), Some(workspace), Some(epoch), Some(seq), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CursorError);
        };
        let digits = !seq.is_empty() && seq.bytes().all(|byte| byte.is_ascii_digit());
        if epoch.is_empty() || !digits {
            return Err(CursorError);
        }
        Ok(Self {
            workspace_id: workspace.parse().map_err(|_| CursorError)?,
            epoch: epoch.to_owned(),
            seq: seq.parse().map_err(|_| CursorError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TypedId;

    #[test]
    fn a_new_event_is_rendered_as_its_body_is_described() {
        let query = QueryId::from_ulid(ulid::Ulid::from_parts(5, 5));
        let new = NewEvent {
            id: EventId::from_ulid(ulid::Ulid::from_parts(7, 7)),
            kind: QUERY_DELETED,
            occurred_at: "2026-04-30T08:00:00.120Z".parse().unwrap(),
            query_id: Some(query),
            facts: Map::from_iter([("query_id".to_owned(), query.to_string().into())]),
        };
        let body = QueryDeleted {
            event: QUERY_DELETED.to_owned(),
            id: new.id,
            seq: 9,
            query_id: query,
            timestamp: new.occurred_at,
        };
        assert_eq!(new.payload(9).to_string(), serde_json::to_string(&body).unwrap());
    }

    #[test]
    fn cursors_round_trip_and_nothing_else_parses() {
        let workspace_id = WorkspaceId::from_ulid(ulid::Ulid::from_parts(9, 9));
        let cursor = Cursor { workspace_id, epoch: "e1".into(), seq: 17 };
        let text = cursor.to_string();
        assert_eq!(text.parse(), Ok(cursor));
        let wrong =
            ["", "17", "v2:a:b:1", &text[1..], &format!("{text}:1"), &text.replace("17", "+17")];
        for wrong in wrong {
            assert_eq!(wrong.parse::<Cursor>(), Err(CursorError), "{wrong}");
        }
    }
}
