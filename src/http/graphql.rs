//! GraphQL over HTTP, written on the executor: the library's own service would run mutations sent by
//! GET or as plain text, ignore `Accept`, and answer 200 to everything.

use std::time::Duration;

use async_graphql::{Request, Response, ServerError, Value};
use async_graphql_axum::GraphQLResponse;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use serde_json::json;

use super::Web;
use super::auth::authenticate;
use super::media_type::{Answer, is_json, negotiate};
use super::operation::{is_mutation, missing_variables};
use super::problem::status;
use super::sent::Sent;
use super::sse;
use crate::error::{Code, Error};
use crate::graphql::context::RequestInfo;

const MAX_BODY: usize = 1024 * 1024;
/// After this long a request is answered with an error of ours rather than by somebody's proxy.
const DEADLINE: Duration = Duration::from_secs(30);

/// A request that is answered before anything is executed.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: "BAD_USER_INPUT", message: message.into(), allow: None }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        if matches!(error.code, Code::Internal | Code::Unavailable) {
            tracing::error!(%error, "a request failed");
        }
        let message = error.message().to_owned();
        Self { status: status(error.code), code: error.code.as_str(), message, allow: None }
    }
}

/// `POST /graphql`: any operation; a subscription only where events are accepted.
pub async fn post(
    State(web): State<Web>,
    Extension(info): Extension<RequestInfo>,
    headers: HeaderMap,
    body: Body,
) -> HttpResponse {
    let Some(answer) = negotiate(&headers) else {
        return not_acceptable(info);
    };
    match read_post(&headers, body).await {
        Ok(sent) => execute(&web, info, &headers, answer, &Method::POST, sent).await,
        Err(refusal) => refuse(&refusal, answer, info),
    }
}

/// `GET /graphql`: no mutations.
pub async fn get(
    web: &Web,
    info: RequestInfo,
    headers: &HeaderMap,
    RawQuery(query): RawQuery,
) -> HttpResponse {
    let Some(answer) = negotiate(headers) else {
        return not_acceptable(info);
    };
    match read_get(&query.unwrap_or_default()) {
        Ok(sent) => execute(web, info, headers, answer, &Method::GET, sent).await,
        Err(refusal) => refuse(&refusal, answer, info),
    }
}

async fn read_post(headers: &HeaderMap, body: Body) -> Result<Sent, Refusal> {
    if !is_json(headers) {
        let message = "send the request as `Content-Type: application/json`";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| {
        let message = format!("the request is larger than {MAX_BODY} bytes, or broke off");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    })?;
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let message = "send one operation per request; batches are not taken";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    let sent: Sent = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("the body is not a GraphQL request in JSON: {error}");
        Refusal::new(StatusCode::BAD_REQUEST, message)
    })?;
    with_document(sent)
}

fn read_get(query_string: &str) -> Result<Sent, Refusal> {
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let uri = format!("/?{query_string}").parse().map_err(|_| bad("a bad address".into()))?;
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri)
        .map_err(|error| bad(format!("the parameters cannot be read: {error}")))?;
    let value = |name: &str| {
        let mut found = pairs.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    };
    let mut sent = Sent {
        query: value("query"),
        operation_name: value("operationName"),
        document_id: value("documentId"),
        ..Sent::default()
    };
    let not_json = |name: &str, error| bad(format!("`{name}` is not an object in JSON: {error}"));
    if let Some(variables) = value("variables") {
        let variables = serde_json::from_str(&variables);
        sent.variables = variables.map_err(|error| not_json("variables", error))?;
    }
    if let Some(extensions) = value("extensions") {
        let extensions = serde_json::from_str(&extensions);
        sent.extensions = extensions.map_err(|error| not_json("extensions", error))?;
    }
    with_document(sent)
}

