//! What is made of fires over a history of looks at the clock.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn minutely(catch_up: CatchUpPolicy) -> Schedule {
    Schedule { catch_up, ..schedule("* * * * *", "UTC") }
}

fn at(minutes: i64, seconds: i64) -> DateTime<Utc> {
    instant("2026-01-01T00:00:00Z") + TimeDelta::minutes(minutes) + TimeDelta::seconds(seconds)
}

/// Minutes of the fires and of the next one.
fn caught(
    schedule: &Schedule,
    next: i64,
    now: DateTime<Utc>,
    most: usize,
) -> (Vec<i64>, Option<i64>) {
    let minute = |fire: DateTime<Utc>| (fire - at(0, 0)).num_minutes();
    let caught = schedule.catch_up(query(), at(next, 0), now, most);
    (caught.fires.into_iter().map(minute).collect(), caught.next.map(minute))
}

#[test]
fn what_is_on_time_is_made_under_every_policy() {
    for policy in CatchUpPolicy::ALL {
        let schedule = Schedule { catch_up_window_seconds: Some(0), ..minutely(*policy) };
        assert_eq!(caught(&schedule, 5, at(5, 0), 9), (vec![5], Some(6)), "{policy:?}");
        assert_eq!(caught(&schedule, 5, at(5, 59), 9), (vec![5], Some(6)), "{policy:?}");
        assert_eq!(caught(&schedule, 5, at(6, 0), 9), (vec![5, 6], Some(7)), "{policy:?}");
        assert_eq!(caught(&schedule, 5, at(4, 59), 9), (vec![], Some(5)), "not due yet");
        assert_eq!(caught(&schedule, 5, at(-900, 0), 9), (vec![], Some(5)), "a clock set back");
    }
}

#[test]
fn what_was_missed_is_dropped_made_once_or_made_in_full() {
    use CatchUpPolicy::{All, Last, None as Nothing};
    let hourly = |catch_up, catch_up_window_seconds| Schedule {
        catch_up,
        catch_up_window_seconds,
        ..schedule("0 * * * *", "UTC")
    };
    let cases = [
        (Nothing, None, 200, 9, vec![], 240),
        (Last, None, 200, 9, vec![180], 240),
        (Last, Some(1_200), 200, 9, vec![180], 240),
        (Last, Some(1_199), 200, 9, vec![], 240),
        (All, None, 200, 9, vec![0, 60, 120, 180], 240),
        (All, Some(4_800), 200, 9, vec![120, 180], 240),
        (All, Some(4_799), 200, 9, vec![180], 240),
        (All, None, 200, 3, vec![0, 60, 120], 180),
        (All, None, 200, 4, vec![0, 60, 120, 180], 240),
        (All, None, 200, 0, vec![], 0),
        // One is on time: the missed ones are not the newest any more.
        (Nothing, None, 180, 9, vec![180], 240),
        (Last, None, 180, 9, vec![180], 240),
        (All, Some(60), 181, 9, vec![180], 240),
    ];
    for (policy, window, now, most, fires, next) in cases {
        let found = caught(&hourly(policy, window), 0, at(now, 0), most);
        assert_eq!(found, (fires, Some(next)), "{policy:?} {window:?} {now} {most}");
    }
}

#[test]
fn a_next_fire_that_is_none_any_more_gives_way_to_the_one_after_it() {
    let hourly = schedule("0 * * * *", "UTC");
    assert_eq!(caught(&hourly, 30, at(40, 0), 9), (vec![], Some(60)));
    assert_eq!(caught(&hourly, 30, at(60, 5), 9), (vec![60], Some(120)));
    let over = Schedule { ends_at: Some(at(60, 0)), ..hourly };
    assert_eq!(caught(&over, 60, at(60, 0), 9), (vec![60], None));
    assert_eq!(caught(&over, 90, at(90, 0), 9), (vec![], None));
}

#[test]
fn years_of_missed_minutes_cost_a_few_looks() {
    let long = at(3 * 365 * 1_440, 7);
    let began = Instant::now();
    let last = 3 * 365 * 1_440;
    assert_eq!(caught(&minutely(CatchUpPolicy::None), 0, long, 9), (vec![last], Some(last + 1)));
    assert_eq!(caught(&minutely(CatchUpPolicy::Last), 0, long, 9), (vec![last], Some(last + 1)));
    let first = last - 365 * 1_440 + 1;
    assert_eq!(
        caught(&minutely(CatchUpPolicy::All), 0, long, 2),
        (vec![first, first + 1], Some(first + 2))
    );
    let yearly = Schedule { catch_up: CatchUpPolicy::Last, ..schedule("0 0 1 3 *", "UTC") };
    let found = yearly.catch_up(query(), instant("2020-03-01T00:00:00Z"), long, 9);
    assert_eq!(found.fires, [instant("2028-03-01T00:00:00Z")]);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
}

