//! The source `producthunt`: launches on Product Hunt. It has no search, so all launches of the time are read.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::ask::{self, Ask};
use super::http::{self, ErrorClass, UpstreamError};
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://api.producthunt.com/v2/api";
const LAUNCHES: &str = "query Launches($after: String, $from: DateTime!, $to: DateTime!) {
  posts(first: 20, after: $after, order: NEWEST, postedAfter: $from, postedBefore: $to) {
    pageInfo { endCursor hasNextPage }
    edges { node { id name tagline description url createdAt votesCount commentsCount user { id username name } } }
  }
}";
/// What stands in place of people who are not shown to third parties.
const REDACTED: &str = "[REDACTED]";

/// Asks with a developer token.
pub struct ProductHunt {
    setup: Setup,
}

impl ProductHunt {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for ProductHunt {
    fn covers(&self) -> &'static str {
        "Launches whose name, tagline or description says the name, not their comments; who launched is not shown to others, so users cannot be counted."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_PRODUCTHUNT_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make an application at https://www.producthunt.com/v2/oauth/applications and set BYTESTACK_PRODUCTHUNT_TOKEN to its developer token; its terms allow commercial use on request only"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Launches { setup: &self.setup, source: &request.source };
            let everything = [String::new()];
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &everything)
                .await
        })
    }
}

struct Launches<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    message: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    posts: Connection,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
}

#[derive(Deserialize)]
struct Edge {
    node: Launch,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Launch {
    id: String,
    name: String,
    #[serde(default)]
    tagline: String,
    description: Option<String>,
    url: String,
    created_at: DateTime<Utc>,
    votes_count: Option<i64>,
    comments_count: Option<i64>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    username: String,
    name: Option<String>,
}

impl Search for Launches<'_> {
    /// Pages follow each other to the end.
    fn most(&self) -> u64 {
        u64::MAX
    }

    fn ask(&self, _: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        // Neither end is said to be inside: a second more on both sides, and what is too much is left out here.
        let wider = Seconds { first: seconds.first - 1, last: seconds.last };
        let (from, to) = wider.written();
        let variables = json!({ "after": next, "from": from, "to": to });
        let body = json!({ "query": LAUNCHES, "variables": variables }).to_string();
        let url = ask::address(&self.setup.base_url, "/graphql", &[])?;
        let ask = Ask::json(&url).post("application/json", body.into_bytes());
        Ok(match &self.setup.token {
            Some(token) => ask.bearer(token),
            None => ask,
        })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let answer: Answer = http::json(response)?;
        let Some(Data { posts }) = answer.data else {
            let said =
                answer.errors.into_iter().find_map(|problem| problem.message.or(problem.error));
            let message = format!("it refused the query: {}", said.unwrap_or_default());
            return Err(UpstreamError::new(ErrorClass::Rejected, message));
        };
        let PageInfo { end_cursor, has_next_page } = posts.page_info;
        let launches = posts.edges.into_iter().map(|Edge { node }| {
            (Some(node.created_at.timestamp()), Some(node.into_document(self.source)))
        });
        Ok(Page { next: end_cursor.filter(|_| has_next_page), ..Page::of(launches) })
    }
}

impl Launch {
    fn into_document(self, source: &str) -> Document {
        let user = self.user.filter(|user| user.username != REDACTED);
        let texts = [Some(self.tagline), self.description];
        let texts: Vec<String> =
            texts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        Document {
            source: source.to_owned(),
            id: self.id,
            url: Some(self.url),
            kind: DocumentKind::Post,
            author: user.map_or_else(Author::default, |user| Author {
                id: Some(user.id),
                handle: Some(user.username),
                name: user.name,
                verified: None,
            }),
            title: Some(self.name),
            text: texts.join("\n"),
            published_at: Some(self.created_at),
            engagement: Engagement {
                likes: self.votes_count,
                replies: self.comments_count,
                ..Engagement::default()
            },
            ..Document::default()
        }
    }
}
