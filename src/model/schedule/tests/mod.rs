//! Schedules against tables written out by hand, and against a walk over every minute of the clock.

mod brute;
mod catch_up;
mod changes;
mod parsing;
mod random;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use ulid::Ulid;

use super::*;
use crate::model::id::{QueryId, TypedId};

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule::new(cron.parse().unwrap(), zone.parse().unwrap())
}

fn query() -> QueryId {
    QueryId::from_ulid(Ulid::from_parts(1_777_536_000_000, 7))
}

/// The fires later than `after`, as the zone's clock shows them.
fn shown(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let mut at = instant(after);
    let mut found = Vec::new();
    while found.len() < count
        && let Some(fire) = schedule.next_after(at)
    {
        assert!(fire > at, "{fire} is not after {at}");
        found.push(fire.with_timezone(&schedule.timezone).format("%F %R%:z").to_string());
        at = fire;
    }
    found
}

/// A sequence of numbers that is the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap()) as usize]
    }
}
