//! How many results are downloaded in a second: of 2 KB, 100 KB and 10 MB, with a key, over connections that
//! are kept, and how that compares with nginx, which sends the same bytes from files and asks for no key.
//!
//! The service runs in a process of its own on its durable defaults; sixteen connections ask one after the other, on
//! the same cores, each time for another of many results, and a question a second is asked beside it. They are those
//! of `wrk` where it is installed, else of this process. The service and nginx take turns, run by run; `of_one` is of
//! one and the same result, which both have in the processor's caches. What is measured of a peer is the bytes that a
//! client gets, so results are asked for as they were stored, and once more as they are kept, packed with zstd. The
//! rows are written behind the service's back.
//!
//! `cargo bench --bench downloads`, with the address of an empty database in `BENCH_POSTGRES` on PostgreSQL.

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

use serde_json::json;
use support::nginx::Nginx;
use support::rows::{self, Rows};
use support::wrk::{self, Seen};
use support::{Connection, Service, figure, quantile};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(3);
const RUNS: usize = 5;
/// How many results there are of each size, in bytes.
const SIZES: [(&str, usize, usize); 3] =
    [("2kb", 2_000, 2_000), ("100kb", 100_000, 500), ("10mb", 10_000_000, 8)];

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
    let rows = Rows::of(&service).await;
    let mut first = 1;
    for (name, size, count) in SIZES {
        let keys = Arc::new(rows.add_results(&service, first, size, count).await);
        let files = (first..first + count)
            .zip(keys.iter())
            .map(|(number, key)| (key.clone(), rows::result(number, size)));
        let nginx = if wrk::is_there() { Nginx::start(files).await } else { None };
        first += count;
        let one = Arc::new(vec![keys[0].clone()]);
        against(&service, nginx.as_ref(), &keys, &format!("{name}_identity")).await;
        against(&service, nginx.as_ref(), &one, &format!("{name}_identity_of_one")).await;
        against(&service, None, &keys, &format!("{name}_zstd")).await;
    }
}

/// The service, and the peer where there is one, in turn.
async fn against(service: &Service, peer: Option<&Nginx>, keys: &Arc<Vec<String>>, name: &str) {
    let coding = if name.ends_with("zstd") { "zstd" } else { "identity" };
    load(service, keys, coding, WARM_UP).await;
    let (mut rates, mut volumes, mut p99, mut costs) = (vec![], vec![], vec![], vec![]);
    let (mut peers, mut ratios) = (vec![], vec![]);
    for run in 0..RUNS {
        let process = service.process_id();
        let (cpu, began) = (support::cpu_seconds(process), Instant::now());
        let mut beside = JoinSet::new();
        beside.spawn(ask_beside(Connection::open(service).await, format!("{name}x{run}")));
        let seen = load(service, keys, coding, MEASURED).await;
        let wall = began.elapsed().as_secs_f64();
        drop(beside);
        costs.push((support::cpu_seconds(process) - cpu) * 1e6 / (seen.per_second * wall));
        rates.push(seen.per_second);
        volumes.push(seen.bytes_per_second / 1e9);
        p99.push(seen.p99_ms);
        if let Some(nginx) = peer {
            let paths: Vec<String> = keys.iter().map(|key| format!("/{key}")).collect();
            let asked = wrk::get(nginx.address, &paths, &[], CONNECTIONS, MEASURED.as_secs());
            peers.push(asked.await.per_second);
            ratios.push(seen.per_second / peers[run]);
        }
    }
    report(&format!("{name}_rate"), rates, "1/s");
    report(&format!("{name}_volume"), volumes, "GB/s");
    report(&format!("{name}_p99"), p99, "ms");
    report(&format!("{name}_server_cpu"), costs, "us/request");
    if peer.is_some() {
        report(&format!("{name}_nginx_rate"), peers, "1/s");
        report(&format!("{name}_of_nginx"), ratios, "times nginx");
    }
}

/// With the peers' load generator, or with our own where that is not installed.
async fn load(service: &Service, keys: &Arc<Vec<String>>, coding: &str, lasts: Duration) -> Seen {
    if wrk::is_there() {
        let paths: Vec<String> = keys.iter().map(|key| format!("/v1/storage/{key}")).collect();
        let bearer = format!("Bearer {}", service.key());
        let headers = [("authorization", bearer.as_str()), ("accept-encoding", coding)];
        return wrk::get(service.address(), &paths, &headers, CONNECTIONS, lasts.as_secs()).await;
    }
    let began = Instant::now();
    let (bytes, mut waits) = for_a_while(service, keys, coding, lasts).await;
    let wall = began.elapsed().as_secs_f64();
    waits.sort_by(f64::total_cmp);
    Seen {
        per_second: count(waits.len()) / wall,
        bytes_per_second: count(bytes) / wall,
        p99_ms: quantile(&waits, 0.99),
    }
}

/// Downloads on all connections for so long: how many bytes, and how long each took, in milliseconds.
async fn for_a_while(
    service: &Service,
    keys: &Arc<Vec<String>>,
    coding: &str,
    lasts: Duration,
) -> (usize, Vec<f64>) {
    let (next, until) = (Arc::new(AtomicUsize::new(0)), Instant::now() + lasts);
    let mut asking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut client = Client::open(service, coding).await;
        let (keys, next) = (Arc::clone(keys), Arc::clone(&next));
        asking.spawn(async move {
            let (mut bytes, mut waits) = (0, Vec::new());
            while Instant::now() < until {
                let at = next.fetch_add(1, Ordering::Relaxed) % keys.len();
                let began = Instant::now();
                bytes += client.download(&keys[at]).await;
                waits.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
            (bytes, waits)
        });
    }
    let done = asking.join_all().await;
    let bytes = done.iter().map(|(bytes, _)| bytes).sum();
    (bytes, done.into_iter().flat_map(|(_, waits)| waits).collect())
}

/// A kept connection that looks at no more of an answer than it must.
struct Client {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(service: &Service, coding: &str) -> Self {
        let stream = TcpStream::connect(service.address()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!(
            "HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\naccept-encoding: {coding}\r\n\r\n",
            service.address(),
            service.key()
        );
        Self { stream, head, buffer: vec![0; 256 * 1024] }
    }

    /// How many bytes the body of the answer has.
    async fn download(&mut self, key: &str) -> usize {
        let request = format!("GET /v1/storage/{key} {}", self.head);
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        let (body, length) = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.unwrap();
            assert!(read > 0, "the connection ended");
            filled += read;
            if let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&self.buffer[..end]).unwrap();
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                break (end + 4, length.expect("a length").parse::<usize>().unwrap());
            }
        };
        let mut left = length - (filled - body);
        while left > 0 {
            let read = self.stream.read(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection ended");
            left -= read;
        }
        length
    }
}

/// One write a second.
async fn ask_beside(mut connection: Connection, word: String) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for number in 0.. {
        ticks.tick().await;
        (_, connection) = support::asked(connection, format!("{word}x{number}")).await;
    }
}

fn report(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let (database, durability) = support::database();
    let detail = json!({ "runs": RUNS, "least": values[0], "most": values[RUNS - 1],
        "connections": CONNECTIONS, "database": durability,
        "client": if wrk::is_there() { "wrk" } else { "this process" } });
    figure(&format!("downloads_{name}_{database}"), values[RUNS / 2], unit, &detail);
}

#[expect(clippy::cast_precision_loss, reason = "far below what is lost")]
fn count(number: usize) -> f64 {
    number as f64
}
