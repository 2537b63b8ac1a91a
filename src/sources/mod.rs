//! Where posts come from: the trait every connector implements and the registry of those that answer.
//!
//! A connector hands documents on in batches as they arrive and says at the end what it covered; it
//! never decides what matches. Whoever takes them does so at once, so nothing piles up in between.

mod ask;
mod backends;
mod bluesky;
mod cache;
mod collector;
pub mod dataset;
mod dataset_source;
pub mod exchange;
mod facebook;
mod gdelt;
mod github;
mod hackernews;
pub mod http;
mod instagram;
mod lemmy;
mod linkedin;
mod mastodon;
mod named;
pub mod pace;
mod phrases;
mod producthunt;
mod reddit;
mod registry;
mod rss;
mod session;
mod sign_in;
mod stackexchange;
mod telegram;
mod text;
mod threads;
mod tiktok;
mod waits;
mod walk;
mod web;
mod x;
mod youtube;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::model::document::Document;
use crate::model::id::WorkspaceId;
use crate::model::reading::Term;
use crate::model::result::CoverageStatus;
use crate::model::source::Estimate;
use crate::model::window::TimeRange;

pub use bluesky::Bluesky;
pub use collector::{Collector, Service};
pub use dataset_source::{DatasetFile, DatasetFiles, DatasetSource, Opening};
pub use gdelt::Gdelt;
pub use github::GitHub;
pub use hackernews::HackerNews;
pub use lemmy::Lemmy;
pub use linkedin::ACTOR as LINKEDIN;
pub use mastodon::Mastodon;
pub use producthunt::ProductHunt;
pub use reddit::Reddit;
pub use registry::Registry;
pub use rss::Rss;
pub use stackexchange::StackExchange;
pub use telegram::Telegram;
pub use threads::Threads;
pub use tiktok::DATASET as TIKTOK_DATASET;
pub use web::Web;
pub use x::{ACTOR as X_ACTOR, X};
pub use youtube::YouTube;

/// What a job asks of one source.
#[derive(Clone, Debug)]
pub struct CollectRequest {
    pub workspace: WorkspaceId,
    /// The name as in `sources`: `dataset:posts`.
    pub source: String,
    pub window: TimeRange,
    /// What is looked for: for sources that search. What does not match may be handed on as well.
    pub terms: Vec<Term>,
    /// Every call made upstream is counted here, whether or not it helps.
    pub requests: Requests,
    /// Where those calls and their answers are kept.
    pub log: exchange::Log,
}

/// Counts the calls one job makes to one source; a copy counts for the same.
#[derive(Clone, Debug, Default)]
pub struct Requests(Arc<AtomicU64>);

impl Requests {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a source says it covered; the documents themselves went through the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Complete; truncated when a limit ended it; partial when a part failed after others came.
    pub status: CoverageStatus,
    /// What was covered, where the source knows it better than its documents tell.
    pub covered: Option<TimeRange>,
    pub upstream_total: Option<u64>,
    pub reason: Option<String>,
    pub dataset_version: Option<u32>,
    /// Who collected it, where that is not the platform itself: `apify:owner/name`.
    pub backend: Option<String>,
    /// Posts from before it were not asked for: the run before had kept them.
    pub kept_until: Option<DateTime<Utc>>,
    /// How many of those it had kept, and that were asked for again, are not there any more.
    pub gone: Option<u64>,
}

impl Collected {
    /// Of which nothing else is known.
    pub fn of(status: CoverageStatus) -> Self {
        Self {
            status,
            covered: None,
            upstream_total: None,
            reason: None,
            dataset_version: None,
            backend: None,
            kept_until: None,
            gone: None,
        }
    }
}

/// Why a source gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It wants no more requests for so long.
    #[error("{reason}")]
    RateLimited { after: Duration, reason: String },
    /// It may work later.
    #[error("{0}")]
    Transient(String),
    /// It will not work without a change.
    #[error("{0}")]
    Permanent(String),
    /// The job no longer wants documents.
    #[error("the job stopped listening")]
    Stopped,
}

/// The answer of [`Source::estimate`].
pub type Estimating<'a> = Pin<Box<dyn Future<Output = Result<Estimate, SourceError>> + Send + 'a>>;

/// The answer of [`Source::collect`].
pub type Collecting<'a> = Pin<Box<dyn Future<Output = Result<Collected, SourceError>> + Send + 'a>>;

/// Why a source cannot be asked under the name given; for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("{0}")]
    Invalid(String),
    /// The address may not be reached from this server.
    #[error("{0}")]
    Forbidden(String),
}

/// Takes documents as they arrive.
pub trait Sink: Send + Sync + 'static {
    /// Takes a batch.
    ///
    /// # Errors
    /// [`SourceError::Stopped`] when no more documents are wanted.
    fn add(&self, batch: &[Document]) -> Result<(), SourceError>;
}

/// What a connector that searches a platform is told by its operator.
#[derive(Clone, Debug)]
pub struct Setup {
    pub http: http::Http,
    /// Without a slash at its end.
    pub base_url: String,
    pub token: Option<SecretString>,
    /// What one job may take.
    pub max_documents: u32,
    pub max_usd: f64,
    /// How often it may be asked.
    pub pace: pace::Pace,
}

impl Setup {
    /// Begins what a job asks: its time starts here.
    fn session(&self, request: &CollectRequest) -> http::Session {
        let whole = self.token.as_ref().map_or("", ExposeSecret::expose_secret);
        let part = whole.split_once(':').map_or("", |(_, part)| part);
        let secrets = [whole, part].into_iter().filter(|text| !text.is_empty());
        self.http.session(request, self.pace.clone()).guarding(secrets.map(SecretString::from))
    }

    /// A question with the credential as its bearer token, where there is one.
    fn ask(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Result<ask::Ask, http::UpstreamError> {
        let ask = ask::Ask::json(&ask::address(&self.base_url, path, parameters)?);
        Ok(match &self.token {
            Some(token) => ask.bearer(token),
            None => ask,
        })
    }

    fn budget(&self) -> walk::Budget {
        let cost = Duration::try_from_secs_f64(self.max_usd.max(0.0)).unwrap_or(Duration::MAX);
        walk::Budget {
            documents: self.max_documents as usize,
            cost: u64::try_from(cost.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

/// A connector.
pub trait Source: Send + Sync + 'static {
    /// What of the platform is found, and what is not; for people.
    fn covers(&self) -> &'static str;

    /// The settings without which it does not answer.
    fn needs(&self) -> &'static [&'static str] {
        &[]
    }

    /// How to get what it needs; for people.
    fn how(&self) -> &'static str {
        "set what it needs"
    }

    /// Whether this may be asked for at all, as far as its name tells.
    ///
    /// # Errors
    /// Says what to write instead.
    fn check(&self, name: &str) -> Result<(), NameError> {
        let _ = name;
        Ok(())
    }

    /// Whether what it hands on stays here anyway, so that nobody else has to keep it.
    fn keeps_documents(&self) -> bool {
        false
    }

    /// Whether posts are paid for, so that those that are kept are not asked for again.
    fn is_paid(&self) -> bool {
        false
    }

    /// How many posts there are and what they would cost; `None` where the platform cannot be asked that. To ask
    /// may cost something.
    fn estimate(&self, request: CollectRequest) -> Option<Estimating<'_>> {
        drop(request);
        None
    }

    /// Hands documents on in batches, then says what was covered.
    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_>;
}
