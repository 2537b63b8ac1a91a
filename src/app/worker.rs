//! Work without serving: a command that asks does what is queued itself, as long as no other process
//! has the data directory.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::node::Node;
use super::{Opened, StartError};
use crate::config::Settings;
use crate::queue::{self, QueueOptions};
use crate::runner::{Observer, Runner};

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
        queue: QueueOptions,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Option<Worker>, StartError> {
        let node = match Node::lock(&settings.data_dir) {
            Err(StartError::InUse(_)) => return Ok(None),
            locked => locked?,
        };
        let clock = self.domain.clock().clone();
        let boot = self.store.boot_node(node.id(), clock.now().timestamp_millis()).await?;
        let worker = format!("{}/{boot}", node.id());
        let options = QueueOptions { worker, concurrency: settings.workers, ..queue };
        let runner = Runner::new(self.domain.clone(), observer);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(queue::work(self.store.clone(), clock, runner, options, stop.clone()));
        Ok(Some(Worker { stop, tasks, _node: node }))
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
