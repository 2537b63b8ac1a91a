//! Time and randomness: the only callers of `now()` and of the system's random source, so that a
//! test can hold the clock still and everything else is a function of what it is given.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use ulid::Ulid;

use crate::model::id::TypedId;

/// Where the time comes from.
pub trait TimeSource: Send + Sync + 'static {
    fn now(&self) -> DateTime<Utc>;

    /// Whether it is a machine's, which goes ahead or behind; what a test holds is right by definition.
    fn can_be_wrong(&self) -> bool {
        false
    }

    /// Waits until it is this late. May end early: whoever waits looks at the time again.
    fn reaches(&self, instant: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let left = (instant - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
}

/// The machine's clock.
struct SystemTime;

impl TimeSource for SystemTime {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn can_be_wrong(&self) -> bool {
        true
    }
}

/// Gives the time, in whole milliseconds as the database keeps it, and new ids.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn TimeSource>,
    last_id: Arc<Mutex<Ulid>>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

impl Clock {
    pub fn system() -> Self {
        Self::from_source(SystemTime)
    }

    pub fn from_source(source: impl TimeSource) -> Self {
        Self { source: Arc::new(source), last_id: Arc::new(Mutex::new(Ulid::nil())) }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let now = self.source.now();
        let beyond_millisecond = i64::from(now.timestamp_subsec_nanos() % 1_000_000);
        now - TimeDelta::nanoseconds(beyond_millisecond)
    }

    /// Whether nodes may differ in what time it is.
    pub fn can_be_wrong(&self) -> bool {
        self.source.can_be_wrong()
    }

    /// Waits until it is this late, or almost.
    pub async fn reaches(&self, instant: DateTime<Utc>) {
        self.source.reaches(instant).await;
    }

    /// A new id, greater than all that this clock gave before: the order of ids is the order in which
    /// they were made, also within a millisecond.
    ///
    /// # Errors
    /// When the system's random source does not answer.
    pub fn new_id<T: TypedId>(&self) -> Result<T, RandomError> {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        let random = u128::from_le_bytes(random_bytes::<16>()?);
        let mut last = self.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Ulid::from_parts(millis, random);
        let id = if fresh.timestamp_ms() > last.timestamp_ms() {
            fresh
        } else {
            last.increment().unwrap_or(fresh)
        };
        *last = id;
        Ok(T::from_ulid(id))
    }
}

/// The system's random source did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct RandomError;

/// Bytes nobody can guess, for ids, secrets and nonces.
///
/// # Errors
/// When the system's random source does not answer.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0_u8; N];
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes from")]
    getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::JobId;

    struct Still;

    impl TimeSource for Still {
        fn now(&self) -> DateTime<Utc> {
            "2026-04-30T08:00:00.123456Z".parse().unwrap()
        }
    }

    #[test]
    fn time_is_in_milliseconds_and_ids_increase_while_it_stands_still() {
        let clock = Clock::from_source(Still);
        assert_eq!(clock.now().to_rfc3339(), "2026-04-30T08:00:00.123+00:00");
        let ids: Vec<JobId> = (0..1_000).map(|_| clock.new_id().unwrap()).collect();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
        assert!(ids.iter().all(|id| id.ulid().timestamp_ms() == 1_777_536_000_123));
    }
}
