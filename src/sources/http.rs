//! What connectors share of the web: how hard sources are asked, what is wrong with an answer, and what is quoted of
//! one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::de::DeserializeOwned;

use super::pace::Pace;
use super::{CollectRequest, SourceError, text};
use crate::clock::Clock;
use crate::net::{Egress, NetError, Response, Schemes};

pub use super::session::Session;

/// How much of an answer a message quotes, in characters.
const EXCERPT: usize = 500;
/// How long a job waits for a source that refuses more without saying until when.
const UNSAID_WAIT: Duration = Duration::from_mins(1);

/// How hard a source is asked.
#[derive(Clone, Debug)]
pub struct Politeness {
    /// How often one request is sent in all, at least 1.
    pub attempts: u32,
    /// The pause after a failure is chance between nothing and this, doubled after each further one.
    pub first_delay: Duration,
    pub longest_delay: Duration,
    /// From the look-up of a request to the last byte of its answer.
    pub answer_within: Duration,
    /// What one job may take of one source, waits included.
    pub job_within: Duration,
    /// How often one job may ask one source, retries included.
    pub job_requests: u64,
    /// Longest answer, in bytes after decompression.
    pub max_body: usize,
    /// The shortest pause between two pages of one site.
    pub between_pages: Duration,
}

impl Default for Politeness {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
            answer_within: Duration::from_secs(30),
            job_within: Duration::from_mins(10),
            job_requests: 10_000,
            max_body: 16 * 1024 * 1024,
            between_pages: Duration::from_secs(1),
        }
    }
}

/// What is wrong with an answer, whichever source gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The credential is wrong (401).
    AuthInvalid,
    /// No access, or blocked (403).
    Forbidden,
    /// Not there, or gone for good (404, 410).
    NotFound,
    /// Not understood (other 4xx), or answered in a way nobody can use.
    Rejected,
    /// Too many requests (429), or a wait that is longer than the job may take.
    RateLimited,
    /// What it allows is used up for longer than the job may take, so it was not asked.
    Paused,
    /// The source's own fault (5xx).
    Upstream,
    /// Something else than asked for, such as HTML in place of JSON.
    BadPayload,
    /// Longer than what is read.
    TooLarge,
    /// No whole answer: silence, a refused or a broken connection.
    Network,
    /// No such host, or no trusted certificate.
    Unreachable,
    /// The address may not be reached from here.
    AddressForbidden,
    /// The job's time for this source is used up.
    OutOfTime,
    /// Or its requests.
    OutOfRequests,
}

impl ErrorClass {
    pub fn may_pass(self) -> bool {
        matches!(self, Self::RateLimited | Self::Upstream | Self::BadPayload | Self::Network)
    }

    /// Whether it was this job's own budget that ended it.
    pub fn is_budget(self) -> bool {
        matches!(self, Self::OutOfTime | Self::OutOfRequests)
    }
}

/// Why a source did not answer as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UpstreamError {
    pub class: ErrorClass,
    /// For people: the status and the beginning of the answer, without credentials.
    pub message: String,
    /// How long the source asks to wait.
    pub retry_after: Option<Duration>,
}

impl UpstreamError {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), retry_after: None }
    }
}

impl From<UpstreamError> for SourceError {
    fn from(error: UpstreamError) -> Self {
        use ErrorClass::{
            BadPayload, Network, OutOfTime, Paused, RateLimited, Unreachable, Upstream,
        };
        let reason = error.message;
        match error.class {
            RateLimited | Paused => {
                Self::RateLimited { after: error.retry_after.unwrap_or(UNSAID_WAIT), reason }
            }
            Upstream | BadPayload | Network | Unreachable | OutOfTime => Self::Transient(reason),
            _ => Self::Permanent(reason),
        }
    }
}

/// The JSON of an answer.
///
/// # Errors
/// [`ErrorClass::BadPayload`] when it is something else, as a page for people.
pub fn json<T: DeserializeOwned>(response: &Response) -> Result<T, UpstreamError> {
    let bad = |what: String| {
        let shown = excerpt(&response.body, response.url.as_str());
        UpstreamError::new(ErrorClass::BadPayload, format!("{what}: {shown}"))
    };
    if is_html(response) {
        return Err(bad("it answered with a page for people in place of JSON".to_owned()));
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| bad(format!("its answer is not that of a search ({error})")))
}

/// The way connectors ask; cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    pub(super) egress: Egress,
    pub(super) clock: Clock,
    pub(super) politeness: Politeness,
}

impl Http {
    pub fn new(egress: Egress, clock: Clock, politeness: Politeness) -> Self {
        Self { egress, clock, politeness }
    }

    /// For a source of which one job may take so much.
    #[must_use]
    pub fn with_budget(mut self, requests: u32, within: Duration) -> Self {
        self.politeness.job_requests = requests.into();
        self.politeness.job_within = within;
        self
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The shortest pause between two pages of one site.
    pub fn between_pages(&self) -> Duration {
        self.politeness.between_pages
    }

    /// Whether an address may be asked, as far as it can be told without asking.
    ///
    /// # Errors
    /// Says what to change.
    pub fn check(&self, url: &str, schemes: Schemes) -> Result<(), NetError> {
        self.egress.check(url, schemes).map(drop)
    }

    /// Begins what one job asks of one source: its time starts here.
    pub fn session(&self, request: &CollectRequest, pace: Pace) -> Session {
        Session::new(self.clone(), request, pace)
    }
}

/// Whether an answer is a page for people.
pub fn is_html(response: &Response) -> bool {
    let head = &response.body[..response.body.len().min(1024)];
    let head = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').to_lowercase();
    let head = head.trim_start();
    head.starts_with("<!doctype html") || head.starts_with("<html")
}

/// The beginning of an answer in one line, without what the address keeps secret.
pub fn excerpt(body: &[u8], url: &str) -> String {
    let head = String::from_utf8_lossy(&body[..body.len().min(8 * EXCERPT)]).into_owned();
    let looks_like_html = head.trim_start().starts_with('<');
    let head = if looks_like_html { text::plain(&head) } else { text::collapse(&head) };
    let mut shown = head.replace('\n', " ");
    for secret in secrets_of(url) {
        shown = shown.replace(&secret, "…");
    }
    shown.chars().filter(|character| !character.is_control()).take(EXCERPT).collect()
}

/// What in an address only its owner should know: a password, and parameters named as keys are.
fn secrets_of(url: &str) -> Vec<String> {
    const NAMES: [&str; 6] = ["key", "token", "secret", "auth", "pass", "sig"];
    let Ok(url) = Url::parse(url) else {
        return Vec::new();
    };
    let is_secret = |name: &str| NAMES.iter().any(|known| name.to_lowercase().contains(known));
    let parameters = url.query_pairs().filter(|(name, _)| is_secret(name));
    let values = parameters.map(|(_, value)| value.into_owned());
    values.chain(url.password().map(str::to_owned)).filter(|value| value.len() > 3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line_without_secrets() {
        let url = "https://ann:hunter22@feeds.example/feed?api_key=abcdef&q=acme";
        let body = b"<html><h1>No</h1>\n<p>abcdef and hunter22 are not acme's</html>";
        assert_eq!(excerpt(body, url), "No … and … are not acme's");
        assert_eq!(excerpt("ä".repeat(9_000).as_bytes(), url).chars().count(), EXCERPT);
        assert_eq!(excerpt(b"\xff\x00{\"a\":\n 1}", url), "\u{fffd}{\"a\": 1}");
    }
}
