//! What changes the workspace and its keys.

use async_graphql::{Context, Object};

use crate::graphql::context::admin;
use crate::graphql::errors::failed;
use crate::graphql::inputs::{CreateApiKeyInput, RevokeApiKeyInput, UpdateWorkspaceInput};
use crate::graphql::payloads::api_key::{CreateApiKeyPayload, RevokeApiKeyPayload};
use crate::graphql::payloads::workspace::UpdateWorkspacePayload;

#[derive(Default)]
pub struct WorkspaceMutations;

#[Object]
impl WorkspaceMutations {
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
