//! `GET` and `HEAD /v1/storage/{key}`: the bytes of a result.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::Operation;

use super::Web;
use super::auth::Caller;
use super::extract::Path;
use super::openapi::{Responses, refusals};
use super::problem::Problem;
use crate::domain::storage_object::Located;
use crate::error::Error;
use crate::model::result::ResultDocument;

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        let missing = ["STORAGE_OBJECT_UNKNOWN", "RESULT_NOT_READY", "NO_RESULT", "RESULT_DELETED"];
        refusals(&[
            (StatusCode::BAD_REQUEST, "The address cannot be read", &["BAD_USER_INPUT"]),
            (StatusCode::NOT_FOUND, "There is no result under this name, or none yet", &missing),
        ])
    }
}

/// The description of `HEAD`, which Axum answers as it does `GET`.
pub fn head_of(get: &Operation) -> Operation {
    let mut head = get.clone();
    head.operation_id = Some("headResult".to_owned());
    head.summary = Some("The headers that GET has, without the body.".to_owned());
    head
}

/// The bytes of a result.
///
/// By storage key, by query id (the latest result) or by job id.
#[utoipa::path(
    get,
    path = "/v1/storage/{key}",
    operation_id = "downloadResult",
    tag = "storage",
    params(
        ("key" = String, Path, description = "A storage key, a query's id or a job's id"),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "ETags of the bytes that the client has"),
    ),
    responses(
        (
            status = 200,
            description = "The bytes, always whole: `Range` is not looked at",
            body = ResultDocument,
            headers(
                ("ETag", description = "The SHA-256 of the bytes in hex, in quotes"),
                ("Cache-Control", description = "`immutable` by key and by job, `no-cache` by query"),
                ("Content-Disposition", description = "A file name: the storage key"),
            )
        ),
        (
            status = 304,
            description = "The client has these bytes",
            headers(
                ("ETag", description = "As with the bytes"),
                ("Cache-Control", description = "As with the bytes"),
            )
        ),
        Refused
    )
)]
pub async fn download(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let located = web.domain.locate_storage_object(&who, &key).await?;
    let etag = format!("\"{}\"", located.object.sha256);
    let mut response = if is_known(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        web.domain.read_storage_object(&located.object).await?.into_response()
    };
    describe(&mut response, &located, &etag)?;
    Ok(response)
}

/// What deleting may be refused with.
pub struct DeleteRefused;

impl utoipa::IntoResponses for DeleteRefused {
    fn responses() -> Responses {
        let missing = ["STORAGE_OBJECT_UNKNOWN", "RESULT_NOT_READY", "NO_RESULT", "RESULT_DELETED"];
        let bad = ["BAD_USER_INPUT", "STORAGE_KEY_IS_QUERY"];
        refusals(&[
            (StatusCode::BAD_REQUEST, "The name does not mean one result for good", &bad),
            (StatusCode::FORBIDDEN, "The key may only read", &["FORBIDDEN"]),
            (StatusCode::NOT_FOUND, "There is no result under this name, or none yet", &missing),
        ])
    }
}

/// Deletes a result for good.
///
/// By storage key or by job id. A query's id is refused, as it means another result each time.
#[utoipa::path(
    delete,
    path = "/v1/storage/{key}",
    operation_id = "deleteResult",
    tag = "storage",
    params(("key" = String, Path, description = "A storage key or a job's id")),
    responses((status = 204, description = "It is deleted"), DeleteRefused)
)]
pub async fn delete(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    web.domain.delete_result(&who, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the client says it has these bytes.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

fn describe(response: &mut Response, located: &Located, etag: &str) -> Result<(), Error> {
    let object = &located.object;
    let caching =
        if located.is_fixed { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    let disposition = format!("attachment; filename=\"{}\"", object.key);
    let value = |text: &str| HeaderValue::from_str(text).map_err(Error::internal);
    let is_whole = response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(etag)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if is_whole {
        headers.insert(header::CONTENT_TYPE, value(&object.content_type)?);
        headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    }
    Ok(())
}
