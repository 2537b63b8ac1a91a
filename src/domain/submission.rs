//! Checking what a caller wants to ask: everything that is wrong is reported at once, each with a code
//! and the place in the input.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::schedule::NewSchedule;
use crate::analysis::output;
use crate::model::query::{LIMIT_RANGE, MAX_PROMPT_CHARS};
use crate::model::window::DateRange;
use crate::store::IdempotencyKey;

const MAX_SOURCES: usize = 50;
const MAX_NAME_CHARS: usize = 200;
const MAX_IDEMPOTENCY_KEY: usize = 255;

/// A question as asked, before anything is checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NewQuery {
    pub prompt: String,
    /// `None` or empty means all sources that are ready when the job runs.
    pub sources: Option<Vec<String>>,
    pub date_range: Option<DateRange>,
    pub limit: Option<i64>,
    pub name: Option<String>,
    /// Zone of the windows in the prompt; the workspace's when not given.
    pub timezone: Option<String>,
    /// How the prompt is meant, in the form of a [`Reading`](crate::model::reading::Reading); the grammar reads it
    /// when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<Value>,
    /// The form that its answers are given in as well, as JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// Where the ends of its jobs are announced.
    pub webhook_url: Option<String>,
    pub schedule: Option<NewSchedule>,
    /// Whether to run at once; yes when neither this nor a schedule is given.
    pub run: Option<bool>,
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What can be wrong with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CreateQueryErrorCode {
    PromptEmpty,
    PromptTooLong,
    PromptInvalid,
    SourceUnknown,
    SourceNotConfigured,
    SourceForbidden,
    TooManySources,
    DateRangeInvalid,
    LimitOutOfRange,
    ReadingInvalid,
    OutputSchemaInvalid,
    NameInvalid,
    TimezoneUnknown,
    ScheduleInvalid,
    WebhookUrlInvalid,
    WebhookUrlForbidden,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
}

impl CreateQueryErrorCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PromptEmpty => "PROMPT_EMPTY",
            Self::PromptTooLong => "PROMPT_TOO_LONG",
            Self::PromptInvalid => "PROMPT_INVALID",
            Self::SourceUnknown => "SOURCE_UNKNOWN",
            Self::SourceNotConfigured => "SOURCE_NOT_CONFIGURED",
            Self::SourceForbidden => "SOURCE_FORBIDDEN",
            Self::TooManySources => "TOO_MANY_SOURCES",
            Self::DateRangeInvalid => "DATE_RANGE_INVALID",
            Self::LimitOutOfRange => "LIMIT_OUT_OF_RANGE",
            Self::ReadingInvalid => "READING_INVALID",
            Self::OutputSchemaInvalid => "OUTPUT_SCHEMA_INVALID",
            Self::NameInvalid => "NAME_INVALID",
            Self::TimezoneUnknown => "TIMEZONE_UNKNOWN",
            Self::ScheduleInvalid => "SCHEDULE_INVALID",
            Self::WebhookUrlInvalid => "WEBHOOK_URL_INVALID",
            Self::WebhookUrlForbidden => "WEBHOOK_URL_FORBIDDEN",
            Self::IdempotencyKeyInvalid => "IDEMPOTENCY_KEY_INVALID",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
        }
    }
}

/// One thing that is wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    pub code: CreateQueryErrorCode,
    pub message: String,
    /// The field, in the caller's own spelling of the input (`dateRange`), and the index in a list.
    pub path: Vec<String>,
}

impl InputProblem {
    pub fn new(code: CreateQueryErrorCode, path: &[&str], message: impl Into<String>) -> Self {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Self { code, message: message.into(), path }
    }
}

/// Checks everything that needs no look at what is stored.
pub(super) fn check(new: &NewQuery, now: DateTime<Utc>) -> Vec<InputProblem> {
    let mut problems = Vec::new();
    problems.extend(check_prompt(&new.prompt));
    problems.extend(new.sources.as_deref().and_then(check_source_count));
    problems.extend(new.date_range.and_then(|range| check_date_range(range, now)));
    problems.extend(new.limit.and_then(check_limit));
    problems.extend(new.name.as_deref().and_then(check_name));
    problems.extend(new.timezone.as_deref().and_then(check_timezone));
    problems.extend(new.output_schema.as_ref().and_then(check_output_schema));
    problems.extend(new.idempotency_key.as_deref().and_then(check_key));
    problems
}

