//! Who a request is made by: the one check for all HTTP routes, and for sockets by the same string.

use async_graphql::Data;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use serde_json::Value;

use super::Web;
use super::problem::Problem;
use super::ws::{AuthFailure, Authenticator};
use crate::domain::Domain;
use crate::error::{Code, Error};
use crate::graphql::context::RequestInfo;
use crate::graphql::loaders::Loaders;
use crate::model::api_key::Principal;

/// A caller whose key is checked.
pub struct Caller(pub Principal);

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Ok(Self(authenticate(&web.domain, &parts.headers).await?))
    }
}

/// Checks the `Authorization` header.
pub async fn authenticate(domain: &Domain, headers: &HeaderMap) -> Result<Principal, Error> {
    let value = headers.get(header::AUTHORIZATION);
    let text = value.map(|value| value.to_str().unwrap_or_default());
    domain.authenticate(text).await
}

/// Checks `{"authorization":"Bearer …"}` of `connection_init`.
#[derive(Clone)]
pub struct SocketAuth {
    pub domain: Domain,
    pub request: RequestInfo,
}

impl Authenticator for SocketAuth {
    async fn authenticate(&self, payload: &Value) -> Result<Data, AuthFailure> {
        let authorization = payload.get("authorization").and_then(Value::as_str);
        let who = self.domain.authenticate(authorization).await.map_err(|error| failure(&error))?;
        let mut session = Data::default();
        session.insert(who);
        session.insert(Loaders::new(self.domain.clone(), who));
        session.insert(self.request);
        Ok(session)
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
