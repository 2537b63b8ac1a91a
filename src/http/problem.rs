//! REST errors as problem documents (RFC 9457) with a code for programs.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::error::{Code, Error};

/// An error answer. `details` are further members of the document.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    message: String,
    details: Vec<(&'static str, Value)>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), details: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.details.push((name, value));
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
        Code::BadUserInput | Code::CostLimitExceeded => StatusCode::BAD_REQUEST,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Conflict => StatusCode::CONFLICT,
        Code::Timeout | Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut document = Map::new();
        let title = self.status.canonical_reason().unwrap_or("Error");
        document.insert("type".into(), json!("about:blank"));
        document.insert("title".into(), json!(title));
        document.insert("status".into(), json!(self.status.as_u16()));
        document.insert("code".into(), json!(self.code));
        document.insert("detail".into(), json!(self.message));
        document.extend(self.details.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let body = Value::Object(document).to_string();
        let mut response = (self.status, body).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
