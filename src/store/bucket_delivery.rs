//! Results on their way to a bucket: one delivery for each result and bucket, made in the very commit that
//! makes the result, or by a back-fill.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query},
};

use super::convert::{millis, readable};
use super::delivery::model;
use super::entity::{bucket, delivery, storage_object};
use super::sql::{Binder, Script, first, one_of};
use super::storage_object::{listed, model as object_model};
use super::task::of_bucket;
use super::wake::Topic;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::bucket::{Bucket, BucketState};
use crate::model::delivery::{Delivery, DeliveryKind, DeliveryStatus, object_delivery_id};
use crate::model::id::{BucketId, DeliveryId, StorageObjectId, WorkspaceId};
use crate::model::storage_object::{StorageObject, StorageObjectFilter};
use crate::model::task::TaskKind;

/// What a delivery is of, or goes to.
#[derive(Clone, Debug)]
pub enum Found<T> {
    Here(T),
    /// It is there and cannot be read; the log says why.
    Unreadable,
    Gone,
}

impl<T: Clone> Found<T> {
    /// Of a row that was looked for; inside is what could be read of it.
    fn of(row: Option<&Option<T>>) -> Self {
        match row {
            Some(Some(read)) => Self::Here(read.clone()),
            Some(None) => Self::Unreadable,
            None => Self::Gone,
        }
    }
}

/// A result to be written, and where.
pub struct BucketDelivery {
    pub delivery: Delivery,
    pub object: Found<StorageObject>,
    /// As it is connected now, with its secret in the clear.
    pub bucket: Found<(Bucket, String)>,
}

impl Store {
    /// What is to be written for claimed tasks, of any workspaces. What cannot be read fails nobody else's.
    pub async fn bucket_deliveries(
        &self,
        ids: &[&str],
    ) -> Result<HashMap<DeliveryId, BucketDelivery>, StoreError> {
        let backend = self.reader.get_database_backend();
        let ids = ids.iter().map(|id| (*id).to_owned());
        let rows = delivery::Entity::find().filter(one_of(backend, delivery::Column::Id, ids));
        let rows = rows.all(&self.reader).await?;
        let objects = rows.iter().filter_map(|row| row.object_id.clone());
        let objects = self.objects_to_write(objects.collect()).await?;
        let owners: BTreeSet<String> = rows.iter().map(|row| row.workspace_id.clone()).collect();
        let buckets = self.buckets_to_write_to(owners).await?;
        let all = rows.into_iter().filter_map(|row| {
            let object = row.object_id.as_ref().and_then(|id| objects.get(id));
            let bucket = row.bucket_id.as_ref().and_then(|id| buckets.get(id));
            let (object, bucket) = (Found::of(object), Found::of(bucket));
            let delivery = readable(model(row))?;
            Some((delivery.id, BucketDelivery { delivery, object, bucket }))
        });
        Ok(all.collect())
    }

    async fn objects_to_write(
        &self,
        ids: Vec<String>,
    ) -> Result<HashMap<String, Option<StorageObject>>, StoreError> {
        let these = one_of(self.reader.get_database_backend(), storage_object::Column::Id, ids);
        let rows = storage_object::Entity::find().filter(these).all(&self.reader).await?;
        let read = |row: storage_object::Model| (row.id.clone(), readable(object_model(row)));
        Ok(rows.into_iter().map(read).collect())
    }

