//! Save and test.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{connect, connect_with, filled_in, reaching_this_machine, shown};
use crate::support::TestApp;
use crate::support::rows::Rows;
use crate::support::s3::{BUCKET, Failure, KEY_ID, OtherStore, Profile, S3Double, SECRET};

const PROBE: &str = "bytestack/.bytestack-verification";

/// The names of the steps that were reached, and whether each worked.
fn steps(test: &Value) -> Vec<(&str, bool)> {
    let steps = test["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["name"].as_str().unwrap(), step["ok"] == true)).collect()
}

const ALL_WELL: [(&str, bool); 4] =
    [("CONNECT", true), ("WRITE", true), ("READ", true), ("DELETE", true)];

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_tried_saved_and_shown_without_its_secret() {
    let store = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(reaching_this_machine()).await;
    assert_eq!(shown(&app).await, Value::Null);

    let tried = connect_with(&app, &store, json!({ "dryRun": true })).await;
    assert_eq!(steps(&tried["test"]), ALL_WELL);
    assert_eq!((&tried["bucket"], shown(&app).await), (&Value::Null, Value::Null));

    let saved = connect(&app, filled_in(&store)).await;
    assert_eq!(saved["userErrors"], json!([]));
    assert_eq!(steps(&saved["test"]), ALL_WELL);
    assert_eq!(saved["bucket"]["lastTest"], saved["test"]);
    let bucket = shown(&app).await;
    assert_eq!(
        (&bucket["name"], &bucket["prefix"], &bucket["state"], &bucket["accessKeyIdLast4"]),
        (
            &json!(BUCKET),
            &json!("bytestack/"),
            &json!("ACTIVE"),
            &json!(&KEY_ID[KEY_ID.len() - 4..])
        )
    );
    let written = store.seen().iter().filter(|seen| seen.operation == "PutObject").count();
    assert_eq!(written, 2, "once for each test");
    assert!(store.seen().iter().all(|seen| seen.key == PROBE));
    assert_eq!(store.objects().len(), 0, "nothing is left");

    // The secret is nowhere in the rows, and need not be given again for the same key.
    let rows = Rows::at(&app.database_url()).await;
    let all = "SELECT endpoint || name || prefix || access_key_id || last_test FROM bucket";
    assert!(!rows.text(all).await.contains(SECRET));
    let other = json!({ "secretAccessKey": null, "prefix": "reports" });
    let changed = connect_with(&app, &store, other).await;
    assert_eq!(changed["bucket"]["prefix"], "reports/");
    let other = json!({ "secretAccessKey": null, "accessKeyId": "AKIASOMEBODYELSE" });
    let refused = connect_with(&app, &store, other).await;
    assert_eq!(refused["userErrors"][0]["path"], json!(["secretAccessKey"]));

    let disconnect = "mutation ($name: String!) { disconnectBucket(input: { name: $name }) {
        disconnected userErrors { code path } } }";
    let other = app.graphql(disconnect, json!({ "name": "another" })).await;
    assert_eq!(other["disconnectBucket"]["userErrors"][0]["code"], "BUCKET_NOT_FOUND");
    let done = app.graphql(disconnect, json!({ "name": BUCKET })).await;
    assert_eq!(done["disconnectBucket"]["disconnected"], true);
    assert_eq!(shown(&app).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_only_write_is_right() {
    let store = S3Double::start(Profile::WriteOnly).await;
    let app = TestApp::with(reaching_this_machine()).await;
    let saved = connect(&app, filled_in(&store)).await;
    assert_eq!(saved["userErrors"], json!([]), "{saved:#}");
    assert_eq!(steps(&saved["test"]), ALL_WELL);
    let said = |step: usize| saved["test"]["steps"][step]["message"].as_str().unwrap();
    assert!(said(2).contains("need not"), "{}", said(2));
    assert!(said(3).contains(PROBE) && said(3).contains("is left"), "{}", said(3));
    assert_eq!(store.objects().keys().collect::<Vec<_>>(), [PROBE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_store_passes() {
    let app = TestApp::with(reaching_this_machine()).await;
    for profile in [Profile::R2, Profile::B2, Profile::Minio2023, Profile::NoConditional] {
        let store = S3Double::start(profile).await;
        let region = if profile == Profile::R2 { "auto" } else { crate::support::s3::REGION };
        let tried = connect_with(&app, &store, json!({ "region": region })).await;
        assert_eq!(steps(&tried["test"]), ALL_WELL, "{profile:?}: {tried:#}");
    }
    let other = OtherStore::start().await;
    let input = json!({ "endpoint": format!("http://{}", other.address), "name": BUCKET,
        "accessKeyId": KEY_ID, "secretAccessKey": SECRET });
    let tried = connect(&app, input).await;
    assert_eq!(steps(&tried["test"]), ALL_WELL, "{tried:#}");
}

/// What is filled in wrong, or what the store does, and what the person reads.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_says_what_to_change_and_saves_nothing() {
    let store = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(reaching_this_machine()).await;
    let closed = json!({ "endpoint": "http://127.0.0.1:9" });
    let cases: Vec<(Option<Failure>, Value, &str, &str)> = vec![
        (Some(Failure::WrongRegion("us-west-2")), json!({}), "REGION_WRONG", "us-west-2"),
        (None, json!({ "accessKeyId": "AKIASOMEBODYELSE" }), "ACCESS_KEY_UNKNOWN", "key id"),
        (None, json!({ "secretAccessKey": "wrong" }), "SECRET_WRONG", "copy both again"),
        (None, json!({ "name": "another" }), "BUCKET_NOT_FOUND", "`another`"),
        (Some(Failure::AccessDenied), json!({}), "ACCESS_DENIED", "s3:PutObject"),
        (Some(Failure::ClockSkew), json!({}), "CLOCK_WRONG", "clock"),
        (Some(Failure::SlowDown), json!({}), "STORE_BUSY", "few minutes"),
        (Some(Failure::Status(403, "AllAccessDisabled")), json!({}), "ACCOUNT_CLOSED", "account"),
        (Some(Failure::Status(400, "ExpiredToken")), json!({}), "ACCESS_KEY_EXPIRED", "expired"),
        (Some(Failure::Status(400, "QuotaExceeded")), json!({}), "BUCKET_FULL", "quota"),
        (Some(Failure::Status(405, "MethodNotAllowed")), json!({}), "NOT_SUPPORTED", "PutObject"),
        (Some(Failure::Status(418, "Teapot")), json!({}), "REFUSED", "Teapot"),
        (None, closed, "CONNECT_FAILED", "refuses connections"),
        (None, json!({ "endpoint": "https://s3.bytestack.invalid" }), "DNS_FAILED", "invalid"),
        (None, json!({ "endpoint": tls_on(&store) }), "TLS_FAILED", "TLS"),
        (Some(Failure::HangUp), json!({}), "CONNECTION_BROKEN", "hung up"),
    ];
    let (count, mut told) = (cases.len(), BTreeSet::new());
    for (failure, other, code, words) in cases {
        store.fail_always("*", failure);
        let answer = connect_with(&app, &store, other).await;
        let failed = answer["test"]["steps"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&failed["code"], &failed["ok"]), (&json!(code), &json!(false)), "{answer:#}");
        let message = failed["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{code}: {message}");
        let error = &answer["userErrors"][0];
        assert_eq!(error["code"], "TEST_FAILED");
        assert!(error["message"].as_str().unwrap().contains(&message), "{error}");
        told.insert(message);
        assert_eq!(shown(&app).await, Value::Null, "{code}: nothing is saved");
    }
    assert_eq!(told.len(), count, "each has words of its own");

    // What is written must be what is read.
    store.fail_always("*", None);
    store.fail_always("GetObject", Some(Failure::Status(500, "InternalError")));
    let answer = connect(&app, filled_in(&store)).await;
    assert_eq!(answer["test"]["steps"].as_array().unwrap().last().unwrap()["name"], "READ");

    let kept = connect_with(&app, &store, json!({ "saveUntested": true })).await;
    assert_eq!(kept["userErrors"], json!([]));
    assert_eq!(shown(&app).await["lastTest"]["ok"], false, "it is kept all the same, as asked");
    let resume = "mutation ($name: String!) { resumeBucket(input: { name: $name }) {
        bucket { state lastTest { ok } } userErrors { code } } }";
    let refused = app.graphql(resume, json!({ "name": BUCKET })).await["resumeBucket"].clone();
    assert_eq!(refused["userErrors"][0]["code"], "TEST_FAILED");
    store.fail_always("GetObject", None);
    let resumed = app.graphql(resume, json!({ "name": BUCKET })).await["resumeBucket"].clone();
    assert_eq!(resumed["bucket"], json!({ "state": "ACTIVE", "lastTest": { "ok": true } }));
}

