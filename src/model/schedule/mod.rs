//! When a query runs: a cron expression read on the clock of a zone, and policies for what that clock,
//! the past and the query's own runs do to it. Pure: no clock is read and nothing is stored.
//!
//! A *nominal* fire is the instant that the expression names; it identifies the run. Jitter only moves
//! the instant at which the run is due.
//!
//! If the hour field matches all 24 hours, the schedule follows the clock as it is shown: each matching
//! minute, each time it is shown, and the policies for changes of the clock have no say. So
//! `*/15 * * * *` is never silent for an hour when the clock is set back. Otherwise the expression
//! names times of day, and `dst_gap` and `dst_fold` decide about those that a day does not have or has
//! twice.

mod catch_up;
mod cron;
mod field;
mod fires;
mod jitter;
mod policy;
mod stored;
#[cfg(test)]
mod tests;
mod zone;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use catch_up::{CatchUp, DEFAULT_CATCH_UP_WINDOW_SECONDS, ON_TIME_SECONDS};
pub use cron::{CronError, CronExpression, MAX_CRON_BYTES};
pub use field::{CronField, CronProblem};
pub use policy::{CatchUpPolicy, DstFold, DstGap, FailurePolicy, OverlapPolicy, ScheduleInterval};
pub use stored::{QuerySchedule, QueryState};

/// Longest jitter, in seconds.
pub const MAX_JITTER_SECONDS: u32 = 3_600;

/// When a query runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub cron: CronExpression,
    pub timezone: Tz,
    pub overlap: OverlapPolicy,
    pub catch_up: CatchUpPolicy,
    /// How late a missed fire may still be made; `None` is [`DEFAULT_CATCH_UP_WINDOW_SECONDS`].
    pub catch_up_window_seconds: Option<u32>,
    pub on_failure: FailurePolicy,
    pub dst_gap: DstGap,
    pub dst_fold: DstFold,
    /// By how much a run may be due after its nominal fire.
    pub jitter_seconds: u32,
    /// The first instant that may be a fire.
    pub starts_at: Option<DateTime<Utc>>,
    /// The last instant that may be a fire.
    pub ends_at: Option<DateTime<Utc>>,
}

/// A schedule that would do nothing, or not what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("jitter may be at most {MAX_JITTER_SECONDS} seconds, not {0}")]
    JitterTooLong(u32),
    #[error("a schedule must end after it starts")]
    EndsBeforeStart,
    #[error("the schedule has no fire between now or its start and its end")]
    NoFire,
}

impl Schedule {
    /// A schedule with the default policies.
    pub fn new(cron: CronExpression, timezone: Tz) -> Self {
        Self {
            cron,
            timezone,
            overlap: OverlapPolicy::Skip,
            catch_up: CatchUpPolicy::Last,
            catch_up_window_seconds: None,
            on_failure: FailurePolicy::Stop,
            dst_gap: DstGap::Shift,
            dst_fold: DstFold::First,
            jitter_seconds: 0,
            starts_at: None,
            ends_at: None,
        }
    }

    /// To be asked before a schedule is stored.
    ///
    /// # Errors
    /// Bounds that cannot be kept, or that leave no fire after `now`.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), ScheduleError> {
        if self.jitter_seconds > MAX_JITTER_SECONDS {
            return Err(ScheduleError::JitterTooLong(self.jitter_seconds));
        }
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end <= start
        {
            return Err(ScheduleError::EndsBeforeStart);
        }
        self.next_after(now).map(drop).ok_or(ScheduleError::NoFire)
    }
}
