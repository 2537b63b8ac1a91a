//! Jobs beside the events of their ends.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

/// A job, how many events say that it ended, and whether one that did was kept for long enough.
#[derive(Clone, Debug, FromQueryResult)]
pub struct JobEnds {
    pub id: String,
    pub status: String,
    pub ends: i64,
    pub may_be_trimmed: bool,
}

/// An event of a job's end, beside the job that its payload names.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EndEvent {
    pub id: String,
    pub seq: i64,
    pub occurred_at: i64,
    pub query_id: Option<String>,
    pub payload: String,
    pub job_id: Option<String>,
    pub job_query: Option<String>,
    pub job_status: Option<String>,
    pub job_key: Option<String>,
    pub job_completed_at: Option<i64>,
}

impl Snapshot {
    /// All jobs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn jobs_with_ends(&self) -> Result<Rows<'_, JobEnds>, StoreError> {
        let job_of_payload = self.job_of_payload();
        self.rows(&format!(
            "SELECT job.id, job.status, coalesce(ended.ends, 0) AS ends, \
             coalesce(job.completed_at <= head.trimmed_at, FALSE) AS may_be_trimmed FROM job \
             LEFT JOIN event_counter AS head ON head.workspace_id = job.workspace_id LEFT JOIN \
             (SELECT {job_of_payload} AS job_id, count(*) AS ends FROM event \
              WHERE event.type = 'job.completed' GROUP BY 1) AS ended ON ended.job_id = job.id"
        ))
        .await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn end_events(&self) -> Result<Rows<'_, EndEvent>, StoreError> {
        let job_of_payload = self.job_of_payload();
        self.rows(&format!(
            "SELECT event.id, event.seq, event.occurred_at, event.query_id, event.payload, \
             job.id AS job_id, job.query_id AS job_query, job.status AS job_status, \
             job.storage_key AS job_key, job.completed_at AS job_completed_at \
             FROM event LEFT JOIN job ON job.id = {job_of_payload} \
             WHERE event.type = 'job.completed'"
        ))
        .await
    }
}
