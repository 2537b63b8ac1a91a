//! What came of one following of the log, for all who would follow it alike. Like the log itself it is told
//! by numbers: who joins at a place gets what comes behind it, each once, or is told to go on alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Progress;
use super::progress::Ahead;

/// The following itself: it puts in what comes. Once it is gone, nobody can take part any more.
pub struct RelaySource<T> {
    relay: Weak<Relay<T>>,
    unwanted: CancellationToken,
}

/// Where those who take part join; as long as one is there, the following goes on.
pub struct Relay<T> {
    kept: Mutex<Kept<T>>,
    news: watch::Sender<()>,
    /// How far the following itself is.
    progress: Progress,
    _wanted: DropGuard,
}

struct Kept<T> {
    /// Items kept for those who take them more slowly; beyond that they go on alone.
    most: usize,
    /// Every item behind this number is here.
    start: u64,
    items: VecDeque<(u64, Arc<T>)>,
    is_over: bool,
}

/// One who takes part.
pub struct RelayReader<T> {
    relay: Arc<Relay<T>>,
    at: u64,
    progress: Progress,
    news: watch::Receiver<()>,
}

/// Why somebody has to go on alone, behind what it has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// It was too slow for what is kept.
    Behind,
    /// The following has ended.
    Over,
}

impl<T> Relay<T> {
    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + Sync + 'static> Relay<T> {
    /// A relay for a following that begins behind this number and tells its progress there.
    pub fn new(start: u64, most: usize, progress: Progress) -> (Arc<Self>, RelaySource<T>) {
        let unwanted = CancellationToken::new();
        let relay = Arc::new(Self {
            kept: Mutex::new(Kept { most, start, items: VecDeque::new(), is_over: false }),
            news: watch::Sender::new(()),
            progress,
            _wanted: unwanted.clone().drop_guard(),
        });
        let source = RelaySource { relay: Arc::downgrade(&relay), unwanted };
        (relay, source)
    }

    /// Takes part from behind this number, if everything behind it is still here.
    ///
    /// # Errors
    /// When it is not.
    pub fn join(self: &Arc<Self>, at: u64, progress: Progress) -> Result<RelayReader<T>, Alone> {
        let news = self.news.subscribe();
        self.kept().next(at)?;
        progress.lean_on(Arc::<Self>::downgrade(self));
        Ok(RelayReader { relay: Arc::clone(self), at, progress, news })
    }

    fn next(&self, at: u64) -> Result<Option<(u64, Arc<T>)>, Alone> {
        Ok(self.kept().next(at)?.map(|(seq, item)| (*seq, Arc::clone(item))))
    }

    pub fn is_over(&self) -> bool {
        self.kept().is_over
    }
}

impl<T: Send + Sync + 'static> Ahead for Relay<T> {
    fn passed(&self, at: u64) -> u64 {
        // Read before the items: what it covers is among them by then.
        let passed = self.progress.passed().map_or(at, |passed| passed.seq);
        match self.kept().next(at) {
            Ok(None) => passed.max(at),
            Ok(Some(_)) | Err(_) => at,
        }
    }
}

impl<T> Kept<T> {
    /// The first item behind this number.
    fn next(&self, at: u64) -> Result<Option<&(u64, Arc<T>)>, Alone> {
        if at < self.start {
            return Err(Alone::Behind);
        }
        let next = self.items.partition_point(|(seq, _)| *seq <= at);
        match self.items.get(next) {
            None if self.is_over => Err(Alone::Over),
            item => Ok(item),
        }
    }
}

impl<T> RelaySource<T> {
    /// Puts in what came at this number, before more is asked for. `false` when nobody takes part any more.
    pub fn put(&self, seq: u64, item: T) -> bool {
        let Some(relay) = self.relay.upgrade() else { return false };
        let mut kept = relay.kept();
        kept.items.push_back((seq, Arc::new(item)));
        if kept.items.len() > kept.most
            && let Some((oldest, _)) = kept.items.pop_front()
        {
            kept.start = oldest;
        }
        drop(kept);
        relay.news.send_replace(());
        true
    }

    /// Waits until nobody takes part any more.
    pub async fn unwanted(&self) {
        self.unwanted.cancelled().await;
    }
}

impl<T> Drop for RelaySource<T> {
    fn drop(&mut self) {
        if let Some(relay) = self.relay.upgrade() {
            relay.kept().is_over = true;
            relay.news.send_replace(());
        }
    }
}

impl<T: Send + Sync + 'static> RelayReader<T> {
    /// The next item, and its number. Whoever asks has taken the one before.
    ///
    /// # Errors
    /// When it has to go on alone, from its progress.
    pub async fn next(&mut self) -> Result<(u64, Arc<T>), Alone> {
        self.progress.pass(self.at);
        loop {
            self.news.borrow_and_update();
            if let Some((seq, item)) = self.relay.next(self.at)? {
                self.at = seq;
                self.progress.give(seq);
                return Ok((seq, item));
            }
            // The relay holds the sender as long as this holds the relay.
            let _ = self.news.changed().await;
        }
    }
}

impl<T> Drop for RelayReader<T> {
    fn drop(&mut self) {
        self.progress.stand_alone();
    }
}
