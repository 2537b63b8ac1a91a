//! `GET /v1/datasets`, and `PUT`, `GET` and `DELETE /v1/datasets/{name}`: uploads are streamed; query parameters
//! map columns.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde::Serialize;
use tokio_util::io::StreamReader;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::Web;
use super::auth::Caller;
use super::extract::{Path, Query};
use super::openapi::{Responses, refusals};
use super::paging::Paging;
use super::problem::{Details, Problem};
use crate::domain::dataset::{
    Field, ImportError, ImportReport, Mapping, UploadError, UploadOptions,
};
use crate::error::Error;
use crate::model::dataset::Dataset;
use crate::model::id::DatasetId;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Dataset)]
pub struct Shown {
    id: DatasetId,
    name: String,
    /// How a question names it.
    source: String,
    version: u32,
    documents: u64,
    size_bytes: u64,
    sha256: String,
    created_at: DateTime<Utc>,
    /// What was read; only in the answer to the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    report: Option<ImportReport>,
}

impl From<Dataset> for Shown {
    fn from(dataset: Dataset) -> Self {
        Self {
            id: dataset.id,
            source: dataset.source(),
            name: dataset.name,
            version: dataset.version,
            documents: dataset.documents,
            size_bytes: dataset.size_bytes,
            sha256: dataset.sha256,
            created_at: dataset.created_at,
            report: None,
        }
    }
}

/// The query parameters of an upload: a column for each field, and how to read the file.
pub struct Columns;

impl utoipa::IntoParams for Columns {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name: &str, description: &str, values: &[&str]| {
            let known = (!values.is_empty()).then(|| values.to_vec());
            let text = ObjectBuilder::new().schema_type(Type::String).enum_values(known);
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(Some(description))
                .schema(Some(text))
                .build()
        };
        let column = "The column to read this field from; empty to leave the field out";
        let fields = Field::all().map(|field| parameter(field.name(), column, &[]));
        let zone = "The IANA zone of dates written without one; UTC when not given";
        let order = "How dates like 4/8/2016 are read; told from the column when not given";
        let format = "Told from the media type and the first bytes when not given";
        let on_error =
            "What a row that cannot be read does: the upload is refused, or the row left out";
        let options = [
            parameter("on_error", on_error, &["reject", "skip"]),
            parameter("date_order", order, &["mdy", "dmy", "ymd"]),
            parameter("timezone", zone, &[]),
            parameter("format", format, &["csv", "ndjson", "jsonl"]),
        ];
        fields.chain(options).collect()
    }
}

/// What an upload may be refused with.
pub struct UploadRefused;

impl utoipa::IntoResponses for UploadRefused {
    fn responses() -> Responses {
        let bad = [
            "BAD_USER_INPUT",
            "DATASET_NAME_INVALID",
            "DATASET_PARAMETER_DUPLICATE",
            "DATASET_PARAMETER_INVALID",
            "DATASET_PARAMETER_UNKNOWN",
            "UPLOAD_INCOMPLETE",
            "UPLOAD_TOO_LARGE",
        ];
        let unreadable = [
            "DATASET_COLUMN_UNKNOWN",
            "DATASET_DATE_ORDER_MIXED",
            "DATASET_EMPTY",
            "DATASET_HEADER_INVALID",
            "DATASET_NOT_TEXT",
            "DATASET_ROWS_INVALID",
            "DATASET_TEXT_COLUMN_MISSING",
        ];
        refusals(&[
            (StatusCode::BAD_REQUEST, "The upload cannot be taken as it was asked for", &bad),
            (StatusCode::FORBIDDEN, "The key may only read", &["FORBIDDEN"]),
            (StatusCode::UNPROCESSABLE_ENTITY, "The file cannot be read", &unreadable),
        ])
    }
}

