//! Deleting results. A row goes with its small bytes, the note of it in its job and its event in one
//! commit; a blob is named to the caller, who removes it after that commit. Any number of nodes may go on
//! with one deletion: a row is gone once, with one event.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};
use ulid::Ulid;

use super::convert::{Row, millis, number, readable, to_json};
use super::entity::{deletion, idempotency, storage_object};
use super::event_append::append;
use super::once::known;
use super::sql::{Binder, first};
use super::storage_object::{listed, model as object_model, of_workspace};
use super::wake::Topic;
use super::writer::IdempotencyKey;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::deletion::{Deletion, Extent, Selection};
use crate::model::event::NewEvent;
use crate::model::id::{DeletionId, JobId, StorageObjectId, TypedId, WorkspaceId};
use crate::model::storage_object::StorageObject;
use crate::model::task::TaskKind;

/// How much later than its result an id may seem to have been made, by clocks that differ.
const SKEW: TimeDelta = TimeDelta::hours(1);

/// A deletion that somebody asks for.
#[derive(Clone, Debug)]
pub struct NewDeletion {
    pub id: DeletionId,
    pub selection: Selection,
    pub at: DateTime<Utc>,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is to be done from now on, whatever happens to who asked.
    New(Deletion),
    /// The same request was here before.
    Replayed(Deletion),
    /// There is nothing to delete, and nothing was written.
    Nothing,
    /// The key was used for another request.
    KeyReused,
}

/// A result that is to go, with the event that tells of it.
#[derive(Clone, Debug)]
pub struct Doomed {
    pub id: StorageObjectId,
    pub event: NewEvent,
}

/// A result whose row is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    pub id: StorageObjectId,
    /// Its bytes and what it rests on, where these are blobs: nothing points at them any more.
    pub blobs: Vec<String>,
}

impl Store {
    /// How many results of those stored until an instant are meant, and how large they are.
    pub async fn selected_extent(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        until: DateTime<Utc>,
    ) -> Result<Extent, StoreError> {
        extent(&self.reader, selected(workspace, selection, until)).await
    }

    /// The first results that are meant.
    pub async fn selected_objects(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        until: DateTime<Utc>,
        most: u64,
    ) -> Result<Vec<StorageObject>, StoreError> {
        let select = selected(workspace, selection, until);
        let select = select.order_by_asc(storage_object::Column::Id);
        first(&self.reader, select, most).await?.into_iter().map(object_model).collect()
    }

    /// The jobs that have these storage keys.
    pub async fn jobs_of_keys(
        &self,
        workspace: WorkspaceId,
        keys: &[String],
    ) -> Result<Vec<JobId>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let keys = binder.one_of(keys.iter().map(String::as_str));
        let workspace = binder.bind(workspace.to_string());
        let sql =
            format!("SELECT id FROM job WHERE storage_key {keys} AND workspace_id = {workspace}");
        let rows = self.reader.query_all_raw(binder.statement(sql)).await?;
        let id = |row: &sea_orm::QueryResult| {
            let id: String = row.try_get_by_index(0)?;
            Row { table: "job", id: &id }.parse(&id)
        };
        rows.iter().map(id).collect()
    }

    /// Writes down what is to be deleted, once per idempotency key.
    pub async fn begin_deletion(&self, new: NewDeletion) -> Result<Begun, StoreError> {
        self.writer.write(move |tx: &Tx| Box::pin(begin(tx, new))).await
    }

    /// Deletes these results where they are still there, each with its event. Of a deletion, this is
    /// noted; `last` says that it is done with these.
    pub async fn delete_storage_objects(
        &self,
        workspace: WorkspaceId,
        doomed: Vec<Doomed>,
        of: Option<DeletionId>,
        last: bool,
        at: DateTime<Utc>,
    ) -> Result<Vec<Removed>, StoreError> {
        let wakes = Arc::clone(&self.wakes);
        let tell = move |_: &Vec<Removed>| {
            wakes.committed(Topic::Events(workspace));
            wakes.committed(Topic::Queue(TaskKind::Webhook));
        };
        self.writer
            .write_then(tell, move |tx: &Tx| {
                Box::pin(async move {
                    let (removed, events) = remove(tx, workspace, doomed, at).await?;
                    if let Some(of) = of {
                        note(tx, of, removed.len(), last.then_some(at)).await?;
                    }
                    append(tx, workspace, &events).await?;
                    Ok(removed)
                })
            })
            .await
    }

    /// The deletions of all workspaces that are not done.
    pub async fn open_deletions(&self) -> Result<Vec<Deletion>, StoreError> {
        let select = deletion::Entity::find().filter(deletion::Column::CompletedAt.is_null());
        let rows = select.order_by_asc(deletion::Column::Id).all(&self.reader).await?;
        Ok(rows.into_iter().filter_map(|row| readable(model(&row))).collect())
    }

    /// Forgets deletions that were done before an instant: nobody asks for them again.
    pub async fn forget_deletions(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = deletion::Entity::delete_many()
                        .filter(deletion::Column::CompletedAt.lt(millis(before)))
                        .exec(tx.connection())
                        .await?;
                    Ok(done.rows_affected)
                })
            })
            .await
    }
}

