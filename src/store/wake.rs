//! Wake-ups inside the process: they carry no data and may be lost, so whoever waits also polls.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::model::id::WorkspaceId;
use crate::model::task::TaskKind;

/// Who is told after a commit that there is something new.
#[derive(Default)]
pub struct Wakes {
    jobs: Notify,
    webhooks: Notify,
    settled: watch::Sender<()>,
    events: Mutex<HashMap<WorkspaceId, watch::Sender<()>>>,
}

impl Wakes {
    /// Waits until a task of this kind was committed after this was first polled, or one is remembered.
    pub async fn task_committed(&self, kind: TaskKind) {
        self.of(kind).notified().await;
    }

    pub fn wake_queue(&self, kind: TaskKind) {
        self.of(kind).notify_one();
    }

    /// A receiver that changes when tasks end or are put off from now on.
    pub fn watch_settled(&self) -> watch::Receiver<()> {
        self.settled.subscribe()
    }

    pub(super) fn settled(&self) {
        self.settled.send_replace(());
    }

    fn of(&self, kind: TaskKind) -> &Notify {
        match kind {
            TaskKind::Job => &self.jobs,
            TaskKind::Webhook => &self.webhooks,
        }
    }

    /// A receiver that changes when events of the workspace are committed from now on.
    pub fn watch_events(&self, workspace: WorkspaceId) -> watch::Receiver<()> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.retain(|_, sender| sender.receiver_count() > 0);
        events.entry(workspace).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    pub(super) fn events_committed(&self, workspace: WorkspaceId) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = events.get(&workspace) {
            sender.send_replace(());
        }
    }
}
