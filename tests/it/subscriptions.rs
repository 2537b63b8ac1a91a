//! `jobCompleted`: the log after a cursor, then live, with no hole and no double, for every
//! subscriber alike and over a restart. `openJobs`: what has not ended, after each change of it.

use std::slice::from_ref;

use bytestack::model::api_key::Scope;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Reply};
use crate::support::sse::SseClient;
use crate::support::ws::WsClient;
use crate::support::{TestApp, TestOptions, question, with, without_worker};

const FOLLOW: &str = "subscription ($after: String, $query: ID) {
    jobCompleted(after: $after, queryId: $query) { cursor id seq event queryId jobId status completedAt
    resultUrl storageKey job { id status } query { id } storageObject { key } } }";

const OPEN: &str = "subscription { openJobs { id status query { id } } }";
const CANCEL: &str = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { job { status } } }";

/// The next `count` events of an operation.
async fn take(socket: &mut WsClient, id: &str, count: usize) -> Vec<Value> {
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        let message = socket.next_event(id).await;
        assert_eq!(message["type"], "next", "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        events.push(message["payload"]["data"]["jobCompleted"].clone());
    }
    events
}

/// Asks and waits for the end of each; answers their events.
async fn ended(app: &TestApp, count: usize) -> Vec<Value> {
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        let payload = app.ask(question()).await;
        events.push(app.ended(&payload).await);
    }
    events
}

