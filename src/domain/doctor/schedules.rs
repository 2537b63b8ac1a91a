//! Schedules: what is stored as the next fire is one, what the schedulers look at is that, and every run
//! that a schedule made is of one of its fires. Runs from before the schedule was last changed are those
//! of another schedule and are not judged.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Check, Doctor, Report, next};
use crate::model::schedule::{QuerySchedule, Schedule};
use crate::store::StoreError;

pub const CHECK: Check = Check {
    name: "schedules",
    promise: "the next fire is the schedule's own, and so was each that was made",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let now = doctor.clock.now();
    let snapshot = doctor.database.snapshot().await?;
    let mut schedules = snapshot.schedules().await?;
    while let Some(kept) = next(&mut schedules, report).await? {
        let row = format!("the schedule of {}", kept.query_id);
        if kept.workspace_id != kept.query_workspace_id {
            let own = &kept.workspace_id;
            report
                .found(&row, format!("is of {own}, but its query of {}", kept.query_workspace_id));
        }
        if !kept.is_due_right {
            let what = "is looked for at another time than it says";
            report.advise(&row, what, "pause and resume it");
        }
        match &kept.schedule {
            Err(error) => report.found(&row, format!("cannot be read: {error}")),
            Ok(schedule) => judge(&row, schedule, now, report),
        }
    }
    drop(schedules);
    let mut runs = snapshot.scheduled_runs().await?;
    while let Some(run) = next(&mut runs, report).await? {
        let fire = run.scheduled_for.and_then(DateTime::from_timestamp_millis);
        // One that cannot be read was found above.
        let Ok(schedule) = &run.schedule else { continue };
        if !fire.is_some_and(|fire| is_fire(&schedule.schedule, fire)) {
            let fire = fire.map_or_else(|| "no instant".to_owned(), |fire| fire.to_rfc3339());
            report.found(
                &run.job_id,
                format!("was made by its schedule for {fire}, which is no fire"),
            );
        }
    }
    Ok(())
}

fn judge(row: &str, stored: &QuerySchedule, now: DateTime<Utc>, report: &mut Report) {
    match stored.next_at {
        Some(_) if !stored.is_running() => {
            report.found(row, "is paused or stopped, but still has a next fire");
        }
        Some(fire) if !is_fire(&stored.schedule, fire) => {
            let fire = fire.to_rfc3339();
            report.advise(
                row,
                format!("has {fire} as its next fire, which is none"),
                "pause and resume it",
            );
        }
        None if stored.is_running() && stored.schedule.next_after(now).is_some() => {
            report.advise(
                row,
                "fires no more, although it has fires to come",
                "pause and resume it",
            );
        }
        _ => {}
    }
}

fn is_fire(schedule: &Schedule, instant: DateTime<Utc>) -> bool {
    schedule.next_after(instant - TimeDelta::milliseconds(1)) == Some(instant)
}
