//! The source `lemmy`: posts and comments that one instance knows of, by its search (version 3 of the API).
//!
//! The search is held to no time: it is read newest first until what it gives is older than the window.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

const PAGE: usize = 50;
/// Nobody is asked for more.
const MOST: u64 = 10_000;

/// Needs the address of an instance, and no credential.
pub struct Lemmy {
    setup: Setup,
}

impl Lemmy {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for Lemmy {
    fn covers(&self) -> &'static str {
        "Posts and comments of all communities that the instance knows of which BYTESTACK_LEMMY_BASE_URL names."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_LEMMY_BASE_URL"]
    }

    fn how(&self) -> &'static str {
        "set BYTESTACK_LEMMY_BASE_URL to an instance, as https://lemmy.world"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Found { setup: &self.setup, source: &request.source };
            let phrases = phrases::of(&request.terms).into_iter();
            // It knows no quotes: what it finds has all the words.
            let words = phrases.map(|phrase| phrase.replace('"', ""));
            let queries: Vec<String> = words
                .flat_map(|words| [format!("Posts {words}"), format!("Comments {words}")])
                .collect();
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

struct Found<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    posts: Vec<View>,
    #[serde(default)]
    comments: Vec<View>,
}

/// A post, or a comment with the post it is under.
#[derive(Deserialize)]
struct View {
    post: Option<Said>,
    comment: Option<Said>,
    creator: Person,
    community: Option<Community>,
    counts: Option<Counts>,
}

#[derive(Deserialize)]
struct Said {
    ap_id: String,
    name: Option<String>,
    body: Option<String>,
    content: Option<String>,
    published: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    removed: bool,
}

#[derive(Deserialize)]
struct Person {
    name: String,
    display_name: Option<String>,
    actor_id: String,
}

#[derive(Deserialize)]
struct Community {
    name: String,
}

#[derive(Deserialize)]
struct Counts {
    score: Option<i64>,
    comments: Option<i64>,
    child_count: Option<i64>,
}

impl Search for Found<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn is_timed(&self) -> bool {
        false
    }

    fn ask(&self, query: &str, _: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (kind, words) = query.split_once(' ').unwrap_or(("Posts", query));
        let size = PAGE.to_string();
        let parameters = [
            ("q", words),
            ("type_", kind),
            ("sort", "New"),
            ("listing_type", "All"),
            ("limit", &size),
            ("page", next.unwrap_or("1")),
        ];
        let url = ask::address(&self.setup.base_url, "/api/v3/search", &parameters)?;
        let ask = Ask::json(&url);
        Ok(match &self.setup.token {
            Some(token) => ask.bearer(token),
            None => ask,
        })
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let answer: Answer = http::json(response)?;
        let asked = response.url.query_pairs().find(|(name, _)| name == "page");
        let page: u64 = asked.and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
        let given = answer.posts.len() + answer.comments.len();
        let next = (given >= PAGE).then(|| (page + 1).to_string());
        let views = answer.posts.into_iter().chain(answer.comments);
        Ok(Page { next, ..Page::of(views.map(|view| view.read(self.source))) })
    }
}

impl View {
    fn read(self, source: &str) -> (Option<i64>, Option<Document>) {
        let is_comment = self.comment.is_some();
        let Some(content) = self.comment.or(self.post) else { return (None, None) };
        let published_at = instant(&content.published);
        let second = published_at.map(|at| at.timestamp());
        if content.deleted || content.removed {
            return (second, None);
        }
        let counts = self.counts.as_ref();
        let document = Document {
            source: source.to_owned(),
            url: Some(content.ap_id.clone()),
            id: content.ap_id,
            kind: if is_comment { DocumentKind::Comment } else { DocumentKind::Post },
            author: Author {
                id: Some(self.creator.actor_id),
                handle: Some(self.creator.name),
                name: self.creator.display_name,
                ..Author::default()
            },
            title: content.name.filter(|_| !is_comment),
            text: content.content.or(content.body).unwrap_or_default(),
            published_at,
            engagement: Engagement {
                likes: counts.and_then(|counts| counts.score),
                replies: counts.and_then(|counts| counts.comments.or(counts.child_count)),
                ..Engagement::default()
            },
            community: self.community.map(|community| community.name),
            ..Document::default()
        };
        (second, Some(document))
    }
}

/// Older servers write no zone, and mean UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
    zoned.or_else(|| text.parse::<NaiveDateTime>().ok().map(|at| at.and_utc()))
}
