//! Collecting and measuring in one pass: posts stream from the sources into the measure, and into blobs
//! where they are kept, so memory does not grow with their number.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::assemble::not_stored;
use super::coverage::{self, Gathered, Seen};
use super::keep::Keeping;
use super::progress::Progress;
use super::resume::{self, Known};
use super::scrape::{Of, Scraping};
use super::{Failure, Observer, earlier, label};
use crate::analysis::measure::{Measure, Measured, Measuring};
use crate::analysis::reading::{self, window};
use crate::domain::Domain;
use crate::domain::collection::complete;
use crate::domain::label::MOST_POSTS;
use crate::error::Error;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::JobId;
use crate::model::job::{Job, JobError, SourceProgress};
use crate::model::query::SavedQuery;
use crate::model::reading::{Intent, Term, Window};
use crate::model::result::Coverage;
use crate::model::sentiment::Labels;
use crate::model::source;
use crate::model::window::TimeRange;
use crate::queue::Run;
use crate::sources::exchange::{ExchangeLog, Log};
use crate::sources::{CollectRequest, Requests, Sink, SourceError};
use crate::telemetry::traces::Part;

/// What was collected and measured.
pub struct Measurement {
    pub window: TimeRange,
    /// The time that the window was seen against.
    pub previous: Option<TimeRange>,
    /// The run before, where its posts were known.
    pub earlier: Option<JobId>,
    pub measured: Measured,
    /// The model that said what posts feel.
    pub labels: Option<Labels>,
    pub coverage: BTreeMap<String, Coverage>,
    pub assumptions: Vec<String>,
    /// What was kept of the sources.
    pub collections: Vec<Collection>,
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

pub(super) async fn run(
    domain: &Domain,
    run: &Run,
    job: &Job,
    query: &SavedQuery,
    observer: &Arc<dyn Observer>,
) -> Result<Measurement, Failure> {
    let asked = spans(domain, job, query).await?;
    let resolved = window::resolve(
        asked.window.as_ref(),
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
    let told = Measuring {
        window,
        previous: asked.previous,
        reference: job.reference_time(),
        timezone: query.timezone,
        evidence_limit: query.limit as usize,
    };
    let mut measure =
        Measure::new(&query.reading, told).map_err(|error| refuse("TERMS_INVALID", &error))?;
    if domain.labels_posts() {
        measure.wait_for_labels(MOST_POSTS);
    }
    let keeping = keeping(domain, run, job, &sources).await?;
    let known = resume::find(domain, job, query, &sources, told.span()).await;
    let keeps_bodies = keeping.keeps_any();
    let state = State { measure, seen: BTreeMap::new(), keeping, not_kept: None };
    let collector = Arc::new(Collector {
        state: Mutex::new(Some(state)),
        attempt: run.task.attempt,
        progress: Progress::new(Arc::clone(observer), job.id, &sources),
        keeps_bodies,
        cancelled: run.cancelled.clone(),
    });
    let collecting =
        collect_all(domain, job, &sources, known, told.span(), &query.reading.terms, &collector);
    let gathered = tokio::select! {
        gathered = collecting => gathered,
        never = collector.progress.keep(domain, job, collector.attempt) => match never {},
    };
    let state = collector.take().ok_or(Failure::Interrupted)?;
    conclude(domain, job, Asked { window, sources, assumptions }, gathered, state).await
}

/// What was asked, as it was understood.
struct Asked {
    window: TimeRange,
    sources: Vec<String>,
    assumptions: Vec<String>,
}

/// Keeps, labels and computes what is to be, now that all is there.
async fn conclude(
    domain: &Domain,
    job: &Job,
    asked: Asked,
    gathered: Vec<Gathered>,
    state: State,
) -> Result<Measurement, Failure> {
    let State { mut measure, seen, keeping, not_kept } = state;
    let Asked { window, sources, mut assumptions } = asked;
    if let Some(error) = not_kept {
        return Err(not_stored(job.id, &error).into());
    }
    let coverage = coverage::cover(gathered)?;
    assumptions.extend(coverage::shortfalls(&coverage));
    let kept = keeping.finish().await;
    let collections = kept.map_err(|error| not_stored(job.id, &error))?;
    let earlier = if measure.asks_earlier() { earlier::find(domain, job).await } else { None };
    let (labels, said) = label::label(domain, job, &mut measure).await?;
    assumptions.extend(said);
    let complete = complete(&coverage);
    // All figures are computed here, of however many posts: not on a thread that others wait for.
    let finish = move || {
        let earlier = earlier.and_then(|run| earlier::measure(&mut measure, run, &complete));
        (measure.previous(), earlier, measure.finish(&sources))
    };
    let (previous, earlier, measured) =
        tokio::task::spawn_blocking(finish).await.map_err(Error::internal)?;
    let documents = seen.iter().map(|(source, seen)| (source.clone(), seen.documents)).collect();
    Ok(Measurement {
        window,
        previous,
        earlier,
        measured,
        labels,
        coverage,
        assumptions,
        collections,
        documents,
    })
}

/// Keeps the documents of the sources that do not keep them themselves, unless the workspace wants none kept.
async fn keeping(
    domain: &Domain,
    run: &Run,
    job: &Job,
    sources: &[String],
) -> Result<Keeping, Failure> {
    let passes_on = |source: &&String| {
        domain.connector(source).is_some_and(|connector| !connector.keeps_documents())
    };
    let mut kept: Vec<String> = sources.iter().filter(passes_on).cloned().collect();
    if !kept.is_empty() && !domain.keeps_documents(job.workspace_id).await? {
        kept.clear();
    }
    Ok(Keeping::new(domain.blobs().clone(), job.id, run.task.attempt, kept))
}

/// What is looked at: a window that begins with the last run is fixed by now, and what changed is seen against
/// another time.
struct Spans {
    window: Option<Window>,
    previous: Option<TimeRange>,
}

async fn spans(domain: &Domain, job: &Job, query: &SavedQuery) -> Result<Spans, Failure> {
    let reading = &query.reading;
    let is_asked = reading.intent == Intent::Changes;
    let resolved = |window: &Window, reference| {
        let resolved = window::resolve(Some(window), None, reference, query.timezone);
        resolved.map(|(range, _)| range).map_err(|error| refuse("WINDOW_INVALID", &error))
    };
    if let Some(since @ Window::Since { .. }) = &reading.window {
        let Some(last) = domain.completed_job_before(job).await? else {
            return Ok(Spans { window: reading.window.clone(), previous: None });
        };
        let to = last.reference_time();
        let window = Some(Window::Range { from: to.to_rfc3339(), to: None });
        let previous = match domain.completed_job_before(&last).await? {
            _ if !is_asked => None,
            Some(before) => Some(TimeRange { from: before.reference_time(), to }),
            None => Some(resolved(since, to)?),
        };
        return Ok(Spans { window, previous });
    }
    let compared = reading.compare_to.as_ref().filter(|_| is_asked);
    let compared = compared.filter(|window| !matches!(window, Window::Since { .. }));
    let previous = compared.map(|window| resolved(window, job.reference_time())).transpose()?;
    Ok(Spans { window: reading.window.clone(), previous })
}

fn refuse(code: &str, error: &dyn std::fmt::Display) -> Failure {
    let error = JobError { code: code.into(), message: error.to_string(), retryable: false };
    Failure::Final(error, Vec::new())
}

/// What became of the documents so far.
struct State {
    measure: Measure,
    seen: BTreeMap<String, Seen>,
    keeping: Keeping,
    /// Why no more could be kept, and so nothing more is taken.
    not_kept: Option<io::Error>,
}

/// Measures and keeps what the sources of one job hand on.
struct Collector {
    state: Mutex<Option<State>>,
    attempt: u32,
    progress: Progress,
    /// Whether the bodies that sources answer with may be kept, as their documents are.
    keeps_bodies: bool,
    cancelled: CancellationToken,
}

impl Collector {
    /// What came of it; nothing more is taken.
    fn take(&self) -> Option<State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What one source has given so far.
    fn seen(&self, source: &str) -> Seen {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_ref().and_then(|state| state.seen.get(source)).copied().unwrap_or_default()
    }
}

impl Sink for Collector {
    fn add(&self, batch: &[Document]) -> Result<(), SourceError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let taking = state
            .as_mut()
            .filter(|state| state.not_kept.is_none() && !self.cancelled.is_cancelled());
        let Some(State { measure, seen, keeping, not_kept }) = taking else {
            return Err(SourceError::Stopped);
        };
        if let Err(error) = keeping.add(batch) {
            *not_kept = Some(error);
            return Err(SourceError::Stopped);
        }
        for document in batch {
            match seen.get_mut(&document.source) {
                Some(seen) => seen.add(document),
                None => seen.entry(document.source.clone()).or_default().add(document),
            }
        }
        measure.add_all(batch);
        if let Some(source) = batch.last().map(|document| &document.source) {
            let total = seen.get(source).map_or(0, |seen| seen.documents);
            self.progress.documents(source, total);
        }
        Ok(())
    }
}

async fn collect_all(
    domain: &Domain,
    job: &Job,
    sources: &[String],
    mut known: HashMap<String, Known>,
    window: TimeRange,
    terms: &[Term],
    collector: &Arc<Collector>,
) -> Vec<Gathered> {
    let sources = sources.iter().map(|source| (source, known.remove(source)));
    let collecting = sources.map(|(source, known)| async move {
        let requests = Requests::default();
        collector.progress.started(source, &requests);
        let (at, began) = (domain.clock().now(), Instant::now());
        let answer = match domain.connector(source) {
            Some(connector) => {
                let (attempt, of) = (collector.attempt, source.clone());
                let of = Of { workspace: job.workspace_id, job: job.id, attempt, source: of };
                let scraping = Arc::new(Scraping::new(domain.clone(), of, collector.keeps_bodies));
                let sink = Arc::clone(collector) as Arc<dyn Sink>;
                let source = source.clone();
                let request = CollectRequest {
                    workspace: job.workspace_id,
                    source,
                    window,
                    terms: terms.to_vec(),
                    requests: requests.clone(),
                    log: Log::to(Arc::clone(&scraping) as Arc<dyn ExchangeLog>),
                };
                let answer = resume::collect(connector.as_ref(), request, sink, known).await;
                scraping.finish().await;
                Some(answer)
            }
            None => None,
        };
        let seen = collector.seen(source);
        let asked = answer.as_ref().ok_or_else(|| {
            let about = source::find(source).map(|kind| domain.source_about(kind));
            coverage::not_configured(source, about)
        });
        let coverage = coverage::coverage_of(asked, window, seen, &requests);
        let (part, failed) =
            (Part::Source(collector.attempt, source), !matches!(answer, Some(Ok(_))));
        domain.traces().record(job.id, part, at, began.elapsed(), failed);
        collector.progress.ended(source, &coverage);
        Gathered { source: source.clone(), answer: answer.map(|ended| ended.map(drop)), coverage }
    });
    join_all(collecting).await
}
