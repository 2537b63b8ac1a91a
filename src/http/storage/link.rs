//! `GET` and `HEAD /v1/download/{token}`: a result for whoever has a link to it.
//!
//! The token is a secret: no answer repeats it, the log does not have it, and a page that the result is shown in
//! does not tell it to where its own links lead.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::{self, Asking};
use super::format::Format;
use crate::domain::download_link::LinkClosed;
use crate::http::Web;
use crate::http::extract::{Path, Query};
use crate::http::openapi::{Responses, refusals_of_all};
use crate::http::problem::Problem;
use crate::model::result::ResultDocument;

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        let gone = ["DOWNLOAD_LINK_EXPIRED", "DOWNLOAD_LINK_REVOKED", "RESULT_DELETED"];
        let mut all = super::sending_refused();
        all.extend([
            (StatusCode::NOT_FOUND, "There is no such link", &["DOWNLOAD_LINK_UNKNOWN"][..]),
            (StatusCode::GONE, "The link leads nowhere any more", &gone),
        ]);
        refusals_of_all(&all)
    }
}

/// The bytes of a result, by a link.
///
/// Answered as with a key; whoever has the link needs none.
#[utoipa::path(
    get,
    path = "/v1/download/{token}",
    operation_id = "followDownloadLink",
    tag = "storage",
    security(()),
    params(("token" = String, Path, description = "What the link ends with"), Format),
    responses(
        (
            status = 200,
            description = "All bytes, in the format that was asked for",
            content((ResultDocument = "application/json"), (String = "text/csv; charset=utf-8; header=present"), (String = "application/vnd.apache.parquet")),
            headers(
                ("ETag", description = "As with a key"),
                ("Cache-Control", description = "`private, no-cache`"),
                ("Referrer-Policy", description = "`no-referrer`"),
            )
        ),
        (
            status = 206,
            description = "The part that was asked for",
            content_type = "application/json",
            body = String,
            headers(("Content-Range", description = "Which part of how many bytes"))
        ),
        (status = 304, description = "The client has these bytes", headers(("ETag", description = "As with the bytes"))),
        Refused
    )
)]
pub async fn follow(
    State(web): State<Web>,
    Path(token): Path<String>,
    format: Result<Query<Format>, Problem>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let answering = async {
        let Query(format) = format?;
        let opened = web.domain.open_link(&token).await.map_err(closed)?;
        let asking = Asking { method: &method, headers: &headers, format };
        answer::result(&web.domain, &opened, &asking, answer::ASK_AGAIN).await
    };
    let mut response = answering.await.unwrap_or_else(|problem| {
        let uncached = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        ([uncached], problem).into_response()
    });
    let said = response.headers_mut();
    said.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    said.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

fn closed(why: LinkClosed) -> Problem {
    let message = why.to_string();
    let (status, code) = match why {
        LinkClosed::Failed(error) => return error.into(),
        LinkClosed::Unknown => (StatusCode::NOT_FOUND, "DOWNLOAD_LINK_UNKNOWN"),
        LinkClosed::Expired(_) => (StatusCode::GONE, "DOWNLOAD_LINK_EXPIRED"),
        LinkClosed::Revoked => (StatusCode::GONE, "DOWNLOAD_LINK_REVOKED"),
        LinkClosed::Deleted => (StatusCode::GONE, "RESULT_DELETED"),
    };
    Problem::new(status, code, message)
}
