//! What the process counts for its operator, in the text format that Prometheus reads.
//!
//! One [`Metrics`] belongs to one running service and is handed down with its store, so that two
//! services in one process do not see each other's numbers. Labels are of closed lists (kinds,
//! priorities, states), never ids: the number of series does not grow with what is stored. Each has its
//! place made at the start, so counting is an addition to a number and allocates nothing.

mod database;
mod deliveries;
mod jobs;
mod llm;
mod load;
mod queue;
mod register;
mod sweep;

use std::sync::Arc;

use prometheus::{IntGauge, Registry, TextEncoder};

pub use database::{DatabaseMetrics, LinkMetrics};
pub use deliveries::{AttemptOutcome, DeliveryMetrics};
pub use jobs::JobMetrics;
pub use llm::LlmMetrics;
pub use load::{LaneLoad, LoadMetrics};
pub use queue::{KindMetrics, QueueMetrics};
pub use register::{MEDIA_TYPE, MetricsError};
pub use sweep::SweepMetrics;

use register::Register;

/// Every number of one service; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Groups>);

/// The numbers by what they are about.
pub struct Groups {
    registry: Registry,
    pub queue: QueueMetrics,
    pub load: LoadMetrics,
    pub jobs: JobMetrics,
    pub llm: LlmMetrics,
    pub deliveries: DeliveryMetrics,
    pub database: DatabaseMetrics,
    pub sweep: SweepMetrics,
    /// Sockets that are open now: each may carry many subscriptions.
    pub sockets: IntGauge,
}

impl Metrics {
    /// # Errors
    /// When two metrics have one name: a fault of this program, seen at every start.
    pub fn new(version: &str) -> Result<Self, MetricsError> {
        let register = Register::default();
        let build =
            register.gauges("build_info", "Always 1; its label says what runs", &["version"])?;
        build.with_label_values(&[version]).set(1);
        let sockets = register.gauge("sockets_open", "Web sockets of subscribers that are open")?;
        Ok(Self(Arc::new(Groups {
            queue: QueueMetrics::new(&register)?,
            load: LoadMetrics::new(&register)?,
            jobs: JobMetrics::new(&register)?,
            llm: LlmMetrics::new(&register)?,
            deliveries: DeliveryMetrics::new(&register)?,
            database: DatabaseMetrics::new(&register)?,
            sweep: SweepMetrics::new(&register)?,
            sockets,
            registry: register.done(),
        })))
    }

    /// All numbers as text.
    ///
    /// # Errors
    /// When a number cannot be written, which is a fault of this program.
    pub fn text(&self) -> Result<String, MetricsError> {
        Ok(TextEncoder::new().encode_to_string(&self.0.registry.gather())?)
    }
}

impl std::ops::Deref for Metrics {
    type Target = Groups;

    fn deref(&self) -> &Groups {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::TaskKind;

    #[test]
    fn two_services_count_apart() {
        let (one, other) = (Metrics::new("1").unwrap(), Metrics::new("1").unwrap());
        one.queue.of(TaskKind::Job).claimed.inc();
        let claimed = "bytestack_queue_claimed_total{kind=\"job\"}";
        assert!(one.text().unwrap().contains(&format!("{claimed} 1")));
        assert!(other.text().unwrap().contains(&format!("{claimed} 0")));
    }

    #[test]
    fn every_series_is_there_from_the_start() {
        let text = Metrics::new("0.1.0").unwrap().text().unwrap();
        for series in [
            "bytestack_build_info{version=\"0.1.0\"} 1",
            "bytestack_jobs_ended_total{status=\"failed\"} 0",
            "bytestack_delivery_attempts_total{outcome=\"retried\"} 0",
            "bytestack_queue_leases_lost_total{kind=\"webhook\"} 0",
            "bytestack_sockets_open 0",
        ] {
            assert!(text.contains(series), "{series} is not in\n{text}");
        }
    }
}
