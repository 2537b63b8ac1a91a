//! The event log of a workspace, in log order.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::convert::{Row, number};
use super::entity::{delivery, delivery_attempt, event, event_counter, task};
use super::sql::first;
use super::writer::Tx;
use super::{Store, StoreError};
use crate::model::event::Event;
use crate::model::id::{EventId, WorkspaceId};

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    pub epoch: String,
    pub seq: u64,
}

/// What there is of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBounds {
    pub head: LogHead,
    /// The number of the last event that is no longer kept.
    pub trimmed: u64,
}

impl Store {
    pub async fn log_bounds(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<LogBounds>, StoreError> {
        let row =
            event_counter::Entity::find_by_id(workspace.to_string()).one(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let at = Row { table: "event_counter", id: &row.workspace_id };
        Ok(Some(LogBounds { head: head(&row)?, trimmed: at.number(row.trimmed)? }))
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

    /// Removes a log's oldest events from before an instant, so many at most, with their deliveries. It stops
    /// at one that is still to be delivered. Answers how many are gone.
    pub async fn trim_log(
        &self,
        workspace: WorkspaceId,
        before: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, StoreError> {
        let old = self.events_after(workspace, 0, &[], most).await?;
        let old = old.iter().take_while(|event| event.occurred_at < before);
        let Some(last) = old.last().map(|event| event.seq) else { return Ok(0) };
        self.writer
            .write(move |tx: &Tx| Box::pin(trim(tx.connection(), workspace, number(last))))
            .await
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

async fn trim(
    connection: &impl ConnectionTrait,
    workspace: WorkspaceId,
    last: i64,
) -> Result<u64, StoreError> {
    let last = match first_on_its_way(connection, workspace, last).await? {
        Some(waiting) => waiting - 1,
        None => last,
    };
    let deliveries = Query::select()
        .column(delivery::Column::Id)
        .from(delivery::Entity)
        .and_where(delivery::Column::EventId.in_subquery(ids_up_to(workspace, last)))
        .take();
    delivery_attempt::Entity::delete_many()
        .filter(delivery_attempt::Column::DeliveryId.in_subquery(deliveries))
        .exec(connection)
        .await?;
    delivery::Entity::delete_many()
        .filter(delivery::Column::EventId.in_subquery(ids_up_to(workspace, last)))
        .exec(connection)
        .await?;
    let newest = newest_up_to(connection, workspace, last).await?;
    let gone = event::Entity::delete_many()
        .filter(event::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(event::Column::Seq.lte(last))
        .exec(connection)
        .await?;
    if gone.rows_affected > 0 {
        // The row that all ends of the workspace wait for comes last.
        event_counter::Entity::update_many()
            .col_expr(event_counter::Column::Trimmed, last.into())
            .col_expr(Alias::new("trimmed_at"), newest.into())
            .filter(event_counter::Column::WorkspaceId.eq(workspace.to_string()))
            .exec(connection)
            .await?;
    }
    Ok(gone.rows_affected)
}

/// When the newest of these events was.
async fn newest_up_to(
    connection: &impl ConnectionTrait,
    workspace: WorkspaceId,
    last: i64,
) -> Result<i64, StoreError> {
    let select = of_workspace(workspace, &[])
        .filter(event::Column::Seq.lte(last))
        .order_by_desc(event::Column::OccurredAt);
    let newest = first(connection, select, 1).await?.pop();
    Ok(newest.map_or(0, |event| event.occurred_at))
}

fn ids_up_to(workspace: WorkspaceId, last: i64) -> SelectStatement {
    Query::select()
        .column(event::Column::Id)
        .from(event::Entity)
        .and_where(event::Column::WorkspaceId.eq(workspace.to_string()))
        .and_where(event::Column::Seq.lte(last))
        .take()
}

/// The first event up to this one that has a delivery with a task.
async fn first_on_its_way(
    connection: &impl ConnectionTrait,
    workspace: WorkspaceId,
    last: i64,
) -> Result<Option<i64>, StoreError> {
    let waiting = Query::select()
        .column(delivery::Column::EventId)
        .from(delivery::Entity)
        .and_where(delivery::Column::EventId.in_subquery(ids_up_to(workspace, last)))
        .and_where(
            delivery::Column::Id
                .in_subquery(Query::select().column(task::Column::Id).from(task::Entity).take()),
        )
        .take();
    let select = of_workspace(workspace, &[])
        .filter(event::Column::Id.in_subquery(waiting))
        .order_by_asc(event::Column::Seq);
    Ok(first(connection, select, 1).await?.pop().map(|event| event.seq))
}

fn of_workspace(workspace: WorkspaceId, kinds: &[String]) -> sea_orm::Select<event::Entity> {
    let select = event::Entity::find().filter(event::Column::WorkspaceId.eq(workspace.to_string()));
    if kinds.is_empty() { select } else { select.filter(event::Column::Kind.is_in(kinds)) }
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
