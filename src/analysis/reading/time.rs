//! Finds the span of time a prompt names.

use chrono::NaiveDate;

use super::date::{
    Partial, Shape, Span, Step, bare_day_at, date_at, month, weekday, weekday_before,
};
use super::refusal::{FUTURE, Refusal};
use super::spans::named_at;
use super::token::{Kind, Token};
use super::window::unit_start;
use super::words::{any_phrase, is_kind, joined, number, phrase, slice, text, word};
use crate::model::reading::{CalendarUnit, Window};

/// A window and what was assumed in reading it.
pub(super) type Timed = (Window, Vec<String>);

const PREPOSITIONS: &[&str] =
    &["in", "over", "during", "for", "within", "from", "throughout", "of"];

/// The span of time that is named at `at`, and the index after it.
pub(super) fn window_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    if let Some(found) = named_at(tokens, at, today)? {
        return Ok(Some(found));
    }
    if let Some((range, next)) = range_at(tokens, at, today)? {
        return Ok(Some((range, next)));
    }
    if word(tokens, at) == "since" {
        let since = since_at(tokens, at + 1, today)?;
        let unread = || {
            Refusal::specific(
                "the time after “since” was not understood; write a date like 2026-11-01",
            )
        };
        return since.map(Some).ok_or_else(unread);
    }
    if let Some(found) = relative_at(tokens, at, today)? {
        return Ok(Some(found));
    }
    // "90d" by itself.
    if let Some(found) = rolling_at(tokens, at).filter(|(_, next)| *next == at + 1) {
        return Ok(Some(found));
    }
    single_at(tokens, at, today)
}

/// `today`, `this week`, `last month`, `in the past 7 days`.
fn relative_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    let mut next = at;
    if PREPOSITIONS.contains(&word(tokens, next)) {
        next += 1;
    }
    let has_the = word(tokens, next) == "the";
    next += usize::from(has_the);
    let first = word(tokens, next);
    let following = word(tokens, next + 1);
    match first {
        "today" => return Ok(Some((calendar(CalendarUnit::Day, 0), next + 1))),
        "rn" | "now" | "currently" | "right" if next == at => {
            return Ok(any_phrase(tokens, at, &["rn", "right now", "now", "currently"]).map(now));
        }
        "yesterday" => return Ok(Some((calendar(CalendarUnit::Day, -1), next + 1))),
        "tomorrow" => return Err(Refusal::specific(FUTURE)),
        "next" | "coming" if unit(following).is_some() || number(following).is_some() => {
            return Err(Refusal::specific(FUTURE));
        }
        "ytd" => return Ok(Some((calendar(CalendarUnit::Year, 0), next + 1))),
        "qtd" => return Ok(Some((calendar(CalendarUnit::Quarter, 0), next + 1))),
        "mtd" => return Ok(Some((calendar(CalendarUnit::Month, 0), next + 1))),
        "wtd" => return Ok(Some((calendar(CalendarUnit::Week, 0), next + 1))),
        "this" if ["past", "last"].contains(&following) => {
            return Ok(rolling_at(tokens, next + 2).or_else(|| one_unit_at(tokens, next + 2)));
        }
        "this" | "current" => {
            let found = unit(following).and_then(|unit| unit.calendar);
            return Ok(found.map(|unit| (calendar(unit, 0), next + 2)));
        }
        _ => {}
    }
    if let Some(next) = any_phrase(tokens, at, &["the day before yesterday"]) {
        return Ok(Some((calendar(CalendarUnit::Day, -2), next)));
    }
    if let Some(found) = ago_at(tokens, at) {
        return Ok(Some(found));
    }
    if let Some(unit) = unit(first).and_then(|unit| unit.calendar)
        && let Some(next) = phrase(tokens, next + 1, "to date")
    {
        return Ok(Some((calendar(unit, 0), next)));
    }
    if !["last", "past", "previous"].contains(&first) {
        return Ok(None);
    }
    if let Some(found) = rolling_at(tokens, next + 1) {
        return Ok(Some(found));
    }
    if let Some(weekday) = weekday(following) {
        let span = weekday_before(weekday, today, false);
        return Ok(span.map(|span| (whole(span, text(tokens, next + 1)), next + 2)));
    }
    // "the last week" and "past week" roll; "last week" and "previous week" are on the calendar.
    let is_rolling = first == "past" || (first == "last" && has_the);
    let on_calendar =
        unit(following).and_then(|unit| unit.calendar).filter(|u| *u != CalendarUnit::Day);
    match on_calendar {
        Some(unit) if !is_rolling => Ok(Some((calendar(unit, -1), next + 2))),
        _ => Ok(one_unit_at(tokens, next + 1)),
    }
}

