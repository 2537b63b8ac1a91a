//! Uploads in Parquet, as the writers that people use make them.

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions};

const PARQUET: &str = "application/vnd.apache.parquet";

/// Written by PyArrow: gzip, nanoseconds without a zone, a dictionary, lists, decimals and bytes that are no text.
const PYARROW: &[u8] = include_bytes!("support/parquet/pyarrow_gzip_ns.parquet");
/// Written by Polars: zstd, microseconds in UTC.
const POLARS: &[u8] = include_bytes!("support/parquet/polars_zstd_us.parquet");
/// Written by DuckDB: Snappy, microseconds in UTC.
const DUCKDB: &[u8] = include_bytes!("support/parquet/duckdb_snappy_tz.parquet");
/// Written by PyArrow in its first version, not packed.
const UNPACKED: &[u8] = include_bytes!("support/parquet/pyarrow_uncompressed_v1.parquet");
/// Written by PyArrow: LZ4, which is not read.
const LZ4: &[u8] = include_bytes!("support/parquet/pyarrow_lz4.parquet");

/// The posts that say Acme, as an answer shows them.
async fn found(app: &TestApp, name: &str) -> Vec<Value> {
    let prompt = "How many times was Acme mentioned since 2026-11-01?";
    let sources = [format!("dataset:{name}")];
    let result = app.answer(json!({ "prompt": prompt, "sources": sources })).await;
    assert_eq!(result["coverage"][&sources[0]]["status"], "complete");
    let mut posts = result["evidence"].as_array().unwrap().clone();
    for post in &mut posts {
        post.as_object_mut().unwrap().remove("source");
    }
    posts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parquet_file_is_read_as_the_same_rows_in_ndjson_are() {
    let app = TestApp::with(TestOptions::default()).await;
    let line = |id: u32, author: &str, at: &str, text: &str, likes: Option<u32>| {
        json!({ "id": id, "author": author, "published_at": at, "text": text, "likes": likes })
            .to_string()
    };
    let lines = [
        line(1, "ann", "2026-11-20T09:00:00.123456Z", "Acme is up", Some(3)),
        line(2, "bob", "2026-11-21T10:30:00Z", "we moved to acme, \"all\" of us", None),
        line(3, "ann", "2026-11-22T11:00:00Z", "nothing here", Some(0)),
        json!({ "id": 4, "text": "Acme – ünïcode\nin two lines", "likes": 12 }).to_string(),
    ];
    let uploaded = app.upload("lines", "application/x-ndjson", lines.join("\n")).await.json();
    assert_eq!(uploaded["documents"], 4, "{uploaded:#}");
    let expected = found(&app, "lines").await;
    assert_eq!(expected.len(), 2, "one of the three has no date");
    for (name, file) in [("pyarrow", PYARROW), ("polars", POLARS), ("duckdb", DUCKDB)] {
        let uploaded = app.upload(name, PARQUET, file).await.json();
        assert_eq!(uploaded["documents"], 4, "{name}: {uploaded:#}");
        assert_eq!(found(&app, name).await, expected, "{name}");
    }
    // Told by how it begins, whatever is said of it; columns are mapped and instants of no zone moved.
    let mapped = "mapped?title=author&timezone=America/New_York";
    for (name, file, at) in [
        (mapped, PYARROW, "2026-11-20T14:00:00.123Z"),
        ("mapped?timezone=America/New_York", POLARS, "2026-11-20T09:00:00.123Z"),
    ] {
        let uploaded = app.upload(name, "application/octet-stream", file).await.json();
        assert_eq!(uploaded["documents"], 4, "{name}: {uploaded:#}");
        let posts = found(&app, "mapped").await;
        let first = posts.iter().find(|post| post["text"] == "Acme is up").unwrap();
        assert_eq!(first["published_at"], at, "{first}");
    }
    assert_eq!(app.upload("plain", PARQUET, UNPACKED).await.json()["documents"], 4);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_downloaded_can_be_uploaded() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = app.ask(crate::support::question()).await;
    let ended = app.ended(&asked).await;
    let key = ended["storageKey"].as_str().unwrap();
    let table = app.get(&format!("/v1/storage/{key}?format=parquet")).await;
    let uploaded = app.upload("again", PARQUET, table.bytes).await.json();
    assert_eq!(uploaded["documents"], 2, "{uploaded:#}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_packed_otherwise_is_refused_and_nothing_is_kept() {
    let app = TestApp::with(TestOptions::default()).await;
    let mut files =
        vec![LZ4.to_vec(), b"PAR1".to_vec(), b"PAR1 and more that is none PAR1".to_vec()];
    files.extend((1..8).map(|eighth| POLARS[..POLARS.len() * eighth / 8].to_vec()));
    for file in files {
        let refused = app.upload("d", PARQUET, file.clone()).await;
        assert_eq!(refused.status.as_u16(), 422, "{} bytes", file.len());
        let problem = refused.json();
        assert_eq!(problem["code"], "DATASET_PARQUET_INVALID", "{problem}");
    }
    // Whatever is wrong within: an answer, not the end of the service.
    for at in (4..POLARS.len()).step_by(37) {
        let mut file = POLARS.to_vec();
        file[at] ^= 0x55;
        let answer = app.upload("d", PARQUET, file).await;
        assert!([201, 422].contains(&answer.status.as_u16()), "{at}: {}", answer.json());
    }
    assert_eq!(app.get("/readyz").await.status.as_u16(), 200);
    app.stop().await;
}
