//! One attempt to write a result to its workspace's bucket, and its outcome committed. It is tried until it
//! is there; while a bucket only fails, a probe at a time is sent to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::backoff::Backoff;
use super::gate::{Gate, GateOptions, Place, Went};
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::domain::bucket_delivery::{BucketDelivery, Copied, Fault, Found};
use crate::domain::delivery::{EndAttempt, Next};
use crate::error::Error;
use crate::failpoint;
use crate::model::bucket::{Bucket, BucketState};
use crate::model::delivery::DeliveryAttempt;
use crate::model::id::DeliveryId;
use crate::queue::{Claimed, Ended, Handler, Run, Running};

/// When the outcome of an attempt could not be written.
const AFTER_FAILED_COMMIT: Duration = Duration::from_secs(1);
/// When the bucket was paused since the task was claimed.
const WHILE_PAUSED: Duration = Duration::from_mins(10);

/// How results are written to buckets.
#[derive(Clone, Debug)]
pub struct BucketOptions {
    /// The last wait stands for all that follow.
    pub backoff: Backoff,
    pub gate: GateOptions,
}

impl Default for BucketOptions {
    fn default() -> Self {
        let seconds = [5, 30, 120, 300, 900];
        let backoff = Backoff::new(seconds.into_iter().map(Duration::from_secs).collect());
        let gate = GateOptions { at_once: 8, at_once_in_doubt: 4, ..GateOptions::default() };
        Self { backoff, gate }
    }
}

/// Runs the tasks that are attempts to write to buckets.
#[derive(Clone)]
pub struct Buckets {
    domain: Domain,
    gate: Gate,
    backoff: Backoff,
}

/// The deliveries that were claimed together: read once, by whoever comes first.
struct Batch {
    tasks: Vec<Claimed>,
    all: OnceCell<HashMap<DeliveryId, BucketDelivery>>,
}

impl Handler for Buckets {
    fn start(&self, runs: Vec<Run>) -> Vec<Running> {
        let tasks = runs.iter().map(|run| run.task.clone()).collect();
        let batch = Arc::new(Batch { tasks, all: OnceCell::new() });
        runs.into_iter().map(|run| self.start_one(run, Arc::clone(&batch))).collect()
    }
}

impl Buckets {
    pub fn new(domain: Domain, options: BucketOptions) -> Arc<Self> {
        Arc::new(Self { domain, gate: Gate::new(options.gate), backoff: options.backoff })
    }

    fn start_one(&self, run: Run, batch: Arc<Batch>) -> Running {
        let buckets = self.clone();
        Box::pin(async move {
            let cancelled = run.cancelled.clone();
            let attempted = async {
                match Box::pin(buckets.attempt(&run, &batch)).await {
                    Ok(ended) => ended,
                    Err(error) => {
                        tracing::error!(delivery = run.task.id, %error, "an attempt was not recorded");
                        Ended::Retry(AFTER_FAILED_COMMIT)
                    }
                }
            };
            tokio::select! {
                () = cancelled.cancelled() => Ended::Interrupted,
                ended = attempted => ended,
            }
        })
    }

