//! Where a zone's offset changes. Offsets change for many reasons and by up to a day; what holds for
//! all of the zone database: two changes of a zone are at least 3.9 days apart, and two of its offsets
//! differ by 26 hours at most.

use chrono::{DateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The most by which two offsets of one zone differ.
pub(super) const REACH: TimeDelta = TimeDelta::hours(26);

/// A change of a zone's offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The first instant with the new offset.
    pub at: DateTime<Utc>,
    /// Local time minus UTC.
    pub before: TimeDelta,
    pub after: TimeDelta,
}

impl Change {
    /// By how much the clock jumps; negative when it is set back.
    pub fn jump(&self) -> TimeDelta {
        self.after - self.before
    }
}

/// Local time minus UTC at an instant.
pub(super) fn offset_at(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    TimeDelta::seconds(offset.local_minus_utc().into())
}

/// The change after `from`, up to `until`: at most one if the two are no more than 3.9 days apart.
pub(super) fn change_within(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Change> {
    let (before, after) = (offset_at(zone, from), offset_at(zone, until));
    if before == after {
        return None;
    }
    let (mut low, mut high) = (from, until);
    // Offsets change at whole seconds.
    while high - low > TimeDelta::seconds(1) {
        let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
        if offset_at(zone, middle) == before { low = middle } else { high = middle }
    }
    Some(Change { at: high, before, after })
}
