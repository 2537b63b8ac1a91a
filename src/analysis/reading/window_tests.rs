use proptest::prelude::*;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

fn range(window: &Window, reference: &str, tz: &str) -> (String, String) {
    let (range, assumptions) = resolve(Some(window), None, utc(reference), zone(tz)).unwrap();
    assert!(assumptions.is_empty() || range.to > utc(reference), "{assumptions:?}");
    let show = |t: DateTime<Utc>| t.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    (show(range.from), show(range.to))
}

fn last(last: &str) -> Window {
    Window::Last { last: last.to_owned() }
}

fn days(from: &str, to: Option<&str>) -> Window {
    Window::Range { from: from.to_owned(), to: to.map(str::to_owned) }
}

#[test]
fn rolling_windows_keep_the_time_on_the_clock() {
    let table = [
        // window, reference, zone, from
        ("7d", "2026-11-23T17:30:00Z", "UTC", "2026-11-16T17:30:00Z"),
        // New York: clocks went back on 1 November 2026, forward on 8 March 2026.
        ("7d", "2026-11-03T17:30:00Z", "America/New_York", "2026-10-27T16:30:00Z"),
        ("24h", "2026-11-01T17:30:00Z", "America/New_York", "2026-10-31T17:30:00Z"),
        ("1d", "2026-11-01T17:30:00Z", "America/New_York", "2026-10-31T16:30:00Z"),
        // 02:30 on 8 March was skipped there: 03:30 daylight time.
        ("1d", "2026-03-09T06:30:00Z", "America/New_York", "2026-03-08T07:30:00Z"),
        // 01:30 on 1 November came twice: the first, in daylight time.
        ("1d", "2026-11-02T06:30:00Z", "America/New_York", "2026-11-01T05:30:00Z"),
        ("1w", "2026-03-30T10:00:00Z", "Europe/Berlin", "2026-03-23T11:00:00Z"),
        ("2w", "2026-11-23T00:00:00Z", "Asia/Kathmandu", "2026-11-09T00:00:00Z"),
        // Month ends and leap years.
        ("1mo", "2026-03-31T12:00:00Z", "UTC", "2026-02-28T12:00:00Z"),
        ("1mo", "2028-03-31T12:00:00Z", "UTC", "2028-02-29T12:00:00Z"),
        ("3mo", "2026-05-31T12:00:00Z", "UTC", "2026-02-28T12:00:00Z"),
        ("1y", "2028-02-29T12:00:00Z", "UTC", "2027-02-28T12:00:00Z"),
        ("4y", "2028-02-29T12:00:00Z", "UTC", "2024-02-29T12:00:00Z"),
        // In Kathmandu it is already the first of March: one month back is the first of February.
        ("1mo", "2026-02-28T20:00:00Z", "Asia/Kathmandu", "2026-01-31T20:00:00Z"),
    ];
    for (length, reference, tz, from) in table {
        let wanted = (from.to_owned(), reference.to_owned());
        assert_eq!(range(&last(length), reference, tz), wanted, "{length} {reference} {tz}");
    }
}

/// The day the clocks go back has 25 hours, the day they go forward 23; New York may still have
/// Sunday when Kathmandu has Monday; and Beirut's clocks skip midnight, so that day begins at one.
#[test]
fn calendar_windows_are_whole_local_units() {
    for row in include_str!("tests/calendar.txt").lines() {
        let words: Vec<&str> = row.split(' ').collect();
        let [unit, offset, "at", reference, "in", tz, "=>", from, to] = words[..] else {
            panic!("{row}");
        };
        let calendar = serde_json::from_value(serde_json::json!(unit)).unwrap();
        let window = Window::Calendar { calendar, offset: offset.parse().unwrap() };
        assert_eq!(range(&window, reference, tz), (from.to_owned(), to.to_owned()), "{row}");
    }
}