async fn begin(tx: &Tx, new: NewDeletion) -> Result<Begun, StoreError> {
    let NewDeletion { id, selection, at, idempotency, audit } = new;
    let workspace = audit.workspace_id;
    if let Some(key) = &idempotency
        && let Some(known) = known(tx, workspace, key, at).await?
    {
        if !key.is_of(&known) {
            return Ok(Begun::KeyReused);
        }
        let row = deletion::Entity::find_by_id(&known.query_id).one(tx.connection()).await?;
        let at = Row { table: "idempotency", id: &known.key };
        return model(&row.ok_or_else(|| at.corrupt(&"its deletion is missing"))?)
            .map(Begun::Replayed);
    }
    let found = extent(tx.connection(), selected(workspace, &selection, at)).await?;
    if found.count == 0 {
        return Ok(Begun::Nothing);
    }
    let row = deletion::Model {
        id: id.to_string(),
        workspace_id: workspace.to_string(),
        selection: to_json(&selection)?,
        matched: number(found.count),
        bytes: number(found.bytes),
        deleted: 0,
        created_at: millis(at),
        completed_at: None,
    };
    deletion::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    if let Some(key) = idempotency {
        let row = key.row(workspace, &id, millis(at));
        idempotency::Entity::insert(row.into_active_model())
            .exec_without_returning(tx.connection())
            .await?;
    }
    audit_entry::write(tx, &audit).await?;
    model(&row).map(Begun::New)
}

/// Removes the rows that are there, and gives the events of those.
async fn remove(
    tx: &Tx,
    workspace: WorkspaceId,
    doomed: Vec<Doomed>,
    at: DateTime<Utc>,
) -> Result<(Vec<Removed>, Vec<NewEvent>), StoreError> {
    if doomed.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut doomed: HashMap<String, Doomed> =
        doomed.into_iter().map(|one| (one.id.to_string(), one)).collect();
    let mut ids: Vec<String> = doomed.keys().cloned().collect();
    ids.sort_unstable();
    let own = |binder: &mut Binder| {
        let ids = binder.one_of(ids.iter().map(String::as_str));
        format!("id {ids} AND workspace_id = {}", binder.bind(workspace.to_string()))
    };
    let parts = |binder: &mut Binder, table: &str| {
        let own = own(binder);
        format!(
            "DELETE FROM {table} WHERE object_id IN (SELECT id FROM storage_object WHERE {own})"
        )
    };
    let mut binder = Binder::new(tx.backend());
    let bodies = parts(&mut binder, "result_body");
    tx.connection().execute_raw(binder.statement(bodies)).await?;
    let mut binder = Binder::new(tx.backend());
    let kept = format!("{} RETURNING object_id, blob", parts(&mut binder, "collection"));
    let mut blobs: HashMap<String, Vec<String>> = HashMap::new();
    for row in tx.connection().query_all_raw(binder.statement(kept)).await? {
        let blob: Option<String> = row.try_get("", "blob")?;
        blobs.entry(row.try_get("", "object_id")?).or_default().extend(blob);
    }
    let mut binder = Binder::new(tx.backend());
    let objects =
        format!("DELETE FROM storage_object WHERE {} RETURNING id, job_id, blob", own(&mut binder));
    let rows = tx.connection().query_all_raw(binder.statement(objects)).await?;
    let (mut removed, mut jobs) = (Vec::new(), Vec::new());
    for row in rows {
        let id: String = row.try_get("", "id")?;
        jobs.push(row.try_get::<String>("", "job_id")?);
        let mut blobs = blobs.remove(&id).unwrap_or_default();
        blobs.extend(row.try_get::<Option<String>>("", "blob")?);
        if let Some(Doomed { id, event }) = doomed.remove(&id) {
            removed.push((Removed { id, blobs }, event));
        }
    }
    // In the order of the results, whatever order the database deletes in.
    removed.sort_unstable_by_key(|(one, _)| one.id);
    let mut binder = Binder::new(tx.backend());
    let at = binder.bind(millis(at));
    let jobs = binder.one_of(jobs.iter().map(String::as_str));
    let sql = format!("UPDATE job SET result_deleted_at = {at} WHERE id {jobs}");
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(removed.into_iter().unzip())
}

