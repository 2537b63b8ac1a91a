//! The subscription root: every stream is a reading of the event log.

use async_graphql::{Context, ID, Subscription};
use tokio_stream::{Stream, StreamExt};

use super::context::reader;
use super::errors::to_graphql;
use super::types::job::parse_query_id;
use super::types::job_completed::JobCompletedEvent;

pub struct Subscription;

/// Live streams, over `graphql-transport-ws`.
#[Subscription]
impl Subscription {
    /// Jobs as they end, also failed and cancelled ones. With `after`, first everything since that
    /// cursor, then live; without, live only.
    async fn job_completed<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Only jobs of this query.")] query_id: Option<ID>,
        #[graphql(desc = "A cursor of an event, of a created query or of this stream.")]
        after: Option<String>,
    ) -> async_graphql::Result<
        impl Stream<Item = async_graphql::Result<JobCompletedEvent>> + use<'ctx>,
    > {
        let (domain, who) = reader(ctx)?;
        let query = query_id.map(|id| parse_query_id(&id)).transpose();
        let query = query.map_err(|error| to_graphql(ctx, error))?;
        let events = domain.follow_jobs(who, query, after.as_deref()).await;
        let events = events.map_err(|error| to_graphql(ctx, error))?;
        let ctx = ctx.clone();
        Ok(events.map(move |event| {
            let event = event.map_err(|error| to_graphql(&ctx, error.into()))?;
            JobCompletedEvent::from_event(&event).map_err(|error| to_graphql(&ctx, error))
        }))
    }
}
