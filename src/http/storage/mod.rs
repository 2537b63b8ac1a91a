//! `GET` and `HEAD /v1/storage/{key}`: the bytes of a result.

mod answer;
mod coding;
mod conditions;
mod export;
mod filter;
mod format;
mod gzip;
mod link;
mod list;
mod range;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use utoipa::openapi::path::Operation;

use super::Web;
use super::auth::Caller;
use super::extract::{Path, Query};
use super::openapi::{Refusal, Responses, refusals};
use super::problem::Problem;
use crate::model::result::ResultDocument;
use answer::Asking;
use format::Format;

pub use conditions::is_known;
pub use export::{__path_export, export};
pub use link::{__path_follow, follow};
pub use list::{__path_list, list};

/// What sending a result may be refused with.
pub fn sending_refused() -> Vec<Refusal> {
    let bad = &["BAD_USER_INPUT", "ROWS_UNKNOWN"];
    let beyond = (StatusCode::RANGE_NOT_SATISFIABLE, &["RANGE_NOT_SATISFIABLE"]);
    vec![
        (StatusCode::BAD_REQUEST, "The address cannot be read, or there are no such rows", bad),
        (
            StatusCode::NOT_ACCEPTABLE,
            "No coding is accepted that there is",
            &["CODING_NOT_ACCEPTABLE"],
        ),
        (StatusCode::PRECONDITION_FAILED, "A condition does not hold", &["PRECONDITION_FAILED"]),
        (beyond.0, "The part is behind the end", beyond.1),
    ]
}

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        let missing =
            &["STORAGE_OBJECT_UNKNOWN", "RESULT_NOT_READY", "NO_RESULT", "RESULT_DELETED"];
        let missing = (
            StatusCode::NOT_FOUND,
            "There is no result under this name, or none yet",
            &missing[..],
        );
        let mut all = sending_refused();
        all.push(missing);
        refusals(&all)
    }
}

/// The description of `HEAD`, which Axum answers as it does `GET`.
pub fn head_of(get: &Operation) -> Operation {
    let mut head = get.clone();
    head.operation_id = Some("headResult".to_owned());
    head.summary = Some("The headers that GET has, without the body.".to_owned());
    for status in ["206", "416"] {
        head.responses.responses.remove(status);
    }
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
        Format,
        ("Accept-Encoding" = Option<String>, Header, nullable = false, description = "`zstd` is sent as it is kept, `gzip` is made on the way"),
        ("Range" = Option<String>, Header, nullable = false, description = "One part, of the bytes without a coding; several at once are answered with all"),
        ("If-Range" = Option<String>, Header, nullable = false, description = "The ETag, or date, of the bytes that the part is to be of"),
        ("If-Match" = Option<String>, Header, nullable = false, description = "ETags, one of which the bytes must have"),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "ETags of the bytes that the client has"),
        ("If-Modified-Since" = Option<String>, Header, nullable = false, description = "By key and by job: the date of the bytes that the client has"),
    ),
    responses(
        (
            status = 200,
            description = "All bytes, in the format that was asked for",
            content((ResultDocument = "application/json"), (String = "text/csv; charset=utf-8; header=present"), (String = "application/vnd.apache.parquet")),
            headers(
                ("ETag", description = "The SHA-256 of the result in hex, in quotes; of a coding or a table with its name behind it"),
                ("Cache-Control", description = "`immutable` by key and by job, `no-cache` by query"),
                ("Content-Disposition", description = "A file name: the storage key"),
                ("Vary", description = "`accept-encoding`"),
                ("Accept-Ranges", description = "`bytes`, or `none` with gzip and of tables"),
            )
        ),
        (
            status = 206,
            description = "The part that was asked for",
            content_type = "application/json",
            body = String,
            headers(
                ("ETag", description = "As with all bytes"),
                ("Content-Range", description = "Which part of how many bytes"),
                ("Repr-Digest", description = "The SHA-256 of all bytes (RFC 9530)"),
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
    Query(format): Query<Format>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let opened = web.domain.open_result(&who, &key).await?;
    let caching = if opened.located.is_fixed { answer::FOR_EVER } else { answer::ASK_AGAIN };
    let asking = Asking { method: &method, headers: &headers, format };
    answer::result(&web.domain, &opened, &asking, caching).await
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
