//! Every object that has an id.

use std::collections::HashMap;

use async_graphql::{Context, ID, Interface};

use super::api_key::ApiKey;
use super::audit_entry::AuditEntry;
use super::dataset::Dataset;
use super::delivery::Delivery;
use super::download_link::DownloadLink;
use super::event::Event;
use super::job::Job;
use super::pin::Pin;
use super::query::SavedQuery;
use super::scrape_log::ScrapeLog;
use super::storage_object::StorageObject;
use super::webhook_endpoint::WebhookEndpoint;
use super::workspace::Workspace;
use crate::domain::Domain;
use crate::error::Error;
use crate::graphql::context::reader;
use crate::graphql::errors::failed;
use crate::model::api_key::{Principal, Scope};
use crate::model::id::{
    ApiKeyId, AuditEntryId, DatasetId, DeliveryId, DownloadLinkId, EventId, JobId, PinId, QueryId,
    ScrapeLogId, StorageObjectId, WebhookEndpointId, WorkspaceId,
};
use crate::model::{
    api_key, audit_entry, dataset, delivery, download_link, event, job, pin, query, scrape_log,
    storage_object, webhook_endpoint, workspace,
};

/// An object with an id that is unique in the whole service.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "A prefix that tells the kind, and 26 characters."
))]
pub enum Node {
    Workspace(Workspace),
    SavedQuery(SavedQuery),
    Job(Job),
    StorageObject(StorageObject),
    Event(Event),
    Delivery(Delivery),
    ApiKey(ApiKey),
    AuditEntry(AuditEntry),
    Dataset(Dataset),
    WebhookEndpoint(WebhookEndpoint),
    DownloadLink(DownloadLink),
    Pin(Pin),
    ScrapeLog(ScrapeLog),
}

/// The objects with these ids, in their order, one statement per kind.
pub async fn load(ctx: &Context<'_>, ids: &[ID]) -> async_graphql::Result<Vec<Option<Node>>> {
    let (domain, who) = reader(ctx)?;
    let found = find(domain, who, ids).await.map_err(failed(ctx))?;
    Ok(ids.iter().map(|id| found.get(id.as_str()).cloned().map(Node::from)).collect())
}

/// An object as the domain has it.
#[derive(Clone)]
enum Found {
    Workspace(workspace::Workspace),
    Query(query::SavedQuery),
    Job(job::Job),
    StorageObject(storage_object::StorageObject),
    Event(event::Event),
    Delivery(delivery::Delivery),
    ApiKey(api_key::ApiKey),
    AuditEntry(audit_entry::AuditEntry),
    Dataset(dataset::Dataset),
    WebhookEndpoint(webhook_endpoint::WebhookEndpoint),
    DownloadLink(download_link::DownloadLink),
    Pin(pin::Pin),
    ScrapeLog(scrape_log::ScrapeLog),
}

impl From<Found> for Node {
    fn from(found: Found) -> Self {
        match found {
            Found::Workspace(workspace) => Self::Workspace(Workspace(workspace)),
            Found::Query(query) => Self::SavedQuery(SavedQuery(query)),
            Found::Job(job) => Self::Job(Job(job)),
            Found::StorageObject(object) => Self::StorageObject(StorageObject(object)),
            Found::Event(event) => Self::Event(Event(event)),
            Found::Delivery(delivery) => Self::Delivery(Delivery(delivery)),
            Found::ApiKey(key) => Self::ApiKey(ApiKey(key)),
            Found::AuditEntry(entry) => Self::AuditEntry(AuditEntry(entry)),
            Found::Dataset(dataset) => Self::Dataset(Dataset(dataset)),
            Found::WebhookEndpoint(one) => Self::WebhookEndpoint(WebhookEndpoint(one)),
            Found::DownloadLink(link) => Self::DownloadLink(link.into()),
            Found::Pin(pin) => Self::Pin(Pin(pin)),
            Found::ScrapeLog(log) => Self::ScrapeLog(ScrapeLog(log)),
        }
    }
}

async fn find(
    domain: &Domain,
    who: &Principal,
    ids: &[ID],
) -> Result<HashMap<String, Found>, Error> {
    let mut found = HashMap::new();
    for query in domain.queries_by_id(who, &of_kind::<QueryId>(ids)).await? {
        found.insert(query.id.to_string(), Found::Query(query));
    }
    for job in domain.jobs_by_id(who, &of_kind::<JobId>(ids)).await? {
        found.insert(job.id.to_string(), Found::Job(job));
    }
    for object in domain.storage_objects_by_id(who, &of_kind::<StorageObjectId>(ids)).await? {
        found.insert(object.id.to_string(), Found::StorageObject(object));
    }
    for event in domain.events_by_id(who, &of_kind::<EventId>(ids)).await? {
        found.insert(event.id.to_string(), Found::Event(event));
    }
    for delivery in domain.deliveries_by_id(who, &of_kind::<DeliveryId>(ids)).await? {
        found.insert(delivery.id.to_string(), Found::Delivery(delivery));
    }
    let keys = of_kind::<ApiKeyId>(ids);
    // What the caller may not see looks as if it were not there.
    if who.allows(Scope::Admin) {
        for key in domain.api_keys_by_id(who, &keys).await? {
            found.insert(key.id.to_string(), Found::ApiKey(key));
        }
    }
    for entry in domain.audit_entries_by_id(who, &of_kind::<AuditEntryId>(ids)).await? {
        found.insert(entry.id.to_string(), Found::AuditEntry(entry));
    }
    for dataset in domain.datasets_by_id(who, &of_kind::<DatasetId>(ids)).await? {
        found.insert(dataset.id.to_string(), Found::Dataset(dataset));
    }
    let endpoints = of_kind::<WebhookEndpointId>(ids);
    for endpoint in domain.webhook_endpoints_by_id(who, &endpoints).await? {
        found.insert(endpoint.id.to_string(), Found::WebhookEndpoint(endpoint));
    }
    for link in domain.download_links_by_id(who, &of_kind::<DownloadLinkId>(ids)).await? {
        found.insert(link.id.to_string(), Found::DownloadLink(link));
    }
    for pin in domain.pins_by_id(who, &of_kind::<PinId>(ids)).await? {
        found.insert(pin.id.to_string(), Found::Pin(pin));
    }
    for log in domain.scrape_logs_by_id(who, &of_kind::<ScrapeLogId>(ids)).await? {
        found.insert(log.id.to_string(), Found::ScrapeLog(log));
    }
    if of_kind::<WorkspaceId>(ids).contains(&who.workspace_id)
        && let Some(workspace) = domain.workspace(who).await?
    {
        found.insert(workspace.id.to_string(), Found::Workspace(workspace));
    }
    Ok(found)
}

fn of_kind<Id: std::str::FromStr>(ids: &[ID]) -> Vec<Id> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}
