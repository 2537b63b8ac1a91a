//! The source `x`: posts by the search of the X API, which is paid for by the post.
//!
//! The search of the last seven days where the window lies in them, else that of the full archive, which not
//! every account may use: without it the last seven days are searched and the rest is said to be missing.
//! Where the budget ends a search, X is asked how many posts there are (at half a cent).

mod collected;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::ask::Ask;
use super::http::{self, Session, UpstreamError};
use super::phrases;
use super::walk::{self, Page, Search, Seconds};
use super::{CollectRequest, Collected, Collecting, Estimating, Setup, Sink, Source, SourceError};
use crate::model::document::{Author, Document, DocumentKind, Engagement};
use crate::model::reading::Term;
use crate::model::result::CoverageStatus;
use crate::model::source::Estimate;
use crate::model::window::TimeRange;
use crate::net::Response;

pub use collected::ACTOR;

pub const BASE_URL: &str = "https://api.x.com/2";
/// Millionths of a dollar for a post that is read, and for its author.
const POST_COSTS: u64 = 5_000;
const USER_COSTS: u64 = 10_000;
const SMALLEST_PAGE: u64 = 10;
/// How far back the recent search goes, a minute less for the way there.
const RECENT: TimeDelta = TimeDelta::minutes(7 * 24 * 60 - 1);
/// So young posts cannot be asked for.
const TOO_YOUNG: TimeDelta = TimeDelta::seconds(30);
const FIELDS: &str =
    "author_id,created_at,lang,public_metrics,referenced_tweets,edit_history_tweet_ids,note_tweet";

/// Asks with the bearer token of an app.
pub struct X {
    setup: Setup,
}

impl X {
    pub fn new(setup: Setup) -> Self {
        Self { setup }
    }

    /// Searches, and says how many posts there are where not all came.
    async fn search(
        &self,
        session: &Session,
        request: &CollectRequest,
        sink: &dyn Sink,
        reach: Reach,
    ) -> Result<Collected, SourceError> {
        let queries = phrases::joined(&named(&request.terms), " OR ", reach.longest_query());
        let budget = self.setup.budget();
        let affordable = budget.cost / (POST_COSTS + USER_COSTS);
        if affordable < SMALLEST_PAGE {
            let least = SMALLEST_PAGE * (POST_COSTS + USER_COSTS) / 10_000;
            let reason = format!(
                "the smallest search of X may cost {least} cents, more than a job may spend; raise BYTESTACK_X_MAX_USD"
            );
            return Err(SourceError::Permanent(reason));
        }
        let page = affordable.min(reach.page());
        let search = Posts { setup: &self.setup, source: &request.source, reach, page };
        let mut collected = walk::walk(&search, session, request, sink, budget, &queries).await?;
        if let (CoverageStatus::Truncated, [query]) = (collected.status, queries.as_slice()) {
            let counted = self.count(session, request.window, reach, query).await;
            collected.upstream_total = counted.ok().flatten();
        }
        Ok(collected)
    }

    /// How many posts X says there are, for a cent at most beside the budget; nothing where the time is longer than
    /// one answer tells of (31 days).
    async fn count(
        &self,
        session: &Session,
        window: TimeRange,
        reach: Reach,
        query: &str,
    ) -> Result<Option<u64>, UpstreamError> {
        let Some(seconds) = Seconds::of(window) else { return Ok(Some(0)) };
        let (from, to) = seconds.written();
        let parameters = [
            ("query", query),
            ("start_time", from.as_str()),
            ("end_time", to.as_str()),
            ("granularity", "day"),
        ];
        let path = format!("/tweets/counts/{}", reach.name());
        let ask = self.setup.ask(&path, &parameters)?;
        let counts: Counts = session.get(&ask, http::json).await?;
        // Every further page would be paid for as well.
        Ok(counts.meta.next_token.is_none().then_some(counts.meta.total_tweet_count))
    }

    /// What of a window can be asked for, and by which search.
    fn reach(&self, window: TimeRange) -> (TimeRange, Reach) {
        let now = self.setup.http.now();
        let reach = if window.from >= now - RECENT { Reach::Recent } else { Reach::Archive };
        (TimeRange { to: window.to.min(now - TOO_YOUNG), ..window }, reach)
    }
}

