//! Registered receivers, and what is asked of their deliveries.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::domain::query_change::Change;
use crate::domain::webhook_endpoint::{AskedChange, AskedEndpoint};
use crate::graphql::scalars::{Instant, Url};
use crate::graphql::types::webhook_endpoint::EndpointState;

/// A receiver to register.
#[derive(InputObject)]
pub struct CreateWebhookEndpointInput {
    /// An https address that answers 2xx within 10 seconds.
    url: Url,
    /// The types of events it gets, such as `job.completed`.
    events: Vec<String>,
    /// Whether no delivery begins before the one before it has ended.
    #[graphql(default = false)]
    ordered: bool,
    /// How many deliveries may begin in a second, on each node, 1 to 1,000; no limit when not given.
    rate_limit_per_second: Option<i32>,
    /// Makes a repeated request harmless for 24 hours: it is answered with what the first one made.
    idempotency_key: Option<String>,
}

impl From<CreateWebhookEndpointInput> for AskedEndpoint {
    fn from(input: CreateWebhookEndpointInput) -> Self {
        Self {
            url: input.url.0,
            events: input.events,
            ordered: input.ordered,
            rate_limit: input.rate_limit_per_second.map(Into::into),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What of a receiver is to become different; what is not given stays as it is.
#[derive(InputObject)]
pub struct UpdateWebhookEndpointInput {
    /// The endpoint, `wh_…`.
    pub webhook_endpoint_id: ID,
    /// An https address; what waits goes there as well.
    url: Option<Url>,
    /// The types of events it gets from now on.
    events: Option<Vec<String>>,
    /// Whether no delivery begins before the one before it has ended.
    ordered: Option<bool>,
    /// How many deliveries may begin in a second, on each node; null takes the limit away.
    rate_limit_per_second: MaybeUndefined<i32>,
    /// One that was disabled is enabled once it has acknowledged a test.
    state: Option<EndpointState>,
    /// Enables it without a test.
    #[graphql(default = false)]
    force: bool,
}

impl From<UpdateWebhookEndpointInput> for AskedChange {
    fn from(input: UpdateWebhookEndpointInput) -> Self {
        let rate_limit = match input.rate_limit_per_second {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(Change::Clear),
            MaybeUndefined::Value(limit) => Some(Change::Set(i64::from(limit))),
        };
        Self {
            url: input.url.map(|url| url.0),
            events: input.events,
            ordered: input.ordered,
            rate_limit,
            state: input.state.map(Into::into),
            force: input.force,
        }
    }
}

/// A receiver by its id.
#[derive(InputObject)]
pub struct WebhookEndpointIdInput {
    /// The endpoint, `wh_…`.
    pub webhook_endpoint_id: ID,
}

/// A receiver that gets another secret.
#[derive(InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint, `wh_…`.
    pub webhook_endpoint_id: ID,
    /// For how many hours the secret before it signs as well, 0 to 168; 24 when not given.
    pub overlap_hours: Option<i32>,
}

/// How the workspace's secret is replaced.
#[derive(InputObject)]
pub struct RotateSigningSecretInput {
    /// For how many hours the secret before it signs as well, 0 to 168; 24 when not given.
    pub overlap_hours: Option<i32>,
}

/// A delivery to send again.
#[derive(InputObject)]
pub struct RedeliverInput {
    /// The delivery, `dlv_…`; it has ended.
    pub delivery_id: ID,
}

/// What is to be sent that a receiver has missed.
#[derive(InputObject)]
pub struct RecoverDeliveriesInput {
    /// The endpoint, `wh_…`.
    pub webhook_endpoint_id: ID,
    /// Events since this instant.
    pub since: Instant,
}
