//! Following a workspace's log: what is there after a cursor, then what comes, with no hole and no
//! double, because every event is read from the log itself. A wake-up only says that it is worth
//! looking; should one be lost, the log is looked at all the same after a while.

mod feed;
mod groups;
mod progress;
mod relay;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_stream::Stream;

use crate::model::event::{Cursor, Event};
use crate::store::{Store, StoreError};

pub use feed::Feeds;
use feed::{Feed, Log, POLL_EVERY};
pub use groups::{Got, Groups, Way};
pub use progress::{Place, Progress};

/// Pages that are read for one answer.
const PAGES: usize = 50;

struct Follower<L, F> {
    feed: Arc<Feed<L>>,
    /// How far the log was read.
    at: Cursor,
    is_wanted: F,
    ready: VecDeque<Arc<Event>>,
    wakes: watch::Receiver<u64>,
}

/// The events after a place that are wanted, in log order, for ever; `progress` tells how far it is.
pub fn follow<F>(
    feeds: &Feeds,
    store: &Store,
    after: Cursor,
    progress: Progress,
    is_wanted: F,
) -> impl Stream<Item = Result<Arc<Event>, StoreError>> + Send + use<F>
where
    F: Fn(&Event) -> bool + Send,
{
    follow_feed(feeds.of(store, after.workspace_id), after, progress, is_wanted)
}

fn follow_feed<L: Log, F>(
    feed: Arc<Feed<L>>,
    after: Cursor,
    progress: Progress,
    is_wanted: F,
) -> impl Stream<Item = Result<Arc<Event>, StoreError>> + Send + use<L, F>
where
    F: Fn(&Event) -> bool + Send,
{
    progress.begin(&after);
    let follower = Follower::new(feed, after, is_wanted);
    stream::try_unfold((follower, progress), |(mut follower, progress)| async move {
        let event = follower.next(&progress).await?;
        Ok(Some((event, (follower, progress))))
    })
}

/// At most `count` events after a place that are wanted, as soon as there are any and at the latest at
/// `until`; and the place to go on from. Where little is wanted of a long log it ends before with none:
/// one request does not read all of it.
pub async fn next<F>(
    feeds: &Feeds,
    store: &Store,
    after: Cursor,
    (count, until): (usize, Instant),
    is_wanted: F,
) -> Result<(Vec<Arc<Event>>, Cursor), StoreError>
where
    F: Fn(&Event) -> bool,
{
    let mut follower = Follower::new(feeds.of(store, after.workspace_id), after, is_wanted);
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
        at = ready.back().map_or(at, |last| last.cursor());
    }
    Ok((ready.into(), at))
}

impl<L: Log, F: Fn(&Event) -> bool> Follower<L, F> {
    /// Listening begins before the first look, so that nothing falls between the two.
    fn new(feed: Arc<Feed<L>>, at: Cursor, is_wanted: F) -> Self {
        let wakes = feed.watch();
        Self { feed, at, is_wanted, ready: VecDeque::new(), wakes }
    }

    /// Whoever asks for the next event has taken the one before.
    async fn next(&mut self, progress: &Progress) -> Result<Arc<Event>, StoreError> {
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
                progress.rest(true);
                self.wait().await;
                progress.rest(false);
            }
        }
    }

    /// Reads a page; answers whether there was one.
    async fn read(&mut self) -> Result<bool, StoreError> {
        let woken = *self.wakes.borrow_and_update();
        let page = self.feed.after(self.at.seq, woken).await?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(false) };
        if first.seq != self.at.seq + 1 {
            return Err(StoreError::Trimmed(self.at.seq + 1));
        }
        self.at.seq = last.seq;
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
