//! `POST`, `GET` and `DELETE /v1/session`, and `GET /login/{token}`: a browser is signed in by an API key, or by the
//! link that `serve` prints, and then sends a cookie instead of the key. When that counts, see [`cookie`](super::cookie).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Web;
use super::cookie::{NOT_OURS, Place, is_from_elsewhere, not_ours};
use super::extract::Path;
use super::openapi::{Responses, refusals};
use super::problem::Problem;
use crate::domain::session::SignedIn;
use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::model::id::{SessionId, WorkspaceId};
use crate::model::session::Session;

/// The body of `POST /v1/session`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignIn)]
struct Body {
    /// `bsk_…`
    api_key: String,
}

/// Whether a browser is signed in, and as whom. Without a session, `signed_in` is all there is.
#[derive(Default, Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
struct Shown {
    signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<SessionId>,
    /// The workspace's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    workspace: Option<WorkspaceId>,
    /// The name of the API key that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key_name: Option<String>,
    /// What that key allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<&'static str>,
    /// 12 hours after the sign-in, or when the key expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<DateTime<Utc>>,
}

impl Shown {
    fn of(session: &Session, key: &ApiKey) -> Self {
        Self {
            signed_in: true,
            id: Some(session.id),
            workspace: Some(session.workspace_id),
            key_name: Some(key.name.clone()),
            scope: Some(key.scope.as_str()),
            expires_at: Some(session.expires_at),
        }
    }
}

/// What signing in may be refused with.
pub struct SignInRefused;

impl utoipa::IntoResponses for SignInRefused {
    fn responses() -> Responses {
        let from_elsewhere = "The browser says that another site's page asks";
        refusals(&[
            (StatusCode::BAD_REQUEST, "The body cannot be read", &["BAD_USER_INPUT"]),
            (StatusCode::FORBIDDEN, from_elsewhere, &[NOT_OURS]),
            (StatusCode::PAYLOAD_TOO_LARGE, "The body has more than 2 MiB", &["PAYLOAD_TOO_LARGE"]),
        ])
    }
}

/// Signs a browser in with an API key.
///
/// The key is taken from `Authorization: Bearer`, and then the body is not looked at; or else from the body, which is
/// read as JSON whatever its media type. Pages of other origins are refused, so that nobody is signed in unawares.
#[utoipa::path(
    post,
    path = "/v1/session",
    operation_id = "signIn",
    tag = "session",
    security((), ("bearer" = [])),
    request_body = Option<Body>,
    responses(
        (
            status = 201,
            description = "Signed in, for 12 hours",
            body = Shown,
            headers(
                ("Set-Cookie", description = "`HttpOnly`, `SameSite=Strict`, `Path=/`; `Secure` where the service is reached by https"),
                ("Cache-Control", description = "`no-store`")
            )
        ),
        SignInRefused
    )
)]
pub async fn sign_in(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let place = Place::at(web.domain.public_url());
    if is_from_elsewhere(&place, &headers) {
        return Err(not_ours().into());
    }
    let who = web.domain.authenticate(Some(&authorization(&headers, body)?)).await?;
    let signed_in = web.domain.sign_in(&who).await?;
    let shown = Json(Shown::of(&signed_in.session, &signed_in.key));
    let answer = (StatusCode::CREATED, shown).into_response();
    Ok(signing_in(&place, &signed_in, answer)?)
}

/// The header as it is, or what the body says in its form.
fn authorization(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return Ok(value.to_str().unwrap_or_default().to_owned());
    }
    let Body { api_key } = serde_json::from_slice(&body?).map_err(|error| {
        let message = format!(
            "send `Authorization: Bearer <API key>`, or a body {{\"api_key\": \"bsk_…\"}}: {error}"
        );
        Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    })?;
    Ok(format!("Bearer {api_key}"))
}

/// What asking may be refused with.
pub struct ShowRefused;

impl utoipa::IntoResponses for ShowRefused {
    fn responses() -> Responses {
        let mut all = refusals(&[]);
        all.retain(|status, _| status.starts_with('5'));
        all
    }
}

/// Whether the browser is signed in. A cookie that does not count is none.
#[utoipa::path(
    get,
    path = "/v1/session",
    operation_id = "getSession",
    tag = "session",
    security((), ("session" = [])),
    responses(
        (
            status = 200,
            description = "Signed in or not",
            body = Shown,
            headers(("Cache-Control", description = "`no-store`"))
        ),
        ShowRefused
    )
)]
pub async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    let place = Place::at(web.domain.public_url());
    let session = match place.secret(&headers).filter(|_| place.is_own(&headers)) {
        Some(secret) => web.domain.session(secret).await?,
        None => None,
    };
    let shown = session.map_or_else(Shown::default, |(session, key)| Shown::of(&session, &key));
    Ok(unstored(Json(shown).into_response()))
}

/// What signing out may be refused with.
pub struct SignOutRefused;

impl utoipa::IntoResponses for SignOutRefused {
    fn responses() -> Responses {
        let mut all = refusals(&[
            (StatusCode::BAD_REQUEST, "There is a key, so no cookie counts", &["BAD_USER_INPUT"]),
            (StatusCode::FORBIDDEN, "Another site's page asks", &[NOT_OURS]),
        ]);
        all.remove("401");
        all
    }
}

/// Signs the browser out. Its sockets are closed within 5 seconds. Without a session there is nothing to do.
#[utoipa::path(
    delete,
    path = "/v1/session",
    operation_id = "signOut",
    tag = "session",
    security((), ("session" = [])),
    responses(
        (
            status = 204,
            description = "Signed out",
            headers(
                ("Set-Cookie", description = "Takes the cookie away"),
                ("Cache-Control", description = "`no-store`")
            )
        ),
        SignOutRefused
    )
)]
pub async fn sign_out(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    if headers.contains_key(header::AUTHORIZATION) {
        let message = "with `Authorization` the cookie is ignored, and a key has no session: send the cookie \
                       alone to sign out, or revoke the key";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message));
    }
    let place = Place::at(web.domain.public_url());
    if let Some(secret) = place.secret(&headers) {
        if !place.is_own(&headers) {
            return Err(not_ours().into());
        }
        web.domain.sign_out(secret).await?;
    }
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), place.clearing())?)
}

/// `GET /login/{token}`: takes the link and goes on to the first page, signed in.
pub async fn follow_link(
    State(web): State<Web>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let place = Place::at(web.domain.public_url());
    let signed_in = web.domain.sign_in_by_link(&token).await?;
    let answer = (StatusCode::SEE_OTHER, [(header::LOCATION, place.home())]).into_response();
    Ok(signing_in(&place, &signed_in, answer)?)
}

fn signing_in(place: &Place, signed_in: &SignedIn, answer: Response) -> Result<Response, Error> {
    with_cookie(answer, place.keeping(&signed_in.secret))
}

fn with_cookie(mut answer: Response, cookie: Option<HeaderValue>) -> Result<Response, Error> {
    let cookie = cookie.ok_or_else(|| Error::internal("a cookie that is no header"))?;
    answer.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(unstored(answer))
}

fn unstored(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
