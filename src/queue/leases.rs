//! The leases one worker holds, kept by one heartbeat for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Run;
use crate::metrics::KindMetrics;
use crate::model::task::TaskKind;
use crate::store::{Claimed, Heartbeat, Store};

/// How long a lost wake-up can delay that a task is called off.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub(super) struct Leases {
    store: Store,
    worker: String,
    lease: Duration,
    kind: TaskKind,
    held: Arc<Mutex<HashMap<String, Held>>>,
}

struct Held {
    token: i64,
    cancelled: CancellationToken,
    called_off: CancellationToken,
}

impl Leases {
    pub fn new(store: Store, kind: TaskKind, worker: String, lease: Duration) -> Self {
        Self { store, worker, lease, kind, held: Arc::default() }
    }

    /// Keeps a task's lease from now on; answers the run with the signs that end it.
    pub fn hold(&self, task: &Claimed) -> Run {
        let (cancelled, called_off) = (CancellationToken::new(), CancellationToken::new());
        if task.cancel_requested {
            called_off.cancel();
        }
        let run = Run { task: task.clone(), cancelled, called_off };
        let (cancelled, called_off) = (run.cancelled.clone(), run.called_off.clone());
        let held = Held { token: task.lease_token, cancelled, called_off };
        self.held().insert(task.id.clone(), held);
        run
    }

    pub fn release(&self, task: &Claimed) {
        let mut held = self.held();
        if held.get(&task.id).is_some_and(|lease| lease.token == task.lease_token) {
            held.remove(&task.id);
        }
    }

    pub fn cancel_all(&self) {
        self.held().values().for_each(|lease| lease.cancelled.cancel());
    }

    /// Sends heartbeats and looks for what is called off, for ever.
    pub async fn keep(&self) {
        tokio::join!(self.beat(), self.look());
    }

    async fn look(&self) {
        let mut cancels = self.store.wakes().watch_cancels();
        loop {
            // A receiver whose sender is gone would not wait.
            if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, cancels.changed()).await {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            if self.held().is_empty() {
                continue;
            }
            match self.store.called_off(&self.worker).await {
                Ok(leases) => self.call_off(&leases),
                Err(error) => tracing::warn!(%error, "what is called off was not looked for"),
            }
        }
    }

    fn call_off(&self, leases: &[(String, i64)]) {
        let held = self.held();
        for (id, token) in leases {
            if let Some(lease) = held.get(id).filter(|lease| lease.token == *token) {
                lease.called_off.cancel();
            }
        }
    }

    async fn beat(&self) {
        let mut every = tokio::time::interval(self.lease / 3);
        loop {
            every.tick().await;
            self.beat_once().await;
        }
    }

    async fn beat_once(&self) {
        let leases = self.left();
        if leases.is_empty() {
            return;
        }
        let lease_ms = u32::try_from(self.lease.as_millis()).unwrap_or(u32::MAX);
        match self.store.heartbeat(Heartbeat { leases: leases.clone(), lease_ms }).await {
            Ok(lost) => self.cancel(&leases, &lost),
            Err(error) => {
                self.metrics().heartbeat_failures.inc();
                tracing::error!(%error, "a heartbeat failed; leases may be lost");
            }
        }
    }

    /// A task that ended meanwhile is also reported lost; it is then no longer held under that token.
    fn cancel(&self, sent: &[(String, i64)], lost: &[String]) {
        let held = self.held();
        for (id, token) in sent.iter().filter(|(id, _)| lost.contains(id)) {
            if let Some(lease) = held.get(id).filter(|lease| lease.token == *token) {
                tracing::warn!(task = id, "a lease is lost");
                self.metrics().leases_lost.inc();
                lease.cancelled.cancel();
            }
        }
    }

    /// What is held now: task and lease token.
    pub fn left(&self) -> Vec<(String, i64)> {
        self.held().iter().map(|(id, lease)| (id.clone(), lease.token)).collect()
    }

    fn metrics(&self) -> &KindMetrics {
        self.store.metrics().queue.of(self.kind)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
