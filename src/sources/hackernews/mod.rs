//! The source `hackernews`: stories and comments, by the public search of Hacker News.
//!
//! One search per name that is looked for, newest first. A search gives no more than its first
//! 1,000 hits, so a longer one is walked by time: the next search ends at the second of the last hit,
//! and what comes twice is handed on once. More hits within one second than that cannot be reached.

mod hit;
mod search;

use std::collections::HashSet;
use std::sync::Arc;

use super::http::{ErrorClass, Http, Session, UpstreamError};
use super::{CollectRequest, Collected, Collecting, Sink, Source, SourceError};
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;
use search::{Found, Search, Seconds};

pub const BASE_URL: &str = "https://hn.algolia.com/api/v1";

pub struct HackerNews {
    http: Http,
    base_url: String,
    max_documents: usize,
}

impl HackerNews {
    /// `base_url` is without a slash at its end.
    pub fn new(http: Http, base_url: &str, max_documents: u32) -> Self {
        Self { http, base_url: base_url.to_owned(), max_documents: max_documents as usize }
    }
}

impl Source for HackerNews {
    fn covers(&self) -> &'static str {
        "Stories and comments since 2006 by public search, walked back to the beginning of the window."
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.http.session(request.requests.clone());
            let walk = Walk {
                session: &session,
                base_url: &self.base_url,
                source: &request.source,
                sink: sink.as_ref(),
                max_documents: self.max_documents,
                window: request.window,
                ids: HashSet::new(),
                documents: 0,
                answers: 0,
                crowded: 0,
            };
            walk.run(&search::phrases(&request.terms)).await
        })
    }
}

/// Why a search ended, and the second down to which it is only partly known.
enum Ended {
    /// At the beginning of the window.
    Whole,
    Limit(i64),
    Failed(i64, UpstreamError),
}

struct Walk<'a> {
    session: &'a Session,
    base_url: &'a str,
    source: &'a str,
    sink: &'a dyn Sink,
    max_documents: usize,
    window: TimeRange,
    ids: HashSet<String>,
    documents: usize,
    /// Pages that were read.
    answers: usize,
    /// Seconds with more hits than a search gives.
    crowded: usize,
}

/// The hits of one search between two seconds, as far as its pages give them.
struct Slice {
    /// How many there are, and whether the source is sure.
    total: u64,
    is_exact: bool,
    given: u64,
    oldest: Option<i64>,
    is_over_limit: bool,
}

impl Slice {
    /// Whether it gave every hit there is. A total the source is not sure of says nothing of what
    /// lies behind a full search.
    fn is_all(&self) -> bool {
        self.given >= self.total && (self.is_exact || self.given < search::MOST_HITS)
    }
}