/// `3 days ago`, `two weeks ago`: the whole day or week that was then.
fn ago_at(tokens: &[Token], at: usize) -> Option<(Timed, usize)> {
    let one = ["a", "an"].contains(&word(tokens, at));
    let count = if one { 1 } else { number(word(tokens, at))? };
    let unit = unit(word(tokens, at + 1))?.calendar?;
    let next = phrase(tokens, at + 2, "ago")?;
    let offset = i32::try_from(count).ok().filter(|count| *count > 0)?;
    let note =
        format!("“{}” was read as the whole unit of the calendar then", written(tokens, at, next));
    Some(((Window::Calendar { calendar: unit, offset: -offset }, vec![note]), next))
}

/// `7 days`, `two weeks`, `24h`, after "last" or "past".
fn rolling_at(tokens: &[Token], at: usize) -> Option<(Timed, usize)> {
    if let Some(count) = number(word(tokens, at)) {
        let unit = unit(word(tokens, at + 1))?;
        return Some((unit.rolling(count)?, at + 2));
    }
    if word(tokens, at) == "a" {
        return one_unit_at(tokens, at + 1);
    }
    let short = word(tokens, at);
    let digits = short.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match short.get(digits.len()..)? {
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => return None,
    };
    let length = unit_of(unit)?.rolling(number(digits)?)?;
    Some((length, at + 1))
}

fn one_unit_at(tokens: &[Token], at: usize) -> Option<(Timed, usize)> {
    let unit = unit(word(tokens, at))?;
    Some((unit.rolling(1)?, at + 1))
}

/// What follows "since".
fn since_at(
    tokens: &[Token],
    at: usize,
    today: NaiveDate,
) -> Result<Option<(Timed, usize)>, Refusal> {
    const STARTS: &[&str] = &["the beginning of", "the start of", "start of", "beginning of"];
    if let Some((partial, next)) = date_at(tokens, at)? {
        let from = partial.span(today).map(|span| span.0);
        let note = assumed(&partial, from, slice(tokens, at, next));
        return Ok(from.map(|from| ((open(from), note), next)));
    }
    let mut next = any_phrase(tokens, at, STARTS).unwrap_or(at);
    next += usize::from(word(tokens, next) == "the" && next > at);
    let (offset, back) = match word(tokens, next) {
        "this" => (1, 0),
        "last" | "previous" => (1, -1),
        _ => (0, 0),
    };
    let name = word(tokens, next + offset);
    let from = match name {
        "today" => Some(today),
        "yesterday" => today.pred_opt(),
        name if offset == 1 && back == -1 && weekday(name).is_some() => {
            weekday(name).and_then(|day| weekday_before(day, today, false)).map(|span| span.0)
        }
        // A bare unit is a point in time only as "the start of the month".
        name if offset == 1 || next > at => {
            let unit = unit(name).and_then(|unit| unit.calendar);
            unit.and_then(|unit| unit_start(unit, today, back))
        }
        _ => None,
    };
    let read = |from: NaiveDate| {
        (
            open(from),
            vec![format!(
                "“since {}” was read as since {from}",
                written(tokens, at, next + offset + 1)
            )],
        )
    };
    Ok(from.map(|from| (read(from), next + offset + 1)))
}

