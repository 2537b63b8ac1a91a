//! How many lists are read in a second: fifty queries of a hundred thousand, newest first, each with its latest
//! result.
//!
//! The service runs in a process of its own on its durable defaults; sixteen connections of this process ask
//! one after the other, on the same cores. Each request asks for another of two hundred pages, by cursor, and a
//! question a second is asked beside it: no answer is kept from before. The rows are copied behind the service's
//! back.
//!
//! `cargo bench --bench graphql`, with the address of an empty database in `BENCH_POSTGRES` on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::rows::Rows;
use support::{Connection, Service, figure, quantile};
use tokio::task::JoinSet;

const QUERIES: u64 = 100_000;
const PAGES: usize = 200;
const CONNECTIONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(10);
const RUNS: usize = 5;

const PAGE: &str = "query($after:String){queries(first:50,after:$after){nodes{id name prompt limit \
     createdAt updatedAt latestResult{key sizeBytes}} pageInfo{endCursor}}}";

fn main() {
    support::run(measure());
}

async fn measure() {
    let service = Service::start();
    support::upload(&service, 1).await;
    let mut connection = Connection::open(&service).await;
    let job;
    (job, connection) = support::asked(connection, "word0".into()).await;
    support::wait_of(&mut connection, &job).await;
    Rows::of(&service).await.multiply_results(QUERIES).await;
    let cursors = Arc::new(cursors(&mut connection).await);

    for_a_while(&service, &cursors, WARM_UP).await;
    let (mut rates, mut latencies, mut costs) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let (process, cpu, began) = measuring(&service);
        let mut beside = JoinSet::new();
        beside.spawn(ask_beside(Connection::open(&service).await, run));
        let mut waits = for_a_while(&service, &cursors, MEASURED).await;
        let wall = began.elapsed().as_secs_f64();
        drop(beside);
        costs.push((support::cpu_seconds(process) - cpu) * 1_000.0 / count(waits.len()));
        rates.push(count(waits.len()) / wall);
        waits.sort_by(f64::total_cmp);
        latencies.push(quantile(&waits, 0.99));
    }
    report("requests", rates, "1/s");
    report("p99", latencies, "ms");
    report("server_cpu", costs, "ms/request");
}

fn measuring(service: &Service) -> (u32, f64, Instant) {
    let process = service.process_id();
    (process, support::cpu_seconds(process), Instant::now())
}

/// Where each of the pages begins.
async fn cursors(connection: &mut Connection) -> Vec<Value> {
    let mut cursors = vec![Value::Null];
    while cursors.len() < PAGES {
        let answer = connection.graphql(PAGE, json!({ "after": cursors.last() })).await;
        let nodes = answer["queries"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 50);
        assert!(nodes.iter().all(|node| node["latestResult"]["key"].is_string()), "{answer:#}");
        cursors.push(answer["queries"]["pageInfo"]["endCursor"].clone());
    }
    cursors
}

/// Asks on all connections for so long; how long each request took, in milliseconds.
async fn for_a_while(service: &Service, cursors: &Arc<Vec<Value>>, lasts: Duration) -> Vec<f64> {
    let (next, until) = (Arc::new(AtomicUsize::new(0)), Instant::now() + lasts);
    let mut asking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(service).await;
        let (cursors, next) = (Arc::clone(cursors), Arc::clone(&next));
        asking.spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < until {
                let at = next.fetch_add(1, Ordering::Relaxed) % cursors.len();
                let body = json!({ "query": PAGE, "variables": { "after": cursors[at] } });
                let body = body.to_string();
                let began = Instant::now();
                let answer = connection.fetch("POST", "/graphql", body.as_bytes()).await;
                waits.push(began.elapsed().as_secs_f64() * 1_000.0);
                assert!(answer.starts_with(br#"{"data":{"queries":{"nodes":[{"id":"qry_"#));
            }
            waits
        });
    }
    asking.join_all().await.into_iter().flatten().collect()
}

/// One write a second.
async fn ask_beside(mut connection: Connection, run: usize) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for number in 0.. {
        ticks.tick().await;
        let word = format!("beside{run}x{number}");
        (_, connection) = support::asked(connection, word).await;
    }
}

fn report(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let (database, durability) = support::database();
    let detail = json!({ "runs": RUNS, "least": values[0], "most": values[RUNS - 1], "rows": QUERIES,
        "connections": CONNECTIONS, "database": durability });
    figure(&format!("graphql_list_{name}_{database}"), values[RUNS / 2], unit, &detail);
}

#[expect(clippy::cast_precision_loss, reason = "hundreds of thousands")]
fn count(number: usize) -> f64 {
    number as f64
}
