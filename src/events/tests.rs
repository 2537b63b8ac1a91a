//! Followers of a log that grows, alone and together, with everything that waits taken up in a random order:
//! whatever the interleaving, each gets what it wants, in order, each once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::{BoxFuture, poll_fn};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;

use super::feed::{Feed, Log, Sizes};
use super::groups::{Got, Groups, Way};
use super::{Progress, follow_feed};
use crate::model::event::{Cursor, Event};
use crate::model::id::{EventId, TypedId, WorkspaceId};
use crate::store::StoreError;

/// Small, so that pages end and places are forgotten all the time.
const SIZES: Sizes = Sizes { page: 3, kept: 5 };
const KEPT: usize = 4;
const EVENTS: u64 = 40;
const FOLLOWERS: usize = 6;

/// Random numbers that a seed repeats.
#[derive(Clone)]
struct Chance(Arc<Mutex<u64>>);

impl Chance {
    fn below(&self, limit: u64) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// Lets others go first, now and then.
    async fn pause(&self) {
        let mut times = self.below(4);
        poll_fn(|context| {
            if times == 0 {
                return Poll::Ready(());
            }
            times -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// A log in memory. What is committed is seen by the next read; the wake-up comes later, or is lost.
#[derive(Clone)]
struct Toy {
    chance: Chance,
    committed: Arc<Mutex<BTreeMap<u64, Event>>>,
    wakes: Arc<watch::Sender<u64>>,
}

impl Log for Toy {
    async fn after(&self, seq: u64, count: u64) -> Result<Vec<Event>, StoreError> {
        self.chance.pause().await;
        let count = usize::try_from(count).unwrap();
        let seen: Vec<Event> = {
            let committed = self.committed.lock().unwrap();
            committed.range(seq + 1..).take(count).map(|(_, event)| event.clone()).collect()
        };
        self.chance.pause().await;
        Ok(seen)
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.wakes.subscribe()
    }
}

/// Follows every number that this one divides.
#[derive(Clone)]
struct Multiples {
    of: u64,
    feed: Arc<Feed<Toy>>,
    chance: Chance,
}

impl Way for Multiples {
    type Key = u64;
    type Item = u64;
    type Shared = u64;

    fn follow(&self, _: &u64, after: &Cursor, progress: Progress) -> BoxStream<'static, u64> {
        let (of, chance) = (self.of, self.chance.clone());
        let wanted = move |event: &Event| event.seq.is_multiple_of(of);
        let events = follow_feed(Arc::clone(&self.feed), after.clone(), progress, wanted);
        let executed = events.then(move |event| {
            let chance = chance.clone();
            async move {
                chance.pause().await;
                // A log with a gap is refused.
                event.map_or(0, |event| event.seq)
            }
        });
        executed.boxed()
    }

    /// Now and then what is made for all ends.
    fn share(&self, item: u64, at: &Cursor) -> Option<u64> {
        (item != 0 && self.chance.below(20) != 0).then_some(at.seq)
    }
}

fn cursor(seq: u64) -> Cursor {
    let workspace_id = WorkspaceId::from_ulid(ulid::Ulid::nil());
    Cursor { workspace_id, epoch: "e".to_owned(), seq }
}

fn event(seq: u64) -> Event {
    Event {
        id: EventId::from_ulid(ulid::Ulid::nil()),
        workspace_id: cursor(0).workspace_id,
        epoch: "e".to_owned(),
        seq,
        kind: String::new(),
        occurred_at: chrono::DateTime::UNIX_EPOCH,
        query_id: None,
        payload: String::new(),
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What waits, and whether it was woken.
type Tasks = Arc<Mutex<Vec<(BoxFuture<'static, ()>, Arc<Flag>)>>>;

fn spawn(tasks: &Tasks, task: BoxFuture<'static, ()>) {
    // All run within one turn of the runtime, which would make them give way after a while.
    let task = tokio::task::unconstrained(task).boxed();
    tasks.lock().unwrap().push((task, Arc::new(Flag(AtomicBool::new(true)))));
}

/// Takes up one that was woken; `false` when none was.
fn take_up(tasks: &Tasks, chance: &Chance) -> bool {
    let (mut task, flag) = {
        let mut tasks = tasks.lock().unwrap();
        let woken: Vec<usize> =
            (0..tasks.len()).filter(|at| tasks[*at].1.0.load(Ordering::SeqCst)).collect();
        if woken.is_empty() {
            return false;
        }
        let chosen = chance.below(woken.len() as u64);
        tasks.swap_remove(woken[usize::try_from(chosen).unwrap()])
    };
    flag.0.store(false, Ordering::SeqCst);
    let waker = Waker::from(Arc::clone(&flag));
    if task.poll_unpin(&mut Context::from_waker(&waker)).is_pending() {
        tasks.lock().unwrap().push((task, flag));
    }
    true
}

/// Follows until everything has come, leaving now and then to come again, from what it has got or from the
/// place it was told.
async fn follower(way: Multiples, groups: Groups<Multiples>, got: Arc<Mutex<Vec<u64>>>) {
    let chance = way.chance.clone();
    let last = EVENTS / way.of * way.of;
    let mut from = 0;
    while got.lock().unwrap().last() != Some(&last) {
        chance.pause().await;
        let progress = Progress::default();
        let items = way.follow(&way.of, &cursor(from), progress.clone());
        let mut items = groups.follow(way.of, way.clone(), items, progress.clone());
        let stay = 1 + chance.below(12);
        for _ in 0..stay {
            let taken = match items.next().await {
                Some(Got::Alone(seq)) => seq,
                Some(Got::Together(seq)) => *seq,
                None => break,
            };
            if taken == 0 {
                got.lock().unwrap().push(taken);
                return;
            }
            got.lock().unwrap().push(taken);
            from = taken;
            if taken == last {
                return;
            }
            if chance.below(3) == 0 {
                chance.pause().await;
            }
        }
        // The place that was passed covers what was taken before the last.
        if chance.below(2) == 0 {
            let passed = progress.passed().unwrap().seq;
            assert!(passed <= from || passed < from + way.of, "{passed} is beyond {from}");
            from = from.max(passed);
        }
    }
}

/// Commits everything, in order or not; wakes who waits now and then.
async fn writer(log: Toy, in_order: bool) {
    let mut next = 1;
    while next <= EVENTS {
        log.chance.pause().await;
        let many = 1 + log.chance.below(3);
        let mut batch: Vec<u64> = (next..(next + many).min(EVENTS + 1)).collect();
        next += many;
        if !in_order {
            batch.reverse();
        }
        for seq in batch {
            log.committed.lock().unwrap().insert(seq, event(seq));
            if !in_order {
                log.chance.pause().await;
            }
        }
        log.chance.pause().await;
        if log.chance.below(3) != 0 {
            log.wakes.send_modify(|wakes| *wakes += 1);
        }
    }
}

/// One run; what each follower got that is not what it wanted.
fn run(seed: u64, in_order: bool) -> Vec<String> {
    let chance = Chance(Arc::new(Mutex::new(seed)));
    let log = Toy {
        chance: chance.clone(),
        committed: Arc::default(),
        wakes: Arc::new(watch::Sender::new(0)),
    };
    let wakes = Arc::clone(&log.wakes);
    let feed = Arc::new(Feed::new(log.clone(), SIZES));
    let tasks = Tasks::default();
    let of_groups = Arc::downgrade(&tasks);
    let groups = Groups::new(KEPT, move |task| spawn(&of_groups.upgrade().unwrap(), task));
    spawn(&tasks, writer(log, in_order).boxed());
    let mut all = Vec::new();
    for number in 0..FOLLOWERS {
        let of = 1 + number as u64 % 3;
        let way = Multiples { of, feed: Arc::clone(&feed), chance: chance.clone() };
        let got = Arc::new(Mutex::new(Vec::new()));
        spawn(&tasks, follower(way, groups.clone(), Arc::clone(&got)).boxed());
        all.push((of, got));
    }
    let mut idle = 0;
    while !tasks.lock().unwrap().is_empty() && idle < 100 {
        if take_up(&tasks, &chance) {
            idle = 0;
        } else {
            idle += 1;
            // In the service they would look by themselves after a while.
            wakes.send_modify(|wakes| *wakes += 1);
        }
    }
    let left = tasks.lock().unwrap().len();
    let mut wrong: Vec<String> =
        (left > 0).then(|| format!("{left} still wait")).into_iter().collect();
    for (of, got) in all {
        let wanted: Vec<u64> = (1..=EVENTS).filter(|seq| seq.is_multiple_of(of)).collect();
        let got = got.lock().unwrap();
        if *got != wanted {
            wrong.push(format!("multiples of {of}: {got:?}"));
        }
    }
    tasks.lock().unwrap().clear();
    wrong
}

#[tokio::test]
async fn whatever_the_order_everybody_gets_everything_once() {
    for seed in 0..1_500 {
        let wrong = run(seed, true);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
    }
}

/// The model would see it: numbers that become visible out of order are missed.
#[tokio::test]
async fn a_log_that_is_not_in_commit_order_loses_events() {
    let mut lost = 0;
    for seed in 0..50 {
        lost += usize::from(!run(seed, false).is_empty());
    }
    assert!(lost > 5, "{lost} of 50");
}
