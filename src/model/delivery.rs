//! One event on its way to one receiver, with every attempt to bring it there.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::id::{DeliveryId, EventId, JobId, QueryId, WorkspaceId};

/// How often a webhook is tried before it counts as failed. The waits in between are in the order of
/// three days.
pub const MAX_WEBHOOK_ATTEMPTS: u32 = 10;
/// Longest address of a receiver, in bytes.
pub const MAX_WEBHOOK_URL: usize = 2_048;

/// Pending → succeeded or failed, which are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Another attempt is to come.
    Pending,
    /// The receiver has acknowledged it.
    Succeeded,
    /// The receiver said it is gone, or all attempts are used up.
    Failed,
}

impl DeliveryStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a delivery's status"))
    }
}

/// One event on its way to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub workspace_id: WorkspaceId,
    /// The address it goes to.
    pub target: String,
    pub event_id: EventId,
    pub query_id: QueryId,
    pub job_id: JobId,
    pub status: DeliveryStatus,
    pub created_at: DateTime<Utc>,
    /// About when it is tried next; only while pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was acknowledged or given up.
    pub completed_at: Option<DateTime<Utc>>,
}

/// A delivery that an event begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub target: String,
}

/// One try to bring a delivery to its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryAttempt {
    /// From 1. A number that is missing is a try whose worker was lost.
    pub number: u32,
    pub at: DateTime<Utc>,
    pub duration_ms: u32,
    /// What the receiver answered, when it answered.
    pub status_code: Option<u16>,
    /// Why it does not count as acknowledged.
    pub error: Option<String>,
    /// The beginning of what the receiver answered.
    pub response_excerpt: Option<String>,
}

/// Narrows a list of deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    pub query_id: Option<QueryId>,
    pub job_id: Option<JobId>,
    /// Empty means any.
    pub statuses: Vec<DeliveryStatus>,
}

impl DeliveryFilter {
    /// The job whose deliveries fit, if nothing else is asked of them.
    pub fn of_job_alone(&self) -> Option<JobId> {
        let of_job = Self { job_id: self.job_id, ..Self::default() };
        self.job_id.filter(|_| *self == of_job)
    }
}
