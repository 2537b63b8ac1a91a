//! What is a cron expression, and what it means on a clock without a zone.

use chrono::NaiveDateTime;

use super::*;

fn minutes(cron: &str, from: &str, count: usize) -> Vec<String> {
    let cron: CronExpression = cron.parse().unwrap();
    let mut from = NaiveDateTime::parse_from_str(from, "%F %R").unwrap();
    let mut found = Vec::new();
    while found.len() < count {
        let next = cron.next_from(from).unwrap();
        found.push(next.format("%F %R").to_string());
        from = next + TimeDelta::seconds(1);
    }
    found
}

/// Friday, 1 January 2027 is the first day of all.
#[test]
fn expressions_mean_what_their_fields_say() {
    let cases: [(&str, [&str; 3]); 20] = [
        ("* * * * *", ["2027-01-01 00:00", "2027-01-01 00:01", "2027-01-01 00:02"]),
        ("*/25 * * * *", ["2027-01-01 00:00", "2027-01-01 00:25", "2027-01-01 00:50"]),
        ("10-40/15 3 * * *", ["2027-01-01 03:10", "2027-01-01 03:25", "2027-01-01 03:40"]),
        ("3/28 5 * * *", ["2027-01-01 05:03", "2027-01-01 05:31", "2027-01-01 05:59"]),
        ("59 23 31 12 *", ["2027-12-31 23:59", "2028-12-31 23:59", "2029-12-31 23:59"]),
        ("05,5,7-8 09 * * *", ["2027-01-01 09:05", "2027-01-01 09:07", "2027-01-01 09:08"]),
        ("0 0 31 * *", ["2027-01-31 00:00", "2027-03-31 00:00", "2027-05-31 00:00"]),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 29,30 feb *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 1 Jan,JUL *", ["2027-01-01 00:00", "2027-07-01 00:00", "2028-01-01 00:00"]),
        ("0 0 * * 0", ["2027-01-03 00:00", "2027-01-10 00:00", "2027-01-17 00:00"]),
        ("0 0 * * 7", ["2027-01-03 00:00", "2027-01-10 00:00", "2027-01-17 00:00"]),
        ("0 0 * * sat-SUN", ["2027-01-02 00:00", "2027-01-03 00:00", "2027-01-09 00:00"]),
        ("0 0 * * 6-7", ["2027-01-02 00:00", "2027-01-03 00:00", "2027-01-09 00:00"]),
        ("0 0 * * THU/2", ["2027-01-02 00:00", "2027-01-07 00:00", "2027-01-09 00:00"]),
        ("0 0 13 * FRI", ["2027-01-01 00:00", "2027-01-08 00:00", "2027-01-13 00:00"]),
        ("0 0 29 2 MON", ["2027-02-01 00:00", "2027-02-08 00:00", "2027-02-15 00:00"]),
        ("0 0 */10 * MON", ["2027-01-01 00:00", "2027-01-04 00:00", "2027-01-11 00:00"]),
        ("0 0 */1 * MON", ["2027-01-04 00:00", "2027-01-11 00:00", "2027-01-18 00:00"]),
        ("0 0 1,* * MON", ["2027-01-04 00:00", "2027-01-11 00:00", "2027-01-18 00:00"]),
    ];
    for (cron, expected) in cases {
        assert_eq!(minutes(cron, "2027-01-01 00:00", 3), expected, "{cron}");
    }
}

#[test]
fn a_day_that_never_comes_is_allowed_beside_one_that_does() {
    assert_eq!(minutes("0 0 31 2 SUN", "2027-01-01 00:00", 1), ["2027-02-07 00:00"]);
    assert_eq!(minutes("0 0 29 2 *", "2096-03-01 00:00", 1), ["2104-02-29 00:00"]);
    let from = NaiveDateTime::parse_from_str("9999-12-31 23:59", "%F %R").unwrap();
    let cron: CronExpression = "0 0 29 2 *".parse().unwrap();
    assert_eq!(cron.next_from(from), None);
}

