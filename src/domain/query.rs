//! Asking: a checked question is read and committed together with its first job and task.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono_tz::Tz;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::reading::{self, Beside};
use super::schedule::NewSchedule;
use super::submission::{CreateQueryErrorCode, InputProblem, NewQuery, check};
use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::event::{Cursor, NewEvent, QUERY_DELETED};
use crate::model::id::QueryId;
use crate::model::job::{Job, JobTrigger};
use crate::model::page::{Page, Slice};
use crate::model::query::{DEFAULT_LIMIT, QueryField, QueryFilter, SavedQuery};
use crate::model::storage_object::storage_key;
use crate::store::{IdempotencyKey, Submission, Submitted};
use crate::telemetry::traces::{self, Part};

/// Said of a schedule that nobody gave.
const BY_PROMPT: &str = "the prompt names when it is to be asked again: it runs by that, and at once only where `run` asks for it";

/// What a question became.
#[derive(Clone, Debug)]
pub struct CreatedQuery {
    pub query: SavedQuery,
    pub job: Option<Job>,
    /// The log before the job: whoever follows from here misses nothing of it.
    pub cursor: Cursor,
}

/// Why a question was not taken; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CreateQueryError {
    #[error("the input has problems")]
    Invalid(Vec<InputProblem>),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<crate::store::StoreError> for CreateQueryError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Domain {
    /// Checks, reads and commits a question with its first job.
    ///
    /// # Errors
    /// Every problem of the input at once, or what failed; in both cases nothing was written.
    pub async fn create_query(
        &self,
        who: &Principal,
        new: NewQuery,
    ) -> Result<CreatedQuery, CreateQueryError> {
        require(who, Scope::Write)?;
        let mut problems = self.check_input(&new, who.timezone);
        let sources = distinct(new.sources.clone().unwrap_or_default());
        problems.extend(self.check_sources(who.workspace_id, &sources).await?);
        let given = new.reading.as_ref();
        problems.extend(self.check_reading_sources(who.workspace_id, given).await?);
        if !problems.is_empty() {
            return Err(CreateQueryError::Invalid(problems));
        }
        let idempotency = new.idempotency_key.clone().map(|key| IdempotencyKey {
            operation: "createQuery",
            key,
            request_hash: request_hash(&new, &sources),
        });
        let (runs, given) = (new.run, new.schedule.clone());
        let mut query = self.read_query(who, new, sources).await?;
        let named = scheduled_by_prompt(&query).filter(|_| given.is_none());
        let place = if named.is_some() { "reading" } else { "schedule" };
        if named.is_some() {
            query.assumptions.push(BY_PROMPT.to_owned());
        }
        let asked = given.or(named);
        let runs = runs.unwrap_or(asked.is_none());
        let schedule = asked.map(|asked| self.new_schedule(&asked, &query)).transpose();
        let schedule = schedule.map_err(|wrong| {
            let code = CreateQueryErrorCode::ScheduleInvalid;
            let path = if place == "reading" { [place, "schedule"] } else { [place, wrong.field] };
            CreateQueryError::Invalid(vec![InputProblem::new(code, &path, wrong.message)])
        })?;
        let job = if runs { Some(self.first_job(&query)?) } else { None };
        let made = json!({ "prompt": query.prompt, "jobId": job.as_ref().map(|job| job.id) });
        let audit = self.entry(who, Operation::CreateQuery, &query.id, made)?;
        let submission = Submission { query, job, schedule, idempotency, audit };
        let (at, began) = (self.clock.now(), Instant::now());
        let submitted = self.store.submit(submission.clone()).await?;
        if let (Some(job), Submitted::New { .. }) = (&submission.job, &submitted) {
            traces::job_made(job.id);
            self.traces.record(job.id, Part::Commit, at, began.elapsed(), false);
        }
        self.created(submission, submitted).await
    }

    /// Everything that is wrong with a question and can be told without a look at what is stored.
    pub fn check_input(&self, new: &NewQuery, timezone: Tz) -> Vec<InputProblem> {
        let now = self.clock.now();
        let mut problems = check(new, now);
        problems.extend(reading::check(new, now, timezone));
        problems.extend(new.webhook_url.as_deref().and_then(|url| self.check_webhook_url(url)));
        problems
    }

    async fn created(
        &self,
        submission: Submission,
        submitted: Submitted,
    ) -> Result<CreatedQuery, CreateQueryError> {
        let workspace_id = submission.query.workspace_id;
        let (query, job, log) = match submitted {
            Submitted::New { log, .. } => (submission.query, submission.job, log),
            Submitted::Replayed { query_id, job_id, log } => {
                let query = self.store.query(workspace_id, query_id).await?;
                let gone = || Error::not_found("what this idempotency key made was deleted since");
                let job = match job_id {
                    Some(id) => self.store.job(workspace_id, id).await?,
                    None => None,
                };
                (query.ok_or_else(gone)?, job, log)
            }
            Submitted::KeyReused => return Err(CreateQueryError::Invalid(vec![key_reused()])),
        };
        let cursor = Cursor { workspace_id, epoch: log.epoch, seq: log.seq };
        Ok(CreatedQuery { query, job, cursor })
    }

    async fn read_query(
        &self,
        who: &Principal,
        new: NewQuery,
        sources: Vec<String>,
    ) -> Result<SavedQuery, Error> {
        let given_zone = new.timezone.as_deref().and_then(|zone| zone.parse::<Tz>().ok());
        let timezone = given_zone.unwrap_or(who.timezone);
        let now = self.clock.now();
        let limit = new.limit.and_then(|limit| u32::try_from(limit).ok());
        let date_range = new.date_range;
        let beside = Beside { sources: &sources, date_range, reference: now, timezone };
        let given = new.reading.as_ref();
        let understood = self.understand(who.workspace_id, &new.prompt, given, &beside).await?;
        Ok(SavedQuery {
            id: self.clock.new_id()?,
            workspace_id: who.workspace_id,
            name: new.name.map(|name| name.trim().to_owned()),
            prompt: new.prompt,
            sources,
            date_range: new.date_range,
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            reading: Box::new(understood.reading),
            reader: understood.reader,
            assumptions: understood.assumptions,
            timezone,
            output_schema: new.output_schema.map(Box::new),
            webhook_url: new.webhook_url,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        })
    }

    /// Its reference time is the query's own.
    fn first_job(&self, query: &SavedQuery) -> Result<Job, Error> {
        let job = self.new_job(query.workspace_id, query.id, JobTrigger::Submitted, None)?;
        let storage_key = storage_key(query.id, query.created_at, 0);
        Ok(Job { storage_key, created_at: query.created_at, ..job })
    }

    pub async fn query(&self, who: &Principal, id: QueryId) -> Result<Option<SavedQuery>, Error> {
        Ok(self.store.query(who.workspace_id, id).await?)
    }

    pub async fn queries_by_id(
        &self,
        who: &Principal,
        ids: &[QueryId],
    ) -> Result<Vec<SavedQuery>, Error> {
        Ok(self.store.queries_by_id(who.workspace_id, ids).await?)
    }

    /// Deletes a query with its schedule and its pins, and calls off its jobs that have not ended. It can still be seen
    /// by its id, as its results and events stay. Nothing is answered when there is no such query, or it
    /// was deleted before.
    pub async fn delete_query(
        &self,
        who: &Principal,
        id: QueryId,
    ) -> Result<Option<SavedQuery>, Error> {
        require(who, Scope::Write)?;
        let audit = self.entry(who, Operation::DeleteQuery, &id, json!({}))?;
        let event = NewEvent {
            id: self.clock.new_id()?,
            kind: QUERY_DELETED,
            occurred_at: audit.at,
            query_id: Some(id),
            facts: Map::from_iter([("query_id".to_owned(), id.to_string().into())]),
        };
        if self.store.delete_query(who.workspace_id, id, event, audit).await? {
            return self.query(who, id).await;
        }
        Ok(None)
    }

    /// Queries that are not deleted and fit.
    pub async fn queries(
        &self,
        who: &Principal,
        filter: &QueryFilter,
        field: QueryField,
        slice: &Slice,
    ) -> Result<Page<SavedQuery>, Error> {
        Ok(self.store.queries(who.workspace_id, filter, field, slice).await?)
    }

    pub async fn count_queries(&self, who: &Principal, filter: &QueryFilter) -> Result<u64, Error> {
        Ok(self.store.count_queries(who.workspace_id, filter).await?)
    }
}

/// A prompt may name when it is to be asked again: "Every Monday at 9am".
fn scheduled_by_prompt(query: &SavedQuery) -> Option<NewSchedule> {
    let cron = query.reading.schedule.clone()?;
    Some(NewSchedule { cron: Some(cron), ..NewSchedule::default() })
}

pub(super) fn distinct(sources: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let trimmed = sources.into_iter().map(|source| source.trim().to_owned());
    trimmed.filter(|source| seen.insert(source.clone())).collect()
}

/// Two requests are the same when everything but the key is, defaults included.
fn request_hash(new: &NewQuery, sources: &[String]) -> String {
    let filled = NewQuery {
        sources: Some(sources.to_owned()),
        limit: Some(new.limit.unwrap_or(DEFAULT_LIMIT.into())),
        run: Some(new.run.unwrap_or(new.schedule.is_none())),
        ..new.clone()
    };
    let text = serde_json::to_vec(&filled).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}

fn key_reused() -> InputProblem {
    InputProblem::new(
        CreateQueryErrorCode::IdempotencyKeyReused,
        &["idempotencyKey"],
        "this idempotency key was used for another request within 24 hours; use a new one",
    )
}
