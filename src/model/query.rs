//! A saved question.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::id::{QueryId, WorkspaceId};
use super::reading::Reading;
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
    pub reading: Reading,
    /// Choices the reader made where the prompt left them open.
    pub assumptions: Vec<String>,
    pub timezone: Tz,
    /// Where its events are sent.
    pub webhook_url: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}
