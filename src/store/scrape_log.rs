//! What jobs asked of sources and were answered.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, IntoSimpleExpr, PaginatorTrait,
    QueryFilter, QueryOrder, Select,
};
use ulid::Ulid;

use super::convert::{Row, millis, number, small_number};
use super::entity::scrape_log;
use super::first_of::Lists;
use super::retention::extent;
use super::sql::{Binder, first, one_of};
use super::{Store, StoreError, Tx, keyset};
use crate::model::deletion::Extent;
use crate::model::id::{JobId, ScrapeLogId, TypedId, WorkspaceId};
use crate::model::page::{First, Page, Slice};
use crate::model::scrape_log::{Body, ScrapeLog, ScrapeLogFilter};

/// Rows of one statement.
const ROWS: usize = 500;

/// The job that a row in a job's list is of.
fn owner(row: &scrape_log::Model) -> &str {
    &row.job_id
}

impl Store {
    /// Keeps what one source was asked by one attempt; all of it or nothing.
    pub async fn insert_scrape_logs(&self, logs: Vec<ScrapeLog>) -> Result<(), StoreError> {
        let rows: Vec<scrape_log::Model> = logs.into_iter().map(row).collect();
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    for rows in rows.chunks(ROWS) {
                        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
                        scrape_log::Entity::insert_many(rows)
                            .exec_without_returning(tx.connection())
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    pub async fn scrape_logs_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[ScrapeLogId],
    ) -> Result<Vec<ScrapeLog>, StoreError> {
        let backend = self.reader.get_database_backend();
        let ids = ids.iter().map(ToString::to_string);
        let rows = select(workspace, &ScrapeLogFilter::default())
            .filter(one_of(backend, scrape_log::Column::Id, ids))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// The workspace's exchanges, newest first.
    pub async fn scrape_logs(
        &self,
        workspace: WorkspaceId,
        filter: &ScrapeLogFilter,
        slice: &Slice,
    ) -> Result<Page<ScrapeLog>, StoreError> {
        let select = select(workspace, filter);
        keyset::read(&self.reader, select, scrape_log::Column::Id, slice).await?.try_map(model)
    }

    /// The first page of the exchanges of each of these jobs that has any.
    pub async fn first_scrape_logs(
        &self,
        workspace: WorkspaceId,
        jobs: &[JobId],
        page: First,
    ) -> Result<HashMap<JobId, Page<ScrapeLog>>, StoreError> {
        let lists: Lists<scrape_log::Model> =
            Lists { table: "scrape_log", of: "job_id", owner, id: |row| &row.id };
        let jobs = jobs.iter().map(ToString::to_string);
        let pages =
            lists.first_pages::<scrape_log::Entity>(&self.reader, workspace, jobs, page).await?;
        let pages = pages.into_iter().map(|(job, page)| {
            let at = Row { table: "scrape_log", id: &job };
            Ok((at.parse(&job)?, page.try_map(model)?))
        });
        pages.collect()
    }

    pub async fn count_scrape_logs(
        &self,
        workspace: WorkspaceId,
        filter: &ScrapeLogFilter,
    ) -> Result<u64, StoreError> {
        Ok(select(workspace, filter).count(&self.reader).await?)
    }

    /// The exchanges from before an instant.
    pub async fn scrape_logs_before(
        &self,
        workspace: WorkspaceId,
        before: DateTime<Utc>,
    ) -> Result<Extent, StoreError> {
        let at = scrape_log::Column::At.into_simple_expr();
        extent(&self.reader, old(workspace, before), scrape_log::Column::Id, at).await
    }

    /// Removes so many exchanges at most from before an instant; answers how many, and the blobs that no row
    /// points at any more.
    pub async fn remove_scrape_logs(
        &self,
        workspace: WorkspaceId,
        before: DateTime<Utc>,
        most: u64,
    ) -> Result<(u64, Vec<String>), StoreError> {
        self.writer.write(move |tx: &Tx| Box::pin(remove(tx, workspace, before, most))).await
    }
}

async fn remove(
    tx: &Tx,
    workspace: WorkspaceId,
    before: DateTime<Utc>,
    most: u64,
) -> Result<(u64, Vec<String>), StoreError> {
    let select = old(workspace, before).order_by_asc(scrape_log::Column::Id);
    let rows = first(tx.connection(), select, most).await?;
    let ids = rows.iter().map(|row| row.id.clone());
    scrape_log::Entity::delete_many()
        .filter(one_of(tx.backend(), scrape_log::Column::Id, ids))
        .exec(tx.connection())
        .await?;
    let mut blobs: HashSet<String> = rows.iter().filter_map(|row| row.blob.clone()).collect();
    let mut binder = Binder::new(tx.backend());
    let jobs = binder.one_of(rows.iter().map(|row| row.job_id.as_str()));
    let sql =
        format!("SELECT DISTINCT blob FROM scrape_log WHERE job_id {jobs} AND blob IS NOT NULL");
    for row in tx.connection().query_all_raw(binder.statement(sql)).await? {
        let still: String = row.try_get_by_index(0)?;
        blobs.remove(&still);
    }
    Ok((rows.len() as u64, blobs.into_iter().collect()))
}

/// Ids say when they were made, so that no index of the time is needed.
fn old(workspace: WorkspaceId, before: DateTime<Utc>) -> Select<scrape_log::Entity> {
    let first = Ulid::from_parts(u64::try_from(millis(before)).unwrap_or_default(), 0);
    select(workspace, &ScrapeLogFilter::default())
        .filter(scrape_log::Column::Id.lt(ScrapeLogId::from_ulid(first).to_string()))
}

fn select(workspace: WorkspaceId, filter: &ScrapeLogFilter) -> Select<scrape_log::Entity> {
    let own = scrape_log::Column::WorkspaceId.eq(workspace.to_string());
    let mut select = scrape_log::Entity::find().filter(own);
    if let Some(job) = filter.job_id {
        select = select.filter(scrape_log::Column::JobId.eq(job.to_string()));
    }
    if let Some(source) = &filter.source {
        select = select.filter(scrape_log::Column::Source.eq(source));
    }
    select
}

fn row(log: ScrapeLog) -> scrape_log::Model {
    let (blob, range) = log.body.map_or((None, 0..0), |body| (Some(body.blob), body.range));
    scrape_log::Model {
        id: log.id.to_string(),
        workspace_id: log.workspace_id.to_string(),
        job_id: log.job_id.to_string(),
        attempt: small_number(log.attempt),
        source: log.source,
        at: millis(log.at),
        method: log.method,
        url: log.url,
        duration_ms: number(log.duration_ms),
        status_code: log.status_code.map(i32::from),
        error: log.error,
        size_bytes: number(log.size_bytes),
        documents: log.documents.map(number),
        blob,
        blob_from: number(range.start),
        blob_to: number(range.end),
    }
}

fn model(row: scrape_log::Model) -> Result<ScrapeLog, StoreError> {
    let at = Row { table: "scrape_log", id: &row.id };
    let range = at.number(row.blob_from)?..at.number(row.blob_to)?;
    Ok(ScrapeLog {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        job_id: at.parse(&row.job_id)?,
        attempt: at.number(row.attempt.into())?,
        at: at.instant(row.at)?,
        duration_ms: at.number(row.duration_ms)?,
        status_code: row.status_code.map(|code| at.number(code.into())).transpose()?,
        size_bytes: at.number(row.size_bytes)?,
        documents: row.documents.map(|documents| at.number(documents)).transpose()?,
        source: row.source,
        method: row.method,
        url: row.url,
        error: row.error,
        body: row.blob.map(|blob| Body { blob, range }),
    })
}