#[test]
fn fields_that_are_wrong_are_named() {
    let cases = [
        ("60 * * * *", "minute `60` is out of range"),
        ("* 24 * * *", "hour `24` is out of range"),
        ("* * 0 * *", "day of month `0` is out of range"),
        ("* * 32 * *", "day of month `32` is out of range"),
        ("* * * 0 *", "month `0` is out of range"),
        ("* * * 13 *", "month `13` is out of range"),
        ("* * * * 8", "day of week `8` is out of range"),
        ("99999999999 * * * *", "minute `99999999999` is out of range"),
        ("1,2,61 * * * *", "minute `61` is out of range"),
        ("30-10 * * * *", "minute `30-10` is a range that ends before it starts"),
        ("* 22-2 * * *", "hour `22-2` is a range"),
        ("* * * * FRI-MON", "day of week `FRI-MON` is a range"),
        ("* * * * 6-0", "day of week `6-0` is a range"),
        ("*/0 * * * *", "minute `*/0` has a step"),
        ("*/60 * * * *", "minute `*/60` has a step"),
        ("* 3/24 * * *", "hour `3/24` has a step"),
        ("*/-5 * * * *", "minute `*/-5` is not understood"),
        ("*/ * * * *", "minute `*/` is not understood"),
        ("/5 * * * *", "minute `/5` is not understood"),
        ("1/2/3 * * * *", "minute `1/2/3` is not understood"),
        ("1-2-3 * * * *", "minute `1-2-3` is not understood"),
        ("-1 * * * *", "minute `-1` is not understood"),
        ("+1 * * * *", "minute `+1` is not understood"),
        ("1- * * * *", "minute `1-` is not understood"),
        ("*-5 * * * *", "minute `*-5` is not understood"),
        ("*5 * * * *", "minute `*5` is not understood"),
        ("1,,2 * * * *", "minute `` is not understood"),
        ("1, * * * *", "minute `` is not understood"),
        ("1.5 * * * *", "minute `1.5` is not understood"),
        ("H * * * *", "minute `H` is not understood"),
        ("JAN * * * *", "minute `JAN` is not understood"),
        ("* * MON * *", "day of month `MON` is not understood"),
        ("* * * MON *", "month `MON` is not understood"),
        ("* * * JANUARY *", "month `JANUARY` is not understood"),
        ("* * * * JAN", "day of week `JAN` is not understood"),
        ("* * L * *", "day of month `L` is not understood"),
        ("* * 15W * *", "day of month `15W` is not understood"),
        ("* * ? * *", "day of month `?` is not understood"),
        ("* * * * 1#2", "day of week `1#2` is not understood"),
        ("* * * * 5L", "day of week `5L` is not understood"),
        ("* * * * ٣", "day of week `٣` is not understood"),
    ];
    for (text, expected) in cases {
        let message = text.parse::<CronExpression>().unwrap_err().to_string();
        assert!(message.starts_with(&format!("the {expected}")), "{text}: {message}");
        assert!(message.contains("; accepted: `*`, "), "{text}: {message}");
    }
}

#[test]
fn what_is_no_expression_of_five_fields_is_refused() {
    let count = |text: &str| text.parse::<CronExpression>().unwrap_err();
    for (text, fields) in [("", 0), (" \n", 0), ("* * * *", 4), ("0 * * * * *", 6)] {
        assert_eq!(count(text), CronError::FieldCount(fields), "{text}");
    }
    assert_eq!(count("0 0 0 1 1 ? 2027"), CronError::FieldCount(7));
    for name in ["@daily", "@every 1h", "@reboot", " @yearly", "@daily * * * *"] {
        assert!(matches!(count(name), CronError::Nickname(_)), "{name}");
    }
    assert!(matches!(count("TZ=UTC 0 0 * * *"), CronError::FieldCount(6)));
    let long = format!("{}0 * * * *", "0,".repeat(200));
    assert_eq!(count(&long), CronError::TooLong(long.len()));
    for never in ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 2 */1"] {
        assert_eq!(count(never), CronError::NeverFires(never.to_owned()));
    }
}

#[test]
fn the_text_is_kept_with_single_blanks() {
    let cron: CronExpression = "  0\t9  * *   mon-FRI ".parse().unwrap();
    assert_eq!((cron.as_str(), cron.to_string().as_str()), ("0 9 * * mon-FRI", "0 9 * * mon-FRI"));
    assert_eq!(cron, "0 9 * * mon-FRI".parse().unwrap());
}

#[test]
fn intervals_are_expressions_and_words_are_read_back() {
    let expected = ["0 * * * *", "0 */6 * * *", "0 */12 * * *", "0 0 * * *"];
    let crons: Vec<&str> = ScheduleInterval::ALL.iter().map(|interval| interval.cron()).collect();
    assert_eq!(crons, expected);
    assert!(crons.iter().all(|cron| cron.parse::<CronExpression>().is_ok()));
    for interval in ScheduleInterval::ALL {
        assert_eq!(interval.as_str().parse(), Ok(*interval));
    }
    for overlap in OverlapPolicy::ALL {
        assert_eq!(overlap.as_str().parse(), Ok(*overlap));
    }
    assert_eq!("both".parse(), Ok(DstFold::Both));
    assert_eq!(
        "SKIP".parse::<DstGap>().unwrap_err().lines().count(),
        1,
        "words are in small letters"
    );
}

#[test]
fn bounds_that_cannot_be_kept_are_refused() {
    let now = instant("2027-01-01T00:00:00Z");
    let daily = schedule("0 9 * * *", "UTC");
    let jitter = |jitter_seconds| Schedule { jitter_seconds, ..daily.clone() }.check(now);
    assert_eq!(jitter(MAX_JITTER_SECONDS), Ok(()));
    assert_eq!(jitter(3_601), Err(ScheduleError::JitterTooLong(3_601)));
    let bounds = |start: Option<&str>, end: &str| {
        let (starts_at, ends_at) = (start.map(instant), Some(instant(end)));
        Schedule { starts_at, ends_at, ..daily.clone() }.check(now)
    };
    let start = Some("2027-02-01T09:00:00Z");
    assert_eq!(bounds(start, "2027-02-01T09:00:00Z"), Err(ScheduleError::EndsBeforeStart));
    assert_eq!(bounds(start, "2027-02-01T09:00:01Z"), Ok(()), "the start is a fire itself");
    assert_eq!(bounds(None, "2027-01-01T09:00:00Z"), Ok(()), "the end is a fire itself");
    assert_eq!(bounds(None, "2027-01-01T08:59:59Z"), Err(ScheduleError::NoFire));
    assert_eq!(bounds(None, "2026-12-31T09:00:00Z"), Err(ScheduleError::NoFire));
}
