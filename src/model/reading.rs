//! How a prompt was understood. Shown to the user as JSON, stored with the query, and the only
//! thing a run measures by: the prompt itself is never read again once a reading exists.

use serde::{Deserialize, Serialize};

/// The machine-readable meaning of a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reading {
    pub intent: Intent,
    /// What to look for; a document matches when any term matches.
    pub terms: Vec<Term>,
    /// A document that contains one of these does not match.
    pub exclude: Vec<String>,
    /// Sources named in the prompt; null means those of the request, else all that are ready.
    #[schema(required)]
    pub sources: Option<Vec<String>>,
    /// The time asked about; null means the request's date range, else the last seven days.
    #[schema(required)]
    pub window: Option<Window>,
    pub group_by: Vec<GroupBy>,
    pub metrics: Vec<Metric>,
    /// How many posts to list; it never caps what is counted.
    #[schema(required)]
    pub limit: Option<u32>,
    /// Why the prompt cannot be answered; only with the intent `unsupported`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// What kind of answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// How many posts, or how many people.
    Count,
    /// Cannot be answered from posts; `reason` says why.
    Unsupported,
}

/// One thing to look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Term {
    /// A word or phrase; a leading `@` or `#` is kept and must be there in the text.
    Text(String),
    /// One thing under several names.
    Entity { name: String, any: Vec<String> },
    /// All of these must occur.
    All { all: Vec<String> },
}

/// A span of time, still relative: it is resolved against the job's reference time and zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
}

/// Units of [`Window::Calendar`]; weeks begin on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalendarUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    Mentions,
    UniqueUsers,
}
