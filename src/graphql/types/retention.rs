//! How long a workspace keeps what it has.

use async_graphql::SimpleObject;

use crate::graphql::scalars::{Instant, Long};
use crate::model::deletion::Extent;
use crate::model::retention::{Due, Retention};

/// For how many days things are kept.
#[derive(SimpleObject)]
pub struct RetentionPolicy {
    /// Results; null keeps them until somebody deletes them.
    #[graphql(name = "resultDays")]
    results: Option<u32>,
    /// Deliveries that have ended, with their attempts; null keeps them as long as their events.
    #[graphql(name = "deliveryDays")]
    deliveries: Option<u32>,
    /// Events; null keeps them as long as the operator has set for all workspaces.
    #[graphql(name = "eventDays")]
    events: Option<u32>,
    /// Raw exchanges with sources.
    #[graphql(name = "scrapeLogDays")]
    scrape_logs: u32,
}

impl From<Retention> for RetentionPolicy {
    fn from(retention: Retention) -> Self {
        let Retention { result_days, delivery_days, event_days, scrape_log_days } = retention;
        Self {
            results: result_days,
            deliveries: delivery_days,
            events: event_days,
            scrape_logs: scrape_log_days,
        }
    }
}

/// Things of one kind that are due to be deleted.
#[derive(SimpleObject)]
pub struct RetentionExtent {
    /// How many there are.
    count: Long,
    /// How many bytes they have; counted for results alone.
    bytes: Long,
    /// When the oldest of them was made, or a delivery ended; null when there is none.
    oldest: Option<Instant>,
    /// The same of the newest.
    newest: Option<Instant>,
}

impl From<Extent> for RetentionExtent {
    fn from(extent: Extent) -> Self {
        Self {
            count: Long(extent.count),
            bytes: Long(extent.bytes),
            oldest: extent.oldest.map(Instant),
            newest: extent.newest.map(Instant),
        }
    }
}

/// What a policy would delete if it were applied now.
#[derive(SimpleObject)]
pub struct RetentionPreview {
    /// Results.
    results: RetentionExtent,
    /// Deliveries that have ended, by `deliveryDays`; others go with their events.
    deliveries: RetentionExtent,
    /// Events, by `eventDays`; one that is still to be delivered stays, and all behind it.
    events: RetentionExtent,
    /// Raw exchanges with sources, by `scrapeLogDays`.
    scrape_logs: RetentionExtent,
}

impl From<Due> for RetentionPreview {
    fn from(Due { results, deliveries, events, scrape_logs }: Due) -> Self {
        Self {
            results: results.into(),
            deliveries: deliveries.into(),
            events: events.into(),
            scrape_logs: scrape_logs.into(),
        }
    }
}
