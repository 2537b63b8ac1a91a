//! Registered receivers: each gets every event of its types from where it was registered to where it was
//! deleted, signed with its own secret, and is kept apart from the others.

mod harm;
mod keeping_apart;
mod keys;
mod order;
mod standing;

use std::time::Duration;

use bytestack::app::WorkOptions;
use bytestack::clock::Clock;
use bytestack::deliveries::{Backoff, GateOptions, WebhookOptions};
use bytestack::queue::QueueOptions;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::support::receiver::{Received, Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestClock, TestOptions, question, with};
use crate::webhooks::patient_gate;

/// A service that may reach this machine, gives receivers little time, and hardly waits between attempts.
fn options(gate: GateOptions) -> TestOptions {
    let webhooks = WebhookOptions {
        timeout: Duration::from_millis(500),
        backoff: Backoff::new(vec![Duration::from_millis(5)]),
        gate,
    };
    let queue = QueueOptions { poll_every: Duration::from_millis(10), ..QueueOptions::default() };
    let work = WorkOptions { queue, webhooks, ..WorkOptions::default() };
    TestOptions {
        settings: [("ALLOW_PRIVATE", "127.0.0.0/8".to_owned())].into(),
        // The libraries of the standard refuse what is older than five minutes.
        clock: TestClock::at(&Clock::system().now().to_rfc3339()),
        work,
    }
}

async fn service() -> TestApp {
    TestApp::with_posts(options(patient_gate())).await
}

fn for_ends(url: &str) -> Value {
    json!({ "url": url, "events": ["job.completed"] })
}

/// Executes a mutation of endpoints or deliveries; answers its payload.
async fn mutate(app: &TestApp, call: &str, shown: &str) -> Value {
    let text =
        format!("mutation {{ it: {call} {{ {shown} userErrors {{ code message path }} }} }}");
    app.graphql(&text, json!({})).await["it"].clone()
}

async fn update(app: &TestApp, id: &Value, change: &str) -> Value {
    let call = format!("updateWebhookEndpoint(input: {{webhookEndpointId: {id}, {change}}})");
    mutate(app, &call, "webhookEndpoint { id url state ordered rateLimitPerSecond events }").await
}

async fn endpoint(app: &TestApp, id: &Value) -> Value {
    let text = "query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { id url events state
        disabledReason disabledAt ordered rateLimitPerSecond failingSince warning secretLast4
        previousSecretUntil createdAt deliveries(first: 100) { totalCount nodes { id status kind
        target webhookEndpoint { id } job { id } event { seq payload }
        attempts { number statusCode error durationMs firstByteMs } } } } } }";
    app.graphql(text, json!({ "id": id })).await["node"].clone()
}

/// Waits until the state of an endpoint, or of its deliveries, is as wanted.
async fn until(app: &TestApp, id: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut settled = app.running().watch_settled();
    loop {
        let found = endpoint(app, id).await;
        if wanted(&found) {
            return found;
        }
        let more = tokio::time::timeout(Duration::from_millis(50), settled.changed()).await;
        drop(more);
    }
}

fn statuses(endpoint: &Value) -> Vec<&str> {
    let nodes = endpoint["deliveries"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["status"].as_str().unwrap()).collect()
}

