//! When a query runs by itself.

use async_graphql::{Context, Enum, Object};

use super::job::Job;
use crate::graphql::context::loaders;
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::scalars::Instant;
use crate::model::schedule;

/// Where a query stands: derived from its schedule and its jobs.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::QueryState")]
pub enum QueryState {
    /// It can run.
    Active,
    /// A job of it runs.
    Running,
    /// Its schedule is paused.
    Paused,
    /// Its schedule stopped after a failed run, until it is resumed.
    Failed,
}

/// What becomes of a fire while a run of the query has not ended.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::OverlapPolicy")]
pub enum OverlapPolicy {
    /// It is left out.
    Skip,
    /// It waits for the run to end; while one waits, others are left out.
    BufferOne,
    /// It waits for all before it to end.
    BufferAll,
    /// The runs are called off, and it starts when they have ended.
    CancelOther,
    /// It starts beside them.
    AllowAll,
}

/// What becomes of fires that were missed while no scheduler ran.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::CatchUpPolicy")]
pub enum CatchUpPolicy {
    /// They are left out.
    None,
    /// The newest is made up for.
    Last,
    /// All are made up for, oldest first.
    All,
}

/// What becomes of a schedule when a run of it fails.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::FailurePolicy")]
pub enum FailurePolicy {
    /// It stops until it is resumed.
    Stop,
    /// It goes on.
    Continue,
}

/// What becomes of a fire at a time that the clock leaves out when it is set forward.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::DstGap")]
pub enum DstGap {
    /// It is later by as much as the clock is set forward.
    Shift,
    /// It is left out.
    Skip,
}

/// What becomes of a fire at a time that the clock shows twice when it is set back.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::DstFold")]
pub enum DstFold {
    /// It is made the first time.
    First,
    /// It is made the second time.
    Last,
    /// It is made both times.
    Both,
}

/// Intervals that have a name.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schedule::ScheduleInterval")]
pub enum ScheduleInterval {
    /// At every full hour.
    EveryHour,
    /// At 0, 6, 12 and 18 o'clock.
    #[graphql(name = "EVERY_6_HOURS")]
    Every6Hours,
    /// At 0 and 12 o'clock.
    #[graphql(name = "EVERY_12_HOURS")]
    Every12Hours,
    /// At midnight.
    Daily,
}

pub struct Schedule(pub schedule::QuerySchedule);

/// When a query runs by itself, and what it does where the clock, the past or its own runs get in the
/// way.
#[Object]
impl Schedule {
    /// Five fields: minute, hour, day of month, month, day of week.
    async fn cron(&self) -> String {
        self.0.schedule.cron.to_string()
    }

    /// The IANA time zone that the fields are meant in.
    async fn timezone(&self) -> &str {
        self.0.schedule.timezone.name()
    }

    /// The next fire; null while it is paused or stopped, and when it is over.
    async fn next_run_at(&self) -> Option<Instant> {
        self.0.next_at.map(Instant)
    }

    /// What becomes of a fire while a run has not ended.
    async fn overlap(&self) -> OverlapPolicy {
        self.0.schedule.overlap.into()
    }

    /// What becomes of missed fires.
    async fn catch_up(&self) -> CatchUpPolicy {
        self.0.schedule.catch_up.into()
    }

    /// How old a missed fire may be to be made up for; a year when null.
    async fn catch_up_window_seconds(&self) -> Option<u32> {
        self.0.schedule.catch_up_window_seconds
    }

    /// What becomes of it when a run fails.
    async fn on_failure(&self) -> FailurePolicy {
        self.0.schedule.on_failure.into()
    }

    /// What becomes of times that are left out.
    async fn dst_gap(&self) -> DstGap {
        self.0.schedule.dst_gap.into()
    }

    /// What becomes of times that are shown twice.
    async fn dst_fold(&self) -> DstFold {
        self.0.schedule.dst_fold.into()
    }

    /// Runs begin up to so much later than their fire.
    async fn jitter_seconds(&self) -> u32 {
        self.0.schedule.jitter_seconds
    }

    /// The first instant that may fire.
    async fn starts_at(&self) -> Option<Instant> {
        self.0.schedule.starts_at.map(Instant)
    }

    /// The last instant that may fire.
    async fn ends_at(&self) -> Option<Instant> {
        self.0.schedule.ends_at.map(Instant)
    }

    /// Since when it is paused.
    async fn paused_at(&self) -> Option<Instant> {
        self.0.paused_at.map(Instant)
    }

    /// The failed run that stopped it.
    async fn stopped_by_job(&self, ctx: &Context<'_>) -> Nullable<Job> {
        async {
            let Some(job) = self.0.stopped_by else { return Ok(None) };
            Ok(loaders(ctx)?.load(job).await.map_err(failed(ctx))?.map(Job))
        }
        .await
        .transpose()
    }
}
