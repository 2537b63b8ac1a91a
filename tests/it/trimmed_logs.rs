//! Events are kept for so many days, then the oldest go, and whoever comes with a cursor from before them is
//! told so by all transports. What is still to be delivered stays.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::rows::Rows;
use crate::support::sse::SseClient;
use crate::support::{TestApp, TestOptions, question, with};

const FOLLOW: &str =
    "subscription ($after: String) { jobCompleted(after: $after) { cursor seq jobId } }";
const LIST: &str = "query ($after: String) { events(first: 9, after: $after) { nodes { seq } } }";
const DAY: i64 = 24 * 60 * 60 * 1_000;
const KEPT: TimeDelta = TimeDelta::days(90);

async fn ends(app: &TestApp, count: usize) -> Vec<String> {
    let mut cursors = Vec::new();
    for _ in 0..count {
        let event = app.ended(&app.ask(question()).await).await;
        cursors.push(event["cursor"].as_str().unwrap().to_owned());
    }
    cursors
}

fn seqs(events: &Value) -> Vec<u64> {
    events.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

/// That this error says where the log begins now.
fn is_expired(error: &Value, oldest: &str) {
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error:#}");
    assert_eq!(error["extensions"]["reason"], "CURSOR_EXPIRED", "{error:#}");
    assert!(error["message"].as_str().unwrap().contains(&format!("`{oldest}`")), "{error:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_from_before_what_is_kept_has_expired_everywhere() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let early = ends(&app, 2).await;
    app.clock.advance(50 * DAY);
    let late = ends(&app, 2).await;
    let mut follower = app.socket().await;
    follower.subscribe("live", FOLLOW, json!({ "after": late[0] })).await;
    assert_eq!(follower.next_event("live").await["payload"]["data"]["jobCompleted"]["seq"], 4);
    let domain = &app.running().domain;
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 0);
    app.clock.advance(50 * DAY);
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 2);
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 0);

    let oldest = &early[1];
    let mut socket = app.socket().await;
    socket.subscribe("old", FOLLOW, json!({ "after": early[0] })).await;
    let refused = socket.next_event("old").await;
    assert_eq!(refused["type"], "error");
    is_expired(&refused["payload"][0], oldest);
    let listed = app.try_graphql(&app.key, LIST, json!({ "after": early[0] })).await;
    is_expired(&listed["errors"][0], oldest);
    let polled = app.get(&format!("/v1/events?after={}", early[0])).await;
    assert_eq!((polled.status.as_u16(), &polled.json()["code"]), (400, &json!("CURSOR_EXPIRED")));
    let body = json!({ "query": FOLLOW });
    let request = app.authorized(Method::POST, "/graphql").json(&body);
    let mut stream = SseClient::open(request.header("last-event-id", &early[0])).await;
    is_expired(&stream.next().await.unwrap().json()["errors"][0], oldest);

    // Where the log begins, and without a cursor, everything that is kept comes.
    socket.subscribe("rest", FOLLOW, json!({ "after": oldest })).await;
    for seq in [3, 4] {
        let event = socket.next_event("rest").await;
        assert_eq!(event["payload"]["data"]["jobCompleted"]["seq"], seq);
    }
    assert_eq!(seqs(&app.graphql(LIST, json!({})).await["events"]["nodes"]), [3, 4]);
    let polled = app.get("/v1/events").await.json();
    assert_eq!(seqs(&polled["events"]), [3, 4]);

    // And the log goes on, also when nothing of it is left.
    app.clock.advance(50 * DAY);
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 2);
    ends(&app, 1).await;
    assert_eq!(follower.next_event("live").await["payload"]["data"]["jobCompleted"]["seq"], 5);
    let polled = app.get(&format!("/v1/events?after={}", late[1])).await.json();
    assert_eq!(seqs(&polled["events"]), [5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_to_be_delivered_is_kept_and_all_behind_it() {
    let receiver = Receiver::answering(&[]).await;
    let mut options = TestOptions::reaching(&receiver);
    options.settings.insert("ROLES", "api".to_owned());
    let app = TestApp::with_posts(options).await;
    let hook = json!({ "webhookUrl": receiver.url("/hook") });
    for input in [question(), with(question(), hook.clone()), with(question(), hook)] {
        let asked = app.ask(input).await;
        let cancel = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { job { status } } }";
        app.graphql(cancel, json!({ "id": asked["job"]["id"] })).await;
    }
    app.clock.advance(100 * DAY);
    let domain = &app.running().domain;
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 1);
    assert_eq!(seqs(&app.graphql(LIST, json!({})).await["events"]["nodes"]), [2, 3]);
    let rows = Rows::at(&app.database_url()).await;
    rows.execute("DELETE FROM task WHERE kind = 'webhook'").await;
    assert_eq!(domain.trim_logs(KEPT).await.unwrap(), 2);
    assert_eq!(rows.text("SELECT CAST(count(*) AS TEXT) FROM delivery").await, "0");
}
