//! What keeps receivers apart: how many attempts are under way to each at once, how many begin in a second, and
//! none but a probe while one only fails. Whoever is not let in is told when to come back, and that costs no
//! attempt; workers are thus never all taken by receivers that hang.
//!
//! Each node keeps its own, in memory: what it knows is learnt anew within a few attempts, and a limit holds for
//! each node by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What may go on at one receiver.
#[derive(Clone, Debug)]
pub struct GateOptions {
    /// Attempts at once to one that answers quickly.
    pub at_once: usize,
    /// The same to one that does not, or of which nothing is known.
    pub at_once_in_doubt: usize,
    /// So many failures one after the other close the way.
    pub failures: u32,
    /// For so long at first, twice as long after each probe that fails.
    pub closed_for: Duration,
    pub closed_at_most: Duration,
    /// How long a receiver that is busy is left alone unless it says so itself.
    pub busy_for: Duration,
}

impl Default for GateOptions {
    fn default() -> Self {
        Self {
            at_once: 64,
            at_once_in_doubt: 16,
            failures: 5,
            closed_for: Duration::from_secs(5),
            closed_at_most: Duration::from_mins(5),
            busy_for: Duration::from_secs(5),
        }
    }
}

/// Who answers within this is quick.
const QUICK: Duration = Duration::from_secs(1);
/// How long a place at a quick receiver is waited for; the worker's place is taken meanwhile.
const PATIENCE: Duration = Duration::from_millis(250);
/// Those who are not let in come back so far apart, and at most this long after the time.
const APART: Duration = Duration::from_millis(50);
const SPREAD: Duration = Duration::from_mins(1);
/// Where nothing is known yet, an answer may come any moment: those who find no place come back after this at
/// first, twice as long as long as there is none, one shortly after the other.
const SOON: Duration = Duration::from_millis(25);
const NOT_SOON: Duration = Duration::from_secs(5);
const CLOSE: Duration = Duration::from_millis(1);
/// Receivers remembered before those that nothing is to be said of are forgotten.
const MANY: usize = 10_000;

/// Names a receiver: an endpoint, or an address.
pub type Key = String;

/// Where an attempt goes.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose attempts are counted together.
    pub host: Key,
    /// Whose answers are judged together.
    pub receiver: Key,
    /// Attempts that may begin in a second.
    pub rate: Option<u32>,
}

/// How an attempt went, for those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// It answered; whether with yes or no does not matter here.
    Answered(Duration),
    /// It did not answer, or is broken.
    Failed,
    /// It asks to be left alone, for so long if it says so.
    Busy(Option<Duration>),
}

#[derive(Clone)]
pub struct Gate {
    options: GateOptions,
    sites: Arc<Mutex<HashMap<Key, Site>>>,
}

/// What is known of a receiver.
struct Site {
    places: Arc<Semaphore>,
    is_quick: bool,
    /// How long those without a place stay away while it is in doubt, and until when those who were told so last.
    doubted_for: Duration,
    doubted_until: Option<Instant>,
    failures: u32,
    /// Not before this, and then a probe at first.
    closed_until: Option<Instant>,
    closed_for: Duration,
    is_probed: bool,
    busy_until: Option<Instant>,
    /// When the next attempt may begin under the rate limit.
    next: Option<Instant>,
    /// When the last of those who were not let in comes back.
    last_back: Option<Instant>,
}

/// A place at a receiver. It is given back with how it went; dropped before, it says nothing of the receiver.
pub struct Pass {
    gate: Gate,
    at: Place,
    is_probe: bool,
    /// Held for as long as this.
    permit: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub fn new(options: GateOptions) -> Self {
        Self { options, sites: Arc::default() }
    }

    /// A place for one attempt, or when to come back for it.
    pub async fn enter(&self, at: &Place) -> Result<Pass, Duration> {
        let (places, is_probe) = self.admit(at)?;
        let mut pass = self.pass(at, is_probe);
        if let Ok(Ok(permit)) = tokio::time::timeout(PATIENCE, places.acquire_owned()).await {
            pass.permit = Some(permit);
            return Ok(pass);
        }
        drop(pass);
        let mut sites = self.sites();
        Err(self.site(&mut sites, &at.host).back(Instant::now() + QUICK, APART))
    }

    /// A place for what is sent whatever is known of the receiver.
    pub fn open(&self, at: &Place) -> Pass {
        self.pass(at, false)
    }

    fn pass(&self, at: &Place, is_probe: bool) -> Pass {
        Pass { gate: self.clone(), at: at.clone(), is_probe, permit: None }
    }

