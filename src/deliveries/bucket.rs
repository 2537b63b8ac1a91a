//! One attempt to write a result to its workspace's bucket, and its outcome committed. It is tried until it
//! is there; while a bucket only fails, a probe at a time is sent to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use super::backoff::Backoff;
use super::gate::{Gate, GateOptions, Place, Went};
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::domain::bucket_delivery::{BucketDelivery, Copied};
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
        let own = |bucket: &&(Bucket, String)| Some(bucket.0.id) == found.delivery.bucket_id;
        let (Some(object), Some((bucket, secret))) =
            (&found.object, found.bucket.as_ref().filter(own))
        else {
            return self.end(run, id, Copied::Gone, Duration::ZERO).await;
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
        let began = Instant::now();
        let was_tried = run.task.attempt > 1;
        let copied = self.domain.copy_to_bucket(object, bucket, secret, was_tried).await?;
        failpoint::reach("bucket.after_put").await?;
        let took = began.elapsed();
        pass.leave(went(&copied, took));
        let is_well = !matches!(copied, Copied::Failed { .. });
        // Before the attempt's end: whoever sees that sees the bucket as it left it. If it fails, the next
        // attempt says it again.
        if let Err(error) = self.domain.judge_bucket(bucket, is_well).await {
            tracing::error!(bucket = %bucket.id, %error, "how a bucket does was not noted");
        }
        self.end(run, id, copied, took).await
    }

    /// Commits an attempt's end.
    async fn end(
        &self,
        run: &Run,
        delivery: DeliveryId,
        copied: Copied,
        took: Duration,
    ) -> Result<Ended, Error> {
        let (next, error, status_code) = match copied {
            Copied::Done => (Next::Succeeded, None, None),
            Copied::Gone => (Next::Skipped, None, None),
            Copied::Failed { fault, status } => {
                let [random] = random_bytes::<1>()?;
                let wait = self.backoff.after(run.task.attempt, None, random);
                let after_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                let error = format!("{}: {}", fault.code, fault.message);
                (Next::Retry { after_ms }, Some(error), status)
            }
        };
        let now = self.domain.clock().now();
        let attempt = DeliveryAttempt {
            number: run.task.attempt,
            at: now,
            duration_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            first_byte_ms: None,
            status_code,
            error,
            response_excerpt: None,
        };
        let lease_token = run.task.lease_token;
        let (endpoint, is_ordered) = (None, false);
        let end = EndAttempt { delivery, lease_token, attempt, next, endpoint, is_ordered };
        if !self.domain.end_attempt(end).await? {
            tracing::warn!(%delivery, "the lease was lost before the attempt's end");
        }
        Ok(Ended::Done)
    }
}

/// What an attempt says of the bucket, for those that follow.
fn went(copied: &Copied, took: Duration) -> Went {
    match copied {
        Copied::Failed { fault, .. } if fault.code == "STORE_BUSY" => Went::Busy(None),
        Copied::Failed { .. } => Went::Failed,
        Copied::Done | Copied::Gone => Went::Answered(took),
    }
}
