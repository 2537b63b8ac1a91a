//! The cookie of a session, and when it counts.
//!
//! A browser sends a cookie whoever wrote the page that makes it ask, so a cookie alone says nothing about
//! who wants something. It counts only where the browser says that the request comes from a page of this
//! service: by `Sec-Fetch-Site: same-origin`, or by an `Origin` that is the request's own. `SameSite=Strict` does not
//! do: other ports and subdomains of the host are the same site. Programs that are no browsers send a key.

use axum::http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use utoipa::openapi::security::{ApiKey, ApiKeyValue};

use crate::domain::session::LIFE;
use crate::error::{Code, Error};

/// Over https the prefix makes browsers refuse a cookie that another host of the domain has set.
const PLAIN_NAME: &str = "bytestack_session";
const SECURE_NAME: &str = "__Host-bytestack_session";

/// Whose pages may use a cookie: where the service is reached, as the settings say.
pub struct Place(Option<Url>);

impl Place {
    pub fn at(public_url: &str) -> Self {
        Self(Url::parse(public_url).ok())
    }

    fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    fn scheme(&self) -> &str {
        self.0.as_ref().map_or("http", Url::scheme)
    }

    /// Where the pages are, below the address's own path.
    pub fn home(&self) -> String {
        let path = self.0.as_ref().map_or("", Url::path);
        format!("{}/", path.trim_end_matches('/'))
    }

    fn name(&self) -> &'static str {
        if self.is_secure() { SECURE_NAME } else { PLAIN_NAME }
    }

    /// The secret in the cookie. An `Authorization` header makes the cookie ignored.
    pub fn secret<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        if headers.contains_key(header::AUTHORIZATION) {
            return None;
        }
        let values = headers.get_all(header::COOKIE).iter();
        let cookies = values.filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(';'));
        let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        named.find(|(name, _)| *name == self.name()).map(|(_, secret)| secret)
    }

    /// The cookie that keeps a browser signed in.
    pub fn keeping(&self, secret: &str) -> Option<HeaderValue> {
        self.cookie(secret, LIFE.num_seconds())
    }

    /// The cookie that takes the other one away.
    pub fn clearing(&self) -> Option<HeaderValue> {
        self.cookie("", 0)
    }

    fn cookie(&self, secret: &str, seconds: i64) -> Option<HeaderValue> {
        let (name, secure) = (self.name(), if self.is_secure() { "; Secure" } else { "" });
        let text = format!(
            "{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        );
        HeaderValue::from_str(&text).ok()
    }

    /// Whether the request comes from a page of this service.
    pub fn is_own(&self, headers: &HeaderMap) -> bool {
        says(headers, "sec-fetch-site", "same-origin") || self.has_own_origin(headers)
    }

    /// Whether `Origin` is the address that the service is reached at: by the settings or by `Host`.
    pub fn has_own_origin(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = text(headers, header::ORIGIN.as_str()) else {
            return false;
        };
        let public = self.0.as_ref().map(|url| url.origin().ascii_serialization());
        let host = text(headers, header::HOST.as_str());
        let asked = host.map(|host| format!("{}://{host}", self.scheme()));
        [public, asked].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(origin))
    }
}

/// Whether a browser says that the request comes from elsewhere. Programs that are no browsers say nothing.
pub fn is_from_elsewhere(place: &Place, headers: &HeaderMap) -> bool {
    let says_something =
        headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    says_something && !place.is_own(headers)
}

/// The cookie for the description of the REST routes.
pub fn scheme() -> ApiKey {
    let meaning = format!(
        "The cookie that `POST /v1/session` sets, named `{SECURE_NAME}` where the service is reached by https. \
         It counts with `Sec-Fetch-Site: same-origin` or an `Origin` equal to the request's own, and without \
         an `Authorization` header"
    );
    ApiKey::Cookie(ApiKeyValue::with_description(PLAIN_NAME, &meaning))
}

/// Why the cookie of a request does not count.
pub fn not_ours() -> Error {
    let message = "the session cookie counts only for requests of this service's own pages: with \
        `Sec-Fetch-Site: same-origin`, which browsers send over https and to localhost, or with an `Origin` \
        equal to this address. Elsewhere send `Authorization: Bearer <API key>`";
    Error::new(Code::Forbidden, message).with_reason(NOT_OURS)
}

/// The code of [`not_ours`].
pub const NOT_OURS: &str = "SESSION_CROSS_ORIGIN";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn says(headers: &HeaderMap, name: &str, value: &str) -> bool {
    text(headers, name) == Some(value)
}
