//! What can be read and not be computed yet.

use super::buckets::Unit;
use crate::model::reading::{GroupBy, Intent, Metric, Reading};

/// What of a reading has no answer yet, and what can be asked instead.
pub fn missing(reading: &Reading) -> Option<&'static str> {
    let judges = reading.intent == Intent::Sentiment
        || reading.group_by.contains(&GroupBy::Sentiment)
        || reading.metrics.contains(&Metric::Sentiment) && reading.intent != Intent::Summary;
    match reading.intent {
        Intent::Summary => Some(
            "asks for a summary, which this version does not write; ask for the top posts or the keywords",
        ),
        Intent::Extract => Some(
            "asks for fields of posts, which this version does not extract; ask for the list of posts",
        ),
        _ if reading.metrics.contains(&Metric::NewUsers) && reading.intent != Intent::Changes => {
            Some(
                "asks for people who are new, which this version does not count; ask what changed since the last run",
            )
        }
        _ if judges && reading.group_by.iter().any(|group| Unit::of(*group).is_some()) => Some(
            "asks what posts feel over time, which this version does not count; ask for the sentiment of one span of time",
        ),
        _ => None,
    }
}
