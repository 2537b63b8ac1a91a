//! How a prompt is understood may be given by whoever asks, edited from what the grammar shows: the run goes by
//! that alone, and says so.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions, question, with};

const PREVIEW: &str = "query ($input: PreviewQueryInput!) { previewQuery(input: $input) {
    reading userErrors { code path message } } }";

/// A reading that finds the two posts about Acme.
fn given() -> Value {
    json!({ "intent": "count", "terms": ["Acme"], "metrics": ["mentions"] })
}

async fn result(app: &TestApp, payload: &Value) -> Value {
    let ended = app.ended(payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    app.get(&format!("/v1/storage/{}", ended["storageKey"].as_str().unwrap())).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_shown_edited_and_gone_by() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let shown = app.graphql(PREVIEW, json!({ "input": question() })).await;
    let shown = shown["previewQuery"]["reading"].clone();
    let plain = result(&app, &app.ask(question()).await).await;
    assert_eq!([&plain["reading"], &plain["result"]["total_mentions"]], [&shown, &json!(2)]);
    assert_eq!(plain["reader"], json!({ "kind": "builtin", "version": reading_version() }));

    let edited = with(shown, json!({ "exclude": ["works"] }));
    let input = with(question(), json!({ "reading": edited }));
    let previewed = app.graphql(PREVIEW, json!({ "input": input })).await;
    assert_eq!(previewed["previewQuery"]["reading"], edited);
    let answered = result(&app, &app.ask(input.clone()).await).await;
    assert_eq!([&answered["reading"], &answered["result"]["total_mentions"]], [&edited, &json!(1)]);
    assert_eq!(answered["reader"], json!({ "kind": "given", "version": "1" }));

    let posted = app.post("/v1/queries", input).await;
    assert_eq!(posted.status, 202, "{:#}", posted.json());
    app.running().idle().await.unwrap();
    let query = posted.json()["id"].as_str().unwrap().to_owned();
    let by_rest = app.get(&format!("/v1/storage/{query}")).await.json();
    assert_eq!([&by_rest["reading"], &by_rest["result"]], [&edited, &answered["result"]]);
}

/// The grammar's, as whoever asks `previewQuery` is told.
fn reading_version() -> &'static str {
    bytestack::analysis::reading::VERSION
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_reading_changes_only_when_it_is_changed() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = with(question(), json!({ "reading": given(), "run": false }));
    let id = app.ask(asked).await["query"]["id"].clone();
    let update = async |change: Value| {
        let call = "mutation ($input: UpdateQueryInput!) { updateQuery(input: $input) {
            query { reading } userErrors { code path } } }";
        let input = with(json!({ "queryId": id }), change);
        app.graphql(call, json!({ "input": input })).await["updateQuery"].clone()
    };
    let full = with(
        given(),
        json!({ "exclude": [], "sources": null, "window": null,
        "group_by": [], "limit": null }),
    );
    let stays = update(json!({ "name": "mine" })).await;
    assert_eq!(stays["query"]["reading"], full);
    let other = with(full.clone(), json!({ "terms": [{ "all": ["Acme", "works"] }] }));
    assert_eq!(update(json!({ "reading": other })).await["query"]["reading"], other);
    let wrong = update(json!({ "reading": { "intent": "count", "terms": [] } })).await;
    assert_eq!(wrong["userErrors"][0]["code"], "READING_INVALID");
    assert_eq!(wrong["userErrors"][0]["path"], json!(["reading", "terms"]));
    let anew = update(json!({ "prompt": "How many people mentioned Globex?" })).await;
    assert_eq!(anew["query"]["reading"]["terms"], json!(["Globex"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_reading_is_told_with_its_place() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let times = "a time is written";
    let many = vec!["a"; 101];
    let cases: [(Value, &[&str], &str); 20] = [
        (json!({ "terms": 5 }), &["terms"], "not of type"),
        (json!({ "terms": [] }), &["terms"], "a term is"),
        (json!({ "terms": [7] }), &["terms", "0"], "a term is"),
        (json!({ "terms": [" "] }), &["terms", "0"], "nothing to look for"),
        (json!({ "terms": [{ "all": [] }] }), &["terms", "0"], "nothing to look for"),
        (json!({ "intent": "divine" }), &["intent"], "divine"),
        (json!({ "intent": "unsupported" }), &["intent"], "unsupported"),
        (json!({ "window": "7d" }), &["window"], times),
        (json!({ "window": { "last": "7 days" } }), &["window"], "no length of time"),
        (json!({ "window": { "from": "2030-01-01" } }), &["window"], "empty"),
        (json!({ "window": { "calendar": "week", "offset": 1 } }), &["window"], "future"),
        (json!({ "limit": 0 }), &["limit"], "minimum"),
        (json!({ "filters": { "mood": "bad" } }), &["filters"], "mood"),
        (json!({ "sort": "loudest" }), &["sort"], "loudest"),
        (json!({ "sort": "loud desc" }), &["sort"], "loud"),
        (json!({ "colour": "red" }), &[], "colour"),
        (json!({ "terms": ["a".repeat(201)] }), &["terms", "0"], "too long"),
        (json!({ "exclude": ["a", "b".repeat(201)] }), &["exclude", "1"], "too long"),
        (json!({ "terms": many }), &["terms"], "a term is"),
        (json!({ "terms": "a".repeat(100_000) }), &["terms"], "…; a term is"),
    ];
    for (change, place, says) in cases {
        let asked = with(question(), json!({ "reading": with(given(), change.clone()) }));
        let path: Vec<&str> = ["reading"].iter().chain(place).copied().collect();
        let payload = app.try_ask(asked.clone()).await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            [&error["code"], &error["path"]],
            [&json!("READING_INVALID"), &json!(path)],
            "{change}: {error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says) && message.len() < 1_000, "{change}: {message}");
        let answer: Answer = app.post("/v1/queries", asked).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &error["code"]));
    }
    assert_eq!(app.counts().await[0], 0, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_schedules_of_a_reading_are_checked_like_those_of_a_question() {
    let mut app = TestApp::with_posts(TestOptions::default()).await;
    let (_, key) = app.stranger().await;
    for (name, code) in [
        ("myspace", "SOURCE_UNKNOWN"),
        ("dataset:other", "SOURCE_UNKNOWN"),
        ("rss:http://169.254.169.254/", "SOURCE_FORBIDDEN"),
    ] {
        let reading = with(given(), json!({ "sources": ["dataset:posts", name] }));
        let error = app.try_ask(with(question(), json!({ "reading": reading }))).await;
        let error = &error["userErrors"][0];
        let place = json!(["reading", "sources", "1"]);
        assert_eq!([&error["code"], &error["path"]], [&json!(code), &place], "{name}");
    }
    let reading = with(given(), json!({ "schedule": "whenever" }));
    let error = app.try_ask(with(question(), json!({ "reading": reading }))).await;
    let error = &error["userErrors"][0];
    let place = json!(["reading", "schedule"]);
    assert_eq!([&error["code"], &error["path"]], [&json!("SCHEDULE_INVALID"), &place]);

    // Another workspace does not have this one's posts, by whatever way it names them.
    app.key = key;
    let reading = with(given(), json!({ "sources": ["dataset:posts"] }));
    let asked = json!({ "prompt": "Acme", "sources": ["hackernews"], "reading": reading });
    let error = app.try_ask(asked).await["userErrors"][0].clone();
    let place = json!(["reading", "sources", "0"]);
    assert_eq!([&error["code"], &error["path"]], [&json!("SOURCE_UNKNOWN"), &place]);
}

#[tokio::test(flavor = "multi_thread")]
async fn since_the_last_run_begins_where_that_ended() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let reading = with(given(), json!({ "window": { "since": "last_run" } }));
    let payload = app.ask(with(question(), json!({ "reading": reading }))).await;
    let first = result(&app, &payload).await;
    assert_eq!(first["result"]["total_mentions"], 2);
    assert!(first["assumptions"].to_string().contains("no run before this one"), "{first:#}");

    app.clock.advance(3_600_000);
    let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }";
    app.graphql(run, json!({ "id": payload["query"]["id"] })).await;
    app.running().idle().await.unwrap();
    let query = payload["query"]["id"].as_str().unwrap();
    let second = app.get(&format!("/v1/storage/{query}")).await.json();
    assert_eq!(second["window"]["from"], first["window"]["to"]);
    assert_eq!(second["window"]["to"], "2026-11-23T18:30:00Z");
    assert_eq!(second["result"]["total_mentions"], 0);
}
