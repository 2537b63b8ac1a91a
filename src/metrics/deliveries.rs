//! How attempts of deliveries end.

use prometheus::IntCounter;

use super::MetricsError;
use super::register::Register;

/// What one attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    Succeeded,
    /// It is tried again.
    Retried,
    /// It is not tried again.
    Failed,
}

/// Counts attempts after their commit.
pub struct DeliveryMetrics {
    succeeded: IntCounter,
    retried: IntCounter,
    failed: IntCounter,
}

impl DeliveryMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let help = "Attempts of webhooks, by what they came to";
        let attempts = register.counters("delivery_attempts_total", help, &["outcome"])?;
        Ok(Self {
            succeeded: attempts.with_label_values(&["succeeded"]),
            retried: attempts.with_label_values(&["retried"]),
            failed: attempts.with_label_values(&["failed"]),
        })
    }

    pub fn attempted(&self, outcome: AttemptOutcome) {
        match outcome {
            AttemptOutcome::Succeeded => self.succeeded.inc(),
            AttemptOutcome::Retried => self.retried.inc(),
            AttemptOutcome::Failed => self.failed.inc(),
        }
    }
}
