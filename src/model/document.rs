//! A collected post in the common shape every source maps to.
//!
//! A document is never a database row: what one job collected from one source is one NDJSON.zst
//! blob, a document a line, in the field names below.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::sentiment::Sentiment;

/// One collected post.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The source's name, as in `sources` of a query (`x`, `dataset:posts`).
    pub source: String,
    /// The source's own stable id, as text: some platforms' ids do not fit a float.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default)]
    pub kind: DocumentKind,
    #[serde(default)]
    pub author: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default)]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// When it was published at the source; never the time it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub engagement: Engagement,
    /// The subreddit, forum or channel it stands in, without `r/` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// Where the source says it was written: two letters of ISO 3166.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether the source says that a question has its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<bool>,
    /// What a model says that it feels, where one was asked; never kept with the document.
    #[serde(skip)]
    pub label: Option<Sentiment>,
}

/// Who wrote a document; every part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Author {
    /// The platform's immutable id of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// The name an account is addressed by, without a leading `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub handle: Option<String>,
    /// The displayed name; not an identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Whether the platform has verified the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub verified: Option<bool>,
}

impl Author {
    /// What tells two authors of one source apart: the id, else the handle in lower case, else
    /// nothing (the author is unknown and is counted as such, not as one person).
    pub fn identity(&self) -> Option<String> {
        let id = self.id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        if let Some(id) = id {
            return Some(format!("id:{id}"));
        }
        let handle = self.handle.as_deref().map(str::trim).filter(|h| !h.is_empty());
        handle.map(|handle| format!("handle:{}", handle.trim_start_matches('@').to_lowercase()))
    }
}

/// What the source says of reactions; `None` where it does not say, never zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Engagement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub likes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub replies: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shares: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub views: Option<i64>,
}

/// What kind of post a document is; reposts must be separable from original posts.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    #[default]
    Post,
    Comment,
    Reply,
    Repost,
    Quote,
    Article,
    Video,
    Issue,
    Answer,
}
