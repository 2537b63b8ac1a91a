//! How a search that gives posts page by page, newest first, is walked to the beginning of a window.
//!
//! A search gives no more than so many posts over all its pages. Where it can be held to a time, a longer
//! one is walked on: the next search ends at the second of the oldest post, and what comes twice is handed
//! on once. More posts within one second than a search gives cannot be reached. Where it cannot, the rest is
//! missing, and that is said.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::ask::Ask;
use super::http::{ErrorClass, Session, UpstreamError};
use super::{CollectRequest, Collected, Sink, SourceError};
use crate::model::document::Document;
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;
use crate::net::Response;

/// Whole seconds, both inside, as searches keep time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds {
    pub first: i64,
    pub last: i64,
}

impl Seconds {
    /// The seconds that begin in a window; `None` when none does.
    pub fn of(window: TimeRange) -> Option<Self> {
        let (first, end) = (at_or_after(window.from), at_or_after(window.to));
        (first < end).then_some(Self { first, last: end - 1 })
    }

    /// The part of the window behind a second that is only partly known.
    pub fn covered(self, window: TimeRange, partly: i64) -> Option<TimeRange> {
        let from = DateTime::from_timestamp(partly + 1, 0)?.max(window.from);
        (partly >= self.first && from < window.to).then_some(TimeRange { from, to: window.to })
    }

    /// As RFC 3339: the first second, and the one after the last.
    pub fn written(self) -> (String, String) {
        let written = |second| {
            let at = DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
            at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        (written(self.first), written(self.last + 1))
    }
}

fn at_or_after(instant: DateTime<Utc>) -> i64 {
    instant.timestamp() + i64::from(instant.timestamp_subsec_nanos() > 0)
}

/// One page of a search.
#[derive(Debug, Default)]
pub struct Page {
    pub documents: Vec<Document>,
    /// How many posts were on it, also those that became no documents.
    pub given: u64,
    /// The second of the oldest of them.
    pub oldest: Option<i64>,
    /// What the next page is asked for with; nothing after the last.
    pub next: Option<String>,
    /// How many posts the search has, whether or not they can be reached, and whether the source is sure.
    pub total: Option<(u64, bool)>,
    /// How long the source wants to be left alone before the next page.
    pub pause: Option<Duration>,
    /// What the page cost, in millionths of a dollar.
    pub cost: u64,
}

/// What one job may take of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub documents: usize,
    /// Millionths of a dollar.
    pub cost: u64,
}

impl Page {
    /// A page of posts, each with its second and the document it becomes, where it becomes one.
    pub fn of(posts: impl Iterator<Item = (Option<i64>, Option<Document>)>) -> Self {
        let mut page = Self::default();
        for (second, document) in posts {
            page.given += 1;
            page.oldest = match (page.oldest, second) {
                (Some(oldest), Some(second)) => Some(oldest.min(second)),
                (oldest, second) => oldest.or(second),
            };
            page.documents.extend(document);
        }
        page
    }
}

/// A platform's search for one job.
pub trait Search: Send + Sync {
    /// Most posts that one search gives over all its pages.
    fn most(&self) -> u64;

    /// Whether a search can be held to a time.
    fn is_timed(&self) -> bool {
        true
    }

    /// The most that one page can cost, in millionths of a dollar: it is not asked for when less is left.
    fn page_may_cost(&self) -> u64 {
        0
    }

    /// What to ask for the page that `next` names, the first without.
    ///
    /// # Errors
    /// When there is no such address.
    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError>;

    /// The page that was answered with.
    ///
    /// # Errors
    /// When it is no page of a search.
    fn read(&self, response: &Response) -> Result<Page, UpstreamError>;

    /// What else has to be asked for to know all of a page's posts.
    fn details(&self, page: &Page) -> Option<Result<Ask, UpstreamError>> {
        let _ = page;
        None
    }

    /// The page with what was answered then.
    ///
    /// # Errors
    /// When it is something else.
    fn add_details(&self, page: Page, response: &Response) -> Result<Page, UpstreamError> {
        let _ = response;
        Ok(page)
    }
}

/// Hands on what searches for each of `queries` give, as far as the budget goes.
///
/// # Errors
/// When the first search failed before it gave anything.
pub async fn walk(
    search: &dyn Search,
    session: &Session,
    request: &CollectRequest,
    sink: &dyn Sink,
    budget: Budget,
    queries: &[String],
) -> Result<Collected, SourceError> {
    let walk = Walk {
        search,
        session,
        sink,
        budget,
        window: request.window,
        ids: HashSet::new(),
        documents: 0,
        spent: 0,
        answers: 0,
        crowded: 0,
    };
    walk.run(queries).await
}

