//! REST errors as problem documents (RFC 9457) with a code for programs.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::dataset::ImportReport;
use crate::domain::submission::CreateQueryErrorCode;
use crate::error::{Code, Error};

pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error answer.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    message: String,
    details: Box<Details>,
}

/// Members that the documents of some codes have besides the usual ones.
#[derive(Debug, Default)]
pub struct Details {
    pub errors: Option<Vec<InputError>>,
    pub report: Option<ImportReport>,
    pub parts: Option<Map<String, Value>>,
}

/// One thing that is wrong with what was asked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InputError {
    #[schema(value_type = CreateQueryErrorCode)]
    pub code: &'static str,
    pub message: String,
    /// The field, and the index in a list.
    pub path: Vec<String>,
}

/// What is sent.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem, description = "An error, as RFC 9457 has it; `code` is for programs")]
pub struct Document {
    /// Always `about:blank`: `code` tells the kinds apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the status says.
    title: &'static str,
    status: u16,
    code: String,
    /// For people: what is wrong and what to do.
    detail: String,
    /// All that is wrong with a question; `code` is that of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    errors: Option<Vec<InputError>>,
    /// What was read of an upload whose rows cannot be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    report: Option<ImportReport>,
    /// Of `/readyz`, which is not described.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    parts: Option<Map<String, Value>>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), details: Box::default() }
    }

    #[must_use]
    pub fn with(mut self, details: Details) -> Self {
        self.details = Box::new(details);
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if matches!(error.code, Code::Internal | Code::Unavailable) {
            tracing::error!(%error, "a request failed");
        }
        Self::new(status(error.code), error.program_code(), error.message())
    }
}

/// The status that says the same as a code.
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::BadUserInput | Code::CostLimitExceeded | Code::PersistedQueryNotFound => {
            StatusCode::BAD_REQUEST
        }
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Conflict => StatusCode::CONFLICT,
        Code::Timeout | Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Details { errors, report, parts } = *self.details;
        let document = Document {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.message,
            errors,
            report,
            parts,
        };
        let mut response = (self.status, Json(document)).into_response();
        let media_type = HeaderValue::from_static(MEDIA_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
