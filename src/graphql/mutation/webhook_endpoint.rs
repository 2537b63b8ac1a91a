//! What changes who is told of events, and what is told again.

use async_graphql::{Context, Object};

use crate::domain::delivery::RedeliverFailure;
use crate::domain::webhook_endpoint::EndpointFailure;
use crate::graphql::context::admin;
use crate::graphql::errors::failed;
use crate::graphql::inputs::{
    CreateWebhookEndpointInput, RecoverDeliveriesInput, RedeliverInput, RotateSigningSecretInput,
    RotateWebhookSecretInput, UpdateWebhookEndpointInput, WebhookEndpointIdInput,
};
use crate::graphql::payloads::webhook_endpoint::{
    RecoverDeliveriesPayload, RedeliverPayload, RotateSigningSecretPayload,
    TestWebhookEndpointPayload, WebhookEndpointPayload, WebhookSecretPayload,
};

#[derive(Default)]
pub struct WebhookEndpointMutations;

#[Object]
impl WebhookEndpointMutations {
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
}
