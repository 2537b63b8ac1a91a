//! The nominal fires of a schedule, in order.
//!
//! As long as a zone's offset stays the same, the fires are the matching local minutes less that
//! offset. So the search looks at a window in which the offset changes at most once, and takes the
//! pieces before and after the change one by one. What lies between here and the next match is jumped
//! over, however long it is.

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};

use super::zone::{Change, REACH, change_within, offset_at};
use super::{DstFold, DstGap, Schedule};

const SECOND: TimeDelta = TimeDelta::seconds(1);
/// Instants that a search may start at, so that no sum leaves what a date can hold.
const YEARS: (i32, i32) = (1, 9_998);

impl Schedule {
    /// The first nominal fire that is later than `after`. `starts_at` and `ends_at` may be fires
    /// themselves. `None` when there is none up to `ends_at`, or before the year 9999.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Fires are at whole seconds.
        let mut at = second_after(after)?;
        if let Some(start) = self.starts_at {
            at = at.max(second_from(start)?);
        }
        self.first_from(at).filter(|fire| self.ends_at.is_none_or(|end| *fire <= end))
    }

    /// The nominal fires later than `after` and not later than `until`, oldest first.
    pub fn fires_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Iterator<Item = DateTime<Utc>> {
        let next = move |fire: &DateTime<Utc>| self.next_after(*fire);
        std::iter::successors(self.next_after(after), next).take_while(move |fire| *fire <= until)
    }

    /// The first fire at or after an instant of whole seconds, without regard to start and end.
    fn first_from(&self, mut at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        loop {
            let found = match change_within(self.timezone, at - REACH, at + REACH * 2) {
                None => self.shown_from(at, offset_at(self.timezone, at))?,
                Some(change) if at < change.at => {
                    let Some(fire) = self.before_change(at, &change) else {
                        at = change.at;
                        continue;
                    };
                    return Some(fire);
                }
                Some(change) => self.after_change(at, &change)?,
            };
            // Up to here the window shows all that a change could do.
            if found <= at + REACH {
                return Some(found);
            }
            // Offsets differ by no more than this, so no local time in between is a match.
            at = found - REACH;
        }
    }

    /// The first match at or after `at` if the offset never changed.
    fn shown_from(&self, at: DateTime<Utc>, offset: TimeDelta) -> Option<DateTime<Utc>> {
        Some(self.cron.next_from((at + offset).naive_utc())?.and_utc() - offset)
    }

    /// The first fire from `at` on that is before the change.
    fn before_change(&self, at: DateTime<Utc>, change: &Change) -> Option<DateTime<Utc>> {
        let is_repeated = change.jump() < TimeDelta::zero() && self.fold() == DstFold::Last;
        // What is shown from here on is shown again after the change.
        let end = if is_repeated { change.at + change.jump() } else { change.at };
        self.shown_from(at, change.before).filter(|fire| *fire < end)
    }

    /// The first fire from `at` on, which is not before the change.
    fn after_change(&self, at: DateTime<Utc>, change: &Change) -> Option<DateTime<Utc>> {
        let jump = change.jump();
        if jump > TimeDelta::zero() {
            let shown = self.shown_from(at, change.after);
            let shifted = self.shifted_from(at, change);
            return shifted.into_iter().chain(shown).min();
        }
        // What is shown up to here was shown before the change.
        let repeated_until = change.at - jump;
        let start = if self.fold() == DstFold::First { at.max(repeated_until) } else { at };
        self.shown_from(start, change.after)
    }

    /// The first fire from `at` on whose local time the change jumped over.
    fn shifted_from(&self, at: DateTime<Utc>, change: &Change) -> Option<DateTime<Utc>> {
        if self.cron.is_every_hour() || self.dst_gap == DstGap::Skip {
            return None;
        }
        let end = change.at + change.jump();
        self.shown_from(at, change.before).filter(|fire| *fire < end)
    }

    fn fold(&self) -> DstFold {
        if self.cron.is_every_hour() { DstFold::Both } else { self.dst_fold }
    }
}

/// The first whole second that is later.
fn second_after(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let instant = instant.max(year_start(YEARS.0)?);
    (instant < year_start(YEARS.1)?).then(|| instant.trunc_subsecs(0) + SECOND)
}

/// The first whole second that is not earlier.
fn second_from(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    second_after(instant.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(instant))
}

fn year_start(year: i32) -> Option<DateTime<Utc>> {
    Some(NaiveDate::from_ymd_opt(year, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc())
}
