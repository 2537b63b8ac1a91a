//! How long a workspace keeps what it has.

use chrono::{DateTime, TimeDelta, Utc};

use super::deletion::Extent;

pub const DEFAULT_SCRAPE_LOG_DAYS: u32 = 90;
/// A hundred years; longer is for ever.
pub const MOST_DAYS: u32 = 36_500;

/// For how many days things are kept. None means until somebody deletes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    pub result_days: Option<u32>,
    /// Of deliveries that have ended; none means as long as their events.
    pub delivery_days: Option<u32>,
    /// None means what the operator has set for all workspaces.
    pub event_days: Option<u32>,
    pub scrape_log_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            result_days: None,
            delivery_days: None,
            event_days: None,
            scrape_log_days: DEFAULT_SCRAPE_LOG_DAYS,
        }
    }
}

impl Retention {
    /// When a result that was stored then is deleted.
    pub fn expires_at(&self, stored_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        stored_at.checked_add_signed(days(self.result_days?))
    }
}

/// So many days.
pub fn days(count: u32) -> TimeDelta {
    TimeDelta::days(count.into())
}

/// What a policy would delete now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    pub results: Extent,
    /// Their bytes are not counted, nor those of what follows.
    pub deliveries: Extent,
    pub events: Extent,
    pub scrape_logs: Extent,
}
