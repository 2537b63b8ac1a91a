//! What a job asked of a source and was answered, kept for a time so that a figure can be traced to it.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::id::{JobId, ScrapeLogId, WorkspaceId};

/// One exchange. Nothing of it shows a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScrapeLog {
    /// Grows with the time it was asked.
    pub id: ScrapeLogId,
    pub workspace_id: WorkspaceId,
    pub job_id: JobId,
    /// Which of the job's attempts asked.
    pub attempt: u32,
    pub source: String,
    pub at: DateTime<Utc>,
    pub method: String,
    pub url: String,
    pub duration_ms: u64,
    /// Nothing when there was no answer.
    pub status_code: Option<u16>,
    /// Why the answer was of no use.
    pub error: Option<String>,
    /// Of the body, as it was after decompression.
    pub size_bytes: u64,
    /// Posts the answer held; nothing where it was of another kind.
    pub documents: Option<u64>,
    pub body: Option<Body>,
}

/// Where a raw body is: some bytes of a blob, compressed with zstd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub blob: String,
    pub range: Range<u64>,
}

/// Which exchanges are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScrapeLogFilter {
    pub job_id: Option<JobId>,
    pub source: Option<String>,
}

impl ScrapeLogFilter {
    /// The job whose exchanges fit, if nothing else is asked of them.
    pub fn of_job_alone(&self) -> Option<JobId> {
        self.job_id.filter(|_| self.source.is_none())
    }
}
