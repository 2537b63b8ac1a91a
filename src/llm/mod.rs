//! A language model behind any endpoint that speaks the OpenAI protocol: it is asked for JSON of a given
//! form, within a fixed time, and what it took is accounted for.
//!
//! What may pass is tried again with growing pauses. Endpoints differ in what they take: one that refuses a
//! request is asked in plainer ways, and the way it takes is remembered. What it answers is text, and to be
//! checked by whoever asked.

mod protocol;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::clock::{Clock, random_bytes};
use crate::config::LlmSettings;
use crate::model::reading::TokenUsage;
use crate::net::{Egress, NetError, Request, Response, Schemes, retry_after};
use protocol::{WAYS, body, excerpt, read};

const NAME: &str = concat!("ByteStack/", env!("CARGO_PKG_VERSION"));
/// Bytes of an answer: far more than a model writes.
const MAX_ANSWER: usize = 1024 * 1024;

/// How long a model is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a request that may be answered later is sent in all.
    pub attempts: u32,
    /// The pause after a failure is chance between nothing and this, doubled after each further one.
    pub first_pause: Duration,
    /// From the look-up of a request to the last byte of its answer.
    pub answer_within: Duration,
    /// All of it, pauses included: shorter than whoever asked waits for a reading.
    pub all_within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(250),
            answer_within: Duration::from_secs(15),
            all_within: Duration::from_secs(24),
        }
    }
}

/// Who says something in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub messages: &'a [(Role, String)],
    /// What the form is called: letters and `_`.
    pub name: &'a str,
    /// The form of the answer, as JSON Schema.
    pub schema: &'a Value,
    /// When it is no use any more.
    pub until: Instant,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub text: String,
    pub usage: TokenUsage,
}

/// Why there is no answer; without credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct LlmError {
    pub why: String,
    /// What an answer that is of no use took.
    pub usage: TokenUsage,
}

/// What one attempt failed with.
enum Fault {
    /// The same request may be answered later, after so long at least.
    Passing(LlmError, Duration),
    /// The endpoint does not take the request as it is.
    NotTaken(LlmError),
    Final(LlmError),
}

/// A model that can be asked; cheap to clone.
#[derive(Clone, Debug)]
pub struct Llm(Arc<Endpoint>);

#[derive(Debug)]
struct Endpoint {
    egress: Egress,
    url: String,
    settings: LlmSettings,
    clock: Clock,
    patience: Patience,
    /// Which of [`WAYS`] the endpoint takes.
    way: AtomicUsize,
}

impl Llm {
    /// The operator names the endpoint, also on a private network; nothing else is reached by it.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(settings: &LlmSettings, clock: Clock, patience: Patience) -> Result<Self, NetError> {
        Ok(Self(Arc::new(Endpoint {
            egress: Egress::to_operators(&settings.base_url)?,
            url: format!("{}/chat/completions", settings.base_url),
            settings: settings.clone(),
            clock,
            patience,
            way: AtomicUsize::new(0),
        })))
    }

    /// The model's name, as the endpoint knows it.
    pub fn model(&self) -> &str {
        &self.0.settings.model
    }

    /// Whether it may be shown posts to write the text of summaries.
    pub fn writes_summaries(&self) -> bool {
        self.0.settings.summaries
    }

    /// Whether it may be shown posts to say what they feel.
    pub fn labels_posts(&self) -> bool {
        self.0.settings.labels
    }

    /// When a question that is asked now is no use any more.
    pub fn until(&self) -> Instant {
        Instant::now() + self.0.patience.all_within
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    /// The last failure, once it cannot pass, was met too often, or there is no time left.
    pub async fn ask(&self, ask: &Ask<'_>) -> Result<Answered, LlmError> {
        let mut way = self.0.way.load(Ordering::Relaxed);
        let mut attempt = 1;
        loop {
            let (error, wait) = match self.once(ask, way).await {
                Ok(answered) => {
                    self.0.way.store(way, Ordering::Relaxed);
                    return Ok(answered);
                }
                Err(Fault::NotTaken(_)) if way + 1 < WAYS.len() => {
                    way += 1;
                    continue;
                }
                Err(Fault::NotTaken(error) | Fault::Final(error)) => return Err(error),
                Err(Fault::Passing(error, wait)) => (error, wait.max(self.pause(attempt))),
            };
            let left = ask.until.saturating_duration_since(Instant::now());
            if attempt >= self.0.patience.attempts || wait >= left {
                return Err(error);
            }
            tracing::debug!(attempt, why = error.why, "a model is asked again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    fn pause(&self, attempt: u32) -> Duration {
        let most =
            self.0.patience.first_pause.saturating_mul(1 << attempt.min(16).saturating_sub(1));
        let chance = random_bytes::<2>().map_or(u16::MAX, u16::from_le_bytes);
        most.mul_f64(f64::from(chance) / f64::from(u16::MAX))
    }

    async fn once(&self, ask: &Ask<'_>, way: usize) -> Result<Answered, Fault> {
        let left = ask.until.saturating_duration_since(Instant::now());
        let request = Request {
            method: Method::POST,
            url: self.0.url.clone(),
            headers: self.headers().map_err(Fault::Final)?,
            body: body(&self.0.settings.model, ask, way),
            schemes: Schemes::HttpToo,
            redirects: 0,
            deadline: self.0.patience.answer_within.min(left),
            max_body: MAX_ANSWER,
        };
        match self.0.egress.send(request).await {
            Ok(response) => self.judge(&response),
            Err(error) => {
                let may_pass = matches!(
                    error,
                    NetError::Connect(_) | NetError::Timeout(_) | NetError::Broken(_)
                );
                let error = fault(error.to_string());
                Err(if may_pass {
                    Fault::Passing(error, Duration::ZERO)
                } else {
                    Fault::Final(error)
                })
            }
        }
    }

    fn headers(&self) -> Result<HeaderMap, LlmError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
        if let Some(key) = &self.0.settings.api_key {
            let value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()));
            let mut value = value.map_err(|_| fault("its key cannot be sent".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(headers)
    }

    fn judge(&self, response: &Response) -> Result<Answered, Fault> {
        let status = response.status;
        if (200..300).contains(&status) && !response.truncated {
            return read(&response.body).map_err(Fault::Final);
        }
        let said = excerpt(&response.body);
        let error = fault(match said.as_str() {
            "" => format!("it answered {status}"),
            said => format!("it answered {status}: {said}"),
        });
        Err(match status {
            400 | 422 => Fault::NotTaken(error),
            408 | 409 | 425 | 429 | 500..=599 => {
                let wait = retry_after(&response.headers, self.0.clock.now()).unwrap_or_default();
                Fault::Passing(error, wait)
            }
            _ => Fault::Final(error),
        })
    }
}

fn fault(why: String) -> LlmError {
    LlmError { why, usage: TokenUsage::default() }
}
