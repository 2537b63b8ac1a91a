//! From a window as it was asked for to two instants.
//!
//! Days, weeks, months and years are counted on the calendar of the query's zone, so "the last
//! seven days" begin at the same time on the clock a week ago even when the clocks changed in
//! between; hours are exact. A local time the clocks skipped is read as that much later, one they
//! showed twice as the first of the two. A retry or a replay therefore gets the same window.

use chrono::{
    DateTime, Datelike, Days, Duration, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime,
    TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::model::reading::{CalendarUnit, Since, Window};
use crate::model::result::DayRange;
use crate::model::window::{DateRange, TimeRange};

/// How far back a question looks that names no time, in days.
pub const DEFAULT_DAYS: u32 = 7;

/// Why a window is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error(
        "`{0}` is no length of time; write a number above zero and h, d, w, mo or y, like `7d`"
    )]
    Length(String),
    #[error("`{0}` is no date; write it as 2026-11-01 or 2026-11-01T08:00:00Z")]
    Date(String),
    #[error(
        "the window is empty: it starts at {from} and ends at {to}; choose a start before its end"
    )]
    Empty { from: DateTime<Utc>, to: DateTime<Utc> },
    #[error("the window lies in the future; choose one that has begun")]
    Future,
    #[error("the window reaches beyond the calendar; choose one between the years 1 and 9999")]
    OutOfRange,
}

/// Fixes the window of a job and says what was assumed. A `date_range` of the request beats the
/// window of the prompt; with neither it is the last seven days.
///
/// # Errors
/// When the window is malformed, empty, reversed, in the future or beyond the calendar.
pub fn resolve(
    window: Option<&Window>,
    date_range: Option<DateRange>,
    reference: DateTime<Utc>,
    tz: Tz,
) -> Result<(TimeRange, Vec<String>), WindowError> {
    let mut assumptions = Vec::new();
    let range = if let Some(given) = date_range {
        if window.is_some() {
            assumptions.push(
                "the date range of the request was used, not the time named in the prompt"
                    .to_owned(),
            );
        }
        given_range(given, &mut assumptions)
    } else if let Some(window) = window {
        if let Window::Since { .. } = window {
            assumptions.push(format!(
                "there is no run before this one: the last {DEFAULT_DAYS} days were counted"
            ));
        }
        let range = window_range(window, reference, tz)?;
        match ended_just_now(window, &range, reference, tz)? {
            Some(ended) => {
                assumptions.push(
                    "the named time begins only at the reference time: the one that ended there was counted"
                        .to_owned(),
                );
                ended
            }
            None => range,
        }
    } else {
        assumptions.push(format!("no time was named: the last {DEFAULT_DAYS} days were counted"));
        default_range(reference, tz)?
    };
    if range.from >= range.to {
        return Err(WindowError::Empty { from: range.from, to: range.to });
    }
    if range.to > reference {
        assumptions.push("the window ends after the reference time; posts that come later are not in this answer".to_owned());
    }
    Ok((range, assumptions))
}

/// A schedule that asks at midnight for "today" means the day that has just ended.
fn ended_just_now(
    window: &Window,
    range: &TimeRange,
    reference: DateTime<Utc>,
    tz: Tz,
) -> Result<Option<TimeRange>, WindowError> {
    match window {
        Window::Calendar { calendar, offset: 0 } if range.from == range.to => {
            calendar_range(*calendar, -1, reference, tz).map(Some)
        }
        _ => Ok(None),
    }
}

/// The first and the last local day the range touches; a range that ends at midnight does not
/// touch the day that begins then.
pub fn day_range(range: &TimeRange, tz: Tz) -> DayRange {
    let last = range
        .to
        .checked_sub_signed(Duration::nanoseconds(1))
        .map_or(range.from, |last| last.max(range.from));
    DayRange {
        from: range.from.with_timezone(&tz).date_naive(),
        to: last.with_timezone(&tz).date_naive(),
    }
}

/// The request's own range: up to its end, or through it when it is written as the last second.
fn given_range(given: DateRange, assumptions: &mut Vec<String>) -> TimeRange {
    let mut to = given.end;
    if given.end.timestamp().rem_euclid(60) == 59 {
        let next = DateTime::from_timestamp(given.end.timestamp() + 1, 0);
        to = next.unwrap_or(given.end);
        assumptions.push(format!(
            "the date range ends with second 59, so that second is inside: it was counted up to {}",
            to.format("%Y-%m-%dT%H:%M:%SZ")
        ));
    }
    TimeRange { from: given.start, to }
}

fn window_range(
    window: &Window,
    reference: DateTime<Utc>,
    tz: Tz,
) -> Result<TimeRange, WindowError> {
    match window {
        Window::Last { last } => {
            Ok(TimeRange { from: rolling_start(last, reference, tz)?, to: reference })
        }
        Window::Calendar { calendar, offset } => calendar_range(*calendar, *offset, reference, tz),
        Window::Range { from, to } => {
            let from = instant(from, tz)?;
            let to = to.as_deref().map_or(Ok(reference), |to| instant(to, tz))?;
            Ok(TimeRange { from, to })
        }
        Window::Since { since: Since::LastRun } => default_range(reference, tz),
    }
}

