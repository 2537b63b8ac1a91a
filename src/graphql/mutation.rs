//! The mutation root.

use async_graphql::{Context, Object};

use super::context::{admin, domain, principal};
use super::errors::{failed, to_graphql};
use super::inputs::{
    BackfillQueryInput, CancelJobInput, CreateApiKeyInput, CreateDownloadLinkInput,
    CreateQueryInput, DeleteDatasetInput, QueryIdInput, RetryJobInput, RevokeApiKeyInput,
    RevokeDownloadLinkInput, RunQueryInput, ScheduleQueryInput, UpdateQueryInput,
    UpdateWorkspaceInput,
};
use super::payloads::api_key::{CreateApiKeyPayload, RevokeApiKeyPayload};
use super::payloads::dataset::DeleteDatasetPayload;
use super::payloads::download_link::{CreateDownloadLinkPayload, RevokeDownloadLinkPayload};
use super::payloads::job::{CancelJobPayload, RetryJobPayload, RunQueryPayload};
use super::payloads::query::{
    CreateQueryPayload, CreateQueryUserError, DeleteQueryPayload, UpdateQueryPayload,
};
use super::payloads::schedule::{BackfillQueryPayload, ScheduleQueryPayload};
use super::payloads::workspace::UpdateWorkspacePayload;
use super::types::job::{Job, parse_job_id, parse_query_id};
use super::types::query::SavedQuery;
use crate::domain::query::CreateQueryError;
use crate::model::api_key::Scope;

pub struct Mutation;

/// Everything that changes something; needs a key with scope `write`, unless it says otherwise.
#[Object]
impl Mutation {
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

    /// Deletes a query and its schedule, and calls off its jobs that have not ended. Its results, jobs and
    /// events stay, and it can still be seen by its id.
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

    /// Deletes a dataset with all its versions. Results that were computed from it stay; queries that name
    /// it say in their next result that it is not there.
    async fn delete_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which dataset.")] input: DeleteDatasetInput,
    ) -> async_graphql::Result<DeleteDatasetPayload> {
        let who = principal(ctx, Scope::Write)?;
        let deleted = domain(ctx)?.delete_dataset(who, &input.name).await.map_err(failed(ctx))?;
        Ok(DeleteDatasetPayload::of(deleted))
    }

    /// Makes a link by which anybody downloads one result, without a key, until it expires or is revoked.
    async fn create_download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which result, and for how long.")] input: CreateDownloadLinkInput,
    ) -> async_graphql::Result<CreateDownloadLinkPayload> {
        let who = principal(ctx, Scope::Write)?;
        let made = domain(ctx)?.create_download_link(who, input.into()).await;
        CreateDownloadLinkPayload::of(made).map_err(failed(ctx))
    }

    /// Lets a link work no longer, at once; downloads that have begun go on.
    async fn revoke_download_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link.")] input: RevokeDownloadLinkInput,
    ) -> async_graphql::Result<RevokeDownloadLinkPayload> {
        let who = principal(ctx, Scope::Write)?;
        let Ok(id) = input.download_link_id.parse() else {
            return Ok(RevokeDownloadLinkPayload::of(None));
        };
        let revoked = domain(ctx)?.revoke_download_link(who, id).await.map_err(failed(ctx))?;
        Ok(RevokeDownloadLinkPayload::of(revoked))
    }

    /// Changes the workspace's name, or the time zone that questions are meant in unless they say
    /// otherwise; needs a key with scope `admin`. Queries that are saved keep the zone they were asked in.
    async fn update_workspace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes different.")] input: UpdateWorkspaceInput,
    ) -> async_graphql::Result<UpdateWorkspacePayload> {
        let (domain, who) = admin(ctx)?;
        let updated = domain.update_workspace(who, input.into()).await;
        UpdateWorkspacePayload::of(updated).map_err(failed(ctx))
    }

    /// Makes a key to the workspace; needs a key with scope `admin`.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the key is for and allows.")] input: CreateApiKeyInput,
    ) -> async_graphql::Result<CreateApiKeyPayload> {
        let (domain, who) = admin(ctx)?;
        let created = domain.new_api_key(who, input.into()).await;
        CreateApiKeyPayload::of(created).map_err(failed(ctx))
    }

    /// Lets a key work no longer: requests are refused at once, sockets and streams within seconds. Needs
    /// a key with scope `admin`.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key.")] input: RevokeApiKeyInput,
    ) -> async_graphql::Result<RevokeApiKeyPayload> {
        let (domain, who) = admin(ctx)?;
        let Ok(id) = input.api_key_id.parse() else { return Ok(RevokeApiKeyPayload::of(None)) };
        let revoked = domain.revoke_own_api_key(who, id).await.map_err(failed(ctx))?;
        Ok(RevokeApiKeyPayload::of(revoked))
    }
}
