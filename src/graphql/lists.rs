//! What lists are narrowed and ordered by.

use async_graphql::{Enum, ID, InputObject};

use super::scalars::Instant;
use super::types::delivery::{DeliveryKind, DeliveryStatus};
use super::types::job::{JobStatus, JobTrigger, parse_job_id, parse_query_id};
use crate::error::{Code, Error};
use crate::model::id::IdError;
use crate::model::page::Order;
use crate::model::{audit_entry, delivery, download_link, job, query, storage_object};

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The least first: the oldest, the smallest, A.
    Asc,
    /// The greatest first: the newest, the largest, Z.
    Desc,
}

/// What queries are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "query::QueryField")]
pub enum QueryOrderField {
    /// When they were saved.
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
    /// Their names, by code points; those without one are before all others.
    Name,
}

/// How queries are ordered; equal ones by their ids.
#[derive(InputObject)]
pub struct QueryOrder {
    /// By what.
    field: QueryOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// What jobs are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "job::JobField")]
pub enum JobOrderField {
    /// When they were made.
    CreatedAt,
}

/// How jobs are ordered.
#[derive(InputObject)]
pub struct JobOrder {
    /// By what.
    field: JobOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// What results are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StorageObjectOrderField {
    /// When they were stored.
    CreatedAt,
    /// How many bytes they have.
    SizeBytes,
}

impl From<StorageObjectOrderField> for storage_object::StorageObjectField {
    fn from(field: StorageObjectOrderField) -> Self {
        match field {
            StorageObjectOrderField::CreatedAt => Self::CreatedAt,
            StorageObjectOrderField::SizeBytes => Self::SizeBytes,
        }
    }
}

/// How results are ordered; equal ones by their ids.
#[derive(InputObject)]
pub struct StorageObjectOrder {
    /// By what.
    field: StorageObjectOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// Narrows a list of queries; what is not given fits all.
#[derive(InputObject)]
pub struct QueryFilter {
    /// Only queries with this in their name or prompt; A to Z fit in either case.
    search: Option<String>,
    /// Only queries that name one of these sources.
    sources: Option<Vec<String>>,
    /// Only queries that run by themselves, or only those that do not.
    scheduled: Option<bool>,
    /// Only queries saved after this instant.
    created_after: Option<Instant>,
    /// Only queries saved before this instant.
    created_before: Option<Instant>,
}

/// Narrows a list of jobs; what is not given fits all.
#[derive(InputObject)]
pub struct JobFilter {
    /// Only jobs of this query.
    pub query_id: Option<ID>,
    /// Only jobs in one of these states.
    statuses: Option<Vec<JobStatus>>,
    /// Only jobs that exist for one of these reasons.
    triggers: Option<Vec<JobTrigger>>,
    /// Only jobs made after this instant.
    created_after: Option<Instant>,
    /// Only jobs made before this instant.
    created_before: Option<Instant>,
}

/// Narrows a list of results; what is not given fits all.
#[derive(InputObject)]
pub struct StorageObjectFilter {
    /// Only results of this query.
    query_id: Option<ID>,
    /// Only the result of this job.
    job_id: Option<ID>,
    /// Only results with this in their key; A to Z fit in either case.
    search: Option<String>,
    /// Only results stored after this instant.
    created_after: Option<Instant>,
    /// Only results stored before this instant.
    created_before: Option<Instant>,
}

/// Narrows a list of links; what is not given fits all.
#[derive(InputObject)]
pub struct DownloadLinkFilter {
    /// Only links to the result with this key.
    storage_key: Option<String>,
}

impl From<DownloadLinkFilter> for download_link::DownloadLinkFilter {
    fn from(filter: DownloadLinkFilter) -> Self {
        Self { storage_key: filter.storage_key }
    }
}

/// Narrows a list of deliveries; what is not given fits all.
#[derive(InputObject)]
pub struct DeliveryFilter {
    /// Only deliveries of this query's events.
    query_id: Option<ID>,
    /// Only deliveries of this job's events.
    job_id: Option<ID>,
    /// Only deliveries of this kind.
    kind: Option<DeliveryKind>,
    /// Only deliveries to this registered receiver.
    webhook_endpoint_id: Option<ID>,
    /// Only deliveries in one of these states.
    statuses: Option<Vec<DeliveryStatus>>,
    /// Only deliveries of events after this instant.
    created_after: Option<Instant>,
    /// Only deliveries of events before this instant.
    created_before: Option<Instant>,
}

/// Narrows the audit log; what is not given fits all.
#[derive(InputObject)]
pub struct AuditFilter {
    /// Only these operations, named as in `AuditEntry.operation`; any other name is refused.
    operations: Option<Vec<String>>,
    /// Only what was asked for with this key.
    api_key_id: Option<ID>,
    /// Only changes of the object with this id.
    object_id: Option<ID>,
}

impl From<QueryFilter> for query::QueryFilter {
    fn from(filter: QueryFilter) -> Self {
        Self {
            search: filter.search,
            sources: filter.sources.unwrap_or_default(),
            scheduled: filter.scheduled,
            created_after: filter.created_after.map(|instant| instant.0),
            created_before: filter.created_before.map(|instant| instant.0),
        }
    }
}

impl TryFrom<JobFilter> for job::JobFilter {
    type Error = Error;