fn check_prompt(prompt: &str) -> Option<InputProblem> {
    use CreateQueryErrorCode::{PromptEmpty, PromptInvalid, PromptTooLong};
    let characters = prompt.chars().count();
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let (code, message) = if prompt.trim().is_empty() {
        (PromptEmpty, "ask something: the prompt is empty".to_owned())
    } else if characters > MAX_PROMPT_CHARS {
        let message =
            format!("the prompt has {characters} characters; at most {MAX_PROMPT_CHARS} are read");
        (PromptTooLong, message)
    } else if prompt.chars().any(is_odd) {
        (PromptInvalid, "the prompt contains control characters; remove them".to_owned())
    } else {
        return None;
    };
    Some(InputProblem::new(code, &["prompt"], message))
}

fn check_source_count(sources: &[String]) -> Option<InputProblem> {
    let message = format!("{} sources are given; at most {MAX_SOURCES} are asked", sources.len());
    let too_many = sources.len() > MAX_SOURCES;
    too_many.then(|| InputProblem::new(CreateQueryErrorCode::TooManySources, &["sources"], message))
}

fn check_date_range(range: DateRange, now: DateTime<Utc>) -> Option<InputProblem> {
    let message = if range.start >= range.end {
        "the date range is empty: its end must be after its start"
    } else if range.start > now {
        "the date range lies in the future: nothing has been posted yet"
    } else {
        return None;
    };
    Some(InputProblem::new(CreateQueryErrorCode::DateRangeInvalid, &["dateRange"], message))
}

fn check_limit(limit: i64) -> Option<InputProblem> {
    let (least, most) = (LIMIT_RANGE.start(), LIMIT_RANGE.end());
    let message = format!("the limit is {limit}; it must be {least} to {most}");
    let code = CreateQueryErrorCode::LimitOutOfRange;
    (!LIMIT_RANGE.contains(&limit)).then(|| InputProblem::new(code, &["limit"], message))
}

fn check_name(name: &str) -> Option<InputProblem> {
    let message =
        format!("a name has 1 to {MAX_NAME_CHARS} characters, none of them control characters");
    let good = !name.trim().is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.chars().any(char::is_control);
    (!good).then(|| InputProblem::new(CreateQueryErrorCode::NameInvalid, &["name"], message))
}

fn check_timezone(timezone: &str) -> Option<InputProblem> {
    let message =
        format!("`{timezone}` is not a time zone; use an IANA name such as Europe/Berlin");
    let unknown = timezone.parse::<Tz>().is_err();
    unknown
        .then(|| InputProblem::new(CreateQueryErrorCode::TimezoneUnknown, &["timezone"], message))
}

fn check_output_schema(schema: &Value) -> Option<InputProblem> {
    let fault = output::check(schema).err()?;
    let path: Vec<&str> =
        ["outputSchema"].into_iter().chain(fault.path.iter().map(String::as_str)).collect();
    Some(InputProblem::new(CreateQueryErrorCode::OutputSchemaInvalid, &path, fault.message))
}

fn check_key(key: &str) -> Option<InputProblem> {
    let code = CreateQueryErrorCode::IdempotencyKeyInvalid;
    let wrong = check_idempotency_key(key).err();
    wrong.map(|message| InputProblem::new(code, &["idempotencyKey"], message))
}

/// What makes a request harmless when it is repeated: its key, and all else it says as text. Otherwise
/// what is wrong with the key.
pub(super) fn idempotency(
    operation: &'static str,
    request: &impl Serialize,
    key: Option<String>,
) -> Result<Option<IdempotencyKey>, String> {
    let Some(key) = key else { return Ok(None) };
    check_idempotency_key(&key)?;
    let text = serde_json::to_vec(request).unwrap_or_default();
    Ok(Some(IdempotencyKey { operation, key, request_hash: hex::encode(Sha256::digest(text)) }))
}

/// Whether a text can be an idempotency key; otherwise what is asked of one.
fn check_idempotency_key(key: &str) -> Result<(), String> {
    let good = (1..=MAX_IDEMPOTENCY_KEY).contains(&key.len())
        && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if good {
        return Ok(());
    }
    Err(format!("an idempotency key has 1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters"))
}
