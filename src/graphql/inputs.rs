//! Inputs of queries and mutations.

use async_graphql::{ID, InputObject};

use super::scalars::{Instant, Url};
use super::types::delivery::DeliveryStatus;
use super::types::job::JobStatus;
use crate::domain::submission::NewQuery;
use crate::model::window::DateRange;

/// A span of time: from `start` up to `end`.
#[derive(InputObject)]
pub struct DateRangeInput {
    /// The first instant inside.
    start: Instant,
    /// The first instant outside; an end whose seconds are 59 includes that second.
    end: Instant,
}

/// A question to save and, unless said otherwise, to run at once.
#[derive(InputObject)]
pub struct CreateQueryInput {
    /// The question in plain language, at most 4,000 characters.
    prompt: String,
    /// Names of sources, such as `dataset:posts`; all that are ready when not given.
    sources: Option<Vec<String>>,
    /// The time asked about; it beats a time named in the prompt.
    date_range: Option<DateRangeInput>,
    /// How many posts the result lists, 1 to 1,000; it never caps what is counted.
    #[graphql(default_with = "Some(100)")]
    limit: Option<i32>,
    /// A name to find the query by.
    name: Option<String>,
    /// The IANA time zone that days and weeks are meant in; the workspace's when not given.
    timezone: Option<String>,
    /// Where the end of each of its jobs is announced: an https address that answers 2xx within 10
    /// seconds. It is signed with the workspace's secret.
    webhook_url: Option<Url>,
    /// Whether to run at once; yes when not given.
    run: Option<bool>,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    idempotency_key: Option<String>,
}

impl From<CreateQueryInput> for NewQuery {
    fn from(input: CreateQueryInput) -> Self {
        Self {
            prompt: input.prompt,
            sources: input.sources,
            date_range: input
                .date_range
                .map(|range| DateRange { start: range.start.0, end: range.end.0 }),
            limit: input.limit.map(Into::into),
            name: input.name,
            timezone: input.timezone,
            webhook_url: input.webhook_url.map(|url| url.0),
            run: input.run,
            idempotency_key: input.idempotency_key,
        }
    }
}

/// A saved query to run now.
#[derive(InputObject)]
pub struct RunQueryInput {
    /// The query, `qry_…`.
    pub query_id: ID,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    pub idempotency_key: Option<String>,
}

/// A job to run once more.
#[derive(InputObject)]
pub struct RetryJobInput {
    /// A job that has ended, `job_…`.
    pub job_id: ID,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    pub idempotency_key: Option<String>,
}

/// A job to call off.
#[derive(InputObject)]
pub struct CancelJobInput {
    /// The job, `job_…`.
    pub job_id: ID,
}

/// Narrows a list of jobs.
#[derive(InputObject)]
pub struct JobFilter {
    /// Only jobs of this query.
    pub query_id: Option<ID>,
    /// Only jobs in one of these states.
    pub statuses: Option<Vec<JobStatus>>,
}

/// Narrows a list of results.
#[derive(InputObject)]
pub struct StorageObjectFilter {
    /// Only results of this query.
    pub query_id: Option<ID>,
}

/// Narrows a list of deliveries.
#[derive(InputObject)]
pub struct DeliveryFilter {
    /// Only deliveries of this query's events.
    pub query_id: Option<ID>,
    /// Only deliveries of this job's events.
    pub job_id: Option<ID>,
    /// Only deliveries in one of these states.
    pub statuses: Option<Vec<DeliveryStatus>>,
}
