//! API keys: looked up by the hash of their secret.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
};

use super::audit_entry::audited;
use super::convert::{Row, millis};
use super::entity::api_key;
use super::sql::first;
use super::{Store, StoreError, Tx, audit_entry, keyset};
use crate::model::api_key::ApiKey;
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{ApiKeyId, WorkspaceId};
use crate::model::page::{Page, Slice};

impl Store {
    /// The key whose secret hashes to this; it may be revoked or expired.
    pub async fn api_key_by_hash(&self, secret_hash: &str) -> Result<Option<ApiKey>, StoreError> {
        let select = api_key::Entity::find().filter(api_key::Column::SecretHash.eq(secret_hash));
        let row = first(&self.reader, select, 1).await?.pop();
        row.map(model).transpose()
    }

    pub async fn api_key(
        &self,
        workspace: WorkspaceId,
        id: ApiKeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let select = api_key::Entity::find_by_id(id.to_string())
            .filter(api_key::Column::WorkspaceId.eq(workspace.to_string()));
        let row = first(&self.reader, select, 1).await?.pop();
        row.map(model).transpose()
    }

    /// All keys of a workspace, oldest first.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>, StoreError> {
        let select = of_workspace(workspace).order_by_asc(api_key::Column::Id);
        let rows = select.all(&self.reader).await?;
        rows.into_iter().map(model).collect()
    }

    pub async fn api_keys_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, StoreError> {
        let rows = of_workspace(workspace)
            .filter(api_key::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// A part of a workspace's keys, newest first.
    pub async fn api_key_page(
        &self,
        workspace: WorkspaceId,
        slice: &Slice,
    ) -> Result<Page<ApiKey>, StoreError> {
        let select = of_workspace(workspace);
        keyset::read(&self.reader, select, api_key::Column::Id, slice).await?.try_map(model)
    }

    pub async fn count_api_keys(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(of_workspace(workspace).count(&self.reader).await?)
    }

    /// Notes that a key was used.
    pub async fn note_key_use(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    api_key::Entity::update_many()
                        .col_expr(api_key::Column::LastUsedAt, millis(at).into())
                        .filter(api_key::Column::Id.eq(id.to_string()))
                        .exec(tx.connection())
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Writes a key; one with the same secret that another node has just written stays as it is.
    pub async fn insert_api_key(
        &self,
        key: ApiKey,
        secret_hash: String,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let row = api_key::Model {
            id: key.id.to_string(),
            workspace_id: key.workspace_id.to_string(),
            name: key.name,
            scope: key.scope.to_string(),
            secret_hash,
            last4: key.last4,
            created_at: millis(key.created_at),
            expires_at: key.expires_at.map(millis),
            revoked_at: key.revoked_at.map(millis),
            last_used_at: key.last_used_at.map(millis),
        };
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let same_secret =
                        OnConflict::column(api_key::Column::SecretHash).do_nothing().to_owned();
                    let inserting =
                        api_key::Entity::insert(row.into_active_model()).on_conflict(same_secret);
                    match inserting.exec_without_returning(tx.connection()).await {
                        Ok(_) => audit_entry::write(tx, &audit).await,
                        Err(DbErr::RecordNotInserted) => Ok(()),
                        Err(error) => Err(error.into()),
                    }
                })
            })
            .await
    }

    /// Revokes a key; `false` when the workspace has no such key that is not revoked yet.
    pub async fn revoke_api_key(
        &self,
        workspace: WorkspaceId,
        id: ApiKeyId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = api_key::Entity::update_many()
                        .col_expr(api_key::Column::RevokedAt, millis(audit.at).into())
                        .filter(api_key::Column::Id.eq(id.to_string()))
                        .filter(api_key::Column::WorkspaceId.eq(workspace.to_string()))
                        .filter(api_key::Column::RevokedAt.is_null())
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }
}

fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<api_key::Entity> {
    api_key::Entity::find().filter(api_key::Column::WorkspaceId.eq(workspace.to_string()))
}

fn model(row: api_key::Model) -> Result<ApiKey, StoreError> {
    let at = Row { table: "api_key", id: &row.id };
    Ok(ApiKey {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        scope: at.parse(&row.scope)?,
        created_at: at.instant(row.created_at)?,
        expires_at: at.maybe_instant(row.expires_at)?,
        revoked_at: at.maybe_instant(row.revoked_at)?,
        last_used_at: at.maybe_instant(row.last_used_at)?,
        name: row.name,
        last4: row.last4,
    })
}
