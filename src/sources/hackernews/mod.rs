//! The source `hackernews`: stories and comments, by the public search of Hacker News.
//!
//! One search per name that is looked for. A search gives no more than its first 1,000 hits, in one page.

mod hit;

use std::sync::Arc;

use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::net::Response;
use hit::Hit;

pub const BASE_URL: &str = "https://hn.algolia.com/api/v1";
/// The most that a search gives, over all its pages.
const MOST: u64 = 1_000;

/// Needs no credential.
pub struct HackerNews {
    setup: Setup,
}

impl HackerNews {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for HackerNews {
    fn covers(&self) -> &'static str {
        "Stories and comments since 2006 by public search, walked back to the beginning of the window."
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Hits { base_url: &self.setup.base_url, source: &request.source };
            let queries = phrases::of(&request.terms);
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

struct Hits<'a> {
    base_url: &'a str,
    source: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    hits: Vec<Hit>,
    nb_hits: u64,
    #[serde(default)]
    page: u64,
    #[serde(default)]
    nb_pages: u64,
    #[serde(default = "yes")]
    exhaustive_nb_hits: bool,
}

fn yes() -> bool {
    true
}

impl Search for Hits<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let Seconds { first, last } = seconds;
        let window = format!("created_at_i>={first},created_at_i<={last}");
        let most = MOST.to_string();
        let parameters = [
            ("query", query),
            ("tags", "(story,comment)"),
            ("numericFilters", window.as_str()),
            // Neither the title of a comment's story nor a link or an author is what a post says.
            ("restrictSearchableAttributes", "title,comment_text,story_text"),
            ("typoTolerance", "false"),
            ("advancedSyntax", "true"),
            ("hitsPerPage", most.as_str()),
            ("page", next.unwrap_or("0")),
        ];
        ask::address(self.base_url, "/search_by_date", &parameters).map(|url| Ask::json(&url))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let answer: Answer = http::json(response)?;
        let next = answer.page + 1;
        let next = (next < answer.nb_pages).then(|| next.to_string());
        let posts =
            answer.hits.into_iter().map(|hit| (hit.second(), hit.into_document(self.source)));
        let total = Some((answer.nb_hits, answer.exhaustive_nb_hits));
        Ok(Page { next, total, ..Page::of(posts) })
    }
}
