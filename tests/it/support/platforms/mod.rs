//! Doubles of the platforms that are searched: each holds posts and answers as its API is documented to, with
//! its sign-in, parameters, pages, ceiling and refusals.

mod federated;
mod forums;
mod open;
mod paid;

use std::collections::HashMap;
use std::sync::Arc;

use bytestack::sources::{
    Bluesky, Gdelt, GitHub, Lemmy, Mastodon, ProductHunt, Reddit, Setup, Source, StackExchange,
    Telegram, Threads, X, YouTube,
};
use chrono::{DateTime, Utc};
use reqwest::Url;
use secrecy::SecretString;

use super::collecting::http;
use super::upstream::{Reply, Seen, Upstream};
use bytestack::sources::http::Politeness;
use bytestack::sources::pace::Pace;

/// 2026-11-23T17:30:00Z, when all of it happens.
pub const NOW: i64 = 1_795_455_000;

/// A post that a double holds.
#[derive(Clone, Debug)]
pub struct Held {
    pub number: u64,
    /// Seconds since 1970.
    pub second: i64,
    pub author: u64,
    pub text: String,
}

/// One platform.
#[derive(Clone, Copy, Debug)]
pub struct Platform {
    pub name: &'static str,
    /// What follows the host in its base address.
    pub path: &'static str,
    /// What its operator sets.
    pub credential: &'static str,
    /// What of it nobody may see.
    pub secret: &'static str,
    /// How many posts a search gives, over all its pages.
    pub ceiling: usize,
    /// Whether a search can be held to a time.
    pub is_timed: bool,
    /// How many searches one name takes.
    pub searches: u64,
    /// Requests before the first search.
    pub sign_ins: u64,
    /// Posts of a page.
    pub page: u64,
    /// Whether it says who wrote a post.
    pub has_authors: bool,
    /// Requests that follow the only page of a search.
    pub follow_ups: u64,
    /// The header that says when more may be asked, an hour from now.
    pub reset: (u16, &'static str, &'static str),
    pub id: fn(&Held) -> String,
    answer: fn(&Double, &Request) -> Reply,
    make: fn(Setup) -> Arc<dyn Source>,
}

/// A platform with its posts, newest first.
pub struct Double {
    posts: Vec<Held>,
    ceiling: usize,
}

/// A request, taken apart.
pub struct Request {
    pub path: String,
    parameters: HashMap<String, String>,
    pub seen: Seen,
}

impl Request {
    fn of(seen: &Seen) -> Self {
        let url = Url::parse("http://double").unwrap().join(&seen.path).unwrap();
        let parameters = url.query_pairs().into_owned().collect();
        Self { path: url.path().to_owned(), parameters, seen: seen.clone() }
    }

    pub fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    pub fn number(&self, name: &str, or: i64) -> i64 {
        self.parameters.get(name).map_or(or, |text| text.parse().unwrap())
    }

    pub fn header(&self, name: &str) -> &str {
        self.seen.headers.get(name).map_or("", String::as_str)
    }
}

impl Double {
    /// The posts between two seconds, both inside, that say one of the phrases: newest first, up to the ceiling.
    fn found(&self, phrases: &[&str], first: i64, last: i64) -> (usize, Vec<&Held>) {
        let says = |held: &&Held| {
            let text = held.text.to_lowercase();
            phrases.iter().any(|phrase| text.contains(&phrase.trim_matches('"').to_lowercase()))
        };
        let inside = self.posts.iter().filter(|held| (first..=last).contains(&held.second));
        let found: Vec<&Held> = inside.filter(says).collect();
        let total = found.len();
        (total, found.into_iter().take(self.ceiling).collect())
    }
}

impl Platform {
    /// The name it is asked by.
    pub fn source(self) -> &'static str {
        if self.name == "telegram" { "telegram:acme_news" } else { self.name }
    }

    pub fn has_secret(self) -> bool {
        !self.secret.is_empty()
    }

    /// Starts a double that holds these.
    pub async fn start(self, mut posts: Vec<Held>) -> Upstream {
        posts.sort_by_key(|held| std::cmp::Reverse((held.second, held.number)));
        let double = Double { posts, ceiling: self.ceiling };
        Upstream::start(move |seen| (self.answer)(&double, &Request::of(seen))).await
    }

    pub fn connector(
        self,
        upstream: &Upstream,
        politeness: Politeness,
        most: u32,
    ) -> Arc<dyn Source> {
        (self.make)(Setup {
            http: http(politeness),
            base_url: upstream.url(self.path),
            token: Some(SecretString::from(self.credential)).filter(|_| self.has_secret()),
            max_documents: most,
            max_usd: 1_000.0,
            pace: Pace::default(),
        })
    }
}

