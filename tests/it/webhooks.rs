//! A query's webhook gets the end of each of its jobs: signed both ways, tried again until it is
//! acknowledged, the same bytes under the same id each time.

use std::time::Duration;

use bytestack::app::WorkOptions;
use bytestack::clock::Clock;
use bytestack::deliveries::{Backoff, GateOptions, WebhookOptions};
use bytestack::queue::QueueOptions;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use standardwebhooks::Webhook;
use tempfile::tempdir;

use crate::support::process::Server;
use crate::support::receiver::{Received, Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::{TestApp, TestClock, TestOptions, question, with};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const DELIVERIES: &str =
    "query ($job: ID!) { job(id: $job) { deliveries(first: 9) { totalCount nodes {
    id kind target status nextAttemptAt completedAt event { id payload } job { id }
    attempts { number at durationMs statusCode error responseExcerpt } } } } }";

/// A service that may reach the receiver, gives it little time, and hardly waits between attempts.
async fn service(receiver: &Receiver) -> TestApp {
    TestApp::with_posts(sending_to(receiver)).await
}

/// Nobody is left alone for long.
pub fn patient_gate() -> GateOptions {
    let moment = Duration::from_millis(5);
    GateOptions {
        closed_for: moment,
        closed_at_most: moment,
        busy_for: moment,
        ..GateOptions::default()
    }
}

fn sending_to(receiver: &Receiver) -> TestOptions {
    let webhooks = WebhookOptions {
        timeout: Duration::from_millis(400),
        backoff: Backoff::new(vec![Duration::from_millis(5)]),
        gate: patient_gate(),
    };
    let queue = QueueOptions { poll_every: Duration::from_millis(10), ..QueueOptions::default() };
    let work = WorkOptions { queue, webhooks, ..WorkOptions::default() };
    let mut options = TestOptions { work, ..TestOptions::reaching(receiver) };
    // The library of the standard refuses what is older than five minutes.
    options.clock = TestClock::at(&Clock::system().now().to_rfc3339());
    options.settings.insert("WEBHOOK_SECRET", SECRET.to_owned());
    options
}

/// A service that sends nothing, and three jobs whose ends are to be announced, each on a path of its own.
async fn three_unsent(receiver: &Receiver) -> (TestApp, Rows) {
    let mut options = sending_to(receiver);
    options.settings.insert("ROLES", "api".to_owned());
    let app = TestApp::with_posts(options).await;
    for path in ["/0", "/1", "/2"] {
        let asked = app.ask(announced_to(&receiver.url(path))).await;
        let cancel = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { job { status } } }";
        app.graphql(cancel, json!({ "id": asked["job"]["id"] })).await;
    }
    let rows = Rows::at(&app.database_url()).await;
    (app, rows)
}

async fn paths_of(receiver: &mut Receiver, count: usize) -> Vec<String> {
    let mut paths = Vec::with_capacity(count);
    for _ in 0..count {
        paths.push(receiver.next().await.path);
    }
    paths.sort();
    paths
}

fn announced_to(url: &str) -> Value {
    with(question(), json!({ "webhookUrl": url }))
}

async fn deliveries(app: &TestApp, job: &Value) -> Vec<Value> {
    let data = app.graphql(DELIVERIES, json!({ "job": job })).await;
    let found = &data["job"]["deliveries"];
    let nodes = found["nodes"].as_array().unwrap().clone();
    assert_eq!(found["totalCount"], nodes.len());
    nodes
}

