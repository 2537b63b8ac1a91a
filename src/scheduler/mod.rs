//! Fires schedules when they are due. Any number of these may run, on any nodes: what one takes the
//! others leave alone, and a fire and its advance are one commit.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::domain::Domain;
use crate::error::Error;

/// How long a lost wake-up can delay a fire.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long to wait for a schedule that another node has just now.
const TAKEN_ELSEWHERE: Duration = Duration::from_millis(50);

/// Fires until `stop`.
pub async fn run(domain: Domain, stop: CancellationToken) {
    let fire = async {
        loop {
            if let Err(error) = look(&domain).await {
                tracing::error!(%error, "schedules were not looked at; they are in a moment");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    };
    stop.run_until_cancelled(fire).await;
}

/// Fires all that is due, then waits for what comes next.
async fn look(domain: &Domain) -> Result<(), Error> {
    let mut taken = 0;
    loop {
        let (some, more) = domain.fire_due().await?;
        taken += some;
        if !more {
            break;
        }
    }
    match domain.next_due().await? {
        Some(due) if due <= domain.clock().now() => {
            if taken == 0 {
                tokio::time::sleep(TAKEN_ELSEWHERE).await;
            }
        }
        due => wait(domain, due).await,
    }
    Ok(())
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
