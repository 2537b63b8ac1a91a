//! Cron expressions of five fields, read on a clock without a zone; what a local time means in a zone
//! is [`super::fires`]'s matter. Own code, as croner 4.0 failed the vectors: it refuses `3/5`, takes
//! `@daily`, `L`, `15W`, `1#2`, `?`, `*/61` and `JAN` as a minute, shifts a time to the end of the gap,
//! and stops for good at Samoa's lost day.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::field::{CronField, CronProblem};

/// Longest expression, in bytes.
pub const MAX_CRON_BYTES: usize = 255;
/// Nothing fires after this year: later ones have no RFC 3339 form.
const LAST_YEAR: i32 = 9_999;
/// The most days that each month has, from January on.
const MONTH_DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Why a text is not a cron expression that ever fires.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    #[error(
        "a cron expression has five fields (minute, hour, day of month, month, day of week), not {0}"
    )]
    FieldCount(usize),
    #[error("`{0}` is not accepted: write five fields, for example `0 0 * * *` for every midnight")]
    Nickname(String),
    #[error("a cron expression has at most {MAX_CRON_BYTES} characters; this has {0}")]
    TooLong(usize),
    #[error("the {field} `{part}` {problem}; accepted: `*`, {}", field.accepted())]
    Field { field: CronField, part: String, problem: CronProblem },
    #[error("`{0}` never fires: none of its months has such a day")]
    NeverFires(String),
}

/// When something is to be done, by a clock without a zone.
///
/// The day of month and the day of week are alternatives (OR) when both say something. A field says
/// nothing only as `*` or `*/1`: `0 0 */2 * MON` is every odd day and every Monday, as most
/// implementations of today have it (Vixie's takes any field that begins with `*` as saying nothing).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronExpression {
    /// As given, with one blank between fields.
    text: String,
    minutes: u64,
    hours: u64,
    /// Bit 1 is the first day.
    days: u64,
    /// Bit 1 is January.
    months: u64,
    /// Bit 0 is Sunday.
    weekdays: u64,
    is_either_day: bool,
}

impl FromStr for CronExpression {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        if let Some(name) = parts.first().filter(|part| part.starts_with('@')) {
            return Err(CronError::Nickname(name.chars().take(20).collect()));
        }
        let [minute, hour, day, month, weekday] = parts.as_slice() else {
            return Err(CronError::FieldCount(parts.len()));
        };
        let text = parts.join(" ");
        if text.len() > MAX_CRON_BYTES {
            return Err(CronError::TooLong(text.len()));
        }
        let read = |field: CronField, text: &str| {
            field.read(text).map_err(|(part, problem)| CronError::Field { field, part, problem })
        };
        let minutes = read(CronField::Minute, minute)?.bits;
        let hours = read(CronField::Hour, hour)?.bits;
        let days = read(CronField::DayOfMonth, day)?;
        let months = read(CronField::Month, month)?.bits;
        let weekdays = read(CronField::DayOfWeek, weekday)?;
        let is_either_day = !days.is_any && !weekdays.is_any;
        let (days, weekdays) = (days.bits, weekdays.bits);
        let expression = Self { text, minutes, hours, days, months, weekdays, is_either_day };
        if expression.ever_fires() {
            Ok(expression)
        } else {
            Err(CronError::NeverFires(expression.text))
        }
    }
}

impl fmt::Display for CronExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl CronExpression {
    /// The text as given, with one blank between fields.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether all 24 hours match: then it follows the clock as it is shown.
    pub fn is_every_hour(&self) -> bool {
        self.hours == (1 << 24) - 1
    }

    /// Every weekday meets every day of every month sooner or later, so only the month's length counts.
    fn ever_fires(&self) -> bool {
        let longest = (1..).zip(MONTH_DAYS).filter(|(month, _)| has(self.months, *month));
        let longest = longest.map(|(_, days)| days).max().unwrap_or(0);
        self.is_either_day || (1..=longest).any(|day| has(self.days, day))
    }

    /// The first local minute that matches, at or after `from`; `None` beyond the year 9999.
    pub fn next_from(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        let from = whole_minute_from(from)?;
        let today = self.next_day(from.date())?;
        if today == from.date()
            && let Some(time) = self.next_time(from.time())
        {
            return Some(today.and_time(time));
        }
        let day = if today == from.date() { self.next_day(today.succ_opt()?)? } else { today };
        Some(day.and_time(self.next_time(NaiveTime::MIN)?))
    }

    /// The first matching time of a day at or after one.
    fn next_time(&self, from: NaiveTime) -> Option<NaiveTime> {
        let hour = first_from(self.hours, from.hour())?;
        if hour == from.hour()
            && let Some(minute) = first_from(self.minutes, from.minute())
        {
            return NaiveTime::from_hms_opt(hour, minute, 0);
        }
        let hour = if hour == from.hour() { first_from(self.hours, hour + 1)? } else { hour };
        NaiveTime::from_hms_opt(hour, first_from(self.minutes, 0)?, 0)
    }

    /// The first matching day at or after one.
    fn next_day(&self, from: NaiveDate) -> Option<NaiveDate> {
        let (mut year, mut month, mut day) = (from.year(), from.month(), from.day());
        while year <= LAST_YEAR {
            if has(self.months, month) {
                let days = self.days_of(year, month)?;
                let found =
                    first_from(days, day).and_then(|day| NaiveDate::from_ymd_opt(year, month, day));
                if found.is_some() {
                    return found;
                }
            }
            day = 1;
            month += 1;
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        None
    }

    /// The matching days of a month; those beyond its end are among them.
    fn days_of(&self, year: i32, month: u32) -> Option<u64> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?.weekday().num_days_from_sunday();
        let weeks = (0..6).fold(0, |weeks, week| weeks | self.weekdays << (7 * week));
        // Bit 1 is the first day.
        let by_weekday = (weeks >> first) << 1;
        Some(if self.is_either_day { self.days | by_weekday } else { self.days & by_weekday })
    }
}

fn has(bits: u64, value: u32) -> bool {
    bits >> value & 1 == 1
}

/// The least value of a set that is not below `from`.
fn first_from(bits: u64, from: u32) -> Option<u32> {
    let rest = bits.checked_shr(from)?;
    (rest != 0).then(|| from + rest.trailing_zeros())
}

/// The same time, or the next whole minute.
fn whole_minute_from(local: NaiveDateTime) -> Option<NaiveDateTime> {
    let minute = local.with_second(0)?.with_nanosecond(0)?;
    if minute == local { Some(local) } else { minute.checked_add_signed(TimeDelta::minutes(1)) }
}
