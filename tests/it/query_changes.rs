//! Saved questions can be changed: what is given, checked like a new one, and nothing else.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions, question, with};

const UPDATE: &str = "mutation ($input: UpdateQueryInput!) { updateQuery(input: $input) {
    query { id name prompt sources dateRange { start end } limit timezone webhookUrl reading assumptions
    createdAt updatedAt } userErrors { code path message } } }";
const SHOW: &str =
    "query ($id: ID!) { query(id: $id) { id name prompt sources dateRange { start end } limit
    timezone webhookUrl reading assumptions createdAt updatedAt } }";

async fn saved(app: &TestApp, more: Value) -> Value {
    let input = with(with(question(), json!({ "run": false })), more);
    let id = app.ask(input).await["query"]["id"].clone();
    app.graphql(SHOW, json!({ "id": id })).await["query"].clone()
}

async fn update(app: &TestApp, id: &Value, change: Value) -> Value {
    let input = with(json!({ "queryId": id }), change);
    app.graphql(UPDATE, json!({ "input": input })).await["updateQuery"].clone()
}

/// The query after a change that is taken.
async fn updated(app: &TestApp, id: &Value, change: Value) -> Value {
    let payload = update(app, id, change).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    let stored = app.graphql(SHOW, json!({ "id": id })).await["query"].clone();
    assert_eq!(payload["query"], stored, "what is answered is what was written");
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_changes_and_nothing_else() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let before = saved(&app, json!({ "name": "first" })).await;
    let id = &before["id"];
    app.clock.advance(60_000);
    let mut expected = before.clone();

    let now = updated(&app, id, json!({ "name": " second " })).await;
    expected["name"] = json!("second");
    expected["updatedAt"] = json!("2026-11-23T17:31:00Z");
    assert_eq!(now, expected);
    let url = "https://hooks.example.com/a";
    let now = updated(&app, id, json!({ "limit": 7, "webhookUrl": url })).await;
    assert_eq!([&now["limit"], &now["webhookUrl"]], [&json!(7), &json!(url)]);
    assert_eq!(now["updatedAt"], "2026-11-23T17:31:00.001Z", "each change has a time of its own");
    let now = updated(&app, id, json!({ "name": null, "webhookUrl": null })).await;
    assert_eq!(
        [&now["name"], &now["webhookUrl"], &now["limit"]],
        [&json!(null), &json!(null), &json!(7)]
    );
    assert_eq!(now["reading"], before["reading"]);

    let prompt = "How many people mentioned globex in the last 7 days?";
    let now = updated(&app, id, json!({ "prompt": prompt, "dateRange": null })).await;
    assert_eq!([&now["prompt"], &now["dateRange"]], [&json!(prompt), &json!(null)]);
    assert!(now["reading"]["terms"].to_string().contains("globex"), "{now:#}");
    let range = json!({ "start": "2024-01-01T00:00:00Z", "end": "2024-02-01T00:00:00Z" });
    let now = updated(&app, id, json!({ "dateRange": range, "timezone": "Europe/Berlin" })).await;
    assert_eq!([&now["dateRange"], &now["timezone"]], [&range, &json!("Europe/Berlin")]);
    assert_eq!(now["createdAt"], before["createdAt"]);
    // Nothing but the question's id changes nothing but the time.
    let same = updated(&app, id, json!({})).await;
    assert_eq!(with(same, json!({ "updatedAt": now["updatedAt"] })), now);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_after_the_change_is_of_the_query_as_it_is_then() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let before = saved(&app, json!({})).await;
    let id = &before["id"];
    let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } cursor } }";
    let result = async || {
        let payload = app.graphql(run, json!({ "id": id })).await["runQuery"].clone();
        app.ended(&payload).await;
        let latest = "query ($id: ID!) { query(id: $id) { latestResult { json } } }";
        app.graphql(latest, json!({ "id": id })).await["query"]["latestResult"]["json"].clone()
    };
    let first = result().await;
    let prompt = "How many times was nobody-says-this mentioned?";
    updated(&app, id, json!({ "prompt": prompt })).await;
    let second = result().await;
    assert_ne!(first["result"]["total_mentions"], 0);
    assert_eq!(
        [&second["prompt"], &second["result"]["total_mentions"]],
        [&json!(prompt), &json!(0)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_all_at_once_and_nothing_is_changed() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let before = saved(&app, json!({})).await;
    let id = &before["id"];
    let wrong = json!({ "prompt": " ", "limit": 0, "name": "", "timezone": "Mars/Base", "sources": ["nobody"],
        "webhookUrl": "http://127.0.0.1/x",
        "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-01-01T00:00:00Z" } });
    let payload = update(&app, id, wrong).await;
    assert_eq!(payload["query"], Value::Null);
    let errors = payload["userErrors"].as_array().unwrap();
    let mut codes: Vec<&str> = errors.iter().map(|error| error["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    let wanted = [
        "DATE_RANGE_INVALID",
        "LIMIT_OUT_OF_RANGE",
        "NAME_INVALID",
        "PROMPT_EMPTY",
        "SOURCE_UNKNOWN",
        "TIMEZONE_UNKNOWN",
        "WEBHOOK_URL_FORBIDDEN",
    ];
    assert_eq!(codes, wanted, "{payload:#}");
    assert_eq!(app.graphql(SHOW, json!({ "id": id })).await["query"], before);

    let delete = "mutation ($id: ID!) { deleteQuery(input: { queryId: $id }) { query { id } } }";
    app.graphql(delete, json!({ "id": id })).await;
    for gone in [id.clone(), json!("qry_01kb0000000000000000000000")] {
        let payload = update(&app, &gone, json!({ "name": "x" })).await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            [&error["code"], &error["path"]],
            [&json!("QUERY_NOT_FOUND"), &json!(["queryId"])]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_are_all_there_in_the_end() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let id = saved(&app, json!({})).await["id"].clone();
    let changes = [
        json!({ "name": "together" }),
        json!({ "limit": 55 }),
        json!({ "timezone": "Asia/Tokyo" }),
        json!({ "webhookUrl": "https://hooks.example.com/b" }),
        json!({ "prompt": "How many times was globex mentioned?" }),
    ];
    let all = changes.iter().map(|change| updated_at_all(&app, &id, change));
    join_all(all).await;
    let now = app.graphql(SHOW, json!({ "id": id })).await["query"].clone();
    for change in &changes {
        for (field, value) in change.as_object().unwrap() {
            assert_eq!(&now[field], value, "{now:#}");
        }
    }
    assert!(now["reading"]["terms"].to_string().contains("globex"), "{now:#}");
}

async fn updated_at_all(app: &TestApp, id: &Value, change: &Value) {
    let payload = update(app, id, change.clone()).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
}

const PREVIEW: &str = "query ($input: PreviewQueryInput!) { previewQuery(input: $input) {
    reading assumptions problems window { start end } sources { name state } userErrors { code path } }
    queries(first: 1) { totalCount } jobs(first: 1) { totalCount } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_the_reading_that_asking_would_give_and_leaves_nothing_behind() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = [
        json!({ "prompt": "How many times was acme mentioned on X and Reddit this week?" }),
        json!({ "prompt": "How many people mentioned globex?", "sources": ["dataset:posts"],
            "timezone": "Asia/Tokyo" }),
        json!({ "prompt": "How many times was acme mentioned in the last 30 days?",
            "dateRange": { "start": "2024-01-01T00:00:00Z", "end": "2024-02-01T00:00:00Z" } }),
    ];
    let mut previews = Vec::new();
    for input in &asked {
        let answer = app.graphql(PREVIEW, json!({ "input": input })).await;
        assert_eq!(answer["queries"]["totalCount"], 0);
        assert_eq!(answer["jobs"]["totalCount"], 0);
        assert_eq!(answer["previewQuery"]["userErrors"], json!([]), "{answer:#}");
        previews.push(answer["previewQuery"].clone());
    }
    for (input, preview) in asked.iter().zip(&previews) {
        let id = app.ask(with(input.clone(), json!({ "run": false }))).await["query"]["id"].clone();
        let saved = app.graphql(SHOW, json!({ "id": id })).await["query"].clone();
        assert_eq!(preview["reading"], saved["reading"]);
        let assumed = preview["assumptions"].as_array().unwrap();
        for assumption in saved["assumptions"].as_array().unwrap() {
            assert!(assumed.contains(assumption), "{assumption} is not in {assumed:?}");
        }
    }
    let named = json!([{ "name": "x", "state": "NOT_CONFIGURED" }, { "name": "reddit", "state": "NOT_CONFIGURED" }]);
    assert_eq!(previews[0]["sources"], named);
    // Monday of the week of the test's clock.
    assert_eq!(previews[0]["window"]["start"], "2026-11-23T00:00:00Z");
    assert_eq!(previews[1]["sources"], json!([{ "name": "dataset:posts", "state": "READY" }]));
    let january = json!({ "start": "2024-01-01T00:00:00Z", "end": "2024-02-01T00:00:00Z" });
    assert_eq!(previews[2]["window"], january);

    let input = json!({ "prompt": "How will acme do next year?" });
    let answer = app.graphql(PREVIEW, json!({ "input": input })).await["previewQuery"].clone();
    assert_eq!(answer["reading"]["intent"], "unsupported");
    assert_ne!(answer["problems"], json!([]));
    let input = json!({ "prompt": "", "sources": ["nobody"], "timezone": "Mars" });
    let answer = app.graphql(PREVIEW, json!({ "input": input })).await["previewQuery"].clone();
    assert_eq!(answer["reading"], Value::Null);
    assert_eq!(answer["userErrors"].as_array().unwrap().len(), 3, "{answer:#}");
}
