//! The source `mastodon`: public posts that one instance knows of, by its search and its hashtags.
//!
//! The search finds posts only where the instance has an index, and only of people who let theirs be found;
//! what carries a hashtag is listed anyway. Ids tell the time, and searches are held to it by them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, ErrorClass, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source, text};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://mastodon.social";
const PAGE: usize = 40;
/// Nobody is asked for more.
const MOST: u64 = 10_000;

/// Asks with the token of an application that may search.
pub struct Mastodon {
    setup: Setup,
}

impl Mastodon {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }
}

impl Source for Mastodon {
    fn covers(&self) -> &'static str {
        "Public posts that the instance knows of (mastodon.social unless BYTESTACK_MASTODON_BASE_URL names another): with the words as a hashtag, and of people who let their posts be found by search."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_MASTODON_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make an application with the scopes read:search and read:statuses in the settings of your instance under Development, and set BYTESTACK_MASTODON_TOKEN to its access token"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let search = Statuses { setup: &self.setup, source: &request.source };
            let phrases = phrases::of(&request.terms);
            let tags = phrases.iter().filter_map(|phrase| tag(phrase));
            let mut queries: Vec<String> =
                phrases.iter().map(|phrase| format!("search {phrase}")).collect();
            queries.extend(tags.map(|tag| format!("tag {tag}")));
            walk::walk(&search, &session, &request, sink.as_ref(), self.setup.budget(), &queries)
                .await
        })
    }
}

/// The hashtag of a name that can be one.
fn tag(phrase: &str) -> Option<String> {
    let bare: String = phrase.chars().filter(|c| !matches!(c, '"' | ' ' | '#')).collect();
    let is_tag = bare.chars().all(|c| c.is_alphanumeric() || c == '_')
        && bare.chars().any(char::is_alphabetic)
        && !phrase.contains("\" \"");
    is_tag.then_some(bare)
}

struct Statuses<'a> {
    setup: &'a Setup,
    source: &'a str,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Found { statuses: Vec<Status> },
    Listed(Vec<Status>),
}

#[derive(Deserialize)]
struct Status {
    id: String,
    uri: String,
    url: Option<String>,
    created_at: DateTime<Utc>,
    in_reply_to_id: Option<String>,
    language: Option<String>,
    #[serde(default)]
    spoiler_text: String,
    #[serde(default)]
    content: String,
    replies_count: Option<i64>,
    reblogs_count: Option<i64>,
    favourites_count: Option<i64>,
    quotes_count: Option<i64>,
    account: Account,
}

#[derive(Deserialize)]
struct Account {
    acct: String,
    display_name: Option<String>,
    url: String,
}

impl Search for Statuses<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (kind, words) = query.split_once(' ').unwrap_or(("search", query));
        // The id of a post is its time in milliseconds and 16 bits more. Both ends are outside; a second more on
        // each side, as the search turns them into times, leaves none out.
        let id = |second: i64| (second.saturating_mul(1_000) << 16).to_string();
        let (after, before) = (id(seconds.first - 1), id(seconds.last + 2));
        let size = PAGE.to_string();
        let public = format!("{words} in:public");
        let (path, parameters) = if kind == "tag" {
            // With `min_id` it would give the oldest first.
            let parameters = [
                ("since_id", after.as_str()),
                ("max_id", next.unwrap_or(&before)),
                ("limit", size.as_str()),
            ];
            (format!("/api/v1/timelines/tag/{words}"), parameters.to_vec())
        } else {
            let parameters = [
                ("q", public.as_str()),
                ("type", "statuses"),
                ("min_id", after.as_str()),
                ("max_id", before.as_str()),
                ("limit", size.as_str()),
                ("offset", next.unwrap_or("0")),
            ];
            ("/api/v2/search".to_owned(), parameters.to_vec())
        };
        let url = ask::address(&self.setup.base_url, &path, &parameters)?;
        let Some(token) = &self.setup.token else {
            return Err(UpstreamError::new(ErrorClass::AuthInvalid, "there is no token"));
        };
        Ok(Ask::json(&url).bearer(token))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let (statuses, offset) = match http::json(response)? {
            Answer::Found { statuses } => {
                let asked = response.url.query_pairs().find(|(name, _)| name == "offset");
                let offset = asked.and_then(|(_, offset)| offset.parse().ok()).unwrap_or(0);
                (statuses, Some(offset + PAGE))
            }
            Answer::Listed(statuses) => (statuses, None),
        };
        let oldest = statuses.iter().filter_map(|status| status.id.parse::<u64>().ok()).min();
        let next = match offset {
            Some(offset) => Some(offset.to_string()),
            None => oldest.map(|id| id.to_string()),
        };
        // What the account has hidden is missing on a page, so a short one is not the last.
        let next = next.filter(|_| !statuses.is_empty());
        let host = response.url.host_str().unwrap_or_default().to_owned();
        let posts = statuses.into_iter().map(|status| {
            let second = status.created_at.timestamp();
            (Some(second), Some(status.into_document(self.source, &host)))
        });
        Ok(Page { next, ..Page::of(posts) })
    }
}

impl Status {
    fn into_document(self, source: &str, host: &str) -> Document {
        // Accounts of the instance itself are written without it.
        let is_local = !self.account.acct.contains('@');
        let handle =
            if is_local { format!("{}@{host}", self.account.acct) } else { self.account.acct };
        let said = [self.spoiler_text, text::plain(&self.content)];
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let shares =
            self.reblogs_count.map(|reblogs| reblogs + self.quotes_count.unwrap_or_default());
        Document {
            source: source.to_owned(),
            id: self.uri,
            url: self.url,
            kind: match self.in_reply_to_id {
                Some(_) => DocumentKind::Reply,
                None => DocumentKind::Post,
            },
            author: Author {
                id: Some(self.account.url),
                handle: Some(handle),
                name: self.account.display_name.filter(|name| !name.is_empty()),
                ..Author::default()
            },
            text: said.join("\n"),
            lang: self.language,
            published_at: Some(self.created_at),
            engagement: Engagement {
                likes: self.favourites_count,
                replies: self.replies_count,
                shares,
                views: None,
            },
            ..Document::default()
        }
    }
}
