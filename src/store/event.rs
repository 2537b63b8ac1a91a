//! The event log of a workspace, in log order.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::convert::{Row, number};
use super::entity::{event, event_counter};
use super::sql::first;
use super::{Store, StoreError};
use crate::model::event::Event;
use crate::model::id::{EventId, WorkspaceId};

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    pub epoch: String,
    pub seq: u64,
}

impl Store {
    pub async fn log_head(&self, workspace: WorkspaceId) -> Result<Option<LogHead>, StoreError> {
        let row =
            event_counter::Entity::find_by_id(workspace.to_string()).one(&self.reader).await?;
        row.map(|row| head(&row)).transpose()
    }

    /// Events with a number above `after`, oldest first; of some types when given.
    pub async fn events_after(
        &self,
        workspace: WorkspaceId,
        after: u64,
        kinds: &[String],
        count: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let select = of_workspace(workspace, kinds).filter(event::Column::Seq.gt(number(after)));
        let select = select.order_by_asc(event::Column::Seq);
        let rows = first(&self.reader, select, count).await?;
        rows.into_iter().map(model).collect()
    }

    /// Events with a number below `before`, newest first.
    pub async fn events_before(
        &self,
        workspace: WorkspaceId,
        before: Option<u64>,
        kinds: &[String],
        count: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let mut select = of_workspace(workspace, kinds);
        if let Some(before) = before {
            select = select.filter(event::Column::Seq.lt(number(before)));
        }
        let select = select.order_by_desc(event::Column::Seq);
        let rows = first(&self.reader, select, count).await?;
        rows.into_iter().map(model).collect()
    }

    pub async fn events_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[EventId],
    ) -> Result<Vec<Event>, StoreError> {
        let rows = of_workspace(workspace, &[])
            .filter(event::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }
}

fn of_workspace(workspace: WorkspaceId, kinds: &[String]) -> sea_orm::Select<event::Entity> {
    let select = event::Entity::find().filter(event::Column::WorkspaceId.eq(workspace.to_string()));
    if kinds.is_empty() { select } else { select.filter(event::Column::Kind.is_in(kinds)) }
}

/// Where a workspace's log ends as a transaction sees it.
pub(super) async fn log_head(
    connection: &impl ConnectionTrait,
    workspace: WorkspaceId,
) -> Result<LogHead, StoreError> {
    let id = workspace.to_string();
    let row = event_counter::Entity::find_by_id(&id).one(connection).await?;
    let at = Row { table: "event_counter", id: &id };
    head(&row.ok_or_else(|| at.corrupt(&"missing"))?)
}

pub(super) fn head(row: &event_counter::Model) -> Result<LogHead, StoreError> {
    let at = Row { table: "event_counter", id: &row.workspace_id };
    Ok(LogHead { epoch: row.epoch.clone(), seq: at.number(row.seq)? })
}

fn model(row: event::Model) -> Result<Event, StoreError> {
    let at = Row { table: "event", id: &row.id };
    Ok(Event {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        seq: at.number(row.seq)?,
        occurred_at: at.instant(row.occurred_at)?,
        query_id: row.query_id.as_deref().map(|id| at.parse(id)).transpose()?,
        epoch: row.epoch,
        kind: row.kind,
        payload: row.payload,
    })
}