/// What is sent, as long as it has a document or names one.
fn with_document(sent: Sent) -> Result<Sent, Refusal> {
    if sent.query.as_ref().is_none_or(String::is_empty) && !sent.names_a_document() {
        let message =
            "`query` is missing, and no `documentId` or `extensions.persistedQuery` stands for it";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    Ok(sent)
}

async fn execute(
    web: &Web,
    info: RequestInfo,
    headers: &HeaderMap,
    answer: Answer,
    method: &Method,
    sent: Sent,
) -> HttpResponse {
    let who = match authenticate(&web.domain, headers).await {
        Ok(who) => who,
        Err(error) => return refuse(&error.into(), answer, info),
    };
    let request = match prepare(web, method, sent) {
        Ok(request) => request,
        Err(refusal) => return refuse(&refusal, answer, info),
    };
    if answer == Answer::Events {
        let streaming = sse::answer(web, info, headers, who, request);
        return streaming.unwrap_or_else(|error| refuse(&error.into(), answer, info));
    }
    let request = match request {
        Ok(request) => request,
        Err(errors) => return render(Response::from_errors(errors), answer, info),
    };
    let executing = web.operations.execute(request, who, info);
    let Ok(response) = tokio::time::timeout(DEADLINE, executing).await else {
        let message = format!("the request took longer than {} s", DEADLINE.as_secs());
        return refuse(&Error::new(Code::Timeout, message).into(), answer, info);
    };
    render(response, answer, info)
}

/// The request with its document, or the errors for which it is not executed.
fn prepare(
    web: &Web,
    method: &Method,
    sent: Sent,
) -> Result<Result<Request, Vec<ServerError>>, Refusal> {
    let mut request = sent.into_request();
    if let Err(error) = web.documents.admit(&mut request) {
        return Ok(Err(vec![error]));
    }
    if method == Method::GET && is_mutation(&mut request) {
        let message = "mutations are taken by POST only";
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return Err(Refusal { allow: Some("POST"), ..Refusal::new(status, message) });
    }
    let missing = missing_variables(&mut request);
    Ok(if missing.is_empty() { Ok(request) } else { Err(missing) })
}

/// A request error has no data and no path: nothing was executed.
fn is_request_error(response: &Response) -> bool {
    let nothing_ran = response.errors.iter().all(|error| error.path.is_empty());
    response.data == Value::Null && !response.errors.is_empty() && nothing_ran
}

/// The text of a response.
pub fn body(mut response: Response, info: RequestInfo) -> String {
    complete(&mut response, info);
    if is_request_error(&response) { request_error(&response) } else { json(&response) }
}

fn json(response: &Response) -> String {
    // A response is made of texts, numbers and lists.
    serde_json::to_string(response).unwrap_or_default()
}

/// What never ran has no member `data`.
fn request_error(response: &Response) -> String {
    json!({ "errors": response.errors }).to_string()
}

fn render(mut response: Response, answer: Answer, info: RequestInfo) -> HttpResponse {
    complete(&mut response, info);
    let headers = std::mem::take(&mut response.http_headers);
    let status = match (is_request_error(&response), answer) {
        // Whoever may try again later is told so whatever it reads.
        (true, _) if headers.contains_key(header::RETRY_AFTER) => StatusCode::TOO_MANY_REQUESTS,
        (true, Answer::GraphqlResponse) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let mut http = if is_request_error(&response) {
        request_error(&response).into_response()
    } else {
        GraphQLResponse::from(response).into_response()
    };
    http.headers_mut().extend(headers);
    *http.status_mut() = status;
    let content_type = HeaderValue::from_static(answer.content_type());
    http.headers_mut().insert(header::CONTENT_TYPE, content_type);
    http
}

/// Errors of the library itself are about the request: they carry a code like all others. Each names the
/// request.
pub fn complete(response: &mut Response, info: RequestInfo) {
    for error in &mut response.errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", Code::BadUserInput.as_str());
            extensions.set("retryable", false);
        }
        if extensions.get("requestId").is_none() {
            extensions.set("requestId", info.id.to_string());
        }
    }
}

fn refuse(refusal: &Refusal, answer: Answer, info: RequestInfo) -> HttpResponse {
    let retryable = refusal.status.is_server_error();
    let body = json!({ "errors": [{
        "message": refusal.message,
        "extensions": { "code": refusal.code, "retryable": retryable, "requestId": info.id },
    }]});
    let mut http = (refusal.status, body.to_string()).into_response();
    let headers = http.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type()));
    if let Some(allow) = refusal.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if refusal.status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    if refusal.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    http
}

fn not_acceptable(info: RequestInfo) -> HttpResponse {
    let message =
        "answers are application/graphql-response+json, application/json or text/event-stream";
    refuse(&Refusal::new(StatusCode::NOT_ACCEPTABLE, message), Answer::Json, info)
}
