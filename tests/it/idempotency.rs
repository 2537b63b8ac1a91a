//! A repeated request is harmless for a day: the same key and request are answered with what the
//! first one made, and another request under the same key is refused.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions, question, with};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn keyed(key: &str) -> Value {
    with(question(), json!({ "idempotencyKey": key }))
}

/// The ids a payload carries.
fn made(payload: &Value) -> [&str; 3] {
    let ids = [&payload["query"]["id"], &payload["job"]["id"], &payload["cursor"]];
    ids.map(|id| id.as_str().unwrap_or_else(|| panic!("{payload:#}")))
}

async fn rest(app: &TestApp, key: &str, body: &Value) -> Answer {
    let request = app.authorized(Method::POST, "/v1/queries").header("idempotency-key", key);
    Answer::of(request.json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_with_what_the_first_made() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let first = app.ask(keyed("one")).await;
    app.ended(&first).await;
    let again = app.ask(keyed("one")).await;
    assert_eq!(made(&again), made(&first));
    assert_eq!(again["job"]["status"], "COMPLETED", "objects are read again");
    assert_eq!(app.ended(&again).await["seq"], 1, "the cursor is still before the job");

    let other = with(keyed("one"), json!({ "prompt": "How many times was Zeta mentioned?" }));
    let refused = app.try_ask(other).await;
    assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(refused["userErrors"][0]["path"], json!(["idempotencyKey"]));
    assert_eq!(app.counts().await, [1, 1, 1, 1]);

    let fresh = app.ask(keyed("two")).await;
    assert_ne!(made(&fresh)[0], made(&first)[0]);
    app.ended(&fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_make_one_query() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let payloads = join_all((0..20).map(|_| app.ask(keyed("storm")))).await;
    let distinct: BTreeSet<[&str; 3]> = payloads.iter().map(made).collect();
    assert_eq!(distinct.len(), 1, "{distinct:?}");
    app.ended(&payloads[0]).await;
    assert_eq!(app.counts().await, [1, 1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_a_restart_and_is_forgotten_after_a_day() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let clock = app.clock.clone();
    let first = app.ask(keyed("kept")).await;
    app.ended(&first).await;
    let app = app.restart(TestOptions { clock: clock.clone(), ..TestOptions::default() }).await;
    assert_eq!(made(&app.ask(keyed("kept")).await), made(&first));
    clock.advance(DAY_MS - 1000);
    assert_eq!(made(&app.ask(keyed("kept")).await), made(&first));
    clock.advance(2000);
    let later = app.ask(keyed("kept")).await;
    assert_ne!(made(&later)[0], made(&first)[0]);
    app.ended(&later).await;
    assert_eq!(app.counts().await, [2, 2, 2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_means_something_in_its_workspace_only() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let first = app.ask(keyed("shared")).await;
    app.ended(&first).await;
    let (_, key) = app.stranger().await;
    let mutation = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
        query { id } userErrors { code } } }";
    let answer = app.try_graphql(&key, mutation, json!({ "input": keyed("shared") })).await;
    let payload = &answer["data"]["createQuery"];
    assert_eq!(payload["userErrors"][0]["code"], "SOURCE_UNKNOWN", "no replay: {answer:#}");
    assert_eq!(payload["query"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_takes_the_key_as_a_header() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let first = rest(&app, "k", &question()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let first = first.json();
    let ids = |shown: &Value| [shown["query_id"].clone(), shown["job_id"].clone()];
    let again = rest(&app, "k", &question()).await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    assert_eq!(ids(&again.json()), ids(&first));

    let refused = rest(&app, "k", &with(question(), json!({ "limit": 7 }))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["code"], "IDEMPOTENCY_KEY_REUSED");
    let long = "k".repeat(256);
    for wrong in ["", "schl\u{fc}ssel", long.as_str()] {
        let refused = rest(&app, wrong, &question()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(refused.json()["code"], "IDEMPOTENCY_KEY_INVALID", "{wrong}");
        assert_eq!(refused.json()["errors"][0]["path"], json!(["idempotency_key"]));
    }
    let payload = json!({ "query": { "id": first["query_id"] }, "cursor": first["cursor"] });
    app.ended(&payload).await;
    assert_eq!(app.counts().await, [1, 1, 1, 1]);
}