#[test]
fn jitter_is_the_same_everywhere_and_keeps_within_its_bounds_and_before_the_next_fire() {
    let hourly = Schedule { jitter_seconds: 90, ..schedule("0 * * * *", "UTC") };
    let wait = |schedule: &Schedule, fire: DateTime<Utc>| {
        (schedule.due_at(query(), fire) - fire).num_milliseconds()
    };
    let waits: Vec<i64> = (0..500).map(|hour| wait(&hourly, at(hour * 60, 0))).collect();
    assert!(waits.iter().all(|wait| (0..=90_000).contains(wait)));
    assert!(waits.iter().any(|wait| *wait > 85_000) && waits.iter().any(|wait| *wait < 5_000));
    // Written down once: another number would move the runs of schedules that are stored already.
    assert_eq!(waits[..3], [73_868, 19_136, 8_508]);
    let other = QueryId::from_ulid(Ulid::from_parts(1_777_536_000_000, 8));
    assert_ne!(hourly.due_at(other, at(0, 0)), hourly.due_at(query(), at(0, 0)));
    let crowded = Schedule { jitter_seconds: 3_600, ..minutely(CatchUpPolicy::All) };
    assert!((0..500).all(|minute| wait(&crowded, at(minute, 0)) < 60_000));
    assert_eq!(wait(&schedule("0 * * * *", "UTC"), at(0, 0)), 0);
}

/// What a policy has to make of a stretch of looks, said without halving: every fire is asked for.
fn expected(
    schedule: &Schedule,
    next: DateTime<Utc>,
    now: DateTime<Utc>,
    most: usize,
) -> (Vec<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let due = |fire: &DateTime<Utc>| schedule.due_at(query(), *fire);
    let late = |fire: &DateTime<Utc>| (now - due(fire)).num_milliseconds();
    let before = next - TimeDelta::seconds(1);
    let all: Vec<_> =
        schedule.fires_between(before, now).take_while(|fire| due(fire) <= now).collect();
    let window = i64::from(schedule.catch_up_window_seconds.unwrap()) * 1_000;
    let on_time: Vec<_> = all.iter().copied().filter(|fire| late(fire) <= 60_000).collect();
    let newest = all.last().copied();
    let mut fires = match schedule.catch_up {
        CatchUpPolicy::Last if on_time.is_empty() => {
            newest.into_iter().filter(|fire| late(fire) <= window).collect()
        }
        CatchUpPolicy::None | CatchUpPolicy::Last => on_time,
        CatchUpPolicy::All => {
            all.iter().copied().filter(|fire| late(fire) <= window.max(60_000)).collect()
        }
    };
    if schedule.catch_up == CatchUpPolicy::All && fires.len() > most {
        let next = fires[most];
        fires.truncate(most);
        return (fires, Some(next));
    }
    (fires, schedule.next_after(newest.unwrap_or(before)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The scheduler looks now and then, the clock being set back at times: each look makes what is
    /// expected, and over all of them nothing is made twice, out of order or before it is due.
    #[test]
    fn nothing_is_lost_and_nothing_made_twice(
        steps in prop::collection::vec(-200..2_000_i64, 1..40),
        cron in prop::sample::select(vec!["* * * * *", "*/7 * * * *", "0,1,2,30 1-2 * * *", "17 */2 * * *"]),
        jitter_seconds in prop_oneof![Just(0_u32), 1..3_600_u32],
        window in prop_oneof![Just(100_000_000_u32), 0..8_000_u32],
        policy in prop::sample::select(CatchUpPolicy::ALL),
        most in 1..5_usize,
    ) {
        let schedule = Schedule {
            jitter_seconds,
            catch_up: policy,
            catch_up_window_seconds: Some(window),
            // The clock is set back in the second hour.
            ..schedule(cron, "Europe/Berlin")
        };
        let start = instant("2026-10-24T23:30:00Z");
        let (mut now, mut next) = (start, schedule.next_after(start).unwrap());
        let mut made = Vec::new();
        for step in steps {
            now += TimeDelta::seconds(step);
            loop {
                let (fires, then) = expected(&schedule, next, now, most);
                let caught = schedule.catch_up(query(), next, now, most);
                prop_assert_eq!(&caught.fires, &fires);
                prop_assert_eq!(caught.next, then);
                prop_assert!(fires.iter().all(|fire| schedule.due_at(query(), *fire) <= now));
                made.extend(fires);
                let is_stuck = caught.next == Some(next);
                next = caught.next.unwrap();
                if is_stuck || schedule.due_at(query(), next) > now {
                    break;
                }
            }
        }
        prop_assert!(made.is_sorted_by(|one, other| one < other));
        if policy == CatchUpPolicy::All && window > 1_000_000 {
            let all: Vec<_> = schedule.fires_between(start, next - TimeDelta::seconds(1)).collect();
            prop_assert_eq!(made, all, "none is missing");
        }
    }
}
