//! How a question would be read, and who would answer it.

use async_graphql::{ComplexObject, Context, Json, SimpleObject};

use super::query::DateRange;
use super::source::SourceState;
use crate::domain::query_preview::{self, PreviewQueryError};
use crate::error::Error;
use crate::graphql::context;
use crate::graphql::errors::failed;
use crate::graphql::payloads::query::CreateQueryUserError;
use crate::model::api_key::Scope;
use crate::model::reading::{Reading, Term};
use crate::model::window::TimeRange;

/// What a question would find at a source, and cost there.
#[derive(SimpleObject)]
pub struct SourceEstimate {
    /// How many posts the platform says there are; null where it did not answer.
    posts: Option<i32>,
    /// The most that a job would spend, in US dollars.
    max_usd: Option<f64>,
    /// Why it is not known.
    reason: Option<String>,
}

/// A source that would be asked.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PreviewSource {
    /// Its name, as in `sources` of a query.
    name: String,
    /// Whether it answers on this server.
    state: SourceState,
    /// What it would be asked, where that is clear.
    #[graphql(skip)]
    asked: Option<(Vec<Term>, TimeRange)>,
}

#[ComplexObject]
impl PreviewSource {
    /// What the question would find and cost there; null where the platform cannot be asked that. X is asked when
    /// this is selected, for half a cent or one, so it takes a key that may ask questions.
    async fn estimate(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<SourceEstimate>> {
        let domain = context::domain(ctx)?;
        let who = context::principal(ctx, Scope::Write)?;
        let Some((terms, window)) = &self.asked else { return Ok(None) };
        let estimate = domain.estimate(who, &self.name, terms, *window).await;
        let estimate = estimate.map_err(failed(ctx))?;
        Ok(estimate.map(|estimate| match estimate {
            Ok(estimate) => SourceEstimate {
                posts: Some(i32::try_from(estimate.posts).unwrap_or(i32::MAX)),
                max_usd: Some(estimate.max_usd),
                reason: None,
            },
            Err(error) => {
                SourceEstimate { posts: None, max_usd: None, reason: Some(error.to_string()) }
            }
        }))
    }
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
        let terms = &preview.reading.terms;
        let asked = preview.window.map(|window| (terms.clone(), window));
        let source = |(name, state): (String, crate::model::source::SourceState)| PreviewSource {
            name,
            state: state.into(),
            asked: asked.clone(),
        };
        let sources = preview.sources.into_iter().map(source).collect();
        Ok(Self {
            reading: Some(Json(preview.reading)),
            assumptions: preview.assumptions,
            problems: preview.problems,
            window: preview.window.map(|window| DateRange::between(window.from, window.to)),
            sources,
            user_errors: Vec::new(),
        })
    }
}
