//! The source `reddit`: posts by Reddit's search, as a registered application.
//!
//! The search is held to no time and gives about 250 posts: it is read newest first until what it gives is
//! older than the window, and what lies behind its end is said to be missing. Without an application, a feed of
//! the same search may be asked for.

mod collected;
mod feed;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::ask::{self, Ask};
use super::http::{self, Session, UpstreamError};
use super::phrases;
use super::sign_in::SignIn;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collected, Collecting, Setup, Sink, Source, SourceError};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::net::Response;
use feed::Feed;

pub use collected::DATASET;

pub const BASE_URL: &str = "https://oauth.reddit.com";
/// Where an application signs in, unless all calls go to another address.
const SIGN_IN: &str = "https://www.reddit.com";
/// A search that gave so many may have ended early: in practice it does near 250.
const MOST: u64 = 240;
const LONGEST_QUERY: usize = 512;
/// Tokens last an hour or longer.
const LASTS: Duration = Duration::from_mins(50);
/// In place of a credential: the search that is open to everybody.
const FEED: &str = "rss";
const SITE: &str = "https://www.reddit.com";

/// Signs in with `client_id:client_secret`; a credential without a colon is a token itself.
pub struct Reddit {
    setup: Setup,
    tokens: SignIn,
}

impl Reddit {
    pub fn new(setup: Setup) -> Self {
        Self { setup, tokens: SignIn::default() }
    }

    /// Whether its operator has no application.
    fn wants_feed(&self) -> bool {
        self.setup.token.as_ref().is_some_and(|token| token.expose_secret() == FEED)
    }

    async fn token(&self, session: &Session) -> Result<SecretString, UpstreamError> {
        let credential = self.setup.token.as_ref().map_or("", ExposeSecret::expose_secret);
        let Some((_, secret)) = credential.split_once(':') else {
            return Ok(SecretString::from(credential));
        };
        let host = if self.setup.base_url == BASE_URL { SIGN_IN } else { &self.setup.base_url };
        let url = ask::address(host, "/api/v1/access_token", &[])?;
        let basic = SecretString::from(STANDARD.encode(credential));
        let mut ask = Ask::json(&url)
            .secret("authorization", "Basic ", &basic)
            .post("application/x-www-form-urlencoded", b"grant_type=client_credentials".to_vec());
        ask.secrets.push(SecretString::from(secret));
        self.tokens.token(session, &ask, LASTS, |answer: Token| answer.access_token).await
    }
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

impl Source for Reddit {
    fn covers(&self) -> &'static str {
        "Posts of public communities, the newest 250 or so of a search. No comments: Reddit does not search them."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_REDDIT_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "register an application at https://www.reddit.com/prefs/apps (Reddit has to approve it), and set BYTESTACK_REDDIT_TOKEN to client_id:client_secret; or set it to rss for its open feeds, which give less and are often refused"
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let (setup, source) = (&self.setup, &request.source);
            let within = within(setup.http.now() - request.window.from);
            let queries = phrases::joined(&phrases::of(&request.terms), " OR ", LONGEST_QUERY);
            let budget = setup.budget();
            if self.wants_feed() {
                let session = setup.http.session(&request, setup.pace.clone());
                let search = Feed { setup, source, within };
                let sink = sink.as_ref();
                let answer = walk::walk(&search, &session, &request, sink, budget, &queries).await;
                return answer.map(|found| Collected { backend: Some(FEED.to_owned()), ..found });
            }
            let session = setup.session(&request);
            let token = self.token(&session).await.map_err(SourceError::from)?;
            let search = Posts { setup, source, token, within };
            let answer =
                walk::walk(&search, &session, &request, sink.as_ref(), budget, &queries).await;
            self.tokens.forget_if_refused(answer)
        })
    }
}

/// The shortest time that Reddit knows and that reaches back so far.
fn within(age: TimeDelta) -> &'static str {
    let spans =
        [("hour", 1), ("day", 24), ("week", 24 * 7), ("month", 24 * 30), ("year", 24 * 365)];
    let reaches = spans.iter().find(|(_, hours)| age <= TimeDelta::hours(*hours));
    reaches.map_or("all", |(name, _)| name)
}

struct Posts<'a> {
    setup: &'a Setup,
    source: &'a str,
    token: SecretString,
    within: &'static str,
}

#[derive(Deserialize)]
struct Listing {
    data: Children,
}

#[derive(Deserialize)]
struct Children {
    after: Option<String>,
    #[serde(default)]
    children: Vec<Child>,
}

#[derive(Deserialize)]
struct Child {
    data: Link,
}

#[derive(Deserialize)]
struct Link {
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    selftext: String,
    author: Option<String>,
    author_fullname: Option<String>,
    permalink: Option<String>,
    subreddit: Option<String>,
    created_utc: f64,
    score: Option<i64>,
    num_comments: Option<i64>,
    num_crossposts: Option<i64>,
    removed_by_category: Option<String>,
    crosspost_parent: Option<String>,
}

impl Search for Posts<'_> {
    fn most(&self) -> u64 {
        MOST
    }

    fn is_timed(&self) -> bool {
        false
    }

    fn ask(&self, query: &str, _: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let mut parameters = vec![
            ("q", query),
            ("sort", "new"),
            ("t", self.within),
            ("type", "link"),
            ("limit", "100"),
            ("raw_json", "1"),
        ];
        parameters.extend(next.map(|after| ("after", after)));
        let url = ask::address(&self.setup.base_url, "/search", &parameters)?;
        Ok(Ask::json(&url).bearer(&self.token))
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let Listing { data } = http::json(response)?;
        let posts = data.children.into_iter().map(|child| child.data.read(self.source));
        Ok(Page { next: data.after, ..Page::of(posts) })
    }
}

impl Link {
    fn read(self, source: &str) -> (Option<i64>, Option<Document>) {
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of this age")]
        let second = self.created_utc as i64;
        let is_gone = |text: &str| matches!(text, "[removed]" | "[deleted]");
        if self.removed_by_category.is_some() || is_gone(&self.selftext) {
            return (Some(second), None);
        }
        let is_known = self.author.as_deref() != Some("[deleted]");
        let handle = self.author.filter(|_| is_known);
        let path = self.permalink.as_deref().map(|path| path.split('?').next().unwrap_or(path));
        let published_at: Option<DateTime<Utc>> = DateTime::from_timestamp(second, 0);
        let document = Document {
            source: source.to_owned(),
            id: self.name,
            url: path.map(|path| format!("{SITE}{path}")),
            kind: match self.crosspost_parent {
                Some(_) => DocumentKind::Repost,
                None => DocumentKind::Post,
            },
            author: Author {
                id: self.author_fullname.filter(|_| is_known),
                handle,
                ..Author::default()
            },
            title: Some(self.title),
            text: self.selftext,
            published_at,
            engagement: Engagement {
                likes: self.score,
                replies: self.num_comments,
                shares: self.num_crossposts,
                views: None,
            },
            community: self.subreddit,
            ..Document::default()
        };
        (Some(second), Some(document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_time_that_reaches_back_is_asked_for() {
        let cases =
            [(1, "hour"), (2, "day"), (24, "day"), (25, "week"), (169, "month"), (9_000, "all")];
        for (hours, expected) in cases {
            assert_eq!(within(TimeDelta::hours(hours)), expected, "{hours}");
        }
    }
}
