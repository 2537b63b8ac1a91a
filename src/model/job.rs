//! One run of a query, and the states it goes through.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::{JobId, QueryId, WorkspaceId};
use super::page::{Place, SortField};
use super::result::CoverageStatus;
use super::task::Priority;

/// How often a job is started before it counts as failed.
pub const MAX_ATTEMPTS: u32 = 5;

/// Queued → running → completed, failed or cancelled; the last three are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

impl JobStatus {
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl FromStr for JobStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a job status"))
    }
}

/// Why a job exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobTrigger {
    /// Made together with its query.
    Submitted,
    /// Made by the query's schedule.
    Scheduled,
    /// A later run asked for by hand.
    Manual,
    /// Another run of a job that had ended, for the same instant.
    Retry,
    /// One of the runs over a past range.
    Backfill,
}

impl JobTrigger {
    pub const ALL: [Self; 5] =
        [Self::Submitted, Self::Scheduled, Self::Manual, Self::Retry, Self::Backfill];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Scheduled => "scheduled",
            Self::Manual => "manual",
            Self::Retry => "retry",
            Self::Backfill => "backfill",
        }
    }

    /// How soon such a job is started beside others of its workspace.
    pub fn priority(self) -> Priority {
        match self {
            Self::Submitted | Self::Manual | Self::Retry => Priority::High,
            Self::Scheduled => Priority::Normal,
            Self::Backfill => Priority::Low,
        }
    }
}

impl FromStr for JobTrigger {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|trigger| trigger.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a job trigger"))
    }
}

/// One run of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub workspace_id: WorkspaceId,
    pub query_id: QueryId,
    pub status: JobStatus,
    pub trigger: JobTrigger,
    pub scheduled_for: Option<DateTime<Utc>>,
    /// The key its result will have in Storage; fixed when the job is made.
    pub storage_key: String,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub attempt: u32,
    pub max_attempts: u32,
    pub error: Option<JobError>,
    /// What each source gave; known once the job has ended.
    pub sources: Vec<SourceProgress>,
}

impl Job {
    /// A job that waits to be started. Its storage key is given when it is written.
    pub fn queued(
        id: JobId,
        (workspace_id, query_id): (WorkspaceId, QueryId),
        trigger: JobTrigger,
        scheduled_for: Option<DateTime<Utc>>,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            workspace_id,
            query_id,
            status: JobStatus::Queued,
            trigger,
            scheduled_for,
            storage_key: String::new(),
            created_at,
            started_at: None,
            completed_at: None,
            attempt: 0,
            max_attempts: MAX_ATTEMPTS,
            error: None,
            sources: Vec::new(),
        }
    }

    /// The instant that windows like "last 7 days" end at: the same for every attempt.
    pub fn reference_time(&self) -> DateTime<Utc> {
        self.scheduled_for.unwrap_or(self.created_at)
    }
}

/// Narrows a list of jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    pub query_id: Option<QueryId>,
    /// Empty means any.
    pub statuses: Vec<JobStatus>,
    /// Empty means any.
    pub triggers: Vec<JobTrigger>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
}

/// What jobs can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobField {
    #[default]
    CreatedAt,
}

impl SortField for JobField {
    type Item = Job;

    fn name(self) -> Option<&'static str> {
        None
    }

    fn place(self, job: &Job) -> Place {
        Place::of_id(&job.id)
    }
}

impl JobFilter {
    /// The query whose jobs fit, if nothing else is asked of them.
    pub fn of_query_alone(&self) -> Option<QueryId> {
        let of_query = Self { query_id: self.query_id, ..Self::default() };
        self.query_id.filter(|_| *self == of_query)
    }
}

/// Why a job failed, as shown to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobError {
    /// Stable and in capitals, for programs.
    pub code: String,
    /// For people: what happened and what to do.
    pub message: String,
    /// Whether the same question may succeed later.
    pub retryable: bool,
}

/// What one source gave to a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceProgress {
    pub source: String,
    pub status: CoverageStatus,
    pub requests: u64,
    pub documents: u64,
    pub reason: Option<String>,
}