fn is_signed(received: &Received, secret: &str) -> bool {
    let webhook = Webhook::new(secret).unwrap();
    webhook.verify(&received.body, &received.headers).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_gets_the_end_of_every_job_signed_with_its_own_secret() {
    let (mut first, mut second) = (Receiver::answering(&[]).await, Receiver::answering(&[]).await);
    let app = service().await;
    app.ended(&app.ask(question()).await).await;
    let (id, secret) = app.register(for_ends(&first.url("/a"))).await;
    let (_, other) = app.register(for_ends(&second.url("/b"))).await;
    assert!(id.as_str().unwrap().starts_with("wh_") && secret.starts_with("whsec_"));
    let asked = app.ask(question()).await;
    let ended = app.ended(&asked).await;
    app.running().idle().await.unwrap();
    let (one, two) = (first.next().await, second.next().await);
    assert!(is_signed(&one, &secret) && !is_signed(&one, &other));
    assert!(is_signed(&two, &other) && !is_signed(&two, &secret));
    assert_eq!(one.body, two.body);
    assert_eq!(one.header("webhook-id"), two.header("webhook-id"));
    let body: Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!([&body["seq"], &body["job_id"]], [&json!(2), &ended["jobId"]]);
    assert!(first.rest().is_empty() && second.rest().is_empty(), "none from before");
    let found = endpoint(&app, &id).await;
    let delivery = &found["deliveries"]["nodes"][0];
    assert_eq!(found["deliveries"]["totalCount"], 1);
    assert_eq!([&delivery["status"], &delivery["kind"]], ["SUCCEEDED", "WEBHOOK"]);
    assert_eq!(delivery["webhookEndpoint"]["id"], id);
    assert_eq!(delivery["event"]["payload"], body);
    assert!(delivery["attempts"][0]["firstByteMs"].is_number());
    assert!(secret.ends_with(found["secretLast4"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_query_that_is_registered_gets_one_delivery_with_the_endpoints_secret() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let (id, secret) = app.register(for_ends(&receiver.url("/"))).await;
    let own = with(question(), json!({ "webhookUrl": receiver.url("/") }));
    app.ended(&app.ask(own).await).await;
    app.running().idle().await.unwrap();
    let received = receiver.next().await;
    assert!(is_signed(&received, &secret));
    assert!(receiver.rest().is_empty(), "one delivery for each event and address");
    assert_eq!(endpoint(&app, &id).await["deliveries"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_events_go_to_those_who_want_them() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let wanted = json!({ "url": receiver.url("/"), "events": ["query.deleted", "query.deleted"] });
    let (id, _) = app.register(wanted).await;
    let asked = app.ask(question()).await;
    app.ended(&asked).await;
    let delete = format!("deleteQuery(input: {{queryId: {}}})", asked["query"]["id"]);
    mutate(&app, &delete, "query { id }").await;
    app.running().idle().await.unwrap();
    let body: Value = serde_json::from_slice(&receiver.next().await.body).unwrap();
    assert_eq!([&body["event"], &body["seq"]], [&json!("query.deleted"), &json!(2)]);
    assert!(receiver.rest().is_empty(), "the end of the job was not asked for");
    let found = endpoint(&app, &id).await;
    assert_eq!(found["events"], json!(["query.deleted"]));
    assert_eq!(found["deliveries"]["nodes"][0]["job"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_registered_is_refused_with_its_reason() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let known = json!({ "url": "https://example.com/a", "events": ["job.completed"] });
    let (id, _) = app.register(with(known.clone(), json!({ "idempotencyKey": "k" }))).await;
    let create =
        "mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
        webhookEndpoint { id } secret userErrors { code path } } }";
    for (change, code, path) in [
        (json!({}), "URL_TAKEN", "url"),
        (json!({ "url": "http://example.com/" }), "URL_INVALID", "url"),
        (json!({ "url": "https://127.0.0.1/" }), "URL_FORBIDDEN", "url"),
        (json!({ "url": "https://user@example.com/" }), "URL_INVALID", "url"),
        (json!({ "events": [] }), "EVENTS_INVALID", "events"),
        (json!({ "events": ["job.begun"] }), "EVENTS_INVALID", "events"),
        (json!({ "rateLimitPerSecond": 0 }), "RATE_LIMIT_INVALID", "rateLimitPerSecond"),
        (
            json!({ "idempotencyKey": "k", "ordered": true }),
            "IDEMPOTENCY_KEY_REUSED",
            "idempotencyKey",
        ),
        (json!({ "idempotencyKey": "" }), "IDEMPOTENCY_KEY_INVALID", "idempotencyKey"),
    ] {
        let input = json!({ "input": with(known.clone(), change) });
        let data = app.graphql(create, input.clone()).await;
        let made = &data["createWebhookEndpoint"];
        assert_eq!(made["userErrors"], json!([{ "code": code, "path": [path] }]), "{input}");
    }
    let again = with(known, json!({ "idempotencyKey": "k" }));
    let data = app.graphql(create, json!({ "input": again })).await;
    let made = &data["createWebhookEndpoint"];
    assert_eq!(made["webhookEndpoint"]["id"], id, "a repeated request makes nothing");
    assert_eq!(made["secret"], Value::Null, "and shows no secret again");
    let never = json!(format!("wh_{}", "0".repeat(26)));
    let changed = update(&app, &never, "ordered: true").await;
    assert_eq!(changed["userErrors"][0]["code"], "WEBHOOK_ENDPOINT_NOT_FOUND");
    let changed = update(&app, &id, "rateLimitPerSecond: 7, ordered: true").await;
    assert_eq!(changed["webhookEndpoint"]["rateLimitPerSecond"], 7);
    let changed = update(&app, &id, "rateLimitPerSecond: null").await;
    assert_eq!(changed["webhookEndpoint"]["rateLimitPerSecond"], Value::Null);
    assert_eq!(changed["webhookEndpoint"]["ordered"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_register_list_and_delete() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let answer = app.post("/v1/webhooks", for_ends(&receiver.url("/"))).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let made = answer.json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let shown = json!({
        "id": id, "url": receiver.url("/"), "events": ["job.completed"],
        "created_at": made["created_at"], "state": "enabled",
    });
    let list = app.get("/v1/webhooks").await.json();
    assert_eq!(list, json!({ "webhooks": [shown], "next_cursor": null }));
    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    assert!(is_signed(&receiver.next().await, secret));
    let path = format!("/v1/webhooks/{id}");
    let deleted = Answer::of(app.authorized(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    assert!(receiver.rest().is_empty());
    assert_eq!(app.get("/v1/webhooks").await.json()["webhooks"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_an_endpoint_that_is_deleted_is_not_sent() {
    let mut receiver = Receiver::answering(&[Reply::After(503, 3_600)]).await;
    let app = service().await;
    let (id, _) = app.register(for_ends(&receiver.url("/"))).await;
    app.ended(&app.ask(question()).await).await;
    receiver.next().await;
    until(&app, &id, |found| found["failingSince"].is_string()).await;
    let delete = format!("deleteWebhookEndpoint(input: {{webhookEndpointId: {id}}})");
    mutate(&app, &delete, "webhookEndpoint { id }").await;
    app.running().idle().await.unwrap();
    assert!(receiver.rest().is_empty());
    let shown = "{ deliveries(first: 9) { nodes { id status webhookEndpoint { id } } } }";
    let data = app.graphql(shown, json!({})).await;
    let delivery = &data["deliveries"]["nodes"][0];
    assert_eq!(delivery["status"], "SKIPPED");
    assert_eq!(delivery["webhookEndpoint"], Value::Null);
    let again = format!("redeliver(input: {{deliveryId: {}}})", delivery["id"]);
    let again = mutate(&app, &again, "delivery { id }").await;
    assert_eq!(again["userErrors"][0]["code"], "WEBHOOK_ENDPOINT_DISABLED");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sealed_where_they_are_kept() {
    let app = service().await;
    let (_, secret) = app.register(for_ends("https://example.com/")).await;
    let rows = Rows::at(&app.database_url()).await;
    let kept = if rows.is_sqlite() { "hex(secret)" } else { "encode(secret, 'hex')" };
    let kept = rows.text(&format!("SELECT {kept} FROM webhook_secret")).await.to_lowercase();
    assert!(!kept.contains(&hex::encode(&secret)[12..]), "{kept}");
}
