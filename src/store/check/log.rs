//! Event logs beside their counters.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;
use crate::store::sql::constant;

/// The place of one event in its workspace's log, and where the counter says that this log ends.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LogEntry {
    pub workspace_id: String,
    pub seq: i64,
    pub epoch: String,
    pub head_epoch: Option<String>,
    pub head_seq: Option<i64>,
    pub trimmed: Option<i64>,
}

impl Snapshot {
    /// All events, log by log, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn logs(&self) -> Result<Rows<'_, LogEntry>, StoreError> {
        self.rows(
            "SELECT event.workspace_id, event.seq, event.epoch, head.epoch AS head_epoch, \
             head.seq AS head_seq, head.trimmed FROM event \
             LEFT JOIN event_counter AS head ON head.workspace_id = event.workspace_id \
             ORDER BY event.workspace_id, event.seq",
        )
        .await
    }

    /// Workspaces whose log has no counter.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn workspaces_without_log(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT workspace.id FROM workspace WHERE NOT EXISTS (SELECT 1 FROM \
                   event_counter AS head WHERE head.workspace_id = workspace.id) ORDER BY 1";
        self.texts(constant(&self.0, sql)).await
    }
}
