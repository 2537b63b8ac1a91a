//! The source `rss:{address}`: RSS, Atom and JSON feeds.
//!
//! A feed is no archive: it holds the newest items and cannot be searched, so all of them are handed
//! on and what it covered is said by its oldest one. Pages of older items are followed as long as
//! the window is not covered. An item without a date belongs to no window; it is left out and counted.

pub mod dates;
mod discover;
mod json;
pub mod parse;
mod xml;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;

use super::ask::Ask;
use super::cache::Cache;
use super::http::{self, ErrorClass, Http, Session, UpstreamError};
use super::named;
use super::pace::Pace;
use super::{CollectRequest, Collected, Collecting, NameError, Sink, Source, SourceError};
use crate::model::document::Document;
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;
use crate::net::{Response, Schemes};
use parse::Feed;

const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1";
const REDIRECTS: u8 = 5;
/// Pages of one feed that are followed.
const MAX_PAGES: usize = 100;

pub struct Rss {
    http: Http,
    cache: Cache,
    max_documents: usize,
}

impl Rss {
    pub fn new(http: Http, max_documents: u32) -> Self {
        Self { http, cache: Cache::default(), max_documents: max_documents as usize }
    }
}

impl Source for Rss {
    fn covers(&self) -> &'static str {
        "The items that a feed holds just now, and older pages where it links to them; those without a \
         date are left out."
    }

    fn check(&self, name: &str) -> Result<(), NameError> {
        named::check(&self.http, name, "a feed", "rss:https://example.com/feed.xml")
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.http.session(&request, Pace::default());
            let walk = Walk::new(request.source, request.window, self.max_documents);
            walk.run(&session, &self.cache, sink.as_ref()).await
        })
    }
}

/// A page of a feed, or the page for people that names one.
enum Page {
    Feed(Feed),
    Names(Url),
}

/// A way through the pages of one feed.
struct Walk {
    source: String,
    window: TimeRange,
    max_documents: usize,
    documents: usize,
    ids: HashSet<String>,
    visited: HashSet<String>,
    undated: usize,
    oldest: Option<DateTime<Utc>>,
}

impl Walk {
    fn new(source: String, window: TimeRange, max_documents: usize) -> Self {
        Self {
            source,
            window,
            max_documents,
            documents: 0,
            ids: HashSet::new(),
            visited: HashSet::new(),
            undated: 0,
            oldest: None,
        }
    }

    async fn run(
        mut self,
        session: &Session,
        cache: &Cache,
        sink: &dyn Sink,
    ) -> Result<Collected, SourceError> {
        let first = first_page(session, cache, named::address(&self.source)).await?;
        self.visited.insert(named::address(&self.source).to_owned());
        let mut is_whole = first.is_whole;
        let mut older = self.take(first, sink)?;
        while let Some(url) = older.take() {
            if self.covers_window() || self.documents >= self.max_documents {
                break;
            }
            if !self.visited.insert(url.to_string()) || self.visited.len() > MAX_PAGES {
                break;
            }
            let known = self.ids.len();
            match page(session, cache, url.as_str()).await {
                Ok(Page::Feed(feed)) => older = self.take(feed, sink)?,
                Ok(Page::Names(_)) => {
                    let status = CoverageStatus::Partial;
                    return Ok(self.broken(status, "a page for people, not a feed"));
                }
                Err(error) if error.class.is_budget() => {
                    return Ok(self.broken(CoverageStatus::Truncated, &error.message));
                }
                Err(error) => return Ok(self.broken(CoverageStatus::Partial, &error.message)),
            }
            is_whole |= older.is_none();
            if self.ids.len() == known {
                break;
            }
        }
        Ok(self.end(is_whole))
    }

    /// Hands the items of a page on; answers where the next page is.
    fn take(&mut self, feed: Feed, sink: &dyn Sink) -> Result<Option<Url>, SourceError> {
        let mut batch: Vec<Document> = Vec::new();
        for item in feed.items {
            if self.documents >= self.max_documents {
                break;
            }
            if !self.ids.insert(item.key()) {
                continue;
            }
            let Some(date) = item.date else {
                self.undated += 1;
                continue;
            };
            self.oldest = Some(self.oldest.map_or(date, |oldest| oldest.min(date)));
            self.documents += 1;
            batch.push(item.into_document(&self.source));
        }
        if !batch.is_empty() {
            sink.add(&batch)?;
        }
        Ok(feed.older)
    }

