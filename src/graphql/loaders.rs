//! Data loaders: what the objects of one page need is read in one statement per kind, always within
//! the caller's workspace.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;

use super::batch::Batching;
use crate::domain::Domain;
use crate::error::Error;
use crate::model::api_key::{ApiKey, Principal};
use crate::model::delivery::{Delivery, DeliveryAttempt};
use crate::model::event::Event;
use crate::model::id::{
    ApiKeyId, DeliveryId, EventId, JobId, QueryId, StorageObjectId, WebhookEndpointId,
};
use crate::model::job::Job;
use crate::model::page::{First, Page};
use crate::model::query::SavedQuery;
use crate::model::retention::Retention;
use crate::model::schedule::QuerySchedule;
use crate::model::scrape_log::ScrapeLog;
use crate::model::storage_object::StorageObject;
use crate::model::webhook_endpoint::WebhookEndpoint;

/// A query's newest job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LatestJobOf(pub QueryId);

/// A query's newest result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LatestResultOf(pub QueryId);

/// The result of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResultOf(pub JobId);

/// The delivery of a job's result to the bucket that is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CopyOf(pub StorageObjectId);

/// The schedule of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScheduleOf(pub QueryId);

/// How long the caller's workspace keeps things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetentionOfCaller;

/// The attempts of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptsOf(pub DeliveryId);

/// The first page of the deliveries of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveriesOf(pub JobId, pub First);

/// The first page of the exchanges of a job with its sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScrapeLogsOf(pub JobId, pub First);

/// The first page of the jobs of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobsOf(pub QueryId, pub First);

/// Reads rows for one caller.
pub struct Rows {
    domain: Domain,
    who: Principal,
}

/// One loader for all kinds of rows of one caller.
pub struct Loaders(Batching<Rows>);

impl Loaders {
    pub fn new(domain: Domain, who: Principal) -> Self {
        Self(Batching::new(Rows { domain, who }))
    }

    pub async fn load<K>(&self, key: K) -> Result<Option<<Rows as Loader<K>>::Value>, Error>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Error>,
    {
        self.0.load(key).await
    }
}

impl Loader<QueryId> for Rows {
    type Value = SavedQuery;
    type Error = Error;

    async fn load(&self, keys: &[QueryId]) -> Result<HashMap<QueryId, SavedQuery>, Error> {
        let queries = self.domain.queries_by_id(&self.who, keys).await?;
        Ok(queries.into_iter().map(|query| (query.id, query)).collect())
    }
}

impl Loader<RetentionOfCaller> for Rows {
    type Value = Retention;
    type Error = Error;

    async fn load(
        &self,
        keys: &[RetentionOfCaller],
    ) -> Result<HashMap<RetentionOfCaller, Retention>, Error> {
        let retention = self.domain.retention(&self.who).await?;
        Ok(keys.iter().map(|key| (*key, retention)).collect())
    }
}

impl Loader<JobId> for Rows {
    type Value = Job;
    type Error = Error;

    async fn load(&self, keys: &[JobId]) -> Result<HashMap<JobId, Job>, Error> {
        let jobs = self.domain.jobs_by_id(&self.who, keys).await?;
        Ok(jobs.into_iter().map(|job| (job.id, job)).collect())
    }
}

impl Loader<ApiKeyId> for Rows {
    type Value = ApiKey;
    type Error = Error;

    async fn load(&self, keys: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, ApiKey>, Error> {
        let keys = self.domain.api_keys_by_id(&self.who, keys).await?;
        Ok(keys.into_iter().map(|key| (key.id, key)).collect())
    }
}

impl Loader<WebhookEndpointId> for Rows {
    type Value = WebhookEndpoint;
    type Error = Error;

    async fn load(
        &self,
        keys: &[WebhookEndpointId],
    ) -> Result<HashMap<WebhookEndpointId, WebhookEndpoint>, Error> {
        let found = self.domain.webhook_endpoints_by_id(&self.who, keys).await?;
        Ok(found.into_iter().map(|endpoint| (endpoint.id, endpoint)).collect())
    }
}

impl Loader<ScheduleOf> for Rows {
    type Value = QuerySchedule;
    type Error = Error;

    async fn load(&self, keys: &[ScheduleOf]) -> Result<HashMap<ScheduleOf, QuerySchedule>, Error> {
        let queries: Vec<QueryId> = keys.iter().map(|key| key.0).collect();
        let schedules = self.domain.schedules(&self.who, &queries).await?;
        Ok(schedules.into_iter().map(|one| (ScheduleOf(one.query_id), one)).collect())
    }
}

impl Loader<ResultOf> for Rows {
    type Value = StorageObject;
    type Error = Error;

