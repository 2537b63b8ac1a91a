//! The result document that Storage keeps: its field order is the order of the rendered bytes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::document::{Author, DocumentKind, Engagement};
use super::extract::ExtractedRow;
use super::job::JobStatus;
use super::reading::{Reader, Reading};
use super::sentiment::{Labels, SentimentCounts, SentimentFigures};
use super::spike::Spike;
use super::summary::Summary;
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
    /// The time that the window is seen against, where the answer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub previous_window: Option<TimeRange>,
    /// The job of the run before, where the answer says what is new, late or gone since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub previous_job_id: Option<String>,
    pub result: Answer,
    /// The answer in the form of the query's output schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Object)]
    pub output: Option<serde_json::Value>,
    /// For each place of `output` that could not be filled, as a JSON Pointer, the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(nullable = false)]
    pub output_unfilled: BTreeMap<String, String>,
    /// The model that said what posts feel; absent where the list of words did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub labels: Option<Labels>,
    pub funnel: Funnel,
    pub coverage: BTreeMap<String, Coverage>,
    /// How many posts `evidence` may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub limit: Option<u32>,
    pub evidence: Vec<Evidence>,
    pub reader: Reader,
}

/// The figures of a count, which every intent has, and what the reading's intent adds to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// Posts that match, each counted once; reposts included.
    pub total_mentions: u64,
    /// People per source, added up: accounts are not joined across sources.
    pub unique_users: u64,
    /// How many of `total_mentions` are reposts of another post.
    pub reposts: u64,
    /// How many of `total_mentions` name no author and so are in no count of people.
    pub unknown_authors: u64,
    /// People who are not among those of the run before; where asked for and the run before is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub new_users: Option<u64>,
    pub date_range: DayRange,
    pub by_source: BTreeMap<String, SourceCount>,
    /// Whether there is a post at all; with the intent `exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found: Option<bool>,
    /// When the first of the posts was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first_seen: Option<DateTime<Utc>>,
    /// Some of the posts, newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sample: Option<Vec<Post>>,
    /// A line for each group, the largest first unless the reading sorts otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub groups: Option<Vec<Group>>,
    /// The groups that are not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub others: Option<Others>,
    /// Posts of `total_mentions` that are in no group: their source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub undetermined: Option<u64>,
    /// A line for each span of time, with zeros where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub series: Option<Vec<Bucket>>,
    /// The posts that are listed, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub posts: Option<Vec<Post>>,
    /// The authors that are listed, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub authors: Option<Vec<RankedAuthor>>,
    /// A line for each thing that is compared, in the order of the reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub entities: Option<Vec<Entity>>,
    /// Posts that name several of `entities` and count for each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub overlap: Option<u64>,
    /// Keywords or hashtags, the most frequent first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub items: Option<Vec<Item>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub questions: Option<Vec<Question>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub languages: Option<Vec<Language>>,
    /// What each `share` is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shares: Option<Shares>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub changes: Option<Changes>,
    /// What the posts feel, where that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sentiment: Option<SentimentFigures>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub spike: Option<Spike>,
    /// A row for each listed post, with the fields that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rows: Option<Vec<ExtractedRow>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub summary: Option<Summary>,
}

/// The first and the last day a window touches, in the query's zone; both inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DayRange {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SourceCount {
    pub mentions: u64,
    pub unique_users: u64,
}

/// What the posts of one group come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Group {
    pub key: String,
    pub mentions: u64,
    pub unique_users: u64,
    /// The part of [`Shares::of`].
    pub share: f64,
    /// Known likes, replies and shares, added up; where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub engagement: Option<i64>,
    /// Engagement per post whose engagement is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub avg_engagement: Option<f64>,
    /// Where it is asked what the posts feel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sentiment: Option<SentimentCounts>,
}

/// The groups beyond the limit, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Others {
    pub groups: u64,
    pub mentions: u64,
}

/// What shares are parts of, and what those that are listed add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shares {
    pub of: u64,
    /// Above 1 where a post is in several groups, below 1 where some are not listed or in none.
    pub sum: f64,
}

