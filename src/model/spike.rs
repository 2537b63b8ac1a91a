//! Whether there were unusually many posts, as an answer tells it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::result::Post;

/// Whether there were unusually many posts in some span of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Spike {
    pub is_spike: bool,
    /// Mentions of the span that stands out most.
    pub value: u64,
    /// That span; null where there is none to judge.
    #[schema(required)]
    pub start: Option<DateTime<Utc>>,
    #[schema(required)]
    pub end: Option<DateTime<Utc>>,
    /// The median of the spans it is held against; null where they are too few.
    #[schema(required)]
    pub baseline_median: Option<f64>,
    /// Their median distance from that.
    #[schema(required)]
    pub baseline_mad: Option<f64>,
    /// How far `value` is above the median, in units of the usual spread.
    #[schema(required)]
    pub z: Option<f64>,
    /// From which `z` on a span stands out.
    pub threshold: f64,
    /// Fewer mentions than these are never a spike.
    pub minimum: u64,
    /// All spans that stand out.
    pub buckets: Vec<SpikeBucket>,
    /// What the span that stands out most has more of than is usual, the most first.
    pub drivers: Vec<Driver>,
    /// Posts of that span, those with the most reactions first.
    pub posts: Vec<Post>,
}

/// A span that stands out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpikeBucket {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub mentions: u64,
    pub baseline_median: f64,
    pub baseline_mad: f64,
    pub z: f64,
}

/// What a spike is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Driver {
    /// `source`, `term`, `author` or `hashtag`.
    pub kind: String,
    pub key: String,
    /// In the span that stands out.
    pub mentions: u64,
    /// The median of the other spans.
    pub usual: f64,
}
