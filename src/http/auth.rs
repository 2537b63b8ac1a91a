//! Who a request is made by: the one check for all HTTP routes, and for sockets by the same string; by the
//! cookie of a session where there is no key and [`cookie`] lets it count.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::{Data, Request};
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use serde_json::Value;

use super::Web;
use super::connections::Connections;
use super::cookie::{self, Place};
use super::problem::Problem;
use super::revocations::Revocations;
use super::ws::{AuthFailure, Authenticator, Checkpoint};
use crate::domain::Domain;
use crate::domain::event::Progress;
use crate::error::{Code, Error};
use crate::graphql::context::RequestInfo;
use crate::graphql::loaders::Loaders;
use crate::model::api_key::Principal;

/// A caller whose key or session is checked.
pub struct Caller(pub Principal);

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Ok(Self(authenticate(&web.domain, &parts.headers).await?))
    }
}

/// Checks the `Authorization` header, or else the cookie.
///
/// # Errors
/// `UNAUTHENTICATED` when there is neither, or it is not good; `FORBIDDEN` when the cookie does not count.
pub async fn authenticate(domain: &Domain, headers: &HeaderMap) -> Result<Principal, Error> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return domain.authenticate(Some(value.to_str().unwrap_or_default())).await;
    }
    let place = Place::at(domain.public_url());
    match place.secret(headers) {
        Some(_) if !place.is_own(headers) => Err(cookie::not_ours()),
        Some(secret) => domain.authenticate_session(secret).await,
        None => domain.authenticate(None).await,
    }
}

/// The session that an upgrade to a socket brings along, if any.
///
/// # Errors
/// `FORBIDDEN` for a cookie without an `Origin` that is the request's own: whatever page opens a socket,
/// the browser sends the cookie, and lets the page read what comes.
pub fn session_of_upgrade(domain: &Domain, headers: &HeaderMap) -> Result<Option<Arc<str>>, Error> {
    let place = Place::at(domain.public_url());
    match place.secret(headers) {
        Some(_) if !place.has_own_origin(headers) => Err(cookie::not_ours()),
        secret => Ok(secret.map(Arc::from)),
    }
}

/// Checks `{"authorization":"Bearer …"}` of `connection_init`; without it, the session of the upgrade.
#[derive(Clone)]
pub struct SocketAuth {
    pub domain: Domain,
    pub connections: Connections,
    pub revocations: Revocations,
    pub request: RequestInfo,
    /// The secret in the cookie that the upgrade came with.
    pub session: Option<Arc<str>>,
}

impl SocketAuth {
    async fn caller(&self, payload: &Value) -> Result<Principal, Error> {
        match (payload.get("authorization"), &self.session) {
            (None, Some(secret)) => self.domain.authenticate_session(secret).await,
            (authorization, _) => {
                self.domain.authenticate(authorization.and_then(Value::as_str)).await
            }
        }
    }
}

impl Authenticator for SocketAuth {
    async fn authenticate(&self, payload: &Value) -> Result<Data, AuthFailure> {
        let who = self.caller(payload).await.map_err(|error| failure(&error))?;
        let connected = self.connections.open(who.key_id);
        let connected =
            connected.map_err(|full| AuthFailure::Unavailable(full.message().to_owned()))?;
        let mut session = Data::default();
        session.insert(connected);
        session.insert(who);
        session.insert(Loaders::new(self.domain.clone(), who));
        session.insert(self.request);
        Ok(session)
    }

    fn begin(&self, request: Request) -> (Request, Option<Checkpoint>) {
        let progress = Progress::default();
        let request = request.data(progress.clone());
        let passed = move || progress.passed().map(|cursor| cursor.to_string());
        (request, Some(Box::new(passed)))
    }

    async fn revoked(&self, session: Arc<Data>) -> String {
        let who = session.get(&TypeId::of::<Principal>()).and_then(|who| who.downcast_ref());
        let Some(who) = who else {
            return std::future::pending().await;
        };
        self.revocations.revoked(who).await
    }
}

fn failure(error: &Error) -> AuthFailure {
    match error.code {
        Code::Unauthenticated | Code::Forbidden => {
            AuthFailure::Rejected(error.message().to_owned())
        }
        _ => {
            tracing::error!(%error, "a socket could not be authenticated");
            AuthFailure::Unavailable(error.message().to_owned())
        }
    }
}
