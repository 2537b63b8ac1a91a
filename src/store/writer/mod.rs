//! The hot write path. Everything that writes hands a command to a writing thread, which merges all that
//! wait into multi-row statements in one transaction and answers each caller after COMMIT. On PostgreSQL
//! there are three: what makes jobs and what starts them waits for nothing that ends them.
//!
//! Frequent operations are typed commands (submit, run, claim, heartbeat, finish, attempt); each has its file with the
//! merged statements. Rare ones are closures over a [`Tx`] that await nothing else. When a merged
//! transaction fails, every command is tried again by itself, so that one caller's constraint error
//! never fails its neighbours.

mod attempt;
mod batch;
mod claim;
mod counted;
mod finish;
mod heartbeat;
mod known;
mod rare;
mod run;
mod submit;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::connect::WritingLinks;
use super::link::Link;
use super::run::{NewRun, Started};
use super::{StoreError, Wakes};
use crate::metrics::Metrics;
use batch::Batch;

pub use attempt::{EndAttempt, Next};
pub use claim::{Claim, Claimed, Pick};
pub use finish::{Fence, Finish, Outcome};
pub(super) use heartbeat::queue_jobs;
pub use heartbeat::{GiveBack, Heartbeat, Then};
pub use known::IdempotencyKey;
pub(super) use known::KEY_LIFE_MS;
pub use rare::RareFuture;
pub use submit::{Submission, Submitted};
pub use tx::Tx;
pub(super) use tx::Within;

/// Commands that may wait; callers beyond that wait to hand theirs over.
const QUEUE: usize = 4_096;
/// Commands merged into one transaction.
const MERGED: usize = 256;
/// How long a command may wait for others to be merged with.
const LONGEST_WAIT: Duration = Duration::from_millis(2);

/// So many times something was written before a pause is used to tidy.
const SETTLED_AFTER: u32 = 16;
/// So long nothing is to be written in a pause.
const PAUSE: Duration = Duration::from_millis(5);

/// A command whose caller waits for the answer.
struct Pending<I, O> {
    input: I,
    reply: oneshot::Sender<Result<O, StoreError>>,
}

/// What the writer understands.
enum Command {
    Submit(Box<Pending<Submission, Submitted>>),
    Run(Box<Pending<NewRun, Started>>),
    Claim(Pending<Claim, Vec<Claimed>>),
    Heartbeat(Pending<Heartbeat, Vec<String>>),
    GiveBack(Pending<GiveBack, ()>),
    Finish(Box<Pending<Finish, Outcome>>),
    EndAttempt(Box<Pending<EndAttempt, bool>>),
    Rare(Box<dyn rare::Rare>),
}

/// Hands commands to the writing threads.
#[derive(Clone)]
pub struct Writer {
    /// What makes jobs, and what starts them. A workspace that asks seldom does not wait for the ends of
    /// another's hundreds of jobs where the database takes several transactions at a time.
    submits: Line,
    claims: Line,
    /// Everything else; the same line where there is one connection to write on.
    ends: Line,
    rare_writes: Arc<AtomicU64>,
}

/// The way to one writing thread. It is a thread of its own: behind the work of hundreds of jobs, each step
/// of a transaction would wait for its turn among them while all wait for the transaction.
#[derive(Clone)]
struct Line {
    commands: mpsc::Sender<Command>,
    database: Link,
    /// Cancelled when the thread has ended, however it does.
    ended: CancellationToken,
}

impl Writer {
    pub(super) fn start(
        WritingLinks { submits, claims, ends }: WritingLinks,
        wakes: &Arc<Wakes>,
        metrics: &Metrics,
    ) -> Result<Self, StoreError> {
        let rare_writes = Arc::new(AtomicU64::default());
        let start = |name, link| {
            let rare_writes = Arc::clone(&rare_writes);
            Line::start(name, link, rare_writes, Arc::clone(wakes), metrics.clone())
        };
        let ends = start("ends", ends)?;
        let or_ends = |name, link: Option<Link>| {
            link.map_or_else(|| Ok(ends.clone()), |link| start(name, link))
        };
        let (submits, claims) = (or_ends("submits", submits)?, or_ends("claims", claims)?);
        Ok(Self { submits, claims, ends, rare_writes })
    }

    /// How many rare operations have ended: whoever is told that one has is told after it was counted.
    pub(super) fn rare_writes(&self) -> u64 {
        self.rare_writes.load(Ordering::Acquire)
    }

    /// Notes how many of its connections are in use.
    pub(super) fn show_use(&self) {
        self.submits.database.show_use();
        self.claims.database.show_use();
        self.ends.database.show_use();
    }

    /// Writes what was accepted so far, then stops; later commands answer [`StoreError::Closed`].
    pub(super) async fn close(&self) {
        self.submits.close().await;
        self.claims.close().await;
        self.ends.close().await;
    }
}

