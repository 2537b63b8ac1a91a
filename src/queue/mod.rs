//! A generic queue of leased tasks; it knows no business.
//!
//! Tasks are rows. A worker claims a batch under a lease with a token that every later write must
//! show, keeps the lease by heartbeats, and hands each task to the handler, which commits its end
//! itself. A task whose worker disappears is due again when its lease runs out, or at once when its
//! node starts again. A soft stop gives running tasks back without counting the attempt. Which workspace
//! is next is decided by [`fair`]; how many of its tasks may run at once is checked in the claim.

mod counted;
mod fair;
mod leases;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::clock::Clock;
use crate::model::task::TaskKind;
use crate::store::{Claim, GiveBack, Store, StoreError, Then};
use counted::Counted;
use fair::{Fair, Room};
use leases::Leases;

pub use crate::store::Claimed;

/// How the queue works.
#[derive(Clone, Debug)]
pub struct QueueOptions {
    /// The node and its boot: `{node}/{boot}`.
    pub worker: String,
    /// Which tasks this worker takes.
    pub kind: TaskKind,
    /// Tasks run at the same time; an eighth more, and at least one, of workspaces that run none.
    pub concurrency: usize,
    pub lease: Duration,
    /// How long a lost wake-up can delay a task.
    pub poll_every: Duration,
    /// How long running tasks may go on after a stop was asked for.
    pub grace: Duration,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            worker: String::new(),
            kind: TaskKind::Job,
            concurrency: 32,
            lease: Duration::from_secs(15),
            poll_every: Duration::from_millis(500),
            grace: Duration::from_secs(10),
        }
    }
}

/// A claimed task and the sign that it is no longer wanted.
#[derive(Clone, Debug)]
pub struct Run {
    pub task: Claimed,
    /// Cancelled when the lease is lost or the worker stops: the work should end soon.
    pub cancelled: CancellationToken,
    /// Cancelled when the task is called off: its end should be committed now.
    pub called_off: CancellationToken,
}

/// How the work of a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its end is committed, or the lease is lost and somebody else will commit it.
    Done,
    /// It failed for now and is due again after this long; the attempt counts.
    Retry(Duration),
    /// It is not the time for it: it is due again after this long, and the attempt does not count.
    PutOff(Duration),
    /// It was interrupted; the attempt does not count.
    Interrupted,
    /// What it is for is gone, or there was nothing to write: the task goes.
    Void,
}

/// The work of one task.
pub type Running = Pin<Box<dyn Future<Output = Ended> + Send>>;

/// Does the work of tasks.
pub trait Handler: Send + Sync + 'static {
    /// The work of each of these tasks, which were claimed together, in their order: what they need
    /// can be read for all at once.
    fn start(&self, runs: Vec<Run>) -> Vec<Running>;
}

/// How long interrupted tasks may take to be given back, once the grace time is over.
const SETTLE: Duration = Duration::from_secs(4);
/// The same for those whose work did not end when it was told to.
const GIVE_UP: Duration = Duration::from_secs(3);

