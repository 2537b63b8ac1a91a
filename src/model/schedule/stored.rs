//! A query's schedule as it is kept: where it stands, and what the query's state is because of it.

use chrono::{DateTime, Utc};

use super::Schedule;
use crate::model::id::{JobId, QueryId, WorkspaceId};

/// A schedule and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct QuerySchedule {
    pub query_id: QueryId,
    pub workspace_id: WorkspaceId,
    pub schedule: Schedule,
    /// The next nominal fire; `None` while it is paused or stopped, and when it is over.
    pub next_at: Option<DateTime<Utc>>,
    pub paused_at: Option<DateTime<Utc>>,
    /// The run whose failure stopped it.
    pub stopped_by: Option<JobId>,
    pub updated_at: DateTime<Utc>,
}

impl QuerySchedule {
    /// When the next fire's work begins.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.next_at.map(|fire| self.schedule.due_at(self.query_id, fire))
    }

    pub fn is_running(&self) -> bool {
        self.paused_at.is_none() && self.stopped_by.is_none()
    }
}

/// Where a query stands: derived, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryState {
    Active,
    Running,
    Paused,
    Failed,
}

impl QueryState {
    /// Paused if its schedule is paused, else failed if it stopped itself, else running if a job runs.
    pub fn of(schedule: Option<&QuerySchedule>, runs: bool) -> Self {
        match schedule {
            Some(schedule) if schedule.paused_at.is_some() => Self::Paused,
            Some(schedule) if schedule.stopped_by.is_some() => Self::Failed,
            _ if runs => Self::Running,
            _ => Self::Active,
        }
    }
}
