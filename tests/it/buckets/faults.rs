//! What is wrong on this side, and what a bucket's failures say of it.

use std::fs;
use std::time::Duration;

use bytestack::deliveries::{Backoff, BucketOptions, GateOptions};
use serde_json::{Value, json};

use super::sync::{delivery, hasty, place, stored, until};
use super::{connect, connect_with, filled_in};
use crate::support::rows::Rows;
use crate::support::s3::{BUCKET, Failure, Profile, S3Double};
use crate::support::{TestApp, noise, noisy_question};

const AN_HOUR: i64 = 60 * 60 * 1_000;

/// The bucket's state and since when it fails.
async fn standing(app: &TestApp) -> (Value, Value) {
    let query = "{ workspace { bucket { state failingSince } } }";
    let bucket = app.graphql(query, json!({})).await["workspace"]["bucket"].clone();
    (bucket["state"].clone(), bucket["failingSince"].clone())
}

/// How a result's delivery stands, and what its last attempt said: found without the result's bytes.
async fn tried(app: &TestApp, key: &str) -> (Value, String) {
    let query = "{ deliveries(first: 9) { nodes { status storageObject { key }
        attempts { error } } } }";
    let all = app.graphql(query, json!({})).await;
    let mut all = all["deliveries"]["nodes"].as_array().unwrap().iter();
    let found = all.find(|one| one["storageObject"]["key"] == key).unwrap();
    let last = found["attempts"].as_array().unwrap().last().cloned().unwrap_or_default();
    (found["status"].clone(), last["error"].as_str().unwrap_or_default().to_owned())
}

/// Does something as the caller of another key.
async fn as_other<T>(
    app: &mut TestApp,
    key: &mut String,
    work: impl AsyncFnOnce(&TestApp) -> T,
) -> T {
    std::mem::swap(&mut app.key, key);
    let done = work(app).await;
    std::mem::swap(&mut app.key, key);
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_opened_stops_nobody_else() {
    let store = S3Double::start(Profile::Aws).await;
    let mut app = TestApp::with_posts(hasty()).await;
    let (other, mut key) = app.stranger().await;
    connect(&app, filled_in(&store)).await;
    as_other(&mut app, &mut key, async |app| {
        app.upload_posts().await;
        connect_with(app, &store, json!({ "prefix": "other" })).await;
    })
    .await;
    store.fail_always("PutObject", Some(Failure::AccessDenied));
    let own = stored(&app).await;
    let others = as_other(&mut app, &mut key, stored).await;

    let rows = Rows::at(&app.database_url()).await;
    let damage = format!(
        "UPDATE bucket SET secret_access_key = substr(secret_access_key, 2) \
         WHERE workspace_id = '{other}'"
    );
    rows.execute(&damage).await;
    let says = "SECRET_UNREADABLE: the secret access key that is kept cannot be opened";
    as_other(&mut app, &mut key, async |app| {
        // No attempt that was begun with the secret is under way any more.
        until(app, async || tried(app, &others).await.1.starts_with(says)).await;
    })
    .await;
    // Both wait and are taken up together by the next start.
    store.fail_always("PutObject", None);
    let mut app = app.restart(hasty()).await;
    until(&app, async || delivery(&app, &own).await["status"] == "SUCCEEDED").await;
    as_other(&mut app, &mut key, async |app| {
        until(app, async || tried(app, &others).await.1.starts_with(says)).await;
        assert_eq!(tried(app, &others).await.0, "PENDING");
        let resume = "mutation ($name: String!) { resumeBucket(input: { name: $name }) {
            userErrors { code path message } } }";
        let resumed = app.graphql(resume, json!({ "name": BUCKET })).await["resumeBucket"].clone();
        let why = resumed["userErrors"][0]["message"].as_str().unwrap();
        assert!(why.contains("connect the bucket again"), "{why}");
        let without = json!({ "prefix": "other", "secretAccessKey": null });
        let refused = connect_with(app, &store, without).await;
        assert_eq!(refused["userErrors"][0]["path"], json!(["secretAccessKey"]));
        let mended = connect_with(app, &store, json!({ "prefix": "other" })).await;
        assert_eq!(mended["userErrors"], json!([]));
        app.running().idle().await.unwrap();
        assert_eq!(delivery(app, &others).await["status"], "SUCCEEDED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_read_is_said_to_be_so_and_is_not_the_buckets_fault() {
    let store = S3Double::start(Profile::Aws).await;
    let app = TestApp::with_posts(hasty()).await;
    app.upload("noise", "text/csv", noise()).await;
    let (in_row, no_row) = (stored(&app).await, stored(&app).await);
    let [cut_off, no_blob] = [large(&app).await, large(&app).await];
    let rows = Rows::at(&app.database_url()).await;
    let column = async |name: &str, key: &str| {
        rows.text(&format!("SELECT {name} FROM storage_object WHERE key = '{key}'")).await
    };
    let body = |id: String, what: &str| format!("{what} WHERE object_id = '{id}'");
    let (id, gone) = (column("id", &in_row).await, column("id", &no_row).await);
    let halve = "UPDATE result_body SET zstd = substr(zstd, 1, 20)";
    rows.execute(&body(id, halve)).await;
    rows.execute(&body(gone, "DELETE FROM result_body")).await;
    let blobs = app.data_dir().join("blobs");
    let file = blobs.join(column("blob", &cut_off).await);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 100]).unwrap();
    fs::remove_file(blobs.join(column("blob", &no_blob).await)).unwrap();

    connect(&app, filled_in(&store)).await;
    let backfill = "mutation ($input: BackfillBucketInput!) { backfillBucket(input: $input) {
        queued } }";
    app.graphql(backfill, json!({ "input": { "name": BUCKET } })).await;
    for key in [&in_row, &no_row, &cut_off, &no_blob] {
        until(&app, async || tried(&app, key).await.1.starts_with("RESULT_UNREADABLE: ")).await;
        assert_eq!(tried(&app, key).await.0, "PENDING", "{key}");
    }
    assert_eq!(standing(&app).await, (json!("ACTIVE"), Value::Null));
    let well = stored(&app).await;
    until(&app, async || delivery(&app, &well).await["status"] == "SUCCEEDED").await;
    assert_eq!(store.objects().keys().collect::<Vec<_>>(), [&place(&well)]);
    // Once it can be read again, it is sent.
    fs::write(&file, bytes).unwrap();
    until(&app, async || delivery(&app, &cut_off).await["status"] == "SUCCEEDED").await;
    app.stop().await;
}

