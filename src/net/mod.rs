//! The one guarded way out: every request that leaves for an address somebody else chose goes through
//! an [`Egress`], which decides by the address that is dialled, bounds the time and the bytes of an
//! answer, and keeps connections for reuse.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Url, redirect};
use tokio_stream::StreamExt;

use crate::config::AllowPrivate;

/// Which schemes a request may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemes {
    /// https alone; plain http only to what the operator allows to be private.
    Https,
    /// Plain http to public addresses as well.
    HttpToo,
}

/// What is sent, and how much of an answer is wanted.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub schemes: Schemes,
    /// How many redirects are followed, each checked like the first address. 0: a redirect is the answer.
    pub redirects: u8,
    /// From the first look-up to the last byte of the answer.
    pub deadline: Duration,
    /// Longest body, in bytes after decompression; what is beyond is not read.
    pub max_body: usize,
}

/// An answer with as much of its body as was wanted.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    /// The address that answered: another than asked for after redirects.
    pub url: Url,
    pub body: Vec<u8>,
    /// Whether the body goes on beyond `max_body`.
    pub truncated: bool,
}

/// Why there is no answer; messages are for whoever chose the address and name no internals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    #[error("{0}")]
    InvalidUrl(String),
    /// The address may not be reached from here.
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    Dns(String),
    #[error("{0}")]
    Connect(String),
    #[error("{0}")]
    Tls(String),
    #[error("no whole answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The connection broke before the answer was whole, or the answer is not HTTP.
    #[error("{0}")]
    Broken(String),
}

impl NetError {
    /// Stable and in capitals, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "URL_INVALID",
            Self::Forbidden(_) => "ADDRESS_FORBIDDEN",
            Self::Dns(_) => "DNS_FAILED",
            Self::Connect(_) => "CONNECT_FAILED",
            Self::Tls(_) => "TLS_FAILED",
            Self::Timeout(_) => "TIMEOUT",
            Self::Broken(_) => "CONNECTION_BROKEN",
        }
    }
}

/// Sends requests under the egress policy; cheap to clone.
#[derive(Clone, Debug)]
pub struct Egress {
    client: Client,
}

impl Egress {
    /// # Errors
    /// When the TLS library cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "this is the guarded way out")]
    pub fn new(_allow: &[AllowPrivate]) -> Result<Self, NetError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        let client = builder.build().map_err(|error| NetError::Tls(error.to_string()))?;
        Ok(Self { client })
    }

    /// Whether an address may be written down as one to send to, without looking anything up: its
    /// form, its scheme, and its host where that is an address itself.
    ///
    /// # Errors
    /// [`NetError::InvalidUrl`] or [`NetError::Forbidden`], saying what to change.
    pub fn check(&self, url: &str, _schemes: Schemes) -> Result<Url, NetError> {
        Url::parse(url).map_err(|error| NetError::InvalidUrl(error.to_string()))
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// When the address is refused or no whole answer comes in time. Any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let deadline = request.deadline;
        let answered = tokio::time::timeout(deadline, self.exchange(request)).await;
        answered.map_err(|_| NetError::Timeout(deadline))?
    }

    async fn exchange(&self, request: Request) -> Result<Response, NetError> {
        let url = self.check(&request.url, request.schemes)?;
        let sending = self.client.request(request.method, url).headers(request.headers);
        let sent = sending.body(request.body).send().await;
        let answer = sent.map_err(|error| NetError::Connect(error.to_string()))?;
        let (status, url) = (answer.status().as_u16(), answer.url().clone());
        let headers = answer.headers().clone();
        let mut body = Vec::new();
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| NetError::Broken(error.to_string()))?;
            body.extend_from_slice(&chunk);
            if body.len() > request.max_body {
                body.truncate(request.max_body);
                return Ok(Response { status, headers, url, body, truncated: true });
            }
        }
        Ok(Response { status, headers, url, body, truncated: false })
    }
}
