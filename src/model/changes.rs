//! What changed against the time before, as an answer tells it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::document::Author;
use super::result::{Post, SourceCount};

/// What changed against the time before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Changes {
    pub current: SourceCount,
    /// Null where there is no time before.
    #[schema(required)]
    pub previous: Option<SourceCount>,
    /// `current` less `previous`.
    #[schema(required)]
    pub delta: Option<CountDelta>,
    /// The same in percent of `previous`.
    #[schema(required)]
    pub pct: Option<CountPercent>,
    /// People of `current` who are not in `previous`; absent where there is no time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub new_users: Option<u64>,
    /// The newest posts of `current` that are not in `previous`.
    pub new: Vec<Post>,
    /// The newest posts of `previous` that the run before did not have although it looked at their time; null where its posts are not known.
    #[serde(default)]
    #[schema(required)]
    pub late: Option<Vec<PostRef>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub late_total: Option<u64>,
    /// The newest posts of that time that the run before had and that are not found any more; null where its posts are not known.
    #[serde(default)]
    #[schema(required)]
    pub removed: Option<Vec<PostRef>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub removed_total: Option<u64>,
}

/// A post of which only this is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PostRef {
    pub source: String,
    pub id: String,
    #[schema(required)]
    pub url: Option<String>,
    pub author: Author,
    pub published_at: DateTime<Utc>,
}

/// A difference of two counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CountDelta {
    pub mentions: i64,
    pub unique_users: i64,
}

/// A difference in percent of a count; null where that is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CountPercent {
    #[schema(required)]
    pub mentions: Option<f64>,
    #[schema(required)]
    pub unique_users: Option<f64>,
}