fn seqs(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

/// What has come before the answer to a ping, if anything.
async fn arrived(socket: &mut WsClient) -> Option<Value> {
    socket.send_json(json!({ "type": "ping" })).await;
    loop {
        let mut message = socket.next_json().await;
        match message["type"].as_str().unwrap() {
            "next" => return Some(message["payload"]["data"]["jobCompleted"].take()),
            "pong" => return None,
            other => assert_eq!(other, "ping", "{message:#}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_creation_cursor_gets_a_job_that_has_already_ended() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    ended(&app, 1).await;
    let payload = app.ask(question()).await;
    let first = app.ended(&payload).await;
    let mut socket = app.socket().await;
    socket.subscribe("late", FOLLOW, json!({ "after": payload["cursor"] })).await;
    let event = take(&mut socket, "late", 1).await.remove(0);
    assert_eq!([&event["seq"], &event["jobId"]], [&json!(2), &payload["job"]["id"]]);
    assert_eq!([&event["event"], &event["status"]], ["job.completed", "COMPLETED"]);
    assert_eq!(event["completedAt"], "2026-11-23T17:30:00Z");
    assert_eq!(event["job"], json!({ "id": payload["job"]["id"], "status": "COMPLETED" }));
    assert_eq!(event["query"]["id"], payload["query"]["id"]);
    assert_eq!(event["storageObject"]["key"], event["storageKey"]);
    assert_eq!(event["cursor"], first["cursor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cursor_only_what_comes_is_seen() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    ended(&app, 2).await;
    let mut socket = app.socket().await;
    socket.subscribe("live", FOLLOW, json!({})).await;
    // Nothing tells when the server has looked where the log ends: jobs end until one is seen.
    let mut last;
    let first = loop {
        last = ended(&app, 1).await[0]["seq"].as_u64().unwrap();
        if let Some(event) = arrived(&mut socket).await {
            break event["seq"].as_u64().unwrap();
        }
        assert!(last < 50, "nothing is seen");
    };
    assert!(first > 2, "what had ended before is not seen: {first}");
    ended(&app, 1).await;
    let more = take(&mut socket, "live", usize::try_from(last + 1 - first).unwrap()).await;
    assert_eq!(seqs(&more), (first + 1..=last + 1).collect::<Vec<u64>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_events_cursor_resumes_just_behind_it() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let events = ended(&app, 4).await;
    let mut socket = app.socket().await;
    socket.subscribe("rest", FOLLOW, json!({ "after": events[1]["cursor"] })).await;
    assert_eq!(seqs(&take(&mut socket, "rest", 2).await), [3, 4]);
    let one = json!({ "after": events[0]["cursor"], "query": events[2]["queryId"] });
    socket.subscribe("one", FOLLOW, one).await;
    assert_eq!(seqs(&take(&mut socket, "one", 1).await), [3]);
    ended(&app, 1).await;
    assert_eq!(seqs(&take(&mut socket, "rest", 1).await), [5], "and goes on live");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_cannot_be_used_is_refused() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let good = ended(&app, 1).await[0]["cursor"].as_str().unwrap().to_owned();
    let (stranger, _) = app.stranger().await;
    let parts: Vec<&str> = good.split(':').collect();
    let [version, workspace, epoch, seq] = parts[..] else { panic!("{good}") };
    let mut socket = app.socket().await;
    for (at, wrong) in [
        String::new(),
        "garbage".to_owned(),
        seq.to_owned(),
        format!("{version}:{stranger}:{epoch}:{seq}"),
        format!("{version}:{workspace}:{epoch}:2"),
        format!("{version}:{workspace}:{epoch}:18446744073709551615"),
        format!("{version}:{workspace}:0{epoch}:{seq}"),
        format!("{version}:{workspace}:{epoch}:-1"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = at.to_string();
        socket.subscribe(&id, FOLLOW, json!({ "after": wrong })).await;
        let message = socket.next_event(&id).await;
        let errors = match message["type"].as_str().unwrap() {
            "error" => &message["payload"],
            _ => &message["payload"]["errors"],
        };
        let extensions = &errors[0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{wrong}: {message:#}");
        assert_eq!(extensions["reason"], "CURSOR_INVALID", "{wrong}: {message:#}");

        let query = "query ($after: String) { events(first: 9, after: $after) { nodes { seq } } }";
        let answer = app.try_graphql(&app.key, query, json!({ "after": wrong })).await;
        assert_eq!(answer["errors"][0]["extensions"]["reason"], "CURSOR_INVALID", "{wrong}");
    }
    socket.subscribe("q", FOLLOW, json!({ "query": "job_1" })).await;
    let refused = socket.next_event("q").await.to_string();
    assert!(refused.contains("BAD_USER_INPUT"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_ways_tell_the_same_events_in_order_over_a_restart() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let (mut one, mut two) = (app.socket().await, app.socket().await);
    let first = app.ask(question()).await;
    let after = json!({ "after": first["cursor"] });
    one.subscribe("all", FOLLOW, after.clone()).await;
    two.subscribe("all", FOLLOW, after.clone()).await;
    let payloads = join_all((0..29).map(|_| app.ask(question()))).await;
    let seen = take(&mut one, "all", 30).await;
    assert_eq!(seqs(&seen), (1..=30).collect::<Vec<u64>>(), "dense and in order");
    assert_eq!(take(&mut two, "all", 30).await, seen);
    let mut asked: Vec<&Value> = payloads.iter().map(|payload| &payload["job"]["id"]).collect();
    asked.push(&first["job"]["id"]);
    for event in &seen {
        let at = asked.iter().position(|job| **job == event["jobId"]);
        asked.remove(at.unwrap_or_else(|| panic!("a second end of {}", event["jobId"])));
    }

    let text = "query ($after: String) { events(first: 100, after: $after) {
        nodes { id seq cursor type occurredAt payload } } }";
    let listed = app.graphql(text, after.clone()).await["events"]["nodes"].take();
    for (listed, seen) in listed.as_array().unwrap().iter().zip(&seen) {
        assert_eq!([&listed["id"], &listed["cursor"]], [&seen["id"], &seen["cursor"]]);
        assert_eq!([&listed["seq"], &listed["payload"]["seq"]], [&seen["seq"], &seen["seq"]]);
        let payload = &listed["payload"];
        assert_eq!([&payload["id"], &payload["job_id"]], [&seen["id"], &seen["jobId"]]);
        assert_eq!(payload["run_id"], payload["job_id"]);
        assert_eq!(
            [&payload["storage_key"], &payload["result_url"]],
            [&seen["storageKey"], &seen["resultUrl"]]
        );
        assert_eq!(payload["timestamp"], payload["completed_at"]);
        assert_eq!(payload["timestamp"], seen["completedAt"]);
        assert_eq!(listed["occurredAt"], seen["completedAt"]);
    }
    assert_eq!(listed.as_array().unwrap().len(), 30);

    let app = app.restart(TestOptions::default()).await;
    let mut again = app.socket().await;
    again.subscribe("all", FOLLOW, after).await;
    assert_eq!(take(&mut again, "all", 30).await, seen, "what was told is told again");
    again.subscribe("tail", FOLLOW, json!({ "after": seen[27]["cursor"] })).await;
    assert_eq!(take(&mut again, "tail", 2).await, seen[28..]);
}

/// The next list of open jobs: their ids and where they stand.
async fn open_jobs(socket: &mut WsClient) -> Vec<(Value, Value)> {
    let message = socket.next_event("open").await;
    assert_eq!(message["type"], "next", "{message:#}");
    assert!(message["payload"].get("errors").is_none(), "{message:#}");
    let jobs = message["payload"]["data"]["openJobs"].as_array().unwrap();
    jobs.iter().map(|job| (job["id"].clone(), job["status"].clone())).collect()
}

/// Asks with a key, which need not be of the test's own workspace.
async fn asked(app: &TestApp, key: &str) -> Value {
    let ask = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) { job { id } } }";
    let answer = app.try_graphql(key, ask, json!({ "input": question() })).await;
    answer["data"]["createQuery"]["job"]["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_jobs_are_given_now_and_after_each_change_and_only_then() {
    let app = TestApp::with_posts(without_worker()).await;
    let (_, stranger) = app.stranger().await;
    let posts = app.request(Method::PUT, "/v1/datasets/posts").header("content-type", "text/csv");
    posts.bearer_auth(&stranger).body("text\nAcme\n").send().await.unwrap();
    let mut own = app.socket().await;
    own.subscribe("open", OPEN, json!({})).await;
    assert_eq!(open_jobs(&mut own).await, []);
    let mut theirs = WsClient::connect(app.address, "/graphql").await;
    theirs.init(&stranger).await;
    theirs.subscribe("open", OPEN, json!({})).await;
    assert_eq!(open_jobs(&mut theirs).await, []);

    // Others are told of theirs, which takes longer than it takes to look here.
    let (queued, mut foreign) = (json!("QUEUED"), Vec::new());
    for _ in 0..3 {
        foreign.insert(0, (asked(&app, &stranger).await, queued.clone()));
        assert_eq!(open_jobs(&mut theirs).await, foreign);
    }
    let first = (asked(&app, &app.key).await, queued.clone());
    assert_eq!(open_jobs(&mut own).await, from_ref(&first), "nothing came before");
    let second = (asked(&app, &app.key).await, queued);
    assert_eq!(open_jobs(&mut own).await, [second.clone(), first.clone()], "the newest first");
    app.graphql(CANCEL, json!({ "id": first.0 })).await;
    assert_eq!(open_jobs(&mut own).await, from_ref(&second), "what has ended is gone");
    app.graphql(CANCEL, json!({ "id": second.0 })).await;
    assert_eq!(open_jobs(&mut own).await, []);

    let mut late = app.socket().await;
    late.subscribe("open", OPEN, json!({})).await;
    assert_eq!(open_jobs(&mut late).await, []);
    for (job, _) in foreign {
        app.try_graphql(&stranger, CANCEL, json!({ "id": job })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_job_is_seen_to_start_and_to_end() {
    let mut feed = Receiver::answering(&[Reply::Hang]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let mut socket = app.socket().await;
    socket.subscribe("open", OPEN, json!({})).await;
    assert_eq!(open_jobs(&mut socket).await, []);
    let sources = json!({ "sources": [format!("rss:{}", feed.url("/feed"))] });
    let asked = app.ask(with(question(), sources)).await;
    feed.next().await;
    let job = &asked["job"]["id"];
    let mut seen = open_jobs(&mut socket).await;
    // It may have been seen before it was started.
    while seen != [(job.clone(), json!("RUNNING"))] {
        assert_eq!(seen, [(job.clone(), json!("QUEUED"))]);
        seen = open_jobs(&mut socket).await;
    }
    app.graphql(CANCEL, json!({ "id": job })).await;
    assert_eq!(open_jobs(&mut socket).await, []);
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_open_jobs_goes_on_until_the_key_is_revoked() {
    let app = TestApp::start().await;
    let domain = &app.running().domain;
    let (key, secret) = domain.create_api_key(app.workspace, "other", Scope::Read).await.unwrap();
    let body = json!({ "query": OPEN });
    let request = app.request(Method::POST, "/graphql").bearer_auth(secret).json(&body);
    let mut events = SseClient::open(request).await;
    assert_eq!(events.next().await.unwrap().json()["data"]["openJobs"], json!([]));
    domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    assert_eq!(events.next().await, None, "without `complete`");
}
