//! Fields that were found in posts, as an answer tells them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The fields of one post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExtractedRow {
    pub source: String,
    pub id: String,
    #[schema(required)]
    pub url: Option<String>,
    /// Each field of the reading; null where the post does not say it.
    pub fields: BTreeMap<String, Extracted>,
    /// Where each value stands; a field that is null has none.
    pub basis: BTreeMap<String, Basis>,
    /// How many other matching posts say nearly the same.
    pub similar: u64,
}

/// A value of the type that the reading names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Extracted {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    /// The post does not say it, or it cannot be told.
    Null,
}

/// What a value rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Basis {
    /// `text`, `title`, or what else of the post says it, such as `author.handle`.
    pub field: String,
    /// Bytes of UTF-8 from the beginning of the text or title; absent where all of the field is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start: Option<u64>,
    /// Not inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub end: Option<u64>,
}
