//! Jobs, and the hot rows of those that are not finished.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::convert::{Row, millis, readable, small_number, to_json};
use super::entity::{job, query};
use super::filter::created_between;
use super::first_of::Lists;
use super::sql::{Binder, all, first, one_of, rows};
use super::{Store, StoreError, Tx, keyset};
use crate::model::id::{JobId, QueryId, WorkspaceId};
use crate::model::job::{Job, JobError, JobFilter, JobStatus, SourceProgress};
use crate::model::page::{First, Page, Slice};
use crate::model::query::SavedQuery;
use crate::model::task::{Lane, Priority, TaskKind};

impl Store {
    pub async fn job(&self, workspace: WorkspaceId, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.jobs_by_id(workspace, &[id]).await?.pop())
    }

    pub async fn jobs_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[JobId],
    ) -> Result<Vec<Job>, StoreError> {
        let select = job::Entity::find()
            .filter(job::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(job::Column::Id.is_in(ids.iter().map(ToString::to_string)));
        all(&self.reader, select).await?.into_iter().map(model).collect()
    }

    pub async fn job_by_storage_key(
        &self,
        workspace: WorkspaceId,
        key: &str,
    ) -> Result<Option<Job>, StoreError> {
        let select = job::Entity::find()
            .filter(job::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(job::Column::StorageKey.eq(key));
        let row = first(&self.reader, select, 1).await?.pop();
        row.map(model).transpose()
    }

    /// Notes how the sources of a job come along that is still at this attempt; of another nothing is changed.
    pub async fn note_progress(
        &self,
        workspace: WorkspaceId,
        id: JobId,
        attempt: u32,
        sources: &[SourceProgress],
    ) -> Result<(), StoreError> {
        let sources = to_json(&sources)?;
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let update = job::Entity::update_many()
                        .col_expr(job::Column::Sources, Expr::value(sources))
                        .filter(job::Column::WorkspaceId.eq(workspace.to_string()))
                        .filter(job::Column::Id.eq(id.to_string()))
                        .filter(job::Column::Status.eq(JobStatus::Running.as_str()))
                        .filter(job::Column::Attempt.eq(small_number(attempt)));
                    update.exec(tx.connection()).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The newest completed job of the same query before this one.
    pub async fn completed_job_before(&self, job: &Job) -> Result<Option<Job>, StoreError> {
        let select = job::Entity::find()
            .filter(job::Column::WorkspaceId.eq(job.workspace_id.to_string()))
            .filter(job::Column::QueryId.eq(job.query_id.to_string()))
            .filter(job::Column::Id.lt(job.id.to_string()))
            .filter(job::Column::Status.eq(JobStatus::Completed.as_str()))
            .order_by_desc(job::Column::Id);
        let row = first(&self.reader, select, 1).await?.pop();
        row.map(model).transpose()
    }

    /// The jobs of claimed tasks, of any workspaces, with their queries: for who runs them. One that
    /// cannot be read is left out and logged, as the others are not to fail with it.
    pub async fn jobs_with_queries(
        &self,
        ids: &[&str],
    ) -> Result<Vec<(Job, SavedQuery)>, StoreError> {
        let backend = self.reader.get_database_backend();
        let ids = ids.iter().map(|id| (*id).to_owned());
        let jobs = job::Entity::find()
            .filter(one_of(backend, job::Column::Id, ids))
            .all(&self.reader)
            .await?;
        let query_ids = jobs.iter().map(|job| job.query_id.clone());
        let queries = query::Entity::find()
            .filter(one_of(backend, query::Column::Id, query_ids))
            .all(&self.reader)
            .await?;
        let mut by_id = HashMap::with_capacity(queries.len());
        for query in queries {
            let id = query.id.clone();
            by_id.extend(readable(super::query::model(query)).map(|query| (id, query)));
        }
        let with_query = |job: job::Model| {
            let query = by_id.get(&job.query_id).cloned()?;
            Some((readable(model(job))?, query))
        };
        Ok(jobs.into_iter().filter_map(with_query).collect())
    }

    /// The newest job of each of these queries.
    pub async fn latest_jobs(
        &self,
        workspace: WorkspaceId,
        queries: &[QueryId],
    ) -> Result<Vec<Job>, StoreError> {
        let newest = First { count: 1, from_end: false };
        let pages = self.first_jobs(workspace, queries, newest).await?;
        Ok(pages.into_values().flat_map(|page| page.items).collect())
    }

    /// The first page of the jobs of each of these queries that has any.
    pub async fn first_jobs(
        &self,
        workspace: WorkspaceId,
        queries: &[QueryId],
        page: First,
    ) -> Result<HashMap<QueryId, Page<Job>>, StoreError> {
        let lists: Lists<job::Model> =
            Lists { table: "job", of: "query_id", owner: |row| &row.query_id, id: |row| &row.id };
        let queries = queries.iter().map(ToString::to_string);
        let pages =
            lists.first_pages::<job::Entity>(&self.reader, workspace, queries, page).await?;
        let pages = pages.into_iter().map(|(query, page)| {
            let at = Row { table: "job", id: &query };
            Ok((at.parse(&query)?, page.try_map(model)?))
        });
        pages.collect()
    }

    /// The workspace's jobs, newest first.
    pub async fn jobs(
        &self,
        workspace: WorkspaceId,
        filter: &JobFilter,
        slice: &Slice,
    ) -> Result<Page<Job>, StoreError> {
        let select = select(workspace, filter);
        keyset::read(&self.reader, select, job::Column::Id, slice).await?.try_map(model)
    }

    /// The workspace's jobs that have not ended, newest first, at most so many. They are found by their tasks,
    /// which are there just as long: what it costs does not grow with the jobs that have ended.
    pub async fn open_jobs(
        &self,
        workspace: WorkspaceId,
        most: u64,
    ) -> Result<Vec<Job>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let owner = binder.bind(workspace.to_string());
        let kind = binder.bind(TaskKind::Job.as_str());
        let lanes = Priority::ALL.map(|priority| Lane { workspace, priority }.to_string());
        let lanes = binder.one_of(lanes);
        let sql = format!(
            "SELECT * FROM job WHERE workspace_id = {owner} AND id IN \
             (SELECT id FROM task WHERE kind = {kind} AND lane {lanes} ORDER BY id DESC LIMIT {most}) \
             ORDER BY id DESC"
        );
        let found = rows::<job::Entity, _>(&self.reader, binder.statement(sql)).await?;
        found.into_iter().map(model).collect()
    }

    pub async fn count_jobs(
        &self,
        workspace: WorkspaceId,
        filter: &JobFilter,
    ) -> Result<u64, StoreError> {
        Ok(select(workspace, filter).count(&self.reader).await?)
    }
}

fn select(workspace: WorkspaceId, filter: &JobFilter) -> sea_orm::Select<job::Entity> {
    let mut select = job::Entity::find().filter(job::Column::WorkspaceId.eq(workspace.to_string()));
    if let Some(query) = filter.query_id {
        select = select.filter(job::Column::QueryId.eq(query.to_string()));
    }
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|status| status.as_str());
        select = select.filter(job::Column::Status.is_in(statuses));
    }
    if !filter.triggers.is_empty() {
        let triggers = filter.triggers.iter().map(|trigger| trigger.as_str());
        select = select.filter(job::Column::Trigger.is_in(triggers));
    }
    let (after, before) = (filter.created_after, filter.created_before);
    if let Some(between) = created_between(job::Column::CreatedAt, after, before) {
        select = select.filter(between);
    }
    select
}

