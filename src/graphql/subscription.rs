//! The subscription root: a stream is a reading of the event log, or of one job's state.

use async_graphql::{Context, ID, Subscription};
use tokio_stream::{Stream, StreamExt};

use super::context::{ResumeAfter, reader};
use super::errors::to_graphql;
use super::limits::list_cost;
use super::types::job::{Job, parse_query_id};
use super::types::job_completed::JobCompletedEvent;
use crate::domain::event::Progress;
use crate::domain::job::MOST_OPEN;
use crate::error::Error;

pub struct Subscription;

/// Live streams, over `graphql-transport-ws` and `graphql-sse`.
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
        let resume = ctx.data_opt::<ResumeAfter>().map(|resume| resume.0.clone());
        let after = resume.or(after);
        let progress = ctx.data_opt::<Progress>().cloned().unwrap_or_default();
        let events = domain.follow_jobs(who, query, after.as_deref(), progress).await;
        let events = events.map_err(|error| to_graphql(ctx, error))?;
        let ctx = ctx.clone();
        Ok(events.map(move |event| {
            let event = event.map_err(|error| to_graphql(&ctx, error.into()))?;
            JobCompletedEvent::from_event(&event).map_err(|error| to_graphql(&ctx, error))
        }))
    }

    /// One job: its state now, then each change, until it ends. Changes that follow each other within a
    /// moment are given as one.
    async fn job_progress<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Its id, `job_…`.")] job_id: ID,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<Job>> + use<'ctx>> {
        let (domain, who) = reader(ctx)?;
        let unknown = || to_graphql(ctx, Error::not_found("there is no such job"));
        let id = job_id.parse().map_err(|_| unknown())?;
        let states = domain.follow_job(who, id).await.map_err(|error| to_graphql(ctx, error))?;
        let ctx = ctx.clone();
        Ok(states.map(move |job| job.map(Job).map_err(|error| to_graphql(&ctx, error.into()))))
    }

    /// The jobs of the workspace that have not ended, the newest first, at most 100: now, and again whenever
    /// one comes, starts, tells progress or ends. Changes that follow each other within a moment are given as
    /// one. What ended is told by `jobCompleted`.
    #[graphql(complexity = "list_cost(i32::try_from(MOST_OPEN).ok(), None, child_complexity)")]
    async fn open_jobs<'ctx>(
        &self,
        ctx: &Context<'ctx>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<Vec<Job>>> + use<'ctx>>
    {
        let (domain, who) = reader(ctx)?;
        let lists = domain.follow_open_jobs(who).await.map_err(|error| to_graphql(ctx, error))?;
        let ctx = ctx.clone();
        Ok(lists.map(move |jobs| {
            let jobs = jobs.map_err(|error| to_graphql(&ctx, error.into()))?;
            Ok(jobs.into_iter().map(Job).collect())
        }))
    }
}
