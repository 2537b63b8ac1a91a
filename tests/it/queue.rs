//! How work is handed out: who is next, how much runs at once, what is called off, and what is run again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytestack::app::WorkOptions;
use bytestack::model::id::JobId;
use bytestack::model::result::Coverage;
use bytestack::queue::QueueOptions;
use bytestack::runner::Observer;
use serde_json::{Value, json};

use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::{TestApp, TestOptions, question, with, without_worker};

const CANCEL: &str = "mutation ($id: ID!) { cancelJob(input: { jobId: $id }) {
    job { id status } userErrors { code message path } } }";
const RETRY: &str = "mutation ($id: ID!, $key: String) {
    retryJob(input: { jobId: $id, idempotencyKey: $key }) { cursor
    job { id status trigger referenceTime query { id } } userErrors { code message path } } }";
const RUN: &str = "mutation ($id: ID!, $key: String) {
    runQuery(input: { queryId: $id, idempotencyKey: $key }) { cursor
    job { id status trigger referenceTime query { id } } userErrors { code message path } } }";

async fn cancel(app: &TestApp, job: &Value) -> Value {
    app.graphql(CANCEL, json!({ "id": job })).await["cancelJob"].clone()
}

/// A question that runs until its feed answers.
fn waiting_for(feed: &Receiver) -> Value {
    json!({ "prompt": "How many times was Acme mentioned?",
            "sources": [format!("rss:{}", feed.url("/feed.xml"))] })
}