    async fn load(&self, keys: &[ResultOf]) -> Result<HashMap<ResultOf, StorageObject>, Error> {
        let jobs: Vec<JobId> = keys.iter().map(|key| key.0).collect();
        let objects = self.domain.storage_objects_by_job(&self.who, &jobs).await?;
        Ok(objects.into_iter().map(|object| (ResultOf(object.job_id), object)).collect())
    }
}

impl Loader<CopyOf> for Rows {
    type Value = Delivery;
    type Error = Error;

    async fn load(&self, keys: &[CopyOf]) -> Result<HashMap<CopyOf, Delivery>, Error> {
        let objects: Vec<StorageObjectId> = keys.iter().map(|key| key.0).collect();
        let deliveries = self.domain.deliveries_of_objects(&self.who, &objects).await?;
        let of_object = |delivery: Delivery| Some((CopyOf(delivery.object_id?), delivery));
        Ok(deliveries.into_iter().filter_map(of_object).collect())
    }
}

impl Loader<EventId> for Rows {
    type Value = Event;
    type Error = Error;

    async fn load(&self, keys: &[EventId]) -> Result<HashMap<EventId, Event>, Error> {
        let events = self.domain.events_by_id(&self.who, keys).await?;
        Ok(events.into_iter().map(|event| (event.id, event)).collect())
    }
}

impl Loader<AttemptsOf> for Rows {
    type Value = Vec<DeliveryAttempt>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[AttemptsOf],
    ) -> Result<HashMap<AttemptsOf, Vec<DeliveryAttempt>>, Error> {
        let ids: Vec<DeliveryId> = keys.iter().map(|key| key.0).collect();
        let attempts = self.domain.delivery_attempts(&self.who, &ids).await?;
        Ok(attempts.into_iter().map(|(id, attempts)| (AttemptsOf(id), attempts)).collect())
    }
}

/// The keys that ask for pages alike: one statement reads those.
fn alike<K: Copy>(keys: &[K], page: impl Fn(K) -> First) -> HashMap<First, Vec<K>> {
    let mut alike: HashMap<First, Vec<K>> = HashMap::new();
    for key in keys {
        alike.entry(page(*key)).or_default().push(*key);
    }
    alike
}

impl Loader<DeliveriesOf> for Rows {
    type Value = Page<Delivery>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[DeliveriesOf],
    ) -> Result<HashMap<DeliveriesOf, Page<Delivery>>, Error> {
        let mut pages = HashMap::new();
        for (first, keys) in alike(keys, |key| key.1) {
            let jobs: Vec<JobId> = keys.iter().map(|key| key.0).collect();
            let found = self.domain.first_deliveries(&self.who, &jobs, first).await?;
            pages.extend(found.into_iter().map(|(job, page)| (DeliveriesOf(job, first), page)));
        }
        Ok(pages)
    }
}

impl Loader<ScrapeLogsOf> for Rows {
    type Value = Page<ScrapeLog>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[ScrapeLogsOf],
    ) -> Result<HashMap<ScrapeLogsOf, Page<ScrapeLog>>, Error> {
        let mut pages = HashMap::new();
        for (first, keys) in alike(keys, |key| key.1) {
            let jobs: Vec<JobId> = keys.iter().map(|key| key.0).collect();
            let found = self.domain.first_scrape_logs(&self.who, &jobs, first).await?;
            pages.extend(found.into_iter().map(|(job, page)| (ScrapeLogsOf(job, first), page)));
        }
        Ok(pages)
    }
}

impl Loader<JobsOf> for Rows {
    type Value = Page<Job>;
    type Error = Error;

    async fn load(&self, keys: &[JobsOf]) -> Result<HashMap<JobsOf, Page<Job>>, Error> {
        let mut pages = HashMap::new();
        for (first, keys) in alike(keys, |key| key.1) {
            let queries: Vec<QueryId> = keys.iter().map(|key| key.0).collect();
            let found = self.domain.first_jobs(&self.who, &queries, first).await?;
            pages.extend(found.into_iter().map(|(query, page)| (JobsOf(query, first), page)));
        }
        Ok(pages)
    }
}

impl Loader<LatestJobOf> for Rows {
    type Value = Job;
    type Error = Error;

    async fn load(&self, keys: &[LatestJobOf]) -> Result<HashMap<LatestJobOf, Job>, Error> {
        let queries: Vec<QueryId> = keys.iter().map(|key| key.0).collect();
        let jobs = self.domain.latest_jobs(&self.who, &queries).await?;
        Ok(jobs.into_iter().map(|job| (LatestJobOf(job.query_id), job)).collect())
    }
}

impl Loader<LatestResultOf> for Rows {
    type Value = StorageObject;
    type Error = Error;

    async fn load(
        &self,
        keys: &[LatestResultOf],
    ) -> Result<HashMap<LatestResultOf, StorageObject>, Error> {
        let queries: Vec<QueryId> = keys.iter().map(|key| key.0).collect();
        let objects = self.domain.latest_storage_objects(&self.who, &queries).await?;
        Ok(objects.into_iter().map(|object| (LatestResultOf(object.query_id), object)).collect())
    }
}