    fn covers_window(&self) -> bool {
        self.oldest.is_some_and(|oldest| oldest <= self.window.from)
    }

    /// A page failed after others came.
    fn broken(self, status: CoverageStatus, why: &str) -> Collected {
        let reason = format!("an older page of the feed could not be read: {why}");
        self.collected(status, Some(reason))
    }

    fn end(self, is_whole: bool) -> Collected {
        if self.documents >= self.max_documents && !self.covers_window() {
            let reason = format!(
                "the limit of {} documents was reached; older ones are missing",
                self.max_documents
            );
            return self.collected(CoverageStatus::Truncated, Some(reason));
        }
        if is_whole || self.covers_window() {
            return self.collected(CoverageStatus::Complete, None);
        }
        let reason = match self.oldest {
            Some(oldest) => format!(
                "the feed goes back to {} only: what was published before is not in it",
                oldest.format("%Y-%m-%dT%H:%M:%SZ")
            ),
            None => "the feed holds no item with a date".to_owned(),
        };
        self.collected(CoverageStatus::Truncated, Some(reason))
    }

    fn collected(self, status: CoverageStatus, reason: Option<String>) -> Collected {
        let undated = (self.undated > 0).then(|| {
            format!("items without a date that can be read were left out: {}", self.undated)
        });
        let is_complete = status == CoverageStatus::Complete;
        let from = if is_complete { Some(self.window.from) } else { self.oldest };
        let from =
            from.map(|from| from.max(self.window.from)).filter(|from| *from < self.window.to);
        let reasons: Vec<String> = reason.into_iter().chain(undated).collect();
        let leaves_out = is_complete && self.undated > 0;
        Collected {
            covered: from.map(|from| TimeRange { from, to: self.window.to }),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            ..Collected::of(if leaves_out { CoverageStatus::Partial } else { status })
        }
    }
}

/// The feed at an address, or the one that the page there names.
async fn first_page(
    session: &Session,
    cache: &Cache,
    address: &str,
) -> Result<Feed, UpstreamError> {
    let named = match page(session, cache, address).await? {
        Page::Feed(feed) => return Ok(feed),
        Page::Names(named) => named,
    };
    match page(session, cache, named.as_str()).await? {
        Page::Feed(feed) => Ok(feed),
        Page::Names(_) => {
            let message = format!("the page names {named} as its feed, which is a page itself");
            Err(UpstreamError::new(ErrorClass::Rejected, message))
        }
    }
}

async fn page(session: &Session, cache: &Cache, url: &str) -> Result<Page, UpstreamError> {
    let parsed = Url::parse(url).map_err(|error| {
        UpstreamError::new(ErrorClass::Rejected, format!("{url} is no address: {error}"))
    })?;
    let ask = Ask {
        accept: ACCEPT,
        schemes: Schemes::HttpToo,
        redirects: REDIRECTS,
        ..Ask::json(&parsed)
    };
    let ask = cache.conditional(ask);
    let read = |response: &Response| {
        let page = read(response)?;
        cache.keep(&ask.url, response);
        Ok(page)
    };
    let count = |page: &Page| match page {
        Page::Feed(feed) => Some(feed.items.len() as u64),
        Page::Names(_) => None,
    };
    session.get_counted(&ask, read, count).await
}

fn read(response: &Response) -> Result<Page, UpstreamError> {
    let rejected = |message: String| UpstreamError::new(ErrorClass::Rejected, message);
    if http::is_html(response) {
        let html = String::from_utf8_lossy(&response.body);
        return discover::feed_of(&html, &response.url).map(Page::Names).ok_or_else(|| {
            let shown = http::excerpt(&response.body, response.url.as_str());
            rejected(format!("the address leads to a page that names no feed: {shown}"))
        });
    }
    let content_type = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let charset = content_type.and_then(|value| {
        let (_, after) = value.split_once("charset=")?;
        Some(after.split(';').next()?.trim_matches([' ', '"', '\'']))
    });
    let feed = parse::parse(&response.body, &response.url, charset);
    feed.map(Page::Feed).map_err(|why| rejected(format!("this is not a feed: {why}")))
}
