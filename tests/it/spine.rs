//! The whole way: upload, ask, the event on the socket, the download.

use serde_json::{Value, json};

use crate::support::{HACKER_NEWS, Row, TestApp, question, test_data, without_worker};

fn row<'a>(id: &'a str, author: &'a str, published_at: &'a str, text: &'a str) -> Row<'a> {
    Row { id, author, published_at, text }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_over_an_upload_is_answered_explained_and_kept() {
    let app = TestApp::start().await;
    let csv = Row::csv(&[
        row("1", "ann", "2026-11-22T10:00:00Z", "Acme is great"),
        row("2", "bob", "2026-11-21T10:00:00Z", "I like ACME's boots"),
        row("3", "Ann", "2026-11-20T10:00:00Z", "#acme again"),
        row("3", "Ann", "2026-11-20T10:00:00Z", "#acme again"),
        row("4", "", "2026-11-19T10:00:00Z", "acme, says nobody"),
        row("5", "cid", "2026-11-19T10:00:00Z", "acmes are not it"),
        row("6", "dan", "2026-10-01T10:00:00Z", "Acme long ago"),
    ]);
    let uploaded = app.upload("posts", "text/csv", csv).await;
    assert_eq!(uploaded.status, 201, "{:#}", uploaded.json());
    assert_eq!(uploaded.json()["documents"], 7);

    let payload = app
        .ask(json!({
            "prompt": "How many times was Acme mentioned in the last 7 days?",
            "sources": ["dataset:posts"],
        }))
        .await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    assert_eq!(ended["seq"], 1);

    let query = payload["query"]["id"].as_str().unwrap();
    let by_query = app.get(&format!("/v1/storage/{query}")).await;
    assert_eq!(by_query.status, 200);
    let result = by_query.json();
    assert_eq!(
        result["result"],
        json!({
            "total_mentions": 4, "unique_users": 2, "reposts": 0, "unknown_authors": 1,
            "date_range": { "from": "2026-11-16", "to": "2026-11-23" },
            "by_source": { "dataset:posts": { "mentions": 4, "unique_users": 2 } },
        })
    );
    assert_eq!(
        result["funnel"],
        json!({ "collected": 7, "in_window": 6, "matched": 5, "deduplicated": 4 })
    );
    assert_eq!(result["coverage"]["dataset:posts"]["status"], "complete");
    assert_eq!(result["coverage"]["dataset:posts"]["dataset_version"], 1);
    assert_eq!(result["reference_time"], "2026-11-23T17:30:00Z");
    assert_eq!(
        result["window"],
        json!({ "from": "2026-11-16T17:30:00Z", "to": "2026-11-23T17:30:00Z" })
    );
    let listed: Vec<&str> = evidence(&result).map(|post| post["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ["1", "2", "3", "4"], "newest first");
    assert_eq!(result["evidence"][0]["matched_terms"], json!(["Acme"]));

    let key = ended["storageKey"].as_str().unwrap();
    assert_eq!(key, format!("{query}_2026-11-23T17-30-00Z.json"));
    assert_eq!(ended["resultUrl"], format!("http://{}/v1/storage/{key}", app.address));
    let job = ended["jobId"].as_str().unwrap();
    for name in [key, job] {
        assert_eq!(app.get(&format!("/v1/storage/{name}")).await.bytes, by_query.bytes);
    }
}

/// The shape, the words and the order of the whole document, as pipelines will read it.
#[tokio::test(flavor = "multi_thread")]
async fn the_result_document_has_this_shape() {
    let app = TestApp::start().await;
    let csv = Row::csv(&[
        row("1", "ann", "2026-11-22T10:00:00Z", "Acme is great"),
        row("2", "bob", "2026-11-21T10:00:00Z", "not a word of it"),
    ]);
    assert_eq!(app.upload("posts", "text/csv", csv).await.status, 201);
    let prompt = "How many people mentioned Acme in the last 7 days?";
    let query = app.ask(json!({ "prompt": prompt, "sources": ["dataset:posts"] })).await;
    let ended = app.ended(&query).await;
    let path = format!("/v1/storage/{}", ended["jobId"].as_str().unwrap());
    let text = String::from_utf8(app.get(&path).await.bytes).unwrap();
    let text = text.replace(query["query"]["id"].as_str().unwrap(), "qry_…");
    let text = text.replace(ended["jobId"].as_str().unwrap(), "job_…");
    let document: Value = serde_json::from_str(&text).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

fn evidence(result: &Value) -> impl Iterator<Item = &Value> {
    result["evidence"].as_array().unwrap().iter()
}

/// Counts by its own reading of the file: its own words, dates and authors.
fn count_independently(file: &std::path::Path, word: &str, year: &str) -> (u64, u64) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(file).unwrap();
    let (mut mentions, mut authors) = (0, std::collections::HashSet::new());
    for record in reader.records() {
        let record = record.unwrap();
        let (title, author, created) = (&record[1], &record[5], &record[6]);
        let in_year = created.split(' ').next().unwrap().ends_with(year);
        let words = title.to_lowercase();
        let mut words = words.split(|c: char| !c.is_alphanumeric() && c != '_');
        if in_year && words.any(|found| found == word) {
            mentions += 1;
            authors.insert(author.to_lowercase());
        }
    }
    (mentions, authors.len() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_over_a_real_file_equal_an_independent_count() {
    let Some(file) = test_data(HACKER_NEWS) else {
        return;
    };
    let app = TestApp::start().await;
    let uploaded = app.upload("hn", "text/csv", std::fs::read(&file).unwrap()).await;
    assert_eq!(uploaded.status, 201, "{:#}", uploaded.json());
    assert_eq!(uploaded.json()["documents"], 20_100);
    for word in ["google", "rust", "python", "apple"] {
        let result = app
            .answer(json!({
                "prompt": format!("How many times was \"{word}\" mentioned?"),
                "sources": ["dataset:hn"],
                "dateRange": { "start": "2016-01-01T00:00:00Z", "end": "2016-12-31T23:59:59Z" },
                "limit": 1,
            }))
            .await;
        let (mentions, authors) = count_independently(&file, word, "2016");
        assert!(mentions > 10, "{word} is rare: {mentions}");
        let found = (&result["result"]["total_mentions"], &result["result"]["unique_users"]);
        assert_eq!(found, (&json!(mentions), &json!(authors)), "{word}");
        assert_eq!(evidence(&result).count(), 1, "the limit caps the list, not the count");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "the test ended with unfinished jobs")]
async fn a_test_that_leaves_jobs_behind_fails() {
    let app = TestApp::with_posts(without_worker()).await;
    app.ask(question()).await;
}