/// Claims tasks and runs them until `stop`, then lets running ones end within the grace time and
/// gives the others back. It ends within a few seconds more, whatever hangs: what could not be given
/// back is taken over when its lease runs out.
pub async fn work(
    store: Store,
    clock: Clock,
    handler: Arc<dyn Handler>,
    options: QueueOptions,
    stop: CancellationToken,
) {
    let leases = Leases::new(store.clone(), options.kind, options.worker.clone(), options.lease);
    let permits = Arc::new(Semaphore::new(options.concurrency + express(options.concurrency)));
    let (fair, freed) = (Fair::default(), Arc::new(Notify::new()));
    let mut worker = Worker { store, clock, handler, options, leases, permits, fair, freed };
    let leases = worker.leases.clone();
    let beating = leases.keep();
    tokio::pin!(beating);
    let mut running = JoinSet::new();
    let grace = worker.options.grace;
    let too_late = async {
        stop.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    let orderly = async {
        worker.claim_until(&stop, &mut running).await;
        while running.join_next().await.is_some() {}
    };
    tokio::select! {
        () = orderly => {}
        () = too_late => {}
        () = &mut beating => {}
    }
    worker.leases.cancel_all();
    let ending = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(SETTLE, ending).await.is_err() {
        running.abort_all();
        worker.give_up().await;
    }
}

/// Places beside the usual ones, for workspaces that run nothing.
fn express(concurrency: usize) -> usize {
    (concurrency / 8).max(1)
}

struct Worker {
    store: Store,
    clock: Clock,
    handler: Arc<dyn Handler>,
    options: QueueOptions,
    leases: Leases,
    permits: Arc<Semaphore>,
    fair: Fair,
    /// Told when a place is free again.
    freed: Arc<Notify>,
}

/// What a look at the queue gave.
struct Taken {
    tasks: Vec<Claimed>,
    /// Something is due that could not be taken now.
    more: bool,
}

impl Worker {
    async fn claim_until(&mut self, stop: &CancellationToken, running: &mut JoinSet<()>) {
        loop {
            let permit = tokio::select! {
                () = stop.cancelled() => return,
                permit = Arc::clone(&self.permits).acquire_owned() => permit,
            };
            let Ok(first) = permit else { return };
            while running.try_join_next().is_some() {}
            let Taken { tasks, more } = match self.claim().await {
                Ok(taken) => taken,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    self.store.metrics().queue.of(self.options.kind).claim_failures.inc();
                    tracing::error!(%error, "claiming tasks failed");
                    Taken { tasks: Vec::new(), more: false }
                }
            };
            if tasks.is_empty() {
                drop(first);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.store.wakes().task_committed(self.options.kind) => {}
                    () = self.freed.notified(), if more => {}
                    () = tokio::time::sleep(self.options.poll_every) => {}
                }
                continue;
            }
            self.start(tasks, first, running);
        }
    }

    /// Claims as many tasks as can run now, each workspace its share; the caller holds one permit.
    async fn claim(&mut self) -> Result<Taken, StoreError> {
        let due = self.store.due_lanes(self.options.kind).await?;
        let picks = self.fair.pick(&due, self.room());
        if picks.is_empty() {
            return Ok(Taken { tasks: Vec::new(), more: !due.is_empty() });
        }
        let claim = Claim {
            worker: self.options.worker.clone(),
            kind: self.options.kind,
            picks,
            lease_ms: u32::try_from(self.options.lease.as_millis()).unwrap_or(u32::MAX),
            now_ms: millis(self.clock.now()),
        };
        let tasks = self.store.claim(claim).await?;
        self.fair.served(&due, tasks.iter().map(|task| task.workspace_id));
        Ok(Taken { tasks, more: true })
    }

    fn room(&self) -> Room {
        let usual = self.options.concurrency;
        let free = 1 + self.permits.available_permits();
        let running = (usual + express(usual)).saturating_sub(free);
        let normal = usual.saturating_sub(running);
        let count = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
        Room { normal: count(normal), express: count(free.saturating_sub(normal)) }
    }

    fn start(&self, claimed: Vec<Claimed>, first: OwnedSemaphorePermit, running: &mut JoinSet<()>) {
        let (mut first, now) = (Some(first), millis(self.clock.now()));
        let runs = claimed.iter().map(|task| self.leases.hold(task)).collect();
        for (task, ending) in claimed.into_iter().zip(self.handler.start(runs)) {
            let permit =
                first.take().or_else(|| Arc::clone(&self.permits).try_acquire_owned().ok());
            let (store, leases) = (self.store.clone(), self.leases.clone());
            let freed = Arc::clone(&self.freed);
            let counted = Counted::start(store.metrics(), &task, now);
            let span = tracing::info_span!(
                "task", kind = task.kind.as_str(), task = task.id, workspace = %task.workspace_id,
                attempt = task.attempt
            );
            let run = async move {
                let ended = ending.await;
                drop(counted);
                leases.release(&task);
                settle(&store, &task, ended).await;
                drop(permit);
                freed.notify_one();
            };
            running.spawn(run.instrument(span));
        }
    }

    /// Gives back what is still held although its work was told to end.
    async fn give_up(&self) {
        let left = self.leases.left();
        tracing::warn!(tasks = left.len(), "some tasks did not end in time");
        let given = left.into_iter().map(|(task, lease_token)| {
            self.store.give_back(GiveBack { task, lease_token, then: Then::Again })
        });
        let giving = futures_util::future::join_all(given);
        if tokio::time::timeout(GIVE_UP, giving).await.is_err() {
            tracing::warn!("the database does not take them back; their leases run out instead");
        }
    }
}

/// Gives the task back unless its end is committed, or takes it away when there is nothing to do for it.
async fn settle(store: &Store, task: &Claimed, ended: Ended) {
    let metrics = store.metrics().queue.of(task.kind);
    let (then, counted) = match ended {
        Ended::Done => return,
        Ended::Interrupted => (Then::Again, Some(&metrics.given_back)),
        Ended::Retry(after) => (Then::Later(whole_millis(after)), Some(&metrics.retries)),
        Ended::PutOff(after) => (Then::PutOff(whole_millis(after)), None),
        Ended::Void => (Then::Never, None),
    };
    let give_back = GiveBack { task: task.id.clone(), lease_token: task.lease_token, then };
    if let Err(error) = store.give_back(give_back).await {
        tracing::warn!(%error, task = task.id, "a task was not given back; its lease runs out instead");
        return;
    }
    if let Some(counter) = counted {
        counter.inc();
    }
}

fn whole_millis(after: Duration) -> i64 {
    i64::try_from(after.as_millis()).unwrap_or(i64::MAX)
}

fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}
