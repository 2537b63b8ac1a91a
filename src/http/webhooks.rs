//! `/v1/webhooks`: registering receivers of events, in the shape of the documented service.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Web;
use super::auth::Caller;
use super::extract::{Path, Query};
use super::openapi::{Responses, refusals};
use super::paging::Paging;
use super::problem::Problem;
use crate::domain::require;
use crate::domain::webhook_endpoint::{AskedEndpoint, EndpointFailure};
use crate::error::Error;
use crate::model::api_key::Scope;
use crate::model::id::WebhookEndpointId;
use crate::model::webhook_endpoint::{EndpointState, WebhookEndpoint};

/// The body of `POST /v1/webhooks`. Fields nobody knows are refused rather than ignored.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
struct Body {
    /// An https address that answers 2xx within 10 seconds.
    url: String,
    /// The types of events it gets, such as `job.completed`.
    #[schema(min_items = 1)]
    events: Vec<String>,
    /// Whether no delivery begins before the one before it has ended.
    #[serde(default)]
    ordered: bool,
    /// How many deliveries may begin in a second, on each node.
    #[schema(minimum = 1, maximum = 1000)]
    rate_limit_per_second: Option<i64>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Webhook)]
pub struct Shown {
    id: WebhookEndpointId,
    url: String,
    events: Vec<String>,
    created_at: DateTime<Utc>,
    /// `enabled` or `disabled`.
    state: &'static str,
    /// What its deliveries are signed with: shown once, when it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

impl Shown {
    fn of(endpoint: WebhookEndpoint, secret: Option<String>) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url,
            events: endpoint.events,
            created_at: endpoint.created_at,
            state: EndpointState::as_str(endpoint.state),
            secret,
        }
    }
}

/// What registering may be refused with.
pub struct CreateRefused;

impl utoipa::IntoResponses for CreateRefused {
    fn responses() -> Responses {
        let wrong = [
            "BAD_USER_INPUT",
            "URL_INVALID",
            "URL_FORBIDDEN",
            "EVENTS_INVALID",
            "RATE_LIMIT_INVALID",
            "TOO_MANY_WEBHOOK_ENDPOINTS",
            "IDEMPOTENCY_KEY_INVALID",
        ];
        let too_large = "The body has more than 2 MiB";
        let reused = "The key registered another one";
        refusals(&[
            (StatusCode::BAD_REQUEST, "What is wrong with the receiver", &wrong),
            (StatusCode::FORBIDDEN, "The key is no admin's", &["FORBIDDEN"]),
            (StatusCode::NOT_FOUND, "What the key made was deleted since", &[UNKNOWN]),
            (StatusCode::CONFLICT, "The address is registered already", &["URL_TAKEN"]),
            (StatusCode::PAYLOAD_TOO_LARGE, too_large, &["PAYLOAD_TOO_LARGE"]),
            (StatusCode::UNPROCESSABLE_ENTITY, reused, &["IDEMPOTENCY_KEY_REUSED"]),
        ])
    }
}

/// Registers a receiver of events; it gets what happens from now on.
///
/// The body is read as JSON whatever its media type.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    params((
        "Idempotency-Key" = Option<String>,
        Header,
        nullable = false,
        pattern = "^[ -~]{1,255}$",
        description = "The same key with the same receiver makes nothing new and answers with what it made, \
                       without the secret"
    )),
    request_body = Body,
    responses((status = 201, description = "It is registered", body = Shown), CreateRefused)
)]
pub async fn create(
    State(web): State<Web>,
    Caller(who): Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    require(&who, Scope::Admin)?;
    let bad = |message: String| Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message);
    let body: Body = serde_json::from_slice(&body?)
        .map_err(|error| bad(format!("the body is not a webhook in JSON: {error}")))?;
    let key = headers.get("idempotency-key");
    let asked = AskedEndpoint {
        url: body.url,
        events: body.events,
        ordered: body.ordered,
        rate_limit: body.rate_limit_per_second,
        idempotency_key: key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()),
    };
    let created = web.domain.create_webhook_endpoint(&who, asked).await;
    let (endpoint, secret) = created.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(Shown::of(endpoint, secret))))
}

