//! What an operator's machines see: whether a process is ready, its numbers, its log, and its end.

mod exposition;
mod logs;
mod stopping;
mod traces;

use std::time::{Duration, Instant};

use bytestack::app::WorkOptions;
use bytestack::deliveries::{Backoff, WebhookOptions};
use bytestack::queue::QueueOptions;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Reply};
use crate::support::upstream::{self, Upstream};
use crate::support::{Answer, TestApp, TestOptions, question, with, without_worker};
use exposition::Exposition;

/// Every metric that the README names, with its type.
const METRICS: &[(&str, &str)] = &[
    ("bytestack_build_info", "gauge"),
    ("bytestack_database_batch_commands", "histogram"),
    ("bytestack_database_clock_ahead_seconds", "gauge"),
    ("bytestack_database_commit_failures_total", "counter"),
    ("bytestack_database_commit_seconds", "histogram"),
    ("bytestack_database_connections", "gauge"),
    ("bytestack_database_reconnects_total", "counter"),
    ("bytestack_database_statements_total", "counter"),
    ("bytestack_database_timeouts_total", "counter"),
    ("bytestack_database_up", "gauge"),
    ("bytestack_delivery_attempts_total", "counter"),
    ("bytestack_jobs_ended_total", "counter"),
    ("bytestack_jobs_left_out_total", "counter"),
    ("bytestack_llm_labels_total", "counter"),
    ("bytestack_llm_readings_total", "counter"),
    ("bytestack_llm_summaries_total", "counter"),
    ("bytestack_llm_tokens_total", "counter"),
    ("bytestack_queue_claim_failures_total", "counter"),
    ("bytestack_queue_claimed_total", "counter"),
    ("bytestack_queue_given_back_total", "counter"),
    ("bytestack_queue_heartbeat_failures_total", "counter"),
    ("bytestack_queue_lateness_seconds", "histogram"),
    ("bytestack_queue_leases_lost_total", "counter"),
    ("bytestack_queue_oldest_due_seconds", "gauge"),
    ("bytestack_queue_read_seconds", "gauge"),
    ("bytestack_queue_retries_total", "counter"),
    ("bytestack_queue_run_seconds", "histogram"),
    ("bytestack_queue_running", "gauge"),
    ("bytestack_queue_tasks", "gauge"),
    ("bytestack_sockets_open", "gauge"),
    ("bytestack_sweep_failures_total", "counter"),
    ("bytestack_sweep_files_removed_total", "counter"),
];

async fn open(app: &TestApp, path: &str) -> Answer {
    Answer::of(app.request(Method::GET, path)).await
}