/// A span of time of a series: `start` is inside, `end` is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Bucket {
    /// The day, where the series is one of weekdays: these have no start and no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub weekday: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub end: Option<DateTime<Utc>>,
    pub mentions: u64,
    pub unique_users: u64,
    /// Whether the window or the reference time cuts it, so that it cannot be held against the others.
    pub partial: bool,
    /// What the posts of the span feel, where that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sentiment: Option<SentimentCounts>,
    /// The same by source or by term; each share is a part of these mentions added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub groups: Option<Vec<Group>>,
}

/// What a post is ranked by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RankedBy {
    pub by: String,
    /// Null where the source does not say; such posts come last.
    #[schema(required)]
    pub value: Option<i64>,
}

/// A post of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Post {
    /// From 1.
    pub rank: u64,
    /// Absent where only the time decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metric: Option<RankedBy>,
    pub source: String,
    pub id: String,
    #[schema(required)]
    pub url: Option<String>,
    pub kind: DocumentKind,
    pub author: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lang: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub community: Option<String>,
    pub published_at: DateTime<Utc>,
    pub engagement: Engagement,
    pub matched_terms: Vec<String>,
    /// Where the terms stand.
    pub highlights: Vec<Highlight>,
    /// How many other matching posts say nearly the same: they are counted and not listed. Absent where posts are listed whatever they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub similar: Option<u64>,
}

/// Where a term stands in a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Highlight {
    /// The term as the reading writes it.
    pub term: String,
    pub field: HighlightField,
    /// Bytes of UTF-8 from the beginning of the field.
    pub start: u64,
    /// Not inside.
    pub end: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HighlightField {
    Title,
    Text,
}

/// An author of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RankedAuthor {
    /// From 1.
    pub rank: u64,
    pub source: String,
    pub author: Author,
    pub mentions: u64,
    /// Known likes, replies and shares of the posts, added up; null where none is known.
    #[schema(required)]
    pub engagement: Option<i64>,
    pub metric: RankedBy,
    /// The author's newest post that has an address.
    #[schema(required)]
    pub sample_url: Option<String>,
}

/// One of the things that are compared: a term of the reading, or a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entity {
    pub name: String,
    pub mentions: u64,
    pub unique_users: u64,
    /// The part of [`Shares::of`], the mentions of all entities added up.
    pub share: f64,
    /// Known likes, replies and shares, added up; where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub engagement: Option<i64>,
    /// Engagement per post whose engagement is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub avg_engagement: Option<f64>,
    /// Where it is asked what the posts feel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sentiment: Option<SentimentCounts>,
}

/// A keyword or a hashtag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Item {
    /// In lower case; a hashtag with its `#`.
    pub term: String,
    /// How often it occurs.
    pub count: u64,
    /// In how many posts it occurs.
    pub documents: u64,
    /// How many times as often its posts are among those counted as among the posts that match but do not pass the filters; null where there are none of these.
    #[schema(required)]
    pub lift: Option<f64>,
}

/// A question that is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Question {
    /// The sentence that asks.
    pub text: String,
    #[schema(required)]
    pub url: Option<String>,
    /// Null where the source does not say.
    #[schema(required)]
    pub answered: Option<bool>,
    pub source: String,
    pub id: String,
    pub published_at: DateTime<Utc>,
    /// How many other matching posts say nearly the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub similar: Option<u64>,
}

/// The posts in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Language {
    /// ISO 639, as the platform says.
    pub code: String,
    pub mentions: u64,
    /// The part of [`Shares::of`].
    pub share: f64,
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
    /// Who collected the posts, where that is not the platform itself: `apify:owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub backend: Option<String>,
    /// Posts from before it were not asked for: the run before had kept them, as they were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kept_until: Option<DateTime<Utc>>,
    /// How many posts that the run before had kept, of the part that was read again, are not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub gone: Option<u64>,
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

/// A post behind the figure: newest first, or in the order of the posts that the answer lists.
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
