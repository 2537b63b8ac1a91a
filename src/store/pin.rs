//! What is pinned to the overview of a workspace.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::audit_entry::audited;
use super::convert::{Row, millis};
use super::entity::pin;
use super::run::lock_query;
use super::workspace::lock_workspace;
use super::{Store, StoreError, Tx, audit_entry, keyset};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{PinId, QueryId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::pin::{MAX_PINS, Pin};

/// What became of a pin that was to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pinned {
    New,
    /// The chart was pinned before, and this is its pin.
    Before(Pin),
    /// There is no such query, or it was deleted.
    NoQuery,
    TooMany,
}

impl Store {
    pub async fn pins_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[PinId],
    ) -> Result<Vec<Pin>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.iter().map(ToString::to_string);
        let select = of_workspace(workspace).filter(pin::Column::Id.is_in(ids));
        select.all(&self.reader).await?.iter().map(model).collect()
    }

    /// A part of a workspace's pins.
    pub async fn pins(
        &self,
        workspace: WorkspaceId,
        slice: &Slice,
    ) -> Result<Page<Pin>, StoreError> {
        let select = of_workspace(workspace);
        keyset::read(&self.reader, select, pin::Column::Id, slice).await?.try_map(|row| model(&row))
    }

    pub async fn count_pins(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(of_workspace(workspace).count(&self.reader).await?)
    }

    /// Writes a pin, unless its chart is pinned already.
    pub async fn insert_pin(&self, new: Pin, audit: AuditEntry) -> Result<Pinned, StoreError> {
        self.writer.write(move |tx: &Tx| Box::pin(insert(tx, new, audit))).await
    }

    /// Removes a pin; `false` when the workspace has no such pin.
    pub async fn delete_pin(
        &self,
        workspace: WorkspaceId,
        id: PinId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = pin::Entity::delete_many()
                        .filter(pin::Column::Id.eq(id.to_string()))
                        .filter(pin::Column::WorkspaceId.eq(workspace.to_string()))
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }
}

/// Who deletes the query is waited for, and so is who pins something else: no pin outlives its query, and there
/// are never more than there may be.
async fn insert(tx: &Tx, new: Pin, audit: AuditEntry) -> Result<Pinned, StoreError> {
    let workspace = new.workspace_id;
    if !lock_query(tx, workspace, new.query_id).await? {
        return Ok(Pinned::NoQuery);
    }
    lock_workspace(tx, workspace).await?;
    let same = of_workspace(workspace)
        .filter(pin::Column::QueryId.eq(new.query_id.to_string()))
        .filter(pin::Column::Chart.eq(new.chart.as_str()));
    if let Some(row) = same.one(tx.connection()).await? {
        return Ok(Pinned::Before(model(&row)?));
    }
    if of_workspace(workspace).count(tx.connection()).await? >= MAX_PINS {
        return Ok(Pinned::TooMany);
    }
    let inserting = pin::Entity::insert(row(&new).into_active_model());
    inserting.exec_without_returning(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    Ok(Pinned::New)
}

/// Removes the pins of a query that goes.
pub(super) async fn delete_of_query(
    tx: &Tx,
    workspace: WorkspaceId,
    query: QueryId,
) -> Result<(), StoreError> {
    pin::Entity::delete_many()
        .filter(pin::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(pin::Column::QueryId.eq(query.to_string()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<pin::Entity> {
    pin::Entity::find().filter(pin::Column::WorkspaceId.eq(workspace.to_string()))
}

fn row(pin: &Pin) -> pin::Model {
    pin::Model {
        id: pin.id.to_string(),
        workspace_id: pin.workspace_id.to_string(),
        query_id: pin.query_id.to_string(),
        chart: pin.chart.as_str().to_owned(),
        created_at: millis(pin.created_at),
    }
}

fn model(row: &pin::Model) -> Result<Pin, StoreError> {
    let at = Row { table: "pin", id: &row.id };
    Ok(Pin {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        query_id: at.parse(&row.query_id)?,
        chart: at.parse(&row.chart)?,
        created_at: at.instant(row.created_at)?,
    })
}
