//! What this process takes from the queue, how late, and how it goes.

use prometheus::{Histogram, IntCounter, IntGauge};

use super::MetricsError;
use super::register::Register;
use crate::model::task::TaskKind;

/// From what nobody notices to an hour.
const LATENESS: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3_600.0];
/// From a look at a small dataset to the longest that sources are given.
const RUN: &[f64] =
    &[0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

/// One set for each kind of task.
pub struct QueueMetrics([KindMetrics; TaskKind::ALL.len()]);

/// The numbers of one kind of task.
pub struct KindMetrics {
    /// Starts, each under a lease of its own.
    pub claimed: IntCounter,
    pub running: IntGauge,
    /// Failed for now, and due again.
    pub retries: IntCounter,
    /// Given back because the process stops.
    pub given_back: IntCounter,
    /// Somebody else had the task when this process wanted to keep or end it.
    pub leases_lost: IntCounter,
    pub claim_failures: IntCounter,
    pub heartbeat_failures: IntCounter,
    /// Seconds from when a task was made to its first start.
    pub lateness: Histogram,
    /// Seconds that one run took, however it ended.
    pub run: Histogram,
}

impl QueueMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let by_kind = |name: &str, help: &str| register.counters(name, help, &["kind"]);
        let claimed = by_kind("queue_claimed_total", "Tasks taken under a lease")?;
        let retries =
            by_kind("queue_retries_total", "Runs that failed for now; their task is due again")?;
        let given_back =
            by_kind("queue_given_back_total", "Tasks given back uncounted by a stopping process")?;
        let leases_lost =
            by_kind("queue_leases_lost_total", "Leases that were lost before the task's end")?;
        let claim_failures =
            by_kind("queue_claim_failures_total", "Looks at the queue that failed")?;
        let heartbeat_failures =
            by_kind("queue_heartbeat_failures_total", "Heartbeats that could not be written")?;
        let running =
            register.gauges("queue_running", "Tasks that this process runs now", &["kind"])?;
        let help = "From when a task was made to its first start";
        let lateness = register.histograms("queue_lateness_seconds", help, &["kind"], LATENESS)?;
        let run =
            register.histograms("queue_run_seconds", "How long one run took", &["kind"], RUN)?;
        Ok(Self(TaskKind::ALL.map(|kind| {
            let kind = [kind.as_str()];
            KindMetrics {
                claimed: claimed.with_label_values(&kind),
                running: running.with_label_values(&kind),
                retries: retries.with_label_values(&kind),
                given_back: given_back.with_label_values(&kind),
                leases_lost: leases_lost.with_label_values(&kind),
                claim_failures: claim_failures.with_label_values(&kind),
                heartbeat_failures: heartbeat_failures.with_label_values(&kind),
                lateness: lateness.with_label_values(&kind),
                run: run.with_label_values(&kind),
            }
        })))
    }

    pub fn of(&self, kind: TaskKind) -> &KindMetrics {
        let [job, webhook, bucket] = &self.0;
        match kind {
            TaskKind::Job => job,
            TaskKind::Webhook => webhook,
            TaskKind::Bucket => bucket,
        }
    }
}
