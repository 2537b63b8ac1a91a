//! How often a platform may be asked with one credential: a bucket of tokens for each of its limits, kept by
//! whoever outlives a restart, so that a daily quota is not begun anew with every start. Of a large limit some
//! tokens are taken ahead, for the requests that follow at once: else each would wait for a commit.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// How long tokens that were taken ahead may be used.
const AHEAD_FOR: Duration = Duration::from_secs(1);
/// The most that are taken at once.
const MOST_AHEAD: u32 = 32;

/// No more than so many requests within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub requests: u32,
    pub per: Duration,
}

impl Rule {
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }

    /// How many requests may follow each other at once. A quarter: what is left of the limit is given back
    /// over its time, so that no stretch of that length, wherever it begins, sees more than the limit.
    pub fn burst(self) -> u32 {
        (self.requests / 4).max(1)
    }

    /// How many tokens are taken at once where nobody has to wait for them. Only of limits that are large and
    /// long: to use them later than they were taken is made up for by giving back more slowly.
    pub fn at_once(self) -> u32 {
        let is_long = self.per >= 60 * AHEAD_FOR;
        if is_long { (self.requests / 64).clamp(1, MOST_AHEAD) } else { 1 }
    }

    /// After how long one more may be sent, in whole milliseconds.
    pub fn interval(self) -> Duration {
        let left = u128::from(self.requests.saturating_sub(self.burst())) + 1;
        let per = if self.at_once() > 1 { self.per + AHEAD_FOR } else { self.per };
        let millis = per.as_millis().div_ceil(left);
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

/// One bucket, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Taking {
    /// Tells platform, credential and limit; says nothing of the credential itself.
    pub bucket: String,
    pub rule: Rule,
    pub now: DateTime<Utc>,
    /// The longest wait that helps: beyond it nothing is taken.
    pub patience: Duration,
}

/// How long to wait, or what was taken: `Err` with the wait when that is too long and none was.
pub type Wait<T = Duration> = Result<T, Duration>;

/// What was taken of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The wait for the first token.
    pub wait: Duration,
    /// Further ones that may be used at once.
    pub ahead: u32,
}

/// Keeps the buckets.
pub trait Buckets: Send + Sync + 'static {
    /// Takes a token, now or for later, or several that may all be used now.
    ///
    /// # Errors
    /// For people: why the bucket could not be read.
    fn take(
        &self,
        taking: Taking,
    ) -> Pin<Box<dyn Future<Output = Result<Wait<Taken>, String>> + Send + '_>>;

    /// Gives no token of a bucket before a time: the platform asked to be left alone until then.
    ///
    /// # Errors
    /// For people: why that could not be written.
    fn close(
        &self,
        bucket: String,
        rule: Rule,
        until: DateTime<Utc>,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;
}

/// The buckets of one credential; without any, everything may be asked at once.
#[derive(Clone, Default)]
pub struct Pace {
    buckets: Option<Arc<dyn Buckets>>,
    owner: String,
    limits: Arc<[Limit]>,
}

/// One of its limits, with the tokens that were taken ahead.
struct Limit {
    rule: Rule,
    ahead: Mutex<Ahead>,
}

#[derive(Default)]
struct Ahead {
    tokens: u32,
    until: DateTime<Utc>,
}

impl Limit {
    fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses one of the tokens that were taken ahead.
    fn has_ahead(&self, now: DateTime<Utc>) -> bool {
        let mut ahead = self.ahead();
        if now >= ahead.until || ahead.tokens == 0 {
            return false;
        }
        ahead.tokens -= 1;
        true
    }

    fn keep_ahead(&self, tokens: u32, now: DateTime<Utc>) {
        if tokens > 0 {
            *self.ahead() = Ahead { tokens, until: now + delta(AHEAD_FOR) };
        }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("owner", &self.owner).finish_non_exhaustive()
    }
}

impl Pace {
    /// The pace of a platform, asked at `address` with `credential`.
    pub fn new(
        buckets: Arc<dyn Buckets>,
        platform: &str,
        address: &str,
        credential: Option<&SecretString>,
        rules: &[Rule],
    ) -> Self {
        let credential = credential.map_or("", ExposeSecret::expose_secret);
        let digest = Sha256::digest(format!("{address}\n{credential}"));
        let owner = format!("{platform}:{}", hex::encode(&digest[..8]));
        let limit = |rule: &Rule| Limit { rule: *rule, ahead: Mutex::default() };
        Self { buckets: Some(buckets), owner, limits: rules.iter().map(limit).collect() }
    }

    fn bucket(&self, rule: Rule) -> String {
        format!("{}:{}/{}", self.owner, rule.requests, rule.per.as_secs())
    }

    /// Takes a token of each bucket.
    ///
    /// # Errors
    /// See [`Buckets::take`].
    pub async fn take(&self, now: DateTime<Utc>, patience: Duration) -> Result<Wait, String> {
        let Some(buckets) = &self.buckets else { return Ok(Ok(Duration::ZERO)) };
        let mut longest = Duration::ZERO;
        for limit in self.limits.iter().filter(|limit| !limit.has_ahead(now)) {
            let rule = limit.rule;
            match buckets.take(Taking { bucket: self.bucket(rule), rule, now, patience }).await? {
                Ok(Taken { wait, ahead }) => {
                    limit.keep_ahead(ahead, now);
                    longest = longest.max(wait);
                }
                Err(too_long) => return Ok(Err(too_long)),
            }
        }
        Ok(Ok(longest))
    }

