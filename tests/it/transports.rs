//! The log by its three ways out: `graphql-transport-ws`, `graphql-sse` and the long poll give the same
//! events for the same cursor, and each resumes where it was.

use bytestack::model::api_key::Scope;
use futures_util::future::join;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::sse::SseClient;
use crate::support::{Answer, TestApp, TestOptions, question, with, without_worker};

const FOLLOW: &str = "subscription ($after: String, $query: ID) {
    jobCompleted(after: $after, queryId: $query) { cursor id seq jobId } }";
const PROGRESS: &str = "subscription ($job: ID!) { jobProgress(jobId: $job) {
    id status attempt startedAt completedAt result { key } } }";

fn operation(app: &TestApp, query: &str, variables: &Value) -> RequestBuilder {
    let body = json!({ "query": query, "variables": variables });
    app.authorized(Method::POST, "/graphql").json(&body)
}

async fn stream(app: &TestApp, query: &str, variables: Value) -> SseClient {
    SseClient::open(operation(app, query, &variables)).await
}

/// The next events of a stream, each with the `id` it came with.
async fn take(stream: &mut SseClient, count: usize) -> Vec<Value> {
    let mut events = Vec::with_capacity(count);
    while events.len() < count {
        let block = stream.next().await.expect("the stream goes on");
        if block.event.is_some() {
            let event = block.json()["data"]["jobCompleted"].clone();
            assert_eq!(json!(block.id), event["cursor"], "{block:?}");
            events.push(event);
        }
    }
    events
}