impl Walk<'_> {
    async fn run(mut self, phrases: &[String]) -> Result<Collected, SourceError> {
        let whole = Some(self.window);
        let Some(seconds) = Seconds::of(self.window) else {
            return Ok(collected(CoverageStatus::Complete, whole, None, None));
        };
        let mut total = None;
        for (index, phrase) in phrases.iter().enumerate() {
            let (ended, said) = self.search(phrase, seconds).await?;
            // Posts that hold two of the names would be in two totals.
            total = said.filter(|_| phrases.len() == 1);
            let is_last = index + 1 == phrases.len();
            match ended {
                Ended::Whole => {}
                Ended::Limit(reached) => {
                    let covered = seconds.covered(self.window, reached).filter(|_| is_last);
                    let most = self.max_documents;
                    let reason =
                        format!("the limit of {most} documents was reached; others are missing");
                    return Ok(collected(CoverageStatus::Truncated, covered, total, Some(reason)));
                }
                Ended::Failed(_, error) if self.answers == 0 => return Err(error.into()),
                Ended::Failed(reached, error) => {
                    let covered = seconds.covered(self.window, reached).filter(|_| is_last);
                    let status = match error.class {
                        ErrorClass::OutOfTime => CoverageStatus::Truncated,
                        _ => CoverageStatus::Partial,
                    };
                    let reason = format!("the search ended before its end: {}", error.message);
                    return Ok(collected(status, covered, total, Some(reason)));
                }
            }
        }
        if self.crowded > 0 {
            let reason = format!(
                "seconds with more hits than the search gives, some of which are missing: {}",
                self.crowded
            );
            return Ok(collected(CoverageStatus::Truncated, whole, total, Some(reason)));
        }
        Ok(collected(CoverageStatus::Complete, whole, total, None))
    }

    /// Walks one search back through time; answers also how many hits the source says there are.
    async fn search(
        &mut self,
        phrase: &str,
        seconds: Seconds,
    ) -> Result<(Ended, Option<u64>), SourceError> {
        let mut left = seconds;
        let mut total = None;
        loop {
            let slice = match self.slice(phrase, left).await? {
                Ok(slice) => slice,
                Err(error) => return Ok((Ended::Failed(left.last, error), total)),
            };
            if left == seconds && slice.is_exact {
                total = Some(slice.total);
            }
            if slice.is_over_limit {
                return Ok((Ended::Limit(slice.oldest.unwrap_or(left.last)), total));
            }
            if slice.is_all() {
                return Ok((Ended::Whole, total));
            }
            let Some(oldest) = slice.oldest.filter(|oldest| *oldest <= left.last) else {
                let error = "it says that there are more hits, but gives none";
                let error = UpstreamError::new(ErrorClass::BadPayload, error);
                return Ok((Ended::Failed(left.last, error), total));
            };
            if oldest < left.last {
                left.last = oldest;
                continue;
            }
            // All that was given lies within one second, which may hold more.
            let alone = match self.slice(phrase, Seconds { first: oldest, last: oldest }).await? {
                Ok(slice) => slice,
                Err(error) => return Ok((Ended::Failed(left.last, error), total)),
            };
            self.crowded += usize::from(!alone.is_all());
            if oldest == left.first {
                return Ok((Ended::Whole, total));
            }
            left.last = oldest - 1;
        }
    }

    /// Reads the pages of one search and hands on what is new.
    async fn slice(
        &mut self,
        phrase: &str,
        seconds: Seconds,
    ) -> Result<Result<Slice, UpstreamError>, SourceError> {
        let mut slice =
            Slice { total: 0, is_exact: false, given: 0, oldest: None, is_over_limit: false };
        let mut page = 0;
        loop {
            let search = Search { base_url: self.base_url, phrase, seconds, page };
            let found = match search.send(self.session).await {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            self.answers += 1;
            // Beyond the ceiling the total is said to be nothing.
            if page == 0 {
                slice.total = found.total;
                slice.is_exact = found.is_exact;
            }
            let pages = found.pages;
            slice.given += found.hits.len() as u64;
            let is_empty = found.hits.is_empty();
            self.take(found, &mut slice)?;
            page += 1;
            if is_empty || page >= pages || slice.is_over_limit {
                return Ok(Ok(slice));
            }
        }
    }

    fn take(&mut self, found: Found, slice: &mut Slice) -> Result<(), SourceError> {
        let mut batch = Vec::new();
        for hit in found.hits {
            if let Some(second) = hit.second() {
                slice.oldest = Some(slice.oldest.map_or(second, |oldest| oldest.min(second)));
            }
            if self.ids.contains(&hit.id) {
                continue;
            }
            let id = hit.id.clone();
            let Some(document) = hit.into_document(self.source) else {
                continue;
            };
            if self.documents >= self.max_documents {
                slice.is_over_limit = true;
                break;
            }
            self.ids.insert(id);
            self.documents += 1;
            batch.push(document);
        }
        if batch.is_empty() { Ok(()) } else { self.sink.add(&batch) }
    }
}

fn collected(
    status: CoverageStatus,
    covered: Option<TimeRange>,
    upstream_total: Option<u64>,
    reason: Option<String>,
) -> Collected {
    Collected { status, covered, upstream_total, reason, dataset_version: None }
}