/// A result that is kept in a blob.
async fn large(app: &TestApp) -> String {
    let ended = app.ended(&app.ask(noisy_question()).await).await;
    ended["storageKey"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_ends_the_failing_although_it_began_before_the_failure() {
    let store = S3Double::start(Profile::Aws).await;
    let mut options = hasty();
    // One after the other, and what failed waits for longer than the test.
    let gate = GateOptions { at_once: 1, at_once_in_doubt: 1, ..GateOptions::default() };
    let backoff = Backoff::new(vec![Duration::from_hours(1)]);
    options.work.buckets = BucketOptions { backoff, gate };
    let app = TestApp::with_posts(options).await;
    let keys = [stored(&app).await, stored(&app).await, stored(&app).await];
    connect(&app, filled_in(&store)).await;
    store.fail_next(Failure::AccessDenied);
    let backfill = "mutation ($input: BackfillBucketInput!) { backfillBucket(input: $input) {
        queued } }";
    app.graphql(backfill, json!({ "input": { "name": BUCKET } })).await;
    let ended = "{ deliveries(first: 9, filter: { statuses: [SUCCEEDED] }) { totalCount } }";
    until(&app, async || app.graphql(ended, json!({})).await["deliveries"]["totalCount"] == 2)
        .await;
    let mut failed = 0;
    for key in &keys {
        failed += usize::from(tried(&app, key).await.1.starts_with("ACCESS_DENIED"));
    }
    assert_eq!(failed, 1);
    assert_eq!(standing(&app).await, (json!("ACTIVE"), Value::Null));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_a_day_apart_pause_nothing() {
    let store = S3Double::start(Profile::Aws).await;
    let app = TestApp::with_posts(hasty()).await;
    connect(&app, filled_in(&store)).await;
    store.fail_always("PutObject", Some(Failure::AccessDenied));
    let first = stored(&app).await;
    until(&app, async || standing(&app).await.1 != Value::Null).await;
    let since = standing(&app).await.1;
    // Nothing waits any more.
    let path = format!("/v1/storage/{first}");
    app.authorized(reqwest::Method::DELETE, &path).send().await.unwrap();
    app.running().idle().await.unwrap();
    app.clock.advance(25 * AN_HOUR);
    let second = stored(&app).await;
    until(&app, async || delivery(&app, &second).await["attempts"].as_array().unwrap().len() > 3)
        .await;
    let (state, again) = standing(&app).await;
    assert_eq!(state, "ACTIVE");
    assert!(again.as_str() > since.as_str(), "{again} is later than {since}");
    store.fail_always("PutObject", None);
    app.running().idle().await.unwrap();
    assert_eq!(standing(&app).await, (json!("ACTIVE"), Value::Null));
}
