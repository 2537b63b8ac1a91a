//! Every request gets an id: in its span in the log, in errors, and in `X-Request-Id`.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::Web;
use super::problem::Problem;
use crate::graphql::context::RequestInfo;
use crate::telemetry::traces::{Part, of_request};

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

pub async fn assign(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let id = match web.domain.clock().new_id() {
        Ok(id) => id,
        Err(error) => return Problem::from(crate::error::Error::from(error)).into_response(),
    };
    request.extensions_mut().insert(RequestInfo { id });
    let (method, path) = (request.method().as_str(), shown(request.uri().path()));
    let span = tracing::info_span!("request", %id, method, path);
    let mut response = if web.domain.traces().are_taken() {
        traced(&web, next.run(request)).instrument(span).await
    } else {
        next.run(request).instrument(span).await
    };
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        // The rest of the body is not read, so nothing else can follow on this connection.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// The path for the log: the token of a link is a secret.
fn shown(path: &str) -> &str {
    match path {
        _ if path.starts_with("/login/") => "/login/{token}",
        _ if path.starts_with("/v1/download/") => "/v1/download/{token}",
        _ => path,
    }
}

/// A request that makes a job is the beginning of its trace.
async fn traced(web: &Web, answering: impl Future<Output = Response>) -> Response {
    let (at, began) = (web.domain.clock().now(), Instant::now());
    let (response, made) = of_request(answering).await;
    if let Some(job) = made {
        let failed = response.status().is_server_error();
        web.domain.traces().record(job, Part::Request, at, began.elapsed(), failed);
    }
    response
}