impl Line {
    fn start(
        name: &str,
        database: Link,
        rare_writes: Arc<AtomicU64>,
        wakes: Arc<Wakes>,
        metrics: Metrics,
    ) -> Result<Self, StoreError> {
        let (commands, receiver) = mpsc::channel(QUEUE);
        let ended = CancellationToken::new();
        let alive = ended.clone().drop_guard();
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let (runtime, link) = (runtime.map_err(StoreError::setup)?, database.clone());
        let write = move || {
            runtime.block_on(run(link, receiver, &rare_writes, wakes, metrics));
            drop(alive);
        };
        let thread = thread::Builder::new().name(format!("writer-{name}")).spawn(write);
        thread.map_err(StoreError::setup)?;
        Ok(Self { commands, database, ended })
    }

    async fn close(&self) {
        let stop = self.commands.send(Command::Rare(Box::new(rare::Stop)));
        if stop.await.is_ok() {
            self.ended.cancelled().await;
        }
    }

    async fn ask<I, O>(
        &self,
        input: I,
        command: impl FnOnce(Pending<I, O>) -> Command,
    ) -> Result<O, StoreError> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { input, reply };
        self.commands.send(command(pending)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

impl super::Store {
    /// Commits a query with its job and task, or only the job and task of a stored query.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, StoreError> {
        self.writer.submits.ask(submission, |pending| Command::Submit(Box::new(pending))).await
    }

    /// Commits a run of a stored query, once per idempotency key.
    pub async fn start_run(&self, run: NewRun) -> Result<Started, StoreError> {
        self.writer.submits.ask(run, |pending| Command::Run(Box::new(pending))).await
    }

    /// Takes due tasks under a lease.
    pub async fn claim(&self, claim: Claim) -> Result<Vec<Claimed>, StoreError> {
        self.writer.claims.ask(claim, Command::Claim).await
    }

    /// Extends leases; answers the ids of tasks whose lease is lost.
    pub async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Vec<String>, StoreError> {
        self.writer.ends.ask(heartbeat, Command::Heartbeat).await
    }

    /// Gives a task back; nothing happens when its lease is lost.
    pub async fn give_back(&self, give_back: GiveBack) -> Result<(), StoreError> {
        self.writer.ends.ask(give_back, Command::GiveBack).await
    }

    /// Ends an attempt of a delivery; answers whether the lease was still held, else nothing was written.
    pub async fn end_attempt(&self, end: EndAttempt) -> Result<bool, StoreError> {
        self.writer.ends.ask(end, |pending| Command::EndAttempt(Box::new(pending))).await
    }

    /// Ends a job in one commit: job, result, storage object, event and deliveries; nothing when the
    /// lease is lost.
    pub async fn finish(&self, finish: Finish) -> Result<Outcome, StoreError> {
        self.writer.ends.ask(finish, |pending| Command::Finish(Box::new(pending))).await
    }
}

/// The writing task: takes what waits, commits it, answers, and begins again.
async fn run(
    database: Link,
    mut commands: mpsc::Receiver<Command>,
    rare_writes: &AtomicU64,
    wakes: Arc<Wakes>,
    metrics: Metrics,
) {
    let (mut waiting, mut unsettled) = (Vec::with_capacity(MERGED), 0);
    while take(&database, &mut commands, &mut waiting, &mut unsettled).await > 0 {
        gather(&mut commands, &mut waiting).await;
        let mut batch = Batch::default();
        let mut stop = false;
        for command in waiting.drain(..) {
            match command {
                Command::Rare(rare) if rare.stops() => stop = true,
                Command::Rare(rare) => rare::run(&database, rare, rare_writes).await,
                merged => batch.push(merged),
            }
        }
        for batch in batch.quickest_first() {
            batch.commit(&database, &wakes, &metrics).await;
        }
        if stop {
            break;
        }
    }
    if let Err(error) = database.close().await {
        tracing::warn!(%error, "closing the writing connection failed");
    }
}

/// Takes what waits. A pause after some writing is used to tidy the file, which would else keep those waiting whose
/// commit finds that it is time.
async fn take(
    database: &Link,
    commands: &mut mpsc::Receiver<Command>,
    waiting: &mut Vec<Command>,
    unsettled: &mut u32,
) -> usize {
    *unsettled += 1;
    if *unsettled > SETTLED_AFTER {
        if let Ok(taken) = timeout(PAUSE, commands.recv_many(waiting, MERGED)).await {
            return taken;
        }
        database.settle();
        *unsettled = 0;
    }
    commands.recv_many(waiting, MERGED).await
}

/// Lets those who are about to hand over a command do so, for as long as there are any and at most
/// for [`LONGEST_WAIT`]: when the process is idle, a single command is written at once.
async fn gather(commands: &mut mpsc::Receiver<Command>, waiting: &mut Vec<Command>) {
    let began = Instant::now();
    while waiting.len() < MERGED && began.elapsed() < LONGEST_WAIT {
        let before = waiting.len();
        tokio::task::yield_now().await;
        while waiting.len() < MERGED
            && let Ok(command) = commands.try_recv()
        {
            waiting.push(command);
        }
        if waiting.len() == before {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
