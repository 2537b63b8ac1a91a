//! What is looked up for all commands of a transaction at once: remembered idempotency keys, and the ends of logs.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryTrait};

use super::Tx;
use crate::model::id::WorkspaceId;
use crate::store::StoreError;
use crate::store::convert::Row;
use crate::store::entity::{event_counter, idempotency};
use crate::store::event::{LogHead, head};

/// How long a key is remembered, in milliseconds.
pub const KEY_LIFE_MS: i64 = 24 * 60 * 60 * 1_000;

/// Makes a repeated request harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The use case, as one key may be used in several.
    pub operation: &'static str,
    pub key: String,
    /// Of the request, to tell a repeat from another request under the same key.
    pub request_hash: String,
}

impl IdempotencyKey {
    /// Whether what is remembered was asked for by the same request.
    pub(in crate::store) fn is_of(&self, row: &idempotency::Model) -> bool {
        self.request_hash == row.request_hash
    }

    /// The row that remembers it from `created_at` on, in milliseconds. It names what the request made or changed,
    /// whatever its kind, in the place of a query.
    pub(in crate::store) fn row(
        &self,
        workspace: WorkspaceId,
        of: &impl ToString,
        created_at: i64,
    ) -> idempotency::Model {
        idempotency::Model {
            workspace_id: workspace.to_string(),
            operation: self.operation.to_owned(),
            key: self.key.clone(),
            request_hash: self.request_hash.clone(),
            query_id: of.to_string(),
            job_id: None,
            event_seq: 0,
            made: None,
            created_at,
        }
    }
}

/// Workspace, operation and key.
pub(super) type Key = (String, &'static str, String);
pub(super) type Keys = HashMap<Key, idempotency::Model>;

/// The ends of logs before anything of this transaction.
pub(super) struct Heads(HashMap<WorkspaceId, LogHead>);

pub(super) fn key_of(workspace: WorkspaceId, key: &IdempotencyKey) -> Key {
    (workspace.to_string(), key.operation, key.key.clone())
}

/// The ends of the logs of these workspaces.
pub(super) async fn heads(tx: &Tx, ids: BTreeSet<WorkspaceId>) -> Result<Heads, StoreError> {
    let ids = ids.iter().map(ToString::to_string);
    let counters =
        event_counter::Entity::find().filter(event_counter::Column::WorkspaceId.is_in(ids));
    let rows = tx.models(counters).await?;
    let mut heads = HashMap::with_capacity(rows.len());
    for row in rows {
        let at = Row { table: "event_counter", id: &row.workspace_id };
        heads.insert(at.parse(&row.workspace_id)?, head(&row)?);
    }
    Ok(Heads(heads))
}

impl Heads {
    pub fn of(&self, workspace: WorkspaceId) -> Result<LogHead, StoreError> {
        self.0
            .get(&workspace)
            .cloned()
            .ok_or_else(|| StoreError::corrupt("event_counter", &workspace.to_string(), &"missing"))
    }
}

/// Those of these keys that are remembered; at `now`, in milliseconds, those past their time are forgotten first.
pub(super) async fn known_keys(tx: &Tx, asked: &[Key], now: i64) -> Result<Keys, StoreError> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let old = idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lt(now - KEY_LIFE_MS));
    tx.execute(old.build(tx.backend())).await?;
    let mut any = Condition::any();
    let mut operations: HashSet<&'static str> = HashSet::new();
    for (workspace, operation, key) in asked {
        operations.insert(operation);
        any = any.add(
            Expr::col(idempotency::Column::WorkspaceId)
                .eq(workspace.as_str())
                .and(Expr::col(idempotency::Column::Operation).eq(*operation))
                .and(Expr::col(idempotency::Column::Key).eq(key.as_str())),
        );
    }
    let rows = tx.models(idempotency::Entity::find().filter(any)).await?;
    let with_operation = rows.into_iter().filter_map(|row| {
        let operation = *operations.get(row.operation.as_str())?;
        Some(((row.workspace_id.clone(), operation, row.key.clone()), row))
    });
    Ok(with_operation.collect())
}
