//! Dates as feeds write them. Whatever the general reader of dates understands is left to it; here
//! only what is particular to feeds is put right first: weekdays in any language, zones by their
//! European and Asian names, years of two digits, and the hour 24.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use regex::{Captures, Regex};

use crate::sources::dataset::read_date;

/// Zones that the mail format does not name but feeds do. `IST` and `BST` mean several; here the one
/// that feeds mean most.
const ZONES: [(&str, &str); 21] = [
    ("UT", "+0000"),
    ("WET", "+0000"),
    ("WEST", "+0100"),
    ("BST", "+0100"),
    ("CET", "+0100"),
    ("MEZ", "+0100"),
    ("CEST", "+0200"),
    ("MESZ", "+0200"),
    ("EET", "+0200"),
    ("EEST", "+0300"),
    ("MSK", "+0300"),
    ("IST", "+0530"),
    ("SGT", "+0800"),
    ("HKT", "+0800"),
    ("JST", "+0900"),
    ("KST", "+0900"),
    ("AEST", "+1000"),
    ("AEDT", "+1100"),
    ("NZST", "+1200"),
    ("NZDT", "+1300"),
    ("ET", "-0500"),
];

static WEEKDAY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\pL[\pL.]*,\s*").ok());
static SHORT_YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(\d{1,2})[ -](\p{L}{3,9})\.?[ -](\d{2})\b(?P<rest>\s|$)").ok());

/// The instant a feed's date means; `None` when nobody can tell.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    read_date(text).or_else(|| read_date(&mended(text))).or_else(|| {
        // The day is over at 24:00, and the next one begins.
        let midnight = mended(text).replacen(" 24:00", " 00:00", 1);
        let found = text.contains(" 24:00").then(|| read_date(&midnight))??;
        Some(found + TimeDelta::days(1))
    })
}

fn mended(text: &str) -> String {
    let text = match WEEKDAY.as_ref() {
        Some(weekday) => weekday.replace(text, ""),
        None => text.into(),
    };
    let full = |found: &Captures<'_>| {
        let century = if found[3].parse::<u32>().is_ok_and(|year| year < 70) { "20" } else { "19" };
        format!("{} {} {century}{}{}", &found[1], &found[2], &found[3], &found["rest"])
    };
    let text = match SHORT_YEAR.as_ref() {
        Some(short_year) => short_year.replace(&text, full),
        None => text,
    };
    let Some((before, zone)) = text.trim_end().rsplit_once(' ') else {
        return text.into_owned();
    };
    let known = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(zone));
    known.map_or(text.clone().into_owned(), |(_, offset)| format!("{before} {offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        let cases = [
            ("Mon, 23 Nov 2026 10:20:30 GMT", "2026-11-23T10:20:30Z"),
            ("Mon, 23 Nov 2026 10:20:30 +0200", "2026-11-23T08:20:30Z"),
            ("Mon, 23 Nov 2026 10:20:30 -0000", "2026-11-23T10:20:30Z"),
            ("Fri, 23 Nov 2026 10:20:30 Z", "2026-11-23T10:20:30Z"),
            ("Mon, 23 Nov 26 10:20:30 GMT", "2026-11-23T10:20:30Z"),
            ("23-Nov-98 10:20:30 GMT", "1998-11-23T10:20:30Z"),
            ("Mon, 23 Nov 2026 10:20 EST", "2026-11-23T15:20:00Z"),
            ("Monday, 23 November 2026 10:20:30 CET", "2026-11-23T09:20:30Z"),
            ("Mo., 23 Nov 2026 10:20:30 +0100", "2026-11-23T09:20:30Z"),
            ("lundi, 23 Nov 2026 10:20:30 JST", "2026-11-23T01:20:30Z"),
            ("Thurs, 23 Nov 2026 9:05:00 UT", "2026-11-23T09:05:00Z"),
            ("Nov 23, 2026 10:20:30", "2026-11-23T10:20:30Z"),
            ("Mon, 23 Nov 2026 24:00:00 GMT", "2026-11-24T00:00:00Z"),
            ("2026-11-23T10:20:30Z", "2026-11-23T10:20:30Z"),
            ("2026-11-23T10:20:30.5+01:00", "2026-11-23T09:20:30.500Z"),
            ("2026-11-23T10:20:30+0100", "2026-11-23T09:20:30Z"),
            ("2026-11-23 10:20:30", "2026-11-23T10:20:30Z"),
            ("  2026-11-23\n", "2026-11-23T00:00:00Z"),
        ];
        for (text, expected) in cases {
            let expected: DateTime<Utc> = expected.parse().unwrap();
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_has_none() {
        for text in ["", "yesterday", "Mon, 32 Nov 2026 10:00:00 GMT", "01/02/2026", "GMT", "ü, é"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
