//! The answer to whoever asks for a stored result, with a key or by a link: in which coding, whether at all,
//! and which part.
//!
//! The ETag names the bytes as they are sent: it is the SHA-256 of the result, with the coding behind it. A
//! part is of the result as it was stored, unless `If-Range` names the bytes coded with zstd: these are kept, so that
//! they are the same each time. What is coded with gzip is made each time, has a weak tag and no parts.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::coding::Coding;
use super::conditions::{Validators, Verdict, http_date};
use super::format::{self, Format, Table};
use super::gzip;
use super::range::Asked;
use crate::domain::Domain;
use crate::domain::download::{Content, Opened, Outgoing};
use crate::domain::table::TableFormat;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::model::storage_object::StorageObject;

/// By a name that always means these bytes.
pub const FOR_EVER: &str = "private, max-age=31536000, immutable";
/// By a name that may come to mean others, or nothing.
pub const ASK_AGAIN: &str = "private, no-cache";

/// A request as far as it decides about the answer.
pub struct Asking<'a> {
    pub method: &'a Method,
    pub headers: &'a HeaderMap,
    pub format: Format,
}

/// What every answer to it says.
struct Face {
    etag: String,
    caching: &'static str,
    modified: Option<DateTime<Utc>>,
}

/// The bytes of a result, or why there is no need to send them.
///
/// # Errors
/// When the client takes no coding that there is, its condition fails, or the bytes are damaged.
pub async fn result(
    domain: &Domain,
    opened: &Opened,
    asking: &Asking<'_>,
    caching: &'static str,
) -> Result<Response, Problem> {
    let object = opened.object();
    let table = asking.format.clone().table()?;
    let coding = coding(asking, object, table.as_ref())?;
    // The newest of a query may be older than the one before, which was deleted.
    let modified = opened.located.is_fixed.then_some(object.created_at);
    let face = Face { etag: etag(object, coding, table.as_ref()), caching, modified };
    let validators = Validators { etag: &face.etag, modified };
    match validators.judge(asking.headers) {
        Verdict::Answer => {}
        Verdict::NotModified => return face.put_on(StatusCode::NOT_MODIFIED.into_response()),
        Verdict::Failed => {
            let message =
                "the result is not the one that `If-Match` or `If-Unmodified-Since` asks for";
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Problem::new(status, "PRECONDITION_FAILED", message));
        }
    }
    let has_parts = coding != Coding::Gzip && table.is_none();
    let wants_part = *asking.method == Method::GET && validators.allows_part(asking.headers);
    let content = match (&table, coding) {
        (Some(table), _) => {
            let made = domain.table(opened, table.format, table.rows.clone()).await;
            made.map_err(format::refused)?
        }
        (None, Coding::Zstd) => opened.packed().await?,
        (None, Coding::Gzip | Coding::Identity) => opened.plain().await?,
    };
    let asked = if has_parts && wants_part {
        Asked::of(asking.headers, content.length)
    } else {
        Asked::All
    };
    let mut response = match asked {
        Asked::All if coding == Coding::Gzip => gzip::compressed(content)?.into_response(),
        Asked::All => whole(content),
        Asked::Part { first, length } => part(content, first, length)?,
        Asked::Nothing => return beyond(content.length),
    };
    describe(&mut response, object, coding, table.as_ref())?;
    let accepted = HeaderValue::from_static(if has_parts { "bytes" } else { "none" });
    response.headers_mut().insert(header::ACCEPT_RANGES, accepted);
    face.put_on(response)
}

