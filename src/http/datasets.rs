//! `PUT` and `GET /v1/datasets/{name}`: uploads are streamed; query parameters map columns.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_util::io::StreamReader;

use super::Web;
use super::auth::Caller;
use super::extract::{Path, Query};
use super::problem::Problem;
use crate::domain::dataset::{ImportError, Mapping, UploadError, UploadOptions};
use crate::error::Error;
use crate::model::dataset::Dataset;
use crate::model::id::DatasetId;

#[derive(Serialize)]
struct Shown {
    id: DatasetId,
    name: String,
    /// How a question names it.
    source: String,
    version: u32,
    documents: u64,
    size_bytes: u64,
    sha256: String,
    created_at: DateTime<Utc>,
}

impl From<Dataset> for Shown {
    fn from(dataset: Dataset) -> Self {
        Self {
            id: dataset.id,
            source: format!("dataset:{}", dataset.name),
            name: dataset.name,
            version: dataset.version,
            documents: dataset.documents,
            size_bytes: dataset.size_bytes,
            sha256: dataset.sha256,
            created_at: dataset.created_at,
        }
    }
}

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
    let mut answer =
        serde_json::to_value(Shown::from(uploaded.dataset)).map_err(Error::internal)?;
    if let Value::Object(members) = &mut answer {
        members.insert("report".to_owned(), json!(uploaded.report));
    }
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
        ImportError::Rows(report) => problem.with("report", json!(report)),
        _ => problem,
    }
}

pub async fn show(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let unknown = || {
        let message = format!("there is no dataset named `{name}`; upload it with PUT first");
        Error::not_found(message).with_reason("DATASET_UNKNOWN")
    };
    let dataset = web.domain.dataset(&who, &name).await?.ok_or_else(unknown)?;
    Ok(Json(serde_json::to_value(Shown::from(dataset)).map_err(Error::internal)?))
}
