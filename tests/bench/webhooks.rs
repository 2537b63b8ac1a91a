//! Webhooks to one receiver, and to a hundred of which some never answer.
//!
//! The service runs in a process of its own on its durable defaults; what asks and what receives is in this
//! process, on the same cores. A delivery counts when it has arrived, with its signature. Rates are from the first
//! call to the last arrival: those of jobs are bounded by how fast jobs are asked for and run, `called` is of tests
//! of the endpoint, which take one call each and nothing else. `drained` is of what was kept while the endpoint was
//! disabled, from the first arrival to the last. Latencies of an idle service are of an open loop: from the call of
//! a test to its arrival, and from the end of a job, as its event tells it in whole milliseconds, to the arrival.
//!
//! `cargo bench --bench webhooks`, with the address of an empty database in `BENCH_POSTGRES` on PostgreSQL, or with
//! another number of events than 5,000, in thousands: `cargo bench --bench webhooks -- 1000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytestack::clock::Clock;
use serde_json::{Value, json};
use support::sink::{Arrival, Sink};
use support::{Connection, Service, cpu_seconds, figure, quantile};
use tokio::task::JoinSet;

const RUNS: usize = 5;
/// Calls that are under way at once.
const CALLERS: usize = 16;
/// Four for each caller: none waits for a run before.
const QUERIES: usize = 64;
/// As many as the service sends again at one call.
const RECOVERED: usize = 1_000;
/// Of an idle service, one each 30 ms.
const SINGLE: usize = 200;
const PACE: Duration = Duration::from_millis(30);
const ENDPOINTS: usize = 100;
const HANGING: usize = 3;

const RUN: &str = "mutation($id:ID!){runQuery(input:{queryId:$id}){job{id}userErrors{message}}}";

/// Values of one figure, one a run.
type Runs = HashMap<&'static str, Vec<f64>>;

