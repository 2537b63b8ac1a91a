//! Those who follow the same go on together: what comes is made once, for all of them.
//!
//! Everybody begins alone and catches up from a cursor of its own. At the end of the log, or at a place that
//! others together have in hand, it goes on with them. Places are numbers without gaps, so that the change
//! loses and doubles nothing. Who is too slow for the others goes on alone from its place.

use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, stream};

use super::relay::{Alone, Relay, RelayReader, RelaySource};
use super::{Place, Progress};
use crate::model::event::Cursor;

/// How something is followed.
pub trait Way: Clone + Send + Sync + 'static {
    /// What ways have in common whose followers get the same.
    type Key: Eq + Hash + Send + Sync + 'static;
    type Item: Send + 'static;
    type Shared: Send + Sync + 'static;

    /// What comes after a place; how far it is, is told to `progress`.
    fn follow(
        &self,
        key: &Self::Key,
        after: &Cursor,
        progress: Progress,
    ) -> BoxStream<'static, Self::Item>;

    /// What is sent of this item to all; `None` when everybody is to ask for it alone.
    fn share(&self, item: Self::Item, at: &Cursor) -> Option<Self::Shared>;
}

/// What somebody gets.
#[derive(Debug)]
pub enum Got<W: Way> {
    Alone(W::Item),
    Together(Arc<W::Shared>),
}

type Spawn = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;
type Known<W> = HashMap<Arc<<W as Way>::Key>, Weak<Relay<<W as Way>::Shared>>>;

/// Those who are together.
pub struct Groups<W: Way> {
    known: Arc<Mutex<Known<W>>>,
    /// Items kept for those who are slower than the others.
    kept: usize,
    spawn: Spawn,
}

impl<W: Way> Clone for Groups<W> {
    fn clone(&self) -> Self {
        Self { known: Arc::clone(&self.known), kept: self.kept, spawn: Arc::clone(&self.spawn) }
    }
}

/// One who follows.
struct Member<W: Way> {
    groups: Groups<W>,
    key: Arc<W::Key>,
    way: W,
    progress: Progress,
    state: State<W>,
}

enum State<W: Way> {
    Alone { items: BoxStream<'static, W::Item>, may_join: bool },
    Together(RelayReader<W::Shared>),
}

enum Step<W: Way> {
    Item(Option<W::Item>),
    Joined(Joined<W>),
}

/// Those who are together have one key.
struct Joined<W: Way> {
    key: Arc<W::Key>,
    reader: RelayReader<W::Shared>,
}

impl<W: Way> Groups<W> {
    /// What is made for several runs as a task of its own.
    pub fn new(
        kept: usize,
        spawn: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static,
    ) -> Self {
        Self { known: Arc::default(), kept, spawn: Arc::new(spawn) }
    }

    /// Follows from where `items` does, which tells its place to `progress`: alone, then together.
    pub fn follow(
        &self,
        key: W::Key,
        way: W,
        items: BoxStream<'static, W::Item>,
        progress: Progress,
    ) -> BoxStream<'static, Got<W>> {
        let state = State::Alone { items, may_join: true };
        let member = Member { groups: self.clone(), key: Arc::new(key), way, progress, state };
        stream::unfold(member, Member::next).boxed()
    }

    /// Goes on with the others, if the place is one of theirs. At the end of the log there may be nobody
    /// yet: then others can join this one.
    fn join(&self, member: &Member<W>) -> Option<Joined<W>> {
        let Place { cursor: at, is_end } = member.progress.settled()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((key, relay)) = known.get_key_value(&member.key)
            && let Some(relay) = relay.upgrade()
            && !relay.is_over()
        {
            let reader = relay.join(at.seq, member.progress.clone()).ok()?;
            return Some(Joined { key: Arc::clone(key), reader });
        }
        if !is_end {
            return None;
        }
        known.retain(|_, relay| relay.strong_count() > 0);
        let progress = Progress::default();
        let (relay, source) = Relay::new(at.seq, self.kept, progress.clone());
        let reader = relay.join(at.seq, member.progress.clone()).ok()?;
        let key = Arc::clone(&member.key);
        known.insert(Arc::clone(&key), Arc::downgrade(&relay));
        let way = member.way.clone();
        (self.spawn)(put_all(way, Arc::clone(&key), at, source, progress).boxed());
        Some(Joined { key, reader })
    }
}

/// Puts in everything that comes until nobody wants it, or the following ends.
async fn put_all<W: Way>(
    way: W,
    key: Arc<W::Key>,
    after: Cursor,
    source: RelaySource<W::Shared>,
    progress: Progress,
) {
    let mut items = way.follow(&key, &after, progress.clone());
    loop {
        let item = tokio::select! {
            biased;
            () = source.unwanted() => return,
            item = items.next() => item,
        };
        let (Some(item), Some(at)) = (item, progress.given()) else { return };
        let Some(shared) = way.share(item, &at) else { return };
        if !source.put(at.seq, shared) {
            return;
        }
    }
}

impl<W: Way> Member<W> {
    async fn next(mut self) -> Option<(Got<W>, Self)> {
        loop {
            match &mut self.state {
                State::Alone { .. } => match self.step().await {
                    Step::Item(item) => return Some((Got::Alone(item?), self)),
                    Step::Joined(Joined { key, reader }) => {
                        (self.key, self.state) = (key, State::Together(reader));
                    }
                },
                State::Together(reader) => match reader.next().await {
                    Ok((_, shared)) => return Some((Got::Together(shared), self)),
                    Err(why) => self.go_alone(why)?,
                },
            }
        }
    }

    /// The next item of its own, or the others, as soon as they can be joined.
    async fn step(&mut self) -> Step<W> {
        poll_fn(|context| {
            let State::Alone { items, may_join } = &mut self.state else {
                return Poll::Ready(Step::Item(None));
            };
            if let Poll::Ready(item) = items.poll_next_unpin(context) {
                return Poll::Ready(Step::Item(item));
            }
            let may_join = *may_join;
            match may_join.then(|| self.groups.join(self)).flatten() {
                Some(joined) => Poll::Ready(Step::Joined(joined)),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Goes on alone from its place. What has ended for all is not begun for all again.
    fn go_alone(&mut self, why: Alone) -> Option<()> {
        let items = self.way.follow(&self.key, &self.progress.passed()?, self.progress.clone());
        self.state = State::Alone { items, may_join: why == Alone::Behind };
        Some(())
    }
}
