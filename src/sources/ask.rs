//! What a connector asks for: an address, headers and a body, and which of it nobody else may see.

use std::sync::Arc;

use memchr::memmem;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::cache::Answer;
use super::http::{ErrorClass, UpstreamError};
use crate::net::Schemes;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub url: String,
    pub accept: &'static str,
    pub schemes: Schemes,
    pub redirects: u8,
    /// Besides the usual ones.
    pub headers: HeaderMap,
    /// What is sent, with POST.
    pub body: Option<Vec<u8>>,
    /// Nothing that is said of an answer has these.
    pub secrets: Vec<SecretString>,
    /// Whether it counts for what the platform allows.
    pub is_paced: bool,
    /// Whether asking twice is the same as asking once.
    pub is_repeatable: bool,
    /// Whether the answer may be kept: one that is a credential itself may not.
    pub keeps_answer: bool,
    /// The answer that is meant by 304.
    pub known: Option<Arc<Answer>>,
}

impl Ask {
    /// Asks for JSON; without TLS only where the address says so, as only its operator can.
    pub fn json(url: &Url) -> Self {
        let schemes = if url.scheme() == "http" { Schemes::HttpToo } else { Schemes::Https };
        Self {
            url: url.as_str().to_owned(),
            accept: "application/json",
            schemes,
            redirects: 2,
            headers: HeaderMap::new(),
            body: None,
            secrets: Vec::new(),
            is_paced: true,
            is_repeatable: true,
            keeps_answer: true,
            known: None,
        }
    }

    /// With what else only its owner should know, wherever it may turn up.
    #[must_use]
    pub fn guarding(mut self, secrets: &[SecretString]) -> Self {
        self.secrets.extend_from_slice(secrets);
        self
    }

    /// Is not asked again when nobody knows whether it was heard.
    #[must_use]
    pub fn only_once(mut self) -> Self {
        self.is_repeatable = false;
        self
    }

    /// Does not count for what the platform allows.
    #[must_use]
    pub fn unpaced(mut self) -> Self {
        self.is_paced = false;
        self
    }

    /// With a header; a value that is none is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// With a header that only its owner should know; `scheme` is written before it.
    #[must_use]
    pub fn secret(mut self, name: &'static str, scheme: &str, secret: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("{scheme}{}", secret.expose_secret()))
        {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self.secrets.push(secret.clone());
        self
    }

    /// With a parameter that only its owner should know.
    #[must_use]
    pub fn parameter(mut self, name: &str, secret: &SecretString) -> Self {
        if let Ok(mut url) = Url::parse(&self.url) {
            url.query_pairs_mut().append_pair(name, secret.expose_secret());
            self.url = url.into();
        }
        self.secrets.push(secret.clone());
        self
    }

    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        self.secret("authorization", "Bearer ", token)
    }

    /// Sends `body` with POST.
    #[must_use]
    pub fn post(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Some(body);
        self
    }

    /// Its address without what only its owner should know.
    pub fn shown_url(&self) -> String {
        let mut shown = self.url.clone();
        for secret in self.secrets.iter().map(ExposeSecret::expose_secret) {
            let encoded = Url::parse_with_params("http://x/", [("", secret)]).ok();
            let encoded = encoded.as_ref().and_then(|url| url.query()?.strip_prefix('='));
            for written in encoded.into_iter().chain([secret]).filter(|text| !text.is_empty()) {
                shown = shown.replace(written, "…");
            }
        }
        shown
    }

    /// What was answered without what only its owner should know; nothing where it may not be kept.
    pub fn shown_body(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut shown = self.keeps_answer.then(|| body.to_vec())?;
        for secret in self.secrets.iter().map(|secret| secret.expose_secret().as_bytes()) {
            if !secret.is_empty() && memmem::find(&shown, secret).is_some() {
                let found: Vec<usize> = memmem::find_iter(&shown, secret).collect();
                for at in found.into_iter().rev() {
                    shown.splice(at..at + secret.len(), "…".bytes());
                }
            }
        }
        Some(shown)
    }

    /// An error without what only its owner should know.
    pub fn scrub(&self, mut error: UpstreamError) -> UpstreamError {
        for secret in self.secrets.iter().map(ExposeSecret::expose_secret) {
            if !secret.is_empty() {
                error.message = error.message.replace(secret, "…");
                // What is quoted of an answer may end within it.
                let begun = secret.char_indices().skip(4).filter_map(|(at, _)| secret.get(..at));
                let begun = begun.filter(|begun| error.message.ends_with(begun)).last();
                if let Some(begun) = begun {
                    error.message.truncate(error.message.len() - begun.len());
                    error.message.push('…');
                }
            }
        }
        error
    }
}

/// An address below a base address, with parameters.
///
/// # Errors
/// When it is none.
pub fn address(
    base_url: &str,
    path: &str,
    parameters: &[(&str, &str)],
) -> Result<Url, UpstreamError> {
    let url = format!("{base_url}{path}");
    let parsed = if parameters.is_empty() {
        Url::parse(&url)
    } else {
        Url::parse_with_params(&url, parameters)
    };
    parsed.map_err(|error| {
        UpstreamError::new(ErrorClass::Rejected, format!("{url} is no address: {error}"))
    })
}