fn main() {
    support::run(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let messages: usize = asked.unwrap_or(5_000);
    let (service, sink) = (Service::start(), Sink::start());
    support::upload(&service, 1).await;
    let mut queries = Vec::new();
    for _ in 0..QUERIES {
        queries.push(query(&service).await);
    }
    let bench = Bench { service, sink, queries, messages };
    one_endpoint(&bench).await;
    many_endpoints(&bench).await;
}

struct Bench {
    service: Service,
    sink: Sink,
    /// Each run of one is a job; the runs of a query wait for one another.
    queries: Vec<String>,
    /// Events of a run at one endpoint; a hundredth of them where there are a hundred.
    messages: usize,
}

async fn one_endpoint(bench: &Bench) {
    let (endpoint, messages) = (bench.register("/ok").await, bench.messages);
    bench.run_jobs(messages / 5).await;
    bench.sink.have(messages / 5).await;
    let (mut rates, mut called, mut drained) = (Runs::new(), Runs::new(), Runs::new());
    for _ in 0..RUNS {
        let (cpu, began) = (bench.cpu(), Instant::now());
        bench.run_jobs(messages).await;
        let asked = count(messages) / began.elapsed().as_secs_f64();
        let arrived = bench.arrived(messages).await;
        let wall = last(&arrived).duration_since(began).as_secs_f64();
        push(&mut rates, "rate", count(messages) / wall);
        push(&mut rates, "asked", asked);
        push(&mut rates, "cpu", (bench.cpu() - cpu) * 1e6 / count(messages));
        one_call_each(bench, &endpoint, &mut called).await;
        drain(bench, &endpoint, &mut drained).await;
    }
    report("one_endpoint_called", &called, "rate", "1/s");
    report("one_endpoint_called_server_cpu", &called, "cpu", "us/call and delivery");
    report("one_endpoint", &rates, "rate", "1/s");
    report("one_endpoint_asked", &rates, "asked", "jobs/s");
    report("one_endpoint_server_cpu", &rates, "cpu", "us/job and delivery");
    report("one_endpoint_drained", &drained, "rate", "1/s");
    report("one_endpoint_drained_server_cpu", &drained, "cpu", "us/delivery");
    idle(bench, &endpoint).await;
    bench.delete(&[endpoint]).await;
}

/// Events that are made by one call each, and by nothing else.
async fn one_call_each(bench: &Bench, endpoint: &str, called: &mut Runs) {
    let (messages, cpu, began) = (bench.messages, bench.cpu(), Instant::now());
    bench.run_tests(endpoint, messages).await;
    let wall = last(&bench.arrived(messages).await).duration_since(began).as_secs_f64();
    push(called, "rate", count(messages) / wall);
    push(called, "cpu", (bench.cpu() - cpu) * 1e6 / count(messages));
}

/// What is skipped while an endpoint is disabled, sent again.
async fn drain(bench: &Bench, endpoint: &str, drained: &mut Runs) {
    let messages = bench.messages;
    let since = Clock::system().now().to_rfc3339();
    bench.update(endpoint, "state: DISABLED").await;
    bench.run_jobs(messages).await;
    bench.no_jobs_are_left().await;
    bench.update(endpoint, "state: ENABLED, force: true").await;
    let mut connection = Connection::open(&bench.service).await;
    let cpu = bench.cpu();
    for _ in 0..messages / RECOVERED {
        let call = format!(
            "mutation{{recoverDeliveries(input:{{webhookEndpointId:\"{endpoint}\",since:\"{since}\"}})\
             {{recovered userErrors{{message}}}}}}"
        );
        let recovered = connection.graphql(&call, json!({})).await;
        assert_eq!(recovered["recoverDeliveries"]["recovered"], RECOVERED, "{recovered}");
    }
    let arrived = bench.arrived(messages).await;
    let first = arrived.iter().map(|one| one.at).min().unwrap();
    let wall = last(&arrived).duration_since(first).as_secs_f64();
    push(drained, "rate", count(messages - 1) / wall);
    push(drained, "cpu", (bench.cpu() - cpu) * 1e6 / count(messages));
}

async fn idle(bench: &Bench, endpoint: &str) {
    let mut runs = Runs::new();
    for _ in 0..RUNS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut tests = tests(bench, endpoint).await;
        tests.sort_by(f64::total_cmp);
        push(&mut runs, "test_p50", quantile(&tests, 0.5));
        push(&mut runs, "test_p99", quantile(&tests, 0.99));
        let mut ends = ends(bench).await;
        ends.sort_by(f64::total_cmp);
        push(&mut runs, "end_p50", quantile(&ends, 0.5));
        push(&mut runs, "end_p99", quantile(&ends, 0.99));
    }
    for name in ["test_p50", "test_p99", "end_p50", "end_p99"] {
        report(&format!("idle_{name}"), &runs, name, "ms");
    }
}

fn test_call(endpoint: &str) -> String {
    format!(
        "mutation{{testWebhookEndpoint(input:{{webhookEndpointId:\"{endpoint}\"}})\
         {{userErrors{{message}}}}}}"
    )
}

/// How long tests of an endpoint take from their call to their arrival, in milliseconds. They are told apart by
/// their ids, which grow in the order of the calls.
async fn tests(bench: &Bench, endpoint: &str) -> Vec<f64> {
    let call = test_call(endpoint);
    let (mut ticks, mut calling) = (tokio::time::interval(PACE), JoinSet::new());
    let mut began = Vec::new();
    for _ in 0..SINGLE {
        ticks.tick().await;
        let (mut connection, call) = (Connection::open(&bench.service).await, call.clone());
        began.push(Instant::now());
        calling.spawn(async move { connection.graphql(&call, json!({})).await });
    }
    for answer in calling.join_all().await {
        assert_eq!(answer["testWebhookEndpoint"]["userErrors"], json!([]), "{answer}");
    }
    let mut arrived = bench.sink.have(SINGLE).await;
    arrived.sort_by(|one, other| one.event.cmp(&other.event));
    let taken = |(one, began): (&Arrival, &Instant)| millis(one.at.duration_since(*began));
    arrived.iter().zip(&began).map(taken).collect()
}

