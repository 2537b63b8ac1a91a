//! How quickly posts are collected: 100,000 of them from a platform on this machine, in pages of 100, by one job
//! of a service of its own, with everything that belongs to it: walked by time over the platform's 1,000 hits,
//! measured, kept, and every exchange noted.
//!
//! The limit is the same requests, one after the other as the service makes them, by a client that only reads
//! the bytes. The platform is Hacker News as far as its search goes; it answers from memory.
//!
//! `cargo bench --bench collect`, with the address of an empty database in `BENCH_POSTGRES` on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]

#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use bytestack::clock::Clock;
use serde_json::json;
use support::{Connection, Events, Service, figure};
use tokio::task::JoinSet;

const POSTS: i64 = 100_000;
const PAGE: i64 = 100;
/// What a search gives over all its pages.
const CEILING: i64 = 1_000;
/// Seconds between two posts: all of them are younger than a week.
const APART: i64 = 6;
const RUNS: usize = 5;

fn main() {
    support::run(measure());
}

async fn measure() {
    let platform = Platform::start().await;
    let (mut rates, mut peaks, mut costs, mut times) = (vec![], vec![], vec![], vec![]);
    // Runs on one database share what the platform allows.
    let runs = if support::postgres().is_some() { 2 } else { RUNS };
    for _ in 0..runs {
        let run = platform.collected().await;
        let limit = platform.fetched().await;
        rates.push(run.posts / run.seconds);
        times.push(run.seconds / limit);
        costs.push(run.cpu * 1e6 / run.posts);
        peaks.push(run.peak_mib);
    }
    report("rate", rates, "posts/s");
    report("times_the_limit", times, "times");
    report("cpu", costs, "us/post");
    report("peak", peaks, "MiB");
}

fn report(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let detail = json!({ "runs": values.len(), "least": values[0], "most": values[values.len() - 1],
        "posts": POSTS, "page": PAGE });
    figure(&format!("collect_{name}"), values[values.len() / 2], unit, &detail);
}

/// What one job took.
struct Run {
    posts: f64,
    seconds: f64,
    /// Of the service.
    cpu: f64,
    peak_mib: f64,
}

/// The platform, which remembers what it was asked.
struct Platform {
    base_url: String,
    asked: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

struct Held {
    /// As they are given, newest first.
    hits: Vec<String>,
    newest: i64,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Platform {
    async fn start() -> Self {
        let newest = Clock::system().now().timestamp() - 60;
        let hit = |number: i64| {
            json!({ "objectID": number.to_string(), "created_at_i": newest - number * APART,
                "author": format!("user{}", number % 5_000), "story_title": "On it",
                "comment_text": format!("We moved to Acme, number {number}, and <i>it works</i> for all of us."),
                "_tags": ["comment"] })
            .to_string()
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let hits = (0..POSTS).map(hit).collect();
        let held = Arc::new(Held { hits, newest, asked: Arc::clone(&asked) });
        let router = Router::new().route("/api/v1/search_by_date", get(search)).with_state(held);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { drop(axum::serve(listener, router).await) });
        Self { base_url, asked, _serving: serving }
    }

    async fn collected(&self) -> Run {
        self.asked.lock().unwrap().clear();
        let service = Service::start_with(&[
            ("BYTESTACK_HACKERNEWS_BASE_URL", &self.base_url),
            ("BYTESTACK_HACKERNEWS_MAX_DOCUMENTS", "1000000"),
        ]);
        let mut events = Events::subscribe(&service).await;
        let mut connection = Connection::open(&service).await;
        let process = service.process_id();
        let (cpu, began) = (support::cpu_seconds(process), Instant::now());
        let ask = "mutation{createQuery(input:{prompt:\"How many times was Acme mentioned in the last 7 days?\",\
                   sources:[\"hackernews\"]}){job{id}userErrors{message}}}";
        connection.graphql(ask, json!({})).await;
        let event = events.next().await.unwrap();
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(event["status"], "COMPLETED", "{event}");
        let cpu = support::cpu_seconds(process) - cpu;
        let look = "{storageObjects(first:1){nodes{json}}}";
        let answer = connection.graphql(look, json!({})).await;
        let result = &answer["storageObjects"]["nodes"][0]["json"];
        assert_eq!(result["result"]["total_mentions"], POSTS, "{}", result["coverage"]);
        assert_eq!(result["result"]["unique_users"], 5_000);
        let posts = f64::from(i32::try_from(POSTS).unwrap());
        Run { posts, seconds, cpu, peak_mib: support::peak_mib(process) }
    }

    /// The seconds that the same requests take alone.
    #[expect(clippy::disallowed_methods, reason = "what the service adds is not to be in it")]
    async fn fetched(&self) -> f64 {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        // The TLS library wants its provider named once, also where nothing is encrypted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let host = self.base_url.strip_suffix("/api/v1").unwrap();
        let began = Instant::now();
        for path in asked {
            let response = client.get(format!("{host}{path}")).send().await.unwrap();
            assert!(!response.bytes().await.unwrap().is_empty());
        }
        began.elapsed().as_secs_f64()
    }
}

async fn search(
    State(held): State<Arc<Held>>,
    Query(asked): Query<HashMap<String, String>>,
    uri: axum::http::Uri,
) -> impl IntoResponse {
    held.asked.lock().unwrap().push(uri.to_string());
    let filters = &asked["numericFilters"];
    let bound = |name: &str| -> i64 {
        let (_, after) = filters.split_once(name).unwrap();
        after.split(',').next().unwrap().parse().unwrap()
    };
    // Newest first: the number of a post says how old it is.
    let youngest = (held.newest - bound("<=") + APART - 1).div_euclid(APART).clamp(0, POSTS);
    let oldest = ((held.newest - bound(">=")).div_euclid(APART) + 1).clamp(youngest, POSTS);
    let (total, page) = (oldest - youngest, asked["page"].parse::<i64>().unwrap());
    let reachable = total.min(CEILING);
    let from = youngest + (page * PAGE).min(reachable);
    let to = youngest + ((page + 1) * PAGE).min(reachable);
    let at = |number: i64| usize::try_from(number).unwrap();
    let mut body = String::from("{\"hits\":[");
    body.push_str(&held.hits[at(from)..at(to)].join(","));
    let pages = (reachable + PAGE - 1) / PAGE;
    write!(body, "],\"nbHits\":{total},\"page\":{page},\"nbPages\":{pages},\"hitsPerPage\":{PAGE},\"exhaustiveNbHits\":true}}")
        .unwrap();
    ([(CONTENT_TYPE, "application/json")], body)
}
