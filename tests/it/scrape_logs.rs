//! What jobs asked of sources and were answered: all of it is there, shows no credential, goes in time, and no
//! result rests on it.

use std::path::Path;

use bytestack::model::api_key::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::hacker_news::{self, Post};
use crate::support::platforms::{ALL, Held, NOW, Platform};
use crate::support::process::run_in;
use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions};

const PROMPT: &str = "How many times was Acme mentioned since 2026-11-19?";
const DAY: i64 = 24 * 60 * 60 * 1_000;
const LOGS: &str = "query ($job: ID!, $source: String) { job(id: $job) {
    scrapeLogs(first: 50, source: $source) { totalCount nodes { id source attempt at method url durationMs
        statusCode error sizeBytes documents body } } } }";

struct Doubles {
    reddit: Platform,
    upstream: Upstream,
    hacker_news: Upstream,
}

impl Doubles {
    async fn start() -> Self {
        let reddit = ALL.into_iter().find(|platform| platform.name == "reddit").unwrap();
        let posts = (1..=150).map(|number| Held {
            number,
            second: NOW - 7_200 - i64::try_from(number).unwrap(),
            author: number % 3,
            text: "Acme it is".to_owned(),
        });
        let upstream = reddit.start(posts.collect()).await;
        let comments = vec![Post::comment(7, NOW - 7_200, "Acme, on Hacker News")];
        Self { reddit, upstream, hacker_news: hacker_news::start(comments, 1_000).await }
    }

    async fn app(&self) -> TestApp {
        let allowed = format!("{},{}", self.upstream.address, self.hacker_news.address);
        let settings = [
            ("REDDIT_BASE_URL", self.upstream.url("")),
            ("REDDIT_TOKEN", self.reddit.credential.to_owned()),
            ("HACKERNEWS_BASE_URL", self.hacker_news.url("/api/v1")),
            ("ALLOW_PRIVATE", allowed),
        ];
        TestApp::with(TestOptions { settings: settings.into(), ..TestOptions::default() }).await
    }
}

/// Asks both; answers the end of the job.
async fn asked(app: &TestApp) -> Value {
    let payload = app.ask(json!({ "prompt": PROMPT, "sources": ["reddit", "hackernews"] })).await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    ended
}

