//! Wake-ups: they carry no data and may be lost, so whoever waits also polls. What this process commits
//! it announces to other nodes as well; how those hear of it is in `announce`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::model::id::WorkspaceId;
use crate::model::task::TaskKind;

/// What there may be news of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Queue(TaskKind),
    Events(WorkspaceId),
    /// Tasks that run somewhere are called off.
    Cancels,
    /// Schedules were changed.
    Schedules,
}

/// Who is told after a commit that there is something new.
#[derive(Default)]
pub struct Wakes {
    jobs: Notify,
    webhooks: Notify,
    buckets: Notify,
    settled: watch::Sender<()>,
    cancels: watch::Sender<()>,
    schedules: Notify,
    events: Mutex<HashMap<WorkspaceId, watch::Sender<u64>>>,
    /// What other nodes were not told of yet; `None` when nobody announces it.
    unannounced: Option<Mutex<BTreeSet<Topic>>>,
    announce: Notify,
}

impl Wakes {
    /// Waits until a task of this kind was committed after this was first polled, or one is remembered.
    pub async fn task_committed(&self, kind: TaskKind) {
        self.of(kind).notified().await;
    }

    /// Tells one worker of this process that a task of this kind may be due.
    pub fn wake_queue(&self, kind: TaskKind) {
        self.of(kind).notify_one();
    }

    pub(super) fn announced() -> Self {
        Self { unannounced: Some(Mutex::default()), ..Self::default() }
    }

    /// Something was committed here.
    pub(super) fn committed(&self, topic: Topic) {
        self.hear(topic);
        if let Some(unannounced) = &self.unannounced {
            unannounced.lock().unwrap_or_else(PoisonError::into_inner).insert(topic);
            self.announce.notify_one();
        }
    }

    /// Something was committed, here or elsewhere.
    pub(super) fn hear(&self, topic: Topic) {
        match topic {
            Topic::Queue(kind) => self.wake_queue(kind),
            Topic::Events(workspace) => self.events_committed(workspace),
            Topic::Schedules => self.schedules.notify_one(),
            Topic::Cancels => {
                self.cancels.send_replace(());
            }
        }
    }

    /// Waits until there is something to announce, and takes it.
    pub(super) async fn unannounced(&self) -> BTreeSet<Topic> {
        loop {
            if let Some(unannounced) = &self.unannounced {
                let mut topics = unannounced.lock().unwrap_or_else(PoisonError::into_inner);
                if !topics.is_empty() {
                    return std::mem::take(&mut topics);
                }
            }
            self.announce.notified().await;
        }
    }

    /// After something may have been missed, everybody looks.
    pub(super) fn wake_all(&self) {
        for kind in TaskKind::ALL {
            self.wake_queue(kind);
        }
        self.hear(Topic::Cancels);
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in events.values() {
            sender.send_modify(|wakes| *wakes += 1);
        }
    }

    /// The workspaces whose log somebody follows here.
    pub(super) fn watched(&self) -> Vec<WorkspaceId> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = events.iter().filter(|(_, sender)| sender.receiver_count() > 0);
        watched.map(|(workspace, _)| *workspace).collect()
    }

    /// A receiver that changes when tasks end or are put off from now on.
    pub fn watch_settled(&self) -> watch::Receiver<()> {
        self.settled.subscribe()
    }

    /// A receiver that changes when running tasks are called off from now on.
    pub fn watch_cancels(&self) -> watch::Receiver<()> {
        self.cancels.subscribe()
    }

    /// Waits until schedules were changed, or one change is remembered.
    pub async fn schedules_changed(&self) {
        self.schedules.notified().await;
    }

    pub(super) fn settled(&self) {
        self.settled.send_replace(());
    }

    fn of(&self, kind: TaskKind) -> &Notify {
        match kind {
            TaskKind::Job => &self.jobs,
            TaskKind::Webhook => &self.webhooks,
            TaskKind::Bucket => &self.buckets,
        }
    }

    /// A receiver whose number changes when events of the workspace are committed from now on.
    pub fn watch_events(&self, workspace: WorkspaceId) -> watch::Receiver<u64> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.retain(|_, sender| sender.receiver_count() > 0);
        events.entry(workspace).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    fn events_committed(&self, workspace: WorkspaceId) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = events.get(&workspace) {
            sender.send_modify(|wakes| *wakes += 1);
        }
    }
}
