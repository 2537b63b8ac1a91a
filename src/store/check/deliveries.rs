//! Deliveries beside their events and attempts.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

/// An event that is sent to the same address more than once.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DoubleDelivery {
    pub event_id: String,
    pub target: String,
    pub copies: i64,
}

/// An event that a registered endpoint is not told of.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Untold {
    pub event_id: String,
    pub endpoint_id: String,
}

/// A result that is not written to the bucket.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Uncopied {
    pub object_id: String,
}

/// A job that has ended and of whose end its query's webhook is not told.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Unannounced {
    pub job_id: String,
    pub target: String,
}

/// A delivery, its event, and what was tried.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SentDelivery {
    pub id: String,
    pub status: String,
    pub job_id: Option<String>,
    pub event_id: String,
    /// Its event is not in the log: it is a test, or brings a result.
    pub is_test: bool,
    pub next_attempt_at: Option<i64>,
    pub completed_at: Option<i64>,
    /// Its event, when that is there, and the job that the event names.
    pub event: Option<String>,
    pub event_job: Option<String>,
    pub attempts: i64,
    pub first_attempt: Option<i64>,
    pub last_attempt: Option<i64>,
    /// How often its task was started; only while it is pending.
    pub started: Option<i32>,
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn double_deliveries(&self) -> Result<Rows<'_, DoubleDelivery>, StoreError> {
        self.rows(
            "SELECT event_id, target, count(*) AS copies FROM delivery \
             WHERE kind = 'webhook' GROUP BY event_id, target HAVING count(*) > 1",
        )
        .await
    }

    /// Of jobs that ended after what is kept of deliveries and events begins, and whose query has not changed since the job was made: what it asked for later says nothing
    /// about an earlier end.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unannounced(&self) -> Result<Rows<'_, Unannounced>, StoreError> {
        self.rows(
            "SELECT job.id AS job_id, query.webhook_url AS target FROM job \
             JOIN query ON query.id = job.query_id \
             LEFT JOIN event_counter AS head ON head.workspace_id = job.workspace_id \
             LEFT JOIN retention ON retention.workspace_id = job.workspace_id \
             WHERE job.status IN ('completed', 'failed', 'cancelled') \
               AND query.webhook_url IS NOT NULL AND query.updated_at <= job.created_at \
               AND job.completed_at > coalesce(head.trimmed_at, 0) \
               AND job.completed_at > coalesce(retention.deliveries_cut_at, 0) \
               AND NOT EXISTS (SELECT 1 FROM delivery \
                 WHERE delivery.job_id = job.id AND delivery.target = query.webhook_url)",
        )
        .await
    }

    /// Events of a type that a registered endpoint wants, from after both its registration and its last change,
    /// that have no delivery to it. Types have no quotation marks, so that a list of them in JSON can be looked
    /// through as a text.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn untold(&self) -> Result<Rows<'_, Untold>, StoreError> {
        self.rows(
            "SELECT event.id AS event_id, endpoint.id AS endpoint_id FROM webhook_endpoint AS endpoint \
             JOIN event ON event.workspace_id = endpoint.workspace_id AND event.seq > endpoint.since_seq \
             LEFT JOIN retention ON retention.workspace_id = event.workspace_id \
             WHERE event.occurred_at > coalesce(retention.deliveries_cut_at, 0) \
               AND endpoint.events LIKE '%\"' || event.\"type\" || '\"%' \
               AND NOT EXISTS (SELECT 1 FROM delivery \
                 WHERE delivery.endpoint_id = endpoint.id AND delivery.event_id = event.id)",
        )
        .await
    }

    /// Results since their workspace's bucket was connected that have no delivery to it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn uncopied(&self) -> Result<Rows<'_, Uncopied>, StoreError> {
        let job_of_payload = self.job_of_payload();
        self.rows(&format!(
            "SELECT object.id AS object_id FROM bucket \
             JOIN event ON event.workspace_id = bucket.workspace_id AND event.seq > bucket.since_seq \
               AND event.type = 'job.completed' \
             JOIN storage_object AS object ON object.job_id = {job_of_payload} \
             LEFT JOIN retention ON retention.workspace_id = bucket.workspace_id \
             WHERE object.created_at > coalesce(retention.deliveries_cut_at, 0) \
               AND NOT EXISTS (SELECT 1 FROM delivery \
                 WHERE delivery.object_id = object.id AND delivery.bucket_id = bucket.id)"
        ))
        .await
    }

    /// All deliveries.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn deliveries(&self) -> Result<Rows<'_, SentDelivery>, StoreError> {
        let job_of_payload = self.job_of_payload();
        self.rows(&format!(
            "SELECT delivery.id, delivery.status, delivery.job_id, delivery.event_id, \
             (delivery.payload IS NOT NULL OR delivery.kind = 'bucket') AS is_test, \
             delivery.next_attempt_at, delivery.completed_at, event.id AS event, \
             {job_of_payload} AS event_job, coalesce(tried.attempts, 0) AS attempts, \
             tried.first_attempt, tried.last_attempt, task.attempt AS started FROM delivery \
             LEFT JOIN event ON event.id = delivery.event_id \
             LEFT JOIN task ON task.id = delivery.id \
             LEFT JOIN (SELECT delivery_id, count(*) AS attempts, \
               CAST(min(number) AS BIGINT) AS first_attempt, \
               CAST(max(number) AS BIGINT) AS last_attempt \
               FROM delivery_attempt GROUP BY delivery_id) AS tried \
             ON tried.delivery_id = delivery.id"
        ))
        .await
    }
}
