//! One attempt to bring an event to its receiver: signed, sent once, judged, and its outcome committed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::sync::OnceCell;
use tracing::{Instrument, Span, field};

use super::backoff::{Backoff, LONGEST_ASKED};
use super::gate::{Gate, GateOptions, Place, Went};
use super::signature::{self, SecretError};
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::domain::delivery::{EndAttempt, Next, Outgoing};
use crate::error::Error;
use crate::failpoint;
use crate::model::delivery::DeliveryAttempt;
use crate::model::id::DeliveryId;
use crate::net::{Egress, NetError, Request, Response, Schemes, retry_after};
use crate::queue::{Claimed, Ended, Handler, Run, Running};
use crate::telemetry::traces::Part;

/// How much of an answer is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024;
/// How much of it is kept, in characters.
const MAX_EXCERPT: usize = 1_000;
/// When the outcome of an attempt could not be written.
const AFTER_FAILED_COMMIT: Duration = Duration::from_secs(1);

/// How webhooks are sent.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// From the first look-up to the last byte of the answer.
    pub timeout: Duration,
    pub backoff: Backoff,
    pub gate: GateOptions,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        let timeout = Duration::from_secs(10);
        Self { timeout, backoff: Backoff::default(), gate: GateOptions::default() }
    }
}

/// Runs the tasks that are attempts of webhooks.
#[derive(Clone)]
pub struct Webhooks {
    domain: Domain,
    egress: Egress,
    gate: Gate,
    options: WebhookOptions,
}

/// The deliveries that were claimed together: read once, by whoever comes first.
struct Batch {
    tasks: Vec<Claimed>,
    outgoing: OnceCell<HashMap<DeliveryId, Outgoing>>,
}

/// What an attempt came to.
struct Verdict {
    status_code: Option<u16>,
    error: Option<String>,
    excerpt: Option<String>,
    first_byte: Option<Duration>,
    next: Next,
    went: Went,
}

impl Handler for Webhooks {
    fn start(&self, runs: Vec<Run>) -> Vec<Running> {
        let tasks = runs.iter().map(|run| run.task.clone()).collect();
        let batch = Arc::new(Batch { tasks, outgoing: OnceCell::new() });
        runs.into_iter().map(|run| self.start_one(run, Arc::clone(&batch))).collect()
    }
}

impl Webhooks {
    pub fn new(domain: Domain, egress: Egress, options: WebhookOptions) -> Arc<Self> {
        let gate = Gate::new(options.gate.clone());
        Arc::new(Self { domain, egress, gate, options })
    }

    fn start_one(&self, run: Run, batch: Arc<Batch>) -> Running {
        let webhooks = self.clone();
        let id = run.task.id.clone();
        let running = async move {
            let cancelled = run.cancelled.clone();
            let attempted = async {
                match webhooks.attempt(&run, &batch).await {
                    Ok(ended) => ended,
                    Err(error) => {
                        tracing::error!(delivery = run.task.id, %error, "an attempt was not recorded");
                        Ended::Retry(AFTER_FAILED_COMMIT)
                    }
                }
            };
            tokio::select! {
                () = cancelled.cancelled() => Ended::Interrupted,
                ended = attempted => ended,
            }
        };
        // Made when the task runs, so that it lies within the task's span.
        Box::pin(async move {
            let (job, query) = (field::Empty, field::Empty);
            let span = tracing::info_span!("delivery", delivery = id, job, query);
            running.instrument(span).await
        })
    }

