//! Schedules: checked, previewed, paused and resumed here; and what a fire makes, given the runs that
//! have not ended.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};

use super::submission::idempotency;
use super::{Domain, require};
use crate::clock::Clock;
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::id::QueryId;
use crate::model::job::{Job, JobTrigger};
use crate::model::query::SavedQuery;
use crate::model::schedule::{OverlapPolicy, QuerySchedule, Schedule, ScheduleInterval};
use crate::store::{Change, Fired, Once, StoreError, Unfinished};

/// Schedules decided about in one commit.
const BATCH: u64 = 500;
/// Missed fires of one schedule made in one commit.
const MOST_FIRES: usize = 100;
/// Fires a preview shows at most, and a backfill makes at most.
pub const MAX_PREVIEW: usize = 100;
pub const MAX_BACKFILL: usize = 1_000;

/// A schedule as asked for, before anything is checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NewSchedule {
    /// Either this or an interval.
    pub cron: Option<String>,
    pub interval: Option<String>,
    /// The query's own zone when not given.
    pub timezone: Option<String>,
    pub overlap: Option<String>,
    pub catch_up: Option<String>,
    pub catch_up_window_seconds: Option<i64>,
    pub on_failure: Option<String>,
    pub dst_gap: Option<String>,
    pub dst_fold: Option<String>,
    pub jitter_seconds: Option<i64>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
}

/// What is wrong with a schedule, and the field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleProblem {
    pub field: &'static str,
    pub message: String,
}

