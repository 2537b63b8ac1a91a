//! What fires make beside the runs that have not ended.

use super::*;
use crate::model::id::JobId;

fn stored(overlap: OverlapPolicy, clock: &Clock) -> QuerySchedule {
    let schedule = Schedule {
        overlap,
        catch_up: crate::model::schedule::CatchUpPolicy::All,
        ..Schedule::new("* * * * *".parse().unwrap(), Tz::UTC)
    };
    QuerySchedule {
        query_id: clock.new_id().unwrap(),
        workspace_id: clock.new_id().unwrap(),
        next_at: Some(at(0)),
        schedule,
        paused_at: None,
        stopped_by: None,
        updated_at: at(0),
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_040 + minute * 60, 0).unwrap()
}

/// How many jobs are made, how many of them wait, and how many others are called off.
fn made(overlap: OverlapPolicy, fires: i64, others: &[bool]) -> (usize, usize, usize) {
    let clock = Clock::system();
    let mut stored = stored(overlap, &clock);
    let other = |held: &bool| Unfinished { job: clock.new_id::<JobId>().unwrap(), held: *held };
    let others: Vec<Unfinished> = others.iter().map(other).collect();
    let fired = decide(&clock, at(fires - 1), &mut stored, &others).unwrap();
    assert_eq!(stored.next_at, Some(at(fires)), "it moves on whatever is made");
    assert!(fired.held.iter().all(|held| fired.jobs.iter().any(|job| job.id == *held)));
    (fired.jobs.len(), fired.held.len(), fired.called_off.len())
}

#[test]
fn a_fire_beside_a_run_does_as_the_policy_says() {
    use OverlapPolicy::{AllowAll, BufferAll, BufferOne, CancelOther, Skip};
    for policy in OverlapPolicy::ALL {
        assert_eq!(made(*policy, 1, &[]), (1, 0, 0), "{policy:?} with nothing beside it");
    }
    let (runs, waits) = (false, true);
    assert_eq!(made(Skip, 1, &[runs]), (0, 0, 0));
    assert_eq!(made(BufferOne, 1, &[runs]), (1, 1, 0));
    assert_eq!(made(BufferOne, 1, &[runs, waits]), (0, 0, 0));
    assert_eq!(made(BufferAll, 1, &[runs, waits, waits]), (1, 1, 0));
    assert_eq!(made(CancelOther, 1, &[runs, waits]), (1, 1, 2));
    assert_eq!(made(AllowAll, 1, &[runs, waits]), (1, 0, 0));
    // Several that were missed.
    assert_eq!(made(Skip, 5, &[]), (1, 0, 0));
    assert_eq!(made(BufferOne, 5, &[]), (2, 1, 0));
    assert_eq!(made(BufferAll, 5, &[]), (5, 4, 0));
    assert_eq!(made(CancelOther, 5, &[runs]), (1, 1, 1));
    assert_eq!(made(AllowAll, 5, &[runs]), (5, 0, 0));
}

#[test]
fn what_is_wrong_is_said_of_its_field() {
    let cron = || NewSchedule { cron: Some("0 8 * * *".into()), ..NewSchedule::default() };
    let text = |text: &str| Some(text.to_owned());
    for (new, field) in [
        (NewSchedule::default(), "cron"),
        (NewSchedule { interval: text("daily"), ..cron() }, "cron"),
        (NewSchedule { cron: text("0 8 * *"), ..NewSchedule::default() }, "cron"),
        (NewSchedule { interval: text("weekly"), ..NewSchedule::default() }, "interval"),
        (NewSchedule { timezone: text("Mars"), ..cron() }, "timezone"),
        (NewSchedule { overlap: text("maybe"), ..cron() }, "overlap"),
        (NewSchedule { jitter_seconds: Some(-1), ..cron() }, "jitterSeconds"),
        (NewSchedule { catch_up_window_seconds: Some(1 << 40), ..cron() }, "catchUpWindowSeconds"),
    ] {
        assert_eq!(read(&new, Tz::UTC).unwrap_err().field, field, "{new:?}");
    }
    let spoken = NewSchedule { overlap: text("BUFFER_ONE"), ..cron() };
    assert_eq!(read(&spoken, Tz::UTC).unwrap().overlap, OverlapPolicy::BufferOne);
}
