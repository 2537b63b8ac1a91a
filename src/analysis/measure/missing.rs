//! What can be read and not be computed yet.

use crate::model::reading::{GroupBy, Intent, Metric, Reading, SortBy};

/// What of a reading has no answer yet, and what can be asked instead.
pub fn missing(reading: &Reading) -> Option<&'static str> {
    let judges = reading.intent == Intent::Sentiment
        || reading.group_by.contains(&GroupBy::Sentiment)
        || reading.metrics.contains(&Metric::Sentiment) && reading.intent != Intent::Summary
        || !reading.filters.sentiment.is_empty()
        || reading.sort.is_some_and(|sort| sort.by == SortBy::Sentiment);
    match reading.intent {
        Intent::Summary => Some(
            "asks for a summary, which this version does not write; ask for the top posts or the keywords",
        ),
        Intent::Extract => Some(
            "asks for fields of posts, which this version does not extract; ask for the list of posts",
        ),
        _ if judges => Some(
            "asks what posts feel, which this version does not judge; ask how many posts there are",
        ),
        _ => None,
    }
}