/// Why a use case of schedules did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleFailure {
    #[error("{}", .0.message)]
    Invalid(ScheduleProblem),
    #[error("there is no such query, or it was deleted")]
    NoQuery,
    #[error("the query has no schedule")]
    NoSchedule,
    #[error("{0}")]
    KeyInvalid(String),
    #[error("this idempotency key was used for another request within 24 hours; use a new one")]
    KeyReused,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for ScheduleFailure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Domain {
    /// Gives a query a schedule in place of the one it had; it begins with the next fire after now.
    ///
    /// # Errors
    /// What is wrong with it, that there is no such query, or that the key was used otherwise.
    pub async fn schedule_query(
        &self,
        who: &Principal,
        id: QueryId,
        new: &NewSchedule,
        idempotency_key: Option<String>,
    ) -> Result<SavedQuery, ScheduleFailure> {
        require(who, Scope::Write)?;
        let detail =
            json!({ "cron": new.cron, "interval": new.interval, "timezone": new.timezone });
        let change =
            self.change(who, id, Operation::ScheduleQuery, (&(id, new), detail), idempotency_key)?;
        let query = self.live_query(who, id).await?;
        let schedule = self.new_schedule(new, &query).map_err(ScheduleFailure::Invalid)?;
        done(self.store.put_schedule(change, schedule).await?)?;
        Ok(query)
    }

    /// Takes a query's schedule away; runs that were made stay.
    ///
    /// # Errors
    /// When it has none.
    pub async fn unschedule_query(
        &self,
        who: &Principal,
        id: QueryId,
    ) -> Result<SavedQuery, ScheduleFailure> {
        require(who, Scope::Write)?;
        let query = self.live_query(who, id).await?;
        let audit = self.entry(who, Operation::UnscheduleQuery, &id, json!({}))?;
        if self.store.delete_schedule(who.workspace_id, id, audit).await? {
            return Ok(query);
        }
        Err(ScheduleFailure::NoSchedule)
    }

    /// Stops firing until it is resumed; what fires meanwhile is not made up for.
    ///
    /// # Errors
    /// When the query has no schedule.
    pub async fn pause_query(
        &self,
        who: &Principal,
        id: QueryId,
    ) -> Result<SavedQuery, ScheduleFailure> {
        let now = self.clock.now();
        let pause = move |schedule: &mut QuerySchedule| {
            schedule.paused_at = schedule.paused_at.or(Some(now));
            schedule.next_at = None;
        };
        self.change_schedule(who, id, Operation::PauseQuery, pause).await
    }

    /// Goes on with the next fire after now, also when a failed run had stopped it.
    ///
    /// # Errors
    /// When the query has no schedule.
    pub async fn resume_query(
        &self,
        who: &Principal,
        id: QueryId,
    ) -> Result<SavedQuery, ScheduleFailure> {
        let now = self.clock.now();
        let resume = move |schedule: &mut QuerySchedule| {
            if !schedule.is_running() {
                schedule.next_at = schedule.schedule.next_after(now);
            }
            schedule.paused_at = None;
            schedule.stopped_by = None;
        };
        self.change_schedule(who, id, Operation::ResumeQuery, resume).await
    }

    async fn change_schedule(
        &self,
        who: &Principal,
        id: QueryId,
        operation: Operation,
        change: impl FnOnce(&mut QuerySchedule) + Send + 'static,
    ) -> Result<SavedQuery, ScheduleFailure> {
        require(who, Scope::Write)?;
        let (query, now) = (self.live_query(who, id).await?, self.clock.now());
        let change = move |schedule: &mut QuerySchedule| {
            change(schedule);
            schedule.updated_at = now;
        };
        let audit = self.entry(who, operation, &id, json!({}))?;
        if self.store.change_schedule(who.workspace_id, id, audit, change).await? {
            return Ok(query);
        }
        Err(ScheduleFailure::NoSchedule)
    }

    /// Runs a query for each fire of its schedule in a past range, after `from` up to `to`, with low
    /// priority; answers how many runs were made.
    ///
    /// # Errors
    /// When it has no schedule, the range is in the future or has too many fires, or the key was used
    /// otherwise.
    pub async fn backfill_query(
        &self,
        who: &Principal,
        id: QueryId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        idempotency_key: Option<String>,
    ) -> Result<u32, ScheduleFailure> {
        require(who, Scope::Write)?;
        let range = (&(id, from, to), json!({ "from": from, "to": to }));
        let change = self.change(who, id, Operation::BackfillQuery, range, idempotency_key)?;
        self.live_query(who, id).await?;
        let stored = self.store.schedules(who.workspace_id, &[id]).await?.pop();
        let stored = stored.ok_or(ScheduleFailure::NoSchedule)?;
        let wrong =
            |field, message: String| ScheduleFailure::Invalid(ScheduleProblem { field, message });
        if from >= to || to > self.clock.now() {
            let message = "a backfill needs a past range: its end must be after its start, and not in the future";
            return Err(wrong("to", message.to_owned()));
        }
        // What was before the schedule began is what a backfill is for.
        let schedule = Schedule { starts_at: None, ends_at: None, ..stored.schedule };
        let fires: Vec<DateTime<Utc>> =
            schedule.fires_between(from, to).take(MAX_BACKFILL + 1).collect();
        if fires.len() > MAX_BACKFILL {
            let message = format!("the range has more than {MAX_BACKFILL} fires; ask for a part");
            return Err(wrong("from", message));
        }
        let new = |fire| self.new_job(who.workspace_id, id, JobTrigger::Backfill, Some(fire));
        let jobs = fires.into_iter().map(new).collect::<Result<Vec<Job>, Error>>()?;
        done(self.store.insert_backfill(change, jobs).await?)
    }

    fn change(
        &self,
        who: &Principal,
        query_id: QueryId,
        operation: Operation,
        (request, detail): (&impl Serialize, Value),
        key: Option<String>,
    ) -> Result<Change, ScheduleFailure> {
        let audit = self.entry(who, operation, &query_id, detail)?;
        let idempotency = idempotency(operation.as_str(), request, key);
        let idempotency = idempotency.map_err(ScheduleFailure::KeyInvalid)?;
        let (workspace_id, at) = (who.workspace_id, self.clock.now());
        Ok(Change { workspace_id, query_id, at, idempotency, audit })
    }

    /// The next fires of a schedule as asked for.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn preview_schedule(
        &self,
        who: &Principal,
        new: &NewSchedule,
        count: usize,
    ) -> Result<Vec<DateTime<Utc>>, ScheduleProblem> {
        let schedule = read(new, who.timezone)?;
        let now = self.clock.now();
        let fires = schedule.fires_between(now, now + TimeDelta::days(365 * 100));
        Ok(fires.take(count.min(MAX_PREVIEW)).collect())
    }

    pub async fn schedules(
        &self,
        who: &Principal,
        ids: &[QueryId],
    ) -> Result<Vec<QuerySchedule>, Error> {
        Ok(self.store.schedules(who.workspace_id, ids).await?)
    }

    /// A checked schedule of a query.
    pub(super) fn new_schedule(
        &self,
        new: &NewSchedule,
        query: &SavedQuery,
    ) -> Result<QuerySchedule, ScheduleProblem> {
        let (schedule, now) = (read(new, query.timezone)?, self.clock.now());
        schedule.check(now).map_err(|error| {
            let field = if new.ends_at.is_some() { "endsAt" } else { "jitterSeconds" };
            ScheduleProblem { field, message: error.to_string() }
        })?;
        Ok(QuerySchedule {
            query_id: query.id,
            workspace_id: query.workspace_id,
            next_at: schedule.next_after(now),
            schedule,
            paused_at: None,
            stopped_by: None,
            updated_at: now,
        })
    }

    async fn live_query(
        &self,
        who: &Principal,
        id: QueryId,
    ) -> Result<SavedQuery, ScheduleFailure> {
        let query = self.store.query(who.workspace_id, id).await?;
        query.filter(|query| query.deleted_at.is_none()).ok_or(ScheduleFailure::NoQuery)
    }

    /// When the next schedule of all is due.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let next = self.store.next_due().await?;
        Ok(next.and_then(DateTime::from_timestamp_millis))
    }

    /// How far this node's clock is ahead of the time of a database that nodes share: schedules go by
    /// that, so that none fires early because one node's clock does. It seems ahead by as long as the
    /// answer was on its way, which makes a fire late by that and never early.
    pub async fn clock_ahead(&self) -> Result<TimeDelta, Error> {
        if !self.clock.can_be_wrong() {
            return Ok(TimeDelta::zero());
        }
        let shared = self.store.shared_time().await?.and_then(DateTime::from_timestamp_millis);
        let ahead = shared.map(|shared| self.clock.now() - shared).unwrap_or_default();
        self.metrics().database.clock_ahead.set(ahead.as_seconds_f64());
        Ok(ahead)
    }

    /// Makes the runs of a batch of schedules that are due by a clock that is so far ahead. Answers how
    /// many schedules were looked at, and whether there may be more.
    pub async fn fire_due(&self, ahead: TimeDelta) -> Result<(usize, bool), Error> {
        let (clock, now) = (self.clock.clone(), self.clock.now() - ahead);
        let decide = move |schedule: &mut QuerySchedule, unfinished: &[Unfinished]| {
            decide(&clock, now, schedule, unfinished)
        };
        let millis = now.timestamp_millis();
        let fired = self.store.fire_due(millis, BATCH, Box::new(decide)).await?;
        self.metrics().jobs.left_out.inc_by(fired.left_out);
        if fired.jobs > 0 {
            tracing::debug!(schedules = fired.schedules, jobs = fired.jobs, "schedules fired");
        }
        Ok((fired.schedules, fired.more))
    }

    /// Lets runs start that are held for others, when there are no others: none waits for ever.
    pub async fn release_stranded(&self) -> Result<(), Error> {
        let jobs = self.store.release_stranded().await?;
        if jobs > 0 {
            tracing::warn!(jobs, "held runs that waited for nothing were let go");
        }
        Ok(())
    }

    /// Waits until somebody changed a schedule.
    pub async fn schedules_changed(&self) {
        self.store.wakes().schedules_changed().await;
    }
}

