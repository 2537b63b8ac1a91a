//! What a million schedules cost while they wait, and how late they fire when ten thousand are due at once.
//!
//! The service runs in a process of its own on its durable defaults, all roles in it. One scheduled query is
//! made over GraphQL; its rows are copied behind the service's back, as asking for a million would take all
//! day. Idle: processor time over a minute. Due: ten thousand are set to fire each minute, first at the same one; the
//! lateness of a job is when it was made after that, as its row says, and all are enqueued when the last is
//! committed, as seen by polling.
//!
//! `cargo bench --bench schedules`, with an empty database in `BENCH_POSTGRES` on PostgreSQL, or with other
//! numbers of schedules and fires: `cargo bench --bench schedules -- 100000 1000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints its figures and ends when an assumption fails"
)]
#[expect(dead_code, reason = "the other bench uses the rest")]
mod support;

use std::time::Duration;

use serde_json::json;
use support::rows::{Rows, now_ms};
use support::{Connection, Service, cpu_seconds, figure, memory_mib, quantile};

const IDLE: Duration = Duration::from_mins(1);
const MINUTE_MS: i64 = 60_000;
/// Between setting the fires and their time, at least.
const AHEAD_MS: i64 = 5_000;

fn main() {
    support::run(measure());
}

async fn measure() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let schedules: u64 = numbers.next().unwrap_or(1_000_000);
    let fires: u64 = numbers.next().unwrap_or(10_000);
    let service = Service::start();
    schedule_one(&service).await;
    let rows = Rows::of(&service).await;
    rows.multiply_schedules(schedules).await;
    let service = service.restart();
    let (database, durability) = support::database();

    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = cpu_seconds(service.process_id());
    tokio::time::sleep(IDLE).await;
    let used = cpu_seconds(service.process_id()) - before;
    let detail = json!({ "schedules": schedules, "seconds": IDLE.as_secs(),
        "memory_mib": memory_mib(service.process_id()).round(), "database": durability });
    let share = used * 100.0 / IDLE.as_secs_f64();
    figure(&format!("schedules_idle_cpu_{database}"), share, "% of a core", &detail);

    let due = ((now_ms() + AHEAD_MS) / MINUTE_MS + 1) * MINUTE_MS;
    rows.set_due(due, fires).await;
    let enqueued = rows.all_are_made(due, fires).await - due;
    let late = rows.lateness(due).await;
    let detail = json!({ "due": fires, "of": schedules, "database": durability,
        "p50_ms": quantile(&late, 0.5), "p99_ms": quantile(&late, 0.99), "most_ms": quantile(&late, 1.0) });
    figure(&format!("schedules_all_enqueued_{database}"), enqueued as f64 / 1e3, "s", &detail);
}

async fn schedule_one(service: &Service) {
    support::upload(service, 1).await;
    let mut connection = Connection::open(service).await;
    let make = "mutation{createQuery(input:{prompt:\"How many times was acme mentioned since 2026-01-01?\",\
                sources:[\"dataset:posts\"],schedule:{cron:\"0 3 1 1 *\"}}){query{id}userErrors{message}}}";
    let answer = connection.graphql(make, json!({})).await;
    assert!(answer["createQuery"]["query"]["id"].is_string(), "{answer}");
}
