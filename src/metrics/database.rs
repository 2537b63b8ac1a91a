//! How the database does: its connections, and the transactions that the writer merges.

use prometheus::{Gauge, Histogram, IntCounter, IntGauge};

use super::MetricsError;
use super::register::Register;

const COMMANDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
const COMMIT: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

pub struct DatabaseMetrics {
    /// 1 when the last look at it answered in time.
    pub is_up: IntGauge,
    /// Seconds that this machine's clock is ahead of the database's.
    pub clock_ahead: Gauge,
    /// Commands merged into one transaction.
    pub batch: Histogram,
    /// Seconds from BEGIN to the answer to COMMIT.
    pub commit: Histogram,
    pub commit_failures: IntCounter,
    /// The connection that writes. On PostgreSQL what makes jobs and what starts them have one each.
    pub writer: LinkMetrics,
    pub submitter: LinkMetrics,
    pub claimer: LinkMetrics,
    pub reader: LinkMetrics,
}

/// The numbers of one pool; clones are the same numbers.
#[derive(Clone)]
pub struct LinkMetrics {
    pub in_use: IntGauge,
    pub idle: IntGauge,
    /// Statements, and transactions of several, that were sent.
    pub statements: IntCounter,
    /// Statements that did not answer in time.
    pub timeouts: IntCounter,
    /// How often the connections were given up for new ones.
    pub reconnects: IntCounter,
}

impl DatabaseMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let connections = register.gauges(
            "database_connections",
            "Connections that are open, by pool and whether they are in use",
            &["pool", "state"],
        )?;
        let statements = register.counters(
            "database_statements_total",
            "Statements, and transactions of several, that were sent",
            &["pool"],
        )?;
        let timeouts = register.counters(
            "database_timeouts_total",
            "Statements and transactions that did not answer in time",
            &["pool"],
        )?;
        let reconnects = register.counters(
            "database_reconnects_total",
            "Times that a pool's connections were given up for new ones",
            &["pool"],
        )?;
        let link = |pool: &str| LinkMetrics {
            in_use: connections.with_label_values(&[pool, "in_use"]),
            idle: connections.with_label_values(&[pool, "idle"]),
            statements: statements.with_label_values(&[pool]),
            timeouts: timeouts.with_label_values(&[pool]),
            reconnects: reconnects.with_label_values(&[pool]),
        };
        Ok(Self {
            is_up: register.gauge("database_up", "Whether it answered the last scrape in time")?,
            clock_ahead: register.seconds(
                "database_clock_ahead_seconds",
                "How far this machine's clock is ahead of the database's that nodes share",
            )?,
            batch: register.histogram(
                "database_batch_commands",
                "Commands that the writer merged into one transaction",
                COMMANDS,
            )?,
            commit: register.histogram(
                "database_commit_seconds",
                "How long a merged transaction took, from its begin to its commit",
                COMMIT,
            )?,
            commit_failures: register.counter(
                "database_commit_failures_total",
                "Merged transactions that were not committed",
            )?,
            writer: link("writer"),
            submitter: link("submitter"),
            claimer: link("claimer"),
            reader: link("reader"),
        })
    }
}