pub fn instant(second: i64) -> String {
    let at = DateTime::<Utc>::from_timestamp(second, 0).unwrap();
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn second(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp()
}

pub const ALL: [Platform; 12] = [
    Platform {
        name: "x",
        path: "/2",
        credential: "x-token-4711",
        secret: "x-token-4711",
        ceiling: usize::MAX,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "x-rate-limit-reset", "1795458600"),
        id: |held| held.number.to_string(),
        answer: paid::x,
        make: |setup| Arc::new(X::new(setup)),
    },
    Platform {
        name: "reddit",
        path: "",
        credential: "client:reddit-secret-4711",
        secret: "reddit-secret-4711",
        ceiling: 250,
        is_timed: false,
        searches: 1,
        sign_ins: 1,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "x-ratelimit-reset", "3600"),
        id: |held| format!("t3_{}", held.number),
        answer: forums::reddit,
        make: |setup| Arc::new(Reddit::new(setup)),
    },
    Platform {
        name: "bluesky",
        path: "",
        credential: "me.bsky.social:app-password-4711",
        secret: "app-password-4711",
        ceiling: 10_000,
        is_timed: true,
        searches: 1,
        sign_ins: 1,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "ratelimit-reset", "1795458600"),
        id: |held| format!("at://did:plc:{}/app.bsky.feed.post/{}", held.author, held.number),
        answer: federated::bluesky,
        make: |setup| Arc::new(Bluesky::new(setup)),
    },
    Platform {
        name: "mastodon",
        path: "",
        credential: "mastodon-token-4711",
        secret: "mastodon-token-4711",
        ceiling: usize::MAX,
        is_timed: true,
        searches: 2,
        sign_ins: 0,
        page: 40,
        has_authors: true,
        follow_ups: 1,
        reset: (429, "x-ratelimit-reset", "2026-11-23T18:30:00Z"),
        id: |held| format!("https://a.example/users/{}/statuses/{}", held.author, held.number),
        answer: federated::mastodon,
        make: |setup| Arc::new(Mastodon::new(setup)),
    },
    Platform {
        name: "github",
        path: "",
        credential: "github-token-4711",
        secret: "github-token-4711",
        ceiling: 1_000,
        is_timed: true,
        searches: 2,
        sign_ins: 0,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (403, "retry-after", "3600"),
        id: |held| format!("I_{}", held.number),
        answer: forums::github,
        make: |setup| Arc::new(GitHub::new(setup)),
    },
    Platform {
        name: "stackexchange",
        path: "/2.3",
        credential: "se-key-4711",
        secret: "se-key-4711",
        ceiling: 2_500,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (400, "retry-after", "3600"),
        id: |held| format!("stackoverflow:{}", held.number),
        answer: forums::stack_exchange,
        make: |setup| Arc::new(StackExchange::new(setup)),
    },
    Platform {
        name: "lemmy",
        path: "",
        credential: "lemmy-token-4711",
        secret: "lemmy-token-4711",
        ceiling: usize::MAX,
        is_timed: false,
        searches: 2,
        sign_ins: 0,
        page: 50,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "retry-after", "3600"),
        id: |held| {
            let kind = if held.number.is_multiple_of(2) { "post" } else { "comment" };
            format!("https://lemmy.example/{kind}/{}", held.number)
        },
        answer: federated::lemmy,
        make: |setup| Arc::new(Lemmy::new(setup)),
    },
    Platform {
        name: "youtube",
        path: "/youtube/v3",
        credential: "youtube-key-4711",
        secret: "youtube-key-4711",
        ceiling: 500,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 50,
        has_authors: true,
        follow_ups: 1,
        reset: (403, "retry-after", "3600"),
        id: |held| format!("v{}", held.number),
        answer: paid::youtube,
        make: |setup| Arc::new(YouTube::new(setup)),
    },
    Platform {
        name: "threads",
        path: "/v1.0",
        credential: "threads-token-4711",
        secret: "threads-token-4711",
        ceiling: usize::MAX,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 100,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "retry-after", "3600"),
        id: |held| held.number.to_string(),
        answer: federated::threads,
        make: |setup| Arc::new(Threads::new(setup)),
    },
    Platform {
        name: "gdelt",
        path: "/api/v2",
        credential: "",
        secret: "",
        ceiling: 250,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 250,
        has_authors: false,
        follow_ups: 0,
        reset: (429, "retry-after", "3600"),
        id: |held| format!("https://news.example/{}", held.number),
        answer: open::gdelt,
        make: |setup| Arc::new(Gdelt::new(setup)),
    },
    Platform {
        name: "telegram",
        path: "",
        credential: "",
        secret: "",
        ceiling: usize::MAX,
        is_timed: false,
        searches: 1,
        sign_ins: 0,
        page: 20,
        has_authors: true,
        follow_ups: 0,
        reset: (429, "retry-after", "3600"),
        id: |held| format!("acme_news/{}", open::message(held)),
        answer: open::telegram,
        make: |setup| Arc::new(Telegram::new(setup)),
    },
    Platform {
        name: "producthunt",
        path: "/v2/api",
        credential: "producthunt-token-4711",
        secret: "producthunt-token-4711",
        ceiling: usize::MAX,
        is_timed: true,
        searches: 1,
        sign_ins: 0,
        page: 20,
        has_authors: false,
        follow_ups: 0,
        reset: (429, "x-rate-limit-reset", "3600"),
        id: |held| held.number.to_string(),
        answer: open::product_hunt,
        make: |setup| Arc::new(ProductHunt::new(setup)),
    },
];
