//! Who does what is queued: the workers of a service, and those of a command that asks, which works
//! itself as long as no other process has the data directory.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::node::Node;
use super::{Opened, StartError, WorkOptions};
use crate::config::Settings;
use crate::deliveries::{Buckets, Webhooks};
use crate::model::task::TaskKind;
use crate::queue::{self, Handler, QueueOptions};
use crate::runner::Runner;

/// Results written to buckets at once; each may hold some parts of a large one in memory.
const WRITERS: usize = 16;
/// Webhooks sent at once, at least.
const SENDERS: usize = 256;

/// A worker in this process; the data directory is its own while it lives.
pub struct Worker {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    _node: Node,
}

impl Opened {
    /// Works on what is queued. Answers `None` while another process has the directory: that one works.
    ///
    /// # Errors
    /// When the directory cannot be taken for another reason.
    pub async fn work(
        &self,
        settings: &Settings,
        options: WorkOptions,
    ) -> Result<Option<Worker>, StartError> {
        let node = match Node::lock(&settings.data_dir) {
            Err(StartError::InUse(_)) => return Ok(None),
            locked => locked?,
        };
        let now = self.domain.clock().now();
        let boot = self.store.boot_node(node.id(), now.timestamp_millis()).await?;
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        self.spawn_workers(node.id(), boot, settings, options, &stop, &mut tasks);
        Ok(Some(Worker { stop, tasks, _node: node }))
    }

    /// Starts the workers of one boot of a node, one for each kind of task.
    pub(super) fn spawn_workers(
        &self,
        node: &str,
        boot: i64,
        settings: &Settings,
        options: WorkOptions,
        stop: &CancellationToken,
        tasks: &mut JoinSet<()>,
    ) {
        let (store, domain) = (&self.store, &self.domain);
        let webhooks = Webhooks::new(domain.clone(), self.egress.clone(), options.webhooks);
        let buckets = Buckets::new(domain.clone(), options.buckets);
        let handlers: [(TaskKind, Arc<dyn Handler>); 3] = [
            (TaskKind::Job, Runner::new(domain.clone(), options.observer)),
            (TaskKind::Webhook, webhooks),
            (TaskKind::Bucket, buckets),
        ];
        for (kind, handler) in handlers {
            let (worker, concurrency) = (format!("{node}/{boot}"), at_once(kind, settings.workers));
            let queue = QueueOptions { worker, kind, concurrency, ..options.queue.clone() };
            let clock = domain.clock().clone();
            tasks.spawn(queue::work(store.clone(), clock, handler, queue, stop.clone()));
        }
    }
}

/// Jobs compute; who sends mostly waits for receivers, some of which hang.
fn at_once(kind: TaskKind, workers: usize) -> usize {
    match kind {
        TaskKind::Job => workers,
        TaskKind::Webhook => workers.max(SENDERS),
        TaskKind::Bucket => WRITERS,
    }
}

impl Worker {
    /// Lets running work end within the grace time, and gives the rest back.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "the worker ended badly");
            }
        }
    }
}
