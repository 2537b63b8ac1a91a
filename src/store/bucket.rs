//! The workspace's bucket: at most one, its secret sealed.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, Set,
};

use super::bucket_delivery::{resume, skip_others};
use super::convert::{Row, millis, to_json};
use super::entity::bucket;
use super::event_append::lock_log;
use super::seal::Place;
use super::sql::first;
use super::wake::Topic;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::bucket::{Bucket, BucketPlace, BucketState, BucketTest};
use crate::model::id::{BucketId, WorkspaceId};
use crate::model::task::TaskKind;

impl Store {
    pub async fn bucket(&self, workspace: WorkspaceId) -> Result<Option<Bucket>, StoreError> {
        self.bucket_row(workspace).await?.map(model).transpose()
    }

    /// The bucket with its secret access key in the clear; none where that cannot be opened.
    pub async fn bucket_with_secret(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<(Bucket, Option<String>)>, StoreError> {
        let Some(row) = self.bucket_row(workspace).await? else { return Ok(None) };
        let secret = self.secret_of(&row);
        Ok(Some((model(row)?, secret)))
    }

    pub(super) fn secret_of(&self, row: &bucket::Model) -> Option<String> {
        let secret = self.text(secret_place(&row.workspace_id), &row.secret_access_key);
        let log = |error: &StoreError| {
            tracing::error!(bucket = row.id, %error, "a bucket's secret cannot be read");
        };
        secret.inspect_err(log).ok()
    }

    /// Writes the workspace's bucket in place of the one there was: results from now on go to it, and what
    /// waits for another one is not sent.
    pub async fn save_bucket(
        &self,
        bucket: Bucket,
        secret: &str,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let id = bucket.workspace_id.to_string();
        let sealed = self.master_key.seal(secret_place(&id), secret.as_bytes())?;
        let row = row(&bucket, sealed)?;
        let (workspace, id) = (bucket.workspace_id, bucket.id);
        self.writer
            .write_then(self.tell_senders(), move |tx: &Tx| {
                Box::pin(async move {
                    skip_others(tx, workspace, Some(id), audit.at).await?;
                    resume(tx, workspace).await?;
                    // Jobs of the workspace that end just now come before this, or see it.
                    let end = lock_log(tx, workspace).await?;
                    let known = bucket::Entity::find_by_id(workspace.to_string())
                        .filter(bucket::Column::Id.eq(id.to_string()))
                        .one(tx.connection())
                        .await?;
                    let since_seq = known.as_ref().map_or(end, |known| known.since_seq);
                    let failed_at = known.and_then(|known| known.failed_at);
                    let failed_at = failed_at.filter(|_| row.failing_since.is_some());
                    let row = bucket::Model { failed_at, since_seq, ..row };
                    let all = bucket::Column::iter()
                        .filter(|column| !matches!(column, bucket::Column::WorkspaceId));
                    let replaced = OnConflict::column(bucket::Column::WorkspaceId)
                        .update_columns(all)
                        .to_owned();
                    bucket::Entity::insert(row.into_active_model())
                        .on_conflict(replaced)
                        .exec_without_returning(tx.connection())
                        .await?;
                    audit_entry::write(tx, &audit).await
                })
            })
            .await
    }

    /// Notes what a test of the bucket said; one that passed lets results be sent again. Answers the bucket
    /// as it is then, or nothing when another one is connected by now.
    pub async fn tested_bucket(
        &self,
        workspace: WorkspaceId,
        id: BucketId,
        test: BucketTest,
        audit: AuditEntry,
    ) -> Result<Option<Bucket>, StoreError> {
        self.writer
            .write_then(self.tell_senders(), move |tx: &Tx| {
                Box::pin(async move {
                    let connected = bucket::Entity::find_by_id(workspace.to_string())
                        .filter(bucket::Column::Id.eq(id.to_string()))
                        .one(tx.connection())
                        .await?;
                    let Some(row) = connected else { return Ok(None) };
                    let mut row = row.into_active_model();
                    row.last_test = Set(Some(to_json(&test)?));
                    if test.ok() {
                        row.state = Set(BucketState::Active.as_str().to_owned());
                        (row.failing_since, row.failed_at) = (Set(None), Set(None));
                        resume(tx, workspace).await?;
                    }
                    audit_entry::write(tx, &audit).await?;
                    model(row.update(tx.connection()).await?).map(Some)
                })
            })
            .await
    }

    /// Forgets the workspace's bucket and its credentials, and what waits for it is not sent; `false` when it is
    /// not this one.
    pub async fn delete_bucket(
        &self,
        workspace: WorkspaceId,
        id: BucketId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = bucket::Entity::delete_by_id(workspace.to_string())
                        .filter(bucket::Column::Id.eq(id.to_string()))
                        .exec(tx.connection())
                        .await?;
                    if done.rows_affected == 0 {
                        return Ok(false);
                    }
                    skip_others(tx, workspace, None, audit.at).await?;
                    audit_entry::write(tx, &audit).await?;
                    Ok(true)
                })
            })
            .await
    }

    fn tell_senders<T>(&self) -> impl FnOnce(&T) + Send + 'static {
        let wakes = std::sync::Arc::clone(&self.wakes);
        move |_| wakes.committed(Topic::Queue(TaskKind::Bucket))
    }

    async fn bucket_row(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<bucket::Model>, StoreError> {
        let select = bucket::Entity::find_by_id(workspace.to_string());
        Ok(first(&self.reader, select, 1).await?.pop())
    }
}

pub(super) fn secret_place(workspace: &str) -> Place<'_> {
    Place { table: "bucket", column: "secret_access_key", row: workspace, workspace }
}

fn row(bucket: &Bucket, secret_access_key: Vec<u8>) -> Result<bucket::Model, StoreError> {
    let place = bucket.place.clone();
    Ok(bucket::Model {
        workspace_id: bucket.workspace_id.to_string(),
        id: bucket.id.to_string(),
        endpoint: place.endpoint,
        name: place.name,
        region: place.region,
        prefix: place.prefix,
        path_style: place.path_style,
        access_key_id: bucket.access_key_id.clone(),
        secret_access_key,
        state: bucket.state.as_str().to_owned(),
        failing_since: bucket.failing_since.map(millis),
        failed_at: None,
        connected_at: millis(bucket.connected_at),
        since_seq: 0,
        last_test: bucket.last_test.as_ref().map(to_json).transpose()?,
    })
}

pub(super) fn model(row: bucket::Model) -> Result<Bucket, StoreError> {
    let at = Row { table: "bucket", id: &row.workspace_id };
    Ok(Bucket {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        state: at.parse(&row.state)?,
        failing_since: at.maybe_instant(row.failing_since)?,
        connected_at: at.instant(row.connected_at)?,
        last_test: row.last_test.as_deref().map(|test| at.json(test)).transpose()?,
        place: BucketPlace {
            endpoint: row.endpoint,
            name: row.name,
            region: row.region,
            prefix: row.prefix,
            path_style: row.path_style,
        },
        access_key_id: row.access_key_id,
    })
}
