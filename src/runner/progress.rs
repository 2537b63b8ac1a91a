//! How the sources of a run come along, told to whoever watches the run here and kept with the job for everybody else.
//!
//! What is kept decides nothing: the end of the job says it again. A run of less than [`EVERY`] writes nothing of it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Observer;
use crate::domain::Domain;
use crate::model::id::JobId;
use crate::model::job::{Job, SourceProgress};
use crate::model::result::{Coverage, CoverageStatus};
use crate::sources::Requests;

/// The least time between two states that are written.
const EVERY: Duration = Duration::from_secs(1);

/// The sources of one attempt.
pub(super) struct Progress {
    watching: Arc<dyn Observer>,
    job: JobId,
    sources: Mutex<BTreeMap<String, Source>>,
}

struct Source {
    shown: SourceProgress,
    /// Counts while it is asked.
    requests: Option<Requests>,
}

impl Progress {
    /// All of them wait to be asked.
    pub(super) fn new(watching: Arc<dyn Observer>, job: JobId, sources: &[String]) -> Self {
        let waiting = |source: &String| {
            let shown = SourceProgress {
                source: source.clone(),
                status: CoverageStatus::Pending,
                requests: 0,
                documents: 0,
                reason: None,
            };
            (source.clone(), Source { shown, requests: None })
        };
        Self { watching, job, sources: Mutex::new(sources.iter().map(waiting).collect()) }
    }

    pub(super) fn started(&self, source: &str, requests: &Requests) {
        self.watching.source_started(self.job, source);
        if let Some(known) = self.lock().get_mut(source) {
            known.shown.status = CoverageStatus::Running;
            known.requests = Some(requests.clone());
        }
    }

    /// How many documents it has given so far.
    pub(super) fn documents(&self, source: &str, total: u64) {
        self.watching.documents(self.job, source, total);
        if let Some(known) = self.lock().get_mut(source) {
            known.shown.documents = total;
        }
    }

    pub(super) fn ended(&self, source: &str, coverage: &Coverage) {
        self.watching.source_ended(self.job, source, coverage);
        if let Some(known) = self.lock().get_mut(source) {
            known.shown.status = coverage.status;
            known.shown.requests = coverage.requests;
            known.shown.reason.clone_from(&coverage.reason);
            known.requests = None;
        }
    }

    fn now(&self) -> Vec<SourceProgress> {
        let shown = |source: &Source| {
            let mut shown = source.shown.clone();
            shown.requests = source.requests.as_ref().map_or(shown.requests, Requests::count);
            shown
        };
        self.lock().values().map(shown).collect()
    }

    /// Writes what has changed, until it is dropped. A state that cannot be written is written later, or never: the end
    /// of the job does not depend on it.
    pub(super) async fn keep(&self, domain: &Domain, job: &Job, attempt: u32) -> Infallible {
        let mut kept = Vec::new();
        loop {
            tokio::time::sleep(EVERY).await;
            let now = self.now();
            if now == kept {
                continue;
            }
            match domain.note_progress(job, attempt, now.clone()).await {
                Ok(()) => kept = now,
                Err(error) => tracing::debug!(job = %job.id, %error, "its progress was not noted"),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Source>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
