//! Events on their way to receivers.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::event::Event;
use super::job::Job;
use super::storage_object::StorageObject;
use super::webhook_endpoint::WebhookEndpoint;
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{loaders, reader};
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::loaders::{AttemptsOf, DeliveriesOf, ResultOf};
use crate::graphql::scalars::Instant;
use crate::model::delivery;
use crate::model::id::DeliveryId;

/// What is delivered where.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "delivery::DeliveryKind")]
pub enum DeliveryKind {
    /// An event to a webhook's address.
    Webhook,
    /// A result to the workspace's bucket.
    Bucket,
}

/// Where a delivery stands; all but the first are final, until it is asked for again.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "delivery::DeliveryStatus")]
pub enum DeliveryStatus {
    /// Another attempt is to come.
    Pending,
    /// The receiver has acknowledged it.
    Succeeded,
    /// The receiver said it is gone, or all attempts are used up.
    Failed,
    /// It was not sent, as its endpoint was disabled or deleted; `recoverDeliveries` sends it.
    Skipped,
}

/// One try to bring a delivery to its target.
#[derive(SimpleObject)]
pub struct DeliveryAttempt {
    /// When it began.
    at: Instant,
    /// From 1; a number that is missing is a try whose worker was lost.
    number: u32,
    /// How long it took, in milliseconds.
    duration_ms: u32,
    /// How long it took until the answer began, in milliseconds.
    first_byte_ms: Option<u32>,
    /// What the receiver answered, when it answered.
    status_code: Option<u16>,
    /// Why it does not count as acknowledged.
    error: Option<String>,
    /// The beginning of what the receiver answered.
    response_excerpt: Option<String>,
}

impl From<&delivery::DeliveryAttempt> for DeliveryAttempt {
    fn from(attempt: &delivery::DeliveryAttempt) -> Self {
        Self {
            at: Instant(attempt.at),
            number: attempt.number,
            duration_ms: attempt.duration_ms,
            first_byte_ms: attempt.first_byte_ms,
            status_code: attempt.status_code,
            error: attempt.error.clone(),
            response_excerpt: attempt.response_excerpt.clone(),
        }
    }
}

pub struct Delivery(pub delivery::Delivery);

/// One event on its way to one receiver: brought there at least once, under the same id and with the
/// same bytes each time.
#[Object]
impl Delivery {
    /// `dlv_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What is delivered where.
    async fn kind(&self) -> DeliveryKind {
        self.0.kind.into()
    }

    /// The registered receiver it goes to, unless that was deleted; needs a key with scope `admin`, and is null
    /// for others. Null for what goes to a query's own address.
    async fn webhook_endpoint(&self, ctx: &Context<'_>) -> Nullable<WebhookEndpoint> {
        async {
            let Some(id) = self.0.endpoint_id else { return Ok(None) };
            let found = loaders(ctx)?.load(id).await.map_err(failed(ctx))?;
            Ok(found.map(WebhookEndpoint))
        }
        .await
        .transpose()
    }

    /// The address it goes to.
    async fn target(&self) -> &str {
        &self.0.target
    }

    /// The event; its payload is what is sent, byte for byte. Null for a test, which is not in the log, and for a
    /// result.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        async {
            let Some(event) = self.0.event_id else { return Ok(None) };
            let event = loaders(ctx)?.load(event).await.map_err(failed(ctx))?;
            Ok(event.map(Event))
        }
        .await
        .transpose()
    }

    /// The result that is written to the bucket, unless it was deleted since; null for webhooks.
    async fn storage_object(&self, ctx: &Context<'_>) -> Nullable<StorageObject> {
        async {
            let Some(job) = self.0.job_id.filter(|_| self.0.object_id.is_some()) else {
                return Ok(None);
            };
            let found = loaders(ctx)?.load(ResultOf(job)).await.map_err(failed(ctx))?;
            Ok(found.map(StorageObject))
        }
        .await
        .transpose()
    }

    /// The job whose end the event tells of, if it tells of one.
    async fn job(&self, ctx: &Context<'_>) -> Nullable<Job> {
        async {
            let Some(job) = self.0.job_id else { return Ok(None) };
            let job = loaders(ctx)?.load(job).await.map_err(failed(ctx))?;
            Ok(job.map(Job))
        }
        .await
        .transpose()
    }

    /// Where it stands.
    async fn status(&self) -> DeliveryStatus {
        self.0.status.into()
    }

    /// When its event happened.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// About when it is tried next; only while pending.
    async fn next_attempt_at(&self) -> Option<Instant> {
        self.0.next_attempt_at.map(Instant)
    }

    /// When it was acknowledged or given up.
    async fn completed_at(&self) -> Option<Instant> {
        self.0.completed_at.map(Instant)
    }

    /// Every attempt so far, in the order they were made.
    async fn attempts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<DeliveryAttempt>> {
        let attempts = loaders(ctx)?.load(AttemptsOf(self.0.id)).await.map_err(failed(ctx))?;
        Ok(attempts.unwrap_or_default().iter().map(Into::into).collect())
    }
}

impl Delivery {
    /// A page of deliveries.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: delivery::DeliveryFilter,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice::<DeliveryId>().map_err(failed(ctx))?;
        let page = match (filter.of_job_alone(), slice.first_page()) {
            (Some(job), Some(first)) => {
                let page = loaders(ctx)?.load(DeliveriesOf(job, first)).await;
                page.map_err(failed(ctx))?.unwrap_or_default()
            }
            _ => domain.deliveries(who, &filter, &slice).await.map_err(failed(ctx))?,
        };
        let node = |delivery: delivery::Delivery| (delivery.id.to_string(), Self(delivery));
        Ok(Some(connection(page, &slice, Counter::Deliveries(filter), node)))
    }
}
