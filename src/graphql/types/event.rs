//! A fact in the workspace's log.

use async_graphql::{Context, ID, Json, Object};

use crate::error::Error;
use crate::graphql::errors::failed;
use crate::graphql::scalars::{Instant, Long};
use crate::model::event;

pub struct Event(pub event::Event);

/// A fact in the workspace's log, numbered without a gap.
#[Object]
impl Event {
    /// `evt_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its number in the workspace's log: each one more than the one before.
    async fn seq(&self) -> Long {
        Long(self.0.seq)
    }

    /// The place just behind it in the log.
    async fn cursor(&self) -> String {
        self.0.cursor().to_string()
    }

    /// What happened, such as `job.completed`.
    #[graphql(name = "type")]
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// When it happened.
    async fn occurred_at(&self) -> Instant {
        Instant(self.0.occurred_at)
    }

    /// The facts; of `job.completed`, the body that webhooks get.
    async fn payload(&self, ctx: &Context<'_>) -> async_graphql::Result<Json<serde_json::Value>> {
        let payload = serde_json::from_str(&self.0.payload).map_err(Error::internal);
        Ok(Json(payload.map_err(failed(ctx))?))
    }
}
