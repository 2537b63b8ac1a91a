//! How a prompt was understood. Shown to the user as JSON, stored with the query, and the only
//! thing a run measures by: the prompt itself is never read again once a reading exists.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::DocumentKind;

/// The machine-readable meaning of a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Reading {
    pub intent: Intent,
    /// What to look for; a document matches when any term matches.
    #[schemars(length(min = 1, max = 100))]
    pub terms: Vec<Term>,
    /// A document that contains one of these does not match.
    #[serde(default)]
    #[schema(required)]
    #[schemars(length(max = 100))]
    pub exclude: Vec<String>,
    /// Sources named in the prompt; null means those of the request, else all that are ready.
    #[schema(required)]
    #[schemars(length(max = 50))]
    pub sources: Option<Vec<String>>,
    /// The time asked about; null means the request's date range, else the last seven days.
    #[schema(required)]
    pub window: Option<Window>,
    #[serde(default)]
    #[schema(required)]
    #[schemars(length(max = 20))]
    pub group_by: Vec<GroupBy>,
    #[serde(default)]
    #[schema(required)]
    #[schemars(length(max = 20))]
    pub metrics: Vec<Metric>,
    /// How many rows to list; it never caps what is counted. Null means 10 of a ranked list, 50 of a list of posts.
    #[schema(required)]
    #[schemars(range(min = 1, max = 1000))]
    pub limit: Option<u32>,
    /// Which documents are looked at besides those that the terms find.
    #[serde(default, skip_serializing_if = "Filters::is_none")]
    #[schema(nullable = false)]
    pub filters: Filters,
    /// The group that an answer is to stress; it restricts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub focus: Option<Focus>,
    /// The time that `window` is compared with; only with the intent `changes`, where null means since the last run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub compare_to: Option<Window>,
    /// What a list is ordered by, such as `likes desc`; see [`Sort`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String)]
    #[schemars(with = "Option<String>", extend("pattern" = "^(mentions|unique_users|likes|views|replies|shares|engagement|published_at|sentiment) (asc|desc)$"))]
    pub sort: Option<Sort>,
    /// The fields to find in each post, with their types; only with the intent `extract`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub extract: Option<BTreeMap<String, FieldType>>,
    /// When to ask again, named in the prompt: five fields of cron, in the query's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub schedule: Option<String>,
    /// Why the prompt cannot be answered; only with the intent `unsupported`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// Who understood a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reader {
    /// `builtin`: the grammar; `model`: a language model; `given`: whoever asked.
    pub kind: String,
    /// Of the grammar; of what a model was told; of a reading that was given the version of its form.
    pub version: String,
    /// The model's name, as its endpoint knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// What asking a model took, also where its answer was of no use and the grammar read the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub usage: Option<TokenUsage>,
}

impl Reader {
    /// One that is no model.
    pub fn of(kind: &str, version: &str) -> Self {
        Self { kind: kind.to_owned(), version: version.to_owned(), model: None, usage: None }
    }
}

/// What a model says to have taken; zeros where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct TokenUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

impl std::ops::AddAssign for TokenUsage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
    }
}

impl Reading {
    /// Nothing but what is asked for.
    pub fn of(intent: Intent) -> Self {
        Self {
            intent,
            terms: Vec::new(),
            exclude: Vec::new(),
            sources: None,
            window: None,
            group_by: Vec::new(),
            metrics: Vec::new(),
            limit: None,
            filters: Filters::default(),
            focus: None,
            compare_to: None,
            sort: None,
            extract: None,
            schedule: None,
            reason: None,
        }
    }
}

/// What kind of answer is asked for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// How many posts, or how many people.
    Count,
    /// Whether there is a post at all.
    Exists,
    /// A count per source, community, domain, link, kind or country.
    Breakdown,
    /// A count per hour, day, week, month or weekday.
    Trend,
    TopPosts,
    TopAuthors,
    /// How many posts are positive, neutral and negative.
    Sentiment,
    /// The same figures of several terms, or of several sources, side by side.
    Compare,
    /// What part of all mentions of these terms each has.
    ShareOfVoice,
    Keywords,
    Hashtags,
    /// The questions that are asked.
    Questions,
    Languages,
    /// The posts themselves.
    List,
    /// Fields found in each post.
    Extract,
    /// What is new since the last run, or against another time.
    Changes,
    /// Whether there were unusually many posts, and which.
    Spike,
    Summary,
    /// Cannot be answered from posts; `reason` says why.
    #[schemars(skip)]
    Unsupported,
}

