//! A saved question.

use async_graphql::{Context, ID, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::job::Job;
use super::schedule::{QueryState, Schedule};
use super::storage_object::StorageObject;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{loaders, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::limits::list_cost;
use crate::graphql::lists::{JobFilter, JobOrder, checked};
use crate::graphql::loaders::{LatestJobOf, LatestResultOf, ScheduleOf};
use crate::graphql::scalars::{Instant, Url};
use crate::model::id::QueryId;
use crate::model::job::{self, JobStatus};
use crate::model::page::{Order, SortField};
use crate::model::reading::Reading;
use crate::model::{query, schedule};

/// A span of time: from `start` up to `end`.
#[derive(SimpleObject)]
pub struct DateRange {
    /// The first instant inside.
    start: Instant,
    /// The first instant outside.
    end: Instant,
}

impl DateRange {
    pub fn between(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { start: Instant(start), end: Instant(end) }
    }
}

pub struct SavedQuery(pub query::SavedQuery);

/// A saved question. Deleting one leaves it out of every list; its jobs and results stay.
#[Object]
impl SavedQuery {
    /// `qry_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// A name to find it by.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The question as asked.
    async fn prompt(&self) -> &str {
        &self.0.prompt
    }

    /// The sources it was asked of; empty means all that are ready when a job runs.
    async fn sources(&self) -> &[String] {
        &self.0.sources
    }

    /// The time it was asked about, when given beside the prompt.
    async fn date_range(&self) -> Option<DateRange> {
        let given = self.0.date_range;
        given.map(|range| DateRange::between(range.start, range.end))
    }

    /// How many posts a result lists; it never caps what is counted.
    async fn limit(&self) -> u32 {
        self.0.limit
    }

    /// The IANA time zone that days and weeks are meant in.
    async fn timezone(&self) -> &str {
        self.0.timezone.name()
    }

    /// When it runs by itself.
    async fn schedule(&self, ctx: &Context<'_>) -> Nullable<Schedule> {
        async {
            let schedule = loaders(ctx)?.load(ScheduleOf(self.0.id)).await.map_err(failed(ctx))?;
            Ok(schedule.map(Schedule))
        }
        .await
        .transpose()
    }

    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> async_graphql::Result<QueryState> {
        let loaders = loaders(ctx)?;
        let schedule = loaders.load(ScheduleOf(self.0.id)).await.map_err(failed(ctx))?;
        let job = loaders.load(LatestJobOf(self.0.id)).await.map_err(failed(ctx))?;
        let runs = job.is_some_and(|job| job.status == JobStatus::Running);
        Ok(schedule::QueryState::of(schedule.as_ref(), runs).into())
    }

    /// Where the end of each of its jobs is announced.
    async fn webhook_url(&self) -> Option<Url> {
        self.0.webhook_url.clone().map(Url)
    }

    /// How the prompt was understood; every run measures by this.
    async fn reading(&self) -> Json<Reading> {
        Json(Reading::clone(&self.0.reading))
    }

    /// The form that its answers are given in as well, as JSON Schema.
    async fn output_schema(&self) -> Option<Json<Value>> {
        self.0.output_schema.as_deref().cloned().map(Json)
    }

    /// Choices made where the prompt left them open.
    async fn assumptions(&self) -> &[String] {
        &self.0.assumptions
    }

    /// When it was saved.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> Instant {
        Instant(self.0.updated_at)
    }

    /// When it was deleted.
    async fn deleted_at(&self) -> Option<Instant> {
        self.0.deleted_at.map(Instant)
    }

    /// Its newest job.
    async fn latest_job(&self, ctx: &Context<'_>) -> Nullable<Job> {
        async {
            let job = loaders(ctx)?.load(LatestJobOf(self.0.id)).await.map_err(failed(ctx))?;
            Ok(job.map(Job))
        }
        .await
        .transpose()
    }

    /// Its newest result that still exists.
    async fn latest_result(&self, ctx: &Context<'_>) -> Nullable<StorageObject> {
        async {
            let object =
                loaders(ctx)?.load(LatestResultOf(self.0.id)).await.map_err(failed(ctx))?;
            Ok(object.map(StorageObject))
        }
        .await
        .transpose()
    }

    /// Its jobs, newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only jobs that fit; of this query in any case.")] filter: Option<
            JobFilter,
        >,
        #[graphql(desc = "Newest first when not given.")] order_by: Option<JobOrder>,
    ) -> Nullable<Counted<Job>> {
        async {
            let mut filter: job::JobFilter = checked(filter).map_err(failed(ctx))?;
            filter.query_id = Some(self.0.id);
            let order = order_by.map(Into::into).unwrap_or_default();
            Job::list(ctx, PageArguments { first, after, last, before }, filter, order).await
        }
        .await
        .transpose()
    }
}

impl SavedQuery {
    /// A page of queries.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: query::QueryFilter,
        order: Order<query::QueryField>,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice_by::<QueryId, _>(order).map_err(failed(ctx))?;
        let page = domain.queries(who, &filter, order.field, &slice).await.map_err(failed(ctx))?;
        let node =
            |query: query::SavedQuery| (order.field.place(&query).cursor(order.field), Self(query));
        Ok(Some(connection(page, &slice, Counter::Queries(filter), node)))
    }
}
