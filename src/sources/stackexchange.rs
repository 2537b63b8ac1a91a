//! The source `stackexchange`: questions on Stack Overflow, by the search of the Stack Exchange API.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source, text};
use crate::model::document::{Author, Document, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://api.stackexchange.com/2.3";
const SITE: &str = "stackoverflow";
const PAGE: u64 = 100;
/// Pages of one search.
const PAGES: u64 = 25;

/// Asks with a key: without one the API answers 300 times a day.
pub struct StackExchange {
    setup: Setup,
}

impl StackExchange {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for StackExchange {
    fn covers(&self) -> &'static str {
        "Questions on Stack Overflow by when they were asked. No answers or comments, and no other site."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_STACKEXCHANGE_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "register an application at https://stackapps.com/apps/oauth/register, and set BYTESTACK_STACKEXCHANGE_TOKEN to its key"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Questions { setup: &self.setup, source: &request.source };
            let queries = phrases::of(&request.terms);
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

struct Questions<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Found {
    items: Vec<Question>,
    #[serde(default)]
    has_more: bool,
    /// Seconds to wait before the next search.
    backoff: Option<u64>,
}

#[derive(Deserialize)]
struct Question {
    #[serde(rename = "question_id")]
    id: u64,
    link: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    owner: Option<Owner>,
    is_answered: Option<bool>,
    answer_count: Option<i64>,
    score: Option<i64>,
    view_count: Option<i64>,
    creation_date: i64,
}

/// Nobody of an account that was deleted.
#[derive(Deserialize)]
struct Owner {
    account_id: Option<u64>,
    user_id: Option<u64>,
    display_name: Option<String>,
}

impl Search for Questions<'_> {
    fn most(&self) -> u64 {
        PAGE * PAGES
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (from, to) = (seconds.first.to_string(), seconds.last.to_string());
        let size = PAGE.to_string();
        let parameters = [
            ("site", SITE),
            ("q", query),
            ("fromdate", &from),
            ("todate", &to),
            ("sort", "creation"),
            ("order", "desc"),
            ("filter", "withbody"),
            ("pagesize", &size),
            ("page", next.unwrap_or("1")),
        ];
        let url = ask::address(&self.setup.base_url, "/search/advanced", &parameters)?;
        let Some(key) = &self.setup.token else { return Ok(Ask::json(&url)) };
        Ok(Ask::json(&url).parameter("key", key))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let found: Found = http::json(response)?;
        let asked = response.url.query_pairs().find(|(name, _)| name == "page");
        let page: u64 = asked.and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
        let next = (found.has_more && page < PAGES).then(|| (page + 1).to_string());
        let posts = found.items.into_iter().map(|question| {
            let second = question.creation_date;
            (Some(second), Some(question.into_document(self.source)))
        });
        let pause = found.backoff.map(Duration::from_secs);
        Ok(Page { next, pause, ..Page::of(posts) })
    }
}

impl Question {
    fn into_document(self, source: &str) -> Document {
        let author = self.owner.map(|owner| Author {
            id: owner.account_id.or(owner.user_id).map(|id| id.to_string()),
            name: owner.display_name.as_deref().map(text::plain),
            ..Author::default()
        });
        Document {
            source: source.to_owned(),
            id: format!("{SITE}:{}", self.id),
            url: self.link,
            author: author.unwrap_or_default(),
            title: Some(text::plain(&self.title)),
            text: text::plain(&self.body),
            published_at: DateTime::from_timestamp(self.creation_date, 0),
            engagement: Engagement {
                likes: self.score,
                replies: self.answer_count,
                views: self.view_count,
                shares: None,
            },
            answered: self.is_answered,
            ..Document::default()
        }
    }
}
