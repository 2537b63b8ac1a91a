//! Deliveries taken out of the queue as nobody is to get them, and put into it again as somebody asks for
//! them: the same event, the same bytes, a new round of attempts whose numbers go on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use super::convert::{Row, millis, number, small_number};
use super::delivery::model;
use super::entity::{delivery, task};
use super::fan_out::test_row;
use super::sql::{Binder, Script, first, now_ms};
use super::task::{of_bucket, of_delivery};
use super::wake::Topic;
use super::webhook_endpoint::endpoint_in;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::delivery::{Delivery, DeliveryKind, DeliveryStatus, MAX_WEBHOOK_ATTEMPTS};
use crate::model::id::{DeliveryId, EventId, WebhookEndpointId};
use crate::model::task::TaskKind;
use crate::model::webhook_endpoint::EndpointState;

/// Deliveries put back at once.
const MOST_RECOVERED: u64 = 1_000;
/// How far it is counted what is before a delivery.
const MOST_AHEAD: u64 = 300;

/// What became of a delivery that is to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redelivered {
    Done(Box<Delivery>),
    NotFound,
    /// It has not ended: it is on its way anyway.
    Pending,
    /// Its endpoint is disabled, or deleted.
    NoEndpoint,
}

/// A test that an endpoint is to get.
pub struct NewTest {
    pub endpoint: WebhookEndpointId,
    pub id: DeliveryId,
    pub event: EventId,
    pub payload: String,
    pub audit: AuditEntry,
}

impl Store {
    /// Sends a test to an endpoint of the entry's workspace, enabled or not; nothing if there is none.
    pub async fn insert_test(&self, test: NewTest) -> Result<Option<Delivery>, StoreError> {
        self.requeue(move |tx: &Tx| Box::pin(insert_test(tx, test))).await
    }

    /// Begins a new round of attempts of a delivery of the entry's workspace that has ended.
    pub async fn redeliver(
        &self,
        id: DeliveryId,
        audit: AuditEntry,
    ) -> Result<Redelivered, StoreError> {
        self.requeue(move |tx: &Tx| Box::pin(redeliver(tx, id, audit))).await
    }

    /// The same for what an endpoint has missed of events since an instant, the oldest first, so many at most.
    /// Answers how many, and whether there are more; nothing when it is not enabled.
    pub async fn recover_deliveries(
        &self,
        endpoint: WebhookEndpointId,
        since: DateTime<Utc>,
        audit: AuditEntry,
    ) -> Result<Option<(u64, bool)>, StoreError> {
        self.requeue(move |tx: &Tx| Box::pin(recover(tx, endpoint, since, audit))).await
    }

    /// Whether a test of the endpoint was acknowledged since an instant.
    pub async fn passed_test_since(
        &self,
        endpoint: WebhookEndpointId,
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let passed = delivery::Entity::find()
            .filter(delivery::Column::EndpointId.eq(endpoint.to_string()))
            .filter(delivery::Column::Payload.is_not_null())
            .filter(delivery::Column::Status.eq(DeliveryStatus::Succeeded.as_str()))
            .filter(delivery::Column::CompletedAt.gte(millis(since)));
        Ok(!first(&self.reader, passed, 1).await?.is_empty())
    }

    /// How many deliveries an endpoint is to get before this place of the log, a few hundred at most, and when
    /// the first is tried next; nothing when there are none.
    pub async fn waiting_before(
        &self,
        endpoint: WebhookEndpointId,
        seq: u64,
    ) -> Result<Option<(Option<DateTime<Utc>>, u64)>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let (endpoint, seq) = (binder.bind(endpoint.to_string()), binder.bind(number(seq)));
        // The status stands in the text, as it does in the index.
        let sql = format!(
            "SELECT next_attempt_at FROM delivery WHERE endpoint_id = {endpoint} \
             AND status = 'pending' AND seq < {seq} ORDER BY seq LIMIT {MOST_AHEAD}"
        );
        let rows = self.reader.query_all_raw(binder.statement(sql)).await?;
        let Some(next) = rows.first() else { return Ok(None) };
        let at = Row { table: "delivery", id: "-" };
        Ok(Some((at.maybe_instant(next.try_get_by_index(0)?)?, rows.len() as u64)))
    }

    async fn requeue<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a Tx) -> super::RareFuture<'a, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &T| {
            wakes.committed(Topic::Queue(TaskKind::Webhook));
            wakes.committed(Topic::Queue(TaskKind::Bucket));
        };
        self.writer.write_then(tell, work).await
    }
}

