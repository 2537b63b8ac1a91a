//! How long things are kept: nothing goes a millisecond too early, everything that is due goes, and whatever
//! cuts a pass off, the next one ends it.

use std::path::Path;

use bytestack::model::api_key::Scope;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::process::{Ended, run_in};
use crate::support::receiver::Receiver;
use crate::support::rows::Rows;
use crate::support::{TestApp, TestOptions, noise, noisy_question, question, with};

const SET: &str =
    "mutation ($input: SetRetentionPolicyInput!) { setRetentionPolicy(input: $input) {
    retention { resultDays deliveryDays eventDays scrapeLogDays }
    preview { results { count bytes oldest newest } deliveries { count oldest newest }
        events { count oldest newest } } userErrors { code path } } }";
const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn set(app: &TestApp, input: Value) -> Value {
    app.graphql(SET, json!({ "input": input })).await["setRetentionPolicy"].clone()
}

async fn completed(app: &TestApp, input: Value) -> String {
    let ended = app.ended(&app.ask(input).await).await;
    ended["storageKey"].as_str().unwrap().to_owned()
}

async fn status_of(app: &TestApp, key: &str) -> StatusCode {
    app.get(&format!("/v1/storage/{key}")).await.status
}

async fn count(app: &TestApp, connection: &str) -> u64 {
    let text = format!("{{ {connection}(first: 100) {{ nodes {{ id }} }} }}");
    app.graphql(&text, json!({})).await[connection]["nodes"].as_array().unwrap().len() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn results_go_when_they_are_old_enough_and_not_a_millisecond_earlier() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let begun = app.clock.clock().now();
    let early = completed(&app, question()).await;
    app.clock.advance(DAY);
    let late = completed(&app, question()).await;
    let domain = &app.running().domain;
    app.clock.advance(400 * DAY);
    assert_eq!(domain.apply_retention().await.unwrap(), 0, "by default results are kept for ever");
    let expires = "query ($key: String!) { storageObject(key: $key) { expiresAt } }";
    let found = app.graphql(expires, json!({ "key": early })).await;
    assert_eq!(found["storageObject"]["expiresAt"], Value::Null);

    // The first is due in a millisecond.
    let input = json!({ "resultDays": 402 });
    app.clock.advance(DAY - 1);
    let shown = set(&app, with(input.clone(), json!({ "dryRun": true }))).await;
    assert_eq!(
        [&shown["preview"]["results"]["count"], &shown["userErrors"]],
        [&json!(0), &json!([])]
    );
    let workspace =
        "{ workspace { retention { resultDays deliveryDays eventDays scrapeLogDays } } }";
    let policy = app.graphql(workspace, json!({})).await["workspace"]["retention"].clone();
    let default =
        json!({ "resultDays": null, "deliveryDays": null, "eventDays": null, "scrapeLogDays": 90 });
    assert_eq!(policy, default, "a dry run sets nothing");
    set(&app, input.clone()).await;
    let policy = app.graphql(workspace, json!({})).await["workspace"]["retention"].clone();
    assert_eq!(policy, with(default, input.clone()));
    let found = app.graphql(expires, json!({ "key": early })).await;
    let expires_at: DateTime<Utc> =
        found["storageObject"]["expiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires_at, begun + TimeDelta::days(402));
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    assert_eq!(status_of(&app, &early).await, StatusCode::OK);

    app.clock.advance(1);
    assert_eq!(app.clock.clock().now(), expires_at);
    let due = set(&app, with(input, json!({ "dryRun": true }))).await["preview"]["results"].clone();
    let size = app.get(&format!("/v1/storage/{early}")).await.bytes.len();
    let at = begun.format("%FT%TZ").to_string();
    assert_eq!(due, json!({ "count": 1, "bytes": size, "oldest": at, "newest": at }));
    let (one, other) = tokio::join!(domain.apply_retention(), domain.apply_retention());
    assert_eq!(one.unwrap() + other.unwrap(), 1, "several nodes take it once");
    assert_eq!(status_of(&app, &early).await, StatusCode::NOT_FOUND);
    assert_eq!(status_of(&app, &late).await, StatusCode::OK);
    let log = app.get("/v1/events?types=storage.deleted").await.json();
    let payload = &log["events"][0]["payload"];
    assert_eq!([&payload["storage_key"], &payload["reason"]], [&json!(early), &json!("retention")]);

    // Neither a pass that finds nothing nor another policy takes more.
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    set(&app, json!({ "resultDays": null })).await;
    app.clock.advance(10_000 * DAY);
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    assert_eq!(status_of(&app, &late).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_and_events_have_days_of_their_own_and_what_is_on_its_way_stays() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    let hook = with(question(), json!({ "webhookUrl": receiver.url("/hook") }));
    completed(&app, hook).await;
    app.running().idle().await.unwrap();
    completed(&app, question()).await;
    let domain = &app.running().domain;
    let waiting =
        "UPDATE delivery SET status = 'pending', completed_at = NULL, next_attempt_at = created_at";
    let arrived = "UPDATE delivery SET status = 'succeeded', completed_at = created_at, next_attempt_at = NULL";
    let rows = Rows::at(&app.database_url()).await;
    rows.execute(arrived).await;
    set(&app, json!({ "deliveryDays": 7, "eventDays": 30 })).await;
    app.clock.advance(7 * DAY - 1);
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    app.clock.advance(1);
    rows.execute(waiting).await;
    let due = set(&app, json!({ "dryRun": true })).await["preview"].clone();
    assert_eq!([&due["deliveries"]["count"], &due["events"]["count"]], [0, 0]);
    assert_eq!(domain.apply_retention().await.unwrap(), 0, "it is still to be delivered");
    rows.execute(arrived).await;
    assert_eq!(set(&app, json!({ "dryRun": true })).await["preview"]["deliveries"]["count"], 1);
    assert_eq!(domain.apply_retention().await.unwrap(), 1);
    assert_eq!([count(&app, "deliveries").await, count(&app, "events").await], [0, 2]);
    assert_eq!(rows.text("SELECT CAST(count(*) AS TEXT) FROM delivery_attempt").await, "0");

    // Another workspace keeps its events for as long as all.
    let elsewhere = app.key(app.another_workspace().await, Scope::Admin).await;
    let kept = TimeDelta::days(90);
    app.clock.advance(23 * DAY);
    assert_eq!(domain.trim_logs(kept).await.unwrap(), 0, "not a millisecond too early");
    app.clock.advance(1);
    assert_eq!(set(&app, json!({ "dryRun": true })).await["preview"]["events"]["count"], 2);
    assert_eq!(domain.trim_logs(kept).await.unwrap(), 2);
    assert_eq!(count(&app, "events").await, 0);
    let theirs = app.try_graphql(&elsewhere, SET, json!({ "input": { "eventDays": 1 } })).await;
    assert_eq!(theirs["data"]["setRetentionPolicy"]["retention"]["eventDays"], 1);
    let own = "{ workspace { retention { eventDays } } }";
    let own = app.graphql(own, json!({})).await;
    assert_eq!(own["workspace"]["retention"]["eventDays"], 30);
    // What was taken is not missing.
    let (data, url) = (app.data_dir().to_owned(), app.database_url());
    let examined = tokio::task::block_in_place(|| doctor(&data, &url));
    assert_eq!(examined.code, Some(0), "{examined:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_days_that_cannot_be_is_refused_and_only_admins_set_it() {
    let app = TestApp::start().await;
    for field in ["resultDays", "deliveryDays", "eventDays", "scrapeLogDays"] {
        for days in [0, -1, 36_501] {
            let answer = set(&app, json!({ field: days })).await;
            let error = json!([{ "code": "DAYS_OUT_OF_RANGE", "path": [field] }]);
            assert_eq!(answer["userErrors"], error, "{field}: {days}");
            assert_eq!(answer["retention"], Value::Null);
        }
        assert_eq!(set(&app, json!({ field: 36_500 })).await["retention"][field], 36_500);
    }
    let writer = app.key(app.workspace, Scope::Write).await;
    let refused = app.try_graphql(&writer, SET, json!({ "input": { "resultDays": 1 } })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_is_cut_off_between_row_and_blob_leaves_nothing_that_doctor_finds() {
    bytestack::failpoint::arm("deletion.before_blobs=error").unwrap();
    let app = TestApp::with(TestOptions::default()).await;
    assert_eq!(app.upload("noise", "text/csv", noise()).await.status, StatusCode::CREATED);
    let keys = [completed(&app, noisy_question()).await, completed(&app, noisy_question()).await];
    set(&app, json!({ "resultDays": 9 })).await;
    app.clock.advance(9 * DAY);
    let domain = &app.running().domain;
    assert!(domain.apply_retention().await.is_err(), "it is cut off where the blobs are to go");
    for key in &keys {
        let answer = app.get(&format!("/v1/storage/{key}")).await;
        assert_eq!(answer.json()["code"], "RESULT_DELETED");
    }
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    assert_eq!(domain.sweep().await.unwrap().blobs, 2);
    let (data, url) = (app.data_dir().to_owned(), app.database_url());
    let examined = tokio::task::block_in_place(|| doctor(&data, &url));
    assert_eq!(examined.code, Some(0), "{examined:#?}");
}

fn doctor(data: &Path, url: &str) -> Ended {
    if url.starts_with("sqlite:") {
        return run_in(data, &["doctor"], &[]);
    }
    run_in(data, &["--database-url", url, "doctor"], &[])
}