    async fn attempt(&self, run: &Run, batch: &Batch) -> Result<Ended, Error> {
        let id: DeliveryId = run.task.id.parse().map_err(Error::internal)?;
        let load = || self.domain.outgoing(&batch.tasks);
        let outgoing = batch.outgoing.get_or_try_init(load).await?;
        let Some(outgoing) = outgoing.get(&id) else {
            if !self.domain.has_owner(&run.task).await? {
                tracing::warn!(delivery = %id, "the delivery of a task is gone, and the task goes with it");
                return Ok(Ended::Void);
            }
            return Err(Error::internal(format!("{id} or its event cannot be read")));
        };
        let shown = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string);
        let delivery = &outgoing.delivery;
        let job = shown(delivery.job_id.as_ref().map(|id| id as _));
        let query = shown(delivery.query_id.as_ref().map(|id| id as _));
        Span::current().record("job", job).record("query", query);
        if outgoing.is_unwanted() {
            let skipped = Attempted::none(run, self.domain.clock().now(), Next::Skipped);
            return self.end(run, outgoing, skipped).await;
        }
        if run.task.attempt > run.task.max_attempts {
            let lost = Attempted::none(run, self.domain.clock().now(), Next::Failed);
            return self.end(run, outgoing, lost.because(LOST)).await;
        }
        if let Some(wait) = self.domain.turn(outgoing).await? {
            return Ok(Ended::PutOff(wait));
        }
        let place = place(outgoing);
        let pass = if delivery.is_test {
            self.gate.open(&place)
        } else {
            match self.gate.enter(&place).await {
                Ok(pass) => pass,
                Err(wait) => return Ok(Ended::PutOff(wait)),
            }
        };
        let (at, began) = (self.domain.clock().now(), Instant::now());
        let verdict = self.send(run, outgoing).await?;
        pass.leave(verdict.went);
        let attempted = Attempted::new(run, at, began.elapsed(), verdict);
        self.end(run, outgoing, attempted).await
    }

    /// Commits an attempt's end, and draws the consequences for who was to get it.
    async fn end(
        &self,
        run: &Run,
        outgoing: &Outgoing,
        attempted: Attempted,
    ) -> Result<Ended, Error> {
        let Attempted { attempt, next, took } = attempted;
        let (id, at, status) = (outgoing.delivery.id, attempt.at, attempt.status_code);
        let failed = !matches!(next, Next::Succeeded | Next::Skipped);
        if let (Some(job), true) = (outgoing.delivery.job_id, next != Next::Skipped) {
            let part = Part::Delivery(id, run.task.attempt);
            self.domain.traces().record(job, part, at, took, failed);
        }
        tracing::debug!(?next, duration_ms = attempt.duration_ms, "an attempt ended");
        // A test that fails is no proof that the rest would.
        let tells = !failed || !outgoing.delivery.is_test;
        let end = EndAttempt {
            delivery: id,
            lease_token: run.task.lease_token,
            attempt,
            next,
            endpoint: outgoing.endpoint.as_ref().filter(|_| tells).map(|endpoint| endpoint.id),
            bucket: None,
            is_ordered: outgoing.endpoint.as_ref().is_some_and(|endpoint| endpoint.ordered),
        };
        if !self.domain.end_attempt(end).await? {
            tracing::warn!(delivery = %id, "the lease was lost before the attempt's end");
            return Ok(Ended::Done);
        }
        if let Some(endpoint) = outgoing.endpoint.as_ref().filter(|_| failed && tells) {
            let judged = if status == Some(410) {
                self.domain.disable_gone_endpoint(endpoint).await
            } else {
                self.domain.judge_failure(endpoint, at).await
            };
            // The next failure says it again.
            if let Err(error) = judged {
                tracing::error!(endpoint = %endpoint.id, %error, "a failing endpoint was not judged");
            }
        }
        Ok(Ended::Done)
    }

    async fn send(&self, run: &Run, outgoing: &Outgoing) -> Result<Verdict, Error> {
        let now = self.domain.clock().now();
        let body = outgoing.payload.as_bytes().to_vec();
        let headers = headers(run.task.attempt, outgoing, now.timestamp(), &body);
        let request = Request {
            method: Method::POST,
            url: outgoing.url().to_owned(),
            headers: headers.map_err(Error::internal)?,
            body,
            schemes: Schemes::Https,
            redirects: 0,
            deadline: self.options.timeout,
            max_body: MAX_ANSWER,
        };
        failpoint::reach("delivery.before_send").await?;
        let began = Instant::now();
        let answer = self.egress.send_for_head(request).await;
        failpoint::reach("delivery.after_answer").await?;
        let asked = answer.as_ref().ok().and_then(|answer| retry_after(&answer.headers, now));
        let [random] = random_bytes::<1>()?;
        let wait = self.options.backoff.after(run.task.attempt, asked, random);
        let again = if run.task.attempt < run.task.max_attempts {
            Next::Retry { after_ms: i64::try_from(wait.as_millis()).unwrap_or(i64::MAX) }
        } else {
            Next::Failed
        };
        let went = went(&answer, began.elapsed(), asked);
        Ok(Verdict { went, ..judge(answer, again, self.options.timeout) })
    }
}

/// An attempt as it is written down.
struct Attempted {
    attempt: DeliveryAttempt,
    next: Next,
    took: Duration,
}

impl Attempted {
    fn new(run: &Run, at: DateTime<Utc>, took: Duration, verdict: Verdict) -> Self {
        let millis = |took: Duration| u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let attempt = DeliveryAttempt {
            number: run.task.attempt,
            at,
            duration_ms: millis(took),
            first_byte_ms: verdict.first_byte.map(millis),
            status_code: verdict.status_code,
            error: verdict.error,
            response_excerpt: verdict.excerpt,
        };
        Self { attempt, next: verdict.next, took }
    }

    /// Nothing was sent.
    fn none(run: &Run, at: DateTime<Utc>, next: Next) -> Self {
        let verdict = Verdict {
            status_code: None,
            error: None,
            excerpt: None,
            first_byte: None,
            next,
            went: Went::Failed,
        };
        Self::new(run, at, Duration::ZERO, verdict)
    }

    fn because(mut self, error: &str) -> Self {
        self.attempt.error = Some(error.to_owned());
        self
    }
}

/// Every attempt ended with the loss of its worker; whether the receiver got it is not known.
const LOST: &str = "WORKER_LOST: the process was lost during each attempt";