/// What waits for the event of a payload that has only a job.
fn of(payload: &Value) -> Value {
    json!({ "query": payload["job"]["query"], "cursor": payload["cursor"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_that_is_called_off_ends_at_once_and_is_announced() {
    let app = TestApp::with_posts(without_worker()).await;
    let asked = app.ask(question()).await;
    let cancelled = cancel(&app, &asked["job"]["id"]).await;
    assert_eq!(cancelled["job"]["status"], "CANCELLED", "{cancelled:#}");
    let event = app.ended(&asked).await;
    assert_eq!([&event["status"], &event["jobId"]], [&json!("CANCELLED"), &asked["job"]["id"]]);
    assert_eq!([&event["storageKey"], &event["resultUrl"]], [&Value::Null, &Value::Null]);

    let again = cancel(&app, &asked["job"]["id"]).await;
    assert_eq!(again["userErrors"][0]["code"], "JOB_HAS_ENDED", "{again:#}");
    assert_eq!(again["userErrors"][0]["path"], json!(["jobId"]));
    assert_eq!(app.counts().await, [1, 1, 0, 1], "one event");
    let unknown = cancel(&app, &json!("job_00000000000000000000000000")).await;
    assert_eq!(unknown["userErrors"][0]["code"], "JOB_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_that_is_called_off_stops_within_a_second() {
    let mut feed = Receiver::answering(&[Reply::Hang]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    let asked = app.ask(waiting_for(&feed)).await;
    feed.next().await;
    let began = Instant::now();
    let answered = cancel(&app, &asked["job"]["id"]).await;
    assert_eq!(answered["userErrors"], json!([]), "{answered:#}");
    let event = app.ended(&asked).await;
    assert_eq!(event["status"], "CANCELLED");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(app.counts().await, [1, 1, 0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_called_off_while_it_ends_has_one_end() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    for number in 1..=30 {
        let asked = app.ask(question()).await;
        cancel(&app, &asked["job"]["id"]).await;
        let event = app.ended(&asked).await;
        assert_eq!(event["seq"], number, "one event for each");
        let status = event["job"]["status"].as_str().unwrap();
        assert_eq!(event["status"], status);
        assert_eq!(event["storageKey"].is_null(), status == "CANCELLED", "{event:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ended_is_run_again_for_the_same_instant() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let asked = app.ask(question()).await;
    let first = app.ended(&asked).await;
    app.clock.advance(3 * 24 * 60 * 60 * 1000);
    let variables = json!({ "id": asked["job"]["id"], "key": "again" });
    let retried = app.graphql(RETRY, variables.clone()).await["retryJob"].clone();
    assert_eq!(retried["userErrors"], json!([]), "{retried:#}");
    assert_eq!(retried["job"]["trigger"], "RETRY");
    assert_eq!(retried["job"]["referenceTime"], asked["job"]["referenceTime"]);
    let second = app.ended(&of(&retried)).await;
    let key = first["storageKey"].as_str().unwrap();
    assert_eq!(second["storageKey"], key.replace(".json", "-2.json"), "of the same second");
    let document =
        async |key: &Value| app.get(&format!("/v1/storage/{}", key.as_str().unwrap())).await.json();
    let (one, other) =
        (document(&first["storageKey"]).await, document(&second["storageKey"]).await);
    assert_eq!([&one["window"], &one["result"]], [&other["window"], &other["result"]]);

    let replayed = app.graphql(RETRY, variables).await["retryJob"].clone();
    assert_eq!(replayed["job"]["id"], retried["job"]["id"], "the same request makes nothing new");
    assert_eq!(app.counts().await, [1, 2, 2, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_is_not_run_again() {
    let app = TestApp::with_posts(without_worker()).await;
    let asked = app.ask(question()).await;
    let refused = app.graphql(RETRY, json!({ "id": asked["job"]["id"] })).await;
    assert_eq!(refused["retryJob"]["userErrors"][0]["code"], "JOB_NOT_ENDED", "{refused:#}");
    cancel(&app, &asked["job"]["id"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_query_is_run_by_hand_once_per_key() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let saved = app.ask(with(question(), json!({ "run": false }))).await;
    let variables = json!({ "id": saved["query"]["id"], "key": "k" });
    let run = app.graphql(RUN, variables.clone()).await["runQuery"].clone();
    assert_eq!([&run["job"]["trigger"], &run["job"]["status"]], ["MANUAL", "QUEUED"]);
    assert_eq!(app.ended(&of(&run)).await["status"], "COMPLETED");
    let again = app.graphql(RUN, variables).await["runQuery"].clone();
    assert_eq!(again["job"]["id"], run["job"]["id"]);
    let other = json!({ "id": "qry_00000000000000000000000000", "key": "k" });
    let unknown = app.graphql(RUN, other).await["runQuery"].clone();
    assert_eq!(unknown["userErrors"][0]["code"], "QUERY_NOT_FOUND");
    let bad = app.graphql(RUN, json!({ "id": saved["query"]["id"], "key": "" })).await;
    assert_eq!(bad["runQuery"]["userErrors"][0]["code"], "IDEMPOTENCY_KEY_INVALID");
    assert_eq!(app.counts().await, [1, 1, 1, 1]);
}

/// Which jobs were started, in their order.
#[derive(Default)]
struct Starts(Mutex<Vec<String>>);

impl Observer for Starts {
    fn source_started(&self, job: JobId, _: &str) {
        self.0.lock().unwrap().push(job.to_string());
    }

    fn documents(&self, _: JobId, _: &str, _: u64) {}

    fn source_ended(&self, _: JobId, _: &str, _: &Coverage) {}
}

/// A worker with one place, and one for who runs nothing.
fn one_at_a_time(starts: &Arc<Starts>, more: TestOptions) -> TestOptions {
    let observer = Some(Arc::clone(starts) as Arc<dyn Observer>);
    let queue = QueueOptions { poll_every: Duration::from_millis(50), ..QueueOptions::default() };
    let work = WorkOptions { observer, queue, ..WorkOptions::default() };
    let mut settings = more.settings;
    settings.insert("WORKERS", "1".to_owned());
    TestOptions { settings, work, ..more }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_with_one_job_does_not_wait_for_the_hundreds_of_another() {
    const MANY: usize = 200;
    let app = TestApp::with_posts(without_worker()).await;
    for _ in 0..MANY {
        app.ask(question()).await;
    }
    let (_, key) = app.stranger().await;
    let mutation = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
        job { id } userErrors { message } } }";
    // Posts are of a workspace, so the quiet one asks a feed that nobody serves: it is started all the same.
    let feed = json!({ "prompt": "How many Acme mentions?", "sources": ["hackernews"] });
    let asked = app.try_graphql(&key, mutation, json!({ "input": feed })).await;
    let quiet = asked["data"]["createQuery"]["job"]["id"].as_str().unwrap().to_owned();

    let starts = Arc::new(Starts::default());
    let app = app.restart(one_at_a_time(&starts, TestOptions::default())).await;
    let cancel = app.try_graphql(&key, CANCEL, json!({ "id": quiet }));
    while !starts.0.lock().unwrap().contains(&quiet) {
        tokio::task::yield_now().await;
    }
    let place = starts.0.lock().unwrap().iter().position(|job| *job == quiet).unwrap();
    assert!(place <= 3, "it was number {place} of {MANY}");
    cancel.await;
    app.running().idle().await.unwrap();
    assert_eq!(starts.0.lock().unwrap().len(), MANY + 1, "and the others were not lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_goes_when_its_job_is_gone() {
    let app = TestApp::with_posts(without_worker()).await;
    let (gone, other) = (app.ask(question()).await, app.ask(question()).await);
    let rows = Rows::at(&app.database_url()).await;
    let id = gone["job"]["id"].as_str().unwrap();
    rows.execute(&format!("DELETE FROM job WHERE id = '{id}'")).await;
    let app = app.restart(TestOptions::default()).await;
    assert_eq!(app.ended(&other).await["status"], "COMPLETED");
    app.running().idle().await.unwrap();
    assert_eq!(rows.text("SELECT CAST(count(*) AS TEXT) FROM task").await, "0");
}

/// As after a restored backup, or a change by hand.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_are_held_for_nothing_are_let_go_one_after_the_other() {
    let app = TestApp::with_posts(without_worker()).await;
    let first = app.ask(question()).await;
    let id = first["query"]["id"].clone();
    let second = app.graphql(RUN, json!({ "id": id })).await["runQuery"].clone();
    let rows = Rows::at(&app.database_url()).await;
    rows.execute(&format!("UPDATE task SET held = TRUE, due_at = {}", i64::MAX)).await;

    let app = app.restart(TestOptions::default()).await;
    assert_eq!(app.ended(&first).await["jobId"], first["job"]["id"], "the oldest first");
    assert_eq!(app.ended(&of(&second)).await["seq"], 1);
    let both = "SELECT CAST(count(*) AS TEXT) FROM job WHERE status = 'completed'";
    app.running().idle().await.unwrap();
    assert_eq!(rows.text(both).await, "2");
}

/// Jobs that are claimed together are read together.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_read_fails_no_other() {
    let app = TestApp::with_posts(without_worker()).await;
    let mut asked = Vec::new();
    for _ in 0..8 {
        asked.push(app.ask(question()).await);
    }
    let rows = Rows::at(&app.database_url()).await;
    let (broken, others) = asked.split_first().unwrap();
    let id = broken["job"]["id"].as_str().unwrap();
    rows.execute(&format!("UPDATE job SET \"trigger\" = 'whim' WHERE id = '{id}'")).await;

    let app = app.restart(TestOptions::default()).await;
    for asked in others {
        assert_eq!(app.ended(asked).await["status"], "COMPLETED");
    }
    let attempts = "SELECT CAST(max(attempt) AS TEXT) FROM job WHERE \"trigger\" <> 'whim'";
    assert_eq!(rows.text(attempts).await, "1", "each was started once");
    rows.execute(&format!("UPDATE job SET \"trigger\" = 'submitted' WHERE id = '{id}'")).await;
    assert_eq!(app.ended(broken).await["status"], "COMPLETED", "it goes on once it can be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_jobs_of_a_workspace_run_than_its_cap() {
    const CAP: usize = 2;
    const JOBS: usize = 6;
    let mut feed = Receiver::answering(&[Reply::Hang; JOBS]).await;
    let app = TestApp::with(TestOptions::reaching(&feed)).await;
    app.running().domain.set_workspace_share(app.workspace, 1, Some(2)).await.unwrap();
    let mut asked = Vec::new();
    for _ in 0..JOBS {
        asked.push(app.ask(waiting_for(&feed)).await);
    }
    let running = "{ jobs(first: 1, filter: { statuses: [RUNNING] }) { totalCount } }";
    for ended in 0..JOBS {
        // What asks the feed has been claimed; it asks CAP times, and once more for each that ends.
        feed.next().await;
        if ended + 1 < CAP {
            continue;
        }
        let count = app.graphql(running, json!({})).await["jobs"]["totalCount"].as_u64().unwrap();
        assert!(count <= CAP as u64, "{count} run");
        cancel(&app, &asked[ended + 1 - CAP]["job"]["id"]).await;
        app.ended(&asked[ended + 1 - CAP]).await;
    }
    for left in &asked[JOBS + 1 - CAP..] {
        cancel(&app, &left["job"]["id"]).await;
    }
    app.running().idle().await.unwrap();
    assert!(feed.rest().is_empty());
}
