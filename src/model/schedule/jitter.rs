//! Spreads the work of schedules that fire at the same instant.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::Schedule;
use crate::model::id::QueryId;

impl Schedule {
    /// When the work of a nominal fire is due: up to `jitter_seconds` later, but before the next
    /// nominal fire, so that fires are due in their order. The same query and fire give the same
    /// instant, in whole milliseconds, on every node. The nominal time stays the job's reference time.
    pub fn due_at(&self, query: QueryId, fire: DateTime<Utc>) -> DateTime<Utc> {
        if self.jitter_seconds == 0 {
            return fire;
        }
        let longest = i64::from(self.jitter_seconds) * 1_000;
        let next = self.next_after(fire);
        let longest =
            next.map_or(longest, |next| longest.min((next - fire).num_milliseconds() - 1));
        let digest = Sha256::digest(format!("{query} {}", fire.timestamp()));
        let number =
            digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let millis = number % (longest.max(0).unsigned_abs() + 1);
        fire + TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(0))
    }
}