/// What is looked at where no time is named.
fn default_range(reference: DateTime<Utc>, tz: Tz) -> Result<TimeRange, WindowError> {
    let from = rolling_start(&format!("{DEFAULT_DAYS}d"), reference, tz)?;
    Ok(TimeRange { from, to: reference })
}

/// `last` back from the reference time.
fn rolling_start(
    last: &str,
    reference: DateTime<Utc>,
    tz: Tz,
) -> Result<DateTime<Utc>, WindowError> {
    let malformed = || WindowError::Length(last.to_owned());
    let digits = last.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = last.split_at_checked(digits).ok_or_else(malformed)?;
    let count: u32 = count.parse().map_err(|_| malformed())?;
    if count == 0 {
        return Err(malformed());
    }
    let local = reference.with_timezone(&tz).naive_local();
    let days = |n: u64| local.checked_sub_days(Days::new(n));
    let start = match unit {
        "h" => {
            let start = reference.checked_sub_signed(Duration::hours(i64::from(count)));
            return start.filter(|s| in_calendar(s.year())).ok_or(WindowError::OutOfRange);
        }
        "d" => days(u64::from(count)),
        "w" => days(u64::from(count) * 7),
        "mo" => local.checked_sub_months(Months::new(count)),
        "y" => count.checked_mul(12).and_then(|n| local.checked_sub_months(Months::new(n))),
        _ => return Err(malformed()),
    };
    to_utc(start.ok_or(WindowError::OutOfRange)?, tz)
}

/// A whole unit of the past, or the current one up to the reference time.
fn calendar_range(
    unit: CalendarUnit,
    offset: i32,
    reference: DateTime<Utc>,
    tz: Tz,
) -> Result<TimeRange, WindowError> {
    if offset > 0 {
        return Err(WindowError::Future);
    }
    let today = reference.with_timezone(&tz).date_naive();
    let start = |offset| unit_start(unit, today, offset).ok_or(WindowError::OutOfRange);
    let from = to_utc(start(offset)?.and_time(NaiveTime::MIN), tz)?;
    let to = if offset == 0 {
        reference
    } else {
        to_utc(start(offset + 1)?.and_time(NaiveTime::MIN), tz)?
    };
    Ok(TimeRange { from, to })
}

/// The first day of the unit that is `offset` units away from the one `day` is in.
pub(super) fn unit_start(unit: CalendarUnit, day: NaiveDate, offset: i32) -> Option<NaiveDate> {
    let months = match unit {
        CalendarUnit::Day => return shift_days(day, i64::from(offset)),
        CalendarUnit::Week => {
            let monday = i64::from(day.weekday().num_days_from_monday());
            return shift_days(day, i64::from(offset) * 7 - monday);
        }
        CalendarUnit::Month => 1,
        CalendarUnit::Quarter => 3,
        CalendarUnit::Year => 12,
    };
    let month = day.year().checked_mul(12)?.checked_add(i32::try_from(day.month0()).ok()?)?;
    let first = (month - month.rem_euclid(months)).checked_add(offset.checked_mul(months)?)?;
    let index = u32::try_from(first.rem_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(first.div_euclid(12), index + 1, 1)
}

fn shift_days(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    if days < 0 {
        day.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        day.checked_add_days(Days::new(days.unsigned_abs()))
    }
}

/// A local day (its first instant) or an RFC 3339 instant.
fn instant(text: &str, tz: Tz) -> Result<DateTime<Utc>, WindowError> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return to_utc(day.and_time(NaiveTime::MIN), tz);
    }
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed.map(|t| t.with_timezone(&Utc)).map_err(|_| WindowError::Date(text.to_owned()))
}

/// The instant a clock in `tz` shows `local`.
pub(super) fn to_utc(local: NaiveDateTime, tz: Tz) -> Result<DateTime<Utc>, WindowError> {
    if !in_calendar(local.year()) {
        return Err(WindowError::OutOfRange);
    }
    if let Some(first) = first_reading(local, tz) {
        return Ok(first);
    }
    // Skipped: what the clock would have shown had it not been moved, found from the last hour
    // that existed before. Zones that crossed the date line skipped a whole day.
    let before = (1..=48).find_map(|hours| {
        let earlier = local.checked_sub_signed(Duration::hours(hours))?;
        Some(first_reading(earlier, tz)? + Duration::hours(hours))
    });
    before.ok_or(WindowError::OutOfRange)
}

fn first_reading(local: NaiveDateTime, tz: Tz) -> Option<DateTime<Utc>> {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(only) => Some(only.to_utc()),
        LocalResult::Ambiguous(first, second) => Some(first.to_utc().min(second.to_utc())),
        LocalResult::None => None,
    }
}

/// The years every date computation here is safe in.
fn in_calendar(year: i32) -> bool {
    (1..=9999).contains(&year)
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
