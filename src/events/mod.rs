//! Following a workspace's log: what is there after a cursor, then what comes, with no hole and no
//! double, because every event is read from the log itself. A wake-up only says that it is worth
//! looking; should one be lost, the log is looked at all the same after a while.

mod progress;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_stream::Stream;

use crate::model::event::{Cursor, Event};
use crate::store::{Store, StoreError};

pub use progress::Progress;

/// Events read at once.
const PAGE: u64 = 200;
/// Pages that are read for one answer.
const PAGES: usize = 50;
/// How long a lost wake-up can delay an event.
const POLL_EVERY: Duration = Duration::from_secs(2);

struct Follower<F> {
    store: Store,
    /// How far the log was read.
    at: Cursor,
    is_wanted: F,
    ready: VecDeque<Event>,
    wakes: watch::Receiver<()>,
}

/// The events after a place that are wanted, in log order, for ever; `progress` tells how far it is.
pub fn follow<F>(
    store: Store,
    after: Cursor,
    progress: Progress,
    is_wanted: F,
) -> impl Stream<Item = Result<Event, StoreError>> + Send
where
    F: Fn(&Event) -> bool + Send,
{
    progress.begin(&after);
    let follower = Follower::new(store, after, is_wanted);
    stream::try_unfold((follower, progress), |(mut follower, progress)| async move {
        let event = follower.next(&progress).await?;
        Ok(Some((event, (follower, progress))))
    })
}

/// At most `count` events after a place that are wanted, as soon as there are any and at the latest at
/// `until`; and the place to go on from. Where little is wanted of a long log it ends before with none:
/// one request does not read all of it.
pub async fn next<F>(
    store: Store,
    after: Cursor,
    count: usize,
    until: Instant,
    is_wanted: F,
) -> Result<(Vec<Event>, Cursor), StoreError>
where
    F: Fn(&Event) -> bool,
{
    let mut follower = Follower::new(store, after, is_wanted);
    for _ in 0..PAGES {
        let has_read = follower.read().await?;
        let may_wait = follower.ready.is_empty() && !has_read;
        let is_over = may_wait && tokio::time::timeout_at(until, follower.wait()).await.is_err();
        if is_over || !follower.ready.is_empty() {
            break;
        }
    }
    let Follower { mut ready, mut at, .. } = follower;
    if ready.len() > count {
        ready.truncate(count);
        at = ready.back().map_or(at, Event::cursor);
    }
    Ok((ready.into(), at))
}

impl<F: Fn(&Event) -> bool> Follower<F> {
    /// Listening begins before the first look, so that nothing falls between the two.
    fn new(store: Store, at: Cursor, is_wanted: F) -> Self {
        let wakes = store.wakes().watch_events(at.workspace_id);
        Self { store, at, is_wanted, ready: VecDeque::new(), wakes }
    }

    /// Whoever asks for the next event has taken the one before.
    async fn next(&mut self, progress: &Progress) -> Result<Event, StoreError> {
        if let Some(given) = progress.given() {
            progress.pass(given.seq);
        }
        loop {
            if let Some(event) = self.ready.pop_front() {
                progress.give(event.seq);
                return Ok(event);
            }
            progress.pass(self.at.seq);
            if !self.read().await? {
                self.wait().await;
            }
        }
    }

    /// Reads a page; answers whether there was one.
    async fn read(&mut self) -> Result<bool, StoreError> {
        self.wakes.mark_unchanged();
        let at = &mut self.at;
        let page = self.store.events_after(at.workspace_id, at.seq, &[], PAGE).await?;
        let Some(last) = page.last() else { return Ok(false) };
        at.seq = last.seq;
        let is_wanted = &self.is_wanted;
        self.ready.extend(page.into_iter().filter(|event| is_wanted(event)));
        Ok(true)
    }

    /// Waits for a wake-up, or for the time after which a lost one does not matter.
    async fn wait(&mut self) {
        let woken = tokio::time::timeout(POLL_EVERY, self.wakes.changed()).await;
        if let Ok(Err(_)) = woken {
            // The sender is gone: only polling is left.
            tokio::time::sleep(POLL_EVERY).await;
        }
    }
}
