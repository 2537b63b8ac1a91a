//! What the posts come to in words, as an answer tells it.

use serde::{Deserialize, Serialize};

use super::reading::{SentimentLabel, TokenUsage};

/// The kind of a summary whose text a model wrote.
pub const BY_MODEL: &str = "model";

/// A summary: every number in it is one of the answer's own figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Summary {
    pub method: SummaryMethod,
    /// What was looked for, as the reading calls it.
    pub about: Vec<String>,
    pub text: String,
    /// Posts that stand for the others, the one that shares most with them first.
    pub points: Vec<SummaryPoint>,
}

/// What wrote a summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SummaryMethod {
    /// `extractive`: sentences made of the figures, and posts that are quoted. `model`: a language model wrote the
    /// text; each number in it is one of the figures.
    pub kind: String,
    pub version: String,
    /// The model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// What asking it took, also where its text could not be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub usage: Option<TokenUsage>,
}

impl SummaryMethod {
    /// Without a model.
    pub fn extractive(version: &str) -> Self {
        Self {
            kind: "extractive".to_owned(),
            version: version.to_owned(),
            model: None,
            usage: None,
        }
    }
}

/// Something that is said, with the posts it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SummaryPoint {
    /// The post's own words, cut where they are long.
    pub text: String,
    /// What it feels; null where that cannot be told.
    #[schema(required)]
    pub sentiment: Option<SentimentLabel>,
    /// How many other matching posts say nearly the same.
    pub similar: u64,
    pub cites: Vec<Cite>,
}

/// A post that is referred to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cite {
    pub source: String,
    pub id: String,
    #[schema(required)]
    pub url: Option<String>,
}
