//! One event on its way to one receiver, with every attempt to bring it there.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use ulid::Ulid;

use super::id::{
    BucketId, DeliveryId, EventId, JobId, QueryId, StorageObjectId, TypedId, WebhookEndpointId,
    WorkspaceId,
};

/// How often a webhook is tried before it counts as failed. The waits in between are in the order of
/// three days.
pub const MAX_WEBHOOK_ATTEMPTS: u32 = 10;
/// Longest address of a receiver, in bytes.
pub const MAX_WEBHOOK_URL: usize = 2_048;

/// What is delivered where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// An event to a webhook's address.
    Webhook,
    /// A result to the workspace's bucket.
    Bucket,
}

impl DeliveryKind {
    pub const ALL: [Self; 2] = [Self::Webhook, Self::Bucket];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Bucket => "bucket",
        }
    }
}

impl FromStr for DeliveryKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a kind of delivery"))
    }
}

/// Pending → succeeded, failed or skipped, which are final until somebody asks for them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Another attempt is to come.
    Pending,
    /// The receiver has acknowledged it.
    Succeeded,
    /// The receiver said it is gone, or all attempts are used up.
    Failed,
    /// It was not sent: its endpoint was disabled or deleted, the bucket disconnected, or the result deleted.
    Skipped,
}

impl DeliveryStatus {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Succeeded, Self::Failed, Self::Skipped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
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

/// One event on its way to one address, or one result on its way to the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub workspace_id: WorkspaceId,
    pub kind: DeliveryKind,
    /// The address it goes to.
    pub target: String,
    /// The registered receiver, which may be deleted by now; none for a query's own address.
    pub endpoint_id: Option<WebhookEndpointId>,
    /// None where a result is brought.
    pub event_id: Option<EventId>,
    /// The result, where one is brought.
    pub object_id: Option<StorageObjectId>,
    pub bucket_id: Option<BucketId>,
    /// The event's number in the log; none for a test, which is not in it, and for older ones.
    pub seq: Option<u64>,
    pub query_id: Option<QueryId>,
    pub job_id: Option<JobId>,
    /// Whether it is a test, whose event is not in the log.
    pub is_test: bool,
    pub status: DeliveryStatus,
    pub created_at: DateTime<Utc>,
    /// About when it is tried next; only while pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was acknowledged or given up.
    pub completed_at: Option<DateTime<Utc>>,
}

/// The id of the delivery of an event to an endpoint. It follows from both, so that there can be but one, and
/// those of later events are greater, as ids that a clock makes within a millisecond are one after the other.
pub fn delivery_id(event: EventId, endpoint: WebhookEndpointId) -> DeliveryId {
    let digest = Sha256::digest(format!("{event}|{endpoint}"));
    let own = digest.iter().take(7).fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
    let place = event.ulid().random() & 0xff_ffff;
    DeliveryId::from_ulid(Ulid::from_parts(event.ulid().timestamp_ms(), (place << 56) | own))
}

/// The id of the delivery of a result to a bucket: there can be but one.
pub fn object_delivery_id(object: StorageObjectId, bucket: BucketId) -> DeliveryId {
    let digest = Sha256::digest(format!("{object}|{bucket}"));
    let own = digest.iter().take(10).fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
    DeliveryId::from_ulid(Ulid::from_parts(object.ulid().timestamp_ms(), own))
}

/// A delivery to a query's own address that an event begins with.
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
    /// How long it took until the answer began, when there was one.
    pub first_byte_ms: Option<u32>,
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
    pub endpoint_id: Option<WebhookEndpointId>,
    pub kind: Option<DeliveryKind>,
    /// Empty means any.
    pub statuses: Vec<DeliveryStatus>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
}

impl DeliveryFilter {
    /// The job whose deliveries fit, if nothing else is asked of them.
    pub fn of_job_alone(&self) -> Option<JobId> {
        let of_job = Self { job_id: self.job_id, ..Self::default() };
        self.job_id.filter(|_| *self == of_job)
    }
}
