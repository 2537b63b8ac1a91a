//! Whole job lifecycles per second, as somebody outside sees them.
//!
//! The service runs in a process of its own on an empty directory, with its durable defaults (SQLite,
//! `synchronous=FULL`). 64 callers each submit one question over GraphQL, wait until the event of its
//! end arrives on a socket, and submit the next; every question differs. A lifecycle counts when its
//! event has arrived and says `COMPLETED`; at the end the service itself is asked how many results it
//! keeps. One warm-up, then five measured runs: the median, with the least and the most.
//!
//! With an empty database in `BENCH_POSTGRES` the same on PostgreSQL; the processor time is then the
//! service's alone.
//!
//! `cargo bench --bench jobs`, or with a number of lifecycles a run: `cargo bench --bench jobs -- 20000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use support::{Connection, Events, Service, cpu_seconds};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

const IN_FLIGHT: usize = 64;
const RUNS: usize = 5;
const POSTS: usize = 10;

/// Who waits for the end of which job. A job may end before its caller has read the job's id.
#[derive(Default)]
struct Waiting {
    callers: HashMap<String, oneshot::Sender<()>>,
    ended: std::collections::HashSet<String>,
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let lifecycles: u32 = asked.unwrap_or(10_000);
    let service = Service::start();
    upload(&service).await;
    let waiting = Arc::new(Mutex::new(Waiting::default()));
    let mut listening = JoinSet::new();
    let events = Events::subscribe(&service).await;
    listening.spawn(listen(events, Arc::clone(&waiting)));

    run(&service, &waiting, lifecycles / 5, "warm").await;
    let mut rates = Vec::new();
    let (cpu_before, mut done) = (cpu_seconds(service.process_id()), 0);
    for number in 0..RUNS {
        rates.push(run(&service, &waiting, lifecycles, &number.to_string()).await);
        done += lifecycles;
    }
    let cpu = cpu_seconds(service.process_id()) - cpu_before;
    let kept = kept_results(&service).await;
    assert_eq!(kept, u64::from(done + lifecycles / 5), "every lifecycle left one result");

    let (database, durability) = match support::postgres() {
        Some(_) => ("postgres", "PostgreSQL as it is set up, synchronous_commit=on"),
        None => ("sqlite", "sqlite, synchronous=FULL"),
    };
    rates.sort_by(f64::total_cmp);
    let median = rates[RUNS / 2];
    let detail = json!({
        "in_flight": IN_FLIGHT, "lifecycles_a_run": lifecycles, "runs": RUNS,
        "least": rates[0].round(), "most": rates[RUNS - 1].round(),
        "database": durability, "posts_a_question": POSTS,
    });
    figure(&format!("jobs_lifecycles_{database}"), median.round(), "1/s", &detail);
    let per_lifecycle = cpu * 1e6 / f64::from(done);
    figure(
        &format!("jobs_server_cpu_{database}"),
        per_lifecycle.round(),
        "us/lifecycle",
        &json!({}),
    );
}

fn figure(name: &str, value: f64, unit: &str, detail: &serde_json::Value) {
    println!("{}", json!({ "figure": name, "value": value, "unit": unit, "detail": detail }));
}

async fn upload(service: &Service) {
    let row = |n: usize| format!("{n},author{n},2026-01-01T10:00:0{n}Z,acme post number {n}");
    let rows: Vec<String> = (0..POSTS).map(row).collect();
    let csv = format!("id,author,published_at,text\n{}", rows.join("\n"));
    let mut connection = Connection::open(service).await;
    let answer = connection.send("PUT", "/v1/datasets/posts", "text/csv", csv.as_bytes()).await;
    assert_eq!(answer["documents"], POSTS, "{answer}");
}

async fn listen(mut events: Events, waiting: Arc<Mutex<Waiting>>) {
    while let Some(event) = events.next().await {
        assert_eq!(event["status"], "COMPLETED", "{event}");
        let job = event["jobId"].as_str().unwrap().to_owned();
        let mut waiting = waiting.lock().await;
        match waiting.callers.remove(&job) {
            Some(caller) => drop(caller.send(())),
            None => drop(waiting.ended.insert(job)),
        }
    }
}

/// Runs so many lifecycles with [`IN_FLIGHT`] callers; answers how many a second.
async fn run(service: &Service, waiting: &Arc<Mutex<Waiting>>, lifecycles: u32, name: &str) -> f64 {
    let (numbers, receiver) = mpsc::channel(lifecycles as usize);
    for number in 0..lifecycles {
        numbers.try_send(format!("{name}w{number}")).unwrap();
    }
    drop(numbers);
    let receiver = Arc::new(Mutex::new(receiver));
    let mut connections = Vec::new();
    for _ in 0..IN_FLIGHT {
        connections.push(Connection::open(service).await);
    }
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for connection in connections {
        callers.spawn(call(connection, Arc::clone(&receiver), Arc::clone(waiting)));
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    f64::from(lifecycles) / began.elapsed().as_secs_f64()
}

async fn call(
    mut connection: Connection,
    words: Arc<Mutex<mpsc::Receiver<String>>>,
    waiting: Arc<Mutex<Waiting>>,
) {
    const ASK: &str = "mutation($p:String!){createQuery(input:{prompt:$p,sources:[\"dataset:posts\"]})\
                       {job{id}userErrors{message}}}";
    loop {
        let next = words.lock().await.recv().await;
        let Some(word) = next else { return };
        let prompt = format!("How many times was acme or {word} mentioned since 2026-01-01?");
        let body = json!({ "query": ASK, "variables": { "p": prompt } }).to_string();
        let answer = connection.send("POST", "/graphql", "application/json", body.as_bytes()).await;
        let id = answer["data"]["createQuery"]["job"]["id"].as_str();
        let id = id.unwrap_or_else(|| panic!("{answer}")).to_owned();
        let ended = {
            let mut waiting = waiting.lock().await;
            if waiting.ended.remove(&id) {
                continue;
            }
            let (caller, ended) = oneshot::channel();
            waiting.callers.insert(id, caller);
            ended
        };
        ended.await.unwrap();
    }
}

async fn kept_results(service: &Service) -> u64 {
    let body = json!({ "query": "{storageObjects(first:1){totalCount}}" }).to_string();
    let mut connection = Connection::open(service).await;
    let answer = connection.send("POST", "/graphql", "application/json", body.as_bytes()).await;
    answer["data"]["storageObjects"]["totalCount"].as_u64().unwrap()
}
