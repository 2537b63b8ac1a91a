//! Every result lands in the bucket, with its bytes.

use std::time::Duration;

use bytestack::app::WorkOptions;
use bytestack::deliveries::{Backoff, BucketOptions, GateOptions};
use bytestack::queue::QueueOptions;
use serde_json::{Value, json};

use super::{connect, filled_in, reaching_this_machine, shown};
use crate::support::s3::{BUCKET, Failure, Profile, S3Double};
use crate::support::{TestApp, TestOptions, question};

const A_MINUTE: i64 = 60 * 1_000;

/// A service that hardly waits between attempts.
pub fn hasty() -> TestOptions {
    let gate = GateOptions {
        closed_for: Duration::from_millis(5),
        closed_at_most: Duration::from_millis(20),
        busy_for: Duration::from_millis(5),
        ..GateOptions::default()
    };
    let buckets = BucketOptions { backoff: Backoff::new(vec![Duration::from_millis(5)]), gate };
    let queue = QueueOptions { poll_every: Duration::from_millis(10), ..QueueOptions::default() };
    let work = WorkOptions { queue, buckets, ..WorkOptions::default() };
    TestOptions { work, ..reaching_this_machine() }
}

/// A service with posts whose bucket is the double's.
async fn connected(store: &S3Double) -> TestApp {
    let app = TestApp::with_posts(hasty()).await;
    let saved = connect(&app, filled_in(store)).await;
    assert_eq!(saved["userErrors"], json!([]), "{saved:#}");
    app
}

/// Asks and waits for the end; the storage key.
pub async fn stored(app: &TestApp) -> String {
    let ended = app.ended(&app.ask(question()).await).await;
    ended["storageKey"].as_str().unwrap().to_owned()
}

/// Where a result lies in the bucket.
pub fn place(key: &str) -> String {
    let (query, time) = key.split_at(30);
    format!("bytestack/{query}/{}", time.strip_prefix('_').unwrap())
}

/// How a result's delivery to the bucket stands.
pub async fn delivery(app: &TestApp, key: &str) -> Value {
    let query = "query ($key: String!) { storageObject(key: $key) { bucketDelivery {
        kind status target storageObject { key } event { id }
        attempts { number statusCode error } } } }";
    let found = app.graphql(query, json!({ "key": key })).await;
    found["storageObject"]["bucketDelivery"].clone()
}