/// Uploads a dataset, as its next version.
///
/// The body is streamed, to at most 4 GiB, and taken as a whole or not at all. Which format it has is
/// told by `format`, else by its media type, else by its first bytes.
#[utoipa::path(
    put,
    path = "/v1/datasets/{name}",
    operation_id = "uploadDataset",
    tag = "datasets",
    params(
        ("name" = String, Path, pattern = "^[a-z0-9][a-z0-9._-]{0,63}$", description = "A question names it `dataset:{name}`"),
        Columns
    ),
    request_body(
        description = "CSV with a header row, one JSON object a line, or Parquet",
        content((String = "text/csv"), (String = "application/x-ndjson"), (String = "application/vnd.apache.parquet"), (String = "application/octet-stream"))
    ),
    responses(
        (status = 201, description = "The version made, and what was read", body = Shown),
        UploadRefused
    )
)]
pub async fn upload(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(name): Path<String>,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let options = options(&headers, &parameters)?;
    let stream = body.into_data_stream().map_err(std::io::Error::other);
    let reader = StreamReader::new(stream);
    tokio::pin!(reader);
    let uploaded =
        web.domain.upload_dataset(&who, &name, options, reader).await.map_err(refused)?;
    let answer = Shown { report: Some(uploaded.report), ..Shown::from(uploaded.dataset) };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn options(headers: &HeaderMap, parameters: &[(String, String)]) -> Result<UploadOptions, Problem> {
    let pairs = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (mapping, import) = Mapping::from_pairs(pairs)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.code(), error.to_string()))?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Ok(UploadOptions { content_type: content_type.map(ToOwned::to_owned), mapping, import })
}

fn refused(error: UploadError) -> Problem {
    let error = match error {
        UploadError::Failed(error) => return error.into(),
        UploadError::Import(error) => error,
    };
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), error.to_string());
    match error {
        ImportError::Rows(report) => {
            problem.with(Details { report: Some(*report), ..Details::default() })
        }
        _ => problem,
    }
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Datasets {
    datasets: Vec<Shown>,
    /// To go on with; null at the end of the list.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What listing may be refused with.
pub struct ListRefused;

impl utoipa::IntoResponses for ListRefused {
    fn responses() -> Responses {
        refusals(&[(
            StatusCode::BAD_REQUEST,
            "A parameter cannot be used",
            &["BAD_USER_INPUT", "CURSOR_INVALID"],
        )])
    }
}

/// The workspace's datasets, each in its newest version, the last uploaded first.
#[utoipa::path(
    get,
    path = "/v1/datasets",
    operation_id = "listDatasets",
    tag = "datasets",
    params(Paging),
    responses((status = 200, description = "A part of the list", body = Datasets), ListRefused)
)]
pub async fn list(
    State(web): State<Web>,
    Caller(who): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Datasets>, Problem> {
    let slice = paging.slice_by_id::<DatasetId>()?;
    let page = web.domain.dataset_page(&who, &slice).await?;
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|dataset| dataset.id.to_string());
    Ok(Json(Datasets { next_cursor, datasets: page.items.into_iter().map(Shown::from).collect() }))
}

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The address cannot be read", &["BAD_USER_INPUT"]),
            (StatusCode::NOT_FOUND, "There is no such dataset", &["DATASET_UNKNOWN"]),
        ])
    }
}

/// The newest version of a dataset.
#[utoipa::path(
    get,
    path = "/v1/datasets/{name}",
    operation_id = "getDataset",
    tag = "datasets",
    params(("name" = String, Path)),
    responses((status = 200, description = "The dataset", body = Shown), Refused)
)]
pub async fn show(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    let dataset = web.domain.dataset(&who, &name).await?.ok_or_else(|| unknown(&name))?;
    Ok(Json(Shown::from(dataset)))
}

/// What deleting may be refused with.
pub struct DeleteRefused;

impl utoipa::IntoResponses for DeleteRefused {
    fn responses() -> Responses {
        let mut all = Refused::responses();
        let forbidden = [(StatusCode::FORBIDDEN, "The key may only read", &["FORBIDDEN"][..])];
        all.extend(refusals(&forbidden));
        all
    }
}

/// Deletes a dataset with all its versions. Results that were computed from it stay.
#[utoipa::path(
    delete,
    path = "/v1/datasets/{name}",
    operation_id = "deleteDataset",
    tag = "datasets",
    params(("name" = String, Path)),
    responses((status = 204, description = "It is deleted"), DeleteRefused)
)]
pub async fn delete(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    web.domain.delete_dataset(&who, &name).await?.ok_or_else(|| unknown(&name))?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown(name: &str) -> Error {
    let message = format!("there is no dataset named `{name}`; upload it with PUT first");
    Error::not_found(message).with_reason("DATASET_UNKNOWN")
}