    /// The buckets of these workspaces, by their ids.
    async fn buckets_to_write_to(
        &self,
        workspaces: BTreeSet<String>,
    ) -> Result<HashMap<String, Option<(Bucket, String)>>, StoreError> {
        let backend = self.reader.get_database_backend();
        let these = one_of(backend, bucket::Column::WorkspaceId, workspaces);
        let rows = bucket::Entity::find().filter(these).all(&self.reader).await?;
        let read = |row: bucket::Model| {
            let (id, secret) = (row.id.clone(), self.secret_of(&row));
            let bucket = readable(super::bucket::model(row));
            (id, bucket.zip(secret))
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// The deliveries of these results to the bucket that is connected.
    pub async fn deliveries_of_objects(
        &self,
        workspace: WorkspaceId,
        objects: &[StorageObjectId],
    ) -> Result<Vec<Delivery>, StoreError> {
        let connected = Query::select()
            .column(bucket::Column::Id)
            .from(bucket::Entity)
            .and_where(bucket::Column::WorkspaceId.eq(workspace.to_string()))
            .take();
        let rows = delivery::Entity::find()
            .filter(delivery::Column::ObjectId.is_in(objects.iter().map(ToString::to_string)))
            .filter(delivery::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(delivery::Column::BucketId.in_subquery(connected))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// How many results wait to be written to a bucket.
    pub async fn bucket_backlog(
        &self,
        workspace: WorkspaceId,
        id: BucketId,
    ) -> Result<u64, StoreError> {
        // The status stands in the text, as it does in the index.
        let waiting = delivery::Entity::find()
            .filter(delivery::Column::BucketId.eq(id.to_string()))
            .filter(delivery::Column::WorkspaceId.eq(workspace.to_string()))
            .filter(Expr::cust("status = 'pending'"));
        Ok(waiting.count(&self.reader).await?)
    }

    /// Pauses a bucket that has kept failing since before an instant: what waits for it is due when it is
    /// resumed. Answers whether it was paused by this.
    pub async fn pause_bucket(
        &self,
        workspace: WorkspaceId,
        id: BucketId,
        failing_since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |paused: &bool| {
            if *paused {
                wakes.settled();
            }
        };
        self.writer
            .write_then(tell, move |tx: &Tx| {
                Box::pin(async move {
                    let done = bucket::Entity::update_many()
                        .col_expr(bucket::Column::State, BucketState::Paused.as_str().into())
                        .filter(bucket::Column::WorkspaceId.eq(workspace.to_string()))
                        .filter(bucket::Column::Id.eq(id.to_string()))
                        .filter(bucket::Column::State.eq(BucketState::Active.as_str()))
                        .filter(bucket::Column::FailingSince.lte(millis(failing_since)))
                        .exec(tx.connection())
                        .await?;
                    if done.rows_affected == 0 {
                        return Ok(false);
                    }
                    set_due(tx, workspace, i64::MAX).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Makes deliveries of so many results at most that fit and have none to the bucket, the oldest first. Answers
    /// how many, and the last one looked at when there may be more.
    pub async fn backfill_bucket(
        &self,
        backfill: Backfill,
        audit: Option<AuditEntry>,
    ) -> Result<(u64, Option<StorageObjectId>), StoreError> {
        let wakes = std::sync::Arc::clone(&self.wakes);
        let tell = move |_: &(u64, Option<StorageObjectId>)| {
            wakes.committed(Topic::Queue(TaskKind::Bucket));
        };
        self.writer.write_then(tell, move |tx: &Tx| Box::pin(fill(tx, backfill, audit))).await
    }
}

/// A part of a back-fill.
#[derive(Clone, Debug)]
pub struct Backfill {
    pub workspace: WorkspaceId,
    pub bucket: BucketId,
    pub filter: StorageObjectFilter,
    /// Only results behind this one.
    pub after: Option<StorageObjectId>,
    pub most: u64,
    pub at: DateTime<Utc>,
}

async fn fill(
    tx: &Tx,
    part: Backfill,
    audit: Option<AuditEntry>,
) -> Result<(u64, Option<StorageObjectId>), StoreError> {
    let Some(row) = connected(tx, part.workspace, part.bucket).await? else { return Ok((0, None)) };
    let to = super::bucket::model(row)?;
    let mut select = listed(part.workspace, &part.filter).filter(sent(part.bucket).not());
    if let Some(after) = part.after {
        select = select.filter(storage_object::Column::Id.gt(after.to_string()));
    }
    let select = select.order_by_asc(storage_object::Column::Id);
    let rows = first(tx.connection(), select, part.most).await?;
    let objects = rows.into_iter().map(object_model).collect::<Result<Vec<_>, _>>()?;
    let mut made = Rows::default();
    for object in &objects {
        made.add(object, &to, millis(part.at));
    }
    if let Some(audit) = &audit {
        audit_entry::write(tx, audit).await?;
    }
    let mut script = Script::new(tx.backend());
    script.insert(&made.deliveries);
    script.insert(&made.tasks);
    script.run(tx.connection()).await?;
    let is_full = objects.len() as u64 == part.most;
    let last = objects.last().filter(|_| is_full).map(|object| object.id);
    Ok((objects.len() as u64, last))
}

/// Rows of deliveries to buckets, and their tasks.
#[derive(Default)]
pub(super) struct Rows {
    pub deliveries: Vec<delivery::Model>,
    pub tasks: Vec<super::entity::task::Model>,
}

impl Rows {
    /// Adds the delivery of a result to its workspace's bucket.
    pub fn add(&mut self, object: &StorageObject, to: &Bucket, at: i64) {
        let id = object_delivery_id(object.id, to.id);
        let key = to.place.object_key(object.query_id, &object.key);
        self.deliveries.push(delivery::Model {
            id: id.to_string(),
            workspace_id: object.workspace_id.to_string(),
            kind: DeliveryKind::Bucket.as_str().to_owned(),
            target: format!("s3://{}/{key}", to.place.name),
            endpoint_id: None,
            event_id: String::new(),
            object_id: Some(object.id.to_string()),
            bucket_id: Some(to.id.to_string()),
            seq: None,
            query_id: Some(object.query_id.to_string()),
            job_id: Some(object.job_id.to_string()),
            payload: None,
            status: DeliveryStatus::Pending.as_str().to_owned(),
            created_at: at,
            next_attempt_at: Some(at),
            completed_at: None,
        });
        self.tasks.push(of_bucket(id, object.workspace_id, to.state == BucketState::Paused));
    }
}

/// The buckets of these workspaces as a transaction sees them.
pub(super) async fn connected_to(
    tx: &Tx,
    workspaces: &BTreeSet<WorkspaceId>,
) -> Result<HashMap<WorkspaceId, Bucket>, StoreError> {
    let ids = workspaces.iter().map(ToString::to_string);
    let in_these = one_of(tx.backend(), bucket::Column::WorkspaceId, ids);
    let rows = tx.models(bucket::Entity::find().filter(in_these)).await?;
    let buckets = rows.into_iter().map(super::bucket::model);
    buckets.map(|bucket| bucket.map(|bucket| (bucket.workspace_id, bucket))).collect()
}

/// Lets everything that waits for a workspace's bucket be due at once.
pub(super) async fn resume(tx: &Tx, workspace: WorkspaceId) -> Result<(), StoreError> {
    set_due(tx, workspace, 0).await
}

async fn set_due(tx: &Tx, workspace: WorkspaceId, due_at: i64) -> Result<(), StoreError> {
    let mut binder = Binder::new(tx.backend());
    let (due_at, workspace) = (binder.bind(due_at), binder.bind(workspace.to_string()));
    let sql = format!(
        "UPDATE task SET due_at = {due_at} WHERE kind = 'bucket' AND workspace_id = {workspace} \
         AND lease_token IS NULL"
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}

/// Ends what waits for a bucket of the workspace other than this one: it is not sent.
pub(super) async fn skip_others(
    tx: &Tx,
    workspace: WorkspaceId,
    but: Option<BucketId>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut binder = Binder::new(tx.backend());
    let waiting = |binder: &mut Binder| {
        let workspace = binder.bind(workspace.to_string());
        let but = binder.bind(but.map(|id| id.to_string()).unwrap_or_default());
        format!(
            "SELECT id FROM delivery WHERE workspace_id = {workspace} AND kind = 'bucket' \
             AND status = 'pending' AND bucket_id <> {but}"
        )
    };
    let sql = format!("DELETE FROM task WHERE id IN ({})", waiting(&mut binder));
    tx.connection().execute_raw(binder.statement(sql)).await?;
    let mut binder = Binder::new(tx.backend());
    let at = binder.bind(millis(at));
    let sql = format!(
        "UPDATE delivery SET status = 'skipped', next_attempt_at = NULL, completed_at = {at} \
         WHERE id IN ({})",
        waiting(&mut binder)
    );
    tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(())
}

async fn connected(
    tx: &Tx,
    workspace: WorkspaceId,
    id: BucketId,
) -> Result<Option<bucket::Model>, StoreError> {
    let found = bucket::Entity::find_by_id(workspace.to_string())
        .filter(bucket::Column::Id.eq(id.to_string()));
    Ok(found.one(tx.connection()).await?)
}

/// Whether a result has a delivery to the bucket.
fn sent(bucket: BucketId) -> Expr {
    let own = (storage_object::Entity, storage_object::Column::Id);
    let delivery = Query::select()
        .expr(Expr::val(1))
        .from(delivery::Entity)
        .and_where(Expr::col((delivery::Entity, delivery::Column::ObjectId)).equals(own))
        .and_where(delivery::Column::BucketId.eq(bucket.to_string()))
        .take();
    Expr::exists(delivery)
}
