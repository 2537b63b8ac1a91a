//! How long a quiet workspace's jobs wait beside one with a hundred thousand and more of them waiting.
//!
//! The service runs in a process of its own on its durable defaults. The quiet workspace asks one question a
//! second, at first alone, then beside the other, whose jobs are copied behind the service's back, as asking
//! for them would give the service time to run them. A wait is from when a job was made to when it started,
//! as the service says it, in whole milliseconds.
//!
//! `cargo bench --bench fairness`, with an empty database in `BENCH_POSTGRES` on PostgreSQL, or with another
//! number of waiting jobs: `cargo bench --bench fairness -- 10000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::time::Duration;

use serde_json::json;
use support::rows::Rows;
use support::{Connection, Service, figure, quantile, wait_of};

/// Jobs of the quiet workspace, one a second.
const QUIET: usize = 60;

fn main() {
    support::run(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    // More than are run meanwhile.
    let waiting: u64 = asked.unwrap_or(600_000);
    let quiet = Service::start();
    let loud = quiet.workspace("loud");
    for service in [&quiet, &loud] {
        support::upload(service, 1).await;
        support::asked(Connection::open(service).await, "first".into()).await;
    }
    let alone = waits(&quiet, "alone").await;
    let rows = Rows::of(&quiet).await;
    rows.multiply_jobs(waiting, loud.workspace_id()).await;
    let beside = waits(&quiet, "beside").await;
    let left = rows.waiting().await;
    assert!(left > 0, "all jobs of the loud workspace ran before the end: ask for more");

    let (database, durability) = support::database();
    let detail = json!({ "waiting": waiting, "left_at_the_end": left, "quiet_jobs": QUIET,
        "alone_p50_ms": quantile(&alone, 0.5), "alone_p95_ms": quantile(&alone, 0.95),
        "beside_p50_ms": quantile(&beside, 0.5), "beside_p95_ms": quantile(&beside, 0.95),
        "database": durability });
    let ratio = quantile(&beside, 0.95) / quantile(&alone, 0.95).max(1.0);
    figure(&format!("fairness_quiet_wait_{database}"), ratio, "times its wait alone", &detail);
}

async fn waits(service: &Service, name: &str) -> Vec<f64> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    let mut connection = Connection::open(service).await;
    let mut waits = Vec::with_capacity(QUIET);
    for number in 0..QUIET {
        ticks.tick().await;
        let job;
        (job, connection) = support::asked(connection, format!("{name}{number}")).await;
        waits.push(wait_of(&mut connection, &job).await);
    }
    waits.sort_by(f64::total_cmp);
    waits
}