/// How long the ends of jobs are on their way, in milliseconds.
async fn ends(bench: &Bench) -> Vec<f64> {
    let mut ticks = tokio::time::interval(PACE);
    let mut asking = JoinSet::new();
    for number in 0..SINGLE {
        ticks.tick().await;
        let mut connection = Connection::open(&bench.service).await;
        let query = bench.queries[number % QUERIES].clone();
        asking.spawn(async move { connection.graphql(RUN, json!({ "id": query })).await });
    }
    asking.join_all().await;
    let arrived = bench.sink.have(SINGLE).await;
    let taken = |one: &Arrival| {
        let told: Value = serde_json::from_str(&one.body).unwrap();
        let ended: chrono::DateTime<chrono::Utc> =
            told["completed_at"].as_str().unwrap().parse().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of today fit")]
        let ended = ended.timestamp_millis() as f64;
        one.clock_ms - ended
    };
    arrived.iter().map(taken).collect()
}

/// The same events to many, with and without some that never answer, in turn.
async fn many_endpoints(bench: &Bench) {
    let mut runs: HashMap<bool, Runs> = HashMap::new();
    for run in 0..=RUNS {
        for has_hanging in [false, true] {
            let mut warm_up = Runs::new();
            let known = runs.entry(has_hanging).or_default();
            let runs = if run == 0 { &mut warm_up } else { known };
            one_round(bench, has_hanging, runs).await;
        }
    }
    for (has_hanging, name) in [(false, "97_endpoints"), (true, "100_endpoints_3_hanging")] {
        let runs = &runs[&has_hanging];
        report(name, runs, "rate", "healthy deliveries/s");
        report(&format!("{name}_p50"), runs, "p50", "ms");
        report(&format!("{name}_p99"), runs, "p99", "ms");
        report(&format!("{name}_server_cpu"), runs, "cpu", "us/healthy delivery");
    }
}

async fn one_round(bench: &Bench, has_hanging: bool, runs: &mut Runs) {
    let (messages, healthy) = (bench.messages / ENDPOINTS, ENDPOINTS - HANGING);
    let mut endpoints = Vec::new();
    for number in 0..ENDPOINTS {
        let hangs = number % ENDPOINTS.div_ceil(HANGING) == 0;
        if hangs && !has_hanging {
            continue;
        }
        let path = if hangs { "hang" } else { "ok" };
        endpoints.push(bench.register(&format!("/{path}/{number}")).await);
    }
    let (cpu, began) = (bench.cpu(), Instant::now());
    let made = bench.run_jobs(messages).await;
    let arrived = bench.arrived(messages * healthy).await;
    let wall = last(&arrived).duration_since(began).as_secs_f64();
    let taken = |one: &Arrival| {
        let told: Value = serde_json::from_str(&one.body).unwrap();
        millis(one.at.duration_since(made[told["job_id"].as_str().unwrap()]))
    };
    let mut taken: Vec<f64> = arrived.iter().map(taken).collect();
    taken.sort_by(f64::total_cmp);
    push(runs, "rate", count(arrived.len()) / wall);
    push(runs, "p50", quantile(&taken, 0.5));
    push(runs, "p99", quantile(&taken, 0.99));
    push(runs, "cpu", (bench.cpu() - cpu) * 1e6 / count(arrived.len()));
    bench.delete(&endpoints).await;
    bench.nothing_is_on_its_way().await;
}

impl Bench {
    fn cpu(&self) -> f64 {
        cpu_seconds(self.service.process_id())
    }

    async fn graphql(&self, text: &str) -> Value {
        Connection::open(&self.service).await.graphql(text, json!({})).await
    }

    /// Runs so many jobs; when each was asked for.
    async fn run_jobs(&self, jobs: usize) -> HashMap<String, Instant> {
        let queries = self.queries.clone();
        let variables = move |number: usize| json!({ "id": queries[number % QUERIES] });
        let asked = self.called(jobs, RUN.to_owned(), variables).await;
        let job = |(answer, began): (Value, Instant)| {
            let id = answer["runQuery"]["job"]["id"].as_str();
            (id.unwrap_or_else(|| panic!("{answer}")).to_owned(), began)
        };
        asked.into_iter().map(job).collect()
    }

    /// Sends so many tests to an endpoint, each asked for by a call of its own.
    async fn run_tests(&self, endpoint: &str, tests: usize) {
        for (answer, _) in self.called(tests, test_call(endpoint), |_| json!({})).await {
            assert_eq!(answer["testWebhookEndpoint"]["userErrors"], json!([]), "{answer}");
        }
    }

