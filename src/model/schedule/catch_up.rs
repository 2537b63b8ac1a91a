//! What is made of the fires that are due, one of them on time, others perhaps long ago.

use chrono::{DateTime, TimeDelta, Utc};

use super::{CatchUpPolicy, Schedule};
use crate::model::id::QueryId;

/// A fire that is late by no more than this was not missed: it is made under every policy.
pub const ON_TIME_SECONDS: u32 = 60;
/// How late a missed fire may be made when the schedule does not say: a year, under every policy.
pub const DEFAULT_CATCH_UP_WINDOW_SECONDS: u32 = 365 * 86_400;

/// What is to be made now, and what is to be waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatchUp {
    /// Nominal fires, oldest first.
    pub fires: Vec<DateTime<Utc>>,
    /// The nominal fire to be stored as the next, later than all that are made. It may be due already
    /// if there were more than were asked for; `None` when the schedule is over.
    pub next: Option<DateTime<Utc>>,
}

impl Schedule {
    /// Decides about every fire from the stored `next` on that is due at `now`.
    ///
    /// Those on time ([`ON_TIME_SECONDS`]) are made whatever the policy is. Of the missed ones,
    /// `none` makes nothing, `last` the newest if nothing is on time, and `all` each, always without
    /// those that are late by more than the window. `all` makes at most `most` at a time, the rest
    /// being due at once.
    ///
    /// A fire is due in the order of its nominal time ([`Self::due_at`]), so jitter can neither lose
    /// nor reorder one. Nothing before `next` is looked at, so a clock that is set back makes nothing
    /// twice. If `next` is no fire of the schedule any more, the first after it takes its place.
    /// The work does not grow with the time missed.
    pub fn catch_up(
        &self,
        query: QueryId,
        next: DateTime<Utc>,
        now: DateTime<Utc>,
        most: usize,
    ) -> CatchUp {
        let before = next - TimeDelta::nanoseconds(1);
        let Some(newest) = self.newest_due(query, before, now) else {
            return CatchUp { fires: Vec::new(), next: self.next_after(before) };
        };
        let window = self.catch_up_window_seconds.unwrap_or(DEFAULT_CATCH_UP_WINDOW_SECONDS);
        let (late, most) = match self.catch_up {
            CatchUpPolicy::None | CatchUpPolicy::Last => (ON_TIME_SECONDS, usize::MAX),
            CatchUpPolicy::All => (window.max(ON_TIME_SECONDS), most),
        };
        let is_in = |fire, seconds: u32| {
            now - self.due_at(query, fire) <= TimeDelta::seconds(seconds.into())
        };
        // A fire is due at most the jitter after its nominal time.
        let late_and_jitter = i64::from(late) + i64::from(self.jitter_seconds) + 1;
        let start = before.max(now - TimeDelta::seconds(late_and_jitter));
        let mut due = self.fires_between(start, newest).skip_while(|fire| !is_in(*fire, late));
        let mut fires: Vec<_> = due.by_ref().take(most).collect();
        let rest = due.next();
        if self.catch_up == CatchUpPolicy::Last && fires.is_empty() && is_in(newest, window) {
            fires.push(newest);
        }
        CatchUp { fires, next: rest.or_else(|| self.next_after(newest)) }
    }

    /// The newest fire after `before` whose due time has come.
    fn newest_due(
        &self,
        query: QueryId,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let newest = self.last_between(before, now)?;
        if self.due_at(query, newest) <= now {
            return Some(newest);
        }
        // The one before it was due before this one's nominal time.
        self.last_between(before, newest - TimeDelta::nanoseconds(1))
    }

    /// The last fire later than `after` and not later than `until`, by halving: some 25 steps for a
    /// year.
    fn last_between(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let fire_after = |instant| self.next_after(instant).filter(|fire| *fire <= until);
        let (mut low, mut high) = (after, until);
        let mut last = fire_after(low)?;
        while high - low > TimeDelta::seconds(1) {
            let middle = low + (high - low) / 2;
            match fire_after(middle) {
                Some(fire) => (low, last) = (fire - TimeDelta::nanoseconds(1), fire),
                None => high = middle,
            }
        }
        Some(last)
    }
}
