//! How long a workspace keeps its results, deliveries and events. What is due is worked out of the rows
//! each time, so that a pass that was cut off, by a kill too, is simply made again, by any node.

use serde_json::json;

use super::deletion::Reason;
use super::query_change::Change;
use super::{Domain, require};
use crate::error::Error;
use crate::failpoint;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::deletion::Selection;
use crate::model::id::WorkspaceId;
use crate::model::retention::{Due, MOST_DAYS, Retention, days};
use crate::model::storage_object::StorageObjectFilter;

/// Rows that are removed in one transaction.
const BATCH: u64 = 200;

/// What of the policy is to become different; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct RetentionChange {
    pub result_days: Option<Change<i64>>,
    pub delivery_days: Option<Change<i64>>,
    pub event_days: Option<Change<i64>>,
    pub scrape_log_days: Option<i64>,
}

/// Why a policy was not set.
#[derive(Debug, thiserror::Error)]
pub enum RetentionFailure {
    /// With the field of the input.
    #[error("things are kept for 1 to {MOST_DAYS} days, or with null for as long as by default")]
    Days(&'static str),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Domain {
    /// What the caller's workspace has set, or the default.
    pub async fn retention(&self, who: &Principal) -> Result<Retention, Error> {
        Ok(self.store.retention(who.workspace_id).await?)
    }

    /// Sets how long things are kept, unless it is only to be looked at; also says what is due by it, which
    /// goes within minutes.
    ///
    /// # Errors
    /// `FORBIDDEN` without scope `admin`; a number of days that cannot be.
    pub async fn set_retention(
        &self,
        who: &Principal,
        change: &RetentionChange,
        dry_run: bool,
    ) -> Result<(Retention, Due), RetentionFailure> {
        require(who, Scope::Admin)?;
        let before = self.retention(who).await?;
        let policy = changed(before, change)?;
        let due = self.due(who.workspace_id, &policy).await?;
        if !dry_run {
            let Retention { result_days, delivery_days, event_days, scrape_log_days } = policy;
            let detail = json!({ "resultDays": result_days, "deliveryDays": delivery_days,
                "eventDays": event_days, "scrapeLogDays": scrape_log_days });
            let audit =
                self.entry(who, Operation::SetRetentionPolicy, &who.workspace_id, detail)?;
            self.store.set_retention(policy, audit).await.map_err(Error::from)?;
        }
        Ok((policy, due))
    }

    async fn due(&self, workspace: WorkspaceId, policy: &Retention) -> Result<Due, Error> {
        let (now, mut due) = (self.clock.now(), Due::default());
        if let Some(count) = policy.result_days {
            let until = now - days(count);
            due.results = self.store.selected_extent(workspace, &everything(), until).await?;
        }
        if let Some(count) = policy.delivery_days {
            due.deliveries = self.store.ended_deliveries(workspace, now - days(count)).await?;
        }
        if let Some(count) = policy.event_days {
            due.events = self.store.events_before_instant(workspace, now - days(count)).await?;
        }
        let before = now - days(policy.scrape_log_days);
        due.scrape_logs = self.store.scrape_logs_before(workspace, before).await?;
        Ok(due)
    }

    /// Deletes the results, deliveries and scrape logs of all workspaces that were kept for long enough; answers how many
    /// there were. Events are cut off with all other logs.
    ///
    /// # Errors
    /// When the database does not answer; what was deleted stays so.
    pub async fn apply_retention(&self) -> Result<u64, Error> {
        let mut gone = 0;
        for workspace in self.store.all_workspaces().await? {
            let policy = self.store.retention(workspace.id).await?;
            gone += self.expire_results(workspace.id, &policy).await?;
            gone += self.expire_deliveries(workspace.id, &policy).await?;
            gone += self.expire_scrape_logs(workspace.id, &policy).await?;
        }
        Ok(gone)
    }

    async fn expire_results(&self, id: WorkspaceId, policy: &Retention) -> Result<u64, Error> {
        let Some(count) = policy.result_days else { return Ok(0) };
        let (until, mut gone) = (self.clock.now() - days(count), 0);
        loop {
            let objects = self.store.selected_objects(id, &everything(), until, BATCH).await?;
            gone += self.delete_objects(id, &objects, Reason::Retention, None).await?.len() as u64;
            if (objects.len() as u64) < BATCH {
                return Ok(gone);
            }
        }
    }

    /// Rows first, then bodies: what a crash leaves of those is for the sweeper.
    async fn expire_scrape_logs(&self, id: WorkspaceId, policy: &Retention) -> Result<u64, Error> {
        let (before, mut gone) = (self.clock.now() - days(policy.scrape_log_days), 0);
        loop {
            let (removed, blobs) = self.store.remove_scrape_logs(id, before, BATCH).await?;
            if !blobs.is_empty() {
                failpoint::reach("scrape_logs.before_blobs").await?;
                self.remove_blobs(blobs).await;
            }
            gone += removed;
            if removed < BATCH {
                return Ok(gone);
            }
        }
    }

    async fn expire_deliveries(&self, id: WorkspaceId, policy: &Retention) -> Result<u64, Error> {
        let Some(count) = policy.delivery_days else { return Ok(0) };
        let (until, mut gone) = (self.clock.now() - days(count), 0);
        loop {
            let removed = self.store.remove_ended_deliveries(id, until, BATCH).await?;
            gone += removed;
            if removed < BATCH {
                return Ok(gone);
            }
        }
    }
}

fn everything() -> Selection {
    Selection::Fitting(StorageObjectFilter::default())
}

fn changed(mut policy: Retention, change: &RetentionChange) -> Result<Retention, RetentionFailure> {
    let number = |days: i64, field| {
        let days = u32::try_from(days).ok().filter(|days| (1..=MOST_DAYS).contains(days));
        days.ok_or(RetentionFailure::Days(field))
    };
    let RetentionChange { result_days, delivery_days, event_days, scrape_log_days } = change;
    for (days, change, field) in [
        (&mut policy.result_days, result_days, "resultDays"),
        (&mut policy.delivery_days, delivery_days, "deliveryDays"),
        (&mut policy.event_days, event_days, "eventDays"),
    ] {
        match change {
            None => {}
            Some(Change::Clear) => *days = None,
            Some(Change::Set(count)) => *days = Some(number(*count, field)?),
        }
    }
    if let Some(count) = scrape_log_days {
        policy.scrape_log_days = number(*count, "scrapeLogDays")?;
    }
    Ok(policy)
}
