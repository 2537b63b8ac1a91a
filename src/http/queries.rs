//! `POST /v1/queries` and `GET /v1/queries/{id}`, in the shapes of the documented service.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Web;
use super::auth::Caller;
use super::extract::Path;
use super::problem::Problem;
use crate::domain::query::{CreateQueryError, CreatedQuery};
use crate::domain::schedule::NewSchedule;
use crate::domain::submission::{CreateQueryErrorCode, InputProblem, NewQuery};
use crate::error::Error;
use crate::model::id::{JobId, QueryId};
use crate::model::job::{Job, JobError, JobStatus};
use crate::model::query::SavedQuery;
use crate::model::window::DateRange;

/// The body of `POST /v1/queries`. Fields nobody knows are refused rather than ignored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    prompt: String,
    sources: Option<Vec<String>>,
    date_range: Option<Range>,
    limit: Option<i64>,
    name: Option<String>,
    timezone: Option<String>,
    schedule: Option<Schedule>,
    webhook_url: Option<String>,
}

/// A cron expression or the name of an interval, alone or as an object with a type.
#[derive(Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "`schedule` is a cron expression, the name of an interval, or an object with `type` \
                 and, for `cron`, `expression`"
)]
enum Schedule {
    Text(String),
    Object {
        #[serde(rename = "type")]
        kind: String,
        expression: Option<String>,
    },
}

impl From<Schedule> for NewSchedule {
    fn from(schedule: Schedule) -> Self {
        let text = match schedule {
            Schedule::Object { kind, expression } if kind == "cron" => {
                let cron = Some(expression.unwrap_or_default());
                return Self { cron, ..Self::default() };
            }
            Schedule::Object { kind: text, .. } | Schedule::Text(text) => text,
        };
        if text.contains(char::is_whitespace) {
            Self { cron: Some(text), ..Self::default() }
        } else {
            Self { interval: Some(text), ..Self::default() }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    start: String,
    end: String,
}

#[derive(Serialize)]
struct Accepted {
    id: QueryId,
    query_id: QueryId,
    job_id: Option<JobId>,
    /// Of the job; of a query that waits for its schedule, `active`.
    status: &'static str,
    created_at: DateTime<Utc>,
    cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_run_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Shown {
    id: QueryId,
    query_id: QueryId,
    job_id: Option<JobId>,
    /// Of the latest job; null for a query that was never run.
    status: Option<JobStatus>,
    prompt: String,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JobError>,
}

pub async fn create(
    State(web): State<Web>,
    Caller(who): Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let (new, mut wrong_dates) = read(&headers, &body?)?;
    if !wrong_dates.is_empty() {
        wrong_dates.extend(web.domain.check_input(&new));
        return Err(problems(&wrong_dates));
    }
    let created = web.domain.create_query(&who, new).await.map_err(refused)?;
    let CreatedQuery { query, job, cursor } = created;
    let schedule = web.domain.schedules(&who, &[query.id]).await?.pop();
    let waits = if schedule.is_some() { "active" } else { JobStatus::Queued.as_str() };
    let code = if schedule.is_some() { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let answer = Accepted {
        id: query.id,
        query_id: query.id,
        job_id: job.as_ref().map(|job| job.id),
        status: job.map_or(waits, |job| job.status.as_str()),
        created_at: query.created_at,
        cursor: cursor.to_string(),
        next_run_at: schedule.and_then(|schedule| schedule.next_at),
    };
    Ok((code, Json(answer)).into_response())
}

/// The question, and what is wrong with its dates; it has none then.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<(NewQuery, Vec<InputProblem>), Problem> {
    let bad = |message: String| Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message);
    let body: Body = serde_json::from_slice(body)
        .map_err(|error| bad(format!("the body is not a query in JSON: {error}")))?;
    let (mut date_range, mut wrong_dates) = (None, Vec::new());
    if let Some(range) = body.date_range {
        match (instant("start", &range.start), instant("end", &range.end)) {
            (Ok(start), Ok(end)) => date_range = Some(DateRange { start, end }),
            (start, end) => wrong_dates.extend([start, end].into_iter().filter_map(Result::err)),
        }
    }
    let key = headers.get("idempotency-key");
    let key = key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
    let new = NewQuery {
        prompt: body.prompt,
        sources: body.sources,
        date_range,
        limit: body.limit,
        name: body.name,
        timezone: body.timezone,
        webhook_url: body.webhook_url,
        schedule: body.schedule.map(Into::into),
        run: None,
        idempotency_key: key,
    };
    Ok((new, wrong_dates))
}

fn instant(field: &str, text: &str) -> Result<DateTime<Utc>, InputProblem> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed.map(|instant| instant.to_utc()).map_err(|_| {
        let message =
            format!("`{text}` is not an instant; write it as 2026-04-30T23:59:59Z, with its zone");
        let code = CreateQueryErrorCode::DateRangeInvalid;
        InputProblem::new(code, &["date_range", field], message)
    })
}

fn refused(error: CreateQueryError) -> Problem {
    match error {
        CreateQueryError::Invalid(found) => problems(&found),
        CreateQueryError::Failed(error) => error.into(),
    }
}

/// One document for all that is wrong; its own code is that of the first.
fn problems(found: &[InputProblem]) -> Problem {
    let is_reused = |one: &InputProblem| one.code == CreateQueryErrorCode::IdempotencyKeyReused;
    let status = if found.iter().any(is_reused) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::BAD_REQUEST
    };
    let code = found.first().map_or("BAD_USER_INPUT", |first| first.code.as_str());
    let messages: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    let errors: Vec<Value> = found.iter().map(problem_json).collect();
    Problem::new(status, code, messages.join("; ")).with("errors", json!(errors))
}

/// Field names in REST are in snake case.
fn problem_json(one: &InputProblem) -> Value {
    let path: Vec<&str> = one
        .path
        .iter()
        .map(|part| match part.as_str() {
            "dateRange" => "date_range",
            "idempotencyKey" => "idempotency_key",
            "webhookUrl" => "webhook_url",
            other => other,
        })
        .collect();
    json!({ "code": one.code.as_str(), "message": one.message, "path": path })
}

pub async fn show(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let unknown = || Error::not_found("there is no such query").with_reason("QUERY_UNKNOWN");
    let id: QueryId = id.parse().map_err(|_| unknown())?;
    let query = web.domain.query(&who, id).await?.ok_or_else(unknown)?;
    let job = web.domain.latest_jobs(&who, &[id]).await?.pop();
    let shown = shown(&web, &who, query, job).await?;
    Ok(Json(serde_json::to_value(shown).map_err(Error::internal)?))
}

async fn shown(
    web: &Web,
    who: &crate::model::api_key::Principal,
    query: SavedQuery,
    job: Option<Job>,
) -> Result<Shown, Error> {
    let objects = match &job {
        Some(job) => web.domain.storage_objects_by_job(who, &[job.id]).await?,
        None => Vec::new(),
    };
    let (mut result, mut result_url) = (None, None);
    if let Some(object) = objects.first() {
        let bytes = web.domain.read_storage_object(object).await?;
        let document: Value = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        result = document.get("result").cloned();
        result_url = Some(web.domain.result_url(&object.key));
    }
    Ok(Shown {
        id: query.id,
        query_id: query.id,
        job_id: job.as_ref().map(|job| job.id),
        status: job.as_ref().map(|job| job.status),
        prompt: query.prompt,
        created_at: query.created_at,
        result,
        result_url,
        error: job.and_then(|job| job.error),
    })
}