/// Waits until the bucket is so; every end of a task is looked after.
pub async fn until(app: &TestApp, holds: impl AsyncFn() -> bool) {
    let mut settled = app.running().watch_settled();
    let waiting = async {
        while !holds().await {
            settled.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it comes to that");
}

async fn backlog(app: &TestApp) -> Value {
    let query = "{ workspace { bucket { state backlog } } }";
    app.graphql(query, json!({})).await["workspace"]["bucket"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_lies_in_the_bucket_as_it_is_kept() {
    let store = S3Double::start(Profile::Aws).await;
    let app = connected(&store).await;
    let key = stored(&app).await;
    app.running().idle().await.unwrap();
    let objects = store.objects();
    let object = &objects[&place(&key)];
    let kept = app.get(&format!("/v1/storage/{key}")).await;
    assert_eq!(object.bytes, kept.bytes);
    assert_eq!(object.content_type, "application/json");
    let result = kept.json();
    assert_eq!(object.metadata["query-id"], result["query_id"].as_str().unwrap());
    assert_eq!(object.metadata["job-id"], result["job_id"].as_str().unwrap());
    assert_eq!(format!("\"{}\"", object.metadata["sha256"]), kept.header("etag"));
    let shown = delivery(&app, &key).await;
    let target = format!("s3://{BUCKET}/{}", place(&key));
    assert_eq!(
        shown,
        json!({ "kind": "BUCKET", "status": "SUCCEEDED", "target": target,
            "storageObject": { "key": key }, "event": null,
            "attempts": [{ "number": 1, "statusCode": null, "error": null }] })
    );
    assert_eq!(backlog(&app).await, json!({ "state": "ACTIVE", "backlog": 0 }));
    let listed = app.get("/v1/storage").await.json();
    assert_eq!(listed["storage_objects"][0]["bucket_status"], "succeeded", "{listed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bucket_refuses_is_tried_until_it_takes_it() {
    let store = S3Double::start(Profile::LostResponse).await;
    let app = connected(&store).await;
    store.fail_always("PutObject", Some(Failure::AccessDenied));
    let key = stored(&app).await;
    until(&app, async || delivery(&app, &key).await["attempts"].as_array().unwrap().len() >= 3)
        .await;
    let tried = delivery(&app, &key).await;
    assert_eq!(tried["status"], "PENDING");
    let error = tried["attempts"][0]["error"].as_str().unwrap().to_owned();
    assert!(error.starts_with("ACCESS_DENIED: ") && error.contains("s3:PutObject"), "{error}");
    assert_eq!(tried["attempts"][0]["statusCode"], 403);
    assert_ne!(
        app.graphql("{ workspace { bucket { failingSince } } }", json!({})).await["workspace"]["bucket"]
            ["failingSince"],
        Value::Null
    );

    store.fail_always("PutObject", None);
    app.running().idle().await.unwrap();
    assert_eq!(delivery(&app, &key).await["status"], "SUCCEEDED");
    let kept = app.get(&format!("/v1/storage/{key}")).await;
    assert_eq!(store.objects()[&place(&key)].bytes, kept.bytes);
    until(&app, async || {
        let query = "{ workspace { bucket { failingSince } } }";
        app.graphql(query, json!({})).await["workspace"]["bucket"]["failingSince"].is_null()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_fails_for_a_day_is_paused_with_its_backlog_until_a_test_passes() {
    let store = S3Double::start(Profile::Aws).await;
    let app = connected(&store).await;
    store.fail_always("PutObject", Some(Failure::AccessDenied));
    let first = stored(&app).await;
    until(&app, async || {
        let query = "{ workspace { bucket { failingSince } } }";
        !app.graphql(query, json!({})).await["workspace"]["bucket"]["failingSince"].is_null()
    })
    .await;
    // It fails within each hour.
    for _ in 0..28 {
        app.clock.advance(50 * A_MINUTE);
        let tries = delivery(&app, &first).await["attempts"].as_array().unwrap().len();
        until(&app, async || {
            delivery(&app, &first).await["attempts"].as_array().unwrap().len() > tries + 1
        })
        .await;
    }
    assert_eq!(backlog(&app).await, json!({ "state": "ACTIVE", "backlog": 1 }), "not yet a day");
    app.clock.advance(50 * A_MINUTE);
    until(&app, async || backlog(&app).await["state"] == "PAUSED").await;

    let second = stored(&app).await;
    assert_eq!(backlog(&app).await, json!({ "state": "PAUSED", "backlog": 2 }));
    let resume = "mutation ($name: String!) { resumeBucket(input: { name: $name }) {
        userErrors { code } } }";
    let refused = app.graphql(resume, json!({ "name": BUCKET })).await;
    assert_eq!(refused["resumeBucket"]["userErrors"][0]["code"], "TEST_FAILED");
    assert_eq!(shown(&app).await["state"], "PAUSED");

    store.fail_always("PutObject", None);
    let resumed = app.graphql(resume, json!({ "name": BUCKET })).await;
    assert_eq!(resumed["resumeBucket"]["userErrors"], json!([]));
    app.running().idle().await.unwrap();
    for key in [first, second] {
        assert_eq!(delivery(&app, &key).await["status"], "SUCCEEDED");
        assert!(store.objects().contains_key(&place(&key)));
    }
    assert_eq!(backlog(&app).await, json!({ "state": "ACTIVE", "backlog": 0 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_results_are_sent_on_request_and_none_twice() {
    let store = S3Double::start(Profile::B2).await;
    let app = TestApp::with_posts(hasty()).await;
    let mut keys = vec![stored(&app).await, stored(&app).await];
    connect(&app, filled_in(&store)).await;
    assert_eq!(delivery(&app, &keys[0]).await, Value::Null);
    keys.push(stored(&app).await);
    app.running().idle().await.unwrap();
    let backfill = "mutation ($input: BackfillBucketInput!) { backfillBucket(input: $input) {
        queued userErrors { code } } }";
    let queued = async |input: Value| {
        app.graphql(backfill, json!({ "input": input })).await["backfillBucket"]["queued"].clone()
    };
    let query = keys[0].split('_').take(2).collect::<Vec<_>>().join("_");
    assert_eq!(queued(json!({ "name": BUCKET, "queryId": query })).await, 1);
    assert_eq!(queued(json!({ "name": BUCKET })).await, 1);
    assert_eq!(queued(json!({ "name": BUCKET })).await, 0);
    assert_eq!(queued(json!({ "name": "another" })).await, Value::Null);
    app.running().idle().await.unwrap();
    let puts = store.seen().iter().filter(|seen| seen.operation == "PutObject").count();
    assert_eq!(puts, 1 + keys.len(), "the test's, and each once");
    for key in &keys {
        let kept = app.get(&format!("/v1/storage/{key}")).await;
        assert_eq!(store.objects()[&place(key)].bytes, kept.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_bucket_that_is_disconnected_or_for_a_deleted_result_is_skipped() {
    let store = S3Double::start(Profile::Aws).await;
    let app = connected(&store).await;
    store.fail_always("PutObject", Some(Failure::AccessDenied));
    let (deleted, waiting) = (stored(&app).await, stored(&app).await);
    let path = format!("/v1/storage/{deleted}");
    let gone = app.authorized(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let skipped = "{ deliveries(first: 9, filter: { statuses: [SKIPPED] }) { totalCount } }";
    until(&app, async || app.graphql(skipped, json!({})).await["deliveries"]["totalCount"] == 1)
        .await;
    assert_eq!(delivery(&app, &waiting).await["status"], "PENDING");
    let disconnect = "mutation ($name: String!) { disconnectBucket(input: { name: $name }) {
        disconnected } }";
    app.graphql(disconnect, json!({ "name": BUCKET })).await;
    app.running().idle().await.unwrap();
    assert_eq!(app.graphql(skipped, json!({})).await["deliveries"]["totalCount"], 2);
    let later = stored(&app).await;
    app.running().idle().await.unwrap();
    assert!(store.seen().iter().all(|seen| seen.key != place(&later)));
    assert!(store.seen().iter().any(|seen| seen.key == place(&waiting)));
    assert_eq!(store.objects().len(), 0);
}