fn refused(failure: EndpointFailure) -> Problem {
    let message = failure.to_string();
    let (status, code) = match failure {
        EndpointFailure::NotFound => return unknown().into(),
        EndpointFailure::Failed(error) => return error.into(),
        EndpointFailure::UrlTaken => (StatusCode::CONFLICT, "URL_TAKEN"),
        EndpointFailure::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED"),
        EndpointFailure::KeyInvalid(_) => (StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_INVALID"),
        EndpointFailure::UrlInvalid(_) => (StatusCode::BAD_REQUEST, "URL_INVALID"),
        EndpointFailure::UrlForbidden(_) => (StatusCode::BAD_REQUEST, "URL_FORBIDDEN"),
        EndpointFailure::NoEvents | EndpointFailure::EventUnknown(_) => {
            (StatusCode::BAD_REQUEST, "EVENTS_INVALID")
        }
        EndpointFailure::RateInvalid => (StatusCode::BAD_REQUEST, "RATE_LIMIT_INVALID"),
        EndpointFailure::TooMany => (StatusCode::BAD_REQUEST, "TOO_MANY_WEBHOOK_ENDPOINTS"),
        EndpointFailure::OverlapInvalid | EndpointFailure::TestRequired => {
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
        }
    };
    Problem::new(status, code, message)
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Webhooks {
    webhooks: Vec<Shown>,
    /// To go on with; null at the end of the list.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What listing may be refused with.
pub struct ListRefused;

impl utoipa::IntoResponses for ListRefused {
    fn responses() -> Responses {
        let codes = ["BAD_USER_INPUT", "CURSOR_INVALID"];
        refusals(&[
            (StatusCode::BAD_REQUEST, "A parameter cannot be used", &codes),
            (StatusCode::FORBIDDEN, "The key is no admin's", &["FORBIDDEN"]),
        ])
    }
}

/// The workspace's registered receivers, newest first.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    params(Paging),
    responses((status = 200, description = "A part of the list", body = Webhooks), ListRefused)
)]
pub async fn list(
    State(web): State<Web>,
    Caller(who): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Webhooks>, Problem> {
    let slice = paging.slice_by_id::<WebhookEndpointId>()?;
    let page = web.domain.webhook_endpoints(&who, &slice).await?;
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|endpoint| endpoint.id.to_string());
    let webhooks = page.items.into_iter().map(|endpoint| Shown::of(endpoint, None)).collect();
    Ok(Json(Webhooks { webhooks, next_cursor }))
}

/// What deleting may be refused with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The address cannot be read", &["BAD_USER_INPUT"]),
            (StatusCode::FORBIDDEN, "The key is no admin's", &["FORBIDDEN"]),
            (StatusCode::NOT_FOUND, "There is no such receiver", &[UNKNOWN]),
        ])
    }
}

/// Deletes a registered receiver. What waits for it is not sent any more.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    params(("id" = WebhookEndpointId, Path)),
    responses((status = 204, description = "It is deleted"), Refused)
)]
pub async fn delete(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().unwrap_or_else(|_| never());
    web.domain.delete_webhook_endpoint(&who, id).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A public key, as receivers want it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicKey {
    /// How it is used: `ed25519`, in the entries `v1a` of `webhook-signature`.
    algorithm: &'static str,
    /// `whpk_…`: the prefix and the key's 32 bytes in base64.
    public_key: String,
}

/// What asking for the key may be refused with.
pub struct KeyRefused;

impl utoipa::IntoResponses for KeyRefused {
    fn responses() -> Responses {
        refusals(&[])
    }
}

/// What everything that the workspace sends can be checked with, by whoever is not to sign.
#[utoipa::path(
    get,
    path = "/v1/webhooks/public-key",
    operation_id = "getWebhookPublicKey",
    tag = "webhooks",
    responses((status = 200, description = "The key", body = PublicKey), KeyRefused)
)]
pub async fn public_key(
    State(web): State<Web>,
    Caller(who): Caller,
) -> Result<Json<PublicKey>, Problem> {
    let public_key = web.domain.webhook_public_key(&who).await?;
    Ok(Json(PublicKey { algorithm: "ed25519", public_key }))
}

const UNKNOWN: &str = "WEBHOOK_UNKNOWN";

fn unknown() -> Error {
    Error::not_found("there is no such webhook").with_reason(UNKNOWN)
}

/// An id that nothing has, so that who may not delete is told so whatever the id.
fn never() -> WebhookEndpointId {
    crate::model::id::TypedId::from_ulid(ulid::Ulid::nil())
}
