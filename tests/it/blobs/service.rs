//! The whole service with its blobs in a bucket.

use std::collections::BTreeMap;

use bytestack::domain::sweep::Swept;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::kept::noise;
use crate::support::process::run_in;
use crate::support::s3::{Failure, OtherStore, Profile, S3Double};
use crate::support::{NOWHERE, TestApp, TestOptions, question, with};

/// Posts whose texts are so long, and so little alike, that the result is no row.
fn large_posts() -> Vec<u8> {
    let post = |number: u64| {
        let text = format!("Acme {}", hex::encode(noise(number, 2_000)));
        json!({ "id": number.to_string(), "author": "ann", "text": text,
                "published_at": "2026-11-20T08:00:00Z" })
    };
    let lines: Vec<String> = (0..250).map(|number| format!("{}\n", post(number))).collect();
    lines.concat().into_bytes()
}

fn large_question() -> Value {
    with(question(), json!({ "limit": 250 }))
}

fn options(settings: BTreeMap<&'static str, String>) -> TestOptions {
    TestOptions { settings, ..TestOptions::default() }
}

/// Uploads, asks, and downloads what was answered.
async fn ask(app: &TestApp) -> Vec<u8> {
    let uploaded = app.upload("posts", "application/x-ndjson", large_posts()).await;
    assert_eq!(uploaded.status, StatusCode::CREATED, "{:#}", uploaded.json());
    let payload = app.ask(large_question()).await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    let download = app.get(&format!("/v1/storage/{}", ended["storageKey"].as_str().unwrap())).await;
    let sha256 = hex::encode(Sha256::digest(&download.bytes));
    assert_eq!(download.header("etag"), format!("\"{sha256}\""));
    assert_eq!(download.json()["result"]["total_mentions"], 250);
    download.bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_and_answered_over_a_bucket() {
    let double = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(options(double.settings("kept/here"))).await;
    let downloaded = ask(&app).await;
    let objects = double.objects();
    let keys: Vec<&str> = objects.keys().map(String::as_str).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(keys[0].starts_with("kept/here/datasets/ds_"), "{keys:?}");
    assert!(keys[1].starts_with("kept/here/results/job_"), "{keys:?}");
    let kept = zstd::decode_all(&objects[keys[1]].bytes[..]).unwrap();
    assert!(kept == downloaded, "the bucket has the very bytes");
    assert!(!app.data_dir().join("blobs").exists(), "nothing is on this disk");
    assert_eq!(std::fs::read_dir(app.data_dir().join("spool")).unwrap().count(), 0);

    // Another node, or this one after its disk was lost, has all of them.
    let deleted = app.graphql(
        "mutation { deleteDataset(input: {name: \"posts\"}) { userErrors { code } } }",
        json!({}),
    );
    assert_eq!(deleted.await["deleteDataset"]["userErrors"], json!([]));
    let app = app.restart(options(double.settings("kept/here"))).await;
    let object = app.graphql("{ storageObjects(first: 1) { nodes { key } } }", json!({})).await;
    let key = object["storageObjects"]["nodes"][0]["key"].as_str().unwrap();
    assert!(app.get(&format!("/v1/storage/{key}")).await.bytes == downloaded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_and_answered_over_a_store_by_other_hands() {
    let store = OtherStore::start().await;
    let app = TestApp::with(options(store.settings(""))).await;
    ask(&app).await;
    assert_eq!(std::fs::read_dir(store.folder().join("results")).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_a_job_fails_and_leaves_no_half() {
    let double = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(options(double.settings(""))).await;
    let uploaded = app.upload("posts", "application/x-ndjson", large_posts()).await;
    assert_eq!(uploaded.status, StatusCode::CREATED, "{:#}", uploaded.json());

    // It may not be written any more: the upload is refused, the job tried again and failed.
    double.fail_always("PutObject", Some(Failure::AccessDenied));
    let refused = app.upload("posts", "application/x-ndjson", large_posts()).await;
    assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR);
    let payload = app.ask(large_question()).await;
    let ended = app.ended_without_pauses(&payload).await;
    assert_eq!(ended["status"], "FAILED", "{ended:#}");
    assert_eq!(ended["job"]["error"]["retryable"], true);
    assert_eq!(double.objects().len(), 1, "the first upload alone is there");
    assert_eq!(double.open_uploads(), Vec::<String>::new());

    // And it may again.
    double.fail_always("PutObject", None);
    let answer = app.answer(large_question()).await;
    assert_eq!(answer["result"]["total_mentions"], 250);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_not_ready_while_the_store_takes_nothing() {
    let double = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(options(double.settings(""))).await;
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(double.count("PutObject"), 2, "at the start, and then once for a while");
    let other = TestApp::with(options(double.settings(""))).await;
    double.fail_always("PutObject", Some(Failure::AccessDenied));
    let answer = other.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let said = answer.json();
    assert!(said.to_string().contains("they cannot be written; the log says why"), "{said:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_needs_goes_from_the_bucket_after_an_hour() {
    let double = S3Double::start(Profile::Aws).await;
    double.set_page(2);
    let app = TestApp::with(options(double.settings("kept"))).await;
    double.set_time(app.clock.clock().now());
    app.upload_posts().await;
    let posts = double.objects().into_keys().next().unwrap();
    let owner = posts.rsplit_once('/').unwrap().0.to_owned();
    let ulid = owner.rsplit_once('_').unwrap().1.to_owned();
    let job = format!("kept/results/job_{ulid}");
    let others = ["kept/notes.txt".to_owned(), format!("elsewhere/results/job_{ulid}/1-a")];
    let left = [format!("{owner}/2-left"), format!("{job}/1-left"), format!("{job}/2-left")];
    for key in left.iter().chain(&others) {
        double.plant(key, b"left");
    }
    double.begin_upload(&format!("{job}/3-begun"));
    double.begin_upload("kept/begun-by-another-program");
    let domain = &app.running().domain;
    assert_eq!(domain.sweep().await.unwrap(), Swept::default(), "an upload may go on for so long");

    app.clock.advance(3_602_000);
    assert_eq!(domain.sweep().await.unwrap(), Swept { blobs: 3, unfinished: 1 });
    let mut kept = [&others[..], &[posts]].concat();
    kept.sort_unstable();
    assert_eq!(double.objects().into_keys().collect::<Vec<_>>(), kept);
    assert_eq!(double.open_uploads(), ["kept/begun-by-another-program"]);
    assert_eq!(domain.sweep().await.unwrap(), Swept::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_looks_into_the_bucket() {
    let double = S3Double::start(Profile::Aws).await;
    let app = TestApp::with(options(double.settings("kept"))).await;
    ask(&app).await;
    let mut environment: Vec<(String, String)> = double
        .settings("kept")
        .into_iter()
        .map(|(name, value)| (format!("BYTESTACK_{name}"), value))
        .collect();
    environment.push(("BYTESTACK_DATABASE_URL".to_owned(), app.database_url()));
    environment.push(("BYTESTACK_HACKERNEWS_BASE_URL".to_owned(), NOWHERE.to_owned()));
    let doctor = || {
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        tokio::task::block_in_place(|| run_in(app.data_dir(), &["doctor"], &environment))
    };
    let before = double.objects().len();
    let ended = doctor();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(
        double
            .seen()
            .iter()
            .all(|seen| seen.operation != "DeleteObject" || seen.key.contains("probe"))
    );
    assert_eq!(double.objects().len(), before);

    let objects = double.objects();
    let result = objects.keys().find(|key| key.contains("/results/")).unwrap();
    let name = result.strip_prefix("kept/").unwrap();
    double.change(result, |bytes| bytes.truncate(1_000));
    let ended = doctor();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let damaged = format!("is damaged: blob {name} ");
    assert!(ended.printed.iter().any(|line| line.contains(&damaged)), "{ended:#?}");
    double.remove(result);
    let ended = doctor();
    let missing = format!("is damaged: blob {name} is not there");
    assert!(ended.printed.iter().any(|line| line.contains(&missing)), "{ended:#?}");
}
