//! Saved queries.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::convert::{Row, millis, small_number, to_json};
use super::entity::{query, schedule};
use super::run::lock_query;
use super::task::call_off_all;
use super::wake::Topic;
use super::{Store, StoreError, Tx, keyset};
use crate::model::id::{QueryId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::query::SavedQuery;
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
        let rows = query::Entity::find()
            .filter(query::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(query::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// The workspace's queries that are not deleted, newest first.
    pub async fn queries(
        &self,
        workspace: WorkspaceId,
        slice: &Slice,
    ) -> Result<Page<SavedQuery>, StoreError> {
        let page = keyset::read(&self.reader, listed(workspace), query::Column::Id, slice).await?;
        page.try_map(model)
    }

    /// Deletes a query and its schedule, and calls off those of its jobs that have not ended; their results
    /// stay. `false` when the workspace has no such query.
    pub async fn delete_query(
        &self,
        workspace: WorkspaceId,
        id: QueryId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &bool| {
            wakes.committed(Topic::Cancels);
            wakes.committed(Topic::Queue(TaskKind::Job));
        };
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(delete(tx, workspace, id, at))).await
    }

    pub async fn count_queries(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(listed(workspace).count(&self.reader).await?)
    }
}

async fn delete(
    tx: &Tx,
    workspace: WorkspaceId,
    id: QueryId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if !lock_query(tx, workspace, id).await? {
        return Ok(false);
    }
    query::Entity::update_many()
        .col_expr(query::Column::DeletedAt, millis(at).into())
        .filter(query::Column::Id.eq(id.to_string()))
        .exec(tx.connection())
        .await?;
    // A scheduler that fires it just now is waited for here, and what it made is called off below.
    schedule::Entity::delete_by_id(id.to_string()).exec(tx.connection()).await?;
    call_off_all(tx, id).await?;
    Ok(true)
}

fn listed(workspace: WorkspaceId) -> sea_orm::Select<query::Entity> {
    query::Entity::find()
        .filter(query::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(query::Column::DeletedAt.is_null())
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
        assumptions: at.json(&row.assumptions)?,
        timezone: at.parse(&row.timezone)?,
        created_at: at.instant(row.created_at)?,
        updated_at: at.instant(row.updated_at)?,
        deleted_at: at.maybe_instant(row.deleted_at)?,
        name: row.name,
        webhook_url: row.webhook_url,
        prompt: row.prompt,
    })
}