    fn admit(&self, at: &Place) -> Result<(Arc<Semaphore>, bool), Duration> {
        let now = Instant::now();
        let mut sites = self.sites();
        if sites.len() > MANY {
            sites.retain(|_, site| site.is_worth_keeping(now, self.options.at_once));
        }
        let site = self.site(&mut sites, &at.receiver);
        if let Some(until) = site.busy_until.filter(|until| *until > now) {
            return Err(site.back(until, APART));
        }
        let is_probe = site.closed_until.is_some();
        if let Some(until) = site.closed_until.filter(|until| *until > now) {
            return Err(site.back(until, APART));
        }
        if is_probe && site.is_probed {
            let until = now + site.closed_for;
            return Err(site.back(until, APART));
        }
        let host = self.site(&mut sites, &at.host);
        let free = host.places.available_permits();
        let taken = self.options.at_once.saturating_sub(free);
        if !host.is_quick && taken >= self.options.at_once_in_doubt {
            return Err(host.doubt(now));
        }
        let places = Arc::clone(&host.places);
        let site = self.site(&mut sites, &at.receiver);
        if let Some(rate) = at.rate {
            let apart = Duration::from_secs(1) / rate.max(1);
            if let Some(next) = site.next.filter(|next| *next > now) {
                return Err(site.back(next, apart));
            }
            site.next = Some(now + apart);
        }
        site.is_probed |= is_probe;
        Ok((places, is_probe))
    }

    fn note(&self, at: &Place, is_probe: bool, went: Went) {
        let now = Instant::now();
        let mut sites = self.sites();
        let is_quick = matches!(went, Went::Answered(took) if took < QUICK);
        let host = self.site(&mut sites, &at.host);
        host.is_quick = is_quick;
        if is_quick {
            (host.doubted_for, host.doubted_until) = (Duration::ZERO, None);
        }
        let site = self.site(&mut sites, &at.receiver);
        match went {
            Went::Answered(_) => {
                (site.failures, site.closed_until, site.last_back) = (0, None, None);
                site.closed_for = self.options.closed_for;
            }
            Went::Busy(asked) => {
                let until = now + asked.unwrap_or(self.options.busy_for);
                site.busy_until = site.busy_until.max(Some(until));
            }
            Went::Failed => {}
        }
        if matches!(went, Went::Answered(_) | Went::Busy(Some(_))) {
            return;
        }
        site.failures = site.failures.saturating_add(1);
        if site.failures >= self.options.failures && (is_probe || site.closed_until.is_none()) {
            site.closed_until = Some(now + site.closed_for);
            site.closed_for = (site.closed_for * 2).min(self.options.closed_at_most);
        }
    }

    fn site<'a>(&self, sites: &'a mut HashMap<Key, Site>, key: &str) -> &'a mut Site {
        sites.entry(key.to_owned()).or_insert_with(|| Site {
            places: Arc::new(Semaphore::new(self.options.at_once)),
            is_quick: false,
            doubted_for: Duration::ZERO,
            doubted_until: None,
            failures: 0,
            closed_until: None,
            closed_for: self.options.closed_for,
            is_probed: false,
            busy_until: None,
            next: None,
            last_back: None,
        })
    }

    fn sites(&self) -> MutexGuard<'_, HashMap<Key, Site>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Gives it back.
    pub fn leave(mut self, went: Went) {
        self.gate.note(&self.at, self.is_probe, went);
        drop(self.permit.take());
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_probe {
            let mut sites = self.gate.sites();
            self.gate.site(&mut sites, &self.at.receiver).is_probed = false;
        }
    }
}

impl Site {
    /// How long to stay away from one that has enough to answer before more is known of it.
    fn doubt(&mut self, now: Instant) -> Duration {
        let until = self.doubted_until.filter(|until| *until > now).unwrap_or_else(|| {
            self.doubted_for = (self.doubted_for * 2).clamp(SOON, NOT_SOON);
            now + self.doubted_for
        });
        self.doubted_until = Some(until);
        self.back(until, CLOSE)
    }

    /// How long to stay away: until this, and behind whoever was told so before.
    fn back(&mut self, until: Instant, apart: Duration) -> Duration {
        let now = Instant::now();
        let behind = self.last_back.map_or(until, |last| last + apart);
        let back = behind.clamp(until, until + SPREAD);
        self.last_back = Some(back);
        back - now
    }

