//! What posts feel, as an answer tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    pub name: String,
    pub version: String,
}
