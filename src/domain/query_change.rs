//! Changing a saved question. What is changed is checked like a new one, and read anew where the reading
//! depends on it.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::query::distinct;
use super::reading::Beside;
use super::submission::{InputProblem, NewQuery};
use super::{Domain, require};
use crate::error::{Code, Error};
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::id::QueryId;
use crate::model::query::{DEFAULT_LIMIT, SavedQuery};
use crate::model::window::DateRange;

/// How often a change is tried while others change the same query.
const ATTEMPTS: usize = 20;

/// What of a query is to become different; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryChange {
    pub prompt: Option<String>,
    /// Empty means all sources that are ready when a job runs.
    pub sources: Option<Vec<String>>,
    pub date_range: Option<Change<DateRange>>,
    pub limit: Option<i64>,
    pub name: Option<Change<String>>,
    pub timezone: Option<String>,
    /// How its prompt is meant; when not given, it is read anew once what it depends on is changed.
    pub reading: Option<Value>,
    pub output_schema: Option<Change<Value>>,
    pub webhook_url: Option<Change<String>>,
}

/// What becomes of something that a query may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    Set(T),
    Clear,
}

impl<T: Clone> Change<T> {
    fn value(&self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value.clone()),
            Self::Clear => None,
        }
    }
}

/// Why a query was not changed; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum UpdateQueryError {
    #[error("there is no such query")]
    NotFound,
    #[error("the input has problems")]
    Invalid(Vec<InputProblem>),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl QueryChange {
    /// What is checked like a new query: it says nothing about what stays.
    fn as_new(&self, query: &SavedQuery) -> NewQuery {
        NewQuery {
            prompt: self.prompt.clone().unwrap_or_else(|| query.prompt.clone()),
            sources: self.sources.clone(),
            date_range: self.date_range.as_ref().and_then(Change::value),
            limit: self.limit,
            name: self.name.as_ref().and_then(Change::value),
            timezone: self.timezone.clone(),
            reading: self.reading.clone(),
            output_schema: self.output_schema.as_ref().and_then(Change::value),
            webhook_url: self.webhook_url.as_ref().and_then(Change::value),
            ..NewQuery::default()
        }
    }

    /// What it changes, named as in GraphQL.
    fn fields(&self) -> Vec<&'static str> {
        let fields = [
            ("prompt", self.prompt.is_some()),
            ("sources", self.sources.is_some()),
            ("dateRange", self.date_range.is_some()),
            ("limit", self.limit.is_some()),
            ("name", self.name.is_some()),
            ("timezone", self.timezone.is_some()),
            ("reading", self.reading.is_some()),
            ("outputSchema", self.output_schema.is_some()),
            ("webhookUrl", self.webhook_url.is_some()),
        ];
        fields.into_iter().filter_map(|(field, changes)| changes.then_some(field)).collect()
    }

    fn is_of_reading(&self) -> bool {
        let Self { prompt, sources, date_range, timezone, reading, .. } = self;
        prompt.is_some()
            || sources.is_some()
            || date_range.is_some()
            || timezone.is_some()
            || reading.is_some()
    }

    fn apply(&self, query: &mut SavedQuery) {
        if let Some(prompt) = &self.prompt {
            query.prompt.clone_from(prompt);
        }
        if let Some(sources) = &self.sources {
            query.sources = distinct(sources.clone());
        }
        if let Some(range) = &self.date_range {
            query.date_range = range.value();
        }
        if let Some(limit) = self.limit {
            query.limit = u32::try_from(limit).unwrap_or(DEFAULT_LIMIT);
        }
        if let Some(name) = &self.name {
            query.name = name.value().map(|name| name.trim().to_owned());
        }
        if let Some(timezone) = self.timezone.as_ref().and_then(|zone| zone.parse::<Tz>().ok()) {
            query.timezone = timezone;
        }
        if let Some(schema) = &self.output_schema {
            query.output_schema = schema.value().map(Box::new);
        }
        if let Some(url) = &self.webhook_url {
            query.webhook_url = url.value();
        }
    }
}

impl Domain {
    /// Changes a query. Jobs that run meanwhile keep what they began with.
    ///
    /// # Errors
    /// Every problem of the input at once, or what failed; in both cases nothing was written.
    pub async fn update_query(
        &self,
        who: &Principal,
        id: QueryId,
        change: &QueryChange,
    ) -> Result<SavedQuery, UpdateQueryError> {
        require(who, Scope::Write)?;
        for _ in 0..ATTEMPTS {
            let query = self.query(who, id).await?.filter(|query| query.deleted_at.is_none());
            let query = query.ok_or(UpdateQueryError::NotFound)?;
            let changed = self.changed(who, &query, change).await?;
            let audit = self.entry(
                who,
                Operation::UpdateQuery,
                &id,
                json!({ "changed": change.fields() }),
            )?;
            let written = self.store.update_query(changed.clone(), query.updated_at, audit).await;
            if written.map_err(Error::from)? {
                return Ok(changed);
            }
        }
        let message = "others change this query all the time; try again";
        Err(Error::new(Code::Conflict, message).into())
    }

    async fn changed(
        &self,
        who: &Principal,
        query: &SavedQuery,
        change: &QueryChange,
    ) -> Result<SavedQuery, UpdateQueryError> {
        let mut problems = self.check_input(&change.as_new(query), query.timezone);
        if let Some(sources) = &change.sources {
            let sources = distinct(sources.clone());
            problems.extend(self.check_sources(who.workspace_id, &sources).await?);
        }
        let given = change.reading.as_ref();
        problems.extend(self.check_reading_sources(who.workspace_id, given).await?);
        if !problems.is_empty() {
            return Err(UpdateQueryError::Invalid(problems));
        }
        let now = self.clock.now();
        let mut changed = query.clone();
        change.apply(&mut changed);
        if change.is_of_reading() {
            let beside = Beside {
                sources: &changed.sources,
                date_range: changed.date_range,
                reference: now,
                timezone: changed.timezone,
            };
            let prompt = &changed.prompt;
            let read = self.understand(who.workspace_id, prompt, given, &beside).await?;
            changed.reading = Box::new(read.reading);
            changed.reader = read.reader;
            changed.assumptions = read.assumptions;
        }
        // Each change has a time of its own, by which the next one sees that it came between.
        changed.updated_at = now.max(query.updated_at + chrono::TimeDelta::milliseconds(1));
        Ok(changed)
    }
}
