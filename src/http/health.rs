//! Whether the process lives, and whether it can do its work.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Web;
use super::problem::Problem;

pub async fn live() -> &'static str {
    "ok\n"
}

pub async fn ready(State(web): State<Web>) -> Response {
    match web.domain.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}
