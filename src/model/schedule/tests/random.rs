//! Random expressions in zones of every kind, against the walk over every minute.

use super::brute::{Fields, fires};
use super::*;

const SEED: u64 = 20_260_430;

/// Zones, each with a year in which its clock did something odd.
const ZONES: [(&str, i32); 20] = [
    ("UTC", 2_000),
    ("America/New_York", 2_007),
    ("America/St_Johns", 2_006),
    ("America/Santiago", 2_022),
    ("America/Sao_Paulo", 2_018),
    ("America/Caracas", 2_016),
    ("America/Havana", 2_012),
    ("America/Noronha", 2_000),
    ("Europe/Berlin", 2_026),
    ("Europe/Dublin", 2_025),
    ("Europe/Istanbul", 2_016),
    ("Africa/Cairo", 2_023),
    ("Africa/Casablanca", 2_026),
    ("Asia/Kathmandu", 1_985),
    ("Asia/Pyongyang", 2_018),
    ("Asia/Gaza", 2_040),
    ("Australia/Lord_Howe", 2_026),
    ("Pacific/Apia", 2_011),
    ("Pacific/Kwajalein", 1_993),
    ("Antarctica/Troll", 2_026),
];

/// A field's text, the values it names, and whether it says nothing.
type Field = (String, Vec<u32>, bool);

/// `last` is where a step without an end stops; `highest` the greatest number that can be written.
fn field(random: &mut Random, first: u32, last: u32, highest: u32) -> Field {
    let count = last - first + 1;
    let everything = || (first..=last).collect::<Vec<_>>();
    let stepped = |from: u32, to: u32, step: u32| {
        (from..=to).step_by(step as usize).map(|value| if value > last { first } else { value })
    };
    match random.below(7) {
        0 | 1 => ("*".to_owned(), everything(), true),
        2 => {
            let step = 1 + random.below(count - 1);
            (format!("*/{step}"), stepped(first, last, step).collect(), step == 1)
        }
        3 => {
            let (from, step) = (first + random.below(count), 1 + random.below(count - 1));
            (format!("{from}/{step}"), stepped(from, last, step).collect(), false)
        }
        4 => {
            let from = first + random.below(highest - first + 1);
            let to = from + random.below(highest - from + 1);
            let step = 1 + random.below(count - 1);
            (format!("{from}-{to}/{step}"), stepped(from, to, step).collect(), false)
        }
        _ => {
            let values: Vec<u32> =
                (0..=random.below(3)).map(|_| first + random.below(highest - first + 1)).collect();
            let text: Vec<String> = values.iter().map(u32::to_string).collect();
            let values = values.iter().map(|value| if *value > last { first } else { *value });
            (text.join(","), values.collect(), false)
        }
    }
}

/// Times of day are drawn towards those at which clocks change.
fn expression(random: &mut Random) -> (String, Fields) {
    let minute = if random.below(4) == 0 {
        field(random, 0, 59, 59)
    } else {
        let minute = random.pick(&[0, 1, 15, 29, 30, 45, 59]);
        (minute.to_string(), vec![minute], false)
    };
    let hour = match random.below(3) {
        0 => field(random, 0, 23, 23),
        1 => ("0-3,23".to_owned(), vec![0, 1, 2, 3, 23], false),
        _ => {
            let hour = random.pick(&[0, 1, 2, 3, 23]);
            (hour.to_string(), vec![hour], false)
        }
    };
    let day = field(random, 1, 31, 31);
    let month = if random.below(2) == 0 {
        ("*".to_owned(), (1..=12).collect(), true)
    } else {
        field(random, 1, 12, 12)
    };
    let weekday = field(random, 0, 6, 7);
    let text = format!("{} {} {} {} {}", minute.0, hour.0, day.0, month.0, weekday.0);
    let mut hours = hour.1;
    hours.sort_unstable();
    hours.dedup();
    let fields = Fields {
        minutes: minute.1,
        hours,
        days: day.1,
        months: month.1,
        weekdays: weekday.1,
        is_any_day: day.2,
        is_any_weekday: weekday.2,
    };
    (text, fields)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
fn fires_are_those_of_a_walk_over_every_minute() {
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let (pairs, years) = if is_full { (1_000, 10) } else { (300, 2) };
    println!("seed {SEED}");
    let mut random = Random(SEED);
    let (mut checked, mut number) = (0_usize, 0_usize);
    while checked < pairs {
        number += 1;
        let (text, fields) = expression(&mut random);
        let (zone, odd_year) = ZONES[number % ZONES.len()];
        let year =
            if random.below(2) == 0 { odd_year } else { 1_980 + random.below(110).cast_signed() };
        let Ok(cron) = text.parse::<CronExpression>() else {
            // Only days that never come are refused.
            assert!(
                matches!(text.parse::<CronExpression>(), Err(CronError::NeverFires(_))),
                "{text}"
            );
            assert!(fields.is_any_weekday, "{text}");
            continue;
        };
        let schedule = Schedule {
            dst_gap: random.pick(DstGap::ALL),
            dst_fold: random.pick(DstFold::ALL),
            ..Schedule::new(cron, zone.parse().unwrap())
        };
        let after = instant(&format!("{year}-01-01T00:00:00Z")) - TimeDelta::hours(12);
        let until = after + TimeDelta::days(366 * years);
        let expected = fires(&schedule, &fields, after, until);
        let found: Vec<_> = schedule.fires_between(after, until).collect();
        let place = format!("seed {SEED}, pair {checked}: `{text}` in {zone} from {year}");
        let first = found.iter().zip(&expected).find(|(found, expected)| found != expected);
        assert_eq!(first, None, "{place}, {:?} {:?}", schedule.dst_gap, schedule.dst_fold);
        assert_eq!(found.len(), expected.len(), "{place}: as many");
        assert!(found.is_sorted_by(|one, other| one < other), "{place}: in order");
        checked += 1;
    }
}

/// The search for a change relies on both.
#[test]
fn changes_of_a_zone_are_far_apart_and_its_offsets_near_each_other() {
    use crate::model::schedule::zone::{REACH, change_within, offset_at};
    let (start, end) = (instant("1970-01-01T00:00:00Z"), instant("2100-01-01T00:00:00Z"));
    for (zone, _) in ZONES {
        let zone: Tz = zone.parse().unwrap();
        let mut at = start;
        let mut last_change = start - TimeDelta::days(9);
        let (mut least, mut most) = (offset_at(zone, at), offset_at(zone, at));
        while at < end {
            let next = at + TimeDelta::hours(12);
            if let Some(change) = change_within(zone, at, next) {
                assert!(change.at - last_change > REACH * 3, "{zone} at {}", change.at);
                assert!(offset_at(zone, change.at - TimeDelta::seconds(1)) == change.before);
                (least, most) = (least.min(change.after), most.max(change.after));
                last_change = change.at;
            }
            at = next;
        }
        assert!(most - least <= REACH, "{zone}");
    }
}