/// Why a search ended, and the second down to which it is only partly known.
enum Ended {
    /// At the beginning of the window.
    Whole,
    Limit(i64),
    /// The next page would cost more than is left.
    Spent(i64),
    /// It gives no more, though there may be more.
    Ceiling(i64),
    Failed(i64, UpstreamError),
}

struct Walk<'a> {
    search: &'a dyn Search,
    session: &'a Session,
    sink: &'a dyn Sink,
    budget: Budget,
    window: TimeRange,
    ids: HashSet<String>,
    documents: usize,
    /// Millionths of a dollar.
    spent: u64,
    /// Pages that were read.
    answers: usize,
    /// Seconds with more posts than a search gives.
    crowded: usize,
}

/// The posts of one search between two seconds, as far as its pages give them.
#[derive(Default)]
struct Slice {
    total: Option<(u64, bool)>,
    given: u64,
    oldest: Option<i64>,
    is_over_limit: bool,
    is_spent: bool,
    /// Older posts than those asked for came, so there are no others.
    is_past: bool,
}

impl Slice {
    /// Whether it gave every post there is. A total the source is not sure of says nothing of what
    /// lies behind a full search.
    fn is_all(&self, most: u64) -> bool {
        let (total, is_exact) = self.total.unwrap_or_default();
        self.is_past || self.given >= total && (is_exact || self.given < most)
    }
}

