//! Registered receivers. Who changes what they get first takes the turn of the workspace's log, as who
//! appends to it does: an event is delivered to exactly those that are registered where it stands in the log.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, QueryFilter, QueryOrder,
};

use super::convert::{Row, millis, small_number, to_json};
use super::entity::{webhook_endpoint, webhook_secret};
use super::event_append::{append, lock_log};
use super::once::known;
use super::redelivery::skip_waiting;
use super::seal::Place;
use super::sql::one_of;
use super::wake::Topic;
use super::writer::IdempotencyKey;
use super::{Store, StoreError, Tx, audit_entry, keyset};
use crate::model::audit_entry::AuditEntry;
use crate::model::event::NewEvent;
use crate::model::id::{WebhookEndpointId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::task::TaskKind;
use crate::model::webhook_endpoint::{EndpointState, MAX_ENDPOINTS, WebhookEndpoint};

/// An endpoint to be made, with what only the store may see.
pub struct NewEndpoint {
    pub endpoint: WebhookEndpoint,
    /// `whsec_…`, in the clear; sealed before it is written.
    pub secret: String,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of an endpoint that was to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    New,
    /// The same request was here before and made this.
    Replayed(WebhookEndpointId),
    KeyReused,
    /// The workspace has one with this address.
    UrlTaken,
    TooMany,
}

/// What of an endpoint becomes different.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub ordered: Option<bool>,
    /// `Some(0)` takes the limit away.
    pub rate_limit: Option<u32>,
    pub state: Option<EndpointState>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Done(Box<WebhookEndpoint>),
    NotFound,
    UrlTaken,
}

/// An endpoint that is to be disabled for what it does.
#[derive(Clone, Debug)]
pub struct Disable {
    pub workspace: WorkspaceId,
    pub id: WebhookEndpointId,
    pub reason: String,
    /// Only if it has failed since before this.
    pub failing_since: Option<DateTime<Utc>>,
    pub event: NewEvent,
}

impl Store {
    pub async fn webhook_endpoints_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[WebhookEndpointId],
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let rows = of_workspace(workspace)
            .filter(webhook_endpoint::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// Endpoints of any workspaces, for who sends to them.
    pub async fn endpoints_to_send_to(
        &self,
        ids: impl IntoIterator<Item = WebhookEndpointId>,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let ids = ids.into_iter().map(|id| id.to_string());
        let these = one_of(self.reader.get_database_backend(), webhook_endpoint::Column::Id, ids);
        let rows = webhook_endpoint::Entity::find().filter(these).all(&self.reader).await?;
        rows.into_iter().map(model).collect()
    }

    /// A part of a workspace's endpoints, newest first.
    pub async fn webhook_endpoints(
        &self,
        workspace: WorkspaceId,
        slice: &Slice,
    ) -> Result<Page<WebhookEndpoint>, StoreError> {
        let select = of_workspace(workspace);
        let page = keyset::read(&self.reader, select, webhook_endpoint::Column::Id, slice);
        page.await?.try_map(model)
    }

    pub async fn count_webhook_endpoints(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(of_workspace(workspace).count(&self.reader).await?)
    }

    /// Registers an endpoint, once per idempotency key.
    pub async fn insert_webhook_endpoint(
        &self,
        new: NewEndpoint,
    ) -> Result<Registered, StoreError> {
        let (id, workspace) = (new.endpoint.id.to_string(), new.endpoint.workspace_id.to_string());
        let secret = self.master_key.seal(secret_place(&id, &workspace), new.secret.as_bytes())?;
        let secret = webhook_secret::Model {
            endpoint_id: id,
            workspace_id: workspace,
            secret,
            previous_secret: None,
        };
        self.writer.write(move |tx: &Tx| Box::pin(insert(tx, new, secret))).await
    }

    /// Changes an endpoint. One that is disabled keeps what waits for it as skipped.
    pub async fn update_webhook_endpoint(
        &self,
        id: WebhookEndpointId,
        change: EndpointChange,
        audit: AuditEntry,
    ) -> Result<Changed, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &Changed| wakes.settled();
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(update(tx, id, change, audit))).await
    }

    /// Deletes an endpoint and answers what it was; what waits for it is skipped.
    pub async fn delete_webhook_endpoint(
        &self,
        workspace: WorkspaceId,
        id: WebhookEndpointId,
        audit: AuditEntry,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &Option<WebhookEndpoint>| wakes.settled();
        self.writer
            .write_then(tell, move |tx: &Tx| Box::pin(delete(tx, workspace, id, audit)))
            .await
    }

    /// Disables an endpoint for what it does and says so in the log. Answers whether it was enabled and, where
    /// that matters, still fails.
    pub async fn disable_webhook_endpoint(&self, disable: Disable) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let workspace = disable.workspace;
        let tell = move |done: &bool| {
            if *done {
                wakes.committed(Topic::Queue(TaskKind::Webhook));
                wakes.committed(Topic::Events(workspace));
                wakes.settled();
            }
        };
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(disable_failing(tx, disable))).await
    }

    /// Notes that so many warnings were given of an endpoint; answers whether one of them is new.
    pub async fn note_warnings(
        &self,
        id: WebhookEndpointId,
        warnings: usize,
    ) -> Result<bool, StoreError> {
        let warnings = i32::try_from(warnings).unwrap_or(i32::MAX);
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = webhook_endpoint::Entity::update_many()
                        .col_expr(webhook_endpoint::Column::Warned, warnings.into())
                        .filter(webhook_endpoint::Column::Id.eq(id.to_string()))
                        .filter(webhook_endpoint::Column::Warned.lt(warnings))
                        .filter(webhook_endpoint::Column::FailingSince.is_not_null())
                        .exec(tx.connection())
                        .await?;
                    Ok(done.rows_affected == 1)
                })
            })
            .await
    }
}

