//! Dates as people write them, whole or in part: `2026-11-01`, `November 1`, `the 1st of Nov`,
//! `November 2026`, `Q3`, `Monday`.
//!
//! A date that leaves out its year means the latest one that has begun.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::refusal::Refusal;
use super::token::{Kind, Token};
use super::words::{is_kind, joined, slice, text, word};

/// A date before its missing parts are filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partial {
    pub shape: Shape,
    pub year: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A day; without a month only as the first of two ("between 1 and 15 November").
    Day {
        month: Option<u32>,
        day: u32,
    },
    Month(u32),
    Quarter(u32),
    Year,
    Weekday(Weekday),
}

/// The first day, and the day after the last.
pub(super) type Span = (NaiveDate, NaiveDate);

pub(super) type Step<T> = Result<Option<(T, usize)>, Refusal>;

impl Partial {
    pub fn is_day(&self) -> bool {
        matches!(self.shape, Shape::Day { .. } | Shape::Weekday(_))
    }

    /// The days this is in `year`; `None` when there is no such day.
    pub fn in_year(&self, year: i32) -> Option<Span> {
        let month_span = |first: u32, length: u32| {
            let from = NaiveDate::from_ymd_opt(year, first, 1)?;
            Some((from, from.checked_add_months(chrono::Months::new(length))?))
        };
        match self.shape {
            Shape::Day { month, day } => {
                let from = NaiveDate::from_ymd_opt(year, month?, day)?;
                Some((from, from.succ_opt()?))
            }
            Shape::Month(month) => month_span(month, 1),
            Shape::Quarter(quarter) => month_span(quarter * 3 - 2, 3),
            Shape::Year => month_span(1, 12),
            Shape::Weekday(_) => None,
        }
    }

    /// The days this is, seen from `today`.
    pub fn span(&self, today: NaiveDate) -> Option<Span> {
        if let Shape::Weekday(weekday) = self.shape {
            return weekday_before(weekday, today, true);
        }
        if let Some(year) = self.year {
            return self.in_year(year);
        }
        // Eight years back there has been a 29 February, even around 1900.
        (0..=8).find_map(|back| self.in_year(today.year() - back).filter(|span| span.0 <= today))
    }
}

/// The latest `weekday` up to `today`, or strictly before it.
pub(super) fn weekday_before(weekday: Weekday, today: NaiveDate, or_today: bool) -> Option<Span> {
    let mut back = u64::from(today.weekday().days_since(weekday));
    if back == 0 && !or_today {
        back = 7;
    }
    let from = today.checked_sub_days(Days::new(back))?;
    Some((from, from.succ_opt()?))
}

/// The date at `at`, and the index after it.
pub(super) fn date_at(tokens: &[Token], at: usize) -> Step<Partial> {
    if let Some(day) = numeric(word(tokens, at))? {
        return Ok(Some((day, at + 1)));
    }
    let weekday = weekday(word(tokens, at));
    if let Some(weekday) = weekday {
        let shape = Shape::Weekday(weekday);
        return Ok(Some((Partial { shape, year: None }, at + 1)));
    }
    let (shape, next) = if let Some(found) = day_month(tokens, at) {
        found
    } else if let Some(quarter) = quarter(word(tokens, at)) {
        (Shape::Quarter(quarter), at + 1)
    } else if let Some(year) = year(word(tokens, at)) {
        return Ok(Some((Partial { shape: Shape::Year, year: Some(year) }, at + 1)));
    } else {
        return Ok(None);
    };
    let (year, next) = year_after(tokens, next);
    let partial = Partial { shape, year };
    // A leap year stands in for an unknown one.
    if partial.in_year(year.unwrap_or(2024)).is_none() {
        return Err(no_date(&joined(slice(tokens, at, next))));
    }
    Ok(Some((partial, next)))
}

/// A day without a month: `1`, `1st`, `the 1st`.
pub(super) fn bare_day_at(tokens: &[Token], at: usize) -> Option<(Partial, usize)> {
    let at = at + usize::from(word(tokens, at) == "the");
    let day = day(word(tokens, at))?;
    let shape = Shape::Day { month: None, day };
    Some((Partial { shape, year: None }, at + 1))
}

/// `November 1`, `November`, `1 November`, `the 1st of November`.
fn day_month(tokens: &[Token], at: usize) -> Option<(Shape, usize)> {
    if let Some(month) = month(word(tokens, at)) {
        let the = usize::from(word(tokens, at + 1) == "the");
        return Some(match day(word(tokens, at + 1 + the)) {
            Some(day) => (Shape::Day { month: Some(month), day }, at + 2 + the),
            None => (Shape::Month(month), at + 1),
        });
    }
    let (first, mut next) = bare_day_at(tokens, at)?;
    next += usize::from(word(tokens, next) == "of");
    let month = month(word(tokens, next));
    match first.shape {
        Shape::Day { day, .. } if month.is_some() => Some((Shape::Day { month, day }, next + 1)),
        _ => None,
    }
}

/// The year after a date, with or without a comma before it.
fn year_after(tokens: &[Token], at: usize) -> (Option<i32>, usize) {
    let comma = usize::from(is_kind(tokens, at, Kind::Comma) && text(tokens, at) == ",");
    match year(word(tokens, at + comma)) {
        Some(year) => (Some(year), at + comma + 1),
        None => (None, at),
    }
}

/// `2026-11-01`, `2026/11/01`, `23.11.2026`, and `11/23/2026` where it can be only one day.
fn numeric(word: &str) -> Result<Option<Partial>, Refusal> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let is_digits = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    let [first, second, third] = parts.as_slice() else {
        return Ok(None);
    };
    if !parts.iter().all(is_digits) {
        return Ok(None);
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (number(first), number(second), number(third)),
        (1 | 2, 4) => {
            let (a, b) = (number(first), number(second));
            match (a > 12, b > 12) {
                (false, false) if a != b => {
                    return Err(Refusal::specific(format!(
                        "“{word}” could be two different days; write it as 2026-11-01"
                    )));
                }
                (true, _) => (number(third), b, a),
                _ => (number(third), a, b),
            }
        }
        _ => return Ok(None),
    };
    let year = i32::try_from(year).unwrap_or_default();
    let partial = Partial { shape: Shape::Day { month: Some(month), day }, year: Some(year) };
    if year < 1 || partial.in_year(year).is_none() {
        return Err(no_date(word));
    }
    Ok(Some(partial))
}

fn no_date(written: &str) -> Refusal {
    Refusal::specific(format!("“{written}” is no day of the calendar; write dates as 2026-11-01"))
}

fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = word.get(digits.len()..)?;
    if digits.len() > 2 || !["", "st", "nd", "rd", "th"].contains(&suffix) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<i32> {
    let is_year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    if is_year { word.parse().ok() } else { None }
}

fn quarter(word: &str) -> Option<u32> {
    let number: u32 = word.strip_prefix('q')?.parse().ok()?;
    (1..=4).contains(&number).then_some(number)
}

pub(super) fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_it = |full: &&str| {
        **full == *word || full.get(..3) == Some(word) || (word == "sept" && full.starts_with(word))
    };
    let index = MONTHS.iter().position(is_it)?;
    u32::try_from(index + 1).ok()
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    // Only whole names: `sun` and `sat` are words of their own.
    NAMES.contains(&word).then(|| word.parse().ok()).flatten()
}