fn done(once: Once) -> Result<u32, ScheduleFailure> {
    match once {
        Once::Done(made) => Ok(made),
        Once::KeyReused => Err(ScheduleFailure::KeyReused),
        Once::NoQuery => Err(ScheduleFailure::NoQuery),
    }
}

/// Moves a schedule on and says what its fires make.
fn decide(
    clock: &Clock,
    now: DateTime<Utc>,
    stored: &mut QuerySchedule,
    unfinished: &[Unfinished],
) -> Result<Fired, StoreError> {
    let mut fired = Fired::default();
    let Some(next) = stored.next_at.filter(|_| stored.is_running()) else {
        stored.next_at = None;
        return Ok(fired);
    };
    let caught = stored.schedule.catch_up(stored.query_id, next, now, MOST_FIRES);
    stored.next_at = caught.next;
    let overlap = stored.schedule.overlap;
    let mut fires = caught.fires;
    if overlap == OverlapPolicy::CancelOther {
        // Each would call off the one before.
        fired.left_out += fires.drain(..fires.len().saturating_sub(1)).count() as u64;
        if !fires.is_empty() {
            fired.called_off = unfinished.iter().map(|one| one.job).collect();
        }
    }
    for fire in fires {
        let waits = !unfinished.is_empty() || !fired.jobs.is_empty();
        let one_is_held = unfinished.iter().any(|one| one.held) || !fired.held.is_empty();
        let makes = match overlap {
            OverlapPolicy::Skip => !waits,
            OverlapPolicy::BufferOne => !(waits && one_is_held),
            OverlapPolicy::BufferAll | OverlapPolicy::CancelOther | OverlapPolicy::AllowAll => true,
        };
        if !makes {
            tracing::info!(query = %stored.query_id, %fire, "left out: a run has not ended");
            fired.left_out += 1;
            continue;
        }
        let id = clock.new_id().map_err(StoreError::setup)?;
        let of = (stored.workspace_id, stored.query_id);
        let job = Job::queued(id, of, JobTrigger::Scheduled, Some(fire), now);
        if waits && overlap != OverlapPolicy::AllowAll {
            fired.held.push(job.id);
        }
        fired.jobs.push(job);
    }
    Ok(fired)
}