    fn is_worth_keeping(&self, now: Instant, at_once: usize) -> bool {
        let is_later = |instant: Option<Instant>| instant.is_some_and(|instant| instant > now);
        self.places.available_permits() < at_once
            || self.failures > 0
            || is_later(self.busy_until)
            || is_later(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new(GateOptions {
            at_once: 4,
            at_once_in_doubt: 2,
            failures: 2,
            closed_for: Duration::from_mins(1),
            ..GateOptions::default()
        })
    }

    fn at(receiver: &str) -> Place {
        Place { host: receiver.to_owned(), receiver: receiver.to_owned(), rate: None }
    }

    const NOW: Went = Went::Answered(Duration::ZERO);

    #[tokio::test]
    async fn who_answers_quickly_may_have_more_at_once_than_who_is_not_known() {
        let gate = gate();
        let first = gate.enter(&at("a")).await.unwrap();
        let second = gate.enter(&at("a")).await.unwrap();
        assert!(gate.enter(&at("a")).await.is_err(), "nothing is known of it");
        assert!(gate.enter(&at("b")).await.is_ok(), "another is not concerned");
        first.leave(NOW);
        let third = gate.enter(&at("a")).await.unwrap();
        let rest = [gate.enter(&at("a")).await.unwrap(), gate.enter(&at("a")).await.unwrap()];
        assert!(gate.enter(&at("a")).await.is_err(), "all places are taken");
        for pass in rest.into_iter().chain([second, third]) {
            pass.leave(NOW);
        }
        assert!(gate.enter(&at("a")).await.is_ok());
    }

    #[tokio::test]
    async fn who_is_in_doubt_is_asked_soon_at_first_and_then_less_and_less() {
        let gate = gate();
        let first = gate.enter(&at("a")).await.unwrap();
        let _second = gate.enter(&at("a")).await.unwrap();
        let refused = async || gate.enter(&at("a")).await.err().unwrap();
        let (soon, behind) = (refused().await, refused().await);
        assert!(soon <= SOON && behind <= SOON + CLOSE * 2, "{soon:?}, {behind:?}");
        let is_over = || {
            let mut sites = gate.sites();
            let site = sites.get_mut("a").unwrap();
            (site.doubted_until, site.last_back) = (Some(Instant::now()), None);
        };
        for times in [2, 4, 8] {
            is_over();
            let back = refused().await;
            assert!(back > SOON * (times - 1) && back <= SOON * times, "{times}: {back:?}");
        }
        (0..20).for_each(|_| {
            is_over();
            gate.sites().get_mut("a").unwrap().doubt(Instant::now());
        });
        assert_eq!(gate.sites()["a"].doubted_for, NOT_SOON);
        first.leave(NOW);
        assert_eq!(gate.sites()["a"].doubted_for, Duration::ZERO, "it is known now");
    }

    #[tokio::test]
    async fn after_failures_nothing_goes_but_a_probe() {
        let gate = gate();
        for _ in 0..2 {
            let pass = gate.enter(&at("a")).await.unwrap();
            pass.leave(Went::Failed);
        }
        let back = gate.enter(&at("a")).await.err().unwrap();
        assert!(back > Duration::from_secs(50) && back <= Duration::from_mins(1), "{back:?}");
        let later = gate.enter(&at("a")).await.err().unwrap();
        assert!(later > back, "they do not come back all at once");
        // The time has come.
        gate.sites().get_mut("a").unwrap().closed_until = Some(Instant::now());
        let probe = gate.enter(&at("a")).await.unwrap();
        assert!(gate.enter(&at("a")).await.is_err(), "one probe");
        probe.leave(Went::Failed);
        let back = gate.enter(&at("a")).await.err().unwrap();
        assert!(back > Duration::from_secs(100), "twice as long: {back:?}");
        gate.sites().get_mut("a").unwrap().closed_until = Some(Instant::now());
        let probe = gate.enter(&at("a")).await.unwrap();
        probe.leave(NOW);
        assert!(gate.enter(&at("a")).await.is_ok(), "open again");
    }

    #[tokio::test]
    async fn who_is_busy_is_left_alone_as_long_as_it_asks_for() {
        let gate = gate();
        let pass = gate.enter(&at("a")).await.unwrap();
        pass.leave(Went::Busy(Some(Duration::from_hours(1))));
        let back = gate.enter(&at("a")).await.err().unwrap();
        assert!(back > Duration::from_mins(59), "{back:?}");
    }

    #[tokio::test]
    async fn a_rate_spaces_attempts_evenly() {
        let gate = gate();
        let slow = Place { rate: Some(1), ..at("a") };
        let pass = gate.enter(&slow).await.unwrap();
        pass.leave(NOW);
        let backs =
            [gate.enter(&slow).await.err().unwrap(), gate.enter(&slow).await.err().unwrap()];
        assert!(backs[0] <= Duration::from_secs(1), "{backs:?}");
        let apart = backs[1].saturating_sub(backs[0]);
        assert!(apart > Duration::from_millis(900) && apart < Duration::from_millis(1_100));
    }
}
