//! Jobs beside their results.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

/// A job, and the result that belongs to it by its id.
#[derive(Clone, Debug, FromQueryResult)]
pub struct JobResult {
    pub id: String,
    pub status: String,
    pub storage_key: String,
    pub object_id: Option<String>,
    pub object_key: Option<String>,
    pub object_job: Option<String>,
    pub result_deleted_at: Option<i64>,
}

/// A result that is no job's by its id, or whose job is not there.
#[derive(Clone, Debug, FromQueryResult)]
pub struct StrayResult {
    pub id: String,
    pub job_id: String,
    /// The job it names, when that is there.
    pub job: Option<String>,
}

impl Snapshot {
    /// All jobs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn jobs_with_results(&self) -> Result<Rows<'_, JobResult>, StoreError> {
        self.rows(
            "SELECT job.id, job.status, job.storage_key, job.result_deleted_at, \
             object.id AS object_id, \
             object.key AS object_key, object.job_id AS object_job FROM job \
             LEFT JOIN storage_object AS object ON object.id = 'obj_' || substr(job.id, 5)",
        )
        .await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn stray_results(&self) -> Result<Rows<'_, StrayResult>, StoreError> {
        self.rows(
            "SELECT object.id, object.job_id, job.id AS job FROM storage_object AS object \
             LEFT JOIN job ON job.id = object.job_id \
             WHERE job.id IS NULL OR object.id <> 'obj_' || substr(object.job_id, 5)",
        )
        .await
    }
}
