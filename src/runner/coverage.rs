//! What each source covered, what the figures lack for it, and when there is no answer at all.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Failure;
use crate::model::document::Document;
use crate::model::job::{JobError, SourceProgress};
use crate::model::result::{Coverage, CoverageStatus};
use crate::model::source::SourceAbout;
use crate::model::window::TimeRange;
use crate::sources::{Collected, Requests, SourceError};

/// What one source's documents span.
#[derive(Clone, Copy, Default)]
pub struct Seen {
    pub documents: u64,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Seen {
    pub fn add(&mut self, document: &Document) {
        self.documents += 1;
        if let Some(at) = document.published_at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
    }

    pub fn range(&self) -> Option<TimeRange> {
        let (from, last) = self.span?;
        Some(TimeRange { from, to: last + TimeDelta::milliseconds(1) })
    }
}

/// How the collecting of one source ended.
pub struct Gathered {
    pub source: String,
    /// `None`: there is no connector for it.
    pub answer: Option<Result<(), SourceError>>,
    pub coverage: Coverage,
}

/// `Err` is why it was not asked.
pub fn coverage_of(
    answer: Result<&Result<Collected, SourceError>, String>,
    requested: TimeRange,
    seen: Seen,
    requests: &Requests,
) -> Coverage {
    let collected = answer.as_ref().ok().and_then(|answer| answer.as_ref().ok());
    let (covered, upstream_total) = collected
        .map(|collected| (collected.covered, collected.upstream_total))
        .unwrap_or_default();
    let dataset_version = collected.and_then(|collected| collected.dataset_version);
    let (status, reason) = match answer {
        Ok(Ok(collected)) => (collected.status, collected.reason.clone()),
        Ok(Err(error @ SourceError::RateLimited { .. })) => {
            (CoverageStatus::RateLimited, Some(error.to_string()))
        }
        Ok(Err(error)) => (CoverageStatus::Error, Some(error.to_string())),
        Err(why) => (CoverageStatus::AuthMissing, Some(why)),
    };
    Coverage {
        status,
        requested,
        covered: covered.or_else(|| seen.range()),
        requests: requests.count(),
        upstream_total,
        reason,
        dataset_version,
        backend: collected.and_then(|collected| collected.backend.clone()),
        kept_until: collected.and_then(|collected| collected.kept_until),
        gone: collected.and_then(|collected| collected.gone),
    }
}

/// What each source covered. When none answered, the run has failed: for now, when one of them may
/// answer later, else for good.
pub fn cover(gathered: Vec<Gathered>) -> Result<BTreeMap<String, Coverage>, Failure> {
    let mut coverage = BTreeMap::new();
    let mut waits = Vec::new();
    let mut answered = false;
    for Gathered { source, answer, coverage: of_source } in gathered {
        match answer {
            Some(Ok(())) => answered = true,
            Some(Err(SourceError::Stopped)) => return Err(Failure::Interrupted),
            Some(Err(SourceError::Transient(reason))) => waits.push((Duration::ZERO, reason)),
            Some(Err(SourceError::RateLimited { after, reason })) => waits.push((after, reason)),
            Some(Err(SourceError::Permanent(_))) | None => {}
        }
        coverage.insert(source, of_source);
    }
    if answered {
        return Ok(coverage);
    }
    if let Some((after, reason)) = waits.into_iter().min_by_key(|(after, _)| *after) {
        return Err(Failure::Passing { reason, after });
    }
    Err(none_answered(coverage))
}

/// What the figures lack, a sentence for each source that did not give all it was asked for.
pub fn shortfalls(coverage: &BTreeMap<String, Coverage>) -> Vec<String> {
    let said = coverage.iter().filter_map(|(source, coverage)| {
        let reason = coverage.reason.as_deref().unwrap_or("it did not say why");
        match coverage.status {
            CoverageStatus::Truncated | CoverageStatus::Partial => Some(format!(
                "what {source} gave is not all, so its figures are at least: {reason}"
            )),
            CoverageStatus::Unsupported
            | CoverageStatus::AuthMissing
            | CoverageStatus::RateLimited
            | CoverageStatus::Error => {
                Some(format!("{source} gave nothing and is not in the figures: {reason}"))
            }
            CoverageStatus::Complete | CoverageStatus::Pending | CoverageStatus::Running => None,
        }
    });
    said.collect()
}

/// Why a source is not asked, and what to do about it.
pub fn not_configured(source: &str, about: Option<SourceAbout>) -> String {
    let how = about.and_then(|about| about.reason).map_or(String::new(), |how| format!(": {how}"));
    format!("`{source}` is not configured on this server{how}")
}

fn none_answered(coverage: BTreeMap<String, Coverage>) -> Failure {
    let reasons: Vec<&str> =
        coverage.values().filter_map(|coverage| coverage.reason.as_deref()).collect();
    let message = if reasons.is_empty() {
        "no source is ready on this server; upload a dataset or configure a source".to_owned()
    } else {
        format!("no source answered: {}", reasons.join("; "))
    };
    let error = JobError { code: "SOURCES_FAILED".into(), message, retryable: false };
    let progress = coverage
        .into_iter()
        .map(|(source, coverage)| SourceProgress {
            source,
            status: coverage.status,
            requests: coverage.requests,
            documents: 0,
            reason: coverage.reason,
        })
        .collect();
    Failure::Final(error, progress)
}