/// Who is kept apart from others: a registered endpoint by itself; what goes to the addresses of queries by
/// host, and each address for what its answers say.
fn place(outgoing: &Outgoing) -> Place {
    if let Some(endpoint) = &outgoing.endpoint {
        let key = endpoint.id.to_string();
        return Place { host: key.clone(), receiver: key, rate: endpoint.rate_limit };
    }
    let (workspace, target) = (outgoing.delivery.workspace_id, &outgoing.delivery.target);
    let host: String = target.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let receiver = format!("{workspace} {target}");
    Place { host: format!("{workspace} {host}"), receiver, rate: None }
}

/// What an answer says of the receiver, for those that follow.
fn went(answer: &Result<Response, NetError>, took: Duration, asked: Option<Duration>) -> Went {
    let Ok(Response { status, is_late, .. }) = answer else { return Went::Failed };
    match status {
        429 | 502..=504 => Went::Busy(asked.map(|asked| asked.min(LONGEST_ASKED))),
        500.. => Went::Failed,
        _ if *is_late => Went::Failed,
        _ => Went::Answered(took),
    }
}

/// Every header of an attempt; the body goes out as the bytes that were signed.
fn headers(
    attempt: u32,
    outgoing: &Outgoing,
    timestamp: i64,
    body: &[u8],
) -> Result<HeaderMap, HeaderError> {
    let id = outgoing.event_id.to_string();
    let mut signatures = Vec::new();
    for secret in outgoing.secrets() {
        signatures.push(signature::standard(secret, &id, timestamp, body)?);
    }
    let newest = outgoing.secrets().next().ok_or(SecretError)?;
    let plain = signature::plain(newest, body)?;
    if let Some(key) = &outgoing.key {
        signatures.push(signature::asymmetric(key, &id, timestamp, body));
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures.join(" ")),
        ("x-bytestack-signature", plain),
        ("x-bytestack-attempt", attempt.to_string()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value)?);
    }
    Ok(headers)
}

#[derive(Debug, thiserror::Error)]
enum HeaderError {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Value(#[from] reqwest::header::InvalidHeaderValue),
}

/// What an answer, or none, means. Only 2xx acknowledges; 410 says that nobody will ever listen there.
/// An answer whose end does not come in time acknowledges nothing either.
fn judge(answer: Result<Response, NetError>, again: Next, timeout: Duration) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let text = format!("{}: {error}", error.code());
            return Verdict {
                status_code: None,
                error: Some(text),
                excerpt: None,
                first_byte: None,
                next: again,
                went: Went::Failed,
            };
        }
    };
    let status = answer.status;
    let (error, next) = match status {
        200..=299 if answer.is_late => (Some(unfinished(status, timeout)), again),
        200..=299 => (None, Next::Succeeded),
        300..=399 => {
            let error = format!("HTTP_{status}: redirects are not followed; use the final address");
            (Some(error), again)
        }
        410 => (Some("HTTP_410: the receiver says it is gone for good".to_owned()), Next::Failed),
        _ => (Some(format!("HTTP_{status}: only an answer of 200 to 299 acknowledges")), again),
    };
    let (excerpt, first_byte) = (excerpt_of(&answer.body), Some(answer.first_byte));
    let went = Went::Answered(answer.first_byte);
    Verdict { status_code: Some(status), error, excerpt, first_byte, next, went }
}

fn unfinished(status: u16, timeout: Duration) -> String {
    let seconds = timeout.as_secs_f32();
    format!("TIMEOUT: the answer began with HTTP {status} and did not end within {seconds} s")
}

fn excerpt_of(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let shown = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c });
    let excerpt: String = shown.take(MAX_EXCERPT).collect();
    (!excerpt.trim().is_empty()).then_some(excerpt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    fn answered(status: u16) -> Verdict {
        let answer = Response {
            status,
            headers: HeaderMap::new(),
            url: "https://example.com/".parse().unwrap(),
            body: b"a\x07b".to_vec(),
            truncated: false,
            is_late: false,
            first_byte: Duration::ZERO,
        };
        judge(Ok(answer), Next::Retry { after_ms: 1 }, TIMEOUT)
    }

    #[test]
    fn only_2xx_acknowledges_and_only_410_ends_it_at_once() {
        for status in 100..600 {
            let verdict = answered(status);
            let next = match status {
                200..=299 => Next::Succeeded,
                410 => Next::Failed,
                _ => Next::Retry { after_ms: 1 },
            };
            assert_eq!(verdict.next, next, "{status}");
            assert_eq!(verdict.error.is_none(), next == Next::Succeeded, "{status}");
            assert_eq!(verdict.excerpt.as_deref(), Some("a b"));
        }
        let none = judge(Err(NetError::Timeout(TIMEOUT)), Next::Failed, TIMEOUT);
        assert_eq!(none.next, Next::Failed, "the last attempt ends it");
        assert_eq!(none.error.as_deref(), Some("TIMEOUT: no whole answer within 10 s"));
    }
}
