//! Deliveries, their attempts, and what a sender needs.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::convert::{Row, millis, readable, small_number};
use super::entity::{delivery, delivery_attempt, event};
use super::first_of::Lists;
use super::sql::one_of;
use super::{Store, StoreError, keyset};
use crate::model::delivery::{Delivery, DeliveryAttempt, DeliveryFilter};
use crate::model::id::{DeliveryId, JobId, WorkspaceId};
use crate::model::page::{First, Page, Slice};

impl Store {
    pub async fn deliveries_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[DeliveryId],
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = delivery::Entity::find()
            .filter(delivery::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(delivery::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// The workspace's deliveries, newest first.
    pub async fn deliveries(
        &self,
        workspace: WorkspaceId,
        filter: &DeliveryFilter,
        slice: &Slice,
    ) -> Result<Page<Delivery>, StoreError> {
        let select = select(workspace, filter);
        keyset::read(&self.reader, select, delivery::Column::Id, slice).await?.try_map(model)
    }

    /// The first page of the deliveries of each of these jobs that has any.
    pub async fn first_deliveries(
        &self,
        workspace: WorkspaceId,
        jobs: &[JobId],
        page: First,
    ) -> Result<HashMap<JobId, Page<Delivery>>, StoreError> {
        let lists: Lists<delivery::Model> =
            Lists { table: "delivery", of: "job_id", owner, id: |row| &row.id };
        let jobs = jobs.iter().map(ToString::to_string);
        let pages =
            lists.first_pages::<delivery::Entity>(&self.reader, workspace, jobs, page).await?;
        let pages = pages.into_iter().map(|(job, page)| {
            let at = Row { table: "delivery", id: &job };
            Ok((at.parse(&job)?, page.try_map(model)?))
        });
        pages.collect()
    }

    pub async fn count_deliveries(
        &self,
        workspace: WorkspaceId,
        filter: &DeliveryFilter,
    ) -> Result<u64, StoreError> {
        Ok(select(workspace, filter).count(&self.reader).await?)
    }

    /// The attempts of these deliveries of the workspace, in the order they were made.
    pub async fn delivery_attempts(
        &self,
        workspace: WorkspaceId,
        ids: &[DeliveryId],
    ) -> Result<HashMap<DeliveryId, Vec<DeliveryAttempt>>, StoreError> {
        let own = self.deliveries_by_id(workspace, ids).await?;
        let rows = delivery_attempt::Entity::find()
            .filter(
                delivery_attempt::Column::DeliveryId
                    .is_in(own.iter().map(|delivery| delivery.id.to_string())),
            )
            .order_by_asc(delivery_attempt::Column::DeliveryId)
            .order_by_asc(delivery_attempt::Column::Number)
            .all(&self.reader)
            .await?;
        let mut attempts: HashMap<DeliveryId, Vec<DeliveryAttempt>> = HashMap::new();
        for row in rows {
            let at = Row { table: "delivery_attempt", id: &row.delivery_id };
            attempts.entry(at.parse(&row.delivery_id)?).or_default().push(attempt(&row)?);
        }
        Ok(attempts)
    }

    /// The deliveries of claimed tasks, of any workspaces, each with the bytes of its event: for who
    /// sends them. One that cannot be read is left out and logged, as the others are not to fail with it.
    pub async fn deliveries_with_payloads(
        &self,
        ids: &[&str],
    ) -> Result<Vec<(Delivery, String)>, StoreError> {
        let backend = self.reader.get_database_backend();
        let ids = ids.iter().map(|id| (*id).to_owned());
        let rows = delivery::Entity::find()
            .filter(one_of(backend, delivery::Column::Id, ids))
            .all(&self.reader)
            .await?;
        let event_ids = rows.iter().map(|row| row.event_id.clone());
        let events = event::Entity::find()
            .filter(one_of(backend, event::Column::Id, event_ids))
            .all(&self.reader)
            .await?;
        let payloads: HashMap<String, String> =
            events.into_iter().map(|event| (event.id, event.payload)).collect();
        let with_payload = |row: delivery::Model| {
            let payload = row.payload.clone().or_else(|| payloads.get(&row.event_id).cloned())?;
            Some((readable(model(row))?, payload))
        };
        Ok(rows.into_iter().filter_map(with_payload).collect())
    }
}

/// The job that a row in a job's list is of.
fn owner(row: &delivery::Model) -> &str {
    row.job_id.as_deref().unwrap_or_default()
}

fn select(workspace: WorkspaceId, filter: &DeliveryFilter) -> sea_orm::Select<delivery::Entity> {
    let mut select =
        delivery::Entity::find().filter(delivery::Column::WorkspaceId.eq(workspace.to_string()));
    if let Some(query) = filter.query_id {
        select = select.filter(delivery::Column::QueryId.eq(query.to_string()));
    }
    if let Some(job) = filter.job_id {
        select = select.filter(delivery::Column::JobId.eq(job.to_string()));
    }
    if let Some(kind) = filter.kind {
        select = select.filter(delivery::Column::Kind.eq(kind.as_str()));
    }
    if let Some(endpoint) = filter.endpoint_id {
        select = select.filter(delivery::Column::EndpointId.eq(endpoint.to_string()));
    }
    if let Some(after) = filter.created_after {
        select = select.filter(delivery::Column::CreatedAt.gt(millis(after)));
    }
    if let Some(before) = filter.created_before {
        select = select.filter(delivery::Column::CreatedAt.lt(millis(before)));
    }
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|status| status.as_str());
        select = select.filter(delivery::Column::Status.is_in(statuses));
    }
    select
}

