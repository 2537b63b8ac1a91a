//! Sweeps, and cuts off what was kept of the event logs for long enough, now and then, wherever work is done. Several nodes may: what one has removed the others do not
//! find.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::domain::Domain;

/// How often it is looked for what nothing needs; it does no harm while it lies there.
const EVERY: Duration = Duration::from_mins(10);
/// How long one sweep may take; the next begins anew.
const WITHIN: Duration = Duration::from_mins(5);

/// Sweeps until `stop`, for the first time at once.
pub async fn run(domain: Domain, event_days: u32, stop: CancellationToken) {
    let kept = TimeDelta::days(event_days.into());
    let sweeping = async {
        loop {
            sweep(&domain).await;
            trim(&domain, kept).await;
            tokio::time::sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(sweeping).await;
}

async fn trim(domain: &Domain, kept: TimeDelta) {
    match tokio::time::timeout(WITHIN, domain.trim_logs(kept)).await {
        Ok(Ok(0)) => {}
        Ok(Ok(events)) => {
            tracing::info!(events, "events that were kept for long enough were removed");
        }
        Ok(Err(error)) => tracing::warn!(%error, "the event logs were not trimmed"),
        Err(_) => tracing::info!("there are more old events than were removed in time"),
    }
}

async fn sweep(domain: &Domain) {
    let failed = match tokio::time::timeout(WITHIN, domain.sweep()).await {
        Ok(Ok(swept)) if swept.blobs + swept.unfinished > 0 => {
            let (blobs, unfinished) = (swept.blobs, swept.unfinished);
            tracing::info!(blobs, unfinished, "files that nothing needs were removed");
            return;
        }
        Ok(Ok(_)) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it took longer than {} s", WITHIN.as_secs()),
    };
    domain.metrics().sweep.failures.inc();
    tracing::warn!(error = failed, "the sweep of files did not come to its end");
}
