//! Whether the process lives, whether it can do its work, and its numbers: for an operator's machines,
//! without a key, on every process whatever its roles.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::Web;
use super::problem::{Details, Problem};
use crate::metrics::MEDIA_TYPE;

pub async fn live() -> &'static str {
    "ok\n"
}

/// Ready when every part is; else a problem document that says of each what is wrong.
pub async fn ready(State(web): State<Web>) -> Response {
    if web.stop.is_cancelled() {
        return not_ready("the service stops", Map::new());
    }
    let readiness = web.domain.readiness().await;
    let parts = readiness.parts();
    let failed = parts.iter().filter(|(_, part)| part.is_err()).map(|(name, _)| *name);
    let failed: Vec<&str> = failed.collect();
    if failed.is_empty() {
        return ready_by(readiness.clock_ahead).into_response();
    }
    let states = parts.map(|(name, part)| (name.to_owned(), json!(part.err().unwrap_or("ok"))));
    not_ready(&format!("not ready: {}", failed.join(", ")), states.into_iter().collect())
}

/// That it is ready, and by how much the clock is wrong when that is more than a second.
fn ready_by(ahead: TimeDelta) -> String {
    if ahead.abs() <= TimeDelta::seconds(1) {
        return "ready\n".to_owned();
    }
    let (seconds, way) = (
        ahead.abs().as_seconds_f64(),
        if ahead > TimeDelta::zero() { "ahead of" } else { "behind" },
    );
    format!("ready\nthe clock is {seconds:.1} s {way} the database's\n")
}

fn not_ready(message: &str, parts: Map<String, Value>) -> Response {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "NOT_READY", message)
        .with(Details { parts: Some(parts), ..Details::default() })
        .into_response()
}

pub async fn metrics(State(web): State<Web>) -> Result<Response, Problem> {
    let sockets = i64::try_from(web.sockets.len()).unwrap_or(i64::MAX);
    web.domain.metrics().sockets.set(sockets);
    let text = web.domain.metrics_text().await?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}