async fn metrics(app: &TestApp) -> Exposition {
    let answer = open(app, "/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
    Exposition::parse(std::str::from_utf8(&answer.bytes).unwrap())
}

/// The numbers once what the database has is read anew.
async fn fresh_metrics(app: &TestApp) -> Exposition {
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    metrics(app).await
}

/// A service that may reach an address, and hardly waits between attempts.
async fn service(receiver: &Receiver) -> TestApp {
    let webhooks = WebhookOptions {
        gate: crate::webhooks::patient_gate(),
        timeout: Duration::from_millis(400),
        backoff: Backoff::new(vec![Duration::from_millis(5)]),
    };
    let queue = QueueOptions { poll_every: Duration::from_millis(10), ..QueueOptions::default() };
    let work = WorkOptions { queue, webhooks, ..WorkOptions::default() };
    TestApp::with_posts(TestOptions { work, ..TestOptions::reaching(receiver) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_are_those_that_are_documented() {
    let app = TestApp::start().await;
    let exposition = metrics(&app).await;
    let types: Vec<(&str, &str)> = exposition.types().collect();
    assert_eq!(types, METRICS);
    let readme = include_str!("../../README.md");
    let missing = METRICS.iter().filter(|(name, _)| !readme.contains(&format!("`{name}`")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "not in the README");
    let version = format!("bytestack_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert!((exposition.value(&version) - 1.0).abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_move_when_a_job_runs_and_its_webhook_fails_once() {
    let mut receiver = Receiver::answering(&[Reply::Status(500)]).await;
    let app = service(&receiver).await;
    let before = metrics(&app).await;
    let asked = app.ask(with(question(), json!({ "webhookUrl": receiver.url("/") }))).await;
    let mut socket = app.socket().await;
    socket.subscribe("all", "subscription { jobCompleted { seq } }", json!({})).await;
    app.ended(&asked).await;
    for _ in 0..2 {
        receiver.next().await;
    }
    app.running().idle().await.unwrap();
    let after = fresh_metrics(&app).await;
    let moved = |series: &str| after.value(series) - before.value(series);
    for (series, by) in [
        ("bytestack_queue_claimed_total{kind=\"job\"}", 1.0),
        ("bytestack_queue_claimed_total{kind=\"webhook\"}", 2.0),
        ("bytestack_queue_retries_total{kind=\"webhook\"}", 1.0),
        ("bytestack_queue_retries_total{kind=\"job\"}", 0.0),
        ("bytestack_queue_leases_lost_total{kind=\"job\"}", 0.0),
        ("bytestack_queue_lateness_seconds_count{kind=\"job\"}", 1.0),
        ("bytestack_queue_lateness_seconds_count{kind=\"webhook\"}", 1.0),
        ("bytestack_queue_run_seconds_count{kind=\"job\"}", 1.0),
        ("bytestack_queue_run_seconds_count{kind=\"webhook\"}", 2.0),
        ("bytestack_jobs_ended_total{status=\"completed\"}", 1.0),
        ("bytestack_jobs_ended_total{status=\"failed\"}", 0.0),
        ("bytestack_delivery_attempts_total{outcome=\"retried\"}", 1.0),
        ("bytestack_delivery_attempts_total{outcome=\"succeeded\"}", 1.0),
        ("bytestack_delivery_attempts_total{outcome=\"failed\"}", 0.0),
    ] {
        assert!((moved(series) - by).abs() < f64::EPSILON, "{series} moved by {}", moved(series));
    }
    assert!(moved("bytestack_database_commit_seconds_count") >= 4.0, "each step is committed");
    assert!(moved("bytestack_database_batch_commands_sum") >= 4.0);
    assert!((after.value("bytestack_sockets_open") - 1.0).abs() < f64::EPSILON);
    assert!((after.value("bytestack_database_up") - 1.0).abs() < f64::EPSILON);
    let open = |state| {
        after.value(&format!("bytestack_database_connections{{pool=\"writer\",state=\"{state}\"}}"))
    };
    assert!((open("idle") + open("in_use") - 1.0).abs() < f64::EPSILON, "one connection writes");
    drop(socket);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_source_fails_for_now_is_counted_as_retried() {
    let feeds = Upstream::start(|_| upstream::Reply::status(503, &[], "later")).await;
    let settings = [("ALLOW_PRIVATE", feeds.address.to_string())].into();
    let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
    let source = format!("rss:{}", feeds.url("/feed"));
    app.ask(json!({ "prompt": "How many times was Acme mentioned?", "sources": [source] })).await;
    let retried = "bytestack_queue_retries_total{kind=\"job\"}";
    let begin = Instant::now();
    let exposition = loop {
        let exposition = metrics(&app).await;
        if exposition.value(retried) >= 1.0 {
            break exposition;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "it is never retried");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(exposition.value("bytestack_queue_claimed_total{kind=\"job\"}") >= 1.0);
    assert!(exposition.value("bytestack_queue_lateness_seconds_count{kind=\"job\"}") >= 1.0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_shown_with_its_age_and_what_is_cancelled_counts_as_ended() {
    let app = TestApp::with_posts(without_worker()).await;
    let asked = app.ask(question()).await;
    app.clock.advance(90_000);
    let tasks = |state| {
        format!("bytestack_queue_tasks{{kind=\"job\",priority=\"high\",state=\"{state}\"}}")
    };
    let oldest = "bytestack_queue_oldest_due_seconds{kind=\"job\",priority=\"high\"}";
    let waiting = metrics(&app).await;
    assert!((waiting.value(&tasks("due")) - 1.0).abs() < f64::EPSILON);
    assert!((waiting.value(oldest) - 90.0).abs() < 0.01, "{}", waiting.value(oldest));
    assert!(
        waiting
            .value("bytestack_queue_tasks{kind=\"webhook\",priority=\"low\",state=\"due\"}")
            .abs()
            < f64::EPSILON
    );

    let cancel = "mutation ($id: ID!) { cancelJob(input: {jobId: $id}) { userErrors { code } } }";
    let cancelled = app.graphql(cancel, json!({ "id": asked["job"]["id"] })).await;
    assert_eq!(cancelled["cancelJob"]["userErrors"], json!([]), "{cancelled:#}");
    let after = fresh_metrics(&app).await;
    assert!(after.value(&tasks("due")).abs() < f64::EPSILON);
    assert!(after.value(oldest).abs() < f64::EPSILON);
    assert!(
        (after.value("bytestack_jobs_ended_total{status=\"cancelled\"}") - 1.0).abs()
            < f64::EPSILON
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_while_the_blobs_cannot_be_written() {
    let app = TestApp::start().await;
    let ready = open(&app, "/readyz").await;
    assert_eq!((ready.status, ready.bytes.as_slice()), (StatusCode::OK, &b"ready\n"[..]));
    let (blobs, aside) = (app.data_dir().join("blobs"), app.data_dir().join("elsewhere"));
    std::fs::rename(&blobs, &aside).unwrap();
    let parts = not_ready(&app).await;
    assert_eq!((&parts["database"], &parts["schema"]), (&json!("ok"), &json!("ok")));
    assert!(parts["blobs"].as_str().unwrap().contains("cannot be written"), "{parts}");
    assert_eq!(open(&app, "/healthz").await.status, StatusCode::OK, "it lives all the same");
    std::fs::rename(&aside, &blobs).unwrap();
    assert_eq!(open(&app, "/readyz").await.status, StatusCode::OK);
    assert_eq!(std::fs::read_dir(blobs.join("aside")).unwrap().count(), 0, "no probe is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_on_the_schema_of_another_version() {
    let app = TestApp::with(without_worker()).await;
    let database = Database::connect(app.database_url()).await.unwrap();
    let newest = "(SELECT max(version) FROM seaql_migrations)";
    for (change, undo, says) in [
        (
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)"
                .to_owned(),
            "DELETE FROM seaql_migrations WHERE version = 'm9999_later'".to_owned(),
            "newer",
        ),
        (
            format!(
                "UPDATE seaql_migrations SET version = '~' || version WHERE version = {newest}"
            ),
            "UPDATE seaql_migrations SET version = substr(version, 2) WHERE version LIKE '~%'"
                .to_owned(),
            "bytestack migrate",
        ),
    ] {
        database.execute_unprepared(&change).await.unwrap();
        let parts = not_ready(&app).await;
        assert_eq!((&parts["database"], &parts["blobs"]), (&json!("ok"), &json!("ok")));
        assert!(parts["schema"].as_str().unwrap().contains(says), "{parts}");
        database.execute_unprepared(&undo).await.unwrap();
        assert_eq!(open(&app, "/readyz").await.status, StatusCode::OK);
    }
    database.close().await.unwrap();
}

/// What each part says; the answer must be a 503.
async fn not_ready(app: &TestApp) -> Value {
    let answer = open(app, "/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["status"]), (&json!("NOT_READY"), &json!(503)));
    problem["parts"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_of_any_role_answers_without_a_key() {
    for roles in ["worker", "scheduler", "api"] {
        let settings = [("ROLES", roles.to_owned())].into();
        let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(open(&app, path).await.status, StatusCode::OK, "{roles} {path}");
        }
    }
}
