//! What posts feel, as an answer tells it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::reading::{SentimentLabel, TokenUsage};

/// What a post says, or that nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    Positive,
    Neutral,
    Negative,
    /// Not English, or not enough text to tell.
    Unknown,
}

impl Sentiment {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
            Self::Unknown => "unknown",
        }
    }

    /// The label as filters name it; nothing of what is unknown.
    pub fn known(self) -> Option<SentimentLabel> {
        match self {
            Self::Positive => Some(SentimentLabel::Positive),
            Self::Neutral => Some(SentimentLabel::Neutral),
            Self::Negative => Some(SentimentLabel::Negative),
            Self::Unknown => None,
        }
    }
}

/// A text that names no sentiment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no sentiment")]
pub struct UnknownSentiment(String);

impl FromStr for Sentiment {
    type Err = UnknownSentiment;

    fn from_str(text: &str) -> Result<Self, UnknownSentiment> {
        let all = [Self::Positive, Self::Neutral, Self::Negative, Self::Unknown];
        let found = all.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| UnknownSentiment(text.to_owned()))
    }
}

/// How many posts feel how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SentimentCounts {
    /// The positive part of `n`, from 0 to 1; null where `n` is 0.
    #[schema(required)]
    pub sentiment_score: Option<f64>,
    pub positive_count: u64,
    pub neutral_count: u64,
    pub negative_count: u64,
    /// Posts that are not judged: they are in no score, and never neutral.
    pub unknown_count: u64,
    /// The posts that are judged.
    pub n: u64,
    /// The positive less the negative part of `n`, from -1 to 1.
    #[schema(required)]
    pub net: Option<f64>,
}

/// What the posts feel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SentimentFigures {
    #[serde(flatten)]
    pub counts: SentimentCounts,
    pub by_source: BTreeMap<String, SentimentCounts>,
    /// Where there are several terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub by_term: Option<BTreeMap<String, SentimentCounts>>,
    pub examples: Examples,
    pub method: Method,
}

/// Texts of some of the posts, found among the first hundred in the order of the answer's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Examples {
    pub positive: Vec<String>,
    pub neutral: Vec<String>,
    pub negative: Vec<String>,
}

/// What judged the posts: figures of two versions are not to be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SentimentMethod)]
pub struct Method {
    /// `english-lexicon`, a list of words and rules, or `model`.
    pub name: String,
    pub version: String,
    /// The model that labelled the posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model: Option<String>,
}

impl Method {
    /// Of a model: `version` is that of what it is told.
    pub fn of_model(model: &str, version: &str) -> Self {
        let (name, version) = ("model".to_owned(), version.to_owned());
        Self { name, version, model: Some(model.to_owned()) }
    }
}

/// What labelled the posts of an answer, and what that took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Labels {
    pub method: Method,
    /// Posts that matched, each with a label.
    pub posts: u64,
    /// How many of them were labelled before, by an earlier run.
    pub known: u64,
    pub usage: TokenUsage,
}
