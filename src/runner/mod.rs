//! One job: its reading is resolved against its reference time, the sources are collected, the posts
//! measured, the answer assembled, and the end committed. Reading, reference time and key were fixed
//! when the job was made; the version of a dataset is that of the run, and the result names it.

mod assemble;
mod collect;
mod coverage;
mod earlier;
mod keep;
mod label;
mod observer;
mod progress;
mod resume;
mod scrape;

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;
use tracing::{Instrument, Span, field};

use crate::analysis::measure;
use crate::analysis::output::shape_result;
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::domain::job::{Fence, JobEnd};
use crate::error::Error;
use crate::failpoint;
use crate::model::id::JobId;
use crate::model::job::{Job, JobError, SourceProgress};
use crate::model::query::SavedQuery;
use crate::model::reading::Intent;
use crate::model::task::made_at;
use crate::queue::{Claimed, Ended, Handler, Run, Running};
use crate::telemetry::traces::Part;

pub use observer::Observer;
use observer::Unobserved;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_mins(5);
/// A source may ask for longer, but nobody waits for an answer that long without a word.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// Runs the tasks that are jobs.
#[derive(Clone)]
pub struct Runner {
    domain: Domain,
    observer: Arc<dyn Observer>,
}

/// Why a run did not end in an answer.
#[derive(Debug)]
enum Failure {
    /// The user is told, and the job has failed.
    Final(JobError, Vec<SourceProgress>),
    /// It may work later, and not before this long.
    Passing {
        reason: String,
        after: Duration,
    },
    Broken(Error),
    Interrupted,
    /// There is no such job.
    Void,
}

