//! Reads what a figure is wanted for each of: "per source", "daily", "broken down by country".

use super::token::Token;
use super::words::{any_phrase, word};
use crate::model::reading::GroupBy;

const BY: &[&str] = &[
    "by",
    "by each",
    "by the",
    "per",
    "for each",
    "for every",
    "on each",
    "in each",
    "broken down by",
    "broken out by",
    "split by",
    "split out by",
    "grouped by",
    "group by",
    "separated by",
    "segmented by",
    "across",
    "across the",
    "each",
    "a",
    "every",
];

/// What may be grouped by; the words are parted by `, `.
const UNITS: &[(&str, GroupBy)] = &[
    (
        "source, platform, network, channel, site, social network, sources, platforms, networks, channels",
        GroupBy::Source,
    ),
    ("community, communities, subreddit, subreddits", GroupBy::Community),
    ("domain, domains, website", GroupBy::Domain),
    ("link, url, links", GroupBy::Link),
    (
        "kind, kind of post, type, type of post, post type, kinds of post, kinds, format",
        GroupBy::Kind,
    ),
    ("country, countries", GroupBy::Country),
    ("author, authors, account, user, person", GroupBy::Author),
    ("language, languages", GroupBy::Language),
    ("sentiment", GroupBy::Sentiment),
    ("brand, term, name, company, competitor, product", GroupBy::Term),
    ("hour", GroupBy::Hour),
    ("day, date, calendar day", GroupBy::Day),
    ("week, calendar week", GroupBy::Week),
    ("month, calendar month", GroupBy::Month),
    ("weekday, day of the week, day of week", GroupBy::Weekday),
];

const ALONE: &[(&str, GroupBy)] = &[
    ("hourly, hour by hour, hour-by-hour, per-hour", GroupBy::Hour),
    ("daily, day by day, day-by-day, per-day, day-to-day", GroupBy::Day),
    ("weekly, week by week, week-by-week, week over week, week-over-week, per-week", GroupBy::Week),
    (
        "monthly, month by month, month-by-month, month over month, month-over-month, per-month",
        GroupBy::Month,
    ),
    ("per-platform, per-source, per-network, per-channel, source by source", GroupBy::Source),
    ("per-language", GroupBy::Language),
    ("per-country", GroupBy::Country),
    ("per-community, per-subreddit", GroupBy::Community),
    ("which day, what day, on which day, on what day", GroupBy::Day),
    ("which week, what week", GroupBy::Week),
    ("which month, what month", GroupBy::Month),
    (
        "which weekday, what weekday, which weekdays, on which weekday, on which weekdays, on what weekday, on which day of the week, on what day of the week, on which days of the week, which day of the week, what day of the week, which days of the week",
        GroupBy::Weekday,
    ),
];

/// The grouping at `at`, and the index behind it.
pub(super) fn group_at(tokens: &[Token], at: usize) -> Option<(GroupBy, usize)> {
    let alone = longest(tokens, at, ALONE);
    if alone.is_some() {
        return alone;
    }
    let unit = BY
        .iter()
        .filter_map(|by| {
            any_phrase(tokens, at, &[by]).and_then(|next| longest(tokens, next, UNITS))
        })
        .max_by_key(|(_, next)| *next)?;
    let (group, next) = unit;
    // "in a month" is a length of time.
    let is_length = at > 0
        && ["in", "within", "for", "over", "of", "half", "once", "twice", "times", "last", "past"]
            .contains(&word(tokens, at - 1));
    if word(tokens, at) == "a" && is_length {
        return None;
    }
    let only_time = ["a", "each", "every"].contains(&word(tokens, at)) && next == at + 2;
    let is_time = matches!(group, GroupBy::Hour | GroupBy::Day | GroupBy::Week | GroupBy::Month);
    (!only_time || is_time).then_some(unit)
}

fn longest(tokens: &[Token], at: usize, rows: &[(&str, GroupBy)]) -> Option<(GroupBy, usize)> {
    let mut best: Option<(GroupBy, usize)> = None;
    for (phrases, group) in rows {
        let phrases: Vec<&str> = phrases.split(", ").collect();
        if let Some(next) = any_phrase(tokens, at, &phrases)
            && best.is_none_or(|(_, longest)| next > longest)
        {
            best = Some((*group, next));
        }
    }
    best
}
