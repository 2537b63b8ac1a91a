//! How much a key may spend on GraphQL: a bucket of cost points for each, which fills as time goes by. Each
//! node counts by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Domain, Parts};
use crate::model::api_key::Principal;
use crate::model::id::ApiKeyId;

/// How many seconds' worth a bucket holds, so that a page may ask for much at once.
const SECONDS: u32 = 60;
/// Buckets remembered; beyond that the full ones are forgotten, which changes nothing.
const MOST: usize = 10_000;

/// What a key may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most it can have, in cost points.
    pub limit: u32,
    pub remaining: u32,
    at: DateTime<Utc>,
    /// When it has the most again, if nothing is spent.
    pub reset_at: DateTime<Utc>,
}

impl Budget {
    /// Whole seconds until [`Budget::reset_at`], rounded up.
    pub fn seconds_to_reset(&self) -> u64 {
        let left = (self.reset_at - self.at).num_milliseconds();
        u64::try_from(left).unwrap_or_default().div_ceil(1_000)
    }
}

/// Why something was not paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is enough after this long.
    After(TimeDelta),
    /// It costs more than a full bucket.
    Never,
}

#[derive(Clone, Default)]
pub(super) struct Buckets {
    per_second: u32,
    buckets: Arc<Mutex<HashMap<ApiKeyId, Bucket>>>,
}

/// In thousandths of a point, so that each millisecond counts.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    missing: i64,
    at: DateTime<Utc>,
}

impl Domain {
    /// The same, with so many points per second for each key; 0 is no limit.
    #[must_use]
    pub fn with_rate_limit(self, per_second: u32) -> Self {
        let buckets = Buckets { per_second, ..Buckets::default() };
        Self(Arc::new(Parts { buckets, ..Arc::unwrap_or_clone(self.0) }))
    }

    /// What the caller's key may spend now; nothing when there is no limit.
    pub fn budget(&self, who: &Principal) -> Option<Budget> {
        self.buckets.budget(who.key_id, self.clock.now())
    }

    /// Pays for an operation.
    pub fn spend(&self, who: &Principal, cost: usize) -> Result<(), Refused> {
        self.buckets.spend(who.key_id, cost, self.clock.now())
    }
}

impl Buckets {
    fn budget(&self, key: ApiKeyId, now: DateTime<Utc>) -> Option<Budget> {
        if self.per_second == 0 {
            return None;
        }
        let missing = self.missing(&self.lock(), key, now);
        let remaining = (self.most() - missing).max(0) / 1_000;
        Some(Budget {
            limit: u32::try_from(self.most() / 1_000).unwrap_or(u32::MAX),
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            at: now,
            reset_at: now + self.time_for(missing),
        })
    }

    fn spend(&self, key: ApiKeyId, cost: usize, now: DateTime<Utc>) -> Result<(), Refused> {
        if self.per_second == 0 {
            return Ok(());
        }
        let cost = i64::try_from(cost).unwrap_or(i64::MAX).saturating_mul(1_000);
        if cost > self.most() {
            return Err(Refused::Never);
        }
        let mut buckets = self.lock();
        let missing = self.missing(&buckets, key, now) + cost;
        if missing > self.most() {
            return Err(Refused::After(self.time_for(missing - self.most())));
        }
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            let full = |bucket: &Bucket| self.filled(*bucket, now) == 0;
            buckets.retain(|_, bucket| !full(bucket));
        }
        buckets.insert(key, Bucket { missing, at: now });
        Ok(())
    }

    fn missing(
        &self,
        buckets: &HashMap<ApiKeyId, Bucket>,
        key: ApiKeyId,
        now: DateTime<Utc>,
    ) -> i64 {
        buckets.get(&key).map_or(0, |bucket| self.filled(*bucket, now))
    }

    /// What is missing after the time that has passed. A clock that went back fills nothing.
    fn filled(&self, bucket: Bucket, now: DateTime<Utc>) -> i64 {
        let passed = (now - bucket.at).num_milliseconds().max(0);
        (bucket.missing - passed.saturating_mul(self.per_second.into())).max(0)
    }

    fn most(&self) -> i64 {
        i64::from(self.per_second) * i64::from(SECONDS) * 1_000
    }

    /// Rounded up to a millisecond.
    fn time_for(&self, missing: i64) -> TimeDelta {
        let per_second = i64::from(self.per_second.max(1));
        TimeDelta::milliseconds(
            missing.div_euclid(per_second) + i64::from(missing % per_second > 0),
        )
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::id::TypedId;

    fn buckets(per_second: u32) -> Buckets {
        Buckets { per_second, ..Buckets::default() }
    }

    fn key(number: u64) -> ApiKeyId {
        ApiKeyId::from_ulid(ulid::Ulid::from_parts(number, 1))
    }

    proptest! {
        /// Over any stretch of time no more is spent than the bucket held and what came in meanwhile; what
        /// is refused is paid for once it has waited as long as it was told, and not a millisecond sooner.
        #[test]
        fn no_more_is_spent_than_there_is(
            per_second in 1_u32..500,
            asked in prop::collection::vec((0_i64..3_000, 0_usize..20_000), 1..60),
        ) {
            let buckets = buckets(per_second);
            let begin = DateTime::from_timestamp_millis(1_000_000).unwrap();
            let (mut now, mut spent) = (begin, 0_i64);
            for (later, cost) in asked {
                now += TimeDelta::milliseconds(later);
                let paid = match buckets.spend(key(1), cost, now) {
                    Ok(()) => cost,
                    Err(Refused::Never) => {
                        prop_assert!(cost > 60 * per_second as usize);
                        0
                    }
                    Err(Refused::After(wait)) => {
                        prop_assert!(wait > TimeDelta::zero());
                        let sooner = now + wait - TimeDelta::milliseconds(1);
                        prop_assert!(buckets.spend(key(1), cost, sooner).is_err());
                        now += wait;
                        prop_assert_eq!(buckets.spend(key(1), cost, now), Ok(()));
                        cost
                    }
                };
                spent += i64::try_from(paid).unwrap();
                let came_in = (now - begin).num_milliseconds() * i64::from(per_second) / 1_000;
                prop_assert!(spent <= i64::from(60 * per_second) + came_in);
            }
        }
    }

    #[test]
    fn each_key_has_its_own_and_none_where_there_is_no_limit() {
        let now = DateTime::from_timestamp_millis(1_000_000).unwrap();
        let limited = buckets(10);
        limited.spend(key(1), 600, now).unwrap();
        let after = TimeDelta::milliseconds(100);
        assert_eq!(limited.spend(key(1), 1, now), Err(Refused::After(after)));
        limited.spend(key(2), 600, now).unwrap();
        let whole = Budget { limit: 600, remaining: 600, at: now, reset_at: now };
        assert_eq!(limited.budget(key(3), now), Some(whole));
        let later = now + TimeDelta::seconds(15);
        let reset_at = now + TimeDelta::seconds(60);
        let part = Budget { remaining: 150, at: later, reset_at, ..whole };
        assert_eq!(limited.budget(key(1), later), Some(part));
        assert_eq!(buckets(0).budget(key(1), now), None);
        assert_eq!(buckets(0).spend(key(1), usize::MAX, now), Ok(()));
    }
}
