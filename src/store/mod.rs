//! The only place that knows the database. Entities stay inside; what goes out are plain models.
//!
//! Writes go through a [`writer`] that merges what waits into multi-row statements and answers
//! after COMMIT; reads use a pool of their own. Every finder takes the workspace id.

mod announce;
mod api_key;
mod at_hand;
mod audit_entry;
mod blob;
mod bucket;
mod bucket_delivery;
pub mod check;
mod collection;
mod connect;
mod convert;
mod dataset;
mod deletion;
mod delivery;
mod download_link;
mod entity;
mod error;
mod event;
mod event_append;
mod fan_out;
mod filter;
mod first_of;
mod in_place;
mod job;
mod keyset;
mod known_objects;
mod label;
mod link;
mod load;
mod master_key;
mod newest_datasets;
mod node;
mod once;
mod pace;
mod pin;
mod query;
mod reader;
mod redelivery;
mod retention;
mod run;
mod schedule;
mod scrape_log;
mod seal;
mod sealed;
mod session;
mod sql;
mod storage_object;
mod task;
#[cfg(test)]
#[path = "../../tests/it/support/database.rs"]
mod test_database;
mod tidy;
mod wake;
mod webhook_endpoint;
mod webhook_secret;
mod workspace;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::random_bytes;
use crate::metrics::Metrics;

pub use bucket_delivery::{Backfill, BucketDelivery, Found};
pub use connect::Schema;
pub use deletion::{Begun, Doomed, NewDeletion, Removed};
pub use download_link::{LinkWritten, NewLink};
pub use error::StoreError;
pub use event::{LogBounds, LogHead};
pub use load::SchemaState;
pub use master_key::Resealed;
pub use once::{Change, Once};
pub use pin::Pinned;
pub use redelivery::{NewTest, Redelivered};
pub use run::{NewRun, Started};
pub use schedule::{Decide, Fired, FiredDue, Unfinished};
pub use seal::{MasterKey, ReadKeys};
pub use wake::Wakes;
pub use webhook_endpoint::{Changed, Disable, EndpointChange, NewEndpoint, Registered};
pub use webhook_secret::{NewSecret, Seed, Signers};
pub use workspace::NewWorkspace;
pub use writer::{
    Claim, Claimed, EndAttempt, Fence, Finish, GiveBack, Heartbeat, IdempotencyKey, Next, Outcome,
    Pick, RareFuture, Submission, Submitted, Then, Tx,
};

use connect::Links;
use known_objects::KnownObjects;
use newest_datasets::NewestDatasets;
use reader::Reader;
use writer::Writer;

/// Where the rows are.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file; it is made where it is not there, and brought to this version's schema.
    Sqlite(PathBuf),
    Postgres {
        url: SecretString,
        schema: Schema,
        /// No announcements between nodes: a pooler may stand between.
        poll_only: bool,
    },
}

/// Reads and writes of everything that is kept in rows.
#[derive(Clone)]
pub struct Store {
    reader: Reader,
    writer: Writer,
    wakes: Arc<Wakes>,
    master_key: MasterKey,
    newest_datasets: NewestDatasets,
    known_objects: KnownObjects,
    metrics: Metrics,
    background: Arc<Background>,
}

/// What goes on beside reading and writing.
struct Background {
    tasks: Mutex<JoinSet<()>>,
    stop: CancellationToken,
}

impl Store {
    /// Opens the database and sees to its schema.
    ///
    /// # Errors
    /// When it cannot be opened, has a schema that this version may not change, or was written with
    /// another master key.
    pub async fn open(
        place: &Place,
        master_key: MasterKey,
        metrics: Metrics,
    ) -> Result<Self, StoreError> {
        let database = &metrics.database;
        let mut tasks = JoinSet::new();
        let stop = CancellationToken::new();
        let (Links { writing, reader }, wakes) = match place {
            Place::Sqlite(path) => {
                (connect::sqlite(path, database).await?, Arc::new(Wakes::default()))
            }
            Place::Postgres { url, schema, poll_only } => {
                let links = connect::postgres(url.expose_secret(), *schema, database).await?;
                let link = links.reader.clone();
                tidy::start(&mut tasks, link.clone(), &stop);
                let wakes = if *poll_only {
                    let wakes = Arc::new(Wakes::default());
                    announce::start_polling(&mut tasks, link, &wakes, &stop);
                    wakes
                } else {
                    let wakes = Arc::new(Wakes::announced());
                    let node = hex::encode(random_bytes::<8>().map_err(StoreError::setup)?);
                    let from = (url.expose_secret().to_owned(), node);
                    announce::start(&mut tasks, from, link, &wakes, &stop);
                    wakes
                };
                (links, wakes)
            }
        };
        let background = Arc::new(Background { tasks: Mutex::new(tasks), stop });
        let writer = Writer::start(writing, &wakes, &metrics)?;
        let (newest_datasets, known_objects) = match place {
            Place::Sqlite(_) => (NewestDatasets::remembered(), KnownObjects::remembered()),
            Place::Postgres { .. } => (NewestDatasets::shared(), KnownObjects::looked_up()),
        };
        let store = Self {
            reader,
            writer,
            wakes,
            master_key,
            newest_datasets,
            known_objects,
            metrics,
            background,
        };
        store.check_master_key().await?;
        Ok(store)
    }

    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }

    /// What this service counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Finishes what the writer has taken and closes the connections.
    pub async fn close(&self) {
        self.background.stop.cancel();
        let mut tasks = self.background.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
        // The writer is last, so that it can fold the log back into the file.
        if let Err(error) = self.reader.close().await {
            tracing::warn!(%error, "closing the database failed");
        }
        self.writer.close().await;
    }
}
