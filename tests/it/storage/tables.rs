//! The rows of a result as CSV and as Parquet, read back.

use chrono::{DateTime, Utc};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{completed, path};
use crate::support::{Answer, Row, TestApp, TestOptions, question};

/// Texts that are not easy to keep apart.
const TEXTS: [&str; 4] = [
    "acme, \"quoted\"\r\nand a second line",
    "=HYPERLINK(\"http://acme\")",
    "-acme ünïcödé 🦀",
    "plain acme",
];

async fn app_with_texts() -> (TestApp, String) {
    let app = TestApp::with(TestOptions::default()).await;
    let ids = ["1", "2", "3", "4"];
    let at = "2026-11-20T08:00:00Z";
    let row = |(id, text)| Row { id, author: "ann", published_at: at, text };
    let rows: Vec<Row<'_>> = ids.into_iter().zip(TEXTS).map(row).collect();
    app.upload("posts", "text/csv", Row::csv(&rows)).await;
    let [_, _, key] = completed(&app).await;
    (app, key)
}

fn read(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.bytes));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&answer.bytes[..]);
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_the_posts_and_no_formulas() {
    let (app, key) = app_with_texts().await;
    let posts = app.get(&path(&key)).await.json()["evidence"].as_array().unwrap().clone();
    let answer = app.get(&format!("{}?format=csv", path(&key))).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
    let name = format!("attachment; filename=\"{}\"", key.replace(".json", ".csv"));
    assert_eq!(answer.header("content-disposition"), name);
    let rows = read(&answer);
    let head =
        "source,id,url,author_id,author_handle,author_name,title,text,published_at,matched_terms";
    assert!(answer.bytes.starts_with(format!("{head}\r\n").as_bytes()));
    assert_eq!(rows.len(), posts.len() + 1);
    for (row, post) in rows[1..].iter().zip(&posts) {
        assert_eq!(
            [&row[0], &row[1]],
            [&post["source"], &post["id"]].map(|part| part.as_str().unwrap())
        );
        let text = post["text"].as_str().unwrap();
        let guarded =
            if text.starts_with(['=', '-']) { format!("'{text}") } else { text.to_owned() };
        assert_eq!(row[7], guarded);
        assert_eq!((row[8].as_str(), row[9].as_str()), ("2026-11-20T08:00:00Z", "Acme"));
    }
    let gzip = app.authorized(Method::GET, &format!("{}?format=csv", path(&key)));
    let gzip = Answer::of(gzip.header("accept-encoding", "gzip, zstd")).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_ne!(gzip.header("etag"), answer.header("etag"));
    let again = app.authorized(Method::GET, &format!("{}?format=csv", path(&key)));
    let again = Answer::of(again.header("if-none-match", answer.header("etag"))).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_rows_are_named() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    let rows = async |rows: &str| app.get(&format!("{}?format=csv&rows={rows}", path(&key))).await;
    let by_source = read(&rows("by_source").await);
    assert_eq!(
        by_source,
        [vec!["source", "mentions", "unique_users"], vec!["dataset:posts", "2", "2"]]
    );
    let summary = read(&rows("summary").await);
    let figure = |name: &str| {
        let at = summary[0].iter().position(|column| column == name).unwrap();
        summary[1][at].clone()
    };
    assert_eq!(
        [figure("query_id"), figure("job_id"), figure("total_mentions")],
        [query, job, "2".to_owned()]
    );
    assert_eq!(figure("date_range_to"), "2026-11-23");
    let coverage = read(&rows("coverage").await);
    assert_eq!(coverage[1][..2], ["dataset:posts", "complete"]);
    let none = rows("series").await;
    assert_eq!((none.status.as_u16(), &none.json()["code"]), (400, &json!("ROWS_UNKNOWN")));
    let told = none.json()["detail"].as_str().unwrap().to_owned();
    assert!(told.contains("evidence, summary, coverage, by_source"), "{told}");
    for wrong in ["?format=xml", "?format=csv&rows=a-b", "?rows=evidence", "?more=1"] {
        let answer = app.get(&format!("{}{wrong}", path(&key))).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (400, &json!("BAD_USER_INPUT")),
            "{wrong}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_has_the_same_rows_with_their_types() {
    let (app, key) = app_with_texts().await;
    let posts = app.get(&path(&key)).await.json()["evidence"].as_array().unwrap().clone();
    let table = async |rows: &str| {
        let answer = app.get(&format!("{}?format=parquet{rows}", path(&key))).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/vnd.apache.parquet");
        SerializedFileReader::new(bytes::Bytes::from(answer.bytes)).unwrap()
    };
    let reader = table("").await;
    let rows: Vec<Vec<(String, Field)>> =
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect();
    assert_eq!(rows.len(), posts.len());
    for (row, post) in rows.iter().zip(&posts) {
        let cell = |name: &str| &row.iter().find(|(column, _)| column == name).unwrap().1;
        assert_eq!(
            *cell("text"),
            Field::Str(post["text"].as_str().unwrap().to_owned()),
            "as it is"
        );
        assert_eq!(*cell("url"), Field::Null);
        let at: DateTime<Utc> = post["published_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(*cell("published_at"), Field::TimestampMillis(at.timestamp_millis()));
    }
    let reader = table("&rows=by_source").await;
    let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap().into_columns();
    assert_eq!(row[1], ("mentions".to_owned(), Field::Long(4)));
    let reader = table("&rows=summary").await;
    let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap().into_columns();
    let cell = |name: &str| row.iter().find(|(column, _)| column == name).unwrap().1.clone();
    assert!(matches!(cell("reference_time"), Field::TimestampMillis(_)));
    assert!(matches!(cell("date_range_from"), Field::Date(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_matches_has_a_table_without_rows() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = crate::support::with(
        question(),
        json!({ "prompt": "How many times was Nobody mentioned?" }),
    );
    let ended = app.ended(&app.ask(asked).await).await;
    let key = ended["storageKey"].as_str().unwrap();
    assert_eq!(read(&app.get(&format!("{}?format=csv", path(key))).await).len(), 1, "the header");
    let answer = app.get(&format!("{}?format=parquet", path(key))).await;
    let reader = SerializedFileReader::new(bytes::Bytes::from(answer.bytes)).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
}
