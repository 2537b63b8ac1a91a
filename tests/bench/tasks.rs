//! Tasks that do nothing, through the queue alone: what it costs to claim a task under a lease, hand it to a
//! worker, and take it away, beside job queues that are measured the same way.
//!
//! The rows of all tasks are there before the first is claimed; one worker of this process drains them, on
//! the queue's own statements and the durable defaults, until the database has none left. One warm-up, then
//! five measured runs: the median, with the least and the most.
//!
//! `cargo bench --bench tasks`, with an empty database in `BENCH_POSTGRES` on PostgreSQL, or with another
//! number of tasks a run: `cargo bench --bench tasks -- 20000`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and ends when an assumption fails"
)]
#[expect(dead_code, reason = "the other benches use the rest")]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytestack::clock::Clock;
use bytestack::metrics::Metrics;
use bytestack::model::audit_entry::AuditEntry;
use bytestack::model::id::WorkspaceId;
use bytestack::model::task::TaskKind;
use bytestack::model::workspace::Workspace;
use bytestack::queue::{self, Ended, Handler, QueueOptions, Run, Running};
use bytestack::store::{MasterKey, NewWorkspace, Place, Schema, Store};
use serde_json::json;
use support::figure;
use support::rows::Rows;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const RUNS: usize = 5;
/// Tasks in the hands of the worker at the same time.
const CONCURRENCY: usize = 512;

fn main() {
    support::run(measure());
}

async fn measure() {
    let asked = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let tasks: u64 = asked.unwrap_or(20_000);
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("bytestack.db");
    let (place, url) = match support::postgres() {
        Some(url) => {
            let schema = Schema::MigrateEmpty;
            (Place::Postgres { url: url.clone().into(), schema, poll_only: false }, url)
        }
        None => (Place::Sqlite(file.clone()), format!("sqlite://{}", file.display())),
    };
    let metrics = Metrics::new("bench").unwrap();
    let store = Store::open(&place, MasterKey::new([7; 32]), metrics).await.unwrap();
    let workspace = first_workspace(&store).await;
    let rows = Rows::at(&url).await;

    drain(&store, &rows, workspace, tasks).await;
    let mut rates = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        rates.push(drain(&store, &rows, workspace, tasks).await);
    }
    store.close().await;
    rates.sort_by(f64::total_cmp);
    let (database, durability) = support::database();
    let detail = json!({ "tasks_a_run": tasks, "runs": RUNS, "concurrency": CONCURRENCY,
        "least": rates[0].round(), "most": rates[RUNS - 1].round(), "database": durability });
    figure(&format!("tasks_drained_{database}"), rates[RUNS / 2].round(), "1/s", &detail);
}

async fn first_workspace(store: &Store) -> WorkspaceId {
    let clock = Clock::system();
    let id = clock.new_id().unwrap();
    let timezone = chrono_tz::Tz::UTC;
    let workspace = Workspace {
        id,
        name: "bench".into(),
        timezone,
        keeps_documents: true,
        created_at: clock.now(),
    };
    let new = NewWorkspace { workspace, signing_secret: "whsec_AA==".into(), epoch: "e".into() };
    let audit = AuditEntry {
        id: clock.new_id().unwrap(),
        workspace_id: id,
        at: clock.now(),
        key_id: None,
        operation: "createWorkspace".to_owned(),
        object_id: None,
        detail: None,
    };
    assert!(store.insert_workspace(new, true, audit).await.unwrap());
    id
}

/// Counts the tasks it is handed.
struct Nothing {
    left: Arc<AtomicU64>,
    done: Arc<Notify>,
}

impl Handler for Nothing {
    fn start(&self, runs: Vec<Run>) -> Vec<Running> {
        let run = |_| -> Running {
            let (left, done) = (Arc::clone(&self.left), Arc::clone(&self.done));
            Box::pin(async move {
                if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                    done.notify_one();
                }
                Ended::Void
            })
        };
        runs.into_iter().map(run).collect()
    }
}

/// Fills the queue, then drains it; answers how many tasks a second.
async fn drain(store: &Store, rows: &Rows, workspace: WorkspaceId, tasks: u64) -> f64 {
    rows.add_tasks(tasks, &workspace.to_string()).await;
    let (left, done) = (Arc::new(AtomicU64::new(tasks)), Arc::new(Notify::new()));
    let handler = Arc::new(Nothing { left, done: Arc::clone(&done) });
    let (kind, stop) = (TaskKind::Webhook, CancellationToken::new());
    let options = QueueOptions {
        worker: "bench/1".into(),
        kind,
        concurrency: CONCURRENCY,
        ..QueueOptions::default()
    };
    let began = Instant::now();
    let stopped = stop.clone();
    let watch = async {
        done.notified().await;
        while rows.tasks().await > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let took = began.elapsed();
        stop.cancel();
        took
    };
    let work = queue::work(store.clone(), Clock::system(), handler, options, stopped);
    let (took, ()) = tokio::join!(watch, work);
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let rate = tasks as f64 / took.as_secs_f64();
    rate
}
