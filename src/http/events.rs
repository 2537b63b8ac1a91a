//! `GET /v1/events`: the workspace's log for scripts, by long poll.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Web;
use super::auth::Caller;
use super::extract::Query;
use super::openapi::{Responses, refusals};
use super::problem::Problem;
use crate::domain::event::NextEvents;
use crate::error::Error;
use crate::model::event::{Event, EventBody};
use crate::model::id::{EventId, QueryId};

/// In seconds: proxies give up on longer silence.
const LONGEST_WAIT: u64 = 50;
const MOST: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Only events after this cursor; without one, from the oldest.
    #[param(nullable = false)]
    after: Option<String>,
    /// How many seconds to wait for an event when there is none yet.
    #[serde(default)]
    #[param(default = 0, maximum = 50)]
    wait: u64,
    #[serde(default = "most")]
    #[param(default = 100, minimum = 1, maximum = 100)]
    limit: usize,
    /// Only events of this query.
    #[param(value_type = Option<QueryId>, nullable = false)]
    query_id: Option<String>,
    /// Only events of these types, separated by commas.
    #[param(nullable = false)]
    types: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Events {
    events: Vec<Shown>,
    /// To go on with; also there when there is no event.
    next_cursor: String,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Event)]
struct Shown {
    id: EventId,
    seq: u64,
    /// Points just behind this event.
    cursor: String,
    #[serde(rename = "type")]
    kind: String,
    occurred_at: DateTime<Utc>,
    /// What webhooks are sent, too.
    #[schema(value_type = EventBody)]
    payload: Value,
}

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        refusals(&[(
            StatusCode::BAD_REQUEST,
            "A parameter cannot be used",
            &["BAD_USER_INPUT", "CURSOR_INVALID"],
        )])
    }
}

fn most() -> usize {
    MOST
}

/// The next events of the log: as soon as there is one, at the latest after `wait` seconds.
#[utoipa::path(
    get,
    path = "/v1/events",
    operation_id = "listEvents",
    tag = "events",
    params(Parameters),
    responses(
        (
            status = 200,
            description = "The events, in log order; none when there was none in time",
            body = Events,
            headers(("Cache-Control", description = "`no-store`"))
        ),
        Refused
    )
)]
pub async fn list(
    State(web): State<Web>,
    Caller(who): Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let wanted = wanted(parameters)?;
    let _waiting = match wanted.wait {
        Duration::ZERO => None,
        _ => Some(web.connections.open(who.key_id)?),
    };
    // A stop answers at once: the client asks again with the cursor it has.
    let nothing_more = NextEvents { wait: Duration::ZERO, ..wanted.clone() };
    let (events, cursor) = tokio::select! {
        found = web.domain.next_events(&who, &wanted) => found?,
        () = web.stop.cancelled() => web.domain.next_events(&who, &nothing_more).await?,
    };
    let events = events.iter().map(|event| shown(event)).collect::<Result<Vec<Shown>, Error>>()?;
    let mut answer = Json(Events { events, next_cursor: cursor.to_string() }).into_response();
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

fn shown(event: &Event) -> Result<Shown, Error> {
    Ok(Shown {
        id: event.id,
        seq: event.seq,
        cursor: event.cursor().to_string(),
        occurred_at: event.occurred_at,
        payload: serde_json::from_str(&event.payload).map_err(Error::internal)?,
        kind: event.kind.clone(),
    })
}
