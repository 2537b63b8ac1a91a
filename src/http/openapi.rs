//! The description of the REST routes (OpenAPI 3.1), made of the types that they read and answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, Content, Header, Ref, RefOr};

use super::problem::MEDIA_TYPE;
use super::{cookie, datasets, events, problem, queries, request_id, session, storage, webhooks};

/// The answers of an operation by their statuses.
pub type Responses = BTreeMap<String, RefOr<openapi::Response>>;

static DESCRIPTION: LazyLock<openapi::OpenApi> = LazyLock::new(describe);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ByteStack",
        description = "The routes for scripts and downloads. Everything else is GraphQL, at `/graphql`."
    ),
    paths(
        queries::create,
        queries::show,
        events::list,
        storage::list,
        storage::export,
        storage::download,
        storage::delete,
        storage::follow,
        datasets::list,
        datasets::upload,
        datasets::show,
        datasets::delete,
        webhooks::create,
        webhooks::list,
        webhooks::delete,
        webhooks::public_key,
        session::sign_in,
        session::show,
        session::sign_out,
        show
    ),
    components(schemas(problem::Document)),
    security(("bearer" = []), ("session" = []))
)]
struct Routes;

/// The description itself.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    operation_id = "openapi",
    tag = "description",
    security(()),
    responses((
        status = 200,
        description = "This document",
        body = Object,
        headers(("Cache-Control", description = "`no-cache`"))
    ))
)]
pub async fn show() -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(&*DESCRIPTION)).into_response()
}

fn describe() -> openapi::OpenApi {
    let mut document = Routes::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key (`bsk_…`)"))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie::scheme()));
    if let Some(item) = document.paths.paths.get_mut("/v1/storage/{key}") {
        item.head = item.get.as_ref().map(storage::head_of);
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let responses = operation.responses.responses.values_mut();
        for response in responses.filter_map(|response| match response {
            RefOr::T(response) => Some(response),
            RefOr::Ref(_) => None,
        }) {
            let id = header("The id of this request in the log");
            response.headers.insert(request_id::HEADER.to_string(), id);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, head, .. } = item;
    [get, put, post, delete, head].into_iter().flatten()
}

/// A status, what it means, and the codes that are sent with it.
pub type Refusal = (StatusCode, &'static str, &'static [&'static str]);

/// What an operation may refuse with, beside what everybody may be told who needs a key.
pub fn refusals(own: &[(StatusCode, &str, &[&str])]) -> Responses {
    let common: [(StatusCode, &str, &[&str]); 2] = [
        (StatusCode::UNAUTHORIZED, "There is no valid API key or session", &["UNAUTHENTICATED"]),
        (StatusCode::FORBIDDEN, "Another site's page asks", &[cookie::NOT_OURS]),
    ];
    refusals_of_all(&[&common, own].concat())
}

/// What an operation may refuse with that is for everybody.
pub fn refusals_of_all(own: &[(StatusCode, &str, &[&str])]) -> Responses {
    let common: [(StatusCode, &str, &[&str]); 2] = [
        (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here", &["INTERNAL"]),
        (StatusCode::SERVICE_UNAVAILABLE, "Try again later", &["UNAVAILABLE"]),
    ];
    let all = common.iter().chain(own);
    all.map(|(status, meaning, codes)| {
        let is_forbidden = *status == StatusCode::FORBIDDEN && !codes.contains(&cookie::NOT_OURS);
        let codes = [*codes, if is_forbidden { &[cookie::NOT_OURS] } else { &[] }].concat();
        let mut answer = ResponseBuilder::new()
            .description(*meaning)
            .content(MEDIA_TYPE, Content::new(Some(refusal(&codes))));
        if *status == StatusCode::UNAUTHORIZED {
            answer = answer.header(name(&header::WWW_AUTHENTICATE), header("`Bearer`"));
        }
        if *status == StatusCode::PAYLOAD_TOO_LARGE {
            answer = answer.header(name(&header::CONNECTION), header("`close`"));
        }
        (status.as_u16().to_string(), answer.build().into())
    })
    .collect()
}

fn name(header: &HeaderName) -> String {
    header.to_string()
}

fn header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(text.build()).description(Some(description)).build()
}

/// A problem document with one of these codes.
fn refusal(codes: &[&str]) -> openapi::Schema {
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes.to_vec()));
    let narrowed = ObjectBuilder::new().property("code", code);
    AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed).build().into()
}

/// The names of an enumeration as its schema has them.
pub fn names_of<T: utoipa::PartialSchema>() -> Vec<String> {
    let RefOr::T(openapi::Schema::Object(object)) = T::schema() else {
        return Vec::new();
    };
    let values = object.enum_values.into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