fn read(new: &NewSchedule, zone: Tz) -> Result<Schedule, ScheduleProblem> {
    let wrong = |field, message: String| ScheduleProblem { field, message };
    let cron = match (&new.cron, &new.interval) {
        (Some(cron), None) => cron.as_str(),
        (None, Some(interval)) => {
            let interval = interval.to_ascii_lowercase().parse::<ScheduleInterval>();
            interval.map_err(|message| wrong("interval", message))?.cron()
        }
        _ => return Err(wrong("cron", "give either a cron expression or an interval".to_owned())),
    };
    let cron = cron
        .parse()
        .map_err(|error: crate::model::schedule::CronError| wrong("cron", error.to_string()))?;
    let timezone = match &new.timezone {
        None => zone,
        Some(name) => name.parse::<Tz>().map_err(|_| {
            let message =
                format!("`{name}` is not a time zone; use an IANA name such as Europe/Berlin");
            wrong("timezone", message)
        })?,
    };
    let usual = Schedule::new(cron, timezone);
    Ok(Schedule {
        overlap: policy("overlap", new.overlap.as_deref(), usual.overlap)?,
        catch_up: policy("catchUp", new.catch_up.as_deref(), usual.catch_up)?,
        on_failure: policy("onFailure", new.on_failure.as_deref(), usual.on_failure)?,
        dst_gap: policy("dstGap", new.dst_gap.as_deref(), usual.dst_gap)?,
        dst_fold: policy("dstFold", new.dst_fold.as_deref(), usual.dst_fold)?,
        catch_up_window_seconds: seconds("catchUpWindowSeconds", new.catch_up_window_seconds)?,
        jitter_seconds: seconds("jitterSeconds", new.jitter_seconds)?.unwrap_or_default(),
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        ..usual
    })
}

fn policy<P: std::str::FromStr<Err = String>>(
    field: &'static str,
    given: Option<&str>,
    usual: P,
) -> Result<P, ScheduleProblem> {
    let read = given.map(|text| text.to_ascii_lowercase().parse());
    read.unwrap_or(Ok(usual)).map_err(|message| ScheduleProblem { field, message })
}

fn seconds(field: &'static str, given: Option<i64>) -> Result<Option<u32>, ScheduleProblem> {
    let read = given.map(|given| {
        u32::try_from(given).ok().filter(|seconds| i32::try_from(*seconds).is_ok()).ok_or_else(
            || ScheduleProblem { field, message: format!("{given} is not a number of seconds") },
        )
    });
    read.transpose()
}

#[cfg(test)]
mod tests;
