//! The source `web:{address}`: one page, or the pages that a sitemap names.
//!
//! What robots.txt forbids is not read, and a host is asked no more often than it wants. A page belongs to the
//! day it says it was published, else to the one its sitemap says it changed; without either it is left out
//! and counted.

mod page;
mod robots;
mod sitemap;
mod structured;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::Url;

use super::ask::Ask;
use super::http::{self, ErrorClass, Http, Session, UpstreamError};
use super::named;
use super::pace::Pace;
use super::{CollectRequest, Collected, Collecting, NameError, Sink, Source, SourceError};
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;
use crate::net::{Response, Schemes};
use robots::Robots;
use sitemap::{Entry, Sitemap};

const ACCEPT: &str =
    "text/html, application/xhtml+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1";
/// Sitemaps of one site that are read.
const MAX_SITEMAPS: usize = 200;

/// Needs nothing but an address.
pub struct Web {
    http: Http,
    max_pages: usize,
}

impl Web {
    pub fn new(http: Http, max_documents: u32) -> Self {
        Self { http, max_pages: max_documents as usize }
    }
}

impl Source for Web {
    fn covers(&self) -> &'static str {
        "The page at an address, or the pages its sitemap names, as far as robots.txt allows; a page without a date is left out."
    }

    fn check(&self, name: &str) -> Result<(), NameError> {
        named::check(&self.http, name, "a page or a sitemap", "web:https://example.com/sitemap.xml")
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.http.session(&request, Pace::default());
            let address = Url::parse(named::address(&request.source))
                .map_err(|error| SourceError::Permanent(error.to_string()))?;
            let robots = robots::read(&session, &address, self.http.between_pages()).await?;
            let visit = Visit {
                source: request.source,
                window: request.window,
                max_pages: self.max_pages,
                session: &session,
                robots,
                missing: Missing::default(),
                ids: HashSet::new(),
                read: 0,
            };
            visit.run(&address, sink.as_ref()).await
        })
    }
}

/// Pages that are not in the answer, and why.
#[derive(Default)]
struct Missing {
    undated: usize,
    forbidden: usize,
    unwanted: usize,
    broken: usize,
    /// What was wrong with the last of those that were broken.
    last: String,
}

