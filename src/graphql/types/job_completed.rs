//! The event of a job's end, as subscriptions give it.

use async_graphql::{Context, ID, Object};

use super::job::{Job, JobStatus};
use super::query::SavedQuery;
use super::storage_object::StorageObject;
use crate::error::Error;
use crate::graphql::context::loaders;
use crate::graphql::errors::{Nullable, failed};
use crate::graphql::loaders::ResultOf;
use crate::graphql::scalars::{Instant, Long, Url};
use crate::model::event::{Event, JobCompleted};

pub struct JobCompletedEvent {
    cursor: String,
    event: JobCompleted,
}

impl JobCompletedEvent {
    /// Reads the payload of a `job.completed` event.
    pub fn from_event(event: &Event) -> Result<Self, Error> {
        let completed = serde_json::from_str(&event.payload).map_err(Error::internal)?;
        Ok(Self { cursor: event.cursor().to_string(), event: completed })
    }
}

/// A job has ended. The scalars are the event's own; the objects may have been deleted since.
#[Object]
impl JobCompletedEvent {
    /// The place just behind this event: resume with `after`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// `evt_…`
    async fn id(&self) -> ID {
        self.event.id.to_string().into()
    }

    /// Its number in the workspace's log.
    async fn seq(&self) -> Long {
        Long(self.event.seq)
    }

    /// `job.completed`, whatever the status.
    async fn event(&self) -> &str {
        &self.event.event
    }

    /// The query the job is a run of.
    async fn query_id(&self) -> ID {
        self.event.query_id.to_string().into()
    }

    /// The job.
    async fn job_id(&self) -> ID {
        self.event.job_id.to_string().into()
    }

    /// How the job ended.
    async fn status(&self) -> JobStatus {
        self.event.status.into()
    }

    /// When the job ended.
    async fn completed_at(&self) -> Instant {
        Instant(self.event.completed_at)
    }

    /// Where the result is downloaded, with the API key; null unless completed.
    async fn result_url(&self) -> Option<Url> {
        self.event.result_url.clone().map(Url)
    }

    /// The key of the result; null unless completed.
    async fn storage_key(&self) -> Option<&str> {
        self.event.storage_key.as_deref()
    }

    /// The query, unless deleted since.
    async fn query(&self, ctx: &Context<'_>) -> Nullable<SavedQuery> {
        async {
            let query = loaders(ctx)?.load(self.event.query_id).await.map_err(failed(ctx))?;
            Ok(query.map(SavedQuery))
        }
        .await
        .transpose()
    }

    /// The job, unless deleted since.
    async fn job(&self, ctx: &Context<'_>) -> Nullable<Job> {
        async {
            let job = loaders(ctx)?.load(self.event.job_id).await.map_err(failed(ctx))?;
            Ok(job.map(Job))
        }
        .await
        .transpose()
    }

    /// The result, unless deleted since.
    async fn storage_object(&self, ctx: &Context<'_>) -> Nullable<StorageObject> {
        async {
            let object =
                loaders(ctx)?.load(ResultOf(self.event.job_id)).await.map_err(failed(ctx))?;
            Ok(object.map(StorageObject))
        }
        .await
        .transpose()
    }
}
