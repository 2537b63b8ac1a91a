//! Whole job lifecycles per second, as somebody outside sees them.
//!
//! The service runs in a process of its own on an empty directory, with its durable defaults (SQLite,
//! `synchronous=FULL`). 64 callers each submit one question over GraphQL, wait until the event of its
//! end arrives on a socket, and submit the next; every question differs. A lifecycle counts when its
//! event has arrived and says `COMPLETED`; at the end the service itself is asked how many results it
//! keeps. One warm-up, then five measured runs: the median, with the least and the most.
//!
//! Before that the waits of jobs until they start, with 10 and 100 of them asked for a second in an open
//! loop, and after it what the service costs when it has nothing to do.
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

#[expect(dead_code, reason = "the other bench uses the rest")]
mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{
    Connection, Events, Service, asked, cpu_seconds, figure, memory_mib, quantile, upload, wait_of,
};
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
    support::run(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let lifecycles: u32 = asked.unwrap_or(10_000);
    let service = Service::start();
    upload(&service, POSTS).await;
    let waiting = Arc::new(Mutex::new(Waiting::default()));
    let mut listening = JoinSet::new();
    let events = Events::subscribe(&service).await;
    listening.spawn(listen(events, Arc::clone(&waiting)));

    run(&service, &waiting, lifecycles / 5, "warm").await;
    let (database, durability) = support::database();
    // Before the database has much to tidy up after.
    let mut waited = 0;
    for a_second in [10, 100] {
        waited += pick_up(&service, a_second, database).await;
    }
    let mut rates = Vec::new();
    let (cpu_before, mut done) = (cpu_seconds(service.process_id()), 0);
    for number in 0..RUNS {
        rates.push(run(&service, &waiting, lifecycles, &number.to_string()).await);
        done += lifecycles;
    }
    let cpu = cpu_seconds(service.process_id()) - cpu_before;
    let kept = kept_results(&service).await;
    let all = u64::from(done + lifecycles / 5) + waited;
    assert_eq!(kept, all, "every lifecycle left one result");

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
    idle(&service, database).await;
}

/// How long jobs wait until they start, when so many a second are asked for whether or not earlier ones
/// are answered; by the times that the service itself says. Answers how many jobs there were.
async fn pick_up(service: &Service, a_second: u32, database: &str) -> u64 {
    const SECONDS: u32 = 15;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / a_second);
    let mut asking = JoinSet::new();
    for number in 0..a_second * SECONDS {
        ticks.tick().await;
        let connection = Connection::open(service).await;
        asking.spawn(ask(connection, format!("at{a_second}w{number}")));
    }
    let jobs = asking.join_all().await;
    let mut connection = Connection::open(service).await;
    let mut waits = Vec::with_capacity(jobs.len());
    for id in jobs {
        waits.push(wait_of(&mut connection, &id).await);
    }
    waits.sort_by(f64::total_cmp);
    let detail = json!({ "p99": quantile(&waits, 0.99), "most": quantile(&waits, 1.0),
        "jobs": waits.len(), "resolution_ms": 1 });
    let name = format!("jobs_pick_up_{database}_at_{a_second}_a_second_p50");
    figure(&name, quantile(&waits, 0.5), "ms", &detail);
    waits.len() as u64
}

async fn idle(service: &Service, database: &str) {
    const SECONDS: u64 = 20;
    let before = cpu_seconds(service.process_id());
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let used = cpu_seconds(service.process_id()) - before;
    let detail = json!({ "seconds": SECONDS, "memory_mib": memory_mib(service.process_id()).round(),
        "after": "all of the above" });
    figure(&format!("jobs_idle_cpu_{database}"), used * 100.0 / 20.0, "% of a core", &detail);
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
    loop {
        let next = words.lock().await.recv().await;
        let Some(word) = next else { return };
        let id;
        (id, connection) = asked(connection, word).await;
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

async fn ask(connection: Connection, word: String) -> String {
    asked(connection, word).await.0
}

async fn kept_results(service: &Service) -> u64 {
    let mut connection = Connection::open(service).await;
    let answer = connection.graphql("{storageObjects(first:1){totalCount}}", json!({})).await;
    answer["storageObjects"]["totalCount"].as_u64().unwrap()
}
