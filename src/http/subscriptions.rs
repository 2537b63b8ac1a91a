//! `GET /graphql`: a socket when the client asks to upgrade, else a query.

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::auth::{SocketAuth, session_of_upgrade};
use super::problem::Problem;
use super::ws::{WsOptions, upgrade};
use super::{Web, graphql};
use crate::graphql::context::RequestInfo;

pub async fn get_or_upgrade(
    State(web): State<Web>,
    Extension(info): Extension<RequestInfo>,
    headers: HeaderMap,
    query: RawQuery,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(socket) = socket else {
        return graphql::get(&web, info, &headers, query).await;
    };
    let session = match session_of_upgrade(&web.domain, &headers) {
        Ok(session) => session,
        Err(error) => return Problem::from(error).into_response(),
    };
    let auth = SocketAuth {
        domain: web.domain.clone(),
        connections: web.connections.clone(),
        revocations: web.revocations.clone(),
        request: info,
        session,
    };
    let (sharing, stop) = (web.sharing.clone(), web.stop.clone());
    upgrade(socket, sharing, auth, WsOptions::default(), stop, &web.sockets)
}
