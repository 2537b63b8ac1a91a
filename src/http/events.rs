//! `GET /v1/events`: the workspace's log for scripts, by long poll.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Web;
use super::auth::Caller;
use super::extract::Query;
use super::problem::Problem;
use crate::domain::event::NextEvents;
use crate::error::Error;
use crate::model::event::Event;

/// In seconds: proxies give up on longer silence.
const LONGEST_WAIT: u64 = 50;
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    after: Option<String>,
    #[serde(default)]
    wait: u64,
    #[serde(default = "most")]
    limit: usize,
    query_id: Option<String>,
    /// Separated by commas.
    types: Option<String>,
}

fn most() -> usize {
    MOST
}

pub async fn list(
    State(web): State<Web>,
    Caller(who): Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let wanted = wanted(parameters)?;
    // A stop answers at once: the client asks again with the cursor it has.
    let nothing_more = NextEvents { wait: Duration::ZERO, ..wanted.clone() };
    let (events, cursor) = tokio::select! {
        found = web.domain.next_events(&who, &wanted) => found?,
        () = web.stop.cancelled() => web.domain.next_events(&who, &nothing_more).await?,
    };
    let events = events.iter().map(event).collect::<Result<Vec<Value>, Error>>()?;
    let mut answer =
        Json(json!({ "events": events, "next_cursor": cursor.to_string() })).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

fn wanted(parameters: Parameters) -> Result<NextEvents, Problem> {
    let bad = |message| Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message);
    let Parameters { after, wait, limit, query_id, types } = parameters;
    if wait > LONGEST_WAIT {
        return Err(bad(format!("`wait` is in seconds, at most {LONGEST_WAIT}")));
    }
    if !(1..=MOST).contains(&limit) {
        return Err(bad(format!("`limit` is from 1 to {MOST}")));
    }
    let query = query_id.map(|id| id.parse()).transpose();
    let query = query.map_err(|_| bad("`query_id` is not the id of a query".to_owned()))?;
    let types = types.unwrap_or_default();
    let types = types.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect();
    Ok(NextEvents { after, query, types, count: limit, wait: Duration::from_secs(wait) })
}

fn event(event: &Event) -> Result<Value, Error> {
    let payload: Value = serde_json::from_str(&event.payload).map_err(Error::internal)?;
    Ok(json!({
        "id": event.id,
        "seq": event.seq,
        "cursor": event.cursor().to_string(),
        "type": event.kind,
        "occurred_at": event.occurred_at,
        "payload": payload,
    }))
}
