//! In which order posts are listed, and with that which copy of a post collected twice is kept.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::feelings::leaning;
use crate::model::document::Document;
use crate::model::reading::{Intent, Metric, Reading, SentimentLabel, SortBy};
use crate::model::result::RankedBy;

/// Stands for a value the source does not say.
pub(super) const UNKNOWN: i64 = i64::MIN;

/// What a list of posts is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    by: SortBy,
    descending: bool,
}

/// A post's place: the smaller comes first. Unknown values are last, whichever way the others go;
/// equal ones are ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    is_unknown: bool,
    value: i64,
    time: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Time {
    Oldest(DateTime<Utc>),
    Newest(Reverse<DateTime<Utc>>),
}

impl Order {
    pub const NEWEST: Self = Self { by: SortBy::PublishedAt, descending: true };
    pub const REACTIONS: Self = Self { by: SortBy::Engagement, descending: true };

    /// The order of the reading's list of posts; newest first where it lists none.
    pub fn of(reading: &Reading) -> Self {
        if reading.intent == Intent::Summary {
            // What is to be stressed is what is looked through.
            return match reading.focus.map(|focus| focus.sentiment) {
                Some(SentimentLabel::Positive) => Self { by: SortBy::Sentiment, descending: true },
                Some(SentimentLabel::Negative) => Self { by: SortBy::Sentiment, descending: false },
                _ => Self::REACTIONS,
            };
        }
        let is_list = matches!(reading.intent, Intent::TopPosts | Intent::List | Intent::Extract);
        let sort = reading.sort.filter(|sort| is_list && is_of_posts(sort.by));
        if let Some(sort) = sort {
            return Self { by: sort.by, descending: sort.descending };
        }
        if reading.intent != Intent::TopPosts {
            return Self::NEWEST;
        }
        let metric = reading.metrics.iter().find_map(|metric| match metric {
            Metric::Likes => Some(SortBy::Likes),
            Metric::Views => Some(SortBy::Views),
            Metric::Replies => Some(SortBy::Replies),
            Metric::Shares => Some(SortBy::Shares),
            _ => None,
        });
        metric.map_or(Self::REACTIONS, |by| Self { by, descending: true })
    }

    /// What a document is ordered by besides time; [`UNKNOWN`] also where only time counts.
    pub fn value(self, document: &Document) -> i64 {
        let counts = &document.engagement;
        let value = match self.by {
            SortBy::Likes => counts.likes,
            SortBy::Views => counts.views,
            SortBy::Replies => counts.replies,
            SortBy::Shares => counts.shares,
            SortBy::Engagement => return reactions(document),
            SortBy::Sentiment => leaning(document),
            SortBy::PublishedAt | SortBy::Mentions | SortBy::UniqueUsers => None,
        };
        value.unwrap_or(UNKNOWN)
    }

    pub fn rank(self, value: i64, at: DateTime<Utc>) -> Rank {
        let is_by_time = self.by == SortBy::PublishedAt;
        let time = if is_by_time && !self.descending {
            Time::Oldest(at)
        } else {
            Time::Newest(Reverse(at))
        };
        let is_unknown = value == UNKNOWN;
        let value = if self.descending && !is_unknown { !value } else { value };
        Rank { is_unknown, value, time }
    }

    /// What is said of a value; nothing where only time counts.
    pub fn said(self, value: i64) -> Option<RankedBy> {
        let by = match self.by {
            SortBy::Likes => "likes",
            SortBy::Views => "views",
            SortBy::Replies => "replies",
            SortBy::Shares => "shares",
            SortBy::Engagement => "engagement",
            SortBy::Sentiment => "sentiment",
            _ => return None,
        };
        Some(RankedBy { by: by.to_owned(), value: (value != UNKNOWN).then_some(value) })
    }
}

/// What a post can be ordered by without counting others.
fn is_of_posts(by: SortBy) -> bool {
    matches!(
        by,
        SortBy::Likes
            | SortBy::Views
            | SortBy::Replies
            | SortBy::Shares
            | SortBy::Engagement
            | SortBy::PublishedAt
            | SortBy::Sentiment
    )
}

/// The likes, replies and shares that are known, added up.
pub(super) fn reactions(document: &Document) -> i64 {
    let counts = &document.engagement;
    let known = [counts.likes, counts.replies, counts.shares].into_iter().flatten();
    known.reduce(i64::saturating_add).map_or(UNKNOWN, |sum| sum.max(UNKNOWN + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn unknown_values_are_last_both_ways() {
        for descending in [true, false] {
            let order = Order { by: SortBy::Likes, descending };
            let mut values = [UNKNOWN, 5, -3, i64::MAX, UNKNOWN + 1];
            values.sort_by_key(|value| order.rank(*value, at(0)));
            let mut wanted = [UNKNOWN + 1, -3, 5, i64::MAX, UNKNOWN];
            if descending {
                wanted = [i64::MAX, 5, -3, UNKNOWN + 1, UNKNOWN];
            }
            assert_eq!(values, wanted);
        }
    }

    #[test]
    fn time_decides_between_equals_and_alone() {
        let likes = Order { by: SortBy::Likes, descending: false };
        assert!(likes.rank(1, at(9)) < likes.rank(1, at(8)), "the newer of two equals is first");
        let oldest = Order { by: SortBy::PublishedAt, descending: false };
        assert!(oldest.rank(UNKNOWN, at(8)) < oldest.rank(UNKNOWN, at(9)));
        assert!(Order::NEWEST.rank(UNKNOWN, at(9)) < Order::NEWEST.rank(UNKNOWN, at(8)));
    }
}
