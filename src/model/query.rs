//! A saved question.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::id::{QueryId, WorkspaceId};
use super::page::{Place, SortField, SortKey};
use super::reading::{Reader, Reading};
use super::window::DateRange;

/// Longest prompt, in characters.
pub const MAX_PROMPT_CHARS: usize = 4_000;
/// How many posts a result may list.
pub const LIMIT_RANGE: std::ops::RangeInclusive<i64> = 1..=1_000;
pub const DEFAULT_LIMIT: u32 = 100;

/// A saved question with the reading that its runs measure by.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedQuery {
    pub id: QueryId,
    pub workspace_id: WorkspaceId,
    pub name: Option<String>,
    pub prompt: String,
    /// Empty means every source that is ready when a job runs.
    pub sources: Vec<String>,
    pub date_range: Option<DateRange>,
    pub limit: u32,
    pub reading: Box<Reading>,
    pub reader: Reader,
    /// Choices the reader made where the prompt left them open.
    pub assumptions: Vec<String>,
    pub timezone: Tz,
    /// The form that its answers are given in as well, as JSON Schema.
    pub output_schema: Option<Box<serde_json::Value>>,
    /// Where its events are sent.
    pub webhook_url: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Narrows a list of queries; what is not given fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryFilter {
    /// A part of the name or of the prompt; A to Z fit in either case.
    pub search: Option<String>,
    /// Those that name one of these sources.
    pub sources: Vec<String>,
    /// Whether they run by themselves.
    pub scheduled: Option<bool>,
    pub created_after: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
}

/// What queries can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryField {
    #[default]
    CreatedAt,
    UpdatedAt,
    /// Those without a name have an empty one.
    Name,
}

impl SortField for QueryField {
    type Item = SavedQuery;

    fn name(self) -> Option<&'static str> {
        match self {
            Self::CreatedAt => None,
            Self::UpdatedAt => Some("updated_at"),
            Self::Name => Some("name"),
        }
    }

    fn place(self, query: &SavedQuery) -> Place {
        let key = match self {
            Self::CreatedAt => None,
            Self::UpdatedAt => Some(SortKey::Number(query.updated_at.timestamp_millis())),
            Self::Name => Some(SortKey::Text(query.name.clone().unwrap_or_default())),
        };
        Place { key, id: query.id.to_string() }
    }
}
