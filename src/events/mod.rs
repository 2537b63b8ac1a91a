//! Following a workspace's log: what is there after a cursor, then what comes, with no hole and no
//! double, because every event is read from the log itself. A wake-up only says that it is worth
//! looking; should one be lost, the log is looked at all the same after a while.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream;
use tokio::sync::watch;
use tokio_stream::Stream;

use crate::model::event::Event;
use crate::model::id::WorkspaceId;
use crate::store::{Store, StoreError};

/// Events read at once.
const PAGE: u64 = 200;
/// How long a lost wake-up can delay an event.
const POLL_EVERY: Duration = Duration::from_secs(2);

struct Follower<F> {
    store: Store,
    workspace: WorkspaceId,
    after: u64,
    is_wanted: F,
    ready: VecDeque<Event>,
    wakes: watch::Receiver<()>,
}

/// The events with a number above `after` that are wanted, in log order, for ever.
pub fn follow<F>(
    store: Store,
    workspace: WorkspaceId,
    after: u64,
    is_wanted: F,
) -> impl Stream<Item = Result<Event, StoreError>> + Send
where
    F: Fn(&Event) -> bool + Send,
{
    // Listening begins before the first look, so that nothing falls between the two.
    let wakes = store.wakes().watch_events(workspace);
    let ready = VecDeque::new();
    let follower = Follower { store, workspace, after, is_wanted, ready, wakes };
    stream::try_unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Ok(Some((event, follower)))
    })
}

impl<F: Fn(&Event) -> bool> Follower<F> {
    async fn next(&mut self) -> Result<Event, StoreError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            self.wakes.mark_unchanged();
            let page = self.store.events_after(self.workspace, self.after, &[], PAGE).await?;
            let Some(last) = page.last() else {
                self.wait().await;
                continue;
            };
            self.after = last.seq;
            let is_wanted = &self.is_wanted;
            self.ready.extend(page.into_iter().filter(|event| is_wanted(event)));
        }
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