    fn try_from(filter: JobFilter) -> Result<Self, Error> {
        Ok(Self {
            query_id: filter.query_id.map(|id| parse_query_id(&id)).transpose()?,
            statuses: filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            triggers: filter.triggers.unwrap_or_default().into_iter().map(Into::into).collect(),
            created_after: filter.created_after.map(|instant| instant.0),
            created_before: filter.created_before.map(|instant| instant.0),
        })
    }
}

impl TryFrom<StorageObjectFilter> for storage_object::StorageObjectFilter {
    type Error = Error;

    fn try_from(filter: StorageObjectFilter) -> Result<Self, Error> {
        Ok(Self {
            query_id: filter.query_id.map(|id| parse_query_id(&id)).transpose()?,
            job_id: filter.job_id.map(|id| parse_job_id(&id)).transpose()?,
            search: filter.search,
            created_after: filter.created_after.map(|instant| instant.0),
            created_before: filter.created_before.map(|instant| instant.0),
        })
    }
}

impl TryFrom<AuditFilter> for audit_entry::AuditFilter {
    type Error = Error;

    fn try_from(filter: AuditFilter) -> Result<Self, Error> {
        let bad = |message: String| Error::new(Code::BadUserInput, message);
        let key = filter.api_key_id.map(|id| id.parse()).transpose();
        let operations = filter.operations.unwrap_or_default();
        let operations = operations.iter().map(|name| name.parse()).collect::<Result<_, _>>();
        Ok(Self {
            operations: operations.map_err(bad)?,
            key_id: key.map_err(|error: IdError| bad(error.to_string()))?,
            object_id: filter.object_id.map(|id| id.to_string()),
        })
    }
}

impl TryFrom<DeliveryFilter> for delivery::DeliveryFilter {
    type Error = Error;

    fn try_from(filter: DeliveryFilter) -> Result<Self, Error> {
        let endpoint = filter.webhook_endpoint_id.map(|id| id.parse()).transpose();
        let bad = |error: IdError| Error::new(Code::BadUserInput, error.to_string());
        Ok(Self {
            kind: filter.kind.map(Into::into),
            endpoint_id: endpoint.map_err(bad)?,
            created_after: filter.created_after.map(|instant| instant.0),
            created_before: filter.created_before.map(|instant| instant.0),
            query_id: filter.query_id.map(|id| parse_query_id(&id)).transpose()?,
            job_id: filter.job_id.map(|id| parse_job_id(&id)).transpose()?,
            statuses: filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}

/// The filter of the model, its ids checked; everything fits when none is given.
pub fn checked<F, M>(filter: Option<F>) -> Result<M, Error>
where
    M: TryFrom<F, Error = Error> + Default,
{
    filter.map_or_else(|| Ok(M::default()), M::try_from)
}

macro_rules! order {
    ($input:ident, $field:ty) => {
        impl From<$input> for Order<$field> {
            fn from(order: $input) -> Self {
                let ascending = order.direction == OrderDirection::Asc;
                Self { field: order.field.into(), ascending }
            }
        }
    };
}

order!(QueryOrder, query::QueryField);
order!(JobOrder, job::JobField);
order!(StorageObjectOrder, storage_object::StorageObjectField);
