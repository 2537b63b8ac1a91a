//! What a transaction of merged commands is counted as, once it is known whether it was committed.

use std::time::Duration;

use super::batch::{Answers, Batch};
use super::{Fence, Next, Outcome};
use crate::metrics::{AttemptOutcome, Metrics};
use crate::model::task::TaskKind;

impl Batch {
    /// `answers` is `None` when nothing was committed.
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred commands")]
    pub(super) fn count(&self, answers: Option<&Answers>, took: Duration, metrics: &Metrics) {
        let Some(answers) = answers else {
            metrics.database.commit_failures.inc();
            return;
        };
        metrics.database.batch.observe(self.len() as f64);
        metrics.database.commit.observe(took.as_secs_f64());
        for claimed in answers.claims.iter().flatten() {
            metrics.queue.of(claimed.kind).claimed.inc();
        }
        for (end, outcome) in self.finishes.iter().zip(&answers.finishes) {
            match (outcome, end.input.fence) {
                (Outcome::Ended, _) => metrics.jobs.ended(end.input.event.status),
                (Outcome::LeaseLost, Fence::Lease(_)) => {
                    metrics.queue.of(TaskKind::Job).leases_lost.inc();
                }
                // Somebody wanted to end what runs: it is asked to stop instead.
                (Outcome::LeaseLost, Fence::Waiting) => {}
            }
        }
        for (end, was_held) in self.attempts.iter().zip(&answers.attempts) {
            if !was_held {
                metrics.queue.of(TaskKind::Webhook).leases_lost.inc();
                continue;
            }
            let outcome = match end.input.next {
                Next::Skipped => continue,
                Next::Succeeded => AttemptOutcome::Succeeded,
                Next::Failed => AttemptOutcome::Failed,
                Next::Retry { .. } => {
                    metrics.queue.of(TaskKind::Webhook).retries.inc();
                    AttemptOutcome::Retried
                }
            };
            metrics.deliveries.attempted(outcome);
        }
    }
}
