//! Downloads: the same bytes by three names, what caches may do with them, and why there are none.

mod again;
mod large;
mod links;
mod listing;
mod parts;
mod tables;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, TestApp, TestOptions, question, with, without_worker};

/// A job that has ended: its query, its id, the key of its result.
async fn completed(app: &TestApp) -> [String; 3] {
    let payload = app.ask(question()).await;
    let ended = app.ended(&payload).await;
    ["queryId", "jobId", "storageKey"].map(|name| ended[name].as_str().unwrap().to_owned())
}

fn path(name: &str) -> String {
    format!("/v1/storage/{name}")
}

#[tokio::test(flavor = "multi_thread")]
async fn three_names_give_the_same_bytes_and_say_how_long_they_hold() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    let by_key = app.get(&path(&key)).await;
    assert_eq!(by_key.status, StatusCode::OK);
    assert_eq!(by_key.header("content-type"), "application/json");
    assert_eq!(by_key.header("cache-control"), "private, max-age=31536000, immutable");
    let disposition = format!("attachment; filename=\"{key}\"");
    assert_eq!(by_key.header("content-disposition"), disposition);
    let sha256 = hex::encode(Sha256::digest(&by_key.bytes));
    assert_eq!(by_key.header("etag"), format!("\"{sha256}\""));

    let by_query = app.get(&path(&query)).await;
    assert_eq!(by_query.bytes, by_key.bytes);
    assert_eq!(by_query.header("cache-control"), "private, no-cache");
    assert_eq!(by_query.header("content-disposition"), disposition, "the key names the file");
    let by_job = app.get(&path(&job)).await;
    assert_eq!(by_job.bytes, by_key.bytes);
    assert_eq!(by_job.header("cache-control"), "private, max-age=31536000, immutable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_the_bytes_is_told_so() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, _, key] = completed(&app).await;
    let etag = app.get(&path(&key)).await.header("etag").to_owned();
    let other = "\"0000\"".to_owned();
    for (condition, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("{other}, {etag}"), 304),
        ("*".to_owned(), 304),
        (other, 200),
        (etag.trim_matches('"').to_owned(), 200),
    ] {
        for (method, name) in [(Method::GET, &key), (Method::HEAD, &key), (Method::GET, &query)] {
            let request = app.authorized(method.clone(), &path(name));
            let answer = Answer::of(request.header("if-none-match", &condition)).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {condition}");
            assert_eq!(answer.header("etag"), etag);
            assert!(answer.header("cache-control").starts_with("private"));
            assert!(status == 200 || answer.bytes.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_has_the_headers_of_get_and_no_body() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    for name in [&query, &job, &key] {
        let get = app.get(&path(name)).await;
        let head = Answer::of(app.authorized(Method::HEAD, &path(name))).await;
        assert_eq!(head.status, StatusCode::OK);
        assert!(head.bytes.is_empty());
        assert_eq!(head.header("content-length"), get.bytes.len().to_string());
        for header in ["content-type", "etag", "cache-control", "content-disposition"] {
            assert!(!get.header(header).is_empty());
            assert_eq!(head.header(header), get.header(header), "{header}");
        }
    }
    let missing = Answer::of(app.authorized(Method::HEAD, &path("nothing"))).await;
    assert_eq!((missing.status, missing.bytes.len()), (StatusCode::NOT_FOUND, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_describes_the_same_bytes() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    let bytes = app.get(&path(&key)).await.bytes;
    let text = "query ($key: String!) { storageObject(key: $key) { key contentType sizeBytes sha256
        expiresAt json downloadUrl query { id } job { id result { key } } } }";
    for name in [&query, &job, &key] {
        let found = app.graphql(text, json!({ "key": name })).await;
        let expected = json!({
            "key": key, "contentType": "application/json", "sizeBytes": bytes.len(),
            "sha256": hex::encode(Sha256::digest(&bytes)), "expiresAt": null,
            "json": serde_json::from_slice::<Value>(&bytes).unwrap(),
            "downloadUrl": format!("http://{}{}", app.address, path(&key)),
            "query": { "id": query }, "job": { "id": job, "result": { "key": key } },
        });
        assert_eq!(found["storageObject"], expected, "by {name}");
    }
    let none = app.graphql(text, json!({ "key": "nothing" })).await;
    assert_eq!(none["storageObject"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_there_are_no_bytes_is_told() {
    let app = TestApp::with_posts(without_worker()).await;
    let payload = app.ask(question()).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (query, job) = (text(&payload["query"]["id"]), text(&payload["job"]["id"]));
    let key = format!("{query}_2026-11-23T17-30-00Z.json");
    let unknown = |id: &str| format!("{}{}", &id[..id.len() - 1], usize::from(id.ends_with('0')));
    let (other_query, other_job) = (unknown(&query), unknown(&job));
    let saved = app.ask(with(question(), json!({ "run": false }))).await;
    let saved = text(&saved["query"]["id"]);
    for (name, code) in [
        (query.as_str(), "RESULT_NOT_READY"),
        (&job, "RESULT_NOT_READY"),
        (&key, "RESULT_NOT_READY"),
        (&saved, "RESULT_NOT_READY"),
        (&other_query, "STORAGE_OBJECT_UNKNOWN"),
        (&other_job, "STORAGE_OBJECT_UNKNOWN"),
        ("nothing", "STORAGE_OBJECT_UNKNOWN"),
        ("a%00b", "STORAGE_OBJECT_UNKNOWN"),
        ("%C3%A9", "STORAGE_OBJECT_UNKNOWN"),
        ("%2e%2e%2f%2e%2e%2fetc%2fpasswd", "STORAGE_OBJECT_UNKNOWN"),
    ] {
        let answer = app.get(&path(name)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], code, "{name}");
        assert_eq!(answer.header("cache-control"), "", "{name}: nothing to keep");
    }
    let (_, stranger) = app.stranger().await;
    for name in [&query, &job, &key] {
        let answer = app.get_as(&stranger, &path(name)).await;
        assert_eq!(answer.json()["code"], "STORAGE_OBJECT_UNKNOWN", "{name}");
    }
    let app = app.restart(TestOptions::default()).await;
    app.ended(&payload).await;
    for name in [query, job, key] {
        assert_eq!(app.get(&path(&name)).await.status, StatusCode::OK, "{name}");
    }
}
