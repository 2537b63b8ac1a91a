//! The only place that knows the database. Entities stay inside; what goes out are plain models.
//!
//! Writes go through one [`writer`] that merges what waits into multi-row statements and answers
//! after COMMIT; reads use a pool of their own. Every finder takes the workspace id.

mod api_key;
mod connect;
mod convert;
mod dataset;
mod delivery;
mod entity;
mod error;
mod event;
mod job;
mod keyset;
mod newest_datasets;
mod node;
mod query;
mod seal;
mod sql;
mod storage_object;
mod wake;
mod workspace;
mod writer;

use std::path::Path;
use std::sync::Arc;

use sea_orm::DatabaseConnection;

pub use error::StoreError;
pub use event::LogHead;
pub use seal::MasterKey;
pub use wake::Wakes;
pub use workspace::NewWorkspace;
pub use writer::{
    Claim, Claimed, EndAttempt, Finish, GiveBack, Heartbeat, IdempotencyKey, Next, Outcome,
    RareFuture, Submission, Submitted, Tx,
};

use newest_datasets::NewestDatasets;
use writer::Writer;

/// Reads and writes of everything that is kept in rows.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: Writer,
    wakes: Arc<Wakes>,
    master_key: MasterKey,
    newest_datasets: NewestDatasets,
}

impl Store {
    /// Opens the database file, makes it when it is not there, and applies all migrations.
    ///
    /// # Errors
    /// When the file cannot be opened or migrated.
    pub async fn open_sqlite(path: &Path, master_key: MasterKey) -> Result<Self, StoreError> {
        let (writer, reader) = connect::sqlite(path).await?;
        let wakes = Arc::new(Wakes::default());
        let writer = Writer::start(writer, Arc::clone(&wakes));
        let newest_datasets = NewestDatasets::default();
        Ok(Self { reader, writer, wakes, master_key, newest_datasets })
    }

    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }

    /// Finishes what the writer has taken and closes the connections.
    pub async fn close(&self) {
        // The writer is last, so that it can fold the log back into the file.
        if let Err(error) = self.reader.close_by_ref().await {
            tracing::warn!(%error, "closing the database failed");
        }
        self.writer.close().await;
    }
}