pub(super) fn row(job: &Job) -> Result<job::Model, StoreError> {
    Ok(job::Model {
        id: job.id.to_string(),
        workspace_id: job.workspace_id.to_string(),
        query_id: job.query_id.to_string(),
        status: job.status.as_str().to_owned(),
        trigger: job.trigger.as_str().to_owned(),
        scheduled_for: job.scheduled_for.map(millis),
        storage_key: job.storage_key.clone(),
        created_at: millis(job.created_at),
        started_at: job.started_at.map(millis),
        completed_at: job.completed_at.map(millis),
        attempt: small_number(job.attempt),
        max_attempts: small_number(job.max_attempts),
        error_code: job.error.as_ref().map(|error| error.code.clone()),
        error_message: job.error.as_ref().map(|error| error.message.clone()),
        error_retryable: job.error.as_ref().map(|error| error.retryable),
        sources: Some(to_json(&job.sources)?),
    })
}

fn model(row: job::Model) -> Result<Job, StoreError> {
    let at = Row { table: "job", id: &row.id };
    let error = row.error_code.map(|code| JobError {
        code,
        message: row.error_message.unwrap_or_default(),
        retryable: row.error_retryable.unwrap_or_default(),
    });
    Ok(Job {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        query_id: at.parse(&row.query_id)?,
        status: at.parse(&row.status)?,
        trigger: at.parse(&row.trigger)?,
        scheduled_for: at.maybe_instant(row.scheduled_for)?,
        created_at: at.instant(row.created_at)?,
        started_at: at.maybe_instant(row.started_at)?,
        completed_at: at.maybe_instant(row.completed_at)?,
        attempt: at.number(row.attempt.into())?,
        max_attempts: at.number(row.max_attempts.into())?,
        error,
        sources: row.sources.as_deref().map(|text| at.json(text)).transpose()?.unwrap_or_default(),
        storage_key: row.storage_key,
    })
}
