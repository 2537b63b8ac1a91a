//! How a question would be read and who would answer it; nothing is stored or run.

use chrono_tz::Tz;

use super::query::distinct;
use super::reading::Beside;
use super::submission::{InputProblem, NewQuery};
use super::{Domain, require};
use crate::analysis::reading::{effective_sources, window};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::reading::{Reading, Term};
use crate::model::source::{self, Estimate, SourceState};
use crate::model::window::TimeRange;
use crate::sources::exchange::Log;
use crate::sources::{CollectRequest, Requests, SourceError};

/// What would become of a question, were it asked now.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryPreview {
    pub reading: Reading,
    pub assumptions: Vec<String>,
    /// Why it could not be answered as it is read.
    pub problems: Vec<String>,
    /// The time that would be looked at; `None` when that cannot be.
    pub window: Option<TimeRange>,
    /// Whom it would ask, as they are now.
    pub sources: Vec<(String, SourceState)>,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum PreviewQueryError {
    #[error("the input has problems")]
    Invalid(Vec<InputProblem>),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Domain {
    /// What a question would find and cost at a source, where its platform can be asked that; that may cost
    /// something, so it takes a key that may ask questions.
    ///
    /// # Errors
    /// `FORBIDDEN` with a key that only reads.
    pub async fn estimate(
        &self,
        who: &Principal,
        source: &str,
        terms: &[Term],
        window: TimeRange,
    ) -> Result<Option<Result<Estimate, SourceError>>, Error> {
        require(who, Scope::Write)?;
        let Some(connector) = self.connector(source) else { return Ok(None) };
        let estimating = connector.estimate(CollectRequest {
            workspace: who.workspace_id,
            source: source.to_owned(),
            window,
            terms: terms.to_vec(),
            requests: Requests::default(),
            log: Log::default(),
        });
        Ok(match estimating {
            Some(estimating) => Some(estimating.await),
            None => None,
        })
    }

    /// Reads a question as `create_query` would.
    ///
    /// # Errors
    /// Every problem of the input at once, or what failed.
    pub async fn preview_query(
        &self,
        who: &Principal,
        asked: &NewQuery,
    ) -> Result<QueryPreview, PreviewQueryError> {
        require(who, Scope::Read)?;
        let zone = asked.timezone.as_deref().and_then(|zone| zone.parse::<Tz>().ok());
        let (now, zone) = (self.clock.now(), zone.unwrap_or(who.timezone));
        let mut problems = self.check_input(asked, zone);
        let sources = distinct(asked.sources.clone().unwrap_or_default());
        problems.extend(self.check_sources(who.workspace_id, &sources).await?);
        let given = asked.reading.as_ref();
        problems.extend(self.check_reading_sources(who.workspace_id, given).await?);
        if !problems.is_empty() {
            return Err(PreviewQueryError::Invalid(problems));
        }
        let date_range = asked.date_range;
        let beside = Beside { sources: &sources, date_range, reference: now, timezone: zone };
        let read = self.understand(who.workspace_id, &asked.prompt, given, &beside).await?;
        let mut assumptions = read.assumptions;
        let mut problems: Vec<String> = read.reading.reason.iter().cloned().collect();
        let resolved = window::resolve(read.reading.window.as_ref(), asked.date_range, now, zone);
        let window = match resolved {
            Ok((window, assumed)) => {
                assumptions.extend(assumed);
                Some(window)
            }
            Err(error) => {
                problems.push(error.to_string());
                None
            }
        };
        let requested = (!sources.is_empty()).then_some(sources.as_slice());
        let ready = match requested {
            Some(_) => Vec::new(),
            None => self.ready_sources(who.workspace_id).await?,
        };
        let (names, chosen) = effective_sources(&read.reading, requested, &ready);
        assumptions.extend(chosen);
        let state = |name: String| {
            let kind = source::find(&name);
            let state = kind.map_or(SourceState::NotConfigured, |kind| self.source_state(kind));
            (name, state)
        };
        let sources = names.into_iter().map(state).collect();
        Ok(QueryPreview { reading: read.reading, assumptions, problems, window, sources })
    }
}