async fn insert_test(tx: &Tx, test: NewTest) -> Result<Option<Delivery>, StoreError> {
    let NewTest { endpoint, id, event, payload, audit } = test;
    let Some(endpoint) = endpoint_in(tx, audit.workspace_id, endpoint).await? else {
        return Ok(None);
    };
    let row = test_row(&endpoint, (id, event), payload, audit.at);
    // It says at once whether it passes.
    let task = task::Model { max_attempts: 1, ..of_delivery(id, audit.workspace_id) };
    row.clone().into_active_model().insert(tx.connection()).await?;
    task.into_active_model().insert(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    model(row).map(Some)
}

async fn redeliver(tx: &Tx, id: DeliveryId, audit: AuditEntry) -> Result<Redelivered, StoreError> {
    let workspace = audit.workspace_id;
    let row = delivery::Entity::find_by_id(id.to_string())
        .filter(delivery::Column::WorkspaceId.eq(workspace.to_string()))
        .one(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(Redelivered::NotFound) };
    if row.status == DeliveryStatus::Pending.as_str() {
        return Ok(Redelivered::Pending);
    }
    let found = model(row.clone())?;
    if let Some(endpoint) = found.endpoint_id {
        let endpoint = endpoint_in(tx, workspace, endpoint).await?;
        if endpoint.is_none_or(|endpoint| endpoint.state == EndpointState::Disabled) {
            return Ok(Redelivered::NoEndpoint);
        }
    }
    put_back(tx, &[row], audit.at).await?;
    audit_entry::write(tx, &audit).await?;
    let found = Delivery {
        status: DeliveryStatus::Pending,
        next_attempt_at: Some(audit.at),
        completed_at: None,
        ..found
    };
    Ok(Redelivered::Done(Box::new(found)))
}

async fn recover(
    tx: &Tx,
    endpoint: WebhookEndpointId,
    since: DateTime<Utc>,
    audit: AuditEntry,
) -> Result<Option<(u64, bool)>, StoreError> {
    let found = endpoint_in(tx, audit.workspace_id, endpoint).await?;
    if found.is_none_or(|endpoint| endpoint.state == EndpointState::Disabled) {
        return Ok(None);
    }
    let missed = [DeliveryStatus::Failed.as_str(), DeliveryStatus::Skipped.as_str()];
    let select = delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(endpoint.to_string()))
        .filter(delivery::Column::Status.is_in(missed))
        .filter(delivery::Column::Payload.is_null())
        .filter(delivery::Column::CreatedAt.gte(millis(since)))
        .order_by_asc(delivery::Column::Seq);
    let mut rows = first(tx.connection(), select, MOST_RECOVERED + 1).await?;
    let has_more = rows.len() as u64 > MOST_RECOVERED;
    rows.truncate(usize::try_from(MOST_RECOVERED).unwrap_or(usize::MAX));
    put_back(tx, &rows, audit.at).await?;
    audit_entry::write(tx, &audit).await?;
    Ok(Some((rows.len() as u64, has_more)))
}

/// Makes deliveries that have ended due again, in their order: their tasks go on counting where the last left off.
async fn put_back(tx: &Tx, rows: &[delivery::Model], now: DateTime<Utc>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let tried = tried(tx, rows).await?;
    let mut tasks = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let at = Row { table: "delivery", id: &row.id };
        let attempt = tried.get(&row.id).copied().unwrap_or_default();
        tasks.push(task::Model {
            // Zero is before every database's time, and so is a place in this list.
            due_at: i64::try_from(place).unwrap_or_default(),
            attempt,
            ..again(row, &at, attempt)?
        });
    }
    let mut script = Script::new(tx.backend());
    script.insert(&tasks);
    script.add(|binder| {
        let now = binder.bind(millis(now));
        let ids = binder.one_of(rows.iter().map(|row| row.id.as_str()));
        format!(
            "UPDATE delivery SET status = 'pending', next_attempt_at = {now}, \
             completed_at = NULL WHERE id {ids}"
        )
    });
    Ok(script.run(tx.connection()).await?)
}

/// The task of a delivery that is to be sent again.
fn again(row: &delivery::Model, at: &Row<'_>, tried: i32) -> Result<task::Model, StoreError> {
    let (id, workspace) = (at.parse(&row.id)?, at.parse(&row.workspace_id)?);
    let is_copy = row.kind == DeliveryKind::Bucket.as_str();
    if is_copy {
        return Ok(of_bucket(id, workspace, false));
    }
    let max_attempts = tried.saturating_add(small_number(MAX_WEBHOOK_ATTEMPTS));
    Ok(task::Model { max_attempts, ..of_delivery(id, workspace) })
}

/// The number of the last attempt of each of these that was tried.
async fn tried(tx: &Tx, rows: &[delivery::Model]) -> Result<HashMap<String, i32>, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let ids = binder.one_of(rows.iter().map(|row| row.id.as_str()));
    let sql = format!(
        "SELECT delivery_id, max(number) AS last FROM delivery_attempt \
         WHERE delivery_id {ids} GROUP BY delivery_id"
    );
    let rows = tx.connection().query_all_raw(binder.statement(sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "delivery_id")?, row.try_get("", "last")?))).collect()
}

/// Takes what waits for an endpoint out of the queue: it is kept as skipped. What is being sent just now ends
/// by itself, and whoever takes up what is added meanwhile finds the endpoint disabled.
pub(super) async fn skip_waiting(
    tx: &Tx,
    endpoint: WebhookEndpointId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let now = now_ms(tx.backend());
    let lock = if tx.backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE OF task" };
    let mut binder = Binder::new(tx.backend());
    let id = binder.bind(endpoint.to_string());
    let sql = format!(
        "DELETE FROM task WHERE id IN (SELECT task.id FROM delivery JOIN task \
         ON task.id = delivery.id WHERE delivery.endpoint_id = {id} \
         AND delivery.status = 'pending' AND delivery.payload IS NULL \
         AND (task.lease_token IS NULL OR task.due_at <= {now}) ORDER BY task.id{lock})"
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    let mut binder = Binder::new(tx.backend());
    let at = binder.bind(millis(at));
    let id = binder.bind(endpoint.to_string());
    let sql = format!(
        "UPDATE delivery SET status = 'skipped', next_attempt_at = NULL, completed_at = {at} \
         WHERE endpoint_id = {id} AND status = 'pending' \
         AND NOT EXISTS (SELECT 1 FROM task WHERE task.id = delivery.id)"
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}