    /// Asks nothing before a time.
    ///
    /// # Errors
    /// See [`Buckets::close`].
    pub async fn close(&self, until: DateTime<Utc>) -> Result<(), String> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        for Limit { rule, .. } in &*self.limits {
            buckets.close(self.bucket(*rule), *rule, until).await?;
        }
        for limit in &*self.limits {
            *limit.ahead() = Ahead::default();
        }
        Ok(())
    }
}

/// The arithmetic of one bucket, told by the instant at which it is full again: when that is after the tokens
/// were taken, and what was taken.
pub fn taken(
    full_at: Option<DateTime<Utc>>,
    rule: Rule,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, Taken) {
    let (mut full_at, wait) = after_one(full_at, rule, now);
    let mut ahead = 0;
    while wait.is_zero() && ahead + 1 < rule.at_once() {
        let (next, more) = after_one(Some(full_at), rule, now);
        if !more.is_zero() {
            break;
        }
        (full_at, ahead) = (next, ahead + 1);
    }
    (full_at, Taken { wait, ahead })
}

/// The instant at which a bucket is full after one more token, and the wait for that token: the later it is to be
/// full, the emptier it is.
fn after_one(
    full_at: Option<DateTime<Utc>>,
    rule: Rule,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, Duration) {
    let interval = delta(rule.interval());
    let full_at = full_at.map_or(now, |at| at.max(now));
    let allowed_at = full_at - delta(rule.interval() * (rule.burst() - 1));
    (full_at + interval, (allowed_at - now).to_std().unwrap_or_default())
}

/// The instant at which a bucket is full again that gives its next token at `until`.
pub fn closed_until(rule: Rule, until: DateTime<Utc>) -> DateTime<Utc> {
    until + delta(rule.interval() * (rule.burst() - 1))
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_requests_wait_for_nothing_and_the_next_for_their_turn() {
        let rule = Rule::new(8, Duration::from_secs(70));
        let now = DateTime::<Utc>::from_timestamp(1_000, 0).unwrap();
        let mut full_at = None;
        let mut waits = Vec::new();
        for _ in 0..4 {
            let (next, wait) = after_one(full_at, rule, now);
            waits.push(wait.as_secs());
            full_at = Some(next);
        }
        assert_eq!(waits, [0, 0, 10, 20]);
        let closed = closed_until(rule, now + TimeDelta::seconds(500));
        assert_eq!(after_one(Some(closed), rule, now).1, Duration::from_secs(500));
    }

    proptest! {
        /// However the requests come, and to whichever of several nodes, each of which takes tokens ahead: none of
        /// the stretches of a limit's length holds more than it allows.
        #[test]
        fn a_limit_holds_in_every_stretch(
            requests in 1_u32..600,
            seconds in 1_u64..1_000,
            comes in proptest::collection::vec((0_i64..30_000, 0_usize..3), 1..400),
            slowness in 1_i64..1_000,
        ) {
            let rule = Rule::new(requests, Duration::from_secs(seconds));
            let nodes = [(); 3].map(|()| Limit { rule, ahead: Mutex::default() });
            let mut now = DateTime::<Utc>::from_timestamp(1_000, 0).unwrap();
            let mut full_at = None;
            let mut sent = Vec::new();
            for (gap, node) in comes {
                now += TimeDelta::milliseconds(gap / slowness);
                if nodes[node].has_ahead(now) {
                    sent.push(now);
                    continue;
                }
                let (next, Taken { wait, ahead }) = taken(full_at, rule, now);
                full_at = Some(next);
                nodes[node].keep_ahead(ahead, now);
                sent.push(now + TimeDelta::from_std(wait).unwrap());
            }
            sent.sort_unstable();
            for (at, begin) in sent.iter().enumerate() {
                let end = *begin + TimeDelta::from_std(rule.per).unwrap();
                let within = sent[at..].iter().filter(|one| **one < end).count();
                prop_assert!(within <= requests as usize, "{within} of {requests}");
            }
        }
    }

    #[test]
    fn tokens_are_taken_ahead_of_large_limits_for_a_short_while() {
        let now = DateTime::<Utc>::from_timestamp(1_000, 0).unwrap();
        let hour = Rule::new(10_000, Duration::from_hours(1));
        assert_eq!(taken(None, hour, now).1, Taken { wait: Duration::ZERO, ahead: 31 });
        let nearly_empty = closed_until(hour, now) - delta(2 * hour.interval());
        assert_eq!(taken(Some(nearly_empty), hour, now).1.ahead, 2);
        let small = Rule::new(100, Duration::from_hours(24));
        assert_eq!(taken(None, small, now).1.ahead, 0);

        let limit = Limit { rule: hour, ahead: Mutex::default() };
        limit.keep_ahead(2, now);
        assert!(limit.has_ahead(now) && limit.has_ahead(now) && !limit.has_ahead(now));
        limit.keep_ahead(2, now);
        assert!(!limit.has_ahead(now + delta(AHEAD_FOR)), "not for long");
    }
}
