//! The source `github`: issues and pull requests of public repositories, by GitHub's search.
//!
//! A search gives its first 1,000 hits and is walked on by the time they were opened. What is said in
//! comments is found by GitHub with the issue it is under, which counts only where it says it itself.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, Session, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://api.github.com";
/// Most hits of one search, and of one page.
const MOST: u64 = 1_000;
const PAGE: u64 = 100;

/// Asks with a token: without one GitHub answers ten searches a minute.
pub struct GitHub {
    setup: Setup,
}

impl GitHub {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for GitHub {
    fn covers(&self) -> &'static str {
        "Issues and pull requests of public repositories by when they were opened, with their first text. No comments, discussions or code."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_GITHUB_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make a token without permissions at https://github.com/settings/personal-access-tokens, and set BYTESTACK_GITHUB_TOKEN to it"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session: Session = self.setup.session(&request);
            let search = Issues { setup: &self.setup, source: &request.source };
            // A search is for the one or for the other.
            let phrases = phrases::of(&request.terms).into_iter();
            let queries: Vec<String> = phrases
                .flat_map(|phrase| [format!("{phrase} is:issue"), format!("{phrase} is:pr")])
                .collect();
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

struct Issues<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Found {
    total_count: u64,
    #[serde(default)]
    incomplete_results: bool,
    items: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    node_id: String,
    html_url: String,
    repository_url: Option<String>,
    title: Option<String>,
    body: Option<String>,
    user: Option<User>,
    comments: Option<i64>,
    created_at: DateTime<Utc>,
    reactions: Option<Reactions>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
}

#[derive(Deserialize)]
struct Reactions {
    total_count: i64,
}

impl Search for Issues<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (first, _) = seconds.written();
        let (last, _) = Seconds { first: seconds.last, ..seconds }.written();
        let query = format!("{query} created:{first}..{last}");
        let size = PAGE.to_string();
        let parameters = [
            ("q", query.as_str()),
            ("sort", "created"),
            ("order", "desc"),
            ("per_page", &size),
            ("page", next.unwrap_or("1")),
        ];
        let url = ask::address(&self.setup.base_url, "/search/issues", &parameters)?;
        let mut ask = Ask::json(&url).header("x-github-api-version", "2022-11-28");
        ask.accept = "application/vnd.github+json";
        Ok(match &self.setup.token {
            Some(token) => ask.bearer(token),
            None => ask,
        })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let found: Found = http::json(response)?;
        let asked = response.url.query_pairs().find(|(name, _)| name == "page");
        let page: u64 = asked.and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
        let total = (found.total_count, !found.incomplete_results);
        let is_last = page * PAGE >= found.total_count.min(MOST);
        let posts = found.items.into_iter().map(|issue| {
            let second = issue.created_at.timestamp();
            (Some(second), Some(issue.into_document(self.source)))
        });
        let next = (!is_last).then(|| (page + 1).to_string());
        Ok(Page { next, total: Some(total), ..Page::of(posts) })
    }
}

impl Issue {
    fn into_document(self, source: &str) -> Document {
        let repository = self.repository_url.as_deref().and_then(|url| url.split_once("/repos/"));
        let author = self.user.map(|user| Author {
            id: Some(user.id.to_string()),
            handle: Some(user.login),
            ..Author::default()
        });
        Document {
            source: source.to_owned(),
            id: self.node_id,
            url: Some(self.html_url),
            kind: DocumentKind::Issue,
            author: author.unwrap_or_default(),
            title: self.title,
            text: self.body.unwrap_or_default(),
            published_at: Some(self.created_at),
            engagement: Engagement {
                likes: self.reactions.map(|reactions| reactions.total_count),
                replies: self.comments,
                ..Engagement::default()
            },
            community: repository.map(|(_, repository)| repository.to_owned()),
            ..Document::default()
        }
    }
}
