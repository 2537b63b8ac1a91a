//! What it costs to tell many subscribers of a job's end.
//!
//! The service runs in a process of its own on its durable defaults; the subscribers are sockets on one
//! thread of this process, on the same cores. A delivery is an event that has arrived at one of them. Latency is
//! from the end of the job, as its event tells it in whole milliseconds, to the arrival: the commit is part of
//! it. The service's processor time is by the operating system's accounting, with that of the jobs themselves.
//!
//! `cargo bench --bench fanout`, with the address of an empty database in `BENCH_POSTGRES` on PostgreSQL; or
//! with another number of subscribers than a thousand: `cargo bench --bench fanout -- 5000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::crowd::{Crowd, Got};
use support::{Connection, Service, figure, quantile};

/// Events of the paced part, five a second.
const PACED: usize = 60;
const PACE: Duration = Duration::from_millis(200);
/// Events of the part in which they come as fast as their jobs run.
const BURST: usize = 200;
const CALLERS: usize = 16;
/// Selections of the part in which not all are alike.
const SELECTIONS: usize = 50;

const RUN: &str = "mutation($id:ID!){runQuery(input:{queryId:$id}){job{id}userErrors{message}}}";

fn main() {
    support::run(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let size: usize = asked.unwrap_or(1_000);
    let service = Service::start();
    alike(&service, size).await;
    // Without the subscribers, on the same database: only its first service was told a key.
    let service = service.restart();
    different(&service, size).await;
}

fn equal(_: usize) -> String {
    "subscription{jobCompleted{cursor queryId status completedAt resultUrl}}".to_owned()
}

/// Everybody asks for the same.
async fn alike(service: &Service, size: usize) {
    support::upload(service, 1).await;
    let queries = queries(service, 1).await;
    let before = support::memory_mib(service.process_id());
    let began = Instant::now();
    let crowd = Crowd::gather(service, size, equal).await;
    let connected = count(size) / began.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let idle = support::memory_mib(service.process_id());
    let each = (idle - before) * 1024.0 / count(size);
    report("connected", size, connected, "subscriptions/s", json!({}));
    let detail = json!({ "before_mib": before, "with_idle_subscribers_mib": idle });
    report("memory", size, each, "KiB each", detail);
    warm_up(service, &crowd, &queries).await;
    parts(service, &crowd, &queries, "equal").await;
}

/// Fifty selections of the events of one query.
async fn different(service: &Service, size: usize) {
    support::upload(service, 1).await;
    let queries = queries(service, 1).await;
    let subscription = |at: usize| {
        let (query, name) = (&queries[0], format!("name{}", at % SELECTIONS));
        format!(
            "subscription{{jobCompleted(queryId:\"{query}\"){{cursor queryId {name}:status completedAt \
             resultUrl}}}}"
        )
    };
    let crowd = Crowd::gather_with(service, (0..size).map(subscription).collect()).await;
    warm_up(service, &crowd, &queries).await;
    parts(service, &crowd, &queries, "different").await;
}

/// First at a pace, then as fast as may be.
async fn parts(service: &Service, crowd: &Crowd, queries: &[String], kind: &str) {
    let each = crowd.size;
    let process = service.process_id();
    let mut caller = Connection::open(service).await;
    let mut ticks = tokio::time::interval(PACE);
    let cpu = support::cpu_seconds(process);
    for at in 0..PACED {
        ticks.tick().await;
        caller.graphql(RUN, json!({ "id": queries[at % queries.len()] })).await;
    }
    let got = crowd.have(PACED * each).await;
    let paced = support::cpu_seconds(process) - cpu;
    latencies(&format!("{kind}_paced"), crowd.size, &got);
    cost(&format!("{kind}_paced"), crowd.size, paced, &got);

    let (began, cpu) = (Instant::now(), support::cpu_seconds(process));
    let callers = (0..CALLERS).map(|caller| async move {
        let mut connection = Connection::open(service).await;
        for at in (caller..BURST).step_by(CALLERS) {
            connection.graphql(RUN, json!({ "id": queries[at % queries.len()] })).await;
        }
    });
    futures_util::future::join_all(callers).await;
    let got = crowd.have(BURST * each).await;
    let (wall, burst) = (began.elapsed().as_secs_f64(), support::cpu_seconds(process) - cpu);
    let name = format!("{kind}_burst_deliveries");
    report(&name, crowd.size, count(got.events) / wall, "1/s", json!({ "wall_s": wall }));
    latencies(&format!("{kind}_burst"), crowd.size, &got);
    cost(&format!("{kind}_burst"), crowd.size, burst, &got);
}

/// Saved queries that are run again and again.
async fn queries(service: &Service, count: usize) -> Vec<String> {
    const SAVE: &str = "mutation($p:String!){createQuery(input:{prompt:$p,sources:[\"dataset:posts\"],run:false})\
                        {query{id}userErrors{message}}}";
    let mut connection = Connection::open(service).await;
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        let prompt = format!("How many times was acme or word{number} mentioned since 2026-01-01?");
        let answer = connection.graphql(SAVE, json!({ "p": prompt })).await;
        let id = answer["createQuery"]["query"]["id"].as_str();
        ids.push(id.unwrap_or_else(|| panic!("{answer}")).to_owned());
    }
    ids
}

/// Runs each query until it is heard of by all.
async fn warm_up(service: &Service, crowd: &Crowd, queries: &[String]) {
    let mut connection = Connection::open(service).await;
    for _ in 0..3 {
        for id in queries {
            connection.graphql(RUN, json!({ "id": id })).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    assert_ne!(crowd.events(), 0, "nothing has arrived");
    let settled = crowd.take();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(crowd.events(), 0, "after {} events still more", settled.events);
}

fn latencies(kind: &str, size: usize, got: &Got) {
    let mut sorted = got.latencies.clone();
    sorted.sort_by(f64::total_cmp);
    let detail = json!({ "events": got.events, "p50_ms": quantile(&sorted, 0.5),
        "most_ms": sorted.last(), "message_bytes": got.bytes / got.events.max(1) });
    report(&format!("{kind}_latency_p99"), size, quantile(&sorted, 0.99), "ms", detail);
}

fn cost(kind: &str, size: usize, cpu: f64, got: &Got) {
    let each = cpu * 1e6 / count(got.events);
    let detail = json!({ "server_cpu_s": cpu, "deliveries": got.events });
    report(&format!("{kind}_server_cpu"), size, each, "us/delivery", detail);
}

fn report(name: &str, size: usize, value: f64, unit: &str, mut detail: Value) {
    let (database, durability) = support::database();
    detail["subscribers"] = size.into();
    detail["database"] = durability.into();
    figure(&format!("fanout_{name}_{database}"), value, unit, &detail);
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn count(number: usize) -> f64 {
    number as f64
}