#[test]
fn ranges_are_local_days_or_instants() {
    let now = "2026-11-23T17:30:00Z";
    let table = [
        (days("2026-11-01", None), "UTC", "2026-11-01T00:00:00Z", now),
        (
            days("2026-11-01", Some("2026-11-16")),
            "America/New_York",
            "2026-11-01T04:00:00Z",
            "2026-11-16T05:00:00Z",
        ),
        (
            days("2026-11-01", Some("2026-11-16")),
            "Asia/Kathmandu",
            "2026-10-31T18:15:00Z",
            "2026-11-15T18:15:00Z",
        ),
        (days("2026-11-01T08:00:00+02:00", None), "Asia/Kathmandu", "2026-11-01T06:00:00Z", now),
        (
            days("2024-02-29", Some("2024-03-01")),
            "UTC",
            "2024-02-29T00:00:00Z",
            "2024-03-01T00:00:00Z",
        ),
        // Samoa left out 30 December 2011.
        (
            days("2011-12-30", Some("2012-01-01")),
            "Pacific/Apia",
            "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z",
        ),
    ];
    for (window, tz, from, to) in table {
        assert_eq!(range(&window, now, tz), (from.to_owned(), to.to_owned()), "{window:?} {tz}");
    }
}

#[test]
fn what_is_no_window_is_an_error() {
    let now = utc("2026-11-23T00:00:00Z");
    let error = |window: Window| resolve(Some(&window), None, now, Tz::UTC).unwrap_err();
    for length in ["", "7", "d", "0d", "-1d", "7x", "7 d", "99999999999d", "\u{664}d"] {
        assert_eq!(error(last(length)), WindowError::Length(length.to_owned()));
    }
    for length in
        ["4294967295h", "4294967295d", "4294967295w", "4294967295mo", "4294967295y", "3000y"]
    {
        assert_eq!(error(last(length)), WindowError::OutOfRange, "{length}");
    }
    assert_eq!(error(days("2026-02-30", None)), WindowError::Date("2026-02-30".to_owned()));
    assert!(matches!(error(days("2026-11-02", Some("2026-11-02"))), WindowError::Empty { .. }));
    assert!(matches!(error(days("2026-11-02", Some("2026-11-01"))), WindowError::Empty { .. }));
    assert!(matches!(error(days("2026-11-24", None)), WindowError::Empty { .. }));
    let next = Window::Calendar { calendar: CalendarUnit::Week, offset: 1 };
    assert_eq!(error(next), WindowError::Future);
    let ages = Window::Calendar { calendar: CalendarUnit::Year, offset: i32::MIN };
    assert_eq!(error(ages), WindowError::OutOfRange);
}

#[test]
fn the_request_beats_the_prompt_and_says_so() {
    let reference = utc("2026-11-23T17:30:00Z");
    let given = |start: &str, end: &str| Some(DateRange { start: utc(start), end: utc(end) });
    let (range, said) = resolve(
        Some(&last("30d")),
        given("2026-11-01T00:00:00Z", "2026-11-10T00:00:00Z"),
        reference,
        Tz::UTC,
    )
    .unwrap();
    assert_eq!((range.from, range.to), (utc("2026-11-01T00:00:00Z"), utc("2026-11-10T00:00:00Z")));
    assert_eq!(said.len(), 1);
    assert!(said.concat().contains("not the time named in the prompt"));

    let whole_days = given("2026-11-01T00:00:00Z", "2026-11-10T23:59:59.5Z");
    let (range, said) = resolve(None, whole_days, reference, Tz::UTC).unwrap();
    assert_eq!(range.to, utc("2026-11-11T00:00:00Z"));
    assert!(said.concat().contains("2026-11-11T00:00:00Z"));

    let one_second = given("2026-11-01T00:00:59Z", "2026-11-01T00:00:59Z");
    assert!(resolve(None, one_second, reference, Tz::UTC).is_ok());
    let empty = given("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z");
    assert!(matches!(resolve(None, empty, reference, Tz::UTC), Err(WindowError::Empty { .. })));
}

