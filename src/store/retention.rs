//! How long workspaces keep what they have, and what becomes of deliveries that were kept for long enough.
//! Results go as other deletions do, events with the log they are in.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, IntoSimpleExpr, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use ulid::Ulid;

use super::convert::{Row, millis, small_number};
use super::entity::{delivery, event, retention, task};
use super::sql::{Binder, first};
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::deletion::Extent;
use crate::model::delivery::DeliveryStatus;
use crate::model::id::{DeliveryId, TypedId, WorkspaceId};
use crate::model::retention::Retention;

/// How much later than its row says an id may have been made, by clocks that differ.
const SKEW: TimeDelta = TimeDelta::hours(1);

impl Store {
    /// What a workspace has set, or the default.
    pub async fn retention(&self, workspace: WorkspaceId) -> Result<Retention, StoreError> {
        let select = retention::Entity::find_by_id(workspace.to_string());
        let row = first(&self.reader, select, 1).await?.pop();
        row.map_or_else(|| Ok(Retention::default()), |row| model(&row))
    }

    /// Sets it for the workspace of the entry.
    pub async fn set_retention(
        &self,
        policy: Retention,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        use retention::Column::{DeliveryDays, EventDays, ResultDays, ScrapeLogDays};
        let row = retention::Model {
            workspace_id: audit.workspace_id.to_string(),
            result_days: policy.result_days.map(small_number),
            delivery_days: policy.delivery_days.map(small_number),
            event_days: policy.event_days.map(small_number),
            scrape_log_days: small_number(policy.scrape_log_days),
            deliveries_cut_at: 0,
        };
        let instead = OnConflict::column(retention::Column::WorkspaceId)
            .update_columns([ResultDays, DeliveryDays, EventDays, ScrapeLogDays])
            .to_owned();
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    retention::Entity::insert(row.into_active_model())
                        .on_conflict(instead)
                        .exec_without_returning(tx.connection())
                        .await?;
                    audit_entry::write(tx, &audit).await
                })
            })
            .await
    }

    /// The deliveries that had ended by an instant.
    pub async fn ended_deliveries(
        &self,
        workspace: WorkspaceId,
        until: DateTime<Utc>,
    ) -> Result<Extent, StoreError> {
        let at = ended_at();
        extent(&self.reader, ended(workspace, until), delivery::Column::Id, at).await
    }

    /// The events of a workspace from before an instant.
    pub async fn events_before_instant(
        &self,
        workspace: WorkspaceId,
        before: DateTime<Utc>,
    ) -> Result<Extent, StoreError> {
        let select = event::Entity::find()
            .filter(event::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(event::Column::OccurredAt.lt(millis(before)));
        let at = event::Column::OccurredAt.into_simple_expr();
        extent(&self.reader, select, event::Column::Id, at).await
    }

    /// Removes so many deliveries at most that had ended by an instant, with their attempts; answers how
    /// many. One that is on its way stays.
    pub async fn remove_ended_deliveries(
        &self,
        workspace: WorkspaceId,
        until: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, StoreError> {
        self.writer.write(move |tx: &Tx| Box::pin(remove(tx, workspace, until, most))).await
    }
}

async fn remove(
    tx: &Tx,
    workspace: WorkspaceId,
    until: DateTime<Utc>,
    most: u64,
) -> Result<u64, StoreError> {
    let select = ended(workspace, until).order_by_asc(delivery::Column::Id);
    let rows = first(tx.connection(), select, most).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for (table, column) in [("delivery_attempt", "delivery_id"), ("delivery", "id")] {
        let mut binder = Binder::new(tx.backend());
        let ids = binder.one_of(ids.iter().copied());
        let sql = format!("DELETE FROM {table} WHERE {column} {ids}");
        tx.connection().execute_raw(binder.statement(sql)).await?;
    }
    retention::Entity::update_many()
        .col_expr(retention::Column::DeliveriesCutAt, millis(until).into())
        .filter(retention::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(retention::Column::DeliveriesCutAt.lt(millis(until)))
        .exec(tx.connection())
        .await?;
    Ok(rows.len() as u64)
}

/// Deliveries that had ended by then and have no task. Ids say when they were made, so that no index of
/// the end is needed.
fn ended(workspace: WorkspaceId, until: DateTime<Utc>) -> Select<delivery::Entity> {
    let latest = (until + SKEW).timestamp_millis();
    let latest = Ulid::from_parts(u64::try_from(latest).unwrap_or_default(), u128::MAX);
    let tasks = Query::select().column(task::Column::Id).from(task::Entity).take();
    delivery::Entity::find()
        .filter(delivery::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(delivery::Column::Id.lte(DeliveryId::from_ulid(latest).to_string()))
        .filter(delivery::Column::Status.ne(DeliveryStatus::Pending.as_str()))
        .filter(ended_at().lte(millis(until)))
        .filter(delivery::Column::Id.into_simple_expr().in_subquery(tasks).not())
}

fn ended_at() -> Expr {
    let times = [delivery::Column::CompletedAt, delivery::Column::CreatedAt];
    Expr::expr(Func::coalesce(times.map(IntoSimpleExpr::into_simple_expr)))
}

pub(super) async fn extent<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    id: E::Column,
    at: Expr,
) -> Result<Extent, StoreError> {
    let statement = select
        .select_only()
        .column_as(id.count(), "number")
        .column_as(Expr::expr(Func::min(at.clone())), "oldest")
        .column_as(Expr::expr(Func::max(at)), "newest")
        .build(connection.get_database_backend());
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(Extent::default());
    };
    let at = Row { table: "delivery", id: "all" };
    Ok(Extent {
        count: at.number(row.try_get("", "number")?)?,
        bytes: 0,
        oldest: at.maybe_instant(row.try_get("", "oldest")?)?,
        newest: at.maybe_instant(row.try_get("", "newest")?)?,
    })
}

fn model(row: &retention::Model) -> Result<Retention, StoreError> {
    let at = Row { table: "retention", id: &row.workspace_id };
    let days = |days: Option<i32>| days.map(|days| at.number(days.into())).transpose();
    Ok(Retention {
        result_days: days(row.result_days)?,
        delivery_days: days(row.delivery_days)?,
        event_days: days(row.event_days)?,
        scrape_log_days: at.number(row.scrape_log_days.into())?,
    })
}
