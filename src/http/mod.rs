//! The faces on HTTP: GraphQL (with its streams), downloads and the REST routes for scripts. Handlers
//! translate; what may be done is decided in the domain.

mod assets;
mod auth;
mod connections;
mod cookie;
mod datasets;
mod documents;
pub mod engine;
mod events;
mod extract;
mod graphql;
mod health;
mod media_type;
mod openapi;
mod operation;
mod paging;
mod problem;
mod queries;
mod request_id;
mod revocations;
mod sent;
mod session;
mod sharing;
mod sse;
mod storage;
mod subscriptions;
mod trusted;
mod unread;
mod webhooks;
pub mod ws;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::Domain;
use crate::graphql::Operations;
use problem::Problem;

pub use assets::Pages;
pub use connections::Connections;
pub use documents::Documents;
pub use revocations::Revocations;
pub use sharing::Sharing;
pub use trusted::{DocumentsError, Trusted};

/// What handlers share: each request has it several times over, so that a clone is one count.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

pub struct Shared {
    pub domain: Domain,
    pub operations: Operations,
    pub sharing: Sharing,
    pub documents: Documents,
    pub pages: Pages,
    pub connections: Connections,
    pub revocations: Revocations,
    pub stop: CancellationToken,
    /// Counts open sockets, so that a stop can wait until they are told.
    pub sockets: TaskTracker,
}

impl From<Shared> for Web {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// All routes.
pub fn router(web: Web) -> Router {
    let dataset = put(datasets::upload).get(datasets::show).delete(datasets::delete);
    let uploads = Router::new()
        .route("/v1/datasets/{name}", dataset)
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn(unread::told));
    let session = post(session::sign_in).get(session::show).delete(session::sign_out);
    // Not by HEAD, with which chats and mail look at links: it would use the link up.
    let login = get(session::follow_link).head(no_method);
    Router::new()
        .route("/graphql", get(subscriptions::get_or_upgrade).post(graphql::post))
        .route("/v1/queries", post(queries::create))
        .route("/v1/queries/{id}", get(queries::show))
        .route("/v1/events", get(events::list))
        .route("/v1/datasets", get(datasets::list))
        .route("/v1/storage", get(storage::list))
        .route("/v1/storage/export", get(storage::export))
        .route("/v1/download/{token}", get(storage::follow))
        .route("/v1/storage/{key}", get(storage::download).delete(storage::delete))
        .route("/v1/webhooks", get(webhooks::list).post(webhooks::create))
        .route("/v1/webhooks/public-key", get(webhooks::public_key))
        .route("/v1/webhooks/{id}", delete(webhooks::delete))
        .route("/v1/session", session)
        .route("/v1/openapi.json", get(openapi::show))
        .route("/login/{token}", login)
        .route("/", get(assets::root))
        .route("/graphiql", get(assets::graphiql))
        .route("/graphiql/", get(assets::graphiql_folder))
        .route("/assets/{file}", get(assets::asset))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(uploads)
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(axum::middleware::from_fn_with_state(web.clone(), request_id::assign))
        .with_state(web)
}

/// What a process without the API role still answers.
pub fn health_router(web: Web) -> Router {
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(no_route)
        .layer(axum::middleware::from_fn_with_state(web.clone(), request_id::assign))
        .with_state(web)
}

async fn no_route() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing at this path")
        .into_response()
}

async fn no_method() -> Response {
    let message = "this path does not answer to this method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).into_response()
}
