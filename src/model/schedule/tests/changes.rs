//! Changes of the clock, with the expected fires written out by hand.

use super::*;

/// Zone, expression, after, then the first two fires under shift and under skip.
type Gap = (&'static str, &'static str, &'static str, Pair, Pair);
type Pair = [&'static str; 2];

const GAPS: [Gap; 9] = [
    (
        "America/New_York",
        "30 2 * * *",
        "2026-03-07T12:00:00Z",
        ["2026-03-08 03:30-04:00", "2026-03-09 02:30-04:00"],
        ["2026-03-09 02:30-04:00", "2026-03-10 02:30-04:00"],
    ),
    (
        "Africa/Cairo",
        "0 0 * * *",
        "2026-04-23T12:00:00Z",
        ["2026-04-24 01:00+03:00", "2026-04-25 00:00+03:00"],
        ["2026-04-25 00:00+03:00", "2026-04-26 00:00+03:00"],
    ),
    (
        "America/Santiago",
        "0 0 * * *",
        "2026-09-05T12:00:00Z",
        ["2026-09-06 01:00-03:00", "2026-09-07 00:00-03:00"],
        ["2026-09-07 00:00-03:00", "2026-09-08 00:00-03:00"],
    ),
    (
        "Australia/Lord_Howe",
        "15 2 * * *",
        "2026-10-03T00:00:00Z",
        ["2026-10-04 02:45+11:00", "2026-10-05 02:15+11:00"],
        ["2026-10-05 02:15+11:00", "2026-10-06 02:15+11:00"],
    ),
    (
        "Pacific/Apia",
        "0 12 * * *",
        "2011-12-29T12:00:00Z",
        ["2011-12-29 12:00-10:00", "2011-12-31 12:00+14:00"],
        ["2011-12-29 12:00-10:00", "2011-12-31 12:00+14:00"],
    ),
    (
        "Pacific/Apia",
        "0 12 30 12 *",
        "2011-12-29T12:00:00Z",
        ["2011-12-31 12:00+14:00", "2012-12-30 12:00+14:00"],
        ["2012-12-30 12:00+14:00", "2013-12-30 12:00+14:00"],
    ),
    (
        "Antarctica/Troll",
        "30 1 * * *",
        "2026-03-28T12:00:00Z",
        ["2026-03-29 03:30+02:00", "2026-03-30 01:30+02:00"],
        ["2026-03-30 01:30+02:00", "2026-03-31 01:30+02:00"],
    ),
    // The shifted 02:30 and the regular 03:30 are one instant, and one fire.
    (
        "Europe/Berlin",
        "30 2-3 29 3 *",
        "2026-03-28T12:00:00Z",
        ["2026-03-29 03:30+02:00", "2027-03-29 02:30+02:00"],
        ["2026-03-29 03:30+02:00", "2027-03-29 02:30+02:00"],
    ),
    // A standard offset that changes, not summer time.
    (
        "Asia/Pyongyang",
        "45 23 4 5 *",
        "2018-05-01T00:00:00Z",
        ["2018-05-05 00:15+09:00", "2019-05-04 23:45+09:00"],
        ["2019-05-04 23:45+09:00", "2020-05-04 23:45+09:00"],
    ),
];

#[test]
fn a_time_that_the_clock_jumps_over_is_shifted_by_the_jump_or_skipped() {
    for (zone, cron, after, shift, skip) in GAPS {
        let shifted = Schedule { dst_gap: DstGap::Shift, ..schedule(cron, zone) };
        assert_eq!(shown(&shifted, after, 2), shift, "{zone} {cron}: shift");
        let skipped = Schedule { dst_gap: DstGap::Skip, ..shifted };
        assert_eq!(shown(&skipped, after, 2), skip, "{zone} {cron}: skip");
    }
}

/// Zone, expression, after, then the first two fires under first, last and both.
type Fold = (&'static str, &'static str, &'static str, [Pair; 3]);

const FOLDS: [Fold; 5] = [
    (
        "America/New_York",
        "30 1 * * *",
        "2026-10-31T12:00:00Z",
        [
            ["2026-11-01 01:30-04:00", "2026-11-02 01:30-05:00"],
            ["2026-11-01 01:30-05:00", "2026-11-02 01:30-05:00"],
            ["2026-11-01 01:30-04:00", "2026-11-01 01:30-05:00"],
        ],
    ),
    (
        "Australia/Lord_Howe",
        "45 1 * * *",
        "2026-04-04T00:00:00Z",
        [
            ["2026-04-05 01:45+11:00", "2026-04-06 01:45+10:30"],
            ["2026-04-05 01:45+10:30", "2026-04-06 01:45+10:30"],
            ["2026-04-05 01:45+11:00", "2026-04-05 01:45+10:30"],
        ],
    ),
    (
        "Africa/Cairo",
        "30 23 * * *",
        "2026-10-29T12:00:00Z",
        [
            ["2026-10-29 23:30+03:00", "2026-10-30 23:30+02:00"],
            ["2026-10-29 23:30+02:00", "2026-10-30 23:30+02:00"],
            ["2026-10-29 23:30+03:00", "2026-10-29 23:30+02:00"],
        ],
    ),
    // The first of the two is at the very start of the repeated hour.
    (
        "Europe/Berlin",
        "0 2 * * *",
        "2026-10-24T12:00:00Z",
        [
            ["2026-10-25 02:00+02:00", "2026-10-26 02:00+01:00"],
            ["2026-10-25 02:00+01:00", "2026-10-26 02:00+01:00"],
            ["2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"],
        ],
    ),
    // Just after the repeated hour: shown once.
    (
        "Europe/Berlin",
        "0 3 * * *",
        "2026-10-24T12:00:00Z",
        [
            ["2026-10-25 03:00+01:00", "2026-10-26 03:00+01:00"],
            ["2026-10-25 03:00+01:00", "2026-10-26 03:00+01:00"],
            ["2026-10-25 03:00+01:00", "2026-10-26 03:00+01:00"],
        ],
    ),
];

#[test]
fn a_time_that_is_shown_twice_is_a_fire_the_first_the_last_or_both_times() {
    for (zone, cron, after, [first, last, both]) in FOLDS {
        for (dst_fold, expected) in
            [(DstFold::First, first), (DstFold::Last, last), (DstFold::Both, both)]
        {
            let schedule = Schedule { dst_fold, ..schedule(cron, zone) };
            assert_eq!(shown(&schedule, after, 2), expected, "{zone} {cron}: {dst_fold:?}");
        }
    }
}

#[test]
fn a_schedule_of_every_hour_follows_the_clock_whatever_the_policies_are() {
    let back = [
        "01:30-04:00",
        "01:45-04:00",
        "01:00-05:00",
        "01:15-05:00",
        "01:30-05:00",
        "01:45-05:00",
        "02:00-05:00",
    ];
    let forward = ["01:30-05:00", "01:45-05:00", "03:00-04:00", "03:15-04:00"];
    for dst_gap in DstGap::ALL.iter().copied() {
        for dst_fold in DstFold::ALL.iter().copied() {
            let schedule =
                Schedule { dst_gap, dst_fold, ..schedule("*/15 * * * *", "America/New_York") };
            let fires = shown(&schedule, "2026-11-01T05:15:00Z", back.len());
            assert_eq!(fires, back.map(|time| format!("2026-11-01 {time}")));
            let fires = shown(&schedule, "2026-03-08T06:15:00Z", forward.len());
            assert_eq!(fires, forward.map(|time| format!("2026-03-08 {time}")));
            let day = |date: &str, hours| {
                let start = instant(date) - TimeDelta::seconds(1);
                schedule.fires_between(start, start + TimeDelta::hours(hours)).count()
            };
            assert_eq!(day("2026-11-01T04:00:00Z", 25), 100);
            assert_eq!(day("2026-03-08T05:00:00Z", 23), 92);
        }
    }
}

#[test]
fn zones_of_odd_offsets_and_rare_days_are_right() {
    let cases = [
        ("Asia/Kathmandu", "0 9 * * *", "2026-01-01T00:00:00Z", "2026-01-01 09:00+05:45"),
        ("Asia/Kathmandu", "0 0 * * *", "2026-01-01T18:14:59Z", "2026-01-02 00:00+05:45"),
        ("Asia/Kathmandu", "0 0 * * *", "2026-01-01T18:15:00Z", "2026-01-03 00:00+05:45"),
        ("America/New_York", "0 12 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29 12:00-05:00"),
        ("Pacific/Kiritimati", "0 12 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29 12:00+14:00"),
        ("America/St_Johns", "0 0 31 * *", "2026-03-31T12:00:00Z", "2026-05-31 00:00-02:30"),
        ("Pacific/Kwajalein", "0 12 22 8 *", "1993-08-20T00:00:00Z", "1993-08-22 12:00+12:00"),
    ];
    for (zone, cron, after, expected) in cases {
        assert_eq!(shown(&schedule(cron, zone), after, 1), [expected], "{zone} {cron}");
    }
}

#[test]
fn start_and_end_may_be_fires_and_nothing_outside_is() {
    let bounded = Schedule {
        starts_at: Some(instant("2026-05-02T09:00:00Z")),
        ends_at: Some(instant("2026-05-04T09:00:00Z")),
        ..schedule("0 9 * * *", "UTC")
    };
    let fires = shown(&bounded, "2026-01-01T00:00:00Z", 9);
    assert_eq!(fires, ["02", "03", "04"].map(|day| format!("2026-05-{day} 09:00+00:00")));
    assert_eq!(shown(&bounded, "2026-05-02T09:00:00Z", 1), ["2026-05-03 09:00+00:00"]);
    assert_eq!(shown(&bounded, "2026-05-02T08:59:59.999Z", 1), ["2026-05-02 09:00+00:00"]);
    assert_eq!(shown(&bounded, "2026-05-03T09:00:00.001Z", 1), ["2026-05-04 09:00+00:00"]);
    let late = Schedule { starts_at: Some(instant("2026-05-02T09:00:00.5Z")), ..bounded.clone() };
    assert_eq!(shown(&late, "2026-01-01T00:00:00Z", 1), ["2026-05-03 09:00+00:00"]);
    let early = Schedule { ends_at: Some(instant("2026-05-04T08:59:59.999Z")), ..bounded };
    assert_eq!(shown(&early, "2026-05-03T09:00:00Z", 1), Vec::<String>::new());
}

#[test]
fn ends_of_time_are_no_fires_and_no_panic() {
    for zone in ["UTC", "Pacific/Apia", "America/New_York"] {
        let yearly = schedule("0 0 29 2 *", zone);
        assert!(yearly.next_after(DateTime::<Utc>::MIN_UTC).is_some());
        assert_eq!(yearly.next_after(DateTime::<Utc>::MAX_UTC), None);
        assert_eq!(yearly.next_after(instant("9998-12-31T00:00:00Z")), None);
        assert_eq!(yearly.next_after(instant("9997-01-01T00:00:00Z")), None);
    }
}

#[test]
fn rare_fires_are_found_without_a_walk() {
    let leap = schedule("0 12 29 2 *", "America/New_York");
    let began = std::time::Instant::now();
    for day in 0..1_000 {
        let after = instant("2096-03-01T00:00:00Z") + TimeDelta::days(day);
        assert_eq!(leap.next_after(after), Some(instant("2104-02-29T17:00:00Z")));
    }
    // Minutes of eight years would be 4.2 billion looks.
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

/// The last day that fits comes back when the clock is set back at midnight.
#[test]
fn a_day_that_is_shown_again_fires_again() {
    let schedule = schedule("30 * * * SAT", "Asia/Beirut");
    let fires = schedule
        .fires_between(instant("2024-10-26T18:00:00Z"), instant("2024-10-26T23:00:00Z"))
        .map(|fire| fire.format("%H:%M").to_string());
    assert_eq!(fires.collect::<Vec<String>>(), ["18:30", "19:30", "20:30", "21:30"]);
}
