//! `bytestack ask`: one question, with and without a server, and what scripts see of it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::support::process::{BINARY, Ended, Process, Server, command, run};

const QUESTION: &str = "How many times was acme mentioned since 2024-02-01?";
const ASK: &[&str] = &["ask", QUESTION, "--source", "dataset:posts"];
const DEADLINE: Duration = Duration::from_mins(1);

/// A directory with `dataset:posts` that nobody serves, and a key for it.
async fn served_before(posts: usize) -> (TempDir, String) {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    server.client.upload_posts(posts).await;
    let key = server.client.key.clone();
    assert_eq!(server.process.terminate().code, Some(0));
    (data, key)
}

/// What `ask --json` prints, to the byte.
fn asked_for_json(data: &Path) -> Vec<u8> {
    let output = command(data, &[ASK, &["--json"]].concat()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

fn said(ended: &Ended, line: &str) -> bool {
    ended.log.lines().any(|said| said == line)
}

/// Waits until a process has said this on standard error.
fn until_said(process: &Process, text: &str) {
    let began = Instant::now();
    while !process.log().contains(text) {
        assert!(began.elapsed() < DEADLINE, "no {text:?} in {}", process.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_without_a_server() {
    let (data, key) = served_before(40).await;
    let ended = run(data.path(), ASK);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.printed[0], "acme was mentioned 20 times by 20 people", "{ended:?}");
    for part in ["20 match", "dataset:posts: complete, version 1", "how many mentions of acme"] {
        assert!(ended.printed.iter().any(|line| line.contains(part)), "{part}: {ended:?}");
    }
    assert!(said(&ended, "dataset:posts: reading"), "{ended:?}");
    assert!(said(&ended, "dataset:posts: 40 posts, complete"), "{ended:?}");
    assert!(!ended.log.contains(['\r', '\u{1b}']), "plain lines where nothing can be drawn");

    let printed = asked_for_json(data.path());
    let result: Value = serde_json::from_slice(&printed).unwrap();
    let server = Server::start(data.path(), &[], &[], &key);
    let job = result["job_id"].as_str().unwrap();
    let downloaded = server.client.get(&format!("/v1/storage/{job}")).await;
    assert_eq!(downloaded.bytes, printed, "byte for byte what is kept");
    assert_eq!(result["result"]["total_mentions"], 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_does_the_work_when_there_is_one() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    server.client.upload_posts(40).await;
    let ended = run(data.path(), ASK);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.printed[0], "acme was mentioned 20 times by 20 people", "{ended:?}");
    let waits = "is queued for the process that has the data directory";
    assert!(ended.log.contains(waits) && !ended.log.contains("reading"), "{ended:?}");

    let printed = asked_for_json(data.path());
    let result: Value = serde_json::from_slice(&printed).unwrap();
    let query = result["query_id"].as_str().unwrap();
    let downloaded = server.client.get(&format!("/v1/storage/{query}")).await;
    assert_eq!(downloaded.bytes, printed);
    let jobs = server.client.graphql("{ jobs(first: 9) { nodes { status attempt } } }", json!({}));
    let done = json!({ "status": "COMPLETED", "attempt": 1 });
    assert_eq!(jobs.await["jobs"]["nodes"], json!([done, done]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_is_taken_over_when_the_server_goes() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &["--roles", "api"], &[]);
    server.client.upload_posts(40).await;
    let asking = Process::start(data.path(), ASK, &[]);
    until_said(&asking, "is queued for the process");
    assert_eq!(server.client.jobs_that_are(&["QUEUED"]).await, 1);
    assert_eq!(server.process.terminate().code, Some(0));
    let ended = asking.ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(said(&ended, "dataset:posts: 40 posts, complete"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_gives_the_attempt_back_and_says_what_is_left() {
    let (data, key) = served_before(60_000).await;
    let asking = Process::start(data.path(), ASK, &[]);
    until_said(&asking, "dataset:posts: reading");
    let ended = asking.terminate();
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert_eq!(ended.printed, [""; 0]);
    assert!(ended.log.contains("stays queued, and the next `serve` or `ask` runs it"), "{ended:?}");

    let server = Server::start(data.path(), &["--roles", "api"], &[], &key);
    assert_eq!(server.client.jobs_that_are(&["QUEUED"]).await, 1);
    let waiting = Process::start(data.path(), ASK, &[]);
    until_said(&waiting, "is queued for the process");
    let ended = waiting.terminate();
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert!(ended.log.contains("goes on with job_"), "{ended:?}");
    server.process.terminate();

    // The next one takes up what is left as well.
    let asked = run(data.path(), ASK);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    let server = Server::start(data.path(), &[], &[], &key);
    while server.client.jobs_that_are(&["QUEUED", "RUNNING"]).await > 0 {}
    let jobs = "{ jobs(first: 9) { nodes { status attempt } } }";
    let jobs = server.client.graphql(jobs, json!({})).await;
    let done = json!({ "status": "COMPLETED", "attempt": 1 });
    assert_eq!(jobs["jobs"]["nodes"], json!([done, done, done]), "no stop counts as an attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_fails_and_what_cannot_be_asked_is_refused() {
    let (data, _) = served_before(2).await;
    let unsupported = ["ask", "What is the weather?", "--source", "dataset:posts"];
    let failed = run(data.path(), &unsupported);
    assert_eq!((failed.code, failed.printed.len()), (Some(1), 0), "{failed:?}");
    assert!(failed.log.contains("error: UNSUPPORTED_QUESTION: "), "{failed:?}");

    let wrong = ["--source", "nowhere", "--limit", "0", "--timezone", "Mars/Olympus", "--json"];
    let refused = run(data.path(), &[ASK, &wrong].concat());
    assert_eq!((refused.code, refused.printed.len()), (Some(2), 0), "{refused:?}");
    for problem in [
        "error: SOURCE_UNKNOWN: nobody knows a source `nowhere`; known are ",
        "error: LIMIT_OUT_OF_RANGE: the limit is 0; it must be 1 to 1000",
        "error: TIMEZONE_UNKNOWN: `Mars/Olympus` is not a time zone; use an IANA name",
    ] {
        let lines = refused.log.lines().filter(|line| line.starts_with(problem)).count();
        assert_eq!(lines, 1, "{problem}: {refused:?}");
    }
    let nothing = run(data.path(), &["ask"]);
    assert_eq!((nothing.code, nothing.printed.len()), (Some(2), 0), "{nothing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_use_shows_no_secrets_and_loses_none() {
    let data = tempdir().unwrap();
    let refused = run(data.path(), ASK);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let hint = "SOURCE_UNKNOWN: there is no dataset named `posts`; upload it";
    assert!(refused.log.contains(hint), "{refused:?}");
    assert!(!refused.log.contains("bsk_") && !refused.log.contains("whsec_"), "{refused:?}");

    let server = Server::first(data.path(), &[], &[]);
    assert!(server.client.is_let_in().await, "the first serve gives the key");
    assert!(server.printed("webhook signing secret ").starts_with("whsec_"));
    server.client.upload_posts(4).await;
    assert_eq!(run(data.path(), ASK).code, Some(0));
    let listed = run(data.path(), &["workspace", "list"]);
    assert_eq!(listed.printed.len(), 1, "one workspace for all: {listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_is_drawn_on_a_terminal() {
    let (data, _) = served_before(40).await;
    let line = format!("{BINARY} ask '{QUESTION}' --source dataset:posts");
    let drawn = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("BYTESTACK_DATA_DIR", data.path())
        .env("TERM", "xterm")
        .current_dir(data.path())
        .output()
        .unwrap();
    let drawn = String::from_utf8(drawn.stdout).unwrap();
    assert!(drawn.contains('\u{1b}'), "something is drawn: {drawn:?}");
    assert!(drawn.contains("dataset:posts  40 posts, complete"), "{drawn:?}");
    assert!(drawn.contains("acme was mentioned 20 times by 20 people"), "{drawn:?}");
}
