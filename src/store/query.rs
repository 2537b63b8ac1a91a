//! Saved queries.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, IntoSimpleExpr,
    PaginatorTrait, QueryFilter,
};

use super::audit_entry::audited;
use super::convert::{Row, millis, small_number, to_json};
use super::entity::{query, schedule};
use super::event_append::append;
use super::filter::{contains, created_between};
use super::run::lock_query;
use super::sql::all;
use super::task::call_off_all;
use super::wake::Topic;
use super::{Store, StoreError, Tx, audit_entry, keyset, pin};
use crate::model::audit_entry::AuditEntry;
use crate::model::event::NewEvent;
use crate::model::id::{QueryId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::query::{self as model_of, QueryField, SavedQuery};
use crate::model::task::TaskKind;
use crate::model::window::DateRange;

impl Store {
    pub async fn query(
        &self,
        workspace: WorkspaceId,
        id: QueryId,
    ) -> Result<Option<SavedQuery>, StoreError> {
        Ok(self.queries_by_id(workspace, &[id]).await?.pop())
    }

    pub async fn queries_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[QueryId],
    ) -> Result<Vec<SavedQuery>, StoreError> {
        let select = query::Entity::find()
            .filter(query::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(query::Column::Id.is_in(ids.iter().map(ToString::to_string)));
        all(&self.reader, select).await?.into_iter().map(model).collect()
    }

    /// The workspace's queries that are not deleted and fit.
    pub async fn queries(
        &self,
        workspace: WorkspaceId,
        filter: &model_of::QueryFilter,
        field: QueryField,
        slice: &Slice,
    ) -> Result<Page<SavedQuery>, StoreError> {
        let key = match field {
            QueryField::CreatedAt => None,
            QueryField::UpdatedAt => Some(query::Column::UpdatedAt.into_simple_expr()),
            QueryField::Name => Some(or_empty(query::Column::Name)),
        };
        let select = listed(workspace, filter);
        let page = keyset::read_by(&self.reader, select, query::Column::Id, key, slice).await?;
        page.try_map(model)
    }

    /// Writes what a query has become since this instant. `false` when it has changed since or is deleted.
    pub async fn update_query(
        &self,
        query: SavedQuery,
        since: DateTime<Utc>,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut columns = row(&query)?.into_active_model().reset_all();
        for unchanged in [query::Column::Id, query::Column::WorkspaceId, query::Column::CreatedAt] {
            columns.not_set(unchanged);
        }
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = query::Entity::update_many()
                        .set(columns)
                        .filter(query::Column::Id.eq(query.id.to_string()))
                        .filter(query::Column::WorkspaceId.eq(query.workspace_id.to_string()))
                        .filter(query::Column::UpdatedAt.eq(millis(since)))
                        .filter(query::Column::DeletedAt.is_null())
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }

    /// Deletes a query, its schedule and its pins, and calls off those of its jobs that have not ended; their
    /// results stay. `false` when the workspace has no such query; then the log does not get the event either.
    pub async fn delete_query(
        &self,
        workspace: WorkspaceId,
        id: QueryId,
        event: NewEvent,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &bool| {
            wakes.committed(Topic::Cancels);
            wakes.committed(Topic::Queue(TaskKind::Job));
            wakes.committed(Topic::Queue(TaskKind::Webhook));
            wakes.committed(Topic::Events(workspace));
        };
        self.writer
            .write_then(tell, move |tx: &Tx| Box::pin(delete(tx, workspace, id, event, audit)))
            .await
    }

    pub async fn count_queries(
        &self,
        workspace: WorkspaceId,
        filter: &model_of::QueryFilter,
    ) -> Result<u64, StoreError> {
        Ok(listed(workspace, filter).count(&self.reader).await?)
    }
}

async fn delete(
    tx: &Tx,
    workspace: WorkspaceId,
    id: QueryId,
    event: NewEvent,
    audit: AuditEntry,
) -> Result<bool, StoreError> {
    if !lock_query(tx, workspace, id).await? {
        return Ok(false);
    }
    query::Entity::update_many()
        .col_expr(query::Column::DeletedAt, millis(audit.at).into())
        .filter(query::Column::Id.eq(id.to_string()))
        .exec(tx.connection())
        .await?;
    // A scheduler that fires it just now is waited for here, and what it made is called off below.
    schedule::Entity::delete_by_id(id.to_string()).exec(tx.connection()).await?;
    call_off_all(tx, id).await?;
    pin::delete_of_query(tx, workspace, id).await?;
    audit_entry::write(tx, &audit).await?;
    append(tx, workspace, &[event]).await?;
    Ok(true)
}

fn listed(
    workspace: WorkspaceId,
    filter: &model_of::QueryFilter,
) -> sea_orm::Select<query::Entity> {
    let mut fits = Condition::all()
        .add(query::Column::WorkspaceId.eq(workspace.to_string()))
        .add(query::Column::DeletedAt.is_null())
        .add_option(created_between(
            query::Column::CreatedAt,
            filter.created_after,
            filter.created_before,
        ));
    if let Some(search) = &filter.search {
        let either = Condition::any()
            .add(contains(or_empty(query::Column::Name), search))
            .add(contains(query::Column::Prompt.into_simple_expr(), search));
        fits = fits.add(either);
    }
    if !filter.sources.is_empty() {
        // A list of names in JSON.
        let named = |source: &String| {
            let name = serde_json::json!(source).to_string();
            contains(query::Column::Sources.into_simple_expr(), &name)
        };
        let any = filter.sources.iter().map(named).fold(Condition::any(), Condition::add);
        fits = fits.add(any);
    }
    if let Some(scheduled) = filter.scheduled {
        let schedules = Query::select()
            .column(schedule::Column::QueryId)
            .from(schedule::Entity)
            .and_where(schedule::Column::WorkspaceId.eq(workspace.to_string()))
            .take();
        let is_scheduled = query::Column::Id.in_subquery(schedules);
        fits = fits.add(if scheduled { is_scheduled } else { is_scheduled.not() });
    }
    query::Entity::find().filter(fits)
}

fn or_empty(column: query::Column) -> Expr {
    Func::coalesce([column.into_simple_expr(), Expr::val("")]).into()
}

pub(super) fn row(query: &SavedQuery) -> Result<query::Model, StoreError> {
    Ok(query::Model {
        id: query.id.to_string(),
        workspace_id: query.workspace_id.to_string(),
        name: query.name.clone(),
        prompt: query.prompt.clone(),
        sources: to_json(&query.sources)?,
        range_start: query.date_range.map(|range| millis(range.start)),
        range_end: query.date_range.map(|range| millis(range.end)),
        result_limit: small_number(query.limit),
        reading: to_json(&query.reading)?,
        assumptions: to_json(&query.assumptions)?,
        timezone: query.timezone.to_string(),
        created_at: millis(query.created_at),
        updated_at: millis(query.updated_at),
        deleted_at: query.deleted_at.map(millis),
        webhook_url: query.webhook_url.clone(),
        reader: to_json(&query.reader)?,
        output_schema: query.output_schema.as_ref().map(ToString::to_string),
    })
}

pub(super) fn model(row: query::Model) -> Result<SavedQuery, StoreError> {
    let at = Row { table: "query", id: &row.id };
    let date_range = match (row.range_start, row.range_end) {
        (Some(start), Some(end)) => {
            Some(DateRange { start: at.instant(start)?, end: at.instant(end)? })
        }
        _ => None,
    };
    Ok(SavedQuery {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        sources: at.json(&row.sources)?,
        date_range,
        limit: at.number(row.result_limit.into())?,
        reading: at.json(&row.reading)?,
        reader: at.json(&row.reader)?,
        assumptions: at.json(&row.assumptions)?,
        timezone: at.parse(&row.timezone)?,
        created_at: at.instant(row.created_at)?,
        updated_at: at.instant(row.updated_at)?,
        deleted_at: at.maybe_instant(row.deleted_at)?,
        name: row.name,
        output_schema: row.output_schema.map(|schema| at.json(&schema)).transpose()?.map(Box::new),
        webhook_url: row.webhook_url,
        prompt: row.prompt,
    })
}
