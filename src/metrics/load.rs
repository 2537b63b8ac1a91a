//! What waits in the queue of all nodes: read from the database when somebody asks for the numbers.

use prometheus::{Gauge, GaugeVec, IntGaugeVec};

use super::MetricsError;
use super::register::Register;
use crate::model::task::{Priority, TaskKind};

/// What is there of one kind and priority, over all workspaces.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneLoad {
    pub kind: TaskKind,
    pub priority: Priority,
    /// Could start now.
    pub due: i64,
    /// Waits for its time.
    pub delayed: i64,
    /// Runs under a lease, on any node.
    pub running: i64,
    /// How long what is due has waited at most, in seconds.
    pub oldest_due: f64,
}

/// The class of a workspace's task is its priority: ids would make as many series as there are
/// workspaces, and a priority is what says how soon somebody wants it.
pub struct LoadMetrics {
    tasks: IntGaugeVec,
    oldest: GaugeVec,
    read: Gauge,
}

impl LoadMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        Ok(Self {
            tasks: register.gauges(
                "queue_tasks",
                "Tasks of all workspaces and nodes: due, delayed, or running under a lease",
                &["kind", "priority", "state"],
            )?,
            oldest: register.seconds_by(
                "queue_oldest_due_seconds",
                "How long the oldest task that is due has waited; 0 when none is",
                &["kind", "priority"],
            )?,
            read: register.seconds(
                "queue_read_seconds",
                "How long reading the queue's depth took, the last time that it was read",
            )?,
        })
    }

    /// Shows what was read; where nothing is, there is a zero.
    pub fn show(&self, loads: &[LaneLoad], took: f64) {
        self.read.set(took);
        for kind in TaskKind::ALL {
            for priority in Priority::ALL {
                let is_it = |load: &&LaneLoad| load.kind == kind && load.priority == priority;
                let load = loads.iter().find(is_it);
                let (kind, priority) = (kind.as_str(), priority.as_str());
                let (due, delayed, running, oldest) = load.map_or((0, 0, 0, 0.0), |load| {
                    (load.due, load.delayed, load.running, load.oldest_due)
                });
                for (state, count) in [("due", due), ("delayed", delayed), ("running", running)] {
                    self.tasks.with_label_values(&[kind, priority, state]).set(count);
                }
                self.oldest.with_label_values(&[kind, priority]).set(oldest);
            }
        }
    }

    /// Nothing is known just now, and an old number would look like a new one.
    pub fn forget(&self) {
        self.tasks.reset();
        self.oldest.reset();
    }
}
