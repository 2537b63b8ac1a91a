//! Sweeps, and cuts off what was kept of the logs for long enough, now and then, wherever work is done.
//! Several nodes may: what one has removed the others do not find.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::domain::Domain;
use crate::error::Error;

/// How often it is looked for what nothing needs; it does no harm while it lies there.
const EVERY: Duration = Duration::from_mins(10);
/// How long one sweep may take; the next begins anew.
const WITHIN: Duration = Duration::from_mins(5);

/// How long logs are kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    events: TimeDelta,
    audit_entries: TimeDelta,
}

impl Kept {
    pub fn of(event_days: u32, audit_days: u32) -> Self {
        let days = |days: u32| TimeDelta::days(days.into());
        Self { events: days(event_days), audit_entries: days(audit_days) }
    }
}

/// How often unpacked results that were kept for long enough are forgotten.
const FORGOTTEN_EVERY: Duration = Duration::from_mins(1);
/// How often it is looked for deletions that nobody goes on with.
const DELETIONS_EVERY: Duration = Duration::from_secs(5);

/// Goes on with deletions until `stop`: those that are too large for one request, and those whose request
/// was cut off.
pub async fn delete(domain: Domain, stop: CancellationToken) {
    let deleting = async {
        loop {
            tokio::time::sleep(DELETIONS_EVERY).await;
            if let Err(error) = domain.continue_deletions().await {
                tracing::warn!(%error, "results that are to be deleted are not deleted yet");
            }
        }
    };
    stop.run_until_cancelled(deleting).await;
}

/// Sweeps until `stop`, for the first time at once.
pub async fn run(domain: Domain, kept: Kept, stop: CancellationToken) {
    let sweeping = async {
        loop {
            sweep(&domain).await;
            trim("events", domain.trim_logs(kept.events)).await;
            trim("audit entries", domain.trim_audit_logs(kept.audit_entries)).await;
            trim("results and deliveries", domain.apply_retention()).await;
            trim("finished deletions", domain.forget_deletions()).await;
            trim("expired sessions", domain.remove_expired_sessions()).await;
            trim("expired links", domain.remove_expired_links()).await;
            tokio::time::sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(sweeping).await;
}

/// Forgets what downloads left unpacked, also when nobody downloads any more.
pub async fn forget_unpacked(domain: Domain, stop: CancellationToken) {
    let forgetting = async {
        loop {
            tokio::time::sleep(FORGOTTEN_EVERY).await;
            domain.forget_unpacked();
        }
    };
    stop.run_until_cancelled(forgetting).await;
}

async fn trim(what: &str, trimming: impl Future<Output = Result<u64, Error>>) {
    match tokio::time::timeout(WITHIN, trimming).await {
        Ok(Ok(0)) => {}
        Ok(Ok(removed)) => {
            tracing::info!(removed, "{what} that were kept for long enough were removed");
        }
        Ok(Err(error)) => tracing::warn!(%error, "old {what} were not removed"),
        Err(_) => tracing::info!("there are more old {what} than were removed in time"),
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
