//! The tenant.

use async_graphql::{Context, ID, Object};

use super::bucket::Bucket;
use super::retention::RetentionPolicy;
use crate::graphql::context::{admin, loaders, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::loaders::RetentionOfCaller;
use crate::graphql::scalars::Instant;
use crate::model::workspace;

pub struct Workspace(pub workspace::Workspace);

/// The tenant that owns queries, jobs, results, events and keys.
#[Object]
impl Workspace {
    /// `ws_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The IANA time zone that days and weeks are meant in unless a query says otherwise.
    async fn timezone(&self) -> &str {
        self.0.timezone.name()
    }

    /// Whether what its jobs collect is kept with their results, for as long as these: then a result can be
    /// computed again, and a run can tell what is new, late or gone since the one before.
    async fn keep_documents(&self) -> bool {
        self.0.keeps_documents
    }

    /// What the `v1a` signatures of its webhooks are checked with: `whpk_…`, the public half of an ed25519 key.
    async fn webhook_public_key(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let (domain, who) = reader(ctx)?;
        domain.webhook_public_key(who).await.map_err(failed(ctx))
    }

    /// When it was made.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// Where every result is written besides being kept here; null when no bucket is connected. Needs a
    /// key with scope `admin`.
    async fn bucket(&self, ctx: &Context<'_>) -> Nullable<Bucket> {
        async {
            let (domain, who) = admin(ctx)?;
            Ok(domain.bucket(who).await.map_err(failed(ctx))?.map(Bucket))
        }
        .await
        .transpose()
    }

    /// How long it keeps what it has.
    async fn retention(&self, ctx: &Context<'_>) -> Nullable<RetentionPolicy> {
        async {
            let retention = loaders(ctx)?.load(RetentionOfCaller).await.map_err(failed(ctx))?;
            Ok(retention.map(RetentionPolicy::from))
        }
        .await
        .transpose()
    }
}
