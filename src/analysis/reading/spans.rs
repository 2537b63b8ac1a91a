//! Spans of time that are called by a name of their own: a weekend, the week of a date, a launch.

use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, Utc, Weekday};

use super::date::{Step, date_at, weekday_before};
use super::grammar::Context;
use super::refusal::Refusal;
use super::time::Timed;
use super::token::{Kind, Token};
use super::window::to_utc;
use super::words::{any_phrase, is_kind, number, slice, word};
use crate::model::reading::{Since, Window};

/// A weekend, a week by its date, or the query's own last run.
pub(super) fn named_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    if let Some(next) = any_phrase(tokens, at, LAST_RUN) {
        return Ok(Some(((Window::Since { since: Since::LastRun }, Vec::new()), next)));
    }
    if let Some(found) = weekend_at(tokens, at, today)? {
        return Ok(Some(found));
    }
    if let Some(found) = week_of(tokens, at, today)? {
        return Ok(Some(found));
    }
    since_event(tokens, at, today)
}

const LAST_RUN: &[&str] = &[
    "since the last run",
    "since last run",
    "since your last run",
    "since the previous run",
    "since previous run",
    "since your previous run",
    "since the last time",
    "since last time",
    "since you last ran",
    "since you last checked",
    "since the last check",
    "since the last report",
];

/// "over the weekend": the last Saturday and Sunday that have begun.
fn weekend_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    const WEEKENDS: &[&str] = &[
        "the weekend",
        "last weekend",
        "the last weekend",
        "the past weekend",
        "past weekend",
        "this past weekend",
    ];
    let led = ["over", "during", "on", "at", "from", "for", "in"].contains(&word(tokens, at));
    let start = at + usize::from(led);
    let is_weekend = [Weekday::Sat, Weekday::Sun].contains(&today.weekday());
    let this = any_phrase(tokens, start, &["this weekend"]);
    if this.is_some() && !is_weekend {
        return Err(Refusal::specific(
            "“this weekend” could be the one behind or the one ahead; write “last weekend” or the dates",
        ));
    }
    let Some(next) = any_phrase(tokens, start, WEEKENDS).or(this) else {
        return Ok(None);
    };
    let names_last = (start..next).any(|i| ["last", "past"].contains(&word(tokens, i)));
    let saturday = weekday_before(Weekday::Sat, today, true).map(|span| span.0);
    let back = if is_weekend && names_last { 7 } else { 0 };
    let from = saturday.and_then(|day| day.checked_sub_days(Days::new(back)));
    Ok(from.and_then(|from| Some((days_from(from, 2, "the weekend")?, next))))
}

/// "w/c 9 November", "the week of 9 November": seven days from that day on.
fn week_of(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    const WEEKS: &[&str] = &[
        "w/c",
        "wc",
        "week commencing",
        "the week commencing",
        "week beginning",
        "the week beginning",
        "week starting",
        "the week starting",
        "week of",
        "the week of",
    ];
    let led = ["for", "in", "during", "over"].contains(&word(tokens, at));
    let Some(start) = any_phrase(tokens, at + usize::from(led), WEEKS) else {
        return Ok(None);
    };
    let start = start + usize::from(word(tokens, start) == "monday");
    let Some((partial, next)) = date_at(tokens, start)?.filter(|(partial, _)| partial.is_day())
    else {
        return Ok(None);
    };
    let from = partial.span(today).map(|span| span.0);
    Ok(from.and_then(|from| Some((days_from(from, 7, "the week")?, next))))
}