#[test]
fn no_window_means_the_last_seven_days_and_says_so() {
    let (range, said) = resolve(None, None, utc("2026-11-23T17:30:00Z"), Tz::UTC).unwrap();
    assert_eq!(range.from, utc("2026-11-16T17:30:00Z"));
    assert_eq!(said, ["no time was named: the last 7 days were counted"]);
}

#[test]
fn day_range_leaves_out_the_day_that_begins_at_the_end() {
    let table = [
        ("2026-11-01T00:00:00Z", "2026-11-16T00:00:00Z", "UTC", "2026-11-01", "2026-11-15"),
        ("2026-11-01T00:00:00Z", "2026-11-16T00:00:01Z", "UTC", "2026-11-01", "2026-11-16"),
        (
            "2026-11-01T04:00:00Z",
            "2026-11-16T05:00:00Z",
            "America/New_York",
            "2026-11-01",
            "2026-11-15",
        ),
        (
            "2026-10-31T18:15:00Z",
            "2026-11-15T18:15:00Z",
            "Asia/Kathmandu",
            "2026-11-01",
            "2026-11-15",
        ),
        ("2024-03-30T22:00:00Z", "2024-03-31T21:00:00Z", "Asia/Beirut", "2024-03-31", "2024-03-31"),
    ];
    for (from, to, tz, first, end) in table {
        let days = day_range(&TimeRange { from: utc(from), to: utc(to) }, zone(tz));
        assert_eq!(
            (days.from.to_string(), days.to.to_string()),
            (first.to_owned(), end.to_owned())
        );
    }
}

fn any_zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #[test]
    fn rolling_days_end_at_the_reference_and_last_about_that_long(
        seconds in 0_i64..4_102_444_800, count in 1_u32..400, tz in any_zone(),
    ) {
        let reference = DateTime::from_timestamp(seconds, 0).unwrap();
        let (range, _) = resolve(Some(&last(&format!("{count}d"))), None, reference, tz).unwrap();
        prop_assert_eq!(range.to, reference);
        // No zone has ever moved its clock by more than a day and an hour.
        let off = (range.to - range.from) - Duration::days(i64::from(count));
        prop_assert!(off.abs() <= Duration::hours(25), "{}", off);
    }

    #[test]
    fn neighbouring_units_meet(seconds in 0_i64..4_102_444_800, back in 1_i32..40, tz in any_zone(), pick in 0_usize..5) {
        use CalendarUnit::{Day, Month, Quarter, Week, Year};
        let calendar = [Day, Week, Month, Quarter, Year][pick];
        let reference = DateTime::from_timestamp(seconds, 0).unwrap();
        let at = |offset| calendar_range(calendar, offset, reference, tz).unwrap();
        prop_assert_eq!(at(-back - 1).to, at(-back).from);
        prop_assert!(at(0).from <= reference);
        prop_assert_eq!(at(-1).to, at(0).from);
    }
}

#[test]
fn at_midnight_today_is_the_day_that_has_just_ended() {
    let zone = Tz::Europe__Berlin;
    let resolved = |calendar, offset, reference: &str| {
        let window = Window::Calendar { calendar, offset };
        resolve(Some(&window), None, utc(reference), zone).unwrap()
    };
    // A Monday, and the first of a month.
    let midnight = "2026-05-31T22:00:00Z";
    for (unit, from) in [
        (CalendarUnit::Day, "2026-05-30T22:00:00Z"),
        (CalendarUnit::Week, "2026-05-24T22:00:00Z"),
        (CalendarUnit::Month, "2026-04-30T22:00:00Z"),
    ] {
        let (range, assumptions) = resolved(unit, 0, midnight);
        assert_eq!(range, TimeRange { from: utc(from), to: utc(midnight) });
        assert!(assumptions[0].contains("the one that ended there was counted"), "{assumptions:?}");
        // Not a moment later, and not where the past is asked for anyway.
        let (range, assumptions) = resolved(unit, 0, "2026-05-31T22:00:01Z");
        assert_eq!((range.from, assumptions.len()), (utc(midnight), 0));
        assert!(resolved(unit, -1, midnight).1.is_empty());
    }
}
