//! Tasks beside what they are for.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;

/// What tasks are for; each has its own id on its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Job,
    Webhook,
    Bucket,
}

/// A job or a delivery, and its task when it has one.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OwnerTask {
    pub id: String,
    pub status: String,
    pub kind: Option<String>,
    pub lease_token: Option<i64>,
    pub leased_by: Option<String>,
}

/// A task, and what has its id.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TaskRow {
    pub id: String,
    pub workspace_id: String,
    pub kind: String,
    pub lane: String,
    pub job: Option<String>,
    pub delivery: Option<String>,
    /// It waits for other jobs of its query, of which there are none.
    pub is_stranded: bool,
}

impl Snapshot {
    /// All jobs, or all deliveries of a kind.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owners(&self, owner: Owner) -> Result<Rows<'_, OwnerTask>, StoreError> {
        let owners = match owner {
            Owner::Job => "(SELECT id, status FROM job)",
            Owner::Webhook => "(SELECT id, status FROM delivery WHERE kind = 'webhook')",
            Owner::Bucket => "(SELECT id, status FROM delivery WHERE kind = 'bucket')",
        };
        self.rows(&format!(
            "SELECT owner.id, owner.status, task.kind, task.lease_token, task.leased_by \
             FROM {owners} AS owner LEFT JOIN task ON task.id = owner.id"
        ))
        .await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn tasks(&self) -> Result<Rows<'_, TaskRow>, StoreError> {
        self.rows(
            "SELECT task.id, task.workspace_id, task.kind, task.lane, job.id AS job, \
             delivery.id AS delivery, (task.held AND NOT EXISTS (SELECT 1 FROM task AS other \
             WHERE other.query_id = task.query_id AND NOT other.held)) AS is_stranded \
             FROM task LEFT JOIN job ON job.id = task.id \
             LEFT JOIN delivery ON delivery.id = task.id",
        )
        .await
    }
}
