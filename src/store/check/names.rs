//! Jobs in the order of their storage keys.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

#[derive(Clone, Debug, FromQueryResult)]
pub struct NamedJob {
    pub id: String,
    pub query_id: String,
    pub storage_key: String,
    pub created_at: i64,
    pub scheduled_for: Option<i64>,
}

impl Snapshot {
    /// All jobs, so that equal keys stand side by side.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn jobs_by_key(&self) -> Result<Rows<'_, NamedJob>, StoreError> {
        self.rows(
            "SELECT id, query_id, storage_key, created_at, scheduled_for FROM job \
             ORDER BY storage_key",
        )
        .await
    }
}
