//! How a question would be read, and who would answer it.

use async_graphql::{Json, SimpleObject};

use super::query::DateRange;
use super::source::SourceState;
use crate::domain::query_preview::{self, PreviewQueryError};
use crate::error::Error;
use crate::graphql::payloads::query::CreateQueryUserError;
use crate::model::reading::Reading;

/// A source that would be asked.
#[derive(SimpleObject)]
pub struct PreviewSource {
    /// Its name, as in `sources` of a query.
    name: String,
    /// Whether it answers on this server.
    state: SourceState,
}

/// What would become of a question, were it asked now. Nothing is stored or run.
#[derive(SimpleObject, Default)]
pub struct QueryPreview {
    /// How the prompt is understood; null when there are user errors.
    reading: Option<Json<Reading>>,
    /// Choices made where the prompt leaves them open.
    assumptions: Vec<String>,
    /// Why it could not be answered as it is read: a job of it would fail.
    problems: Vec<String>,
    /// The time that would be looked at; null when that cannot be.
    window: Option<DateRange>,
    /// The sources that would be asked.
    sources: Vec<PreviewSource>,
    /// What is wrong with the input.
    user_errors: Vec<CreateQueryUserError>,
}

impl QueryPreview {
    /// The answer for what was found.
    pub fn of(
        preview: Result<query_preview::QueryPreview, PreviewQueryError>,
    ) -> Result<Self, Error> {
        let preview = match preview {
            Ok(preview) => preview,
            Err(PreviewQueryError::Failed(error)) => return Err(error),
            Err(PreviewQueryError::Invalid(problems)) => {
                let user_errors = problems.into_iter().map(CreateQueryUserError).collect();
                return Ok(Self { user_errors, ..Self::default() });
            }
        };
        let source = |(name, state): (String, crate::model::source::SourceState)| PreviewSource {
            name,
            state: state.into(),
        };
        Ok(Self {
            reading: Some(Json(preview.reading)),
            assumptions: preview.assumptions,
            problems: preview.problems,
            window: preview.window.map(|window| DateRange::between(window.from, window.to)),
            sources: preview.sources.into_iter().map(source).collect(),
            user_errors: Vec::new(),
        })
    }
}