pub(super) fn model(row: delivery::Model) -> Result<Delivery, StoreError> {
    let at = Row { table: "delivery", id: &row.id };
    Ok(Delivery {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        kind: at.parse(&row.kind)?,
        endpoint_id: row.endpoint_id.as_deref().map(|id| at.parse(id)).transpose()?,
        event_id: Some(&row.event_id)
            .filter(|id| !id.is_empty())
            .map(|id| at.parse(id))
            .transpose()?,
        object_id: row.object_id.as_deref().map(|id| at.parse(id)).transpose()?,
        bucket_id: row.bucket_id.as_deref().map(|id| at.parse(id)).transpose()?,
        seq: row.seq.map(|seq| at.number(seq)).transpose()?,
        query_id: row.query_id.as_deref().map(|id| at.parse(id)).transpose()?,
        job_id: row.job_id.as_deref().map(|id| at.parse(id)).transpose()?,
        is_test: row.payload.is_some(),
        status: at.parse(&row.status)?,
        created_at: at.instant(row.created_at)?,
        next_attempt_at: at.maybe_instant(row.next_attempt_at)?,
        completed_at: at.maybe_instant(row.completed_at)?,
        target: row.target,
    })
}

pub(super) fn attempt_row(id: DeliveryId, attempt: &DeliveryAttempt) -> delivery_attempt::Model {
    delivery_attempt::Model {
        delivery_id: id.to_string(),
        number: small_number(attempt.number),
        at: millis(attempt.at),
        duration_ms: attempt.duration_ms.into(),
        first_byte_ms: attempt.first_byte_ms.map(i64::from),
        status_code: attempt.status_code.map(i32::from),
        error: attempt.error.clone(),
        response_excerpt: attempt.response_excerpt.clone(),
    }
}

fn attempt(row: &delivery_attempt::Model) -> Result<DeliveryAttempt, StoreError> {
    let at = Row { table: "delivery_attempt", id: &row.delivery_id };
    Ok(DeliveryAttempt {
        number: at.number(row.number.into())?,
        at: at.instant(row.at)?,
        duration_ms: at.number(row.duration_ms)?,
        first_byte_ms: row.first_byte_ms.map(|millis| at.number(millis)).transpose()?,
        status_code: row.status_code.map(|code| at.number(code.into())).transpose()?,
        error: row.error.clone(),
        response_excerpt: row.response_excerpt.clone(),
    })
}
