//! A run as it is counted: from its start to its end, also when it is broken off.

use std::time::Instant;

use super::Claimed;
use crate::metrics::Metrics;
use crate::model::task::{TaskKind, made_at};

/// A run that goes on for as long as this lives.
pub(super) struct Counted {
    metrics: Metrics,
    kind: TaskKind,
    began: Instant,
}

impl Counted {
    /// How late the start is can be said of the first one alone: a later one was put off, or follows a
    /// run that was lost.
    #[expect(clippy::cast_precision_loss, reason = "lateness is far below 2^53 ms")]
    pub fn start(metrics: &Metrics, task: &Claimed, now_ms: i64) -> Self {
        let numbers = metrics.queue.of(task.kind);
        if task.attempt == 1
            && let Some(made) = made_at(&task.id)
        {
            numbers.lateness.observe((now_ms - made).max(0) as f64 / 1_000.0);
        }
        numbers.running.inc();
        Self { metrics: metrics.clone(), kind: task.kind, began: Instant::now() }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let numbers = self.metrics.queue.of(self.kind);
        numbers.running.dec();
        numbers.run.observe(self.began.elapsed().as_secs_f64());
    }
}