/// Checks both signatures as a receiver would.
fn verify(received: &Received) {
    let webhook = Webhook::new(SECRET).unwrap();
    webhook.verify(&received.body, &received.headers).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&received.body);
    let hex = hex::encode(mac.finalize().into_bytes());
    assert_eq!(received.header("x-bytestack-signature"), format!("sha256={hex}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_job_is_announced_signed_both_ways() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service(&receiver).await;
    let asked = app.ask(announced_to(&receiver.url("/hooks?team=a"))).await;
    let received = receiver.next().await;
    let ended = app.ended(&asked).await;
    app.running().idle().await.unwrap();

    verify(&received);
    assert_eq!(received.path, "/hooks?team=a");
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("ByteStack/"));
    assert_eq!(received.header("x-bytestack-attempt"), "1");
    let now = app.clock.clock().now().timestamp().to_string();
    assert_eq!(received.header("webhook-timestamp"), now);

    let body: Value = serde_json::from_slice(&received.body).unwrap();
    let (query, job) = (&asked["query"]["id"], &asked["job"]["id"]);
    let at = &ended["completedAt"];
    let url =
        format!("http://{}/v1/storage/{}", app.address, ended["storageKey"].as_str().unwrap());
    let expected = json!({
        "event": "job.completed", "id": received.header("webhook-id"), "seq": 1, "query_id": query,
        "job_id": job, "run_id": job, "status": "completed", "completed_at": at, "timestamp": at,
        "result_url": url, "storage_key": ended["storageKey"],
    });
    assert_eq!(body, expected);
    let path = url.strip_prefix(&format!("http://{}", app.address)).unwrap();
    assert_eq!(app.get(path).await.json()["job_id"], *job, "its address leads to the result");

    let [delivery] = deliveries(&app, job).await.try_into().unwrap();
    assert_eq!(delivery["status"], "SUCCEEDED");
    assert_eq!(delivery["kind"], "WEBHOOK");
    assert_eq!(delivery["target"], receiver.url("/hooks?team=a"));
    assert_eq!(delivery["event"]["payload"], body);
    assert_eq!(delivery["nextAttemptAt"], Value::Null);
    let [attempt] = delivery["attempts"].as_array().unwrap().as_slice() else { panic!("one") };
    assert_eq!(attempt["statusCode"], 200);
    assert_eq!(attempt["error"], Value::Null);
    assert_eq!(attempt["responseExcerpt"], "seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_then_hangs_then_answers_gets_the_same_bytes_each_time() {
    let mut receiver = Receiver::answering(&[Reply::Status(500), Reply::Hang]).await;
    let app = service(&receiver).await;
    let asked = app.ask(announced_to(&receiver.url("/"))).await;
    let mut arrived = Vec::new();
    for _ in 0..3 {
        arrived.push(receiver.next().await);
    }
    app.running().idle().await.unwrap();
    assert!(receiver.rest().is_empty(), "an acknowledged delivery is not sent again");

    for (index, received) in arrived.iter().enumerate() {
        verify(received);
        assert_eq!(received.header("webhook-id"), arrived[0].header("webhook-id"));
        assert_eq!(received.body, arrived[0].body);
        assert_eq!(received.header("x-bytestack-attempt"), (index + 1).to_string());
    }
    let [delivery] = deliveries(&app, &asked["job"]["id"]).await.try_into().unwrap();
    assert_eq!(delivery["status"], "SUCCEEDED");
    let attempts = delivery["attempts"].as_array().unwrap();
    let seen: Vec<(&Value, &Value)> =
        attempts.iter().map(|attempt| (&attempt["number"], &attempt["statusCode"])).collect();
    assert_eq!(json!(seen), json!([[1, 500], [2, null], [3, 200]]));
    assert!(attempts[0]["error"].as_str().unwrap().starts_with("HTTP_500"));
    assert!(attempts[1]["error"].as_str().unwrap().starts_with("TIMEOUT"));
    assert!(attempts[1]["durationMs"].as_u64().unwrap() >= 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_failure_is_an_attempt_with_its_reason() {
    let replies =
        [Reply::Drip, Reply::Redirect("http://127.0.0.1:9/elsewhere"), Reply::Status(404)];
    let receiver = Receiver::answering(&replies).await;
    let app = service(&receiver).await;
    let asked = app.ask(announced_to(&receiver.url("/"))).await;
    app.ended(&asked).await;
    app.running().idle().await.unwrap();
    let [delivery] = deliveries(&app, &asked["job"]["id"]).await.try_into().unwrap();
    let attempts = delivery["attempts"].as_array().unwrap();
    let reasons: Vec<&str> = attempts
        .iter()
        .map(|attempt| attempt["error"].as_str().unwrap_or_default().split(':').next().unwrap())
        .collect();
    assert_eq!(reasons, ["TIMEOUT", "HTTP_307", "HTTP_404", ""], "{attempts:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_left_alone_and_one_that_never_answers_is_given_up() {
    let mut gone = Receiver::answering(&[Reply::Status(410)]).await;
    let app = service(&gone).await;
    let asked = app.ask(announced_to(&gone.url("/"))).await;
    gone.next().await;
    app.running().idle().await.unwrap();
    let [delivery] = deliveries(&app, &asked["job"]["id"]).await.try_into().unwrap();
    assert_eq!(delivery["status"], "FAILED");
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1);
    assert!(gone.rest().is_empty());

    let mut broken = Receiver::answering(&[Reply::Status(503); 20]).await;
    let app = service(&broken).await;
    let asked = app.ask(announced_to(&broken.url("/"))).await;
    app.ended(&asked).await;
    app.running().idle().await.unwrap();
    let [delivery] = deliveries(&app, &asked["job"]["id"]).await.try_into().unwrap();
    assert_eq!(delivery["status"], "FAILED");
    assert_ne!(delivery["completedAt"], Value::Null);
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 10);
    assert_eq!(broken.rest().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_receiver_asks_for_time_its_delivery_is_pending_and_others_go_out() {
    let mut receiver = Receiver::answering(&[Reply::After(429, 3_600)]).await;
    let app = service(&receiver).await;
    let first = app.ask(announced_to(&receiver.url("/first"))).await;
    assert_eq!(receiver.next().await.path, "/first");
    app.ask(announced_to(&receiver.url("/second"))).await;
    assert_eq!(receiver.next().await.path, "/second");

    let mut settled = app.running().watch_settled();
    while app.running().unfinished_tasks().await.unwrap().len() > 1
        || deliveries(&app, &first["job"]["id"]).await[0]["attempts"] == json!([])
    {
        settled.changed().await.unwrap();
    }
    let filter = "query ($query: ID!) { deliveries(first: 9, filter: {queryId: $query, statuses: [PENDING]}) {
        totalCount nodes { nextAttemptAt attempts { at } } } }";
    let found = app.graphql(filter, json!({ "query": first["query"]["id"] })).await;
    let pending = &found["deliveries"]["nodes"][0];
    let instant = |text: &Value| text.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>();
    let waits = instant(&pending["nextAttemptAt"]).unwrap()
        - instant(&pending["attempts"][0]["at"]).unwrap();
    assert!((3_600..=3_965).contains(&waits.num_seconds()), "{waits}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_announced_as_well() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service(&receiver).await;
    let unsupported = json!({ "prompt": "Will it rain tomorrow?", "sources": ["dataset:posts"] });
    let asked = app.ask(with(unsupported, json!({ "webhookUrl": receiver.url("/") }))).await;
    let body: Value = serde_json::from_slice(&receiver.next().await.body).unwrap();
    app.running().idle().await.unwrap();
    assert_eq!(body["status"], "failed");
    assert_eq!(body["job_id"], asked["job"]["id"]);
    assert_eq!(body["result_url"], Value::Null);
    assert_eq!(body["storage_key"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_route_takes_a_webhook_and_shows_it_in_graphql() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service(&receiver).await;
    let body = json!({ "prompt": "How many times was Acme mentioned?", "sources": ["dataset:posts"],
        "webhook_url": receiver.url("/rest") });
    let accepted = app.post("/v1/queries", body).await.json();
    assert_eq!(receiver.next().await.path, "/rest");
    app.running().idle().await.unwrap();
    let shown = "query ($id: ID!) { query(id: $id) { webhookUrl } }";
    let shown = app.graphql(shown, json!({ "id": accepted["id"] })).await;
    assert_eq!(shown["query"]["webhookUrl"], receiver.url("/rest"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_cannot_be_read_holds_up_no_other() {
    let mut receiver = Receiver::answering(&[]).await;
    let (app, rows) = three_unsent(&receiver).await;
    let second = format!("target = '{}'", receiver.url("/1"));
    rows.execute(&format!("UPDATE delivery SET status = 'whim' WHERE {second}")).await;

    let app = app.restart(sending_to(&receiver)).await;
    assert_eq!(paths_of(&mut receiver, 2).await, ["/0", "/2"]);
    rows.execute(&format!("UPDATE delivery SET status = 'pending' WHERE {second}")).await;
    assert_eq!(receiver.next().await.path, "/1", "it is sent once it can be read");
    app.running().idle().await.unwrap();
    let attempts = "SELECT CAST(max(attempts) AS TEXT) FROM (SELECT count(*) AS attempts \
                    FROM delivery_attempt GROUP BY delivery_id) AS each_delivery";
    assert_eq!(rows.text(attempts).await, "1", "each was sent once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_a_secret_that_can_be_read_holds_up_no_other() {
    let mut receiver = Receiver::answering(&[]).await;
    let (app, rows) = three_unsent(&receiver).await;
    let other = app.another_workspace().await;
    let second = format!("target = '{}'", receiver.url("/1"));
    for table in ["delivery", "task"] {
        let which = format!("id IN (SELECT id FROM delivery WHERE {second})");
        let moved = format!("UPDATE {table} SET workspace_id = '{other}' WHERE {which}");
        rows.execute(&moved).await;
    }
    let broken = if rows.is_sqlite() { "x'00'" } else { "'\\x00'::bytea" };
    let kept = "CREATE TABLE kept AS SELECT id, signing_secret FROM workspace";
    rows.execute(kept).await;
    let damage = format!("UPDATE workspace SET signing_secret = {broken} WHERE id = '{other}'");
    rows.execute(&damage).await;

    let app = app.restart(sending_to(&receiver)).await;
    assert_eq!(paths_of(&mut receiver, 2).await, ["/0", "/2"]);
    let mended = "UPDATE workspace SET signing_secret = kept.signing_secret FROM kept \
                  WHERE kept.id = workspace.id";
    rows.execute(mended).await;
    assert_eq!(receiver.next().await.path, "/1", "it is sent once its workspace can sign");
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_task_of_a_webhook_that_is_gone_goes_with_it() {
    let mut receiver = Receiver::answering(&[]).await;
    let (app, rows) = three_unsent(&receiver).await;
    rows.execute(&format!("DELETE FROM delivery WHERE target = '{}'", receiver.url("/1"))).await;

    let app = app.restart(sending_to(&receiver)).await;
    assert_eq!(paths_of(&mut receiver, 2).await, ["/0", "/2"]);
    app.running().idle().await.unwrap();
    assert_eq!(rows.text("SELECT CAST(count(*) AS TEXT) FROM task").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_an_attempt_the_delivery_goes_out_again_with_the_same_id_and_bytes()
{
    let mut receiver = Receiver::answering(&[Reply::Hang]).await;
    let data = tempdir().unwrap();
    let allowed = receiver.address.to_string();
    let environment = [("BYTESTACK_ALLOW_PRIVATE", allowed.as_str())];
    let mut server = Server::first(data.path(), &[], &environment);
    server.client.upload_posts(3).await;
    let ask = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) { job { id } userErrors { code } } }";
    let input = json!({ "prompt": "How many times was Acme mentioned?", "sources": ["dataset:posts"],
        "webhookUrl": receiver.url("/") });
    let asked = server.client.graphql(ask, json!({ "input": input })).await;
    let before = receiver.next().await;
    server.process.kill();

    let key = server.client.key.clone();
    let server = Server::start(data.path(), &[], &environment, &key);
    let after = receiver.next().await;
    assert_eq!(after.header("webhook-id"), before.header("webhook-id"));
    assert_eq!(after.body, before.body);
    assert_eq!(after.header("x-bytestack-attempt"), "2", "the lost attempt counts");
    let job = &asked["createQuery"]["job"]["id"];
    assert!(String::from_utf8_lossy(&after.body).contains(job.as_str().unwrap()));
    assert_eq!(server.process.terminate().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_may_not_be_reached_are_refused_when_asking() {
    let receiver = Receiver::answering(&[]).await;
    let app = service(&receiver).await;
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    let table = [
        ("https://127.0.0.1/hook", "WEBHOOK_URL_FORBIDDEN"),
        ("https://10.0.0.7:8443/hook", "WEBHOOK_URL_FORBIDDEN"),
        ("https://[::1]/hook", "WEBHOOK_URL_FORBIDDEN"),
        ("https://169.254.169.254/latest/meta-data", "WEBHOOK_URL_FORBIDDEN"),
        ("https://localhost/hook", "WEBHOOK_URL_FORBIDDEN"),
        ("http://example.com/hook", "WEBHOOK_URL_INVALID"),
        ("https://user:password@example.com/hook", "WEBHOOK_URL_INVALID"),
        ("https://", "WEBHOOK_URL_INVALID"),
        (&long, "WEBHOOK_URL_INVALID"),
    ];
    for (url, code) in table {
        let payload = app.try_ask(announced_to(url)).await;
        assert_eq!(payload["userErrors"][0]["code"], code, "{url}: {payload:#}");
        assert_eq!(payload["userErrors"][0]["path"], json!(["webhookUrl"]), "{url}");
        let body = with(question(), json!({ "webhook_url": url }));
        let problem = app.post("/v1/queries", body).await;
        assert_eq!(problem.json()["errors"][0]["path"], json!(["webhook_url"]), "{url}");
    }
    assert_eq!(app.counts().await[0], 0, "nothing was written");
}