    /// Makes so many calls, a few at a time: what each was answered, and when it was made.
    async fn called(
        &self,
        calls: usize,
        text: String,
        variables: impl Fn(usize) -> Value + Clone + Send + 'static,
    ) -> Vec<(Value, Instant)> {
        let (next, mut callers) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
        for _ in 0..CALLERS {
            let mut connection = Connection::open(&self.service).await;
            let (next, text, variables) = (Arc::clone(&next), text.clone(), variables.clone());
            callers.spawn(async move {
                let mut answers = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= calls {
                        break answers;
                    }
                    let began = Instant::now();
                    answers.push((connection.graphql(&text, variables(number)).await, began));
                }
            });
        }
        callers.join_all().await.into_iter().flatten().collect()
    }

    /// What arrives, once all has, each once.
    async fn arrived(&self, wanted: usize) -> Vec<Arrival> {
        let arrived = self.sink.have(wanted).await;
        let distinct: HashSet<_> = arrived.iter().map(|one| (&one.path, &one.event)).collect();
        assert_eq!(distinct.len(), wanted, "none comes twice");
        arrived
    }

    /// Registers a receiver of the ends of jobs; its id.
    async fn register(&self, path: &str) -> String {
        let url = self.sink.url(path);
        let call = format!(
            "mutation{{createWebhookEndpoint(input:{{url:\"{url}\",events:[\"job.completed\"]}})\
             {{webhookEndpoint{{id}}userErrors{{message}}}}}}"
        );
        let made = self.graphql(&call).await;
        let id = made["createWebhookEndpoint"]["webhookEndpoint"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    async fn update(&self, endpoint: &str, change: &str) {
        let call = format!(
            "mutation{{updateWebhookEndpoint(input:{{webhookEndpointId:\"{endpoint}\",{change}}})\
             {{userErrors{{message}}}}}}"
        );
        let changed = self.graphql(&call).await;
        assert_eq!(changed["updateWebhookEndpoint"]["userErrors"], json!([]), "{changed}");
    }

    async fn delete(&self, endpoints: &[String]) {
        for endpoint in endpoints {
            let call = format!(
                "mutation{{deleteWebhookEndpoint(input:{{webhookEndpointId:\"{endpoint}\"}})\
                 {{userErrors{{message}}}}}}"
            );
            let deleted = self.graphql(&call).await;
            assert_eq!(deleted["deleteWebhookEndpoint"]["userErrors"], json!([]), "{deleted}");
        }
    }

    async fn no_jobs_are_left(&self) {
        let left = "{jobs(first:1,filter:{statuses:[QUEUED,RUNNING]}){totalCount}}";
        while self.graphql(left).await["jobs"]["totalCount"] != 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn nothing_is_on_its_way(&self) {
        let left = "{deliveries(first:1,filter:{statuses:[PENDING]}){totalCount}}";
        while self.graphql(left).await["deliveries"]["totalCount"] != 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn query(service: &Service) -> String {
    const ASK: &str = "mutation{createQuery(input:{prompt:\"How many times was acme mentioned since \
                       2026-01-01?\",sources:[\"dataset:posts\"],run:false}){query{id}userErrors{message}}}";
    let answer = Connection::open(service).await.graphql(ASK, json!({})).await;
    let id = answer["createQuery"]["query"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn last(arrived: &[Arrival]) -> Instant {
    arrived.iter().map(|one| one.at).max().unwrap()
}

fn push(runs: &mut Runs, name: &'static str, value: f64) {
    runs.entry(name).or_default().push(value);
}

fn report(name: &str, runs: &Runs, key: &str, unit: &str) {
    let mut values = runs[key].clone();
    values.sort_by(f64::total_cmp);
    let (database, durability) = support::database();
    let detail = json!({ "runs": values.len(), "least": values[0], "most": values[values.len() - 1],
        "callers": CALLERS, "database": durability });
    figure(&format!("webhooks_{name}_{database}"), quantile(&values, 0.5), unit, &detail);
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "far below what is lost")]
fn count(number: usize) -> f64 {
    number as f64
}