/// The double speaks plain HTTP alone.
fn tls_on(store: &S3Double) -> String {
    format!("https://{}", store.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_bucket_has_is_refused_before_anything_is_sent() {
    let store = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(reaching_this_machine()).await;
    for (other, code, field) in [
        (json!({ "endpoint": "https://s3.example.com/acme" }), "INPUT_INVALID", "endpoint"),
        (json!({ "endpoint": "https://archive.s3.example.com" }), "INPUT_INVALID", "endpoint"),
        (json!({ "endpoint": "https://u:p@s3.example.com" }), "INPUT_INVALID", "endpoint"),
        (json!({ "endpoint": "http://1.1.1.1" }), "INPUT_INVALID", "endpoint"),
        (json!({ "endpoint": "https://10.0.0.7" }), "ENDPOINT_FORBIDDEN", "endpoint"),
        (json!({ "endpoint": "https://169.254.169.254" }), "ENDPOINT_FORBIDDEN", "endpoint"),
        (json!({ "name": "no spaces" }), "INPUT_INVALID", "name"),
        (json!({ "name": "x" }), "INPUT_INVALID", "name"),
        (json!({ "region": "eu central" }), "INPUT_INVALID", "region"),
        (json!({ "prefix": "/reports" }), "INPUT_INVALID", "prefix"),
        (json!({ "prefix": "a/../b" }), "INPUT_INVALID", "prefix"),
        (json!({ "accessKeyId": "" }), "INPUT_INVALID", "accessKeyId"),
        (json!({ "secretAccessKey": "with space" }), "INPUT_INVALID", "secretAccessKey"),
        (json!({ "secretAccessKey": null }), "INPUT_INVALID", "secretAccessKey"),
    ] {
        let answer = connect_with(&app, &store, other.clone()).await;
        let error = &answer["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!(code), &json!([field])), "{other}");
        assert_eq!(answer["test"], Value::Null, "{other}");
    }
    assert_eq!(store.seen(), []);
}
