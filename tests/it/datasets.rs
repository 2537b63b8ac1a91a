//! Uploads: read as the request says, taken or refused whole, and each one a version of its own.

use bytestack::model::api_key::Scope;
use reqwest::{Body, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, TestApp, TestOptions, question, with};

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

async fn ask_of(app: &TestApp, dataset: &str) -> Value {
    let sources = json!({ "sources": [format!("dataset:{dataset}")] });
    app.answer(with(question(), sources)).await
}

/// The dataset as it is now; `None` when there is none.
async fn shown(app: &TestApp, name: &str) -> Option<Value> {
    let answer = app.get(&format!("/v1/datasets/{name}")).await;
    if answer.status == StatusCode::OK {
        return Some(answer.json());
    }
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["code"], "DATASET_UNKNOWN");
    None
}

/// Files below the folder of blobs.
fn blob_files(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.data_dir().join("blobs"))
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_a_csv_file_are_mapped_by_parameters() {
    let app = TestApp::start().await;
    let csv = "tweet,user,created,text\n\
        \"Acme, at last\",ann,2026-11-20T08:00:00Z,other\n\
        say acme,bob,11/21/2026 09:30,acme acme\n";
    let name = "tweets?text=tweet&author=user&published_at=created&date_order=mdy";
    let answer = app.upload(name, CSV, csv).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.json());
    let uploaded = answer.json();
    assert_eq!([&uploaded["version"], &uploaded["documents"]], [1, 2]);
    assert_eq!([&uploaded["name"], &uploaded["source"]], ["tweets", "dataset:tweets"]);
    let columns = json!({ "text": "tweet", "author": "user", "published_at": "created" });
    for (field, column) in columns.as_object().unwrap() {
        assert_eq!(&uploaded["report"]["columns"][field], column, "{uploaded:#}");
    }
    let result = ask_of(&app, "tweets").await;
    assert_eq!(result["result"]["total_mentions"], 2);
    assert_eq!(result["result"]["unique_users"], 2);
    assert_eq!(result["evidence"][0]["text"], "say acme");
    assert_eq!(result["evidence"][0]["published_at"], "2026-11-21T09:30:00Z");
    let mut kept = uploaded;
    kept.as_object_mut().unwrap().remove("report");
    assert_eq!(shown(&app, "tweets").await, Some(kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_is_told_by_its_media_type_or_by_its_look() {
    let app = TestApp::start().await;
    let lines = "{\"id\":\"1\",\"text\":\"Acme\",\"author\":\"ann\",\"published_at\":\"2026-11-20T08:00:00Z\"}\n\
        \n{\"id\":2,\"text\":\"ACME \\u2603\",\"published_at\":1795161600}\n";
    for (name, media_type) in [("said", NDJSON), ("seen", "application/octet-stream")] {
        let answer = app.upload(name, media_type, lines).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.json());
        assert_eq!(answer.json()["documents"], 2);
        let result = ask_of(&app, name).await;
        assert_eq!(result["result"]["total_mentions"], 2, "{result:#}");
        assert_eq!(result["result"]["unknown_authors"], 1, "{result:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_rows_refuse_the_upload_or_are_left_out() {
    let app = TestApp::start().await;
    let csv = "id,text,published_at\n1,Acme,2026-11-20\n2,acme,no date\n3,\"two\nlines acme\",2026-11-20\n4,short\n";
    let line = |text: &str| json!({ "text": text, "published_at": "2026-11-20" }).to_string();
    let ndjson = format!("{}\n{{\"text\":\n[1]\n{}\n", line("Acme"), line("acme again"));
    for (name, media_type, body, broken) in [
        ("rows", CSV, csv, [(3, "ROW_DATE_INVALID"), (6, "ROW_FIELD_COUNT")]),
        ("lines", NDJSON, ndjson.as_str(), [(2, "ROW_JSON_INVALID"), (3, "ROW_NOT_OBJECT")]),
    ] {
        let refused = app.upload(name, media_type, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        let problem = refused.json();
        assert_eq!(problem["code"], "DATASET_ROWS_INVALID");
        let listed = problem["report"]["errors"].as_array().unwrap();
        let at = |error: &Value| (error["line"].clone(), error["code"].clone());
        let found: Vec<(Value, Value)> = listed.iter().map(at).collect();
        let expected = broken.map(|(line, code)| (json!(line), json!(code)));
        assert_eq!(found, expected, "{problem:#}");
        assert_eq!(shown(&app, name).await, None, "no version is made");
        assert_eq!(blob_files(&app), usize::from(name == "lines"), "and no file is left");

        let kept = app.upload(&format!("{name}?on_error=skip"), media_type, body).await;
        assert_eq!(kept.status, StatusCode::CREATED);
        let kept = kept.json();
        assert_eq!([&kept["documents"], &kept["version"], &kept["report"]["rejected"]], [2, 1, 2]);
        assert_eq!(kept["report"]["errors"], problem["report"]["errors"]);
        assert_eq!(ask_of(&app, name).await["result"]["total_mentions"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_upload_is_refused_with_a_code() {
    let app = TestApp::start().await;
    let good = b"text\nAcme\n".as_slice();
    let long = "d".repeat(65);
    for (name, body, status, code) in [
        ("d?text=tweet", good, 422, "DATASET_COLUMN_UNKNOWN"),
        ("d?txt=text", good, 400, "DATASET_PARAMETER_UNKNOWN"),
        ("d?text=a&text=b", good, 400, "DATASET_PARAMETER_DUPLICATE"),
        ("d?on_error=ignore", good, 400, "DATASET_PARAMETER_INVALID"),
        ("d?text=%ff", good, 400, "DATASET_COLUMN_UNKNOWN"),
        ("d", b"a,b\n1,2\n", 422, "DATASET_TEXT_COLUMN_MISSING"),
        ("d", b"", 422, "DATASET_EMPTY"),
        ("d", b"text\n", 422, "DATASET_EMPTY"),
        ("d", b"PK\x03\x04", 422, "DATASET_NOT_TEXT"),
        ("d?on_error=skip", b"text\n\"Acme\n", 422, "DATASET_ROWS_INVALID"),
        ("Posts", good, 400, "DATASET_NAME_INVALID"),
        ("a%20b", good, 400, "DATASET_NAME_INVALID"),
        ("%2e%2e%2fa", good, 400, "DATASET_NAME_INVALID"),
        ("a%2fb", good, 400, "DATASET_NAME_INVALID"),
        (long.as_str(), good, 400, "DATASET_NAME_INVALID"),
    ] {
        let answer = app.upload(name, CSV, body).await;
        if name.ends_with("%ff") {
            assert!(answer.status.is_client_error(), "{name}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{name}");
            continue;
        }
        assert_eq!(answer.status.as_u16(), status, "{name}: {:#}", answer.json());
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], code, "{name}");
    }
    assert_eq!((shown(&app, "d").await, blob_files(&app)), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_upload_is_a_new_version_and_results_name_theirs() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let first = ask_of(&app, "posts").await;
    let again = app.upload("posts", CSV, "text,date\nAcme only once,2026-11-20\n").await.json();
    assert_eq!([&again["version"], &again["documents"]], [2, 1]);
    let second = ask_of(&app, "posts").await;
    for (result, version, mentions) in [(&first, 1, 2), (&second, 2, 1)] {
        assert_eq!(result["coverage"]["dataset:posts"]["dataset_version"], version);
        assert_eq!(result["result"]["total_mentions"], mentions);
    }
    let refused = app.upload("posts", CSV, "nothing\n1\n").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shown(&app, "posts").await.unwrap()["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let body = "text\nAcme\n";
    let head = |framing: &str| {
        format!(
            "PUT /v1/datasets/half HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n\
             Content-Type: text/csv\r\n{framing}\r\n\r\n",
            app.key
        )
    };
    for message in [
        head("Content-Length: 100000") + body,
        head("Transfer-Encoding: chunked") + "a\r\n" + body + "\r\n",
    ] {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(message.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        // The end of the answer is the end of the request: nothing happens after it.
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
        if !answer.is_empty() {
            assert!(answer.contains("UPLOAD_INCOMPLETE"), "{answer}");
        }
        assert_eq!((shown(&app, "half").await, blob_files(&app)), (None, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_before_the_body_was_read_is_told_that_the_connection_ends() {
    let app = TestApp::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let message = format!(
        "PUT /v1/datasets/d?txt=text HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n\
         Content-Type: text/csv\r\nContent-Length: 100000\r\n\r\ntext\nAcme\n",
        app.key
    );
    stream.write_all(message.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("DATASET_PARAMETER_UNKNOWN"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");

    let read_whole = app.upload("d", CSV, "text,date\nAcme,never\n").await;
    assert_eq!(read_whole.json()["code"], "DATASET_ROWS_INVALID");
    assert_eq!(read_whole.header("connection"), "", "the next request can use it");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_some_megabytes_is_streamed() {
    const ROWS: usize = 30_000;
    let app = TestApp::start().await;
    let filler = "lorem ipsum dolor sit amet ".repeat(5);
    let header = std::iter::once("id,author,date,text\n".to_owned());
    let row = move |at: usize| {
        format!(
            "{at},user{},2026-11-20,{filler}{}\n",
            at % 100,
            if at.is_multiple_of(10) { "Acme" } else { "" }
        )
    };
    let chunks = header.chain((0..ROWS).map(row)).map(Ok::<_, std::io::Error>);
    let request = app.authorized(Method::PUT, "/v1/datasets/large").header("content-type", CSV);
    let body = Body::wrap_stream(futures_util::stream::iter(chunks));
    let answer = Answer::of(request.body(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.json());
    assert_eq!(answer.json()["documents"], ROWS);
    assert!(answer.json()["size_bytes"].as_u64().unwrap() > 4 * 1024 * 1024);
    let result = ask_of(&app, "large").await;
    assert_eq!(result["result"]["total_mentions"], ROWS / 10);
    assert_eq!(result["result"]["unique_users"], 10);
    assert_eq!(result["coverage"]["dataset:large"]["status"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_in_parts_the_last_uploaded_first() {
    let app = TestApp::start().await;
    let mut made = Vec::new();
    for name in ["one", "two", "three", "four", "one"] {
        app.clock.advance(1_000);
        let mut uploaded = app.upload(name, CSV, "text\nAcme\n").await.json();
        uploaded.as_object_mut().unwrap().remove("report");
        made.insert(0, uploaded);
    }
    let deleted = Answer::of(app.authorized(Method::DELETE, "/v1/datasets/three")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let expected = json!([made[0], made[1], made[3]]);
    assert_eq!([&expected[0]["name"], &expected[0]["version"]], [&json!("one"), &json!(2)]);
    let whole = app.get("/v1/datasets").await.json();
    assert_eq!(whole, json!({ "datasets": expected, "next_cursor": null }));
    let reader = app.key(app.workspace, Scope::Read).await;
    assert_eq!(app.get_as(&reader, "/v1/datasets").await.json(), whole);
    for size in 1..=3 {
        let (mut found, mut asked) = (Vec::new(), format!("/v1/datasets?limit={size}"));
        loop {
            let part = app.get(&asked).await.json();
            let datasets = part["datasets"].as_array().unwrap();
            assert!((1..=size).contains(&datasets.len()), "{part:#}");
            found.extend(datasets.clone());
            let Some(next) = part["next_cursor"].as_str() else { break };
            asked = format!("/v1/datasets?limit={size}&after={next}");
        }
        assert_eq!(json!(found), expected, "{size} at a time");
    }
}
