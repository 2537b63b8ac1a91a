//! What changes what is stored, who may download it, and where it is copied.

use async_graphql::{Context, Object};

use crate::graphql::context::{admin, domain, principal};
use crate::graphql::errors::failed;
use crate::graphql::inputs::{
    BackfillBucketInput, BucketNameInput, ConnectBucketInput, CreateDownloadLinkInput,
    DeleteDatasetInput, DeleteStorageObjectsInput, RevokeDownloadLinkInput,
    SetRetentionPolicyInput,
};
use crate::graphql::payloads::bucket::{
    BackfillBucketPayload, ConnectBucketPayload, DisconnectBucketPayload,
};
use crate::graphql::payloads::dataset::DeleteDatasetPayload;
use crate::graphql::payloads::download_link::{
    CreateDownloadLinkPayload, RevokeDownloadLinkPayload,
};
use crate::graphql::payloads::retention::SetRetentionPolicyPayload;
use crate::graphql::payloads::storage_object::DeleteStorageObjectsPayload;
use crate::graphql::types::job::parse_query_id;
use crate::model::api_key::Scope;
use crate::model::storage_object::StorageObjectFilter;

#[derive(Default)]
pub struct StorageMutations;

#[Object]
impl StorageMutations {
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
