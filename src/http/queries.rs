//! `POST /v1/queries` and `GET /v1/queries/{id}`, in the shapes of the documented service.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Web;
use super::auth::Caller;
use super::extract::Path;
use super::openapi::{Responses, names_of, refusals};
use super::problem::{Details, InputError, Problem};
use crate::domain::query::{CreateQueryError, CreatedQuery};
use crate::domain::schedule::NewSchedule;
use crate::domain::submission::{CreateQueryErrorCode, InputProblem, NewQuery};
use crate::error::Error;
use crate::model::id::{JobId, QueryId};
use crate::model::job::{Job, JobError, JobStatus};
use crate::model::query::SavedQuery;
use crate::model::reading::Reading;
use crate::model::result::Answer;
use crate::model::window::DateRange;

/// The body of `POST /v1/queries`. Fields nobody knows are refused rather than ignored.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewQuery)]
struct Body {
    /// What to find out, in plain words.
    #[schema(min_length = 1, max_length = 4000)]
    prompt: String,
    /// None or empty means all that are ready.
    #[schema(max_items = 50)]
    sources: Option<Vec<String>>,
    date_range: Option<Range>,
    /// How many posts the result lists; 100 when not given. It caps no count.
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// An IANA name; the workspace's when not given.
    timezone: Option<String>,
    /// How the prompt is meant, in the form of a `Reading`; the grammar reads it when not given.
    #[schema(value_type = Option<Reading>)]
    reading: Option<Value>,
    /// The form that answers are given in as well, as JSON Schema: `output` of a result is shaped by it and valid.
    #[schema(value_type = Option<Object>)]
    output_schema: Option<Value>,
    schedule: Option<Schedule>,
    /// Where the end of each job is announced.
    webhook_url: Option<String>,
}

/// A cron expression or the name of an interval, alone or as an object with a type.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewSchedule)]
#[serde(
    untagged,
    expecting = "`schedule` is a cron expression, the name of an interval, or an object with `type` \
                 and, for `cron`, `expression`"
)]
enum Schedule {
    Text(String),
    Object(TypedSchedule),
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct TypedSchedule {
    /// `cron`, or the name of an interval.
    #[serde(rename = "type")]
    kind: String,
    expression: Option<String>,
}

impl From<Schedule> for NewSchedule {
    fn from(schedule: Schedule) -> Self {
        let text = match schedule {
            Schedule::Object(TypedSchedule { kind, expression }) if kind == "cron" => {
                let cron = Some(expression.unwrap_or_default());
                return Self { cron, ..Self::default() };
            }
            Schedule::Object(TypedSchedule { kind: text, .. }) | Schedule::Text(text) => text,
        };
        if text.contains(char::is_whitespace) {
            Self { cron: Some(text), ..Self::default() }
        } else {
            Self { interval: Some(text), ..Self::default() }
        }
    }
}

/// From `start` up to `end`, which is not inside.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DateRange)]
struct Range {
    #[schema(value_type = DateTime<Utc>)]
    start: String,
    #[schema(value_type = DateTime<Utc>)]
    end: String,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CreatedQuery)]
struct Accepted {
    id: QueryId,
    query_id: QueryId,
    /// Null when it waits for its schedule.
    #[schema(required)]
    job_id: Option<JobId>,
    /// Of the job; of a query that waits for its schedule, `active`.
    status: &'static str,
    created_at: DateTime<Utc>,
    /// Of the event log, from before the job: whoever goes on from here is told its end.
    cursor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_run_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Query)]
pub struct Shown {
    id: QueryId,
    query_id: QueryId,
    /// The latest job.
    #[schema(required)]
    job_id: Option<JobId>,
    /// Of the latest job; null for a query that was never run.
    #[schema(required)]
    status: Option<JobStatus>,
    prompt: String,
    created_at: DateTime<Utc>,
    /// Once the job is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Answer>, nullable = false)]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    result_url: Option<String>,
    /// Once the job has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<JobError>,
}

/// What a question may be refused with.
pub struct CreateRefused;

impl utoipa::IntoResponses for CreateRefused {
    fn responses() -> Responses {
        let reused = CreateQueryErrorCode::IdempotencyKeyReused.as_str();
        let names = names_of::<CreateQueryErrorCode>();
        let wrong = names.iter().map(String::as_str).filter(|name| *name != reused);
        let wrong: Vec<&str> = wrong.chain(["BAD_USER_INPUT"]).collect();
        let too_large = "The body has more than 2 MiB";
        refusals(&[
            (StatusCode::BAD_REQUEST, "All that is wrong with the question", &wrong),
            (StatusCode::FORBIDDEN, "The key may only read", &["FORBIDDEN"]),
            (StatusCode::NOT_FOUND, "What the key made was deleted since", &["NOT_FOUND"]),
            (StatusCode::PAYLOAD_TOO_LARGE, too_large, &["PAYLOAD_TOO_LARGE"]),
            (StatusCode::UNPROCESSABLE_ENTITY, "The key made another query", &[reused]),
        ])
    }
}

/// Asks a question, now or by a schedule.
///
/// The body is read as JSON whatever its media type.
#[utoipa::path(
    post,
    path = "/v1/queries",
    operation_id = "createQuery",
    tag = "queries",
    params((
        "Idempotency-Key" = Option<String>,
        Header,
        nullable = false,
        pattern = "^[ -~]{1,255}$",
        description = "The same key with the same question makes nothing new and answers with what it made"
    )),
    request_body = Body,
    responses(
        (status = 202, description = "Its first job is queued", body = Accepted),
        (status = 201, description = "It waits for its schedule", body = Accepted),
        CreateRefused
    )
)]
pub async fn create(
    State(web): State<Web>,
    Caller(who): Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let (new, mut wrong_dates) = read(&headers, &body?)?;
    if !wrong_dates.is_empty() {
        wrong_dates.extend(web.domain.check_input(&new, who.timezone));
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
        reading: body.reading,
        output_schema: body.output_schema,
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
    let errors = Some(found.iter().map(input_error).collect());
    let details = Details { errors, ..Details::default() };
    Problem::new(status, code, messages.join("; ")).with(details)
}

/// Field names in REST are in snake case.
fn input_error(one: &InputProblem) -> InputError {
    let path = one.path.iter().map(|part| match part.as_str() {
        "dateRange" => "date_range".to_owned(),
        "outputSchema" => "output_schema".to_owned(),
        "idempotencyKey" => "idempotency_key".to_owned(),
        "webhookUrl" => "webhook_url".to_owned(),
        other => other.to_owned(),
    });
    InputError { code: one.code.as_str(), message: one.message.clone(), path: path.collect() }
}

/// What it may refuse with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The address cannot be read", &["BAD_USER_INPUT"]),
            (StatusCode::NOT_FOUND, "There is no such query", &["QUERY_UNKNOWN"]),
        ])
    }
}

/// A query and its latest job.
#[utoipa::path(
    get,
    path = "/v1/queries/{id}",
    operation_id = "getQuery",
    tag = "queries",
    params(("id" = QueryId, Path)),
    responses((status = 200, description = "The query", body = Shown), Refused)
)]
pub async fn show(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<Json<Shown>, Problem> {
    let unknown = || Error::not_found("there is no such query").with_reason("QUERY_UNKNOWN");
    let id: QueryId = id.parse().map_err(|_| unknown())?;
    let query = web.domain.query(&who, id).await?.ok_or_else(unknown)?;
    let job = web.domain.latest_jobs(&who, &[id]).await?.pop();
    Ok(Json(shown(&web, &who, query, job).await?))
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