/// `on Monday`, `in October`, `on 1 November 2026`, `2026-11-01`.
fn single_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    let preposition = word(tokens, at);
    let start = match preposition {
        "on" | "in" | "during" | "for" | "throughout" | "over" | "from" => at + 1,
        _ => at,
    };
    let Some((partial, next)) = date_at(tokens, start)? else {
        return Ok(None);
    };
    let fits = match preposition {
        "on" | "for" | "from" => partial.is_day() || preposition != "on",
        "in" | "during" | "throughout" | "over" => !partial.is_day(),
        // Without a preposition only what can be nothing but a date.
        _ if partial.is_day() => weekday(preposition).is_none(),
        _ => stands_alone(tokens, at, next),
    };
    let Some(span) = partial.span(today).filter(|_| fits) else {
        return Ok(None);
    };
    let note = assumed(&partial, Some(span.0), slice(tokens, start, next));
    Ok(Some(((closed(span), note), next)))
}

/// Whether a month, quarter or year is set off by commas or set against another: "October versus
/// September", "Q3 2026 vs Q2 2026".
fn stands_alone(tokens: &[Token], at: usize, next: usize) -> bool {
    const AGAINST: &[&str] = &["vs", "versus", "against", "with", "to", "than", "and"];
    let closes =
        |i: usize| i >= tokens.len() || tokens.get(i).is_some_and(|t| t.kind != Kind::Word);
    let opens = at == 0
        || tokens.get(at - 1).is_some_and(|t| t.kind == Kind::Comma || t.kind == Kind::Stop)
        || AGAINST.contains(&word(tokens, at - 1));
    opens && (closes(next) || AGAINST.contains(&word(tokens, next)))
}

/// `between A and B`, `from A to B`, `November 1-15`: both ends inside.
fn range_at(tokens: &[Token], at: usize, today: NaiveDate) -> Step<Timed> {
    let opening = word(tokens, at);
    let is_named = ["between", "from"].contains(&opening);
    let start =
        at + usize::from(is_named || ["in", "on", "during", "for", "over"].contains(&opening));
    let first = match date_at(tokens, start)? {
        Some(found) => Some(found),
        None => bare_day_at(tokens, start),
    };
    let Some((first, next)) = first else {
        return Ok(None);
    };
    // "1 to 14 November" needs the month; "5 to 10 posts" is no time.
    if !is_named && matches!(first.shape, Shape::Day { month: None, .. }) {
        let has_month = date_at(tokens, next + 1)
            .is_ok_and(|found| found.is_some_and(|(second, _)| second.is_day()));
        if !has_month {
            return Ok(None);
        }
    }
    let joins: &[&str] =
        if opening == "between" { &["and"] } else { &["to", "until", "till", "through", "thru"] };
    let dash = is_kind(tokens, next, Kind::Comma) && text(tokens, next) == "-";
    if !dash && !joins.contains(&word(tokens, next)) {
        return Ok(None);
    }
    if ["now", "today"].contains(&word(tokens, next + 1)) {
        let Some(span) = first.span(today) else {
            return Ok(None);
        };
        return Ok(Some((
            (open(span.0), assumed(&first, Some(span.0), slice(tokens, start, next))),
            next + 2,
        )));
    }
    let second = match date_at(tokens, next + 1)? {
        Some(found) => Some(found),
        None => bare_day_at(tokens, next + 1),
    };
    let Some((second, end)) = second else {
        return Ok(None);
    };
    let Some((from, to)) = both(first, second, today) else {
        return Ok(None);
    };
    let mut notes = Vec::new();
    if first.year.is_none() || second.year.is_none() {
        let last = to.pred_opt().unwrap_or(to);
        notes.push(format!("“{}” was read as {from} through {last}", written(tokens, start, end)));
    }
    if from >= to {
        return Err(Refusal::specific(format!(
            "the time asked about ends ({to}) before it begins ({from})"
        )));
    }
    Ok(Some(((Window::Range { from: from.to_string(), to: Some(to.to_string()) }, notes), end)))
}