async fn insert(
    tx: &Tx,
    new: NewEndpoint,
    secret: webhook_secret::Model,
) -> Result<Registered, StoreError> {
    let NewEndpoint { endpoint, idempotency, audit, .. } = new;
    let workspace = endpoint.workspace_id;
    let since = lock_log(tx, workspace).await?;
    if let Some(key) = &idempotency
        && let Some(row) = known(tx, workspace, key, endpoint.created_at).await?
    {
        if !key.is_of(&row) {
            return Ok(Registered::KeyReused);
        }
        let at = Row { table: "idempotency", id: &row.key };
        return Ok(Registered::Replayed(at.parse(&row.query_id)?));
    }
    if is_taken(tx, &endpoint, &endpoint.url).await? {
        return Ok(Registered::UrlTaken);
    }
    if of_workspace(workspace).count(tx.connection()).await? >= MAX_ENDPOINTS {
        return Ok(Registered::TooMany);
    }
    row_of(&endpoint, since)?.into_active_model().insert(tx.connection()).await?;
    secret.into_active_model().insert(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    if let Some(key) = idempotency {
        let row = key.row(workspace, &endpoint.id, millis(endpoint.created_at));
        row.into_active_model().insert(tx.connection()).await?;
    }
    Ok(Registered::New)
}

async fn update(
    tx: &Tx,
    id: WebhookEndpointId,
    change: EndpointChange,
    audit: AuditEntry,
) -> Result<Changed, StoreError> {
    let workspace = audit.workspace_id;
    if change.state == Some(EndpointState::Disabled) {
        skip_waiting(tx, id, audit.at).await?;
    }
    let end = lock_log(tx, workspace).await?;
    let Some(row) = find(tx, workspace, id).await? else { return Ok(Changed::NotFound) };
    let since = if change.events.is_some() { end } else { row.since_seq };
    let mut endpoint = model(row)?;
    if let Some(url) = change.url {
        if is_taken(tx, &endpoint, &url).await? {
            return Ok(Changed::UrlTaken);
        }
        endpoint.url = url;
    }
    endpoint.events = change.events.unwrap_or(endpoint.events);
    endpoint.ordered = change.ordered.unwrap_or(endpoint.ordered);
    endpoint.rate_limit = match change.rate_limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => endpoint.rate_limit,
    };
    match change.state {
        Some(EndpointState::Enabled) if endpoint.state == EndpointState::Disabled => {
            endpoint.state = EndpointState::Enabled;
            (endpoint.disabled_at, endpoint.disabled_reason) = (None, None);
            endpoint.failing_since = None;
        }
        Some(EndpointState::Disabled) if endpoint.state == EndpointState::Enabled => {
            endpoint.state = EndpointState::Disabled;
            endpoint.disabled_at = Some(audit.at);
            endpoint.disabled_reason = Some("it was disabled by hand".to_owned());
        }
        _ => {}
    }
    row_of(&endpoint, since)?.into_active_model().reset_all().update(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    Ok(Changed::Done(Box::new(endpoint)))
}

async fn delete(
    tx: &Tx,
    workspace: WorkspaceId,
    id: WebhookEndpointId,
    audit: AuditEntry,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    if find(tx, workspace, id).await?.is_none() {
        return Ok(None);
    }
    skip_waiting(tx, id, audit.at).await?;
    lock_log(tx, workspace).await?;
    let Some(row) = find(tx, workspace, id).await? else { return Ok(None) };
    webhook_secret::Entity::delete_by_id(id.to_string()).exec(tx.connection()).await?;
    let endpoint = model(row.clone())?;
    row.delete(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    Ok(Some(endpoint))
}

async fn disable_failing(tx: &Tx, disable: Disable) -> Result<bool, StoreError> {
    let Disable { workspace, id, reason, failing_since, event } = disable;
    let at = event.occurred_at;
    let is_wanted = |row: &webhook_endpoint::Model| {
        let still_fails = failing_since
            .is_none_or(|since| row.failing_since.is_some_and(|first| first <= millis(since)));
        row.state == EndpointState::Enabled.as_str() && still_fails
    };
    if !find(tx, workspace, id).await?.as_ref().is_some_and(is_wanted) {
        return Ok(false);
    }
    skip_waiting(tx, id, at).await?;
    lock_log(tx, workspace).await?;
    let Some(row) = find(tx, workspace, id).await?.filter(is_wanted) else { return Ok(false) };
    let disabled = webhook_endpoint::Model {
        state: EndpointState::Disabled.as_str().to_owned(),
        disabled_reason: Some(reason),
        disabled_at: Some(millis(at)),
        ..row
    };
    disabled.into_active_model().reset_all().update(tx.connection()).await?;
    append(tx, workspace, &[event]).await?;
    Ok(true)
}

async fn is_taken(tx: &Tx, endpoint: &WebhookEndpoint, url: &str) -> Result<bool, StoreError> {
    let others = of_workspace(endpoint.workspace_id)
        .filter(webhook_endpoint::Column::Url.eq(url))
        .filter(webhook_endpoint::Column::Id.ne(endpoint.id.to_string()));
    Ok(others.one(tx.connection()).await?.is_some())
}

async fn find(
    tx: &Tx,
    workspace: WorkspaceId,
    id: WebhookEndpointId,
) -> Result<Option<webhook_endpoint::Model>, StoreError> {
    let select = of_workspace(workspace).filter(webhook_endpoint::Column::Id.eq(id.to_string()));
    Ok(select.one(tx.connection()).await?)
}

fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<webhook_endpoint::Entity> {
    webhook_endpoint::Entity::find()
        .filter(webhook_endpoint::Column::WorkspaceId.eq(workspace.to_string()))
}

/// The endpoint of a workspace as a transaction sees it.
pub(super) async fn endpoint_in(
    tx: &Tx,
    workspace: WorkspaceId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    find(tx, workspace, id).await?.map(model).transpose()
}

/// What a transaction that appends to these workspaces' logs delivers to, in the order they were made.
pub(super) async fn registered(
    tx: &Tx,
    workspaces: impl IntoIterator<Item = WorkspaceId>,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let ids = workspaces.into_iter().map(|id| id.to_string());
    let in_these = one_of(tx.backend(), webhook_endpoint::Column::WorkspaceId, ids);
    let endpoints = webhook_endpoint::Entity::find()
        .filter(in_these)
        .order_by_asc(webhook_endpoint::Column::Id);
    tx.models(endpoints).await?.into_iter().map(model).collect()
}

pub(super) fn secret_place<'a>(endpoint: &'a str, workspace: &'a str) -> Place<'a> {
    Place { table: "webhook_secret", column: "secret", row: endpoint, workspace }
}

pub(super) fn previous_place<'a>(endpoint: &'a str, workspace: &'a str) -> Place<'a> {
    Place { column: "previous_secret", ..secret_place(endpoint, workspace) }
}

fn row_of(
    endpoint: &WebhookEndpoint,
    since_seq: i64,
) -> Result<webhook_endpoint::Model, StoreError> {
    Ok(webhook_endpoint::Model {
        id: endpoint.id.to_string(),
        workspace_id: endpoint.workspace_id.to_string(),
        url: endpoint.url.clone(),
        events: to_json(&endpoint.events)?,
        since_seq,
        state: endpoint.state.as_str().to_owned(),
        disabled_reason: endpoint.disabled_reason.clone(),
        disabled_at: endpoint.disabled_at.map(millis),
        ordered: endpoint.ordered,
        rate_limit: endpoint.rate_limit.map(small_number),
        failing_since: endpoint.failing_since.map(millis),
        warned: 0,
        secret_last4: endpoint.secret_last4.clone(),
        previous_until: endpoint.previous_until.map(millis),
        created_at: millis(endpoint.created_at),
    })
}

fn model(row: webhook_endpoint::Model) -> Result<WebhookEndpoint, StoreError> {
    let at = Row { table: "webhook_endpoint", id: &row.id };
    Ok(WebhookEndpoint {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        events: at.json(&row.events)?,
        state: at.parse(&row.state)?,
        disabled_at: at.maybe_instant(row.disabled_at)?,
        rate_limit: row.rate_limit.map(|limit| at.number(limit.into())).transpose()?,
        failing_since: at.maybe_instant(row.failing_since)?,
        previous_until: at.maybe_instant(row.previous_until)?,
        created_at: at.instant(row.created_at)?,
        disabled_reason: row.disabled_reason,
        ordered: row.ordered,
        secret_last4: row.secret_last4,
        url: row.url,
    })
}