impl Source for X {
    fn covers(&self) -> &'static str {
        "Public posts, replies, quotes and reposts by search: of the last seven days, or of all time with access to the full archive. Each post costs about 1.5 cents; a job spends no more than its budget."
    }

    fn needs(&self) -> &'static [&'static str] {
        &["BYTESTACK_X_TOKEN"]
    }

    fn how(&self) -> &'static str {
        "make an app at https://console.x.com, buy credits, and set BYTESTACK_X_TOKEN to its bearer token"
    }

    fn estimate(&self, request: CollectRequest) -> Option<Estimating<'_>> {
        Some(Box::pin(async move {
            let session = self.setup.session(&request);
            let (window, reach) = self.reach(request.window);
            let mut posts = 0;
            for query in phrases::joined(&named(&request.terms), " OR ", reach.longest_query()) {
                let counted = self.count(&session, window, reach, &query).await;
                posts += counted.map_err(SourceError::from)?.ok_or_else(|| {
                    SourceError::Permanent("X counts no more than 31 days at once".to_owned())
                })?;
            }
            let cost = (posts * (POST_COSTS + USER_COSTS)).min(self.setup.budget().cost);
            Ok(Estimate { posts, max_usd: Duration::from_micros(cost).as_secs_f64() })
        }))
    }

    fn is_paid(&self) -> bool {
        true
    }

    fn collect(&self, mut request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let session = self.setup.session(&request);
            let asked = request.window;
            let (window, reach) = self.reach(asked);
            request.window = window;
            if reach == Reach::Recent {
                return self.search(&session, &request, sink.as_ref(), reach).await;
            }
            let begins = self.setup.http.now() - RECENT;
            let all = self.search(&session, &request, sink.as_ref(), Reach::Archive).await;
            let Err(SourceError::Permanent(why)) = all else { return all };
            request.window.from = begins;
            if request.window.to <= begins {
                let reason =
                    format!("posts older than seven days need access to the full archive: {why}");
                return Err(SourceError::Permanent(reason));
            }
            let recent = self.search(&session, &request, sink.as_ref(), Reach::Recent).await?;
            let reason = format!(
                "only the last seven days were searched, as the full archive refused: {why}"
            );
            let covered = recent.covered.or(Some(request.window));
            Ok(Collected {
                status: CoverageStatus::Partial,
                covered,
                reason: Some(reason),
                ..recent
            })
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Recent,
    Archive,
}

impl Reach {
    fn name(self) -> &'static str {
        match self {
            Self::Recent => "recent",
            Self::Archive => "all",
        }
    }

    /// Most posts of a page.
    fn page(self) -> u64 {
        match self {
            Self::Recent => 100,
            Self::Archive => 500,
        }
    }

    /// The archive answers once a second.
    fn pause(self) -> Option<Duration> {
        (self == Self::Archive).then_some(Duration::from_secs(1))
    }

    fn longest_query(self) -> usize {
        match self {
            Self::Recent => 512,
            Self::Archive => 1_024,
        }
    }
}

/// The phrases, and of names that can be one, the hashtag and the account that mention them too.
fn named(terms: &[Term]) -> Vec<String> {
    let mut all = Vec::new();
    for phrase in phrases::of(terms) {
        let bare = phrase.trim_matches('"');
        let is_tag = !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_operator = bare.strip_prefix(['@', '#', '$']).is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        let tag = is_tag.then(|| format!("#{bare}"));
        let account = (is_tag && bare.is_ascii() && bare.len() <= 15).then(|| format!("@{bare}"));
        all.push(if is_operator { bare.to_owned() } else { phrase.clone() });
        all.extend(tag.into_iter().chain(account));
    }
    all
}