impl Failure {
    /// How long a source asks to be left alone.
    fn asked_for(&self) -> Duration {
        match self {
            Self::Passing { after, .. } => (*after).min(LONGEST_ASKED),
            _ => Duration::ZERO,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// The jobs that were claimed together, with their queries: read once, by whoever comes first.
struct Batch {
    tasks: Vec<Claimed>,
    jobs: OnceCell<HashMap<JobId, (Job, SavedQuery)>>,
}

impl Handler for Runner {
    fn start(&self, runs: Vec<Run>) -> Vec<Running> {
        let tasks = runs.iter().map(|run| run.task.clone()).collect();
        let batch = Arc::new(Batch { tasks, jobs: OnceCell::new() });
        runs.into_iter().map(|run| self.start_one(run, Arc::clone(&batch))).collect()
    }
}

impl Runner {
    /// `observer` hears how each run goes on, when there is one.
    pub fn new(domain: Domain, observer: Option<Arc<dyn Observer>>) -> Arc<Self> {
        let observer = observer.unwrap_or_else(|| Arc::new(Unobserved));
        Arc::new(Self { domain, observer })
    }

    fn start_one(&self, run: Run, batch: Arc<Batch>) -> Running {
        let runner = self.clone();
        let id = run.task.id.clone();
        let running = async move {
            let cancelled = run.cancelled.clone();
            let called_off = run.called_off.clone();
            let (at, began) = (runner.domain.clock().now(), Instant::now());
            let ended = tokio::select! {
                biased;
                () = cancelled.cancelled() => Ended::Interrupted,
                () = called_off.cancelled() => {
                    // What still collects on another thread is told to stop.
                    cancelled.cancel();
                    runner.call_off(&run, &batch).await
                }
                ended = runner.run_task(&run, &batch) => ended,
            };
            runner.trace_run(&run.task, at, began.elapsed(), ended == Ended::Done);
            ended
        };
        // Made when the task runs, so that it lies within the task's span.
        Box::pin(async move {
            let span = tracing::info_span!("job", job = id, query = field::Empty);
            running.instrument(span).await
        })
    }

    fn trace_run(&self, task: &Claimed, at: DateTime<Utc>, took: Duration, is_done: bool) {
        let traces = self.domain.traces();
        if !traces.are_taken() {
            return;
        }
        let Ok(job) = task.id.parse::<JobId>() else { return };
        if let Some(made) = made_at(&task.id).and_then(DateTime::from_timestamp_millis)
            && task.attempt == 1
        {
            traces.record(job, Part::Wait, made, (at - made).to_std().unwrap_or_default(), false);
        }
        traces.record(job, Part::Run(task.attempt), at, took, !is_done);
    }

    async fn call_off(&self, run: &Run, batch: &Batch) -> Ended {
        let ending = async {
            let (job, query) = self.load(run, batch).await?;
            self.end(run, &job, &query, JobEnd::Cancelled, Vec::new()).await
        };
        match ending.await {
            Ok(()) => Ended::Done,
            Err(Failure::Void) => Ended::Void,
            Err(failure) => {
                tracing::error!(
                    task = run.task.id,
                    ?failure,
                    "a job was not called off; tried again"
                );
                Ended::Retry(FIRST_RETRY)
            }
        }
    }

    async fn load(&self, run: &Run, batch: &Batch) -> Result<(Job, SavedQuery), Failure> {
        let id: JobId = run.task.id.parse().map_err(Error::internal)?;
        let jobs = batch.jobs.get_or_try_init(|| self.domain.jobs_to_run(&batch.tasks)).await?;
        let Some((job, query)) = jobs.get(&id).cloned() else {
            if !self.domain.has_owner(&run.task).await? {
                tracing::warn!(job = %id, "the job of a task is gone, and the task goes with it");
                return Err(Failure::Void);
            }
            return Err(Error::internal(format!("{id} or its query cannot be read")).into());
        };
        Span::current().record("query", field::display(query.id));
        Ok((job, query))
    }

    async fn run_task(&self, run: &Run, batch: &Batch) -> Ended {
        match self.try_run(run, batch).await {
            Ok(()) => Ended::Done,
            Err(Failure::Interrupted) => Ended::Interrupted,
            Err(Failure::Void) => Ended::Void,
            Err(failure) => {
                let (task, attempt) = (&run.task.id, run.task.attempt);
                if let Failure::Passing { reason, .. } = &failure {
                    tracing::warn!(task, attempt, reason, "no source answered; tried again");
                } else {
                    tracing::error!(task, attempt, ?failure, "a run failed; tried again");
                }
                Ended::Retry(retry_after(attempt, random()).max(failure.asked_for()))
            }
        }
    }

    async fn try_run(&self, run: &Run, batch: &Batch) -> Result<(), Failure> {
        failpoint::reach("runner.after_claim").await.map_err(Error::from)?;
        let (job, query) = self.load(run, batch).await?;
        if run.task.attempt > run.task.max_attempts {
            let message = format!(
                "the job was started {} times and its worker was lost each time",
                run.task.max_attempts
            );
            let error = JobError { code: "ATTEMPTS_EXHAUSTED".into(), message, retryable: true };
            return self.end(run, &job, &query, JobEnd::Failed(error), Vec::new()).await;
        }
        match self.answer(run, &job, &query).await {
            Ok((end, sources)) => self.end(run, &job, &query, end, sources).await,
            Err(Failure::Final(error, sources)) => {
                self.end(run, &job, &query, JobEnd::Failed(error), sources).await
            }
            Err(failure) if run.task.attempt < run.task.max_attempts => Err(failure),
            Err(failure) => {
                let Some(error) = last_word(&failure) else {
                    return Err(failure);
                };
                if let Failure::Passing { reason, .. } = &failure {
                    tracing::warn!(job = %job.id, reason, "no source answered to the last attempt");
                } else {
                    tracing::error!(job = %job.id, ?failure, "the last attempt failed");
                }
                self.end(run, &job, &query, JobEnd::Failed(error), Vec::new()).await
            }
        }
    }

    async fn answer(
        &self,
        run: &Run,
        job: &Job,
        query: &SavedQuery,
    ) -> Result<(JobEnd, Vec<SourceProgress>), Failure> {
        if query.reading.intent == Intent::Unsupported {
            let reason = query.reading.reason.clone();
            let message = reason.unwrap_or_else(|| "this question cannot be answered".to_owned());
            return Err(Failure::Final(unsupported(message), Vec::new()));
        }
        if let Some(missing) = measure::missing(&query.reading) {
            return Err(Failure::Final(unsupported(missing.to_owned()), Vec::new()));
        }
        let collecting = collect::run(&self.domain, run, job, query, &self.observer);
        let mut collected = Box::pin(collecting).await?;
        failpoint::reach("runner.after_collect").await.map_err(Error::from)?;
        let progress = collected.progress();
        let collections = mem::take(&mut collected.collections);
        let mut document = assemble::document(job, query, collected, self.domain.clock().now());
        self.domain.write_summary(&mut document).await;
        if let Some(schema) = query.output_schema.clone() {
            // The whole answer is copied and validated: not on a thread that others wait for.
            let shape = move || shape_result(&mut document, &schema).map(|()| document);
            let shaped = tokio::task::spawn_blocking(shape).await.map_err(Error::internal)?;
            document =
                shaped.map_err(|errors| Failure::Final(misshapen(&errors), progress.clone()))?;
        }
        let attempt = run.task.attempt;
        let object = assemble::object(&self.domain, job, &document, collections, attempt).await?;
        Ok((JobEnd::Completed(object), progress))
    }

    async fn end(
        &self,
        run: &Run,
        job: &Job,
        query: &SavedQuery,
        end: JobEnd,
        sources: Vec<SourceProgress>,
    ) -> Result<(), Failure> {
        let completed_at = match &end {
            JobEnd::Completed(object) => object.object.created_at,
            JobEnd::Failed(_) | JobEnd::Cancelled => self.domain.clock().now(),
        };
        let fence = Fence::Lease(run.task.lease_token);
        let webhook = query.webhook_url.as_deref();
        let (at, began) = (self.domain.clock().now(), Instant::now());
        failpoint::reach("runner.before_finish").await.map_err(Error::from)?;
        let ended =
            self.domain.end_job(job, fence, end, sources, completed_at, webhook, None).await?;
        let finish = Part::Finish(run.task.attempt);
        self.domain.traces().record(job.id, finish, at, began.elapsed(), !ended);
        if ended {
            tracing::debug!(attempt = run.task.attempt, "a job ended");
        } else {
            tracing::warn!(job = %job.id, "the lease was lost before the end; nothing was written");
        }
        Ok(())
    }
}

fn unsupported(message: String) -> JobError {
    JobError { code: "UNSUPPORTED_QUESTION".into(), message, retryable: false }
}

/// What the user is told when the last attempt failed as well.
fn last_word(failure: &Failure) -> Option<JobError> {
    let (code, message) = match failure {
        Failure::Passing { reason, .. } => ("SOURCES_FAILED", reason.clone()),
        Failure::Broken(error) if error.reason == Some(assemble::NOT_STORED) => {
            (assemble::NOT_STORED, error.message().to_owned())
        }
        Failure::Broken(error) => ("INTERNAL", error.message().to_owned()),
        Failure::Final(..) | Failure::Interrupted | Failure::Void => return None,
    };
    Some(JobError { code: code.into(), message, retryable: true })
}

fn misshapen(errors: &[String]) -> JobError {
    let message = format!(
        "the answer cannot be given in the form of the output schema: {}; let what may be missing be null or absent",
        errors.join("; ")
    );
    JobError { code: "OUTPUT_INVALID".into(), message, retryable: false }
}

/// Exponential, with full jitter: anything up to the doubled time, so that jobs that failed together do
/// not come back together. `random` is spread over the whole of its range.
fn retry_after(attempt: u32, random: u16) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let longest = FIRST_RETRY.saturating_mul(1 << doublings).min(LONGEST_RETRY);
    longest.mul_f64((f64::from(random) + 1.0) / (f64::from(u16::MAX) + 1.0))
}

/// Without randomness the longest wait is as good as any.
fn random() -> u16 {
    random_bytes::<2>().map_or(u16::MAX, u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_tried_again_no_sooner_than_a_source_asks_and_within_an_hour() {
        let wait = |attempt, after| {
            let failure = Failure::Passing { reason: String::new(), after };
            retry_after(attempt, u16::MAX).max(failure.asked_for()).as_secs()
        };
        assert_eq!(wait(1, Duration::ZERO), 1);
        assert_eq!(wait(1, Duration::from_secs(90)), 90);
        assert_eq!(wait(9, Duration::from_secs(90)), 256);
        assert_eq!(wait(1, Duration::from_hours(48)), 3_600);
        assert_eq!(retry_after(3, u16::MAX / 2), Duration::from_secs(2), "half of the time");
        assert!(retry_after(9, 0) < Duration::from_millis(10), "jitter is full");
        assert_eq!(Failure::Interrupted.asked_for(), Duration::ZERO);
    }
}
