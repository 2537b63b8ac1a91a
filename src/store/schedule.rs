//! Schedules: one row a query, with its next fire; a fire and its advance are one commit.

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

mod fire;

use super::audit_entry::audited;
use super::convert::{Row, millis, small_number};
use super::entity::schedule;
use super::once::{Change, Once, begin, remember};
use super::run::{free_keys, insert};
use super::sql::{Binder, Script, constant, first, now_ms};
use super::wake::Topic;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{QueryId, WorkspaceId};
use crate::model::job::Job;
use crate::model::schedule::{QuerySchedule, Schedule};
use crate::model::task::TaskKind;

pub use fire::{Decide, Fired, FiredDue, Unfinished};

impl Store {
    pub async fn schedules(
        &self,
        workspace: WorkspaceId,
        queries: &[QueryId],
    ) -> Result<Vec<QuerySchedule>, StoreError> {
        let rows = schedule::Entity::find()
            .filter(schedule::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(schedule::Column::QueryId.is_in(queries.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.iter().map(model).collect()
    }

    /// The time of a database that nodes share, in milliseconds; `None` where one process has it.
    pub async fn shared_time(&self) -> Result<Option<i64>, StoreError> {
        let backend = self.reader.get_database_backend();
        if backend == DbBackend::Sqlite {
            return Ok(None);
        }
        let now = constant(&self.reader, &format!("SELECT {}", now_ms(backend)));
        let row = self.reader.query_one_raw(now).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// When the next schedule of all is due, in milliseconds.
    pub async fn next_due(&self) -> Result<Option<i64>, StoreError> {
        let next = schedule::Entity::find()
            .filter(schedule::Column::DueAt.is_not_null())
            .order_by_asc(schedule::Column::DueAt);
        Ok(first(&self.reader, next, 1).await?.pop().and_then(|row| row.due_at))
    }

    /// Writes a schedule over what the query had.
    pub async fn put_schedule(
        &self,
        change: Change,
        schedule: QuerySchedule,
    ) -> Result<Once, StoreError> {
        let row = row(&schedule);
        let wakes = std::sync::Arc::clone(&self.wakes);
        self.writer
            .write_then(
                move |_: &Once| wakes.committed(Topic::Schedules),
                move |tx: &Tx| {
                    Box::pin(async move {
                        if let Some(answer) = begin(tx, &change).await? {
                            return Ok(answer);
                        }
                        let columns = <schedule::Column as sea_orm::Iterable>::iter();
                        let replace = OnConflict::column(schedule::Column::QueryId)
                            .update_columns(columns)
                            .to_owned();
                        schedule::Entity::insert(row.into_active_model())
                            .on_conflict(replace)
                            .exec_without_returning(tx.connection())
                            .await?;
                        remember(tx, change, 1).await
                    })
                },
            )
            .await
    }

    /// Changes a query's schedule where no fire can come between; `false` when it has none.
    pub async fn change_schedule(
        &self,
        workspace: WorkspaceId,
        query: QueryId,
        audit: AuditEntry,
        change: impl FnOnce(&mut QuerySchedule) + Send + 'static,
    ) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        self.writer
            .write_then(
                move |_: &bool| wakes.committed(Topic::Schedules),
                move |tx: &Tx| {
                    Box::pin(async move {
                        let mut select = schedule::Entity::find_by_id(query.to_string())
                            .filter(schedule::Column::WorkspaceId.eq(workspace.to_string()));
                        if tx.backend() != DbBackend::Sqlite {
                            select = select.lock_exclusive();
                        }
                        let Some(found) = select.one(tx.connection()).await? else {
                            return Ok(false);
                        };
                        let mut stored = model(&found)?;
                        change(&mut stored);
                        let all = row(&stored).into_active_model().reset_all();
                        all.update(tx.connection()).await?;
                        audit_entry::write(tx, &audit).await?;
                        Ok(true)
                    })
                },
            )
            .await
    }

    /// Takes a query's schedule away; `false` when it has none.
    pub async fn delete_schedule(
        &self,
        workspace: WorkspaceId,
        query: QueryId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = schedule::Entity::delete_many()
                        .filter(schedule::Column::WorkspaceId.eq(workspace.to_string()))
                        .filter(schedule::Column::QueryId.eq(query.to_string()))
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }

    /// Lets held jobs start that nothing is left to release, as after a restored backup or a change by
    /// hand; answers how many there were.
    pub async fn release_stranded(&self) -> Result<u64, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |released: &u64| {
            if *released > 0 {
                wakes.committed(Topic::Queue(TaskKind::Job));
            }
        };
        self.writer
            .write_then(tell, |tx: &Tx| {
                Box::pin(async move {
                    let release = constant(tx.connection(), &release("TRUE"));
                    Ok(tx.connection().execute_raw(release).await?.rows_affected())
                })
            })
            .await
    }

    /// Commits jobs over a past range of one query.
    pub async fn insert_backfill(
        &self,
        change: Change,
        jobs: Vec<Job>,
    ) -> Result<Once, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &Once| wakes.committed(Topic::Queue(TaskKind::Job));
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(backfill(tx, change, jobs))).await
    }
}

