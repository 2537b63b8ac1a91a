//! What one job asks of one source, one request at a time: with a true name, within what the platform allows, a
//! pause that grows after each failure and is never shorter than the source asks for, and an end to it. Each
//! exchange is noted.
//!
//! Only what may pass is tried again: 429, most 5xx, silence, broken connections, an answer that
//! is not what was asked for. No wait goes beyond what is left of a job's time for one source.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use secrecy::SecretString;

use super::ask::Ask;
use super::exchange::{Exchange, Log};
use super::http::{ErrorClass, Http, UpstreamError, excerpt};
use super::pace::Pace;
use super::{CollectRequest, Requests, waits};
use crate::net::{NetError, Request, Response};

const NAME: &str = concat!("ByteStack/", env!("CARGO_PKG_VERSION"));

/// One job's requests to one source.
#[derive(Debug)]
pub struct Session {
    http: Http,
    requests: Requests,
    log: Log,
    pace: Pace,
    secrets: Vec<SecretString>,
    ends: Instant,
}

impl Session {
    /// Its time starts here.
    pub fn new(http: Http, request: &CollectRequest, pace: Pace) -> Self {
        let ends = Instant::now() + http.politeness.job_within;
        let (requests, log) = (request.requests.clone(), request.log.clone());
        Self { http, requests, log, pace, secrets: Vec::new(), ends }
    }

    /// With what nothing that is said of any answer may have.
    #[must_use]
    pub fn guarding(mut self, secrets: impl Iterator<Item = SecretString>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// Asks until `read` is content with the answer.
    ///
    /// # Errors
    /// The last failure, once it cannot pass, was met too often, or there is no time left.
    pub async fn get<T>(
        &self,
        ask: &Ask,
        read: impl Fn(&Response) -> Result<T, UpstreamError>,
    ) -> Result<T, UpstreamError> {
        self.get_counted(ask, read, |_| None).await
    }

    /// The same for an answer that holds posts, of which `count` says how many.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_counted<T>(
        &self,
        ask: &Ask,
        read: impl Fn(&Response) -> Result<T, UpstreamError>,
        count: impl Fn(&T) -> Option<u64>,
    ) -> Result<T, UpstreamError> {
        let ask = &ask.clone().guarding(&self.secrets);
        let mut attempt = 1;
        loop {
            let answer = match self.turn(ask).await {
                Ok(()) => self.once(ask, &read, &count).await,
                Err(error) => Err(error),
            };
            let error = match answer {
                Ok(read) => return Ok(read),
                Err(error) => error,
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

    /// One exchange, which is noted whatever comes of it.
    async fn once<T>(
        &self,
        ask: &Ask,
        read: impl Fn(&Response) -> Result<T, UpstreamError>,
        count: impl Fn(&T) -> Option<u64>,
    ) -> Result<T, UpstreamError> {
        let (at, began) = (self.http.clock.now(), Instant::now());
        let mut sent = self.send(ask).await;
        let duration = began.elapsed();
        let is_known = sent.as_ref().is_ok_and(|response| response.status == 304);
        if is_known && let Some(known) = &ask.known {
            sent = Ok(known.response.clone());
        }
        let answer = match &sent {
            Ok(response) => match self.judge(ask, response) {
                Ok(()) => read(response),
                Err(refusal) => {
                    self.leave_alone(&refusal).await;
                    Err(refusal)
                }
            },
            Err(error) => Err(error.clone()),
        };
        let answer = answer.map_err(|error| ask.scrub(error));
        if self.log.is_kept() {
            let response = sent.ok();
            // What was said before is not kept once more.
            let whole = response.as_ref().filter(|response| !response.truncated && !is_known);
            let kept = whole.filter(|_| self.log.keeps_bodies());
            self.log.add(Exchange {
                at,
                method: if ask.body.is_some() { "POST" } else { "GET" },
                url: ask.shown_url(),
                duration,
                status: response.as_ref().map(|one| if is_known { 304 } else { one.status }),
                error: answer.as_ref().err().map(|error| error.message.clone()),
                body: kept.and_then(|response| ask.shown_body(&response.body)),
                size: response
                    .as_ref()
                    .map_or(0, |one| if is_known { 0 } else { one.body.len() as u64 }),
                documents: answer.as_ref().ok().and_then(count),
            });
        }
        answer
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

    /// Whether so many may still be asked for.
    pub fn has_requests_for(&self, answers: u32) -> bool {
        self.requests.count() + u64::from(answers) <= self.http.politeness.job_requests
    }

    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Sends a request; any answer is one.
    async fn send(&self, ask: &Ask) -> Result<Response, UpstreamError> {
        let politeness = &self.http.politeness;
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
            deadline: politeness.answer_within.min(self.left()),
            max_body: politeness.max_body,
        };
        self.requests.add();
        self.http.egress.send(request).await.map_err(|error| match error {
            NetError::Timeout(_) if self.left().is_zero() => self.out_of_time(),
            error => unanswered(&error),
        })
    }

    /// Waits until it may be asked.
    ///
    /// # Errors
    /// When there is no time left then, or no request.
    async fn turn(&self, ask: &Ask) -> Result<(), UpstreamError> {
        let most = self.http.politeness.job_requests;
        if self.requests.count() >= most {
            let message =
                format!("the {most} requests that a job may make to one source are used up");
            return Err(UpstreamError::new(ErrorClass::OutOfRequests, message));
        }
        if ask.is_paced {
            self.take_turn().await?;
        }
        if self.left().is_zero() { Err(self.out_of_time()) } else { Ok(()) }
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

    fn judge(&self, ask: &Ask, response: &Response) -> Result<(), UpstreamError> {
        if response.truncated {
            let most = self.http.politeness.max_body / (1024 * 1024);
            let message = format!("the answer is longer than {most} MiB, which is not read");
            return Err(UpstreamError::new(ErrorClass::TooLarge, message));
        }
        let status = response.status;
        if (200..300).contains(&status) {
            return Ok(());
        }
        let class = match status {
            400 | 403 if waits::is_about_too_many(response) => ErrorClass::RateLimited,
            401 => ErrorClass::AuthInvalid,
            403 => ErrorClass::Forbidden,
            404 | 410 => ErrorClass::NotFound,
            408 | 425 => ErrorClass::Network,
            429 => ErrorClass::RateLimited,
            500 | 502..=504 | 520..=530 => ErrorClass::Upstream,
            _ => ErrorClass::Rejected,
        };
        let asked = waits::wait_asked_for(&response.headers, status, self.http.clock.now());
        let retry_after = asked.or_else(|| waits::wait_said(&response.body));
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
        let wait = asked_for.max(waits::backoff(&self.http.politeness, attempt, waits::chance()));
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

fn unanswered(error: &NetError) -> UpstreamError {
    let class = match error {
        NetError::InvalidUrl(_) | NetError::Forbidden(_) => ErrorClass::AddressForbidden,
        NetError::Dns(_) | NetError::Tls(_) => ErrorClass::Unreachable,
        NetError::Connect(_) | NetError::Timeout(_) | NetError::Broken(_) => ErrorClass::Network,
    };
    UpstreamError::new(class, error.to_string())
}
