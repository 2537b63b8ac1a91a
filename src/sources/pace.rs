//! How often a platform may be asked with one credential: a bucket of tokens for each of its limits, kept by
//! whoever outlives a restart, so that a daily quota is not begun anew with every start.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

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

    /// After how long one more may be sent, in whole milliseconds.
    pub fn interval(self) -> Duration {
        let left = u128::from(self.requests.saturating_sub(self.burst())) + 1;
        let millis = self.per.as_millis().div_ceil(left);
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

/// How long to wait: `Ok` when a token was taken for then, `Err` when that is too long and none was.
pub type Wait = Result<Duration, Duration>;

/// Keeps the buckets.
pub trait Buckets: Send + Sync + 'static {
    /// Takes a token, now or for later.
    ///
    /// # Errors
    /// For people: why the bucket could not be read.
    fn take(
        &self,
        taking: Taking,
    ) -> Pin<Box<dyn Future<Output = Result<Wait, String>> + Send + '_>>;

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
    rules: &'static [Rule],
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
        rules: &'static [Rule],
    ) -> Self {
        let credential = credential.map_or("", ExposeSecret::expose_secret);
        let digest = Sha256::digest(format!("{address}\n{credential}"));
        let owner = format!("{platform}:{}", hex::encode(&digest[..8]));
        Self { buckets: Some(buckets), owner, rules }
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
        for rule in self.rules {
            let taking = Taking { bucket: self.bucket(*rule), rule: *rule, now, patience };
            match buckets.take(taking).await? {
                Ok(wait) => longest = longest.max(wait),
                too_long => return Ok(too_long),
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
        for rule in self.rules {
            buckets.close(self.bucket(*rule), *rule, until).await?;
        }
        Ok(())
    }
}

/// The arithmetic of one bucket. It is told by the instant at which it is full again: the later that is, the
/// emptier it is.
///
/// Answers the instant at which it is full after one more token, and the wait for that token.
pub fn after_one(
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
        /// However the requests come, none of the stretches of a limit's length holds more than it allows.
        #[test]
        fn a_limit_holds_in_every_stretch(
            requests in 1_u32..60,
            seconds in 1_u64..1_000,
            gaps in proptest::collection::vec(0_i64..30_000, 1..300),
        ) {
            let rule = Rule::new(requests, Duration::from_secs(seconds));
            let mut now = DateTime::<Utc>::from_timestamp(1_000, 0).unwrap();
            let mut full_at = None;
            let mut sent = Vec::new();
            for gap in gaps {
                now += TimeDelta::milliseconds(gap);
                let (next, wait) = after_one(full_at, rule, now);
                full_at = Some(next);
                sent.push(now + TimeDelta::from_std(wait).unwrap());
            }
            for (at, begin) in sent.iter().enumerate() {
                let end = *begin + TimeDelta::from_std(rule.per).unwrap();
                let within = sent[at..].iter().filter(|one| **one < end).count();
                prop_assert!(within <= requests as usize, "{within} of {requests}");
            }
        }
    }
}
