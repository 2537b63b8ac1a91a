//! Reads when to ask again: "Every Monday at 9am", "Each weekday at 08:30".

use super::date::weekday;
use super::refusal::Refusal;
use super::token::Token;
use super::words::{any_phrase, word};

/// Five fields of cron and what was assumed.
pub(super) type Scheduled = (String, Vec<String>);

/// The hour that is taken where none is named.
const HOUR: u32 = 9;

/// The schedule that begins at `at`, and the index behind it.
pub(super) fn schedule_at(
    tokens: &[Token],
    at: usize,
) -> Result<Option<(Scheduled, usize)>, Refusal> {
    // "Globex posts every day" need not be a schedule; in front of a request it is one.
    let begins = at == 0 || word(tokens, at - 1).is_empty();
    let hourly = any_phrase(tokens, at, &["every hour", "each hour", "once an hour"]);
    if let Some(next) = hourly.filter(|_| begins) {
        return Ok(Some((("0 * * * *".to_owned(), Vec::new()), next)));
    }
    let Some((days, next, hour)) = days_at(tokens, at) else {
        return Ok(None);
    };
    let time = match any_phrase(tokens, next, &["at", "around"]) {
        Some(start) => time_at(tokens, start),
        None => None,
    };
    if let Some((hour, minute, next)) = time {
        return Ok(Some(((format!("{minute} {hour} {days}"), Vec::new()), next)));
    }
    if word(tokens, next) == "at" {
        return Err(Refusal::specific(
            "the time of the schedule was not understood; write it like “at 9am” or “at 17:30”",
        ));
    }
    if hour.is_none() && !begins {
        return Ok(None);
    }
    let hour = hour.unwrap_or(HOUR);
    let note = format!("the schedule names no time of day: {hour}:00 was assumed");
    Ok(Some(((format!("0 {hour} {days}"), vec![note]), next)))
}

/// The last three fields of cron, the index behind the days, and the hour they suggest.
fn days_at(tokens: &[Token], at: usize) -> Option<(String, usize, Option<u32>)> {
    const DAYS: &[(&[&str], &str, Option<u32>)] = &[
        (&["every day", "each day", "once a day", "daily", "every single day"], "* * *", None),
        (
            &["every weekday", "each weekday", "every working day", "every workday", "on weekdays"],
            "* * 1-5",
            None,
        ),
        (&["every weekend"], "* * 6,0", None),
        (&["every week", "each week", "once a week"], "* * 1", None),
        (&["every month", "each month", "once a month"], "1 * *", None),
        (&["every morning", "each morning"], "* * *", Some(9)),
        (&["every evening", "each evening"], "* * *", Some(18)),
        (&["every night", "each night"], "* * *", Some(22)),
    ];
    for (phrases, days, hour) in DAYS {
        if let Some(next) = any_phrase(tokens, at, phrases) {
            // A bare "daily" groups; only with a time of day is it a schedule.
            let is_daily = word(tokens, at) == "daily" || word(tokens, at) == "on";
            if is_daily && word(tokens, next) != "at" {
                return None;
            }
            return Some(((*days).to_owned(), next, *hour));
        }
    }
    let mut next = any_phrase(tokens, at, &["every", "each", "weekly on", "weekly every"])?;
    let mut days = Vec::new();
    while let Some(day) =
        weekday(word(tokens, next).strip_suffix('s').unwrap_or(word(tokens, next)))
    {
        days.push(day.num_days_from_sunday().to_string());
        next += 1;
        let after = next + usize::from(["and", "&"].contains(&word(tokens, next)));
        let comma = usize::from(tokens.get(after).is_some_and(|t| t.text == ","));
        let follows = word(tokens, after + comma);
        if weekday(follows.strip_suffix('s').unwrap_or(follows)).is_none() {
            break;
        }
        next = after + comma;
    }
    if days.is_empty() {
        return None;
    }
    let evening = match word(tokens, next) {
        "morning" => Some(9),
        "evening" => Some(18),
        _ => None,
    };
    Some((format!("* * {}", days.join(",")), next + usize::from(evening.is_some()), evening))
}

/// `9am`, `9 am`, `08:30`, `9:30pm`, `noon`: hour, minute and the index behind.
pub(super) fn time_at(tokens: &[Token], at: usize) -> Option<(u32, u32, usize)> {
    match word(tokens, at) {
        "noon" | "midday" => return Some((12, 0, at + 1)),
        "midnight" => return Some((0, 0, at + 1)),
        _ => {}
    }
    let whole = word(tokens, at);
    let digits = whole.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let mut half = whole.get(digits.len()..)?.replace('.', "");
    let mut next = at + 1;
    if half.is_empty() && ["am", "pm", "a.m", "p.m"].contains(&word(tokens, next)) {
        half = word(tokens, next).replace('.', "");
        next += 1;
    }
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute.parse().ok()?),
        Some(_) => return None,
        None => (digits, 0),
    };
    let hour: u32 = hour.parse().ok()?;
    let hour = match half.as_str() {
        "" | "h" => hour,
        "am" if (1..=12).contains(&hour) => hour % 12,
        "pm" if (1..=12).contains(&hour) => hour % 12 + 12,
        _ => return None,
    };
    (hour < 24 && minute < 60u32).then(|| (hour, minute, after_clock(tokens, next)))
}

fn after_clock(tokens: &[Token], at: usize) -> usize {
    any_phrase(tokens, at, &["o'clock", "sharp"]).unwrap_or(at)
}