/// The first day of `first` and the day after `second`, each lending the other what it lacks.
fn both(mut first: Partial, mut second: Partial, today: NaiveDate) -> Option<Span> {
    match (&mut first.shape, &mut second.shape) {
        (Shape::Day { month: a, .. }, Shape::Day { month: b, .. }) => {
            *a = a.or(*b);
            *b = b.or(*a);
        }
        (Shape::Day { month: None, .. }, _) | (_, Shape::Day { month: None, .. }) => return None,
        _ => {}
    }
    if first.year.is_none() && second.year.is_some() {
        let same = first.in_year(second.year?)?;
        let end = second.span(today)?;
        // "December 20 to January 5, 2026" began the year before.
        let wraps = same.0 >= end.1;
        return Some((first.in_year(second.year? - i32::from(wraps))?.0, end.1));
    }
    if let (Shape::Weekday(weekday), Shape::Weekday(_)) = (first.shape, second.shape) {
        let (last, to) = second.span(today)?;
        return Some((weekday_before(weekday, last, true)?.0, to));
    }
    let from = first.span(today)?.0;
    let mut to = second.span(today)?.1;
    if second.year.is_none() && !matches!(second.shape, Shape::Weekday(_)) {
        let year = chrono::Datelike::year(&from);
        to = second
            .in_year(year)
            .filter(|span| span.1 > from)
            .or_else(|| second.in_year(year + 1))?
            .1;
    }
    Some((from, to))
}

/// Says how a date without a year, or a weekday, was read.
fn assumed(partial: &Partial, from: Option<NaiveDate>, tokens: &[Token]) -> Vec<String> {
    let Some(from) = from.filter(|_| partial.year.is_none()) else {
        return Vec::new();
    };
    let words = written(tokens, 0, tokens.len());
    vec![match partial.shape {
        Shape::Month(_) | Shape::Quarter(_) => {
            format!("“{words}” was read as that of {}", chrono::Datelike::year(&from))
        }
        _ => format!("“{words}” was read as {from}"),
    }]
}

fn written(tokens: &[Token], from: usize, to: usize) -> String {
    joined(slice(tokens, from, to))
}

fn calendar(calendar: CalendarUnit, offset: i32) -> Timed {
    (Window::Calendar { calendar, offset }, Vec::new())
}

/// "right now": the day so far.
fn now(next: usize) -> (Timed, usize) {
    let (window, _) = calendar(CalendarUnit::Day, 0);
    ((window, vec!["“now” was read as today".to_owned()]), next)
}

fn open(from: NaiveDate) -> Window {
    Window::Range { from: from.to_string(), to: None }
}

fn closed((from, to): Span) -> Window {
    Window::Range { from: from.to_string(), to: Some(to.to_string()) }
}

fn whole(span: Span, name: &str) -> Timed {
    (closed(span), vec![format!("“last {name}” was read as {}", span.0)])
}

/// A unit of time: how it rolls (`factor` times `letter`) and what it is on the calendar.
#[derive(Clone, Copy)]
struct Unit {
    factor: u32,
    letter: &'static str,
    calendar: Option<CalendarUnit>,
}

impl Unit {
    fn rolling(self, count: u32) -> Option<Timed> {
        let count = count.checked_mul(self.factor).filter(|count| *count > 0)?;
        Some((Window::Last { last: format!("{count}{}", self.letter) }, Vec::new()))
    }
}

fn unit(word: &str) -> Option<Unit> {
    unit_of(word.strip_suffix('s').unwrap_or(word))
}

fn unit_of(singular: &str) -> Option<Unit> {
    let (factor, letter, calendar) = match singular {
        "hour" => (1, "h", None),
        "day" => (1, "d", Some(CalendarUnit::Day)),
        "fortnight" => (14, "d", None),
        "week" => (7, "d", Some(CalendarUnit::Week)),
        "month" => (1, "mo", Some(CalendarUnit::Month)),
        "quarter" => (3, "mo", Some(CalendarUnit::Quarter)),
        "year" => (1, "y", Some(CalendarUnit::Year)),
        _ => return None,
    };
    Some(Unit { factor, letter, calendar })
}

/// Whether a word names a day or a month, which in a name makes the name ambiguous.
pub(super) fn is_date_word(word: &str) -> bool {
    month(word).is_some_and(|_| word.len() > 3 || word == "may")
        || weekday(word).is_some()
        || ["today", "yesterday", "tomorrow", "week", "month", "year", "quarter"].contains(&word)
        || (word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && word.bytes().all(|b| b.is_ascii_digit()))
}
