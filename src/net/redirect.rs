//! Where a redirect leads and what is sent there, as browsers do it.

use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use reqwest::{Method, Response, StatusCode, Url};

use super::NetError;

/// One request of a chain of redirects.
#[derive(Clone, Debug)]
pub struct Hop {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The address that an answer sends on to; none when it is not a redirect.
///
/// # Errors
/// [`NetError::InvalidUrl`] when what it names is no address.
pub fn target(answer: &Response, from: &Url) -> Result<Option<Url>, NetError> {
    let location = answer.headers().get(LOCATION);
    let Some(location) = location.filter(|_| is_redirect(answer.status())) else {
        return Ok(None);
    };
    let fault = || NetError::InvalidUrl("a redirect leads to something that is no address".into());
    let text = std::str::from_utf8(location.as_bytes()).map_err(|_| fault())?;
    from.join(text).map(Some).map_err(|_| fault())
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

impl Hop {
    /// What is sent to `url` after an answer of `status`. What says who is asking stays with the origin
    /// it was meant for: credentials, and every header that is marked as sensitive.
    pub fn redirected(mut self, status: StatusCode, url: Url) -> Self {
        let becomes_get = match status.as_u16() {
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::GET && self.method != Method::HEAD,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body.clear();
            for name in OF_THE_BODY {
                self.headers.remove(name);
            }
        }
        if url.origin() != self.url.origin() {
            let of_origin = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, HOST];
            let sensitive = self.headers.iter().filter(|(_, value)| value.is_sensitive());
            let sensitive: Vec<_> = sensitive.map(|(name, _)| name.clone()).collect();
            for name in of_origin.iter().chain(&sensitive) {
                self.headers.remove(name);
            }
        }
        self.url = url;
        self
    }
}

const OF_THE_BODY: [reqwest::header::HeaderName; 6] = [
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
];
