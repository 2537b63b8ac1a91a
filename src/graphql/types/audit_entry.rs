//! Who changed what.

use async_graphql::{Context, ID, Json, Object};
use serde_json::Value;

use super::api_key::ApiKey;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{admin, loaders};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::scalars::Instant;
use crate::model::audit_entry;
use crate::model::id::AuditEntryId;

pub struct AuditEntry(pub audit_entry::AuditEntry);

/// One change in the workspace, written in the transaction of the change itself.
#[Object]
impl AuditEntry {
    /// `aud_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it was made.
    async fn at(&self) -> Instant {
        Instant(self.0.at)
    }

    /// The key it was asked for with; null where the operator made it at the command line or by settings.
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<ApiKey> {
        async {
            let Some(id) = self.0.key_id else { return Ok(None) };
            Ok(loaders(ctx)?.load(id).await.map_err(failed(ctx))?.map(ApiKey))
        }
        .await
        .transpose()
    }

    /// What was done, named as the mutation that does it: `createQuery`. What has no mutation is
    /// `uploadDataset`, `signIn`, `signOut`, `createWorkspace` or `setWorkspaceShare`.
    async fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The id of what was changed or made.
    async fn object_id(&self) -> Option<ID> {
        self.0.object_id.as_ref().map(ID::from)
    }

    /// What the operation was given that tells its effect; never a secret.
    async fn detail(&self) -> Option<Json<Value>> {
        self.0.detail.clone().map(Json)
    }
}

impl AuditEntry {
    /// A page of the workspace's audit log, newest first.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: audit_entry::AuditFilter,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = admin(ctx)?;
        let slice = page.slice::<AuditEntryId>().map_err(failed(ctx))?;
        let page = domain.audit_entries(who, &filter, &slice).await.map_err(failed(ctx))?;
        let node = |entry: audit_entry::AuditEntry| (entry.id.to_string(), Self(entry));
        Ok(Some(connection(page, &slice, Counter::AuditEntries(filter), node)))
    }
}
