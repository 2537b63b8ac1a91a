//! What a key may spend: told with each answer, refused with 429 when it is spent, and there again in time.

use bytestack::model::api_key::Scope;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions};

/// Costs 201: the list, and `nodes` and `id` of each of a hundred.
const DEAR: &str = "{ queries(first: 100) { nodes { id } } }";
const LEFT: &str = "{ rateLimit { limit remaining resetAt cost } }";

/// Ten points a second for each key, so 600 at once.
async fn limited() -> TestApp {
    let settings = [("RATE_LIMIT", "10".to_owned())];
    TestApp::with(TestOptions { settings: settings.into(), ..TestOptions::default() }).await
}

async fn ask(app: &TestApp, key: &str, query: &str, accept: &str) -> Answer {
    let request = app.request(Method::POST, "/graphql").bearer_auth(key).header("accept", accept);
    Answer::of(request.json(&json!({ "query": query }))).await
}

fn said(answer: &Answer) -> [&str; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| answer.header(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_spends_what_it_has_and_gets_it_back_in_time() {
    let app = limited().await;
    let json_type = "application/json";
    let left = ask(&app, &app.key, LEFT, json_type).await;
    let rate_limit = json!({ "limit": 600, "remaining": 595, "cost": 5,
        "resetAt": "2026-11-23T17:30:00.500Z" });
    assert_eq!(left.json()["data"]["rateLimit"], rate_limit);
    assert_eq!(said(&left), ["600", "595", "1"]);
    for remaining in ["394", "193"] {
        let paid = ask(&app, &app.key, DEAR, json_type).await;
        assert_eq!((paid.status.as_u16(), said(&paid)[1]), (200, remaining));
    }

    for accept in [json_type, "application/graphql-response+json"] {
        let refused = ask(&app, &app.key, DEAR, accept).await;
        assert_eq!(refused.status, 429, "{accept}");
        assert_eq!(refused.header(header::RETRY_AFTER.as_str()), "1");
        assert_eq!(said(&refused), ["600", "193", "41"], "nothing was taken");
        let body = refused.json();
        assert!(body.get("data").is_none(), "{body:#}");
        let extensions = &body["errors"][0]["extensions"];
        let wait = [&extensions["code"], &extensions["retryable"], &extensions["retryAfterMs"]];
        assert_eq!(wait, [&json!("RATE_LIMITED"), &json!(true), &json!(800)]);
    }
    let mut socket = app.socket().await;
    socket.subscribe("dear", DEAR, json!({})).await;
    let refused = socket.next_event("dear").await;
    assert_eq!(refused["type"], "error", "{refused:#}");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");

    app.clock.advance(799);
    assert_eq!(ask(&app, &app.key, DEAR, json_type).await.status, 429);
    app.clock.advance(1);
    let paid = ask(&app, &app.key, DEAR, json_type).await;
    assert_eq!((paid.status.as_u16(), said(&paid)[1]), (200, "0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_do_not_spend_for_each_other_and_what_never_can_be_paid_is_said() {
    let app = limited().await;
    let other = app.key(app.workspace, Scope::Read).await;
    for _ in 0..2 {
        assert_eq!(ask(&app, &app.key, DEAR, "*/*").await.status, 200);
    }
    assert_eq!(said(&ask(&app, &other, DEAR, "*/*").await)[1], "399");
    let dearer = "{ queries(first: 100) { nodes { id name prompt limit createdAt updatedAt } } }";
    let never = ask(&app, &other, dearer, "application/graphql-response+json").await;
    assert_eq!(never.status, 400);
    assert_eq!(never.json()["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED");

    let unlimited = TestApp::start().await;
    let left = ask(&unlimited, &unlimited.key, LEFT, "*/*").await;
    assert_eq!(left.json()["data"], json!({ "rateLimit": Value::Null }));
    assert_eq!(said(&left), ["", "", ""]);
}
