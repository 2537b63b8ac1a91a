//! The one guarded way out: every request that leaves for an address somebody else chose goes through
//! an [`Egress`], which decides by the address that is dialled, bounds the time and the bytes of an
//! answer, and keeps connections for reuse.
//!
//! A URL is judged twice. [`Egress::check`] judges what can be told without I/O: form, scheme, and hosts
//! that are addresses. The rest is judged where connections look their names up, on the very answer they
//! dial, so there is no moment between check and use. The look-up does not know the port of a URL, which
//! the operator's allow list speaks of; so there is one client with its own connections for each
//! [`policy::Rule`], and the URL decides which of them sends.

mod address;
mod client;
mod error;
mod policy;
mod redirect;
mod resolve;
mod retry_after;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Certificate, Method, Response as Answered, Url};
use tokio_stream::StreamExt;

use crate::config::AllowPrivate;
use client::Clients;
use policy::Policy;
use redirect::Hop;

pub use error::NetError;
pub use resolve::{Answer, Lookup, SystemLookup};
pub use retry_after::retry_after;

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
    /// Credentials, and every header marked as sensitive, do not follow a redirect to another origin.
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub schemes: Schemes,
    /// How many redirects are followed, each checked like the first address. The next one is the
    /// answer; with 0 the first.
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
    /// Whether the time was over before the end of the body.
    pub is_late: bool,
    /// How long it took until the answer began.
    pub first_byte: Duration,
}

/// What an [`Egress`] is made from.
#[derive(Clone, Debug)]
pub struct Options {
    /// What may be reached although it is private.
    pub allow: Vec<AllowPrivate>,
    /// Authorities that are trusted besides those of the machine.
    pub roots: Vec<Certificate>,
    /// Who knows the addresses of names.
    pub lookup: Arc<dyn Lookup>,
}

impl Default for Options {
    fn default() -> Self {
        Self { allow: Vec::new(), roots: Vec::new(), lookup: Arc::new(SystemLookup) }
    }
}

/// Sends requests under the egress policy; cheap to clone, and clones share their connections.
#[derive(Clone, Debug)]
pub struct Egress {
    policy: Arc<Policy>,
    clients: Clients,
}

impl Egress {
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(allow: &[AllowPrivate]) -> Result<Self, NetError> {
        Self::with(&Options { allow: allow.to_vec(), ..Options::default() })
    }

    /// For what the operator alone names: the host of `url` may be reached, also on a private network, and no
    /// other private one.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn to_operators(url: &str) -> Result<Self, NetError> {
        let url: Option<Url> = url.parse().ok();
        let host =
            url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        let allowed = host.map(|(host, port)| {
            let host = host.trim_matches(['[', ']']).to_owned();
            AllowPrivate::Host { host, port }
        });
        Self::new(allowed.as_slice())
    }

    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn with(options: &Options) -> Result<Self, NetError> {
        let policy = Arc::new(Policy::new(&options.allow));
        let clients = Clients::new(&policy, &options.lookup, &options.roots)?;
        Ok(Self { policy, clients })
    }

    /// Whether an address may be written down as one to send to, without looking anything up: its
    /// form, its scheme, and its host where that is an address itself.
    ///
    /// # Errors
    /// [`NetError::InvalidUrl`] or [`NetError::Forbidden`], saying what to change.
    pub fn check(&self, url: &str, schemes: Schemes) -> Result<Url, NetError> {
        let url = parse(url)?;
        self.policy.rule(&url, schemes)?;
        Ok(url)
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// When the address is refused or no whole answer comes in time. Any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let deadline = request.deadline;
        let answer = self.send_for_head(request).await?;
        if answer.is_late { Err(NetError::Timeout(deadline)) } else { Ok(answer) }
    }

    /// The same for whom the head of an answer is worth something when its body does not end in time.
    ///
    /// # Errors
    /// When the address is refused, no head of an answer comes in time, or the answer is broken.
    pub async fn send_for_head(&self, request: Request) -> Result<Response, NetError> {
        let (began, allowed) = (Instant::now(), request.deadline);
        let (max_body, deadline) = (request.max_body, tokio::time::Instant::now() + allowed);
        let answered = tokio::time::timeout_at(deadline, self.exchange(request)).await;
        let (answer, url) = answered.map_err(|_| NetError::Timeout(allowed))??;
        let mut response = Response {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            url,
            body: Vec::new(),
            truncated: false,
            is_late: false,
            first_byte: began.elapsed(),
        };
        let reading = read(answer, max_body, &mut response);
        match tokio::time::timeout_at(deadline, reading).await {
            Ok(read) => read?,
            Err(_) => response.is_late = true,
        }
        Ok(response)
    }

    /// Sends a request whose body, and that of the answer, may be streams of any length; redirects are
    /// answers, and bounding the time is left to the caller.
    ///
    /// # Errors
    /// When the address is refused or no head of an answer comes.
    pub async fn forward(
        &self,
        request: reqwest::Request,
        schemes: Schemes,
    ) -> Result<Answered, NetError> {
        let url = request.url().clone();
        let client = self.clients.under(self.policy.rule(&url, schemes)?);
        client.execute(request).await.map_err(|error| NetError::of_send(&error, &url))
    }

    /// Follows redirects as far as is wanted; the head of the answer, and the address that gave it.
    async fn exchange(&self, request: Request) -> Result<(Answered, Url), NetError> {
        let Request { method, url, headers, body, schemes, redirects, .. } = request;
        let mut hop = Hop { method, url: parse(&url)?, headers, body };
        let mut answer = self.ask(&hop, schemes).await?;
        for _ in 0..redirects {
            let Some(target) = redirect::target(&answer, &hop.url)? else { break };
            hop = hop.redirected(answer.status(), target);
            answer = self.ask(&hop, schemes).await.map_err(NetError::after_redirect)?;
        }
        Ok((answer, hop.url))
    }

    /// Sends one request and waits for the head of its answer.
    async fn ask(&self, hop: &Hop, schemes: Schemes) -> Result<Answered, NetError> {
        let client = self.clients.under(self.policy.rule(&hop.url, schemes)?);
        let request = client.request(hop.method.clone(), hop.url.clone());
        let mut request = request.headers(hop.headers.clone());
        // A method that brings a body says so even when it is empty; the others say nothing.
        let brings_body = [Method::POST, Method::PUT, Method::PATCH].contains(&hop.method);
        if brings_body || !hop.body.is_empty() {
            request = request.body(hop.body.clone());
        }
        request.send().await.map_err(|error| NetError::of_send(&error, &hop.url))
    }
}

fn parse(url: &str) -> Result<Url, NetError> {
    Url::parse(url).map_err(|error| {
        NetError::InvalidUrl(format!(
            "the address is not usable ({error}); give one such as https://example.com/path"
        ))
    })
}

async fn read(answer: Answered, max_body: usize, response: &mut Response) -> Result<(), NetError> {
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| NetError::of_body(&error, &response.url))?;
        let wanted = max_body - response.body.len();
        response.body.extend_from_slice(chunk.get(..wanted).unwrap_or(&chunk));
        response.truncated = chunk.len() > wanted;
        if response.truncated {
            break;
        }
    }
    Ok(())
}
