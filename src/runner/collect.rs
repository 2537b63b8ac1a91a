//! Collecting and measuring in one pass: posts stream from the sources into the measure and are
//! not kept, so memory does not grow with their number.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::Failure;
use crate::analysis::measure::{Matcher, Measure, Measured};
use crate::analysis::reading::{self, window};
use crate::domain::Domain;
use crate::model::document::Document;
use crate::model::job::{Job, JobError, SourceProgress};
use crate::model::query::SavedQuery;
use crate::model::result::{Coverage, CoverageStatus};
use crate::model::window::TimeRange;
use crate::queue::Run;
use crate::sources::{CollectRequest, Collected, Sink, SourceError};

/// What was collected and measured.
pub struct Measurement {
    pub window: TimeRange,
    pub measured: Measured,
    pub coverage: BTreeMap<String, Coverage>,
    pub assumptions: Vec<String>,
    documents: BTreeMap<String, u64>,
}

impl Measurement {
    pub fn progress(&self) -> Vec<SourceProgress> {
        let progress = |(source, coverage): (&String, &Coverage)| SourceProgress {
            source: source.clone(),
            status: coverage.status,
            requests: coverage.requests,
            documents: self.documents.get(source).copied().unwrap_or_default(),
            reason: coverage.reason.clone(),
        };
        self.coverage.iter().map(progress).collect()
    }
}

/// What one source's documents span.
#[derive(Clone, Copy, Default)]
struct Seen {
    documents: u64,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Seen {
    fn add(&mut self, document: &Document) {
        self.documents += 1;
        if let Some(at) = document.published_at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
    }

    fn range(&self) -> Option<TimeRange> {
        let (from, last) = self.span?;
        Some(TimeRange { from, to: last + TimeDelta::milliseconds(1) })
    }
}

pub(super) async fn run(
    domain: &Domain,
    run: &Run,
    job: &Job,
    query: &SavedQuery,
) -> Result<Measurement, Failure> {
    let resolved = window::resolve(
        query.reading.window.as_ref(),
        query.date_range,
        job.reference_time(),
        query.timezone,
    );
    let (window, mut assumptions) = resolved.map_err(|error| refuse("WINDOW_INVALID", &error))?;
    let requested = (!query.sources.is_empty()).then_some(query.sources.as_slice());
    let ready = match requested {
        Some(_) => Vec::new(),
        None => domain.ready_sources(job.workspace_id).await?,
    };
    let (sources, chosen) = reading::effective_sources(&query.reading, requested, &ready);
    assumptions.extend(chosen);
    let matcher = Matcher::new(&query.reading).map_err(|error| refuse("TERMS_INVALID", &error))?;
    let measure = Measure::new(matcher, window, query.limit as usize);
    let collector = Arc::new(Collector::new(measure, run.cancelled.clone()));
    let answers = collect_all(domain, job, &sources, window, &collector).await;
    let (measure, seen) = collector.take().ok_or(Failure::Interrupted)?;

    let coverage = cover(&sources, answers, window, &seen)?;
    let measured = measure.finish(query.timezone, &sources);
    let documents = seen.iter().map(|(source, seen)| (source.clone(), seen.documents)).collect();
    Ok(Measurement { window, measured, coverage, assumptions, documents })
}

fn refuse(code: &str, error: &dyn std::fmt::Display) -> Failure {
    let error = JobError { code: code.into(), message: error.to_string(), retryable: false };
    Failure::Final(error, Vec::new())
}

/// Measures what the sources of one job hand on.
struct Collector {
    state: Mutex<Option<(Measure, BTreeMap<String, Seen>)>>,
    cancelled: CancellationToken,
}

impl Collector {
    fn new(measure: Measure, cancelled: CancellationToken) -> Self {
        Self { state: Mutex::new(Some((measure, BTreeMap::new()))), cancelled }
    }

    /// What was measured; nothing more is taken.
    fn take(&self) -> Option<(Measure, BTreeMap<String, Seen>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Sink for Collector {
    fn add(&self, batch: Vec<Document>) -> Result<(), SourceError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((measure, seen)) = state.as_mut().filter(|_| !self.cancelled.is_cancelled())
        else {
            return Err(SourceError::Stopped);
        };
        for document in &batch {
            match seen.get_mut(&document.source) {
                Some(seen) => seen.add(document),
                None => seen.entry(document.source.clone()).or_default().add(document),
            }
            measure.add(document);
        }
        Ok(())
    }
}

async fn collect_all(
    domain: &Domain,
    job: &Job,
    sources: &[String],
    window: TimeRange,
    collector: &Arc<Collector>,
) -> Vec<Option<Result<Collected, SourceError>>> {
    let collecting = sources.iter().map(|source| {
        let sink = Arc::clone(collector) as Arc<dyn Sink>;
        async move {
            let connector = domain.connector(source)?;
            let request =
                CollectRequest { workspace: job.workspace_id, source: source.clone(), window };
            Some(connector.collect(request, sink).await)
        }
    });
    join_all(collecting).await
}

/// What each source covered. When none answered, the run has failed: for now, when one of them may
/// answer later, else for good.
fn cover(
    sources: &[String],
    answers: Vec<Option<Result<Collected, SourceError>>>,
    requested: TimeRange,
    seen: &BTreeMap<String, Seen>,
) -> Result<BTreeMap<String, Coverage>, Failure> {
    let mut coverage = BTreeMap::new();
    let mut passing = None;
    let mut answered = false;
    for (source, answer) in sources.iter().zip(answers) {
        let (status, collected, reason) = match answer {
            Some(Ok(collected)) => {
                answered = true;
                (collected.status, Some(collected.clone()), collected.reason)
            }
            Some(Err(SourceError::Stopped)) => return Err(Failure::Interrupted),
            Some(Err(SourceError::Transient(reason))) => {
                passing = Some(reason.clone());
                (CoverageStatus::Error, None, Some(reason))
            }
            Some(Err(SourceError::Permanent(reason))) => {
                (CoverageStatus::Error, None, Some(reason))
            }
            None => (CoverageStatus::AuthMissing, None, Some(not_configured(source))),
        };
        let covered = seen.get(source).and_then(Seen::range);
        coverage.insert(
            source.clone(),
            Coverage {
                status,
                requested,
                covered,
                requests: collected.as_ref().map_or(0, |collected| collected.requests),
                upstream_total: collected.as_ref().and_then(|collected| collected.upstream_total),
                reason,
                dataset_version: collected.and_then(|collected| collected.dataset_version),
            },
        );
    }
    if answered {
        return Ok(coverage);
    }
    if let Some(reason) = passing {
        return Err(Failure::Passing(reason));
    }
    Err(none_answered(coverage))
}

fn not_configured(source: &str) -> String {
    format!("`{source}` is not configured on this server")
}

fn none_answered(coverage: BTreeMap<String, Coverage>) -> Failure {
    let reasons: Vec<&str> =
        coverage.values().filter_map(|coverage| coverage.reason.as_deref()).collect();
    let message = if reasons.is_empty() {
        "no source is ready on this server; upload a dataset or configure a source".to_owned()
    } else {
        format!("no source answered: {}", reasons.join("; "))
    };
    let error = JobError { code: "SOURCES_FAILED".into(), message, retryable: false };
    let progress = coverage
        .into_iter()
        .map(|(source, coverage)| SourceProgress {
            source,
            status: coverage.status,
            requests: coverage.requests,
            documents: 0,
            reason: coverage.reason,
        })
        .collect();
    Failure::Final(error, progress)
}
