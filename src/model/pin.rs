//! Charts of queries that a workspace keeps on its overview.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::id::{PinId, QueryId, WorkspaceId};

/// Pins of one workspace.
pub const MAX_PINS: u64 = 50;

/// What of a query's results is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinChart {
    Figures,
    Trend,
    Sentiment,
    Sources,
    ShareOfVoice,
    History,
}

impl PinChart {
    pub const ALL: [Self; 6] = [
        Self::Figures,
        Self::Trend,
        Self::Sentiment,
        Self::Sources,
        Self::ShareOfVoice,
        Self::History,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Trend => "trend",
            Self::Sentiment => "sentiment",
            Self::Sources => "sources",
            Self::ShareOfVoice => "share_of_voice",
            Self::History => "history",
        }
    }
}

impl FromStr for PinChart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|chart| chart.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a chart"))
    }
}

/// A chart of a query on the overview; it is gone when the query is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub id: PinId,
    pub workspace_id: WorkspaceId,
    pub query_id: QueryId,
    pub chart: PinChart,
    pub created_at: DateTime<Utc>,
}
