//! The source `threads`: posts by the keyword search of the Threads API.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::model::document::{Author, Document, DocumentKind};
use crate::net::Response;

pub const BASE_URL: &str = "https://graph.threads.net/v1.0";
/// Nobody is asked for more.
const MOST: u64 = 10_000;
const FIELDS: &str = "id,text,permalink,timestamp,username,is_quote_post,is_reply";

/// Asks with the token of a user of an app.
pub struct Threads {
    setup: Setup,
}

impl Threads {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for Threads {
    fn covers(&self) -> &'static str {
        "Public posts by keyword, without their reactions. Until Meta has reviewed the app for threads_keyword_search, the token owner's own posts only."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_THREADS_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make an app with the permissions threads_basic and threads_keyword_search at https://developers.facebook.com/apps, and set BYTESTACK_THREADS_TOKEN to a user's access token"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Posts { setup: &self.setup, source: &request.source };
            // It knows no quotes.
            let phrases = phrases::of(&request.terms).into_iter();
            let queries: Vec<String> = phrases.map(|phrase| phrase.replace('"', "")).collect();
            let budget = self.setup.budget();
            walk::walk(&search, &session, &request, sink.as_ref(), budget, &queries).await
        })
    }
}

struct Posts<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Found {
    data: Vec<Post>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

#[derive(Deserialize)]
struct Post {
    id: String,
    #[serde(default)]
    text: String,
    permalink: Option<String>,
    timestamp: String,
    username: Option<String>,
    #[serde(default, rename = "is_quote_post")]
    is_quote: bool,
    #[serde(default)]
    is_reply: bool,
}

impl Search for Posts<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (since, until) = (seconds.first.to_string(), (seconds.last + 1).to_string());
        let mut parameters = vec![
            ("q", query),
            ("search_type", "RECENT"),
            ("since", since.as_str()),
            ("until", until.as_str()),
            ("limit", "100"),
            ("fields", FIELDS),
        ];
        parameters.extend(next.map(|cursor| ("after", cursor)));
        let url = ask::address(&self.setup.base_url, "/keyword_search", &parameters)?;
        Ok(match &self.setup.token {
            Some(token) => Ask::json(&url).bearer(token),
            None => Ask::json(&url),
        })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let found: Found = http::json(response)?;
        let next = found.paging.and_then(|paging| paging.cursors?.after);
        let posts = found.data.into_iter().map(|post| {
            let at = instant(&post.timestamp);
            (at.map(|at| at.timestamp()), at.map(|at| post.into_document(self.source, at)))
        });
        Ok(Page { next, ..Page::of(posts) })
    }
}

/// `2026-11-21T05:42:03+0000`, without a colon in the offset.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z");
    at.or_else(|_| DateTime::parse_from_rfc3339(text)).ok().map(|at| at.to_utc())
}

impl Post {
    fn into_document(self, source: &str, at: DateTime<Utc>) -> Document {
        Document {
            source: source.to_owned(),
            id: self.id,
            url: self.permalink,
            kind: match (self.is_reply, self.is_quote) {
                (true, _) => DocumentKind::Reply,
                (false, true) => DocumentKind::Quote,
                (false, false) => DocumentKind::Post,
            },
            author: Author { handle: self.username, ..Author::default() },
            text: self.text,
            published_at: Some(at),
            ..Document::default()
        }
    }
}
