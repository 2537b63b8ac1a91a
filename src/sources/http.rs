//! How connectors ask: one request at a time, with a true name, a pause that grows after each failure
//! and is never shorter than the source asks for, and an end to it.
//!
//! Only what may pass is tried again: 429, most 5xx, silence, broken connections, an answer that
//! is not what was asked for. No wait goes beyond what is left of a job's time for one source.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;

use super::ask::Ask;
use super::pace::Pace;
use super::{Requests, SourceError, text};
use crate::clock::{Clock, random_bytes};
use crate::net::{Egress, NetError, Request, Response, Schemes, retry_after};

const NAME: &str = concat!("ByteStack/", env!("CARGO_PKG_VERSION"));
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
}

impl ErrorClass {
    fn may_pass(self) -> bool {
        matches!(self, Self::RateLimited | Self::Upstream | Self::BadPayload | Self::Network)
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
    egress: Egress,
    clock: Clock,
    politeness: Politeness,
}

impl Http {
    pub fn new(egress: Egress, clock: Clock, politeness: Politeness) -> Self {
        Self { egress, clock, politeness }
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
    pub fn session(&self, requests: Requests, pace: Pace) -> Session {
        let ends = Instant::now() + self.politeness.job_within;
        Session { http: self.clone(), requests, pace, ends }
    }
}

/// One job's requests to one source.
#[derive(Debug)]
pub struct Session {
    http: Http,
    requests: Requests,
    pace: Pace,
    ends: Instant,
}

impl Session {
    /// Asks until `read` is content with the answer.
    ///
    /// # Errors
    /// The last failure, once it cannot pass, was met too often, or there is no time left.
    pub async fn get<T>(
        &self,
        ask: &Ask,
        read: impl Fn(&Response) -> Result<T, UpstreamError>,
    ) -> Result<T, UpstreamError> {
        let mut attempt = 1;
        loop {
            let answer = self.once(ask).await;
            let error = match answer.and_then(|response| read(&response)) {
                Ok(read) => return Ok(read),
                Err(error) => ask.scrub(error),
            };
            let may_ask = ask.is_repeatable || error.class == ErrorClass::RateLimited;
            let may_pass = may_ask && error.class.may_pass();
            if !may_pass || attempt >= self.http.politeness.attempts {
                return Err(error);
            }
            self.wait(attempt, error).await?;
            attempt += 1;
        }
    }

