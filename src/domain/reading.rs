//! What a question is understood to be, and whether a reading that somebody gives can be gone by. The reading
//! is kept with the query, and its runs measure by that alone.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use jsonschema::Validator;
use serde::Deserialize as _;
use serde_json::Value;

use super::Domain;
use super::submission::{CreateQueryErrorCode, InputProblem, NewQuery};
use crate::analysis::measure::{self, Matcher};
use crate::analysis::reading::window;
use crate::error::Error;
use crate::model::id::WorkspaceId;
use crate::model::reading::{Reader, Reading, Term};
use crate::model::window::DateRange;

/// Of the form that readings have when they are given.
pub(super) const FORM: &str = "1";
/// The most that is told of a reading that is wrong.
const MOST_PROBLEMS: usize = 20;
/// Characters of one of these.
const LONGEST_FAULT: usize = 300;
/// Sources, as many as a question may name.
const MOST_NAMES: usize = 50;
/// Characters of something to look for or to leave out.
const LONGEST_TERM: usize = 200;

/// A prompt as it is understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Understood {
    pub reading: Reading,
    pub assumptions: Vec<String>,
    pub reader: Reader,
}

/// What a prompt is understood beside.
pub(super) struct Beside<'a> {
    pub sources: &'a [String],
    pub date_range: Option<DateRange>,
    pub reference: DateTime<Utc>,
    pub timezone: Tz,
}

impl Domain {
    /// Checks the sources that a given reading names, as those of a question are: none of them is one that nobody
    /// knows, may not be reached, or is another workspace's.
    pub(super) async fn check_reading_sources(
        &self,
        workspace: WorkspaceId,
        given: Option<&Value>,
    ) -> Result<Vec<InputProblem>, Error> {
        let reading = given.and_then(|given| Reading::deserialize(given).ok());
        let named = reading.and_then(|reading| reading.sources);
        self.check_named_sources(workspace, named.as_ref()).await
    }

    pub(super) async fn check_named_sources(
        &self,
        workspace: WorkspaceId,
        named: Option<&Vec<String>>,
    ) -> Result<Vec<InputProblem>, Error> {
        let Some(names) = named else { return Ok(Vec::new()) };
        let names = names.get(..MOST_NAMES.min(names.len())).unwrap_or_default();
        let (problems, _) = self.check_names(workspace, names, &["reading", "sources"]).await?;
        Ok(problems)
    }
}

/// Everything that is wrong with a given reading and can be told without a look at what is stored; `timezone` is
/// that of the question where it names none.
pub(super) fn check(new: &NewQuery, now: DateTime<Utc>, timezone: Tz) -> Vec<InputProblem> {
    let Some(given) = &new.reading else { return Vec::new() };
    let named = new.timezone.as_deref().and_then(|zone| zone.parse().ok());
    let timezone = named.unwrap_or(timezone);
    let form: Vec<InputProblem> = VALIDATOR.as_ref().map_or_else(
        || vec![problem(&[], "readings cannot be given: their form is not known".to_owned())],
        |validator| {
            validator.iter_errors(given).take(MOST_PROBLEMS).map(|error| formed(&error)).collect()
        },
    );
    if !form.is_empty() {
        return form;
    }
    match Reading::deserialize(given) {
        Ok(reading) => meant(&reading, new.date_range, now, timezone),
        Err(error) => vec![problem(&[], error.to_string())],
    }
}

/// The form of a reading as JSON Schema, 2020-12.
fn schema() -> Value {
    schemars::schema_for!(Reading).to_value()
}

static VALIDATOR: LazyLock<Option<Validator>> =
    LazyLock::new(|| jsonschema::validator_for(&schema()).ok());

/// What no form can say: whether it can be looked for, and at that time.
pub(super) fn meant(
    reading: &Reading,
    date_range: Option<DateRange>,
    now: DateTime<Utc>,
    timezone: Tz,
) -> Vec<InputProblem> {
    let mut problems = Vec::new();
    for (index, term) in reading.terms.iter().enumerate() {
        let names = match term {
            Term::Text(text) => std::slice::from_ref(text),
            Term::Entity { any, .. } => any,
            Term::All { all } => all,
        };
        let message = if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
            "there is nothing to look for: write a word or a phrase".to_owned()
        } else if names.iter().any(|name| is_long(name)) {
            format!("it is too long: at most {LONGEST_TERM} characters are looked for")
        } else {
            continue;
        };
        problems.push(problem(&["terms", &index.to_string()], message));
    }
    if let Some(index) = reading.exclude.iter().position(|word| is_long(word)) {
        let message = format!("it is too long: at most {LONGEST_TERM} characters are left out");
        problems.push(problem(&["exclude", &index.to_string()], message));
    }
    if problems.is_empty()
        && let Err(error) = Matcher::new(reading)
    {
        problems.push(problem(&["terms"], error.to_string()));
    }
    problems
        .extend(measure::missing(reading).map(|missing| problem(&["intent"], missing.to_owned())));
    let windows = [("window", &reading.window), ("compare_to", &reading.compare_to)];
    for (field, window) in windows {
        let resolved =
            window.as_ref().map(|window| window::resolve(Some(window), None, now, timezone));
        let range = match resolved {
            None => continue,
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok((range, _))) => Ok(range),
        };
        match range {
            Err(message) => problems.push(problem(&[field], message)),
            Ok(range) if range.from > now && date_range.is_none() => {
                problems.push(problem(&[field], window::WindowError::Future.to_string()));
            }
            Ok(_) => {}
        }
    }
    problems
}

fn is_long(text: &str) -> bool {
    text.chars().count() > LONGEST_TERM
}

fn formed(error: &jsonschema::ValidationError<'_>) -> InputProblem {
    let pointer = error.instance_path().to_string();
    let path: Vec<&str> = pointer.split('/').filter(|part| !part.is_empty()).collect();
    let hint = match path.first() {
        Some(&("window" | "compare_to")) => {
            r#"; a time is written {"last":"7d"}, {"calendar":"week","offset":-1}, {"from":"2026-11-01","to":"2026-11-16"} or {"since":"last_run"}"#
        }
        Some(&"terms") => {
            r#"; a term is "Acme", {"name":"Acme","any":["Acme","Acme Corp"]} or {"all":["Acme","support"]}"#
        }
        _ => "",
    };
    // It quotes what was given, however long that is.
    let said = error.to_string();
    let short: String = said.chars().take(LONGEST_FAULT).collect();
    let cut = if short.len() < said.len() { "…" } else { "" };
    problem(&path, format!("{short}{cut}{hint}"))
}

fn problem(path: &[&str], message: String) -> InputProblem {
    let path: Vec<&str> = ["reading"].iter().chain(path).copied().collect();
    InputProblem::new(CreateQueryErrorCode::ReadingInvalid, &path, message)
}