async fn note(
    tx: &Tx,
    of: DeletionId,
    deleted: usize,
    completed_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let mut binder = Binder::new(tx.backend());
    let deleted = binder.bind(number(deleted));
    let completed = completed_at.map(|at| format!(", completed_at = {}", binder.bind(millis(at))));
    let of = binder.bind(of.to_string());
    let sql = format!(
        "UPDATE deletion SET deleted = deleted + {deleted}{} WHERE id = {of}",
        completed.unwrap_or_default()
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}

fn selected(
    workspace: WorkspaceId,
    selection: &Selection,
    until: DateTime<Utc>,
) -> Select<storage_object::Entity> {
    let select = match selection {
        Selection::Objects(ids) => of_workspace(workspace)
            .filter(storage_object::Column::Id.is_in(ids.iter().map(ToString::to_string))),
        Selection::Fitting(filter) => listed(workspace, filter),
    };
    // An id is that of its job, which was made before its result: no index of the time is needed.
    let latest = (until + SKEW).timestamp_millis();
    let latest = Ulid::from_parts(u64::try_from(latest).unwrap_or_default(), u128::MAX);
    select
        .filter(storage_object::Column::Id.lte(StorageObjectId::from_ulid(latest).to_string()))
        .filter(storage_object::Column::CreatedAt.lte(millis(until)))
}

pub(super) async fn extent(
    connection: &impl ConnectionTrait,
    select: Select<storage_object::Entity>,
) -> Result<Extent, StoreError> {
    use sea_orm::sea_query::{Alias, ExprTrait, Func};
    use sea_orm::{IntoSimpleExpr, QuerySelect, QueryTrait};
    use storage_object::Column::{CreatedAt, Id, SizeBytes};
    let whole = |expr: sea_orm::sea_query::Expr| expr.cast_as(Alias::new("BIGINT"));
    let bytes = Func::sum(SizeBytes.into_simple_expr());
    let oldest = Func::min(CreatedAt.into_simple_expr());
    let newest = Func::max(CreatedAt.into_simple_expr());
    let statement = select
        .select_only()
        .column_as(Id.count(), "number")
        .column_as(whole(bytes.into()), "bytes")
        .column_as(sea_orm::sea_query::Expr::from(oldest), "oldest")
        .column_as(sea_orm::sea_query::Expr::from(newest), "newest")
        .build(connection.get_database_backend());
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(Extent::default());
    };
    let at = Row { table: "storage_object", id: "all" };
    let bytes: Option<i64> = row.try_get("", "bytes")?;
    Ok(Extent {
        count: at.number(row.try_get("", "number")?)?,
        bytes: at.number(bytes.unwrap_or_default())?,
        oldest: at.maybe_instant(row.try_get("", "oldest")?)?,
        newest: at.maybe_instant(row.try_get("", "newest")?)?,
    })
}

fn model(row: &deletion::Model) -> Result<Deletion, StoreError> {
    let at = Row { table: "deletion", id: &row.id };
    Ok(Deletion {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        selection: at.json(&row.selection)?,
        matched: at.number(row.matched)?,
        bytes: at.number(row.bytes)?,
        deleted: at.number(row.deleted)?,
        created_at: at.instant(row.created_at)?,
    })
}