impl Missing {
    fn reason(&self) -> Option<String> {
        let mut reasons = Vec::new();
        let mut add = |count: usize, what: &str| {
            if count > 0 {
                reasons.push(format!("{what}: {count}"));
            }
        };
        add(self.undated, "pages without a date that can be read were left out");
        add(self.forbidden, "pages that robots.txt forbids were not read");
        add(self.unwanted, "pages that ask not to be indexed were left out");
        add(self.broken, "pages that could not be read");
        if self.broken > 0 {
            reasons.push(format!("the last of them: {}", self.last));
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

/// What an address leads to.
enum Found {
    Sitemap(Sitemap),
    Page(Box<page::Page>),
}

struct Visit<'a> {
    source: String,
    window: TimeRange,
    max_pages: usize,
    session: &'a Session,
    robots: Robots,
    missing: Missing,
    ids: HashSet<String>,
    /// Pages that were asked for.
    read: usize,
}

impl Visit<'_> {
    async fn run(mut self, address: &Url, sink: &dyn Sink) -> Result<Collected, SourceError> {
        if !self.robots.allow(address) {
            let message = format!("robots.txt of {} forbids to read {address}", host(address));
            return Err(SourceError::Permanent(message));
        }
        match self.ask(address).await? {
            Found::Page(page) => {
                self.take(*page, None, sink)?;
                Ok(self.end(None))
            }
            Found::Sitemap(sitemap) => {
                let entries = match self.entries(address, sitemap).await {
                    Ok(entries) => entries,
                    Err(error) => return Ok(self.end(Some(error))),
                };
                let cut = self.pages(entries, sink).await?;
                Ok(self.end(cut))
            }
        }
    }

    async fn ask(&self, url: &Url) -> Result<Found, UpstreamError> {
        let ask = Ask { accept: ACCEPT, schemes: Schemes::HttpToo, redirects: 5, ..Ask::json(url) };
        let read = |response: &Response| {
            self.may_read(url, &response.url)?;
            read(response)
        };
        let count = |found: &Found| matches!(found, Found::Page(_)).then_some(1);
        self.session.get_counted(&ask, read, count).await
    }

    /// Whether what an address leads to may be read by the rules that are known.
    fn may_read(&self, asked: &Url, reached: &Url) -> Result<(), UpstreamError> {
        let refused = |why: String| Err(UpstreamError::new(ErrorClass::Rejected, why));
        if host(asked) != host(reached) || asked.port() != reached.port() {
            return refused(format!(
                "{asked} leads to {reached}, whose robots.txt was not read; name that address instead"
            ));
        }
        if !self.robots.allow(reached) {
            return refused(format!(
                "{asked} leads to {reached}, which robots.txt forbids to read"
            ));
        }
        Ok(())
    }

    /// All pages that may be of the window, the last that changed first.
    async fn entries(
        &mut self,
        address: &Url,
        first: Sitemap,
    ) -> Result<Vec<Entry>, UpstreamError> {
        let mut entries = Vec::new();
        let mut waiting = vec![first];
        let mut known: HashSet<Url> = HashSet::from([address.clone()]);
        let from = self.window.from;
        let may_be = |entry: &Entry| entry.changed_at.is_none_or(|at| at >= from);
        while let Some(sitemap) = waiting.pop() {
            entries.extend(sitemap.pages.into_iter().filter(may_be));
            for entry in sitemap.sitemaps.into_iter().filter(may_be) {
                if known.len() >= MAX_SITEMAPS || !known.insert(entry.url.clone()) {
                    continue;
                }
                if !self.robots.allow(&entry.url) {
                    self.missing.forbidden += 1;
                    continue;
                }
                self.session.pause(self.robots.between_pages).await?;
                match self.ask(&entry.url).await {
                    Ok(Found::Sitemap(sitemap)) => waiting.push(sitemap),
                    Ok(Found::Page(_)) => self.missed(format!("{} is no sitemap", entry.url)),
                    Err(error) if error.class.is_budget() => return Err(error),
                    Err(error) => self.missed(error.message),
                }
            }
        }
        // Others' pages are not for a site to list.
        entries.retain(|entry| host(&entry.url) == host(address));
        entries.sort_by(|a, b| b.changed_at.cmp(&a.changed_at).then_with(|| a.url.cmp(&b.url)));
        entries.dedup_by(|a, b| a.url == b.url);
        Ok(entries)
    }

    /// Reads the pages; answers what ended it before their end.
    async fn pages(
        &mut self,
        entries: Vec<Entry>,
        sink: &dyn Sink,
    ) -> Result<Option<UpstreamError>, SourceError> {
        for entry in entries {
            if self.read >= self.max_pages {
                let message = format!("the limit of {} pages was reached", self.max_pages);
                return Ok(Some(UpstreamError::new(ErrorClass::OutOfTime, message)));
            }
            if !self.robots.allow(&entry.url) {
                self.missing.forbidden += 1;
                continue;
            }
            self.read += 1;
            if let Err(error) = self.session.pause(self.robots.between_pages).await {
                return Ok(Some(error));
            }
            match self.ask(&entry.url).await {
                Ok(Found::Page(page)) => {
                    self.take(*page, entry.published_at.or(entry.changed_at), sink)?;
                }
                Ok(Found::Sitemap(_)) => {}
                Err(error) if error.class.is_budget() => return Ok(Some(error)),
                Err(error) => self.missed(error.message),
            }
        }
        Ok(None)
    }

    fn missed(&mut self, why: String) {
        self.missing.broken += 1;
        self.missing.last = why;
    }

    fn take(
        &mut self,
        page: page::Page,
        said: Option<DateTime<Utc>>,
        sink: &dyn Sink,
    ) -> Result<(), SourceError> {
        if page.is_unwanted {
            self.missing.unwanted += 1;
            return Ok(());
        }
        let Some(at) = page.published_at.or(said) else {
            self.missing.undated += 1;
            return Ok(());
        };
        let document = page.into_document(&self.source, at);
        if !self.window.contains(at) || !self.ids.insert(document.id.clone()) {
            return Ok(());
        }
        sink.add(&[document])
    }

    fn end(self, cut: Option<UpstreamError>) -> Collected {
        let missing = self.missing.reason();
        let (status, reason) = match (cut, missing) {
            (Some(error), missing) => {
                let reasons: Vec<String> = [format!("{}; pages are missing", error.message)]
                    .into_iter()
                    .chain(missing)
                    .collect();
                (CoverageStatus::Truncated, Some(reasons.join("; ")))
            }
            (None, Some(missing)) => (CoverageStatus::Partial, Some(missing)),
            (None, None) => (CoverageStatus::Complete, None),
        };
        Collected {
            // Which of the pages are missing is not in the order of time.
            covered: (status == CoverageStatus::Complete).then_some(self.window),
            reason,
            ..Collected::of(status)
        }
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn read(response: &Response) -> Result<Found, UpstreamError> {
    if let Some(sitemap) = sitemap::read(response)? {
        return Ok(Found::Sitemap(sitemap));
    }
    if !http::is_html(response) && !page::is_said_to_be_one(response) {
        let shown = http::excerpt(&response.body, response.url.as_str());
        let message = format!("{} is neither a page nor a sitemap: {shown}", response.url);
        return Err(UpstreamError::new(ErrorClass::Rejected, message));
    }
    Ok(Found::Page(Box::new(page::read(response))))
}
