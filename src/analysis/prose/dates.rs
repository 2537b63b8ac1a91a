//! Dates in a text: those of the window are no figures, and others are not of this answer.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};

use crate::model::result::DayRange;

const MONTH: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?";
const DAY: &str = r"\d{1,2}(?:st|nd|rd|th)?\b";
const TO: &str = r"\s*(?:-|–|—|to|and|until|through)\s*";
/// Before a year that is no count.
const BEFORE_YEAR: &str =
    r"(?:in|of|since|during|until|till|from|to|by|early|late|mid|year|through|and)[\s-]+";

/// In this order: what a longer one takes, a shorter one does not see.
static DATES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let year = r"(?P<year>\d{4})\b";
    [
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?".to_owned(),
        format!(r"(?i)\b(?P<day>{DAY})(?:{TO}(?P<last>{DAY}))?\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+{year})?"),
        format!(r"(?i)\b(?P<month>{MONTH})\s+(?P<day>{DAY})(?:{TO}(?P<last>{DAY}))?(?:,?\s+{year})?"),
        format!(r"(?i)\b(?P<month>{MONTH})\s+{year}"),
        format!(r"(?i)\b{BEFORE_YEAR}{year}"),
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Things that are counted: what stands before them is no year.
const COUNTED: [&str; 12] = [
    "posts", "mentions", "people", "users", "accounts", "authors", "reposts", "comments", "likes",
    "views", "replies", "of",
];

/// The text without the dates of the range; what is said of those that are not in it.
pub(super) fn without(text: &str, range: DayRange) -> (String, Vec<String>) {
    let mut left = text.to_owned();
    let mut wrong = Vec::new();
    for pattern in DATES.iter() {
        let replaced = pattern.replace_all(&left, |found: &Captures| {
            let written = found.get(0).map_or("", |all| all.as_str());
            let end = found.get(0).map_or(0, |all| all.end());
            let is_plain_year = found.name("month").is_none();
            if is_plain_year && is_count(left.get(end..).unwrap_or_default()) {
                return written.to_owned();
            }
            if is_plain_year && !is_year(found) {
                return written.to_owned();
            }
            if !is_inside(found, range) {
                wrong.push(format!("`{}` is no date of the answer's time", written.trim()));
            }
            " ".to_owned()
        });
        left = replaced.into_owned();
    }
    (left, wrong)
}

fn is_count(after: &str) -> bool {
    let next = after.split_whitespace().next().unwrap_or_default();
    COUNTED.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str())
}

fn is_year(found: &Captures) -> bool {
    number(found, "year").is_some_and(|year| (1900..2200).contains(&year))
}

fn number(found: &Captures, name: &str) -> Option<u32> {
    let written = found.name(name)?.as_str();
    written.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

fn month(found: &Captures) -> Option<u32> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let written = found.name("month")?.as_str().to_lowercase();
    let named =
        (1..).zip(NAMES).find(|(_, name)| written.starts_with(name)).map(|(month, _)| month);
    named.or_else(|| written.parse().ok())
}

/// Whether all that is said of a date can be so within the range.
fn is_inside(found: &Captures, range: DayRange) -> bool {
    let years = range.from.year()..=range.to.year();
    let said = number(found, "year").and_then(|year| i32::try_from(year).ok());
    if found.name("month").is_none() {
        return said.is_some_and(|year| years.contains(&year));
    }
    let Some(month) = month(found) else { return false };
    let mut years = years.filter(|year| said.is_none_or(|said| said == *year));
    let day = |year, day| {
        let date = NaiveDate::from_ymd_opt(year, month, day);
        date.is_some_and(|date| range.from <= date && date <= range.to)
    };
    match number(found, "day") {
        None => years.any(|year| {
            let starts = NaiveDate::from_ymd_opt(year, month, 1);
            let months = |date: NaiveDate| (date.year(), date.month());
            starts.is_some_and(|start| {
                (months(range.from)..=months(range.to)).contains(&months(start))
            })
        }),
        Some(first) => {
            let last = number(found, "last").unwrap_or(first);
            years.any(|year| day(year, first) && day(year, last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range() -> DayRange {
        let day = |text: &str| text.parse().unwrap();
        DayRange { from: day("2026-04-23"), to: day("2026-05-02") }
    }

    #[test]
    fn dates_of_the_window_are_no_figures() {
        for text in [
            "on 2026-04-23",
            "at 2026-04-30T10:00:00Z.",
            "from 23 to 30 April 2026",
            "23–30 April",
            "from 23 April to 2 May 2026",
            "on April 25th, 2026",
            "Apr. 23-30",
            "May 1st",
            "the 24th of April",
            "in April 2026",
            "in 2026 and since 2026",
        ] {
            let (left, wrong) = without(text, range());
            assert!(wrong.is_empty(), "{text}: {wrong:?}");
            assert!(!left.contains(|c: char| c.is_ascii_digit()), "{text}: {left}");
        }
    }

    #[test]
    fn other_dates_and_counts_like_years_are_not_let_through() {
        for text in
            ["on 22 April", "2026-05-03", "April 2025", "23 to 31 April", "in 2025", "31 April"]
        {
            assert_eq!(without(text, range()).1.len(), 1, "{text}");
        }
        for text in ["of 2026 posts", "there are 2026 posts", "from 2026 people", "of 57 posts"] {
            assert_eq!(without(text, range()), (text.to_owned(), vec![]), "{text}");
        }
    }
}
