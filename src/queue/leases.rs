//! The leases one worker holds, kept by one heartbeat for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::{Claimed, Heartbeat, Store};

#[derive(Clone)]
pub(super) struct Leases {
    store: Store,
    lease: Duration,
    held: Arc<Mutex<HashMap<String, Held>>>,
}

struct Held {
    token: i64,
    cancelled: CancellationToken,
}

impl Leases {
    pub fn new(store: Store, lease: Duration) -> Self {
        Self { store, lease, held: Arc::default() }
    }

    /// Keeps a task's lease from now on; answers the sign that it is lost.
    pub fn hold(&self, task: &Claimed) -> CancellationToken {
        let cancelled = CancellationToken::new();
        let held = Held { token: task.lease_token, cancelled: cancelled.clone() };
        self.held().insert(task.id.clone(), held);
        cancelled
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

    /// Sends heartbeats for ever.
    pub async fn beat(&self) {
        let mut every = tokio::time::interval(self.lease / 3);
        loop {
            every.tick().await;
            self.beat_once().await;
        }
    }

    async fn beat_once(&self) {
        let leases: Vec<(String, i64)> =
            self.held().iter().map(|(id, lease)| (id.clone(), lease.token)).collect();
        if leases.is_empty() {
            return;
        }
        let lease_ms = u32::try_from(self.lease.as_millis()).unwrap_or(u32::MAX);
        match self.store.heartbeat(Heartbeat { leases: leases.clone(), lease_ms }).await {
            Ok(lost) => self.cancel(&leases, &lost),
            Err(error) => tracing::error!(%error, "a heartbeat failed; leases may be lost"),
        }
    }

    /// A task that ended meanwhile is also reported lost; it is then no longer held under that token.
    fn cancel(&self, sent: &[(String, i64)], lost: &[String]) {
        let held = self.held();
        for (id, token) in sent.iter().filter(|(id, _)| lost.contains(id)) {
            if let Some(lease) = held.get(id).filter(|lease| lease.token == *token) {
                tracing::warn!(task = id, "a lease is lost");
                lease.cancelled.cancel();
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
