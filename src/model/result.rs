//! The result document that Storage keeps: its field order is the order of the rendered bytes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::document::Author;
use super::job::JobStatus;
use super::reading::{Reader, Reading};
use super::window::TimeRange;

/// A completed job's answer with everything that explains it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResultDocument {
    pub query_id: String,
    pub job_id: String,
    pub status: JobStatus,
    pub prompt: String,
    pub reference_time: DateTime<Utc>,
    pub timezone: String,
    pub created_at: DateTime<Utc>,
    pub completed_at: DateTime<Utc>,
    pub reading: Reading,
    pub assumptions: Vec<String>,
    pub window: TimeRange,
    pub result: Answer,
    pub funnel: Funnel,
    pub coverage: BTreeMap<String, Coverage>,
    pub evidence: Vec<Evidence>,
    pub reader: Reader,
}

/// The figures of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// Posts that match, each counted once; reposts included.
    pub total_mentions: u64,
    /// People per source, added up: accounts are not joined across sources.
    pub unique_users: u64,
    /// How many of `total_mentions` are reposts of another post.
    pub reposts: u64,
    /// How many of `total_mentions` name no author and so are in no count of people.
    pub unknown_authors: u64,
    pub date_range: DayRange,
    pub by_source: BTreeMap<String, SourceCount>,
}

/// The first and the last day a window touches, in the query's zone; both inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DayRange {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SourceCount {
    pub mentions: u64,
    pub unique_users: u64,
}

/// How many documents were left after each step, in order; `deduplicated` is what is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Funnel {
    pub collected: u64,
    pub in_window: u64,
    pub matched: u64,
    pub deduplicated: u64,
}

/// What one source covered of what was asked of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Coverage {
    pub status: CoverageStatus,
    pub requested: TimeRange,
    /// The span of the documents the source gave; null when it gave none with a date.
    #[schema(required)]
    pub covered: Option<TimeRange>,
    /// Calls made upstream.
    pub requests: u64,
    /// How many documents the source itself says there are, where it says so.
    #[schema(required)]
    pub upstream_total: Option<u64>,
    #[schema(required)]
    pub reason: Option<String>,
    /// The dataset version that was measured; only for `dataset:` sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub dataset_version: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverageStatus {
    Pending,
    Running,
    Complete,
    Truncated,
    Partial,
    Unsupported,
    AuthMissing,
    RateLimited,
    Error,
}

/// A post behind the figure, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    pub source: String,
    pub id: String,
    #[schema(required)]
    pub url: Option<String>,
    pub author: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    pub text: String,
    pub published_at: DateTime<Utc>,
    pub matched_terms: Vec<String>,
}
