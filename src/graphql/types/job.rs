//! One run of a query.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::delivery::Delivery;
use super::query::SavedQuery;
use super::scrape_log::ScrapeLog;
use super::storage_object::StorageObject;
use crate::error::{Code, Error};
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{loaders, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::limits::list_cost;
use crate::graphql::loaders::{JobsOf, ResultOf};
use crate::graphql::scalars::Instant;
use crate::model::delivery::DeliveryFilter;
use crate::model::id::JobId;
use crate::model::page::Order;
use crate::model::scrape_log::ScrapeLogFilter;
use crate::model::{job, result};

/// Queued, then running, then one of the other three, which are final.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "job::JobStatus")]
pub enum JobStatus {
    /// It waits to be started.
    Queued,
    /// It is being worked on.
    Running,
    /// It ended with a result.
    Completed,
    /// It ended without one; `error` says why.
    Failed,
    /// It was called off.
    Cancelled,
}

/// Why a job exists.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "job::JobTrigger")]
pub enum JobTrigger {
    /// Made together with its query.
    Submitted,
    /// Made by the query's schedule.
    Scheduled,
    /// A later run asked for by hand.
    Manual,
    /// Another run of a job that had ended, for the same instant.
    Retry,
    /// One of the runs over a past range.
    Backfill,
}

/// What a source covered of what was asked of it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "result::CoverageStatus")]
pub enum CoverageStatus {
    /// Not asked yet.
    Pending,
    /// Being asked.
    Running,
    /// Everything that was asked for.
    Complete,
    /// A budget was reached; there is more.
    Truncated,
    /// A part of what was asked for.
    Partial,
    /// It cannot answer such a question.
    Unsupported,
    /// It is not configured on this server.
    AuthMissing,
    /// It refused to answer more for now.
    RateLimited,
    /// It failed.
    Error,
}

/// Why a job failed.
#[derive(SimpleObject)]
pub struct JobError {
    /// Stable and in capitals, for programs.
    code: String,
    /// What happened and what to do, for people.
    message: String,
    /// Whether the same question may succeed later.
    retryable: bool,
}

/// What one source gave to a job.
#[derive(SimpleObject)]
pub struct SourceProgress {
    /// Its name.
    source: String,
    /// What it covered.
    status: CoverageStatus,
    /// Calls made upstream.
    requests: i32,
    /// Posts it gave.
    documents: i32,
    /// Why it covered no more.
    reason: Option<String>,
}

pub struct Job(pub job::Job);

/// One run of a query.
#[Object]
impl Job {
    /// `job_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The query it is a run of.
    async fn query(&self, ctx: &Context<'_>) -> Nullable<SavedQuery> {
        async {
            let query = loaders(ctx)?.load(self.0.query_id).await.map_err(failed(ctx))?;
            Ok(query.map(SavedQuery))
        }
        .await
        .transpose()
    }

    /// Where it stands.
    async fn status(&self) -> JobStatus {
        self.0.status.into()
    }

    /// Why it exists.
    async fn trigger(&self) -> JobTrigger {
        self.0.trigger.into()
    }

    /// The instant that windows such as "the last 7 days" end at, the same for every attempt.
    async fn reference_time(&self) -> Instant {
        Instant(self.0.reference_time())
    }

    /// The fire time of its schedule.
    async fn scheduled_for(&self) -> Option<Instant> {
        self.0.scheduled_for.map(Instant)
    }

    /// When it was made.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// When its latest attempt began.
    async fn started_at(&self) -> Option<Instant> {
        self.0.started_at.map(Instant)
    }

    /// When it ended.
    async fn completed_at(&self) -> Option<Instant> {
        self.0.completed_at.map(Instant)
    }

    /// How often it was started.
    async fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// How often it is started at most.
    async fn max_attempts(&self) -> u32 {
        self.0.max_attempts
    }

    /// Why it failed.
    async fn error(&self) -> Option<JobError> {
        self.0.error.clone().map(|error| JobError {
            code: error.code,
            message: error.message,
            retryable: error.retryable,
        })
    }

    /// What each source gave; while it runs, as of the last second or two.
    async fn sources(&self) -> Vec<SourceProgress> {
        let progress = |source: &job::SourceProgress| SourceProgress {
            source: source.source.clone(),
            status: source.status.into(),
            requests: int(source.requests),
            documents: int(source.documents),
            reason: source.reason.clone(),
        };
        self.0.sources.iter().map(progress).collect()
    }

    /// Its result, once completed and until deleted.
    async fn result(&self, ctx: &Context<'_>) -> Nullable<StorageObject> {
        async {
            if self.0.status != job::JobStatus::Completed {
                return Ok(None);
            }
            let object = loaders(ctx)?.load(ResultOf(self.0.id)).await.map_err(failed(ctx))?;
            Ok(object.map(StorageObject))
        }
        .await
        .transpose()
    }

    /// Where its end is announced, newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
    ) -> Nullable<Counted<Delivery>> {
        let filter = DeliveryFilter { job_id: Some(self.0.id), ..DeliveryFilter::default() };
        let page = PageArguments { first, after, last, before };
        Delivery::list(ctx, page, filter).await.transpose()
    }

    /// What its sources were asked and answered, newest first, as long as it is kept (`scrapeLogDays`).
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn scrape_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only what this source was asked.")] source: Option<String>,
    ) -> Nullable<Counted<ScrapeLog>> {
        let filter = ScrapeLogFilter { job_id: Some(self.0.id), source };
        let page = PageArguments { first, after, last, before };
        ScrapeLog::list(ctx, page, filter).await.transpose()
    }
}

impl Job {
    /// A page of jobs.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: job::JobFilter,
        order: Order<job::JobField>,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice_by::<JobId, _>(order).map_err(failed(ctx))?;
        let page = match (filter.of_query_alone(), slice.first_page()) {
            (Some(query), Some(first)) => {
                let page = loaders(ctx)?.load(JobsOf(query, first)).await;
                page.map_err(failed(ctx))?.unwrap_or_default()
            }
            _ => domain.jobs(who, &filter, &slice).await.map_err(failed(ctx))?,
        };
        let node = |job: job::Job| (job.id.to_string(), Self(job));
        Ok(Some(connection(page, &slice, Counter::Jobs(filter), node)))
    }
}

/// A count as GraphQL's 32-bit integer.
fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub fn parse_query_id(id: &ID) -> Result<crate::model::id::QueryId, Error> {
    id.parse().map_err(|_| {
        Error::new(Code::BadUserInput, format!("`{}` is not a query's id", id.as_str()))
    })
}

pub fn parse_job_id(id: &ID) -> Result<JobId, Error> {
    id.parse()
        .map_err(|_| Error::new(Code::BadUserInput, format!("`{}` is not a job's id", id.as_str())))
}
