//! Collecting and measuring in one pass: posts stream from the sources into the measure and are
//! not kept, so memory does not grow with their number.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{Failure, Observer};
use crate::analysis::measure::{Matcher, Measure, Measured};
use crate::analysis::reading::{self, window};
use crate::domain::Domain;
use crate::model::document::Document;
use crate::model::id::JobId;
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
    observer: &Arc<dyn Observer>,
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
    let collector = Arc::new(Collector {
        state: Mutex::new(Some((measure, BTreeMap::new()))),
        job: job.id,
        observer: Arc::clone(observer),
        cancelled: run.cancelled.clone(),
    });
    let gathered = collect_all(domain, job, &sources, window, &collector).await;
    let (measure, seen) = collector.take().ok_or(Failure::Interrupted)?;

    let coverage = cover(gathered)?;
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
    job: JobId,
    observer: Arc<dyn Observer>,
    cancelled: CancellationToken,
}

impl Collector {
    /// What was measured; nothing more is taken.
    fn take(&self) -> Option<(Measure, BTreeMap<String, Seen>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What one source has given so far.
    fn seen(&self, source: &str) -> Seen {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_ref().and_then(|(_, seen)| seen.get(source)).copied().unwrap_or_default()
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
        if let Some(source) = batch.last().map(|document| &document.source) {
            let total = seen.get(source).map_or(0, |seen| seen.documents);
            self.observer.documents(self.job, source, total);
        }
        Ok(())
    }
}

/// How the collecting of one source ended.
struct Gathered {
    source: String,
    /// `None`: there is no connector for it.
    answer: Option<Result<(), SourceError>>,
    coverage: Coverage,
}

async fn collect_all(
    domain: &Domain,
    job: &Job,
    sources: &[String],
    window: TimeRange,
    collector: &Arc<Collector>,
) -> Vec<Gathered> {
    let collecting = sources.iter().map(|source| async move {
        collector.observer.source_started(job.id, source);
        let answer = match domain.connector(source) {
            Some(connector) => {
                let sink = Arc::clone(collector) as Arc<dyn Sink>;
                let source = source.clone();
                let request = CollectRequest { workspace: job.workspace_id, source, window };
                Some(connector.collect(request, sink).await)
            }
            None => None,
        };
        let coverage = coverage_of(source, answer.as_ref(), window, collector.seen(source));
        collector.observer.source_ended(job.id, source, &coverage);
        Gathered { source: source.clone(), answer: answer.map(|ended| ended.map(drop)), coverage }
    });
    join_all(collecting).await
}

fn coverage_of(
    source: &str,
    answer: Option<&Result<Collected, SourceError>>,
    requested: TimeRange,
    seen: Seen,
) -> Coverage {
    let (status, reason) = match answer {
        Some(Ok(collected)) => (collected.status, collected.reason.clone()),
        Some(Err(error)) => (CoverageStatus::Error, Some(error.to_string())),
        None => (CoverageStatus::AuthMissing, Some(not_configured(source))),
    };
    let collected = answer.and_then(|answer| answer.as_ref().ok());
    Coverage {
        status,
        requested,
        covered: seen.range(),
        requests: collected.map_or(0, |collected| collected.requests),
        upstream_total: collected.and_then(|collected| collected.upstream_total),
        reason,
        dataset_version: collected.and_then(|collected| collected.dataset_version),
    }
}

/// What each source covered. When none answered, the run has failed: for now, when one of them may
/// answer later, else for good.
fn cover(gathered: Vec<Gathered>) -> Result<BTreeMap<String, Coverage>, Failure> {
    let mut coverage = BTreeMap::new();
    let mut passing = None;
    let mut answered = false;
    for Gathered { source, answer, coverage: of_source } in gathered {
        match answer {
            Some(Ok(())) => answered = true,
            Some(Err(SourceError::Stopped)) => return Err(Failure::Interrupted),
            Some(Err(SourceError::Transient(reason))) => passing = Some(reason),
            Some(Err(SourceError::Permanent(_))) | None => {}
        }
        coverage.insert(source, of_source);
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
