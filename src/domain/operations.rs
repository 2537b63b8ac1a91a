//! What an operator's machines ask: whether the service can do its work, and its numbers. Both answer in
//! time whatever hangs, and ask the database and the disk no more than they must.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::Domain;
use crate::error::Error;
use crate::store::SchemaState;

/// How long a part may take to show that it works.
const READY_WITHIN: Duration = Duration::from_millis(1_800);
/// How long the numbers wait for the database.
const READ_WITHIN: Duration = Duration::from_secs(1);
/// What was read is shown for so long, however many ask.
const READ_EVERY: Duration = Duration::from_secs(1);

/// What a part of the service says of itself: what is wrong, when something is.
pub type Part = Result<(), &'static str>;

/// Whether the service can do its work, part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// It answers.
    pub database: Part,
    /// It has this version's schema.
    pub schema: Part,
    /// They can be written.
    pub blobs: Part,
    /// How far the clock is ahead of the database's; no reason not to be ready, as nothing is decided
    /// by it alone.
    pub clock_ahead: TimeDelta,
}

impl Readiness {
    /// Each part by its name.
    pub fn parts(&self) -> [(&'static str, Part); 3] {
        [("database", self.database), ("schema", self.schema), ("blobs", self.blobs)]
    }
}

/// What is remembered between two looks.
#[derive(Clone, Default)]
pub(super) struct Looks {
    /// When the database's numbers were last read.
    read: Arc<Mutex<Option<Instant>>>,
}

impl Domain {
    /// Looks at everything that work needs.
    pub async fn readiness(&self) -> Readiness {
        let (state, blobs, ahead) = tokio::join!(
            timeout(READY_WITHIN, self.store.schema_state()),
            timeout(READY_WITHIN, self.probe_blobs()),
            timeout(READY_WITHIN, self.clock_ahead()),
        );
        let clock_ahead = ahead.ok().and_then(Result::ok).unwrap_or_default();
        let blobs = blobs.unwrap_or(Err("they do not answer"));
        let (database, schema) = match state {
            Ok(Ok(SchemaState::Current)) => (Ok(()), Ok(())),
            Ok(Ok(SchemaState::Older)) => {
                (Ok(()), Err("it is an older version's; run `bytestack migrate`"))
            }
            Ok(Ok(SchemaState::Newer)) => (Ok(()), Err("it is a newer version's")),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready: the database failed");
                (Err("it failed; the log says why"), Err("not known"))
            }
            Err(_) => (Err("it does not answer"), Err("not known")),
        };
        Readiness { database, schema, blobs, clock_ahead }
    }

    /// Writes a little and takes it away again: that alone finds a full, read-only or missing disk. It
    /// is not synced, as whether bytes get through is asked here, not whether they stay.
    async fn probe_blobs(&self) -> Part {
        let name = self.clock.new_id::<crate::model::id::RequestId>();
        let name = name.map_err(|_| "no name for a probe")?.to_string();
        self.blobs.probe(&name).await.map_err(|error| {
            tracing::warn!(%error, "not ready: the blobs cannot be written");
            "they cannot be written; the log says why"
        })
    }

    /// All numbers as text; those that the database has are at most a second old, or left out when it
    /// does not answer.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub async fn metrics_text(&self) -> Result<String, Error> {
        let metrics = self.store.metrics();
        let mut read = self.looks.read.lock().await;
        if read.is_none_or(|at| at.elapsed() >= READ_EVERY) {
            let began = Instant::now();
            let now = self.clock.now().timestamp_millis();
            let load = timeout(READ_WITHIN, self.store.queue_load(now)).await;
            let is_up = matches!(load, Ok(Ok(_)));
            match load {
                Ok(Ok(load)) => metrics.load.show(&load, began.elapsed().as_secs_f64()),
                Ok(Err(error)) => tracing::warn!(%error, "the queue's depth was not read"),
                Err(_) => tracing::warn!("the queue's depth was not read in time"),
            }
            if !is_up {
                metrics.load.forget();
            }
            metrics.database.is_up.set(is_up.into());
            *read = Some(Instant::now());
        }
        drop(read);
        self.store.show_connections();
        metrics.text().map_err(Error::internal)
    }
}
