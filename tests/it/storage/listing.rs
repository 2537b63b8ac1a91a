//! The list of results, and many of them at once.

use std::collections::BTreeSet;
use std::io::Read;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::path;
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestOptions, question};

/// So many queries with a result each, a second apart; their keys, the oldest first.
async fn results(app: &TestApp, count: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for _ in 0..count {
        app.clock.advance(1_000);
        let ended = app.ended(&app.ask(question()).await).await;
        keys.push(ended["storageKey"].as_str().unwrap().to_owned());
    }
    keys
}

fn keys(list: &Value) -> Vec<&str> {
    let objects = list["storage_objects"].as_array().unwrap();
    objects.iter().map(|object| object["key"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_ordered_and_gone_through() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let made = results(&app, 5).await;
    let newest: Vec<&str> = made.iter().rev().map(String::as_str).collect();
    let oldest: Vec<&str> = made.iter().map(String::as_str).collect();
    let all = app.get("/v1/storage").await.json();
    assert_eq!(keys(&all), newest);
    assert_eq!(all["next_cursor"], Value::Null);
    let one = &all["storage_objects"][0];
    let whole = app.get(&path(newest[0])).await;
    assert_eq!(one["sha256"], hex::encode(Sha256::digest(&whole.bytes)));
    assert_eq!(one["size_bytes"], whole.bytes.len());
    assert_eq!(one["url"], format!("http://{}{}", app.address, path(newest[0])));
    assert!(newest[0].starts_with(one["query_id"].as_str().unwrap()));
    let (query, job) = (one["query_id"].as_str().unwrap(), one["job_id"].as_str().unwrap());
    for (asked, expected) in [
        (format!("query_id={query}"), vec![newest[0]]),
        (format!("job_id={job}"), vec![newest[0]]),
        (format!("query_id={query}&created_before=2026-11-23T17:30:01Z"), vec![]),
        (format!("search={}", newest[2].to_uppercase().trim_end_matches(".JSON")), vec![newest[2]]),
        ("created_after=2026-11-23T17:30:03Z".to_owned(), newest[..2].to_vec()),
        ("search=%00".to_owned(), vec![]),
        ("created_before=2026-11-23T17:30:03Z&order=created_at".to_owned(), oldest[..2].to_vec()),
        ("order=-created_at".to_owned(), newest.clone()),
    ] {
        let list = app.get(&format!("/v1/storage?{asked}")).await.json();
        assert_eq!(keys(&list), expected, "{asked}");
    }
    for (order, expected) in [("", &newest), ("&order=created_at", &oldest)] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let list = app.get(&format!("/v1/storage?limit=2{order}{after}")).await.json();
            seen.extend(keys(&list).into_iter().map(str::to_owned));
            let Some(cursor) = list["next_cursor"].as_str() else { break };
            after = format!("&after={cursor}");
        }
        assert_eq!(&seen, expected, "{order}");
    }
    let cursor =
        app.get("/v1/storage?limit=2&order=size_bytes").await.json()["next_cursor"].clone();
    let cursor = cursor.as_str().unwrap();
    for (asked, code) in [
        (format!("after={cursor}"), "CURSOR_INVALID"),
        (format!("order=created_at&after={cursor}"), "CURSOR_INVALID"),
        ("limit=0".to_owned(), "BAD_USER_INPUT"),
        ("limit=101".to_owned(), "BAD_USER_INPUT"),
        ("query_id=x".to_owned(), "BAD_USER_INPUT"),
        ("created_after=yesterday".to_owned(), "BAD_USER_INPUT"),
        ("order=key".to_owned(), "BAD_USER_INPUT"),
    ] {
        let answer = app.get(&format!("/v1/storage?{asked}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{asked}");
        assert_eq!(answer.json()["code"], code, "{asked}");
    }
    let (_, stranger) = app.stranger().await;
    let theirs = app.get_as(&stranger, &format!("/v1/storage?query_id={query}")).await.json();
    assert_eq!(theirs, json!({ "storage_objects": [], "next_cursor": null }));
}

fn lines(answer: &Answer) -> Vec<Value> {
    let text = std::str::from_utf8(&answer.bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_the_bytes_of_all_that_fit_and_can_be_gone_on_with() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let made = results(&app, 4).await;
    let all = app.get("/v1/storage/export").await;
    assert_eq!(all.header("content-type"), "application/x-ndjson");
    assert_eq!(all.header("cache-control"), "no-store");
    let exported = lines(&all);
    let text = String::from_utf8(all.bytes.clone()).unwrap();
    for ((line, text), key) in exported.iter().zip(text.lines()).zip(&made) {
        let whole = app.get(&path(key)).await;
        assert_eq!(line["key"], **key);
        assert_eq!(line["sha256"], hex::encode(Sha256::digest(&whole.bytes)));
        let bytes = String::from_utf8(whole.bytes).unwrap();
        assert!(text.ends_with(&format!("\"result\":{bytes}}}")), "the same bytes: {text}");
        assert!(line["created_at"].as_str().unwrap().starts_with("2026-11-23T17:30:0"));
    }
    assert_eq!(exported.len(), 4);
    let of = |lines: Vec<Value>| -> Vec<String> {
        lines.iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect()
    };
    let (query, _) = made[2].split_once("_2026").unwrap();
    for (asked, expected) in [
        (format!("after={}", made[1]), &made[2..]),
        (format!("after={}", exported[2]["id"].as_str().unwrap()), &made[3..]),
        (format!("after={}", made[3]), &made[4..]),
        (format!("query_id={query}"), &made[2..3]),
        ("created_after=2026-11-23T17:30:03Z".to_owned(), &made[3..]),
    ] {
        let some = app.get(&format!("/v1/storage/export?{asked}")).await;
        assert_eq!(of(lines(&some)), expected, "{asked}");
    }
    let gzip = app.authorized(Method::GET, "/v1/storage/export").header("accept-encoding", "gzip");
    let gzip = Answer::of(gzip).await;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(gzip.bytes.as_slice()).read_to_end(&mut plain).unwrap();
    assert_eq!((gzip.header("content-encoding"), plain), ("gzip", all.bytes));

    let zip = app.get(&format!("/v1/storage/export?format=zip&after={}", made[0])).await;
    assert_eq!(zip.header("content-type"), "application/zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes)).unwrap();
    let names: BTreeSet<String> =
        archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, made[1..].iter().cloned().collect());
    for key in &made[1..] {
        let mut bytes = Vec::new();
        archive.by_name(key).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, app.get(&path(key)).await.bytes);
    }
    let empty = app.get(&format!("/v1/storage/export?format=zip&after={}", made[3])).await;
    assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(empty.bytes)).unwrap().len(), 0);

    let (_, stranger) = app.stranger().await;
    assert_eq!(app.get_as(&stranger, "/v1/storage/export").await.bytes, b"");
    let wrong = app.get("/v1/storage/export?after=nothing").await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["code"]), (400, &json!("CURSOR_INVALID")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_breaks_is_seen_and_more_than_a_page_is_exported() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let payload = app.ask(question()).await;
    app.ended(&payload).await;
    let query = payload["query"]["id"].as_str().unwrap();
    let run = "mutation ($input: RunQueryInput!) { runQuery(input: $input) { job { id } } }";
    for _ in 0..102 {
        app.clock.advance(1_000);
        app.graphql(run, json!({ "input": { "queryId": query } })).await;
    }
    app.running().idle().await.unwrap();
    let all = lines(&app.get("/v1/storage/export").await);
    let ids: BTreeSet<&str> = all.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len()), (103, 103));
    assert!(all.is_sorted_by_key(|line| line["id"].as_str().unwrap().to_owned()));

    let rows = Rows::at(&app.database_url()).await;
    let spoilt = &all[101]["id"];
    rows.execute(&format!(
        "UPDATE storage_object SET sha256 = '00' WHERE id = {}",
        spoilt.to_string().replace('"', "'")
    ))
    .await;
    app.forgets_rows().await;
    for format in ["ndjson", "zip"] {
        let answer = app.authorized(Method::GET, &format!("/v1/storage/export?format={format}"));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.bytes().await.is_err(), "{format} is not whole");
    }
    let behind = app.get(&format!("/v1/storage/export?after={}", spoilt.as_str().unwrap())).await;
    assert_eq!(lines(&behind).len(), 1);
}
