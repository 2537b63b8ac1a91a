//! The dashboard at `/`, `/graphiql` and the files they load, embedded by the build script, compressed as they are sent.
//!
//! A file's name holds its hash, so it is kept for ever; the pages are asked for again each time. Where
//! the build had no npm, they say how to get one that has it.

use std::io::Read;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use super::Web;
use super::extract::Path;
use super::problem::Problem;
use super::storage::is_known;
use crate::clock::random_bytes;
use crate::config::PageSettings;
use crate::error::Error;

/// One file.
#[derive(Debug)]
pub struct File {
    /// As in its address, without the first slash.
    pub path: &'static str,
    pub content_type: &'static str,
    /// With its quotes.
    pub etag: &'static str,
    pub gzip: &'static [u8],
}

/// What the build script left.
#[derive(Debug)]
pub struct Built {
    pub files: &'static [File],
    /// Why there are no files.
    pub missing: Option<&'static str>,
}

static BUILT: Built = include!(concat!(env!("OUT_DIR"), "/playground.rs"));

/// The pages of this build, and which of them are served.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    built: &'static Built,
    served: PageSettings,
}

const DASHBOARD: &str = "index.html";
const GRAPHIQL: &str = "graphiql.html";
const KEPT: &str = "public, max-age=31536000, immutable";
const ASKED_AGAIN: &str = "no-cache";

/// Everything from here and nothing from elsewhere; the styles that the dashboard's scripts write only with the number
/// of this answer.
const DASHBOARD_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
    style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self' data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The same for GraphiQL: its editor writes its own styles into the page, and its style sheet brings its fonts along as
/// `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; \
    style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/`: the dashboard, or where that is switched off, the other page.
pub async fn root(State(web): State<Web>) -> Response {
    web.pages.root().unwrap_or_else(|error| Problem::from(error).into_response())
}

/// `/graphiql`.
pub async fn graphiql(State(web): State<Web>, headers: HeaderMap) -> Response {
    web.pages.graphiql(&headers)
}

/// `/graphiql/`, as people type it: below it the page would not find its files.
pub async fn graphiql_folder(State(web): State<Web>) -> Response {
    web.pages.redirect("../graphiql")
}

/// `/assets/{file}`.
pub async fn asset(
    State(web): State<Web>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    web.pages.asset(&file, &headers)
}

impl Pages {
    /// The pages of this build; what is switched off has nothing at its path.
    pub fn of_this_build(served: PageSettings) -> Self {
        Self { built: &BUILT, served }
    }

    fn root(self) -> Result<Response, Error> {
        if !self.served.dashboard {
            return Ok(self.redirect("graphiql"));
        }
        let Some(file) = self.find(DASHBOARD) else {
            return Ok(self.how_to_build());
        };
        let page = String::from_utf8(inflate(file.gzip)?).map_err(Error::internal)?;
        let nonce = hex::encode(random_bytes::<16>().map_err(Error::internal)?);
        let graphiql = if self.served.graphiql { "on" } else { "off" };
        let page = page.replace("{nonce}", &nonce).replace("{graphiql}", graphiql);
        let policy = DASHBOARD_POLICY.replace("{nonce}", &nonce);
        let mut response = page.into_response();
        // Never kept: the number is good for this answer alone.
        describe(&mut response, file.content_type, "no-store");
        let policy = HeaderValue::from_str(&policy).map_err(Error::internal)?;
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        Ok(response)
    }

    fn redirect(self, place: &'static str) -> Response {
        if !self.served.graphiql {
            return nothing_here();
        }
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response()
    }

    fn graphiql(self, headers: &HeaderMap) -> Response {
        match self.find(GRAPHIQL) {
            _ if !self.served.graphiql => nothing_here(),
            Some(file) => serve(file, headers, ASKED_AGAIN),
            None => self.how_to_build(),
        }
    }

    fn how_to_build(self) -> Response {
        how_to_build(self.built.missing.unwrap_or("the build left no page"))
    }

    fn asset(self, name: &str, headers: &HeaderMap) -> Response {
        match self.find(&format!("assets/{name}")) {
            Some(file) if self.served.dashboard || self.served.graphiql => {
                serve(file, headers, KEPT)
            }
            _ => nothing_here(),
        }
    }

    fn find(self, path: &str) -> Option<&'static File> {
        self.built.files.iter().find(|file| file.path == path)
    }
}

fn nothing_here() -> Response {
    let message = "there is nothing at this path";
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", message).into_response()
}

fn serve(file: &'static File, headers: &HeaderMap, caching: &'static str) -> Response {
    let mut response = if is_known(headers, file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if takes_gzip(headers) {
        ([(header::CONTENT_ENCODING, "gzip")], file.gzip).into_response()
    } else {
        match inflate(file.gzip) {
            Ok(bytes) => bytes.into_response(),
            Err(error) => return Problem::from(error).into_response(),
        }
    };
    // Both encodings are the same file, so the tag is a weak one.
    if let Ok(tag) = HeaderValue::from_str(&format!("W/{}", file.etag)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    describe(&mut response, file.content_type, caching);
    response
}

fn describe(response: &mut Response, content_type: &'static str, caching: &'static str) {
    let is_whole = response.status() != StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
    if is_whole {
        put(header::CONTENT_TYPE, content_type);
    }
    put(header::CACHE_CONTROL, caching);
    put(header::VARY, "accept-encoding");
    put(header::CONTENT_SECURITY_POLICY, POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let codings = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    codings.map(str::trim).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = quality.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && quality.is_ok_and(|quality| quality > 0.0)
    })
}

/// For the rare client that takes no gzip; browsers do.
fn inflate(gzip: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// A person sees what to do; a script must not take it for the page, hence not 200.
fn how_to_build(because: &str) -> Response {
    let page = include_str!("assets/not_built.html").replace("{because}", &escape(because));
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, page).into_response();
    describe(&mut response, "text/html; charset=utf-8", "no-store");
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
