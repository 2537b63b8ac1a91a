//! One reading of a workspace's log for all who follow it: whoever finds the log longer first reads what
//! came, the others find it here. Everything is told by its number, so nobody depends on having been woken
//! or on being as quick as the others: who asks for what is no longer here reads the log itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio::time::Instant;

use crate::model::event::Event;
use crate::model::id::WorkspaceId;
use crate::store::{Store, StoreError};

/// How much is read and kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Events read at once.
    pub page: u64,
    /// Events kept for followers that are a little behind.
    pub kept: usize,
}

const SIZES: Sizes = Sizes { page: 200, kept: 1024 };
/// How long a lost wake-up can delay an event.
pub(super) const POLL_EVERY: Duration = Duration::from_secs(2);

/// What a log is to those who follow it.
pub(super) trait Log: Send + Sync + 'static {
    /// The first events above this number, in order; fewer than asked for only at the end of the log.
    fn after(
        &self,
        seq: u64,
        count: u64,
    ) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// A receiver whose number changes with every commit from now on, unless that is lost.
    fn watch(&self) -> watch::Receiver<u64>;
}

/// The log of one workspace.
pub(super) struct StoredLog {
    store: Store,
    workspace: WorkspaceId,
}

impl Log for StoredLog {
    async fn after(&self, seq: u64, count: u64) -> Result<Vec<Event>, StoreError> {
        self.store.events_after(self.workspace, seq, &[], count).await
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.store.wakes().watch_events(self.workspace)
    }
}

/// The feeds of the workspaces that somebody follows.
#[derive(Clone, Default)]
pub struct Feeds(Arc<Mutex<HashMap<WorkspaceId, Weak<Feed<StoredLog>>>>>);

impl Feeds {
    pub(super) fn of(&self, store: &Store, workspace: WorkspaceId) -> Arc<Feed<StoredLog>> {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&workspace).and_then(Weak::upgrade) {
            return feed;
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed::new(StoredLog { store: store.clone(), workspace }, SIZES));
        feeds.insert(workspace, Arc::downgrade(&feed));
        feed
    }
}

pub(super) struct Feed<L> {
    log: L,
    sizes: Sizes,
    /// Held so that the number of wake-ups does not begin anew.
    wakes: watch::Receiver<u64>,
    recent: AsyncMutex<Recent>,
}

/// A stretch of the log without gaps.
#[derive(Default)]
struct Recent {
    /// The number before the first event of the stretch.
    start: u64,
    events: VecDeque<Arc<Event>>,
    /// When the log was last found to end with the stretch: after which wake-up, and at what time.
    ended: Option<(u64, Instant)>,
}

impl<L: Log> Feed<L> {
    pub(super) fn new(log: L, sizes: Sizes) -> Self {
        let wakes = log.watch();
        Self { log, sizes, wakes, recent: AsyncMutex::default() }
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.wakes.clone()
    }

    /// The next events above this number, none at the end of the log. `woken` is the wake-up that its
    /// caller knew of before it asked: nothing that was committed before that one is missing.
    pub(super) async fn after(&self, seq: u64, woken: u64) -> Result<Vec<Arc<Event>>, StoreError> {
        let page = self.sizes.page;
        let mut recent = self.recent.lock().await;
        recent.begin_near(seq, page);
        while recent.end() <= seq {
            if recent.is_known_to_end(woken) {
                return Ok(Vec::new());
            }
            let events = self.log.after(recent.end(), page).await?;
            if (events.len() as u64) < page {
                recent.ended = Some((woken, Instant::now()));
            }
            recent.append(events, self.sizes.kept);
        }
        if let Some(found) = recent.after(seq, page) {
            return Ok(found);
        }
        // Far behind: this one reads for itself, and holds up nobody.
        drop(recent);
        Ok(self.log.after(seq, page).await?.into_iter().map(Arc::new).collect())
    }
}

impl Recent {
    fn end(&self) -> u64 {
        self.start + self.events.len() as u64
    }

    /// Where nobody is near, the stretch begins anew.
    fn begin_near(&mut self, seq: u64, page: u64) {
        if seq.saturating_sub(self.end()) > page || (self.events.is_empty() && seq < self.start) {
            *self = Self { start: seq, ..Self::default() };
        }
    }

    fn is_known_to_end(&self, woken: u64) -> bool {
        self.ended.is_some_and(|(at, when)| at >= woken && when.elapsed() < POLL_EVERY)
    }

    fn append(&mut self, events: Vec<Event>, kept: usize) {
        for event in events {
            // A log without its oldest events begins later.
            if event.seq != self.end() + 1 {
                self.start = event.seq - 1;
                self.events.clear();
            }
            self.events.push_back(Arc::new(event));
        }
        while self.events.len() > kept {
            self.events.pop_front();
            self.start += 1;
        }
    }

    /// What the stretch has above this number, a page of it; `None` when it begins later.
    fn after(&self, seq: u64, page: u64) -> Option<Vec<Arc<Event>>> {
        let from = usize::try_from(seq.checked_sub(self.start)?).ok()?;
        let page = usize::try_from(page).ok()?;
        Some(self.events.iter().skip(from).take(page).cloned().collect())
    }
}