/// "since our launch on 3 November": since that day.
fn since_event(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    const EVENTS: &[&str] = &[
        "launch",
        "relaunch",
        "release",
        "rebrand",
        "announcement",
        "rollout",
        "update",
        "merger",
        "outage",
        "event",
        "go-live",
        "ipo",
    ];
    if word(tokens, at) != "since" {
        return Ok(None);
    }
    let until = (at + 1..at + 6).find(|&i| EVENTS.contains(&word(tokens, i)));
    let Some(event) = until else { return Ok(None) };
    let mut date = event + 1;
    date += usize::from(is_kind(tokens, date, Kind::Comma));
    date += usize::from(["on", "of", "in"].contains(&word(tokens, date)));
    let Some((partial, next)) = date_at(tokens, date)? else {
        return Err(Refusal::specific(
            "when that was is not known here; write the date, like “since 2026-11-01”",
        ));
    };
    let closing = is_kind(tokens, next, Kind::Comma)
        && tokens.get(next).is_some_and(|t| t.text.starts_with(')'));
    let Some((from, _)) = partial.span(today) else { return Ok(None) };
    let note =
        format!("“{}” was read as since {from}", super::words::joined(slice(tokens, at, next)));
    let window = Window::Range { from: from.to_string(), to: None };
    Ok(Some(((window, vec![note]), next + usize::from(closing))))
}

/// `length` whole days from `from` on.
fn days_from(from: NaiveDate, length: u64, called: &str) -> Option<Timed> {
    let to = from.checked_add_days(Days::new(length))?;
    let last = to.pred_opt()?;
    let window = Window::Range { from: from.to_string(), to: Some(to.to_string()) };
    Some((window, vec![format!("{called} was read as {from} through {last}")]))
}

/// The span before `first` that "the day before" and its like mean.
pub(super) fn before_at(tokens: &[Token], at: usize) -> Option<usize> {
    const BEFORE: &[&str] = &[
        "the day before",
        "the week before",
        "the month before",
        "the quarter before",
        "the year before",
        "the previous day",
        "the previous week",
        "the previous month",
        "the previous quarter",
        "the previous year",
        "the period before",
        "the previous period",
        "the time before",
        "the preceding period",
        "the preceding week",
        "the preceding month",
        "before that",
        "the one before",
    ];
    if let Some(next) = any_phrase(tokens, at, BEFORE) {
        return Some(next);
    }
    // "the 7 days before", "the previous 7 days".
    let the = at + usize::from(word(tokens, at) == "the");
    let previous = the + usize::from(["previous", "preceding"].contains(&word(tokens, the)));
    number(word(tokens, previous))?;
    let unit = word(tokens, previous + 1).trim_end_matches('s');
    let is_unit = ["hour", "day", "week", "month", "year"].contains(&unit);
    let is_before = previous > the || word(tokens, previous + 2) == "before";
    let next = previous + 2 + usize::from(previous == the);
    (is_unit && is_before).then_some(next)
}

/// "this morning", "last night": hours of the day in the query's zone.
pub(super) fn part_of_day_at(context: &Context<'_>, at: usize) -> Option<(Timed, usize)> {
    // The first hour and the hour it ends before, from midnight of the day that many days back.
    const PARTS: &[(&str, u64, u32, u32)] = &[
        ("this morning", 0, 0, 12),
        ("this afternoon", 0, 12, 18),
        ("this evening", 0, 18, 24),
        ("tonight", 0, 18, 24),
        ("yesterday morning", 1, 0, 12),
        ("yesterday afternoon", 1, 12, 18),
        ("yesterday evening", 1, 18, 24),
        ("last night", 1, 18, 30),
    ];
    let led = ["in", "during", "from", "for"].contains(&word(context.tokens, at));
    let (name, back, first, end, next) = PARTS.iter().find_map(|(name, back, first, end)| {
        let next = any_phrase(context.tokens, at + usize::from(led), &[name])?;
        Some((*name, *back, *first, *end, next))
    })?;
    let day = context.today.checked_sub_days(Days::new(back))?;
    let hour = |hour: u32| {
        let day = day.checked_add_days(Days::new(u64::from(hour / 24)))?;
        to_utc(day.and_hms_opt(hour % 24, 0, 0)?, context.timezone).ok()
    };
    let show = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let (from, to) = (hour(first)?, hour(end)?);
    let to_or_now = (to <= context.reference).then(|| show(to));
    let window = Window::Range { from: show(from), to: to_or_now };
    let note = format!("“{name}” was read as from {} to {}", show(from), show(to));
    Some(((window, vec![note]), next))
}
