//! Changes of a query that are made once per idempotency key: the key is remembered in the transaction
//! of what it made. New queries have theirs merged, see `writer::submit`.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait};

use super::convert::{Row, millis, small_number};
use super::entity::idempotency;
use super::run::lock_query;
use super::writer::{IdempotencyKey, KEY_LIFE_MS};
use super::{StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{QueryId, WorkspaceId};

/// Which query is to be changed, and what makes it harmless to ask for that again.
#[derive(Clone, Debug)]
pub struct Change {
    pub workspace_id: WorkspaceId,
    pub query_id: QueryId,
    pub at: DateTime<Utc>,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// It is done, now or when it was asked for first, and made so many things.
    Done(u32),
    /// The key was used for another request.
    KeyReused,
    /// There is no such query, or it was deleted.
    NoQuery,
}

/// Begins a change; there is an answer already when it is not to be made.
pub(super) async fn begin(tx: &Tx, change: &Change) -> Result<Option<Once>, StoreError> {
    if !lock_query(tx, change.workspace_id, change.query_id).await? {
        return Ok(Some(Once::NoQuery));
    }
    let Some(key) = &change.idempotency else { return Ok(None) };
    let Some(row) = known(tx, change.workspace_id, key, change.at).await? else {
        return Ok(None);
    };
    if !key.is_of(&row) {
        return Ok(Some(Once::KeyReused));
    }
    let at = Row { table: "idempotency", id: &row.key };
    Ok(Some(Once::Done(at.number(row.made.unwrap_or_default().into())?)))
}

/// Remembers who made a change, and the key of it; it made so many things.
pub(super) async fn remember(tx: &Tx, change: Change, made: u32) -> Result<Once, StoreError> {
    audit_entry::write(tx, &change.audit).await?;
    if let Some(key) = change.idempotency {
        let row = key.row(change.workspace_id, &change.query_id, millis(change.at));
        let row = idempotency::Model { made: Some(small_number(made)), ..row };
        row.into_active_model().insert(tx.connection()).await?;
    }
    Ok(Once::Done(made))
}

/// The row of a key that is still remembered.
pub(super) async fn known(
    tx: &Tx,
    workspace: WorkspaceId,
    key: &IdempotencyKey,
    now: DateTime<Utc>,
) -> Result<Option<idempotency::Model>, StoreError> {
    let id = (workspace.to_string(), key.operation.to_owned(), key.key.clone());
    let Some(row) = idempotency::Entity::find_by_id(id).one(tx.connection()).await? else {
        return Ok(None);
    };
    if row.created_at < millis(now) - KEY_LIFE_MS {
        row.delete(tx.connection()).await?;
        return Ok(None);
    }
    Ok(Some(row))
}