async fn backfill(tx: &Tx, change: Change, mut jobs: Vec<Job>) -> Result<Once, StoreError> {
    if let Some(answer) = begin(tx, &change).await? {
        return Ok(answer);
    }
    give_keys(tx, &mut jobs).await?;
    let mut script = Script::new(tx.backend());
    insert(&jobs, &HashSet::new(), &mut script)?;
    script.run(tx.connection()).await?;
    remember(tx, change, u32::try_from(jobs.len()).unwrap_or(u32::MAX)).await
}

async fn give_keys(tx: &Tx, jobs: &mut [Job]) -> Result<(), StoreError> {
    let keys = free_keys(tx, jobs).await?;
    for (job, key) in jobs.iter_mut().zip(keys) {
        job.storage_key = key;
    }
    Ok(())
}

/// After jobs of these queries have ended, and with their schedules locked: of each query of which nothing
/// else runs or waits, the oldest job that is held may start. Answers whether any may.
pub(super) async fn release_held(tx: &Tx, queries: &[String]) -> Result<bool, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let ids = binder.one_of(queries.iter().map(String::as_str));
    let release = binder.statement(release(&format!("waiting.query_id {ids}")));
    Ok(tx.execute(release).await? > 0)
}

/// Lets the oldest job that is held start, for each of these queries of which no job but held ones is left.
fn release(which: &str) -> String {
    format!(
        "UPDATE task SET due_at = 0, held = FALSE WHERE id IN ( \
         SELECT min(waiting.id) FROM task AS waiting WHERE waiting.held AND {which} \
         AND NOT EXISTS (SELECT 1 FROM task AS other \
           WHERE other.query_id = waiting.query_id AND NOT other.held) \
         GROUP BY waiting.query_id)"
    )
}

/// Stops the schedules that a failed run is to stop: pairs of query and job.
pub(super) fn stop_failed(binder: &mut Binder, failed: &[(String, String)]) -> String {
    let rows = failed.iter().map(|(query, job)| [query.as_str().into(), job.as_str().into()]);
    let failed = binder.rows(rows);
    format!(
        "UPDATE schedule SET stopped_by_job = failed.column2, next_at = NULL, due_at = NULL \
         FROM ({failed}) AS failed WHERE schedule.query_id = failed.column1 \
         AND schedule.on_failure = 'stop' AND schedule.stopped_by_job IS NULL"
    )
}

pub(super) fn row(stored: &QuerySchedule) -> schedule::Model {
    let schedule = &stored.schedule;
    schedule::Model {
        query_id: stored.query_id.to_string(),
        workspace_id: stored.workspace_id.to_string(),
        cron: schedule.cron.to_string(),
        timezone: schedule.timezone.to_string(),
        overlap: schedule.overlap.as_str().to_owned(),
        catch_up: schedule.catch_up.as_str().to_owned(),
        catch_up_window_seconds: schedule.catch_up_window_seconds.map(small_number),
        on_failure: schedule.on_failure.as_str().to_owned(),
        dst_gap: schedule.dst_gap.as_str().to_owned(),
        dst_fold: schedule.dst_fold.as_str().to_owned(),
        jitter_seconds: small_number(schedule.jitter_seconds),
        starts_at: schedule.starts_at.map(millis),
        ends_at: schedule.ends_at.map(millis),
        next_at: stored.next_at.map(millis),
        due_at: stored.due_at().map(millis),
        paused_at: stored.paused_at.map(millis),
        stopped_by_job: stored.stopped_by.map(|job| job.to_string()),
        updated_at: millis(stored.updated_at),
    }
}

pub(super) fn model(row: &schedule::Model) -> Result<QuerySchedule, StoreError> {
    let at = Row { table: "schedule", id: &row.query_id };
    let window = row.catch_up_window_seconds;
    let schedule = Schedule {
        cron: at.parse(&row.cron)?,
        timezone: at.parse(&row.timezone)?,
        overlap: at.parse(&row.overlap)?,
        catch_up: at.parse(&row.catch_up)?,
        catch_up_window_seconds: window.map(|window| at.number(window.into())).transpose()?,
        on_failure: at.parse(&row.on_failure)?,
        dst_gap: at.parse(&row.dst_gap)?,
        dst_fold: at.parse(&row.dst_fold)?,
        jitter_seconds: at.number(row.jitter_seconds.into())?,
        starts_at: at.maybe_instant(row.starts_at)?,
        ends_at: at.maybe_instant(row.ends_at)?,
    };
    Ok(QuerySchedule {
        query_id: at.parse(&row.query_id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        schedule,
        next_at: at.maybe_instant(row.next_at)?,
        paused_at: at.maybe_instant(row.paused_at)?,
        stopped_by: row.stopped_by_job.as_deref().map(|job| at.parse(job)).transpose()?,
        updated_at: at.instant(row.updated_at)?,
    })
}
