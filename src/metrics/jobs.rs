//! How jobs end, and those that were not made.

use prometheus::IntCounter;

use super::MetricsError;
use super::register::Register;
use crate::model::job::JobStatus;

/// Counts ends after their commit.
pub struct JobMetrics {
    completed: IntCounter,
    failed: IntCounter,
    cancelled: IntCounter,
    /// Fires of schedules that made no job, as another of the query had not ended.
    pub left_out: IntCounter,
}

impl JobMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let help = "Jobs whose end this process committed, by how they ended";
        let ended = register.counters("jobs_ended_total", help, &["status"])?;
        let with = |status: JobStatus| ended.with_label_values(&[status.as_str()]);
        let help = "Fires of schedules that made no job, as another of the query had not ended";
        let left_out = register.counter("jobs_left_out_total", help)?;
        Ok(Self {
            completed: with(JobStatus::Completed),
            failed: with(JobStatus::Failed),
            cancelled: with(JobStatus::Cancelled),
            left_out,
        })
    }

    pub fn ended(&self, status: JobStatus) {
        match status {
            JobStatus::Completed => self.completed.inc(),
            JobStatus::Failed => self.failed.inc(),
            JobStatus::Cancelled => self.cancelled.inc(),
            JobStatus::Queued | JobStatus::Running => {}
        }
    }
}
