//! The source `bluesky`: posts by the search of Bluesky, which answers only who has signed in.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::ask::{self, Ask};
use super::http::{self, Session, UpstreamError};
use super::phrases;
use super::sign_in::SignIn;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collecting, Setup, Sink, Source, SourceError};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;

pub const BASE_URL: &str = "https://bsky.social";
/// Deep searches end about 10,000: this many are relied on, and the next search begins there.
const MOST: u64 = 9_000;
/// A session lasts two hours.
const LASTS: Duration = Duration::from_mins(90);

/// Signs in with `handle:app-password`, and keeps the session: no more than 300 may be made in a day.
pub struct Bluesky {
    setup: Setup,
    session: SignIn,
}

impl Bluesky {
    pub fn new(setup: Setup) -> Self {
        Self { setup, session: SignIn::default() }
    }

    async fn token(&self, session: &Session) -> Result<SecretString, UpstreamError> {
        let credential = self.setup.token.as_ref().map_or("", ExposeSecret::expose_secret);
        let (identifier, password) = credential.split_once(':').unwrap_or((credential, ""));
        let path = "/xrpc/com.atproto.server.createSession";
        let url = ask::address(&self.setup.base_url, path, &[])?;
        let body = json!({ "identifier": identifier, "password": password }).to_string();
        let mut ask = Ask::json(&url).post("application/json", body.into_bytes());
        ask.secrets.push(SecretString::from(password));
        self.session.token(session, &ask, LASTS, |answer: CreatedSession| answer.access_jwt).await
    }
}

#[derive(Deserialize)]
struct CreatedSession {
    #[serde(rename = "accessJwt")]
    access_jwt: String,
}

impl Source for Bluesky {
    fn covers(&self) -> &'static str {
        "Public posts and replies by search, by when they were indexed. No reposts."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_BLUESKY_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make an app password at https://bsky.app/settings/app-passwords, and set BYTESTACK_BLUESKY_TOKEN to handle:app-password"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let token = self.token(&session).await.map_err(SourceError::from)?;
            let search = Posts { setup: &self.setup, source: &request.source, token };
            let queries = phrases::of(&request.terms);
            let answer = walk::walk(
                &search,
                &session,
                &request,
                sink.as_ref(),
                self.setup.budget(),
                &queries,
            )
            .await;
            self.session.forget_if_refused(answer)
        })
    }
}

struct Posts<'a> {
    setup: &'a Setup,
    source: &'a str,
    token: SecretString,
}

#[derive(Deserialize)]
struct Found {
    cursor: Option<String>,
    posts: Vec<Post>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Post {
    uri: String,
    author: Profile,
    record: Record,
    reply_count: Option<i64>,
    repost_count: Option<i64>,
    like_count: Option<i64>,
    quote_count: Option<i64>,
    indexed_at: DateTime<Utc>,
    embed: Option<Embed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    did: String,
    handle: Option<String>,
    display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    text: String,
    created_at: Option<String>,
    #[serde(default)]
    langs: Vec<String>,
    reply: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Embed {
    #[serde(rename = "$type", default)]
    kind: String,
}

impl Search for Posts<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (since, until) = seconds.written();
        let mut parameters = vec![
            ("q", query),
            ("sort", "latest"),
            ("since", since.as_str()),
            ("until", until.as_str()),
            ("limit", "100"),
        ];
        parameters.extend(next.map(|cursor| ("cursor", cursor)));
        let path = "/xrpc/app.bsky.feed.searchPosts";
        let url = ask::address(&self.setup.base_url, path, &parameters)?;
        Ok(Ask::json(&url).bearer(&self.token))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let found: Found = http::json(response)?;
        let posts = found.posts.into_iter().map(|post| {
            let document = post.into_document(self.source);
            (document.published_at.map(|at| at.timestamp()), Some(document))
        });
        Ok(Page { next: found.cursor, ..Page::of(posts) })
    }
}

impl Post {
    fn into_document(self, source: &str) -> Document {
        // What the author's program says may lie in the future, or long ago.
        let said = self.record.created_at.as_deref();
        let said = said.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let published_at = said.map_or(self.indexed_at, |at| at.to_utc().min(self.indexed_at));
        let handle = self.author.handle.filter(|handle| handle != "handle.invalid");
        let profile = handle.as_deref().unwrap_or(&self.author.did);
        let key = self.uri.rsplit('/').next().unwrap_or_default();
        let url = format!("https://bsky.app/profile/{profile}/post/{key}");
        let is_quote =
            self.embed.is_some_and(|embed| embed.kind.starts_with("app.bsky.embed.record"));
        let shares =
            self.repost_count.map(|reposts| reposts + self.quote_count.unwrap_or_default());
        Document {
            source: source.to_owned(),
            id: self.uri,
            url: Some(url),
            kind: match (self.record.reply.is_some(), is_quote) {
                (true, _) => DocumentKind::Reply,
                (false, true) => DocumentKind::Quote,
                (false, false) => DocumentKind::Post,
            },
            author: Author {
                id: Some(self.author.did),
                handle,
                name: self.author.display_name.filter(|name| !name.is_empty()),
                ..Author::default()
            },
            text: self.record.text,
            lang: self.record.langs.into_iter().next(),
            published_at: Some(published_at),
            engagement: Engagement {
                likes: self.like_count,
                replies: self.reply_count,
                shares,
                views: None,
            },
            ..Document::default()
        }
    }
}