async fn poll(app: &TestApp, parameters: &str) -> Value {
    let answer = app.get(&format!("/v1/events?{parameters}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn for_one_cursor_all_give_the_same_events() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let before = app.ask(question()).await;
    app.ended(&before).await;
    let asked = app.ask(question()).await;
    for _ in 0..4 {
        app.ask(question()).await;
    }
    app.running().idle().await.unwrap();
    let after = asked["cursor"].as_str().unwrap();

    let mut socket = app.socket().await;
    socket.subscribe("all", FOLLOW, json!({ "after": after })).await;
    let mut by_socket = Vec::new();
    for _ in 0..5 {
        by_socket.push(socket.next_event("all").await["payload"]["data"]["jobCompleted"].clone());
    }
    let mut events = stream(&app, FOLLOW, json!({ "after": after })).await;
    assert_eq!(take(&mut events, 5).await, by_socket);
    let mut by_poll = Vec::new();
    let mut cursor = after.to_owned();
    for wanted in [2, 2, 1, 0] {
        let page = poll(&app, &format!("after={cursor}&limit=2")).await;
        let events = page["events"].as_array().unwrap();
        assert_eq!(events.len(), wanted);
        by_poll.extend(events.iter().map(|event| {
            let payload = &event["payload"];
            assert_eq!([&event["type"], &event["seq"]], [&payload["event"], &payload["seq"]]);
            json!({ "cursor": event["cursor"], "id": event["id"], "seq": event["seq"],
                "jobId": payload["job_id"] })
        }));
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
    }
    assert_eq!(by_poll, by_socket);
    assert_eq!(json!(cursor), by_socket[4]["cursor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_resumes_behind_its_last_event_id_also_over_a_restart() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = app.ask(question()).await;
    for _ in 0..2 {
        app.ask(question()).await;
    }
    app.running().idle().await.unwrap();
    let variables = json!({ "after": asked["cursor"] });
    let mut events = stream(&app, FOLLOW, variables.clone()).await;
    let first = take(&mut events, 1).await.remove(0);
    drop(events);

    let app = app.restart(TestOptions::default()).await;
    let last = first["cursor"].as_str().unwrap();
    let request = operation(&app, FOLLOW, &variables).header("last-event-id", last);
    let mut events = SseClient::open(request).await;
    let rest = take(&mut events, 2).await;
    assert_eq!([&rest[0]["seq"], &rest[1]["seq"]], [&json!(2), &json!(3)]);
    let live = app.ask(question()).await;
    assert_eq!(take(&mut events, 1).await[0]["jobId"], live["job"]["id"]);

    let request = operation(&app, FOLLOW, &variables).header("last-event-id", "v1:made:up:9");
    let refused = SseClient::open(request).await.next().await.unwrap().json();
    assert_eq!(refused["errors"][0]["extensions"]["reason"], "CURSOR_INVALID", "{refused:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_answered_in_events_where_they_are_accepted() {
    let app = TestApp::with_posts(without_worker()).await;
    let ask =
        "mutation ($input: CreateQueryInput!) { createQuery(input: $input) { job { status } } }";
    let mut asked = stream(&app, ask, json!({ "input": question() })).await;
    let answer = asked.next().await.unwrap();
    assert_eq!(answer.json()["data"]["createQuery"]["job"]["status"], "QUEUED");
    assert_eq!(answer.id, None, "it is no place in the log");
    assert!(asked.next().await.unwrap().is_complete());
    assert_eq!(asked.next().await, None);

    for wrong in
        ["{ nobodyKnows }", "{", "subscription ($job: ID!) { jobProgress(jobId: $job) { id } }"]
    {
        let mut refused = stream(&app, wrong, json!({})).await;
        let answer = refused.next().await.unwrap().json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
        assert!(answer.get("data").is_none(), "{answer:#}");
        assert!(refused.next().await.unwrap().is_complete(), "{wrong}");
        assert_eq!(refused.next().await, None);
    }

    let accepting =
        |method, path: &str| app.request(method, path).header("accept", "text/event-stream");
    let nobody = accepting(Method::POST, "/graphql").json(&json!({ "query": "{ __typename }" }));
    let nobody = Answer::of(nobody).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let by_get =
        accepting(Method::GET, "/graphql?query=mutation{__typename}").bearer_auth(&app.key);
    assert_eq!(Answer::of(by_get).await.status, 405);
    let query = app.authorized(Method::GET, "/graphql?query={__typename}");
    let mut query = SseClient::open(query).await;
    assert_eq!(query.next().await.unwrap().json()["data"]["__typename"], "Query");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_and_a_revoked_key_cut_a_stream_off_so_that_its_client_comes_again() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let domain = &app.running().domain;
    let (key, secret) = domain.create_api_key(app.workspace, "other", Scope::Read).await.unwrap();
    let follow = json!({ "query": "subscription { jobCompleted { seq } }" });
    let request = app.request(Method::POST, "/graphql").bearer_auth(secret).json(&follow);
    let mut revoked = SseClient::open(request).await;
    domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    assert_eq!(revoked.next().await, None, "without `complete`");

    let mut stopped = stream(&app, FOLLOW, json!({})).await;
    let (ended, ()) = join(stopped.next(), app.stop()).await;
    assert_eq!(ended, None, "without `complete`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_waits_for_what_it_is_about() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let nothing = poll(&app, "").await;
    assert_eq!(nothing["events"], json!([]));
    let begin = nothing["next_cursor"].as_str().unwrap();

    let waiting = format!("after={begin}&wait=50");
    let (first, asked) = join(poll(&app, &waiting), app.ask(question())).await;
    assert_eq!(first["events"][0]["payload"]["job_id"], asked["job"]["id"], "{first:#}");

    let other = app.ask(question()).await;
    app.ended(&other).await;
    let query = asked["query"]["id"].as_str().unwrap();
    let own = poll(&app, &format!("after={begin}&query_id={query}")).await;
    assert_eq!(own["events"].as_array().unwrap().len(), 1);
    let none = poll(&app, &format!("after={begin}&types=no.such,kind")).await;
    assert_eq!(none["events"], json!([]));
    let rest = poll(&app, &format!("after={}", none["next_cursor"].as_str().unwrap())).await;
    assert_eq!(rest["events"], json!([]), "what was not wanted is not read again");

    for wrong in
        ["after=17", "wait=51", "wait=soon", "limit=0", "limit=101", "query_id=x", "more=1"]
    {
        let refused = app.get(&format!("/v1/events?{wrong}")).await;
        assert_eq!(refused.status, 400, "{wrong}");
        let code = if wrong == "after=17" { "CURSOR_INVALID" } else { "BAD_USER_INPUT" };
        assert_eq!(refused.json()["code"], code, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_poll_does_not_read_all_of_a_long_log_for_little() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let first = app.ended(&app.ask(question()).await).await;
    let rows = Rows::at(&app.database_url()).await;
    // More of another type than are read for one answer.
    let others = "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10050)
        INSERT INTO event (workspace_id, seq, id, epoch, type, occurred_at, query_id, payload)
        SELECT workspace_id, n, 'evt_0000000000000' || CAST(1000000000000 + n AS TEXT), epoch, 'other',
        occurred_at, query_id, payload FROM event, numbers WHERE seq = 1";
    rows.execute(others).await;
    rows.execute("UPDATE event_counter SET seq = 10050 WHERE seq = 1").await;
    let last = app.ended(&app.ask(question()).await).await;
    assert_eq!(last["seq"], 10_051);

    let after = first["cursor"].as_str().unwrap();
    let early = poll(&app, &format!("after={after}&types=job.completed&wait=50")).await;
    assert_eq!(early["events"], json!([]));
    let next = early["next_cursor"].as_str().unwrap();
    let (_, seq) = next.rsplit_once(':').unwrap();
    assert!((9_000..10_050).contains(&seq.parse::<u64>().unwrap()), "{next}");
    let rest = poll(&app, &format!("after={next}&types=job.completed&wait=50")).await;
    assert_eq!(rest["events"][0]["payload"]["job_id"], last["jobId"], "{rest:#}");
    assert_eq!(rest["next_cursor"], last["cursor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_stream_is_told_how_far_it_has_come() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let own = app.ask(question()).await;
    app.ended(&own).await;
    let follow = json!({ "query": own["query"]["id"], "after": own["cursor"] });
    let mut socket = app.socket().await;
    socket.subscribe("own", FOLLOW, follow.clone()).await;
    let given = socket.next_event("own").await["payload"]["data"]["jobCompleted"].clone();
    let mut events = stream(&app, FOLLOW, follow).await;
    assert_eq!(take(&mut events, 1).await, [given]);
    let foreign = app.ask(question()).await;
    let head = app.ended(&foreign).await["cursor"].clone();

    let by_stream = async {
        loop {
            let block = events.next().await.expect("the stream goes on");
            assert_eq!([&block.event, &block.data], [&None, &None], "{block:?}");
            if block.id.is_some() {
                return json!(block.id);
            }
        }
    };
    let by_socket = async {
        loop {
            let message = socket.next_json().await;
            assert_eq!(message["type"], "ping", "{message:#}");
            socket.send_json(json!({ "type": "pong" })).await;
            if let Some(cursor) = message["payload"]["cursors"].get("own") {
                return cursor.clone();
            }
        }
    };
    assert_eq!(join(by_stream, by_socket).await, (head.clone(), head));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_of_a_job_is_its_state_now_then_each_change_until_it_ends() {
    let mut feed = Receiver::answering(&[Reply::Hang]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let sources = json!({ "sources": [format!("rss:{}", feed.url("/feed"))] });
    let asked = app.ask(with(question(), sources)).await;
    feed.next().await;
    let mut socket = app.socket().await;
    socket.subscribe("job", PROGRESS, json!({ "job": asked["job"]["id"] })).await;
    let mut state = socket.next_event("job").await["payload"]["data"]["jobProgress"].clone();
    assert_eq!([&state["id"], &state["status"]], [&asked["job"]["id"], &json!("RUNNING")]);

    let cancel = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { job { status } } }";
    app.graphql(cancel, json!({ "id": asked["job"]["id"] })).await;
    let mut seen = 1;
    while state["completedAt"].is_null() {
        let message = socket.next_event("job").await;
        let next = message["payload"]["data"]["jobProgress"].clone();
        assert_ne!(next, state, "only changes are given");
        (state, seen) = (next, seen + 1);
    }
    assert_eq!([&state["status"], &json!(seen)], [&json!("CANCELLED"), &json!(2)]);
    assert_eq!(socket.next_event("job").await["type"], "complete");

    socket.subscribe("ended", PROGRESS, json!({ "job": asked["job"]["id"] })).await;
    let ended = socket.next_event("ended").await["payload"]["data"]["jobProgress"].clone();
    assert_eq!(ended, state);
    assert_eq!(socket.next_event("ended").await["type"], "complete");
    socket.subscribe("none", PROGRESS, json!({ "job": "job_00000000000000000000000000" })).await;
    let none = socket.next_event("none").await;
    assert_eq!(none["type"], "error", "{none:#}");
    assert_eq!(none["payload"][0]["extensions"]["code"], "NOT_FOUND");
}
