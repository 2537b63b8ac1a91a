//! Fires schedules when they are due. Any number of these may run, on any nodes: what one takes the
//! others leave alone, and a fire and its advance are one commit. What is due is said by the database
//! where nodes share one, whatever their own clocks say.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::domain::Domain;
use crate::error::Error;

/// How long a lost wake-up can delay a fire.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long to wait for a schedule that another node has just now.
const TAKEN_ELSEWHERE: Duration = Duration::from_millis(50);

/// How often it is looked for runs that are held for nothing.
const RELEASE_EVERY: Duration = Duration::from_mins(1);

/// A clock that differs by more is reported.
const WRONG: TimeDelta = TimeDelta::seconds(1);

/// Fires until `stop`.
pub async fn run(domain: Domain, stop: CancellationToken) {
    let fire = async {
        let mut is_wrong = false;
        loop {
            if let Err(error) = look(&domain, &mut is_wrong).await {
                tracing::error!(%error, "schedules were not looked at; they are in a moment");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    };
    let release = async {
        loop {
            if let Err(error) = domain.release_stranded().await {
                tracing::warn!(%error, "held runs were not looked at; they are in a minute");
            }
            tokio::time::sleep(RELEASE_EVERY).await;
        }
    };
    stop.run_until_cancelled(async { tokio::join!(fire, release) }).await;
}

/// Fires all that is due, then waits for what comes next.
async fn look(domain: &Domain, is_wrong: &mut bool) -> Result<(), Error> {
    let ahead = domain.clock_ahead().await?;
    report(ahead, is_wrong);
    let mut taken = 0;
    loop {
        let (some, more) = domain.fire_due(ahead).await?;
        taken += some;
        if !more {
            break;
        }
    }
    match domain.next_due().await? {
        Some(due) if due + ahead <= domain.clock().now() => {
            if taken == 0 {
                tokio::time::sleep(TAKEN_ELSEWHERE).await;
            }
        }
        due => wait(domain, due.map(|due| due + ahead)).await,
    }
    Ok(())
}

/// Says once that the clock is wrong, and once that it is right again.
fn report(ahead: TimeDelta, is_wrong: &mut bool) {
    let was_wrong = std::mem::replace(is_wrong, ahead.abs() > WRONG);
    let seconds = ahead.as_seconds_f64();
    if *is_wrong && !was_wrong {
        tracing::warn!(ahead = seconds, "this clock is not the database's; schedules go by that");
    } else if was_wrong && !*is_wrong {
        tracing::info!(ahead = seconds, "this clock agrees with the database's again");
    }
}

async fn wait(domain: &Domain, due: Option<DateTime<Utc>>) {
    let comes = async {
        match due {
            Some(due) => domain.clock().reaches(due).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = comes => {}
        () = domain.schedules_changed() => {}
        () = tokio::time::sleep(LOOK_EVERY) => {}
    }
}
