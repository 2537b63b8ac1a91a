//! Receivers that mean harm: each costs one attempt at a time, which ends, and the others get what is theirs
//! while it lasts.

use super::*;
use crate::support::hostile::{Hostile, Malice};

const JOBS: usize = 8;
/// Long enough for everybody else to get everything meanwhile.
const TIMEOUT: Duration = Duration::from_secs(4);
/// What the buffers of two sockets may have taken in, generously; the floods here are a thousand times as much.
const BUFFERS: u64 = 32 << 20;
const TEN_GB: u64 = 10_000_000_000;

/// A service that tries nothing twice while a test lasts, and few at once where nothing is known of the receiver.
async fn service(timeout: Duration) -> TestApp {
    let gate = GateOptions { at_once_in_doubt: 2, failures: 2, ..GateOptions::default() };
    let mut options = options(gate);
    options.work.webhooks.timeout = timeout;
    options.work.webhooks.backoff = Backoff::new(vec![Duration::from_hours(1)]);
    TestApp::with_posts(options).await
}

/// Ends so many jobs in a workspace with this receiver and a healthy one, which gets all that is its own;
/// answers the service and the other's id.
async fn beside_a_healthy_one(hostile: &Hostile, timeout: Duration) -> (TestApp, Value) {
    let (app, mut healthy) = (service(timeout).await, Receiver::answering(&[]).await);
    let (id, _) = app.register(for_ends(&hostile.url())).await;
    app.register(for_ends(&healthy.url("/"))).await;
    for _ in 0..JOBS {
        app.ask(question()).await;
    }
    for _ in 0..JOBS {
        healthy.next().await;
    }
    (app, id)
}

/// All attempts that ended, of an endpoint.
fn attempts(endpoint: &Value) -> Vec<&Value> {
    let nodes = endpoint["deliveries"]["nodes"].as_array().unwrap().iter();
    nodes.flat_map(|node| node["attempts"].as_array().unwrap()).collect()
}

async fn first_attempt(app: &TestApp, id: &Value) -> Value {
    let found = until(app, id, |found| !attempts(found).is_empty()).await;
    attempts(&found)[0].clone()
}

/// Attempts are held until their time is over, a few at a time and nobody else's.
async fn holds_only_its_own(malice: Malice, timeout: Duration, status: Value, words: &str) {
    let hostile = Hostile::new(malice).await;
    let (app, id) = beside_a_healthy_one(&hostile, timeout).await;
    hostile.holds(2).await;
    let found = endpoint(&app, &id).await;
    assert!(attempts(&found).is_empty(), "the others waited for none of these: {found:#}");
    assert_eq!(hostile.begun(), 2, "so few at once");
    let attempt = first_attempt(&app, &id).await;
    assert_eq!(attempt["statusCode"], status);
    assert_eq!(attempt["error"], words.replace("ADDRESS", &hostile.address.to_string()));
    hostile.is_left().await;
    app.stop().await;
}

/// Attempts end at once, whatever is pushed at them.
async fn is_cut_off(malice: Malice, status: Value, words: &str) {
    let hostile = Hostile::new(malice).await;
    let (app, id) = beside_a_healthy_one(&hostile, TIMEOUT).await;
    let attempt = first_attempt(&app, &id).await;
    assert_eq!(attempt["statusCode"], status);
    assert_eq!(attempt["error"], words.replace("ADDRESS", &hostile.address.to_string()));
    assert!(attempt["durationMs"].as_u64().unwrap() < 4_000, "{attempt}");
    hostile.is_left().await;
    let pushed = hostile.most_pushed();
    assert!(pushed < BUFFERS, "{pushed} bytes were taken");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_in_drops() {
    let words = "TIMEOUT: no whole answer within 4 s";
    holds_only_its_own(Malice::HeadInDrops, TIMEOUT, Value::Null, words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_drops() {
    let words = "TIMEOUT: the answer began with HTTP 200 and did not end within 4 s";
    holds_only_its_own(Malice::BodyInDrops, TIMEOUT, json!(200), words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_on_tls_that_is_never_reached() {
    let words =
        "CONNECT_FAILED: ADDRESS does not accept connections, or does not agree on TLS, in time";
    let usual = WebhookOptions::default().timeout;
    holds_only_its_own(Malice::NoHandshake, usual, Value::Null, words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_ten_gigabytes() {
    let words = "HTTP_500: only an answer of 200 to 299 acknowledges";
    is_cut_off(Malice::Flood(500, TEN_GB), json!(500), words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_that_becomes_a_thousand_times_as_much() {
    let words = "HTTP_500: only an answer of 200 to 299 acknowledges";
    is_cut_off(Malice::Bomb(500), json!(500), words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gzip_that_becomes_nothing() {
    let words = "CONNECTION_BROKEN: the answer of ADDRESS ended before it was whole, or is damaged";
    is_cut_off(Malice::HollowGzip(500), Value::Null, words).await;
}

/// What it says is long, but it is a yes.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_acknowledges_and_is_not_read_to_its_end() {
    let hostile = Hostile::new(Malice::Flood(200, TEN_GB)).await;
    let (app, id) = beside_a_healthy_one(&hostile, TIMEOUT).await;
    app.running().idle().await.unwrap();
    let found = endpoint(&app, &id).await;
    assert_eq!(statuses(&found), ["SUCCEEDED"; JOBS]);
    hostile.is_left().await;
    assert!(hostile.most_pushed() < BUFFERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_without_end() {
    let hostile = Hostile::new(Malice::Redirects).await;
    let (app, id) = beside_a_healthy_one(&hostile, TIMEOUT).await;
    let ended = until(&app, &id, |found| attempts(found).len() == JOBS).await;
    for attempt in attempts(&ended) {
        assert_eq!(attempt["statusCode"], 307);
        let words = "HTTP_307: redirects are not followed; use the final address";
        assert_eq!(attempt["error"], words);
    }
    assert_eq!(hostile.begun(), JOBS, "each was asked once, and followed nowhere");
    app.stop().await;
}