impl Walk<'_> {
    async fn run(mut self, queries: &[String]) -> Result<Collected, SourceError> {
        let whole = Some(self.window);
        let Some(seconds) = Seconds::of(self.window) else {
            return Ok(collected(CoverageStatus::Complete, whole, None, None));
        };
        let mut total = None;
        let mut ceiling = None;
        for (index, query) in queries.iter().enumerate() {
            let (ended, said) = self.search(query, seconds).await?;
            // Posts that hold two of the names would be in two totals.
            total = said.filter(|_| queries.len() == 1);
            let is_last = index + 1 == queries.len();
            let covered = |reached| seconds.covered(self.window, reached).filter(|_| is_last);
            match ended {
                Ended::Whole => {}
                Ended::Ceiling(reached) => ceiling = Some(reached).max(ceiling),
                Ended::Limit(reached) => {
                    let most = self.budget.documents;
                    let reason =
                        format!("the limit of {most} documents was reached; others are missing");
                    let covered = covered(reached);
                    return Ok(collected(CoverageStatus::Truncated, covered, total, Some(reason)));
                }
                Ended::Spent(reached) => {
                    let dollars = Duration::from_micros(self.budget.cost).as_secs_f64();
                    let reason =
                        format!("the budget of {dollars} USD was reached; others are missing");
                    let covered = covered(reached);
                    return Ok(collected(CoverageStatus::Truncated, covered, total, Some(reason)));
                }
                Ended::Failed(_, error) if self.answers == 0 => return Err(error.into()),
                Ended::Failed(reached, error) => {
                    let is_budget = error.class.is_budget();
                    let status =
                        if is_budget { CoverageStatus::Truncated } else { CoverageStatus::Partial };
                    let reason = format!("the search ended before its end: {}", error.message);
                    return Ok(collected(status, covered(reached), total, Some(reason)));
                }
            }
        }
        if let Some(reached) = ceiling {
            let most = self.search.most();
            let reason = format!(
                "one search gives about {most} posts and cannot be held to a time; older ones may be missing"
            );
            let covered = seconds.covered(self.window, reached);
            return Ok(collected(CoverageStatus::Truncated, covered, total, Some(reason)));
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

    /// Walks one search back through time; answers also how many posts the source says there are.
    async fn search(
        &mut self,
        query: &str,
        seconds: Seconds,
    ) -> Result<(Ended, Option<u64>), SourceError> {
        let mut left = seconds;
        let mut total = None;
        let most = self.search.most();
        loop {
            let slice = match self.slice(query, left).await? {
                Ok(slice) => slice,
                Err(error) => return Ok((Ended::Failed(left.last, error), total)),
            };
            if left == seconds {
                total = slice.total.filter(|(_, is_exact)| *is_exact).map(|(total, _)| total);
            }
            if slice.is_over_limit {
                return Ok((Ended::Limit(slice.oldest.unwrap_or(left.last)), total));
            }
            if slice.is_spent {
                return Ok((Ended::Spent(slice.oldest.unwrap_or(left.last)), total));
            }
            if slice.is_all(most) {
                return Ok((Ended::Whole, total));
            }
            let Some(oldest) = slice.oldest.filter(|oldest| *oldest <= left.last) else {
                let error = "it says that there are more hits, but gives none";
                let error = UpstreamError::new(ErrorClass::BadPayload, error);
                return Ok((Ended::Failed(left.last, error), total));
            };
            if !self.search.is_timed() {
                return Ok((Ended::Ceiling(oldest), total));
            }
            if oldest < left.last {
                left.last = oldest;
                continue;
            }
            // All that was given lies within one second, which may hold more.
            let alone = match self.slice(query, Seconds { first: oldest, last: oldest }).await? {
                Ok(slice) => slice,
                Err(error) => return Ok((Ended::Failed(left.last, error), total)),
            };
            self.crowded += usize::from(!alone.is_all(most));
            if oldest <= left.first {
                return Ok((Ended::Whole, total));
            }
            left.last = oldest - 1;
        }
    }

    /// Reads the pages of one search and hands on what is new.
    async fn slice(
        &mut self,
        query: &str,
        seconds: Seconds,
    ) -> Result<Result<Slice, UpstreamError>, SourceError> {
        let mut slice = Slice::default();
        let mut next: Option<String> = None;
        loop {
            let may_cost = self.search.page_may_cost();
            if may_cost > 0 && self.spent.saturating_add(may_cost) > self.budget.cost {
                slice.is_spent = true;
                return Ok(Ok(slice));
            }
            let page = match self.page(query, seconds, next.as_deref()).await {
                Ok(page) => page,
                Err(error) => return Ok(Err(error)),
            };
            self.answers += 1;
            // Beyond a ceiling the total is said to be nothing.
            if next.is_none() {
                slice.total = page.total;
            }
            slice.given += page.given;
            let is_empty = page.given == 0;
            self.spent = self.spent.saturating_add(page.cost);
            let pause = page.pause;
            let asked = std::mem::replace(&mut next, page.next.clone());
            self.take(page, &mut slice)?;
            slice.is_past |=
                !self.search.is_timed() && slice.oldest.is_some_and(|at| at < seconds.first);
            let is_end = next.is_none() || next == asked || slice.given >= self.search.most();
            if is_empty || is_end || slice.is_over_limit || slice.is_past {
                return Ok(Ok(slice));
            }
            if let Err(error) = self.session.pause(pause.unwrap_or_default()).await {
                return Ok(Err(error));
            }
        }
    }

    async fn page(
        &self,
        query: &str,
        seconds: Seconds,
        next: Option<&str>,
    ) -> Result<Page, UpstreamError> {
        let ask = self.search.ask(query, seconds, next)?;
        let read = |response: &Response| self.search.read(response);
        let page = self.session.get_counted(&ask, read, |page| Some(page.given)).await?;
        let Some(ask) = self.search.details(&page) else { return Ok(page) };
        let ask = ask?;
        let answer = self.session.get(&ask, |response| Ok(response.clone())).await?;
        self.search.add_details(page, &answer)
    }

    fn take(&mut self, page: Page, slice: &mut Slice) -> Result<(), SourceError> {
        let mut batch = Vec::new();
        if let Some(oldest) = page.oldest {
            slice.oldest = Some(slice.oldest.map_or(oldest, |known| known.min(oldest)));
        }
        for document in page.documents {
            let is_inside = document.published_at.is_none_or(|at| self.window.contains(at));
            if !is_inside || self.ids.contains(&document.id) {
                continue;
            }
            if self.documents >= self.budget.documents {
                slice.is_over_limit = true;
                slice.oldest = document.published_at.map(|at| at.timestamp()).or(slice.oldest);
                break;
            }
            self.ids.insert(document.id.clone());
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
    Collected { covered, upstream_total, reason, ..Collected::of(status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str) -> TimeRange {
        TimeRange { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn the_end_of_a_window_is_outside_and_parts_of_seconds_count() {
        let cases = [
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z", Some((10, 19))),
            ("1970-01-01T00:00:10.001Z", "1970-01-01T00:00:20.001Z", Some((11, 20))),
            ("1970-01-01T00:00:10.5Z", "1970-01-01T00:00:11Z", None),
            ("1970-01-01T00:00:10.5Z", "1970-01-01T00:00:11.5Z", Some((11, 11))),
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z", None),
        ];
        for (from, to, expected) in cases {
            let expected = expected.map(|(first, last)| Seconds { first, last });
            assert_eq!(Seconds::of(window(from, to)), expected, "{from} {to}");
        }
        let written = Seconds { first: 10, last: 19 }.written();
        assert_eq!(written, ("1970-01-01T00:00:10Z".to_owned(), "1970-01-01T00:00:20Z".to_owned()));
    }

    #[test]
    fn what_lies_behind_the_second_reached_is_covered() {
        let window = window("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z");
        let seconds = Seconds::of(window).unwrap();
        let from = |reached| Some(seconds.covered(window, reached)?.from.timestamp());
        assert_eq!([from(19), from(18), from(10)], [None, Some(19), Some(11)]);
    }
}
