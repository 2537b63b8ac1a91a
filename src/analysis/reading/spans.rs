//! Spans of time that are called by a name of their own: a weekend, the week of a date, a launch.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::date::{Step, date_at, weekday_before};
use super::refusal::Refusal;
use super::time::Timed;
use super::token::Kind;
use super::token::Token;
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