fn coding(
    asking: &Asking<'_>,
    object: &StorageObject,
    table: Option<&Table>,
) -> Result<Coding, Problem> {
    let headers = asking.headers;
    let there: &[Coding] = match table.map(|table| table.format) {
        None => &[Coding::Zstd, Coding::Gzip, Coding::Identity],
        Some(TableFormat::Csv) => &[Coding::Gzip, Coding::Identity],
        Some(TableFormat::Parquet) => &[Coding::Identity],
    };
    let mut chosen = None;
    if table.is_none() && headers.contains_key(header::RANGE) {
        let zstd = etag(object, Coding::Zstd, None);
        let has_zstd =
            headers.get(header::IF_RANGE).is_some_and(|of| of.as_bytes() == zstd.as_bytes());
        let of = if has_zstd { Coding::Zstd } else { Coding::Identity };
        chosen = of.is_accepted(headers).then_some(of);
    }
    chosen.or_else(|| Coding::choose(headers, there)).ok_or_else(|| {
        let there: Vec<&str> = there.iter().map(|coding| coding.name()).collect();
        let message =
            format!("this is sent as {}; `Accept-Encoding` takes none of it", there.join(", "));
        Problem::new(StatusCode::NOT_ACCEPTABLE, "CODING_NOT_ACCEPTABLE", message)
    })
}

/// What is made when it is asked for has a weak tag: another version of this program may make other bytes.
fn etag(object: &StorageObject, coding: Coding, table: Option<&Table>) -> String {
    let (sha256, name) = (&object.sha256, coding.name());
    match (table, coding) {
        (None, Coding::Identity) => format!("\"{sha256}\""),
        (None, Coding::Zstd) => format!("\"{sha256}-{name}\""),
        (None, Coding::Gzip) => format!("W/\"{sha256}-{name}\""),
        (Some(table), _) => {
            let rows = table.rows.as_deref().unwrap_or_default();
            format!("W/\"{sha256}-{}-{rows}-{name}\"", table.ending())
        }
    }
}

fn whole(content: Content) -> Response {
    if let Outgoing::Whole(bytes) = content.bytes {
        return Body::from(bytes).into_response();
    }
    let length = HeaderValue::from(content.length);
    let body = Body::from_stream(content.pieces());
    ([(header::CONTENT_LENGTH, length)], body).into_response()
}

fn part(content: Content, first: u64, length: u64) -> Result<Response, Error> {
    let range = format!("bytes {first}-{}/{}", first + length - 1, content.length);
    let mut response = whole(content.part(first, length));
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    response.headers_mut().insert(header::CONTENT_RANGE, value(&range)?);
    Ok(response)
}

fn beyond(length: u64) -> Result<Response, Problem> {
    let message =
        format!("no part of the {length} bytes is asked for; leave `Range` out for all of them");
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let mut response = Problem::new(status, "RANGE_NOT_SATISFIABLE", message).into_response();
    let range = value(&format!("bytes */{length}"))?;
    response.headers_mut().insert(header::CONTENT_RANGE, range);
    Ok(response)
}

/// What tells the bytes: of those without a coding the digest is of what is sent, else of what was coded. A
/// table has none.
fn describe(
    response: &mut Response,
    object: &StorageObject,
    coding: Coding,
    table: Option<&Table>,
) -> Result<(), Error> {
    const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
    const UNENCODED_DIGEST: HeaderName = HeaderName::from_static("unencoded-digest");
    let media_type = match table {
        Some(table) => table.media_type(),
        None => &object.content_type,
    };
    let name = match table {
        None => object.key.clone(),
        Some(table) => {
            let rows = table.rows.as_ref().map(|rows| format!(".{rows}")).unwrap_or_default();
            format!("{}{rows}.{}", object.key.trim_end_matches(".json"), table.ending())
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(media_type)?);
    let disposition = format!("attachment; filename=\"{name}\"");
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    if table.is_none() {
        let sha256 = hex::decode(&object.sha256).map_err(Error::internal)?;
        let digest = format!("sha-256=:{}:", STANDARD.encode(sha256));
        let name = if coding == Coding::Identity { REPR_DIGEST } else { UNENCODED_DIGEST };
        headers.insert(name, value(&digest)?);
    }
    if coding != Coding::Identity {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    Ok(())
}

impl Face {
    fn put_on(&self, mut response: Response) -> Result<Response, Problem> {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, value(&self.etag)?);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(modified) = self.modified {
            headers.insert(header::LAST_MODIFIED, value(&http_date(modified))?);
        }
        Ok(response)
    }
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(Error::internal)
}