/// One thing to look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema)]
#[serde(untagged)]
pub enum Term {
    /// A word or phrase; a leading `@` or `#` is kept and must be there in the text.
    Text(String),
    /// One thing under several names.
    Entity {
        name: String,
        #[schemars(length(max = 50))]
        any: Vec<String>,
    },
    /// All of these must occur.
    All {
        #[schemars(length(max = 50))]
        all: Vec<String>,
    },
}

/// A span of time, still relative: it is resolved against the job's reference time and zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema)]
#[serde(untagged)]
pub enum Window {
    /// Rolling back from the reference time: `{"last":"7d"}`; units `h d w mo y`.
    Last { last: String },
    /// A calendar unit (`day week month quarter year`), `offset` units away from the current one.
    Calendar { calendar: CalendarUnit, offset: i32 },
    /// From a day or an instant (RFC 3339), up to an exclusive end, else up to the reference time.
    Range {
        from: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        to: Option<String>,
    },
    /// Since the query's run before this one; the first run has none, and looks back as if no time was named.
    Since { since: Since },
}

/// What [`Window::Since`] counts from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    LastRun,
}

/// Units of [`Window::Calendar`]; weeks begin on Monday.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CalendarUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// What a figure is given for each of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    Source,
    Community,
    /// The site that a post links to.
    Domain,
    /// The page that a post links to.
    Link,
    Kind,
    Country,
    Author,
    Language,
    Sentiment,
    /// Each term by itself.
    Term,
    Keyword,
    Hashtag,
    Hour,
    Day,
    Week,
    Month,
    /// The seven days of the week, whatever week.
    Weekday,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    Mentions,
    UniqueUsers,
    /// People who are not among those of the run before.
    NewUsers,
    /// The posts themselves.
    Documents,
    Likes,
    Views,
    Replies,
    Shares,
    /// Likes, replies and shares together.
    Engagement,
    /// Engagement per post.
    AvgEngagement,
    /// The part that a group has of all.
    Share,
    /// The part that a term has of the mentions of all terms.
    ShareOfVoice,
    Sentiment,
    /// The difference to the time before.
    Delta,
    /// How far a value is from what is usual.
    Zscore,
}

/// Which documents are looked at; an empty list and null restrict nothing.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Only of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<DocumentKind>,
    /// Of none of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind_not: Vec<DocumentKind>,
    /// Two letters of ISO 639-1 each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub language: Vec<String>,
    /// Subreddits and the like, without `r/`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub community: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sentiment: Vec<SentimentLabel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_question: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub answered: Option<bool>,
    /// Whether the platform has verified the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub min_likes: Option<u32>,
    /// Which meaning of the terms is meant, in words: for whoever reads the answer, it finds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sense: Option<String>,
}

impl Filters {
    /// Whether nothing is restricted.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SentimentLabel {
    Positive,
    Neutral,
    Negative,
}

/// The group that an answer is to stress.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
pub struct Focus {
    pub sentiment: SentimentLabel,
}

/// The type of an extracted field.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    String,
    Number,
    Boolean,
}

/// The order of a list, as `likes desc` or `sentiment asc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    Mentions,
    UniqueUsers,
    Likes,
    Views,
    Replies,
    Shares,
    Engagement,
    PublishedAt,
    Sentiment,
}

/// No order that there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no order; write one like `likes desc` or `published_at asc`")]
pub struct SortError(String);

impl SortBy {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Mentions, "mentions"),
        (Self::UniqueUsers, "unique_users"),
        (Self::Likes, "likes"),
        (Self::Views, "views"),
        (Self::Replies, "replies"),
        (Self::Shares, "shares"),
        (Self::Engagement, "engagement"),
        (Self::PublishedAt, "published_at"),
        (Self::Sentiment, "sentiment"),
    ];
}

impl Sort {
    /// The most, or the newest, first.
    pub fn most(by: SortBy) -> Self {
        Self { by, descending: true }
    }
}

impl TryFrom<String> for Sort {
    type Error = SortError;

    fn try_from(text: String) -> Result<Self, SortError> {
        let (by, order) = text.split_once(' ').unwrap_or((&text, ""));
        let by = SortBy::ALL.iter().find(|(_, name)| *name == by).map(|(by, _)| *by);
        match (by, order) {
            (Some(by), "desc") => Ok(Self { by, descending: true }),
            (Some(by), "asc") => Ok(Self { by, descending: false }),
            _ => Err(SortError(text)),
        }
    }
}

impl From<Sort> for String {
    fn from(sort: Sort) -> Self {
        let by = SortBy::ALL.iter().find(|(by, _)| *by == sort.by).map_or("", |(_, name)| name);
        format!("{by} {}", if sort.descending { "desc" } else { "asc" })
    }
}