/// The exchanges of a job, in the order they were made.
async fn logs(app: &TestApp, job: &Value, source: Option<&str>) -> Vec<Value> {
    let answer = app.graphql(LOGS, json!({ "job": job, "source": source })).await;
    let logs = &answer["job"]["scrapeLogs"];
    let mut nodes = logs["nodes"].as_array().unwrap().clone();
    assert_eq!(logs["totalCount"], nodes.len(), "{logs:#}");
    nodes.reverse();
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn each_exchange_is_a_row_with_its_body_and_without_a_credential() {
    let doubles = Doubles::start().await;
    let secret = doubles.reddit.secret;
    // After the sign-in: one that fails and repeats a credential, then one that is no JSON.
    let echo = format!("{{\"error\":\"{secret} is slow today, reddit-access too\"}}");
    doubles.upstream.script([
        None,
        Some(Reply::status(503, &[], echo)),
        Some(Reply::CutOff("{".into())),
    ]);
    let app = doubles.app().await;
    let ended = asked(&app).await;
    let job = &ended["jobId"];
    let reddit = logs(&app, job, Some("reddit")).await;
    let told: Vec<Value> = reddit
        .iter()
        .map(|log| json!([log["method"], log["statusCode"], log["documents"], log["attempt"]]))
        .collect();
    let expected = json!([
        ["POST", 200, null, 1],
        ["GET", 503, null, 1],
        ["GET", null, null, 1],
        ["GET", 200, 100, 1],
        ["GET", 200, 50, 1]
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!(reddit[0]["body"], Value::Null, "a token is not kept");
    assert_eq!(reddit[1]["body"], "{\"error\":\"… is slow today, … too\"}");
    assert!(reddit[1]["error"].as_str().unwrap().contains("it answered 503"), "{}", reddit[1]);
    assert_eq!((&reddit[2]["body"], &reddit[2]["sizeBytes"]), (&Value::Null, &json!(0)));
    assert!(reddit[2]["error"].is_string() && reddit[3]["error"].is_null());
    let body: Value = serde_json::from_str(reddit[4]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["data"]["children"].as_array().unwrap().len(), 50);
    let size = reddit[4]["body"].as_str().unwrap().len();
    assert_eq!(reddit[4]["sizeBytes"], size);
    assert!(reddit[3]["url"].as_str().unwrap().contains("/search?q="), "{}", reddit[3]["url"]);

    let all = logs(&app, job, None).await;
    let requests = doubles.upstream.seen().len() + doubles.hacker_news.seen().len();
    assert_eq!(all.len(), requests, "each was noted");
    assert_eq!(all.len(), reddit.len() + logs(&app, job, Some("hackernews")).await.len());
    let shown = json!(all).to_string();
    for secret in [secret, "reddit-access", doubles.reddit.credential] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    no_secret_in_bodies(&app.data_dir().join("blobs/logs"), &[secret, "reddit-access"]);

    // A part of a body, the row by its id, and no more than that to others.
    let node =
        "query ($id: ID!) { node(id: $id) { ... on ScrapeLog { source body(maxBytes: 10) } } }";
    let id = json!({ "id": reddit[1]["id"] });
    let found = app.graphql(node, id.clone()).await;
    assert_eq!(found["node"], json!({ "source": "reddit", "body": "{\"error\":\"" }));
    let refused = "query ($id: ID!) { node(id: $id) { ... on ScrapeLog { body(maxBytes: 0) } } }";
    let refused = app.try_graphql(&app.key, refused, id.clone()).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{refused:#}");
    let stranger = app.key(app.another_workspace().await, Scope::Admin).await;
    let hidden = app.try_graphql(&stranger, node, id).await;
    assert_eq!(hidden["data"]["node"], Value::Null, "{hidden:#}");
    app.stop().await;
}

/// Bodies are packed one behind the other.
fn no_secret_in_bodies(folder: &Path, secrets: &[&str]) {
    let mut files = 0;
    for job in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(job.unwrap().path()).unwrap() {
            let packed = std::fs::read(file.unwrap().path()).unwrap();
            let plain = zstd::decode_all(packed.as_slice()).unwrap();
            files += 1;
            for secret in secrets {
                assert_eq!(memchr::memmem::find(&plain, secret.as_bytes()), None, "{secret}");
            }
        }
    }
    assert_eq!(files, 2, "one for each source");
}

/// Also of a source that failed, in a job that had no answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_shows_what_it_was_answered() {
    let doubles = Doubles::start().await;
    doubles.upstream.script([None, Some(Reply::status(404, &[], "{\"reason\":\"banned\"}"))]);
    let app = doubles.app().await;
    let payload = app.ask(json!({ "prompt": PROMPT, "sources": ["reddit"] })).await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "FAILED", "{ended:#}");
    let logs = logs(&app, &ended["jobId"], None).await;
    assert_eq!(
        (&logs[1]["statusCode"], &logs[1]["body"]),
        (&json!(404), &json!("{\"reason\":\"banned\"}"))
    );
    app.stop().await;
}

/// A body holds posts.
#[tokio::test(flavor = "multi_thread")]
async fn where_posts_must_not_be_kept_bodies_are_not_either() {
    let doubles = Doubles::start().await;
    let app = doubles.app().await;
    let set = "mutation { updateWorkspace(input: {keepDocuments: false}) { userErrors { code } } }";
    app.graphql(set, json!({})).await;
    let ended = asked(&app).await;
    let logs = logs(&app, &ended["jobId"], None).await;
    assert_eq!(logs.len(), 4);
    assert!(logs.iter().all(|log| log["body"].is_null()), "{logs:#?}");
    let sizes = logs.iter().map(|log| log["sizeBytes"].as_u64().unwrap());
    assert!(sizes.max().unwrap() > 1_000, "how large they were is known");
    assert!(!app.data_dir().join("blobs/logs").exists());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn they_go_when_they_are_old_enough_and_the_result_stays() {
    bytestack::failpoint::arm("scrape_logs.before_blobs=error").unwrap();
    let doubles = Doubles::start().await;
    let app = doubles.app().await;
    let ended = asked(&app).await;
    let (job, key) = (&ended["jobId"], ended["storageKey"].as_str().unwrap());
    let count = logs(&app, job, None).await.len() as u64;
    let domain = &app.running().domain;
    app.clock.advance(90 * DAY);
    assert_eq!(domain.apply_retention().await.unwrap(), 0, "not a millisecond too early");

    let set =
        "mutation ($days: Int!) { setRetentionPolicy(input: {scrapeLogDays: $days, dryRun: true}) {
        preview { scrapeLogs { count } } userErrors { code } } }";
    for (days, expected) in [(90, 0), (89, count)] {
        let shown = app.graphql(set, json!({ "days": days })).await;
        assert_eq!(shown["setRetentionPolicy"]["preview"]["scrapeLogs"]["count"], expected);
    }
    app.clock.advance(1);
    // It is cut off where the bodies are to go; the sweeper finds them.
    assert!(domain.apply_retention().await.is_err());
    assert!(logs(&app, job, None).await.is_empty());
    assert_eq!(domain.apply_retention().await.unwrap(), 0);
    assert_eq!(domain.sweep().await.unwrap().blobs, 2);

    // Others begin anew, and go with their bodies.
    let ended = asked(&app).await;
    let count = logs(&app, &ended["jobId"], None).await.len() as u64;
    app.clock.advance(90 * DAY + 1);
    assert_eq!(domain.apply_retention().await.unwrap(), count);
    assert_eq!(domain.sweep().await.unwrap().blobs, 0, "nothing was left");
    let result = app.get(&format!("/v1/storage/{key}")).await;
    assert_eq!(result.status, StatusCode::OK);
    let (data, url) = (app.data_dir().to_owned(), app.database_url());
    let arguments = ["--database-url", &url, "doctor"];
    let arguments = if url.starts_with("sqlite:") { &arguments[2..] } else { &arguments[..] };
    let examined = tokio::task::block_in_place(|| run_in(&data, arguments, &[]));
    assert_eq!(examined.code, Some(0), "{examined:#?}");
    app.stop().await;
}
