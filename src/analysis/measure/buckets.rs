//! Cuts a window into hours, days, weeks or months of the query's zone.
//!
//! The pieces lie end to end from the window's start to its end, so none overlap and none is
//! missing: a day on which the clocks change is an hour shorter or longer, and an hour that a clock
//! shows twice is two pieces.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

use crate::model::reading::GroupBy;
use crate::model::window::TimeRange;

/// More pieces than this are nothing to look at: the next larger unit is taken.
const MOST: i64 = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Weekday,
}

pub(super) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A piece of the window: `from` is inside, `to` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Whether the unit begins before the window or ends after it or after the reference time.
    pub is_cut: bool,
    /// From Monday, 0.
    pub weekday: u32,
    /// On the clock of the zone.
    pub hour: u32,
}

/// All pieces of a window, in order.
#[derive(Clone, Debug)]
pub(super) struct Buckets {
    pub unit: Unit,
    pub pieces: Vec<Piece>,
}

impl Unit {
    pub fn of(group: GroupBy) -> Option<Self> {
        match group {
            GroupBy::Hour => Some(Self::Hour),
            GroupBy::Day => Some(Self::Day),
            GroupBy::Week => Some(Self::Week),
            GroupBy::Month => Some(Self::Month),
            GroupBy::Weekday => Some(Self::Weekday),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Weekday => "weekday",
        }
    }

    /// The unit, or the smallest larger one that cuts the window into no more than can be looked at.
    pub fn fitting(self, window: &TimeRange) -> Self {
        let hours = (window.to - window.from).num_hours();
        match self {
            Self::Hour if hours > MOST => Self::Day.fitting(window),
            Self::Day if hours / 24 > MOST => Self::Week.fitting(window),
            Self::Week if hours / (24 * 7) > MOST => Self::Month,
            fitting => fitting,
        }
    }
}

impl Buckets {
    pub fn of(unit: Unit, window: &TimeRange, reference: DateTime<Utc>, tz: Tz) -> Self {
        let mut pieces = Vec::new();
        let mut start = unit_start(unit, window.from, tz);
        while start < window.to {
            let end = unit_end(unit, start, tz);
            let piece = TimeRange { from: start.max(window.from), to: end.min(window.to) };
            if piece.from < piece.to {
                let local = start.with_timezone(&tz);
                pieces.push(Piece {
                    from: piece.from,
                    to: piece.to,
                    is_cut: piece.from != start || piece.to != end || end > reference,
                    weekday: local.weekday().num_days_from_monday(),
                    hour: local.hour(),
                });
            }
            start = end;
        }
        Self { unit, pieces }
    }

    /// The place of the piece an instant is in.
    pub fn find(&self, at: DateTime<Utc>) -> Option<usize> {
        let place = self.pieces.partition_point(|piece| piece.from <= at).checked_sub(1)?;
        self.pieces.get(place).filter(|piece| at < piece.to).map(|_| place)
    }
}

/// Where the unit begins that `at` is in.
fn unit_start(unit: Unit, at: DateTime<Utc>, tz: Tz) -> DateTime<Utc> {
    let local = at.with_timezone(&tz);
    let today = local.date_naive();
    let day = match unit {
        Unit::Hour => {
            let into = Duration::seconds(i64::from(local.minute() * 60 + local.second()))
                + Duration::nanoseconds(i64::from(local.nanosecond()));
            return at.checked_sub_signed(into).unwrap_or(at);
        }
        Unit::Day | Unit::Weekday => Some(today),
        Unit::Week => {
            today.checked_sub_days(Days::new(u64::from(local.weekday().num_days_from_monday())))
        }
        Unit::Month => today.with_day(1),
    };
    day.map_or(at, |day| first_instant(day, tz).min(at))
}

/// Where the unit ends that begins at `start`; always after it.
fn unit_end(unit: Unit, start: DateTime<Utc>, tz: Tz) -> DateTime<Utc> {
    let never = DateTime::<Utc>::MAX_UTC;
    if unit == Unit::Hour {
        let Some(next) = start.checked_add_signed(Duration::hours(1)) else { return never };
        // A clock that was moved by half an hour is no longer at a full one.
        let back = unit_start(Unit::Hour, next, tz);
        return if back > start { back } else { next };
    }
    let today = start.with_timezone(&tz).date_naive();
    let next = match unit {
        Unit::Week => {
            let monday = u64::from(today.weekday().num_days_from_monday());
            today.checked_add_days(Days::new(7 - monday))
        }
        Unit::Month => today.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))),
        Unit::Day | Unit::Weekday | Unit::Hour => today.checked_add_days(Days::new(1)),
    };
    next.map_or(never, |day| first_instant(day, tz)).max(start + Duration::seconds(1))
}

/// The first instant at which the zone's calendar shows `day`, or a later one if it skips it.
fn first_instant(day: NaiveDate, tz: Tz) -> DateTime<Utc> {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    if let Some(first) = midnight.and_local_timezone(tz).earliest() {
        return first.to_utc();
    }
    // The clocks skip midnight: the calendar turns between a day before and a day after.
    let (mut before, mut after) = (-86_400 * 2, 86_400 * 2);
    let at = |seconds| midnight.and_utc() + Duration::seconds(seconds);
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        if at(middle).with_timezone(&tz).date_naive() < day {
            before = middle;
        } else {
            after = middle;
        }
    }
    at(after)
}

#[cfg(test)]
#[path = "buckets_tests.rs"]
mod tests;
