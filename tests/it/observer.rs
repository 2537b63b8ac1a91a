//! What somebody who watches a run is told.

use std::sync::{Arc, Mutex};

use bytestack::app::WorkOptions;
use bytestack::model::id::JobId;
use bytestack::model::result::Coverage;
use bytestack::runner::Observer;
use serde_json::json;

use crate::support::{Row, TestApp, TestOptions};

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Observer for Heard {
    fn source_started(&self, job: JobId, source: &str) {
        self.note(format!("{job} {source} started"));
    }

    fn documents(&self, job: JobId, source: &str, total: u64) {
        self.note(format!("{job} {source} {total}"));
    }

    fn source_ended(&self, job: JobId, source: &str, coverage: &Coverage) {
        self.note(format!("{job} {source} {:?}", coverage.status));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observer_hears_of_each_source_while_a_job_runs() {
    let heard = Arc::new(Heard::default());
    let observer = Arc::clone(&heard) as Arc<dyn Observer>;
    let options = TestOptions {
        work: WorkOptions { observer: Some(observer), ..WorkOptions::default() },
        ..TestOptions::default()
    };
    let app = TestApp::with(options).await;
    let ids: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    let at = "2026-11-22T10:00:00Z";
    let row = |id| Row { id, author: "ann", published_at: at, text: "Acme" };
    let rows: Vec<Row<'_>> = ids.iter().map(|id| row(id)).collect();
    assert_eq!(app.upload("posts", "text/csv", Row::csv(&rows)).await.status, 201);
    let sources = ["dataset:posts", "reddit"];
    let asked = app.ask(json!({ "prompt": "How many Acme mentions?", "sources": sources })).await;
    app.ended(&asked).await;

    let job = asked["job"]["id"].as_str().unwrap();
    let lines = heard.0.lock().unwrap().clone();
    let of = |source: &str| -> Vec<String> {
        let begin = format!("{job} {source} ");
        lines.iter().filter_map(|line| line.strip_prefix(&begin)).map(str::to_owned).collect()
    };
    assert_eq!(of("dataset:posts"), ["started", "64", "128", "192", "256", "300", "Complete"]);
    assert_eq!(of("reddit"), ["started", "AuthMissing"]);
    assert_eq!(lines.len(), 9, "{lines:?}");
}
