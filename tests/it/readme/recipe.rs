//! "A recipe: webhook → database → chat": the figures are in the database once, the chat is told, and
//! what failed on the way is made good when the delivery comes again.

use std::process::Command;
use std::time::Duration;

use bytestack::app::WorkOptions;
use bytestack::deliveries::{Backoff, WebhookOptions};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::program::{Program, clients};
use super::webhooks::{SECRET, post, service};
use crate::support::receiver::{Receiver, Reply};
use crate::support::{TestOptions, question, with};

pub const HEADING: &str = "A recipe: webhook → database → chat";

/// All rows, oldest first, with the columns that a test can know.
fn rows(program: &Program) -> Value {
    let code = "import json, sqlite3
rows = sqlite3.connect('results.db').execute(
    'SELECT job_id, status, total_mentions, unique_users, is_told FROM results ORDER BY rowid')
print(json.dumps(rows.fetchall()))";
    let mut command = Command::new(clients().join("venv/bin/python"));
    let output = command.args(["-c", code]).current_dir(program.folder()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(bytes: &[u8]) -> String {
    let message: Value = serde_json::from_slice(bytes).unwrap();
    message["text"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_job_is_a_row_and_a_line_in_the_chat() {
    let mut chat = Receiver::answering(&[Reply::Status(500)]).await;
    let webhooks = WebhookOptions {
        gate: crate::webhooks::patient_gate(),
        timeout: Duration::from_secs(10),
        backoff: Backoff::new(vec![Duration::from_millis(5)]),
    };
    let work = WorkOptions { webhooks, ..WorkOptions::default() };
    let app = service(TestOptions { work, ..TestOptions::default() }).await;
    let (program, running, url) = block_in_place(|| {
        let program = Program::of(HEADING, "recipe.py");
        let chat = chat.url("/services/T0/B0");
        let environment = [
            ("BYTESTACK_WEBHOOK_SECRET", SECRET),
            ("BYTESTACK_API_KEY", &*app.key),
            ("CHAT_WEBHOOK_URL", &*chat),
            ("PORT", "0"),
        ];
        let running = program.start(&[], &environment);
        let url = running.listening();
        (program, running, url)
    });
    let announced = |input: Value| app.ask(with(input, json!({ "webhookUrl": url })));

    let counted = announced(question()).await;
    let line = "How many times was Acme mentioned? 2 mentions by 2 people";
    for attempt in ["the chat refuses", "and takes it when the delivery comes again"] {
        let told = chat.next().await;
        assert_eq!(text(&told.body), line, "{attempt}");
        assert_eq!(told.path, "/services/T0/B0");
    }
    app.running().idle().await.unwrap();
    let failed = announced(with(question(), json!({ "prompt": "Why is the sky blue?" }))).await;
    let query = failed["query"]["id"].as_str().unwrap();
    let line = format!("{query} has no new result: its job failed");
    assert_eq!(text(&chat.next().await.body), line);
    app.running().idle().await.unwrap();
    let marked = json!({ "prompt": "How many times was \"R&D\" mentioned?" });
    let marked = announced(with(question(), marked)).await;
    let line = "How many times was \"R&amp;D\" mentioned? 0 mentions by 0 people";
    assert_eq!(text(&chat.next().await.body), line);
    app.running().idle().await.unwrap();
    let expected = json!([
        [counted["job"]["id"], "completed", 2, 2, 1],
        [failed["job"]["id"], "failed", null, null, 1],
        [marked["job"]["id"], "completed", 0, 0, 1],
    ]);
    assert_eq!(rows(&program), expected);

    let events = "{ events(first: 1) { nodes { id payload } } }";
    let event = app.graphql(events, json!({})).await["events"]["nodes"][0].take();
    let body = event["payload"].to_string().into_bytes();
    let id = event["id"].as_str().unwrap();
    let signed = |secret: &str| super::webhooks::signed(secret, id, 0, &body);
    assert_eq!(post(&url, signed(SECRET), body.clone()).await, 204, "a second delivery");
    let forged = "whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(post(&url, signed(forged), body.clone()).await, 401);
    assert_eq!(post(&url, HeaderMap::new(), body.clone()).await, 401);
    assert_eq!(rows(&program), expected);
    assert!(chat.rest().is_empty(), "it was told already");
    drop(running);
}