    async fn attempt(&self, run: &Run, batch: &Batch) -> Result<Ended, Error> {
        let id: DeliveryId = run.task.id.parse().map_err(Error::internal)?;
        let load = || self.domain.bucket_deliveries(&batch.tasks);
        let Some(found) = batch.all.get_or_try_init(load).await?.get(&id) else {
            if self.domain.has_owner(&run.task).await? {
                return Err(Error::internal(format!("{id} cannot be read")));
            }
            return Ok(Ended::Void);
        };
        let at = self.domain.clock().now();
        let (object, (bucket, secret)) = match (&found.object, &found.bucket) {
            (Found::Here(object), Found::Here(bucket)) => (object, bucket),
            (Found::Gone, _) | (_, Found::Gone) => {
                return self.end(run, id, Attempted::none(at, Copied::Gone)).await;
            }
            (Found::Unreadable, _) => {
                return self.end(run, id, Attempted::none(at, Copied::unreadable_result())).await;
            }
            (_, Found::Unreadable) => {
                return self.end(run, id, Attempted::none(at, Copied::unreadable_secret())).await;
            }
        };
        if bucket.state == BucketState::Paused {
            return Ok(Ended::PutOff(WHILE_PAUSED));
        }
        let key = bucket.id.to_string();
        let place = Place { host: key.clone(), receiver: key, rate: None };
        let pass = match self.gate.enter(&place).await {
            Ok(pass) => pass,
            Err(wait) => return Ok(Ended::PutOff(wait)),
        };
        let (at, began) = (self.domain.clock().now(), Instant::now());
        let was_tried = run.task.attempt > 1;
        let copied = self.domain.copy_to_bucket(object, bucket, secret, was_tried).await?;
        failpoint::reach("bucket.after_put").await?;
        let took = began.elapsed();
        match went(&copied, took) {
            Some(went) => pass.leave(went),
            None => drop(pass),
        }
        self.end(run, id, Attempted { at, copied, took, bucket: Some(bucket) }).await
    }

    /// Commits an attempt's end, and draws the consequences for a bucket that fails.
    async fn end(
        &self,
        run: &Run,
        delivery: DeliveryId,
        attempted: Attempted<'_>,
    ) -> Result<Ended, Error> {
        let Attempted { at, copied, took, bucket } = attempted;
        let (next, error, status_code) = match &copied {
            Copied::Done => (Next::Succeeded, None, None),
            Copied::Gone => (Next::Skipped, None, None),
            Copied::NotSent(fault) => (self.later(run)?, Some(told(fault)), None),
            Copied::Failed { fault, status } => (self.later(run)?, Some(told(fault)), *status),
        };
        let attempt = DeliveryAttempt {
            number: run.task.attempt,
            at,
            duration_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            first_byte_ms: None,
            status_code,
            error,
            response_excerpt: None,
        };
        let tells = !matches!(copied, Copied::NotSent(_));
        let end = EndAttempt {
            delivery,
            lease_token: run.task.lease_token,
            attempt,
            next,
            endpoint: None,
            bucket: bucket.filter(|_| tells).map(|bucket| (bucket.workspace_id, bucket.id)),
            is_ordered: false,
        };
        if !self.domain.end_attempt(end).await? {
            tracing::warn!(%delivery, "the lease was lost before the attempt's end");
            return Ok(Ended::Done);
        }
        if let (Copied::Failed { .. }, Some(bucket)) = (copied, bucket) {
            // The next failure says it again.
            if let Err(error) = self.domain.judge_failing_bucket(bucket).await {
                tracing::error!(bucket = %bucket.id, %error, "a failing bucket was not judged");
            }
        }
        Ok(Ended::Done)
    }

    /// It is tried again.
    fn later(&self, run: &Run) -> Result<Next, Error> {
        let [random] = random_bytes::<1>()?;
        let wait = self.backoff.after(run.task.attempt, None, random);
        Ok(Next::Retry { after_ms: i64::try_from(wait.as_millis()).unwrap_or(i64::MAX) })
    }
}

/// An attempt that is over.
struct Attempted<'a> {
    at: DateTime<Utc>,
    copied: Copied,
    took: Duration,
    /// Where it was to be written, if it came to that.
    bucket: Option<&'a Bucket>,
}

impl Attempted<'_> {
    /// The bucket was not asked.
    fn none(at: DateTime<Utc>, copied: Copied) -> Self {
        Self { at, copied, took: Duration::ZERO, bucket: None }
    }
}

/// A fault as the log of attempts has it.
fn told(fault: &Fault) -> String {
    format!("{}: {}", fault.code, fault.message)
}

/// What an attempt says of the bucket, for those that follow; nothing when that was not asked.
fn went(copied: &Copied, took: Duration) -> Option<Went> {
    match copied {
        Copied::NotSent(_) => None,
        Copied::Failed { fault, .. } if fault.code == "STORE_BUSY" => Some(Went::Busy(None)),
        Copied::Failed { .. } => Some(Went::Failed),
        Copied::Done | Copied::Gone => Some(Went::Answered(took)),
    }
}