struct Posts<'a> {
    setup: &'a Setup,
    source: &'a str,
    reach: Reach,
    /// Posts of a page.
    page: u64,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    data: Vec<Post>,
    #[serde(default)]
    includes: Includes,
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Includes {
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Meta {
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Counts {
    meta: CountsMeta,
}

#[derive(Deserialize)]
struct CountsMeta {
    total_tweet_count: u64,
    next_token: Option<String>,
}

#[derive(Clone, Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    username: Option<String>,
    verified: Option<bool>,
}

#[derive(Deserialize)]
struct Post {
    id: String,
    #[serde(default)]
    edit_history_tweet_ids: Vec<String>,
    author_id: Option<String>,
    created_at: Option<DateTime<Utc>>,
    lang: Option<String>,
    text: String,
    note_tweet: Option<Note>,
    public_metrics: Option<Metrics>,
    #[serde(default)]
    referenced_tweets: Vec<Reference>,
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

#[derive(Deserialize)]
struct Metrics {
    #[serde(rename = "retweet_count")]
    retweets: Option<i64>,
    #[serde(rename = "reply_count")]
    replies: Option<i64>,
    #[serde(rename = "like_count")]
    likes: Option<i64>,
    #[serde(rename = "quote_count")]
    quotes: Option<i64>,
    #[serde(rename = "impression_count")]
    impressions: Option<i64>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
}

impl Search for Posts<'_> {
    /// Each post by another author.
    fn page_may_cost(&self) -> u64 {
        self.page * (POST_COSTS + USER_COSTS)
    }

    /// Pages follow each other to the end.
    fn most(&self) -> u64 {
        u64::MAX
    }

    fn ask(&self, query: &str, seconds: Seconds, next: Option<&str>) -> Result<Ask, UpstreamError> {
        let (from, to) = seconds.written();
        let page = self.page.to_string();
        let mut parameters = vec![
            ("query", query),
            ("start_time", from.as_str()),
            ("end_time", to.as_str()),
            ("max_results", page.as_str()),
            ("sort_order", "recency"),
            ("tweet.fields", FIELDS),
            ("expansions", "author_id"),
            ("user.fields", "username,name,verified"),
        ];
        parameters.extend(next.map(|token| ("next_token", token)));
        let path = format!("/tweets/search/{}", self.reach.name());
        self.setup.ask(&path, &parameters)
    }

    fn read(&self, response: &Response) -> Result<Page, UpstreamError> {
        let Found { data, includes, meta } = http::json(response)?;
        let users: HashMap<String, User> =
            includes.users.into_iter().map(|user| (user.id.clone(), user)).collect();
        let cost = data.len() as u64 * POST_COSTS + users.len() as u64 * USER_COSTS;
        let posts = data.into_iter().map(|post| {
            let second = post.created_at.map(|at| at.timestamp());
            (second, Some(post.into_document(self.source, &users)))
        });
        let page = Page::of(posts);
        Ok(Page { next: meta.next_token, cost, pause: self.reach.pause(), ..page })
    }
}

impl Post {
    fn into_document(self, source: &str, users: &HashMap<String, User>) -> Document {
        let user = self.author_id.as_ref().and_then(|id| users.get(id)).cloned();
        let handle = user.as_ref().and_then(|user| user.username.clone());
        let is = |kind: &str| self.referenced_tweets.iter().any(|post| post.kind == kind);
        let kind = match (is("retweeted"), is("quoted"), is("replied_to")) {
            (true, ..) => DocumentKind::Repost,
            (_, true, _) => DocumentKind::Quote,
            (_, _, true) => DocumentKind::Reply,
            _ => DocumentKind::Post,
        };
        let metrics = self.public_metrics.as_ref();
        let count = |read: fn(&Metrics) -> Option<i64>| metrics.and_then(read);
        let reposts = count(|counts| counts.retweets);
        let url = format!("https://x.com/{}/status/{}", handle.as_deref().unwrap_or("i"), self.id);
        // An edited post has a new id, and is the same post.
        let first = self.edit_history_tweet_ids.into_iter().next();
        // `und`, `zxx`, `qme` and the like are no languages.
        let is_language = |lang: &String| lang.len() == 2;
        Document {
            source: source.to_owned(),
            id: first.unwrap_or(self.id),
            url: Some(url),
            kind,
            author: Author {
                id: self.author_id,
                handle,
                name: user.as_ref().and_then(|user| user.name.clone()),
                verified: user.and_then(|user| user.verified),
            },
            text: self.note_tweet.map_or(self.text, |note| note.text),
            lang: self.lang.filter(is_language),
            published_at: self.created_at,
            engagement: Engagement {
                likes: count(|counts| counts.likes),
                replies: count(|counts| counts.replies),
                shares: reposts
                    .map(|reposts| reposts + count(|counts| counts.quotes).unwrap_or_default()),
                views: count(|counts| counts.impressions),
            },
            ..Document::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_as_hashtag_and_account_too() {
        let terms = [
            Term::Text("Acme".into()),
            Term::Text("open source".into()),
            Term::Text("$ACME".into()),
            Term::Text("Käse".into()),
        ];
        let expected =
            ["\"Acme\"", "#Acme", "@Acme", "\"open source\"", "$ACME", "\"Käse\"", "#Käse"];
        assert_eq!(named(&terms), expected);
    }
}
