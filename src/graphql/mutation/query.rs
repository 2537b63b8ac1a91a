//! What changes saved questions, their schedules, runs and pins.

use async_graphql::{Context, Object};

use crate::domain::pin::PinFailure;
use crate::domain::query::CreateQueryError;
use crate::graphql::context::{domain, principal};
use crate::graphql::errors::{failed, to_graphql};
use crate::graphql::inputs::{
    BackfillQueryInput, CancelJobInput, CreateQueryInput, PinChartInput, QueryIdInput,
    RetryJobInput, RunQueryInput, ScheduleQueryInput, UnpinChartInput, UpdateQueryInput,
};
use crate::graphql::payloads::job::{CancelJobPayload, RetryJobPayload, RunQueryPayload};
use crate::graphql::payloads::pin::{PinChartPayload, UnpinChartPayload};
use crate::graphql::payloads::query::{
    CreateQueryPayload, CreateQueryUserError, DeleteQueryPayload, UpdateQueryPayload,
};
use crate::graphql::payloads::schedule::{BackfillQueryPayload, ScheduleQueryPayload};
use crate::graphql::types::job::{Job, parse_job_id, parse_query_id};
use crate::graphql::types::query::SavedQuery;
use crate::model::api_key::Scope;

#[derive(Default)]
pub struct QueryMutations;

#[Object]
impl QueryMutations {
    /// Saves a question and, unless `run` is false, runs it at once.
    async fn create_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: CreateQueryInput,
    ) -> async_graphql::Result<CreateQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        match domain(ctx)?.create_query(who, input.into()).await {
            Ok(created) => Ok(CreateQueryPayload {
                query: Some(SavedQuery(created.query)),
                job: created.job.map(Job),
                cursor: Some(created.cursor.to_string()),
                user_errors: Vec::new(),
            }),
            Err(CreateQueryError::Invalid(problems)) => Ok(CreateQueryPayload {
                query: None,
                job: None,
                cursor: None,
                user_errors: problems.into_iter().map(CreateQueryUserError).collect(),
            }),
            Err(CreateQueryError::Failed(error)) => Err(to_graphql(ctx, error)),
        }
    }

    /// Changes a saved question; its prompt is read anew where its meaning may have changed. A job that runs keeps
    /// what it began with, one that waits is of the query as it is when it starts.
    async fn update_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query, and what becomes different.")] input: UpdateQueryInput,
    ) -> async_graphql::Result<UpdateQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let updated = domain(ctx)?.update_query(who, id, &input.into()).await;
        UpdateQueryPayload::of(updated).map_err(failed(ctx))
    }

    /// Runs a saved query now, whatever its schedule says.
    async fn run_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query.")] input: RunQueryInput,
    ) -> async_graphql::Result<RunQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let started = domain(ctx)?.run_query(who, id, input.idempotency_key).await;
        RunQueryPayload::of(started).map_err(failed(ctx))
    }

    /// Runs the query of a job that has ended once more, for the same instant: its windows are those of
    /// the first run.
    async fn retry_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: RetryJobInput,
    ) -> async_graphql::Result<RetryJobPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_job_id(&input.job_id).map_err(failed(ctx))?;
        let started = domain(ctx)?.retry_job(who, id, input.idempotency_key).await;
        RetryJobPayload::of(started).map_err(failed(ctx))
    }

    /// Calls a job off. One that waits has ended when this answers, one that runs within a second.
    async fn cancel_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: CancelJobInput,
    ) -> async_graphql::Result<CancelJobPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_job_id(&input.job_id).map_err(failed(ctx))?;
        let cancelled = domain(ctx)?.cancel_job(who, id).await;
        CancelJobPayload::of(cancelled).map_err(failed(ctx))
    }

    /// Lets a query run by itself; it begins with the next fire.
    async fn schedule_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query, and when it runs.")] input: ScheduleQueryInput,
    ) -> async_graphql::Result<ScheduleQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let done = domain(ctx)?
            .schedule_query(who, id, &input.schedule.into(), input.idempotency_key)
            .await;
        ScheduleQueryPayload::of(done).map_err(failed(ctx))
    }

    /// Takes a query's schedule away; runs that were made stay.
    async fn unschedule_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query.")] input: QueryIdInput,
    ) -> async_graphql::Result<ScheduleQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let done = domain(ctx)?.unschedule_query(who, id).await;
        ScheduleQueryPayload::of(done).map_err(failed(ctx))
    }

    /// Deletes a query, its schedule and its pins, and calls off its jobs that have not ended. Its results, jobs
    /// and events stay, and it can still be seen by its id.
    async fn delete_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query.")] input: QueryIdInput,
    ) -> async_graphql::Result<DeleteQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let deleted = domain(ctx)?.delete_query(who, id).await.map_err(failed(ctx))?;
        Ok(DeleteQueryPayload::of(deleted))
    }

    /// Stops a query's schedule until it is resumed; what would fire meanwhile is left out.
    async fn pause_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query.")] input: QueryIdInput,
    ) -> async_graphql::Result<ScheduleQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let done = domain(ctx)?.pause_query(who, id).await;
        ScheduleQueryPayload::of(done).map_err(failed(ctx))
    }

    /// Lets a query's schedule go on that was paused, or that a failed run had stopped.
    async fn resume_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query.")] input: QueryIdInput,
    ) -> async_graphql::Result<ScheduleQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let done = domain(ctx)?.resume_query(who, id).await;
        ScheduleQueryPayload::of(done).map_err(failed(ctx))
    }

    /// Runs a query for each fire of its schedule in a past range, at most 1,000, when nothing else is to
    /// be done.
    async fn backfill_query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which query, and which past range.")] input: BackfillQueryInput,
    ) -> async_graphql::Result<BackfillQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        let id = parse_query_id(&input.query_id).map_err(failed(ctx))?;
        let (from, to) = (input.from.0, input.to.0);
        let done = domain(ctx)?.backfill_query(who, id, from, to, input.idempotency_key).await;
        BackfillQueryPayload::of(done).map_err(failed(ctx))
    }

    /// Keeps a chart of a query on the workspace's overview; what is there already stays as it is.
    async fn pin_chart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which chart of which query.")] input: PinChartInput,
    ) -> async_graphql::Result<PinChartPayload> {
        let who = principal(ctx, Scope::Write)?;
        let Ok(query) = input.query_id.parse() else {
            return PinChartPayload::of(Err(PinFailure::QueryNotFound)).map_err(failed(ctx));
        };
        let pinned = domain(ctx)?.pin_chart(who, query, input.chart.into()).await;
        PinChartPayload::of(pinned).map_err(failed(ctx))
    }

    /// Takes a chart off the workspace's overview.
    async fn unpin_chart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pin.")] input: UnpinChartInput,
    ) -> async_graphql::Result<UnpinChartPayload> {
        let who = principal(ctx, Scope::Write)?;
        let Ok(id) = input.pin_id.parse() else {
            return Ok(UnpinChartPayload::of(None));
        };
        let unpinned = domain(ctx)?.unpin_chart(who, id).await.map_err(failed(ctx))?;
        Ok(UnpinChartPayload::of(unpinned))
    }
}
