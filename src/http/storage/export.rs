//! `GET /v1/storage/export`: many results at once.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::coding::Coding;
use super::filter::Filter;
use super::gzip;
use crate::domain::download::{Content, Outgoing};
use crate::domain::export::ExportFormat;
use crate::http::Web;
use crate::http::auth::Caller;
use crate::http::openapi::{Responses, refusals};
use crate::http::paging::Pairs;
use crate::http::problem::Problem;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum FormatName {
    #[default]
    Ndjson,
    Zip,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Lines of `{"id","key","sha256","created_at","result"}`, or an archive with a file for each key
    #[serde(default)]
    #[param(inline, default = "ndjson")]
    format: FormatName,
    /// Only results behind this one: the key or the id of the last that came whole, to go on with.
    #[param(nullable = false)]
    after: Option<String>,
}

/// What it may be refused with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        let codes = ["BAD_USER_INPUT", "CURSOR_INVALID", "EXPORT_TOO_LARGE"];
        refusals(&[
            (StatusCode::BAD_REQUEST, "A parameter cannot be used", &codes),
            (StatusCode::NOT_ACCEPTABLE, "No coding is accepted", &["CODING_NOT_ACCEPTABLE"]),
        ])
    }
}

/// Many results at once.
///
/// In the order of their ids, the oldest first, as they are read. An answer that has not ended properly is not
/// whole: go on with `after`.
#[utoipa::path(
    get,
    path = "/v1/storage/export",
    operation_id = "exportResults",
    tag = "storage",
    params(Filter, Parameters),
    responses(
        (
            status = 200,
            description = "The results that fit",
            content((String = "application/x-ndjson"), (String = "application/zip")),
            headers(
                ("Cache-Control", description = "`no-store`"),
                ("Content-Disposition", description = "A file name"),
            )
        ),
        Refused
    )
)]
pub async fn export(
    State(web): State<Web>,
    Caller(who): Caller,
    mut pairs: Pairs,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter: Filter = pairs.take()?;
    let asked: Parameters = pairs.rest()?;
    let (format, media_type, name, there): (_, _, _, &[Coding]) = match asked.format {
        FormatName::Ndjson => (
            ExportFormat::Ndjson,
            "application/x-ndjson",
            "attachment; filename=\"results.ndjson\"",
            &[Coding::Gzip, Coding::Identity],
        ),
        FormatName::Zip => (
            ExportFormat::Zip,
            "application/zip",
            "attachment; filename=\"results.zip\"",
            &[Coding::Identity],
        ),
    };
    let coding = Coding::choose(&headers, there).ok_or_else(|| {
        let message = "`Accept-Encoding` takes none of the codings that there are";
        Problem::new(StatusCode::NOT_ACCEPTABLE, "CODING_NOT_ACCEPTABLE", message)
    })?;
    let pieces = web.domain.export(&who, filter.into(), asked.after.as_deref(), format).await?;
    let mut response = match coding {
        Coding::Gzip => gzip::compressed(Content { length: 0, bytes: Outgoing::Pieces(pieces) })?
            .into_response(),
        _ => Body::from_stream(pieces).into_response(),
    };
    let said = response.headers_mut();
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    said.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    said.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if coding == Coding::Gzip {
        said.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