    /// Waits because the source asks for it.
    ///
    /// # Errors
    /// When that is longer than a job may take.
    pub async fn pause(&self, wait: Duration) -> Result<(), UpstreamError> {
        if wait.is_zero() {
            return Ok(());
        }
        if wait >= self.left() {
            return Err(self.out_of_time());
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Waits a little before the same is asked again.
    ///
    /// # Errors
    /// As [`Self::pause`].
    pub async fn rest(&self) -> Result<(), UpstreamError> {
        self.pause(self.http.politeness.first_delay).await
    }

    /// Whether there is time for so many answers, each as slow as is waited for.
    pub fn has_time_for(&self, answers: u32) -> bool {
        self.left() > self.http.politeness.answer_within * answers
    }

    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    async fn once(&self, ask: &Ask) -> Result<Response, UpstreamError> {
        if ask.is_paced {
            self.take_turn().await?;
        }
        let politeness = &self.http.politeness;
        let left = self.left();
        if left.is_zero() {
            return Err(self.out_of_time());
        }
        let mut headers = ask.headers.clone();
        headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
        headers.insert(ACCEPT, HeaderValue::from_static(ask.accept));
        let request = Request {
            method: if ask.body.is_some() { Method::POST } else { Method::GET },
            url: ask.url.clone(),
            headers,
            body: ask.body.clone().unwrap_or_default(),
            schemes: ask.schemes,
            redirects: ask.redirects,
            deadline: politeness.answer_within.min(left),
            max_body: politeness.max_body,
        };
        self.requests.add();
        match self.http.egress.send(request).await {
            Ok(response) => {
                let judged = self.judge(ask, response);
                if let Err(refusal) = &judged {
                    self.leave_alone(refusal).await;
                }
                judged
            }
            Err(NetError::Timeout(_)) if self.left().is_zero() => Err(self.out_of_time()),
            Err(error) => Err(unanswered(&error)),
        }
    }

    /// Waits for what the platform's own limits allow.
    ///
    /// # Errors
    /// When that is longer than a job may take.
    async fn take_turn(&self) -> Result<(), UpstreamError> {
        let now = self.http.clock.now();
        let unread = |why| UpstreamError::new(ErrorClass::Upstream, why);
        match self.pace.take(now, self.left()).await.map_err(unread)? {
            Ok(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(wait) => {
                let until = (now + wait).format("%Y-%m-%dT%H:%M:%SZ");
                let message = format!(
                    "what the platform allows with this credential is used up until {until}, longer than a job may take"
                );
                let refusal = UpstreamError::new(ErrorClass::Paused, message);
                Err(UpstreamError { retry_after: Some(wait), ..refusal })
            }
        }
    }

    /// Whoever asks next need not find out that it is too much.
    async fn leave_alone(&self, refusal: &UpstreamError) {
        let (ErrorClass::RateLimited, Some(wait)) = (refusal.class, refusal.retry_after) else {
            return;
        };
        if let Err(why) = self.pace.close(self.http.clock.now() + wait).await {
            tracing::warn!(
                error = why,
                "that a platform wants to be left alone could not be noted"
            );
        }
    }

    fn out_of_time(&self) -> UpstreamError {
        let allowed = self.http.politeness.job_within.as_secs_f32();
        let message = format!("the {allowed} s that a job may take for one source are used up");
        UpstreamError::new(ErrorClass::OutOfTime, message)
    }

    fn judge(&self, ask: &Ask, response: Response) -> Result<Response, UpstreamError> {
        if response.truncated {
            let most = self.http.politeness.max_body / (1024 * 1024);
            let message = format!("the answer is longer than {most} MiB, which is not read");
            return Err(UpstreamError::new(ErrorClass::TooLarge, message));
        }
        let status = response.status;
        if (200..300).contains(&status) {
            return Ok(response);
        }
        let class = match status {
            400 | 403 if is_about_too_many(&response) => ErrorClass::RateLimited,
            401 => ErrorClass::AuthInvalid,
            403 => ErrorClass::Forbidden,
            404 | 410 => ErrorClass::NotFound,
            408 | 425 => ErrorClass::Network,
            429 => ErrorClass::RateLimited,
            500 | 502..=504 | 520..=530 => ErrorClass::Upstream,
            _ => ErrorClass::Rejected,
        };
        let asked = wait_asked_for(&response.headers, status, self.http.clock.now());
        let retry_after = asked.or_else(|| wait_said(&response.body));
        let excerpt = excerpt(&response.body, &ask.url);
        let said = if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") };
        Err(UpstreamError { class, message: format!("it answered {status}{said}"), retry_after })
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// When the wait would go beyond what is left: the failure, or that the source asks for more
    /// patience than there is.
    async fn wait(&self, attempt: u32, error: UpstreamError) -> Result<(), UpstreamError> {
        let asked_for = error.retry_after.unwrap_or_default();
        let wait = asked_for.max(backoff(&self.http.politeness, attempt, chance()));
        if wait < self.left() {
            tokio::time::sleep(wait).await;
            return Ok(());
        }
        if asked_for.is_zero() {
            return Err(error);
        }
        let until = self.http.clock.now() + asked_for;
        let message = format!(
            "{}; it asks to wait until {}, longer than a job may take",
            error.message,
            until.format("%Y-%m-%dT%H:%M:%SZ")
        );
        Err(UpstreamError { class: ErrorClass::RateLimited, message, ..error })
    }
}

/// Whether a refusal is for too many requests: some platforms say so with another status than 429.
fn is_about_too_many(response: &Response) -> bool {
    const NAMES: [&str; 6] = [
        "throttle_violation",
        "rate_limit_error",
        "RateLimitExceeded",
        "rateLimitExceeded",
        "quotaExceeded",
        "secondary rate limit",
    ];
    let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok());
    let is_used_up = header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
    let said = String::from_utf8_lossy(&response.body);
    is_used_up || header("retry-after").is_some() || NAMES.iter().any(|name| said.contains(name))
}

fn unanswered(error: &NetError) -> UpstreamError {
    let class = match error {
        NetError::InvalidUrl(_) | NetError::Forbidden(_) => ErrorClass::AddressForbidden,
        NetError::Dns(_) | NetError::Tls(_) => ErrorClass::Unreachable,
        NetError::Connect(_) | NetError::Timeout(_) | NetError::Broken(_) => ErrorClass::Network,
    };
    UpstreamError::new(class, error.to_string())
}

/// A number from 0 to 1; 1 when the system has no randomness to give.
fn chance() -> f64 {
    random_bytes::<4>()
        .map_or(1.0, |bytes| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

fn backoff(politeness: &Politeness, attempt: u32, chance: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let most = politeness.first_delay.saturating_mul(1 << doublings).min(politeness.longest_delay);
    most.mul_f64(chance.clamp(0.0, 1.0))
}

/// The wait a source asks for, from whichever header it writes.
fn wait_asked_for(headers: &HeaderMap, status: u16, now: DateTime<Utc>) -> Option<Duration> {
    if let Some(asked) = retry_after(headers, now) {
        return Some(asked);
    }
    let names = ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"];
    let values = names.into_iter().filter_map(|name| headers.get(name)?.to_str().ok());
    let mut waits = values.filter_map(|text| until_reset(text.trim(), now));
    matches!(status, 400 | 403 | 429).then(|| waits.next())?
}

/// The wait that Stack Exchange writes into the refusal itself: `more requests available in 72312 seconds`.
fn wait_said(body: &[u8]) -> Option<Duration> {
    let said = String::from_utf8_lossy(body);
    let (_, after) = said.split_once("more requests available in ")?;
    let seconds = after.split(' ').next()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Seconds from now, seconds since 1970, or RFC 3339.
fn until_reset(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    /// More seconds than anybody asks to wait: 2001 as seconds since 1970.
    const SINCE_1970: f64 = 1e9;
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if number < SINCE_1970 { number } else { number - seconds_of(now) };
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let date = DateTime::parse_from_rfc3339(text).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit the mantissa")]
fn seconds_of(instant: DateTime<Utc>) -> f64 {
    instant.timestamp_millis() as f64 / 1000.0
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
#[path = "http_tests.rs"]
mod tests;
