//! Registered receivers of events.

use async_graphql::{Context, Enum, ID, Object};

use super::delivery::Delivery;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{admin, domain};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::limits::list_cost;
use crate::graphql::lists::{DeliveryFilter, checked};
use crate::graphql::scalars::{Instant, Url};
use crate::model::id::WebhookEndpointId;
use crate::model::{delivery, webhook_endpoint};

/// Whether an endpoint gets what it is registered for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "webhook_endpoint::EndpointState")]
pub enum EndpointState {
    /// It does.
    Enabled,
    /// Nothing is sent to it; its events are kept as skipped deliveries.
    Disabled,
}

pub struct WebhookEndpoint(pub webhook_endpoint::WebhookEndpoint);

/// A registered receiver of the workspace's events, with a secret of its own that is shown once.
#[Object]
impl WebhookEndpoint {
    /// `wh_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where its events go.
    async fn url(&self) -> Url {
        Url(self.0.url.clone())
    }

    /// The types of events it gets.
    async fn events(&self) -> &[String] {
        &self.0.events
    }

    /// Whether it gets them.
    async fn state(&self) -> EndpointState {
        self.0.state.into()
    }

    /// Why it is disabled.
    async fn disabled_reason(&self) -> Option<&str> {
        self.0.disabled_reason.as_deref()
    }

    /// Since when it is disabled.
    async fn disabled_at(&self) -> Option<Instant> {
        self.0.disabled_at.map(Instant)
    }

    /// Whether no delivery begins before the one before it has ended.
    async fn ordered(&self) -> bool {
        self.0.ordered
    }

    /// How many deliveries may begin in a second, on each node; no limit when null.
    async fn rate_limit_per_second(&self) -> Option<u32> {
        self.0.rate_limit
    }

    /// The first failure since it last acknowledged anything.
    async fn failing_since(&self) -> Option<Instant> {
        self.0.failing_since.map(Instant)
    }

    /// What to see to: said once it has failed for a day, as it is disabled after five.
    async fn warning(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        Ok(self.0.warning(domain(ctx)?.clock().now()))
    }

    /// The last characters of its secret, to tell it by.
    async fn secret_last4(&self) -> &str {
        &self.0.secret_last4
    }

    /// Until when the secret before this one signs as well.
    async fn previous_secret_until(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<Instant>> {
        let now = domain(ctx)?.clock().now();
        Ok(self.0.previous_until.filter(|until| *until > now).map(Instant))
    }

    /// When it was registered.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// What was, is or will be sent to it, newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only deliveries that fit.")] filter: Option<DeliveryFilter>,
    ) -> Nullable<Counted<Delivery>> {
        async {
            let filter: delivery::DeliveryFilter = checked(filter).map_err(failed(ctx))?;
            let filter = delivery::DeliveryFilter { endpoint_id: Some(self.0.id), ..filter };
            Delivery::list(ctx, PageArguments { first, after, last, before }, filter).await
        }
        .await
        .transpose()
    }
}

impl WebhookEndpoint {
    /// A page of the workspace's endpoints, newest first.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = admin(ctx)?;
        let slice = page.slice::<WebhookEndpointId>().map_err(failed(ctx))?;
        let page = domain.webhook_endpoints(who, &slice).await.map_err(failed(ctx))?;
        let node = |one: webhook_endpoint::WebhookEndpoint| (one.id.to_string(), Self(one));
        Ok(Some(connection(page, &slice, Counter::WebhookEndpoints, node)))
    }
}
