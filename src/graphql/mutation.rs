//! The mutation root.

use async_graphql::{Context, Object};

use super::context::{admin, domain, principal};
use super::errors::{failed, to_graphql};
use super::inputs::{
    BackfillBucketInput, BackfillQueryInput, BucketNameInput, CancelJobInput, ConnectBucketInput,
    CreateApiKeyInput, CreateDownloadLinkInput, CreateQueryInput, CreateWebhookEndpointInput,
    DeleteDatasetInput, DeleteStorageObjectsInput, PinChartInput, QueryIdInput,
    RecoverDeliveriesInput, RedeliverInput, RetryJobInput, RevokeApiKeyInput,
    RevokeDownloadLinkInput, RotateSigningSecretInput, RotateWebhookSecretInput, RunQueryInput,
    ScheduleQueryInput, SetRetentionPolicyInput, UnpinChartInput, UpdateQueryInput,
    UpdateWebhookEndpointInput, UpdateWorkspaceInput, WebhookEndpointIdInput,
};
use super::payloads::api_key::{CreateApiKeyPayload, RevokeApiKeyPayload};
use super::payloads::bucket::{
    BackfillBucketPayload, ConnectBucketPayload, DisconnectBucketPayload,
};
use super::payloads::dataset::DeleteDatasetPayload;
use super::payloads::download_link::{CreateDownloadLinkPayload, RevokeDownloadLinkPayload};
use super::payloads::job::{CancelJobPayload, RetryJobPayload, RunQueryPayload};
use super::payloads::pin::{PinChartPayload, UnpinChartPayload};
use super::payloads::query::{
    CreateQueryPayload, CreateQueryUserError, DeleteQueryPayload, UpdateQueryPayload,
};
use super::payloads::retention::SetRetentionPolicyPayload;
use super::payloads::schedule::{BackfillQueryPayload, ScheduleQueryPayload};
use super::payloads::storage_object::DeleteStorageObjectsPayload;
use super::payloads::webhook_endpoint::{
    RecoverDeliveriesPayload, RedeliverPayload, RotateSigningSecretPayload,
    TestWebhookEndpointPayload, WebhookEndpointPayload, WebhookSecretPayload,
};
use super::payloads::workspace::UpdateWorkspacePayload;
use super::types::job::{Job, parse_job_id, parse_query_id};
use super::types::query::SavedQuery;
use crate::domain::delivery::RedeliverFailure;
use crate::domain::pin::PinFailure;
use crate::domain::query::CreateQueryError;
use crate::domain::webhook_endpoint::EndpointFailure;
use crate::model::api_key::Scope;
use crate::model::storage_object::StorageObjectFilter;

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

    /// Deletes results for good: downloads answer 404 from now on, and an event `storage.deleted` tells of
    /// each. More than 1,000 are not all gone when this answers; the rest goes soon after, also if the
    /// service is restarted. Their jobs and events stay.
    async fn delete_storage_objects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which results.")] input: DeleteStorageObjectsInput,
    ) -> async_graphql::Result<DeleteStorageObjectsPayload> {
        let who = principal(ctx, Scope::Write)?;
        let asked = input.try_into().map_err(failed(ctx))?;
        let deleted = domain(ctx)?.delete_results(who, asked).await;
        DeleteStorageObjectsPayload::of(deleted).map_err(failed(ctx))
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

    /// Sets how long the workspace keeps its results, deliveries and events; needs a key with scope `admin`.
    /// What is due then goes within minutes, results with an event `storage.deleted` each. With `dryRun`
    /// nothing is set, and the answer says what would be deleted.
    async fn set_retention_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes different.")] input: SetRetentionPolicyInput,
    ) -> async_graphql::Result<SetRetentionPolicyPayload> {
        let (domain, who) = admin(ctx)?;
        let dry_run = input.dry_run;
        let set = domain.set_retention(who, &input.into(), dry_run).await;
        SetRetentionPolicyPayload::of(set).map_err(failed(ctx))
    }

    /// Registers a receiver of events; needs a key with scope `admin`. It gets what happens from now on.
    async fn create_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receiver.")] input: CreateWebhookEndpointInput,
    ) -> async_graphql::Result<WebhookSecretPayload> {
        let (domain, who) = admin(ctx)?;
        let created = domain.create_webhook_endpoint(who, input.into()).await;
        WebhookSecretPayload::of(created).map_err(failed(ctx))
    }

    /// Changes a registered receiver; needs a key with scope `admin`.
    async fn update_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receiver, and what becomes different.")]
        input: UpdateWebhookEndpointInput,
    ) -> async_graphql::Result<WebhookEndpointPayload> {
        let (domain, who) = admin(ctx)?;
        let done = match input.webhook_endpoint_id.parse() {
            Ok(id) => domain.update_webhook_endpoint(who, id, input.into()).await,
            Err(_) => Err(EndpointFailure::NotFound),
        };
        WebhookEndpointPayload::of(done).map_err(failed(ctx))
    }

    /// Deletes a registered receiver; needs a key with scope `admin`. What waits for it is not sent any more.
    async fn delete_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receiver.")] input: WebhookEndpointIdInput,
    ) -> async_graphql::Result<WebhookEndpointPayload> {
        let (domain, who) = admin(ctx)?;
        let done = match input.webhook_endpoint_id.parse() {
            Ok(id) => domain.delete_webhook_endpoint(who, id).await,
            Err(_) => Err(EndpointFailure::NotFound),
        };
        WebhookEndpointPayload::of(done).map_err(failed(ctx))
    }

    /// Gives a registered receiver another secret; needs a key with scope `admin`. Meanwhile both sign.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receiver, and for how long both sign.")]
        input: RotateWebhookSecretInput,
    ) -> async_graphql::Result<WebhookSecretPayload> {
        let (domain, who) = admin(ctx)?;
        let overlap = input.overlap_hours.map(Into::into);
        let done = match input.webhook_endpoint_id.parse() {
            Ok(id) => domain.rotate_webhook_secret(who, id, overlap).await,
            Err(_) => Err(EndpointFailure::NotFound),
        };
        let done = done.map(|(endpoint, secret)| (endpoint, Some(secret)));
        WebhookSecretPayload::of(done).map_err(failed(ctx))
    }

    /// Gives the workspace another secret, which signs what goes to the addresses of its queries; needs a key
    /// with scope `admin`. Meanwhile both sign.
    async fn rotate_signing_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For how long both sign.")] input: RotateSigningSecretInput,
    ) -> async_graphql::Result<RotateSigningSecretPayload> {
        let (domain, who) = admin(ctx)?;
        let done = domain.rotate_signing_secret(who, input.overlap_hours.map(Into::into)).await;
        RotateSigningSecretPayload::of(done).map_err(failed(ctx))
    }

    /// Sends a test to a registered receiver, once, also to one that is disabled; needs a key with scope
    /// `admin`. Its event is not in the log.
    async fn test_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receiver.")] input: WebhookEndpointIdInput,
    ) -> async_graphql::Result<TestWebhookEndpointPayload> {
        let (domain, who) = admin(ctx)?;
        let done = match input.webhook_endpoint_id.parse() {
            Ok(id) => domain.test_webhook_endpoint(who, id).await,
            Err(_) => Err(EndpointFailure::NotFound),
        };
        TestWebhookEndpointPayload::of(done).map_err(failed(ctx))
    }

    /// Begins a new round of attempts of a delivery that has ended: the same event, id and bytes; needs a key
    /// with scope `admin`.
    async fn redeliver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: RedeliverInput,
    ) -> async_graphql::Result<RedeliverPayload> {
        let (domain, who) = admin(ctx)?;
        let done = match input.delivery_id.parse() {
            Ok(id) => domain.redeliver(who, id).await,
            Err(_) => Err(RedeliverFailure::NotFound),
        };
        RedeliverPayload::of(done).map_err(failed(ctx))
    }

    /// Sends what failed or was skipped for a registered receiver since an instant, the oldest first, at most
    /// 1,000; needs a key with scope `admin`.
    async fn recover_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receiver, and since when.")] input: RecoverDeliveriesInput,
    ) -> async_graphql::Result<RecoverDeliveriesPayload> {
        let (domain, who) = admin(ctx)?;
        let done = match input.webhook_endpoint_id.parse() {
            Ok(id) => domain.recover_deliveries(who, id, input.since.0).await,
            Err(_) => Err(RedeliverFailure::NoEndpoint),
        };
        RecoverDeliveriesPayload::of(done).map_err(failed(ctx))
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

    /// Tries a bucket and, when the test passes, writes every result to it from now on. Needs a key with
    /// scope `admin`.
    async fn connect_bucket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where the bucket is, and the key to it.")] input: ConnectBucketInput,
    ) -> async_graphql::Result<ConnectBucketPayload> {
        let (domain, who) = admin(ctx)?;
        let connected = domain.connect_bucket(who, input.into()).await;
        ConnectBucketPayload::of(connected).map_err(failed(ctx))
    }

    /// Tries the bucket that is connected and, when the test passes, sends what waits for it. Needs a key
    /// with scope `admin`.
    async fn resume_bucket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bucket.")] input: BucketNameInput,
    ) -> async_graphql::Result<ConnectBucketPayload> {
        let (domain, who) = admin(ctx)?;
        let resumed = domain.resume_bucket(who, &input.name).await;
        ConnectBucketPayload::of(resumed).map_err(failed(ctx))
    }

    /// Forgets the bucket and the key to it; what lies in it stays. Needs a key with scope `admin`.
    async fn disconnect_bucket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bucket.")] input: BucketNameInput,
    ) -> async_graphql::Result<DisconnectBucketPayload> {
        let (domain, who) = admin(ctx)?;
        let disconnected = domain.disconnect_bucket(who, &input.name).await;
        DisconnectBucketPayload::of(disconnected).map_err(failed(ctx))
    }

    /// Sends results that are older than the bucket's connection; those that lie there or are on their way are
    /// left out. Needs a key with scope `admin`.
    async fn backfill_bucket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bucket, and which results.")] input: BackfillBucketInput,
    ) -> async_graphql::Result<BackfillBucketPayload> {
        let (domain, who) = admin(ctx)?;
        let query_id = input.query_id.as_ref().map(parse_query_id);
        let filter = StorageObjectFilter {
            query_id: query_id.transpose().map_err(failed(ctx))?,
            created_after: input.created_after.map(|instant| instant.0),
            created_before: input.created_before.map(|instant| instant.0),
            ..StorageObjectFilter::default()
        };
        let queued = domain.backfill_bucket(who, &input.name, filter).await;
        BackfillBucketPayload::of(queued).map_err(failed(ctx))
    }
}
