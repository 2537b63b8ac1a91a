//! Links to results: looked up by the hash of the secret in their address.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};

use super::audit_entry::audited;
use super::convert::{Row, millis};
use super::entity::download_link;
use super::sql::{Binder, first};
use super::workspace::lock_workspace;
use super::writer::{IdempotencyKey, KEY_LIFE_MS};
use super::{Store, StoreError, Tx, audit_entry, keyset};
use crate::model::audit_entry::AuditEntry;
use crate::model::download_link::{DownloadLink, DownloadLinkFilter};
use crate::model::id::{DownloadLinkId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::storage_object::possible_key;

/// A link to write.
#[derive(Clone, Debug)]
pub struct NewLink {
    pub link: DownloadLink,
    pub secret_hash: String,
    pub idempotency: Option<IdempotencyKey>,
    pub audit: AuditEntry,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkWritten {
    New,
    /// It was asked for before, and this was made.
    Replayed(DownloadLink),
    /// The key was used for another request.
    KeyReused,
}

impl Store {
    /// The link whose secret hashes to this; it may be revoked or expired.
    pub async fn download_link_by_hash(
        &self,
        secret_hash: &str,
    ) -> Result<Option<DownloadLink>, StoreError> {
        let select =
            download_link::Entity::find().filter(download_link::Column::SecretHash.eq(secret_hash));
        first(&self.reader, select, 1).await?.pop().map(model).transpose()
    }

    pub async fn download_links_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[DownloadLinkId],
    ) -> Result<Vec<DownloadLink>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.iter().map(ToString::to_string);
        let select = listed(workspace, &DownloadLinkFilter::default());
        let rows = select.filter(download_link::Column::Id.is_in(ids)).all(&self.reader).await?;
        rows.into_iter().map(model).collect()
    }

    /// A part of a workspace's links, newest first, those that stopped working as well.
    pub async fn download_links(
        &self,
        workspace: WorkspaceId,
        filter: &DownloadLinkFilter,
        slice: &Slice,
    ) -> Result<Page<DownloadLink>, StoreError> {
        let select = listed(workspace, filter);
        keyset::read(&self.reader, select, download_link::Column::Id, slice).await?.try_map(model)
    }

    pub async fn count_download_links(
        &self,
        workspace: WorkspaceId,
        filter: &DownloadLinkFilter,
    ) -> Result<u64, StoreError> {
        Ok(listed(workspace, filter).count(&self.reader).await?)
    }

    /// Writes a link, once per idempotency key.
    pub async fn insert_download_link(&self, new: NewLink) -> Result<LinkWritten, StoreError> {
        self.writer.write(move |tx: &Tx| Box::pin(insert(tx, new))).await
    }

    /// Revokes a link; `false` when the workspace has no such link that is not revoked yet.
    pub async fn revoke_download_link(
        &self,
        workspace: WorkspaceId,
        id: DownloadLinkId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = download_link::Entity::update_many()
                        .col_expr(download_link::Column::RevokedAt, millis(audit.at).into())
                        .filter(download_link::Column::Id.eq(id.to_string()))
                        .filter(download_link::Column::WorkspaceId.eq(workspace.to_string()))
                        .filter(download_link::Column::RevokedAt.is_null())
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }

    /// Removes at most so many links that expired before an instant; answers how many there were.
    pub async fn remove_download_links(
        &self,
        expired_before: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let mut binder = Binder::new(tx.backend());
                    let before = binder.bind(millis(expired_before));
                    let sql = format!(
                        "DELETE FROM download_link WHERE id IN (SELECT id FROM download_link \
                         WHERE expires_at < {before} ORDER BY expires_at LIMIT {most})"
                    );
                    let done = tx.connection().execute_raw(binder.statement(sql)).await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }
}

async fn insert(tx: &Tx, new: NewLink) -> Result<LinkWritten, StoreError> {
    let NewLink { link, secret_hash, idempotency, audit } = new;
    if let Some(key) = &idempotency
        && let Some(row) = known(tx, &link, key).await?
    {
        let is_same = row.request_hash.as_ref() == Some(&key.request_hash);
        return Ok(if is_same {
            LinkWritten::Replayed(model(row)?)
        } else {
            LinkWritten::KeyReused
        });
    }
    let (idempotency_key, request_hash) =
        idempotency.map(|key| (key.key, key.request_hash)).unzip();
    let row = download_link::Model {
        id: link.id.to_string(),
        workspace_id: link.workspace_id.to_string(),
        object_id: link.object_id.to_string(),
        storage_key: link.storage_key,
        secret_hash,
        created_at: millis(link.created_at),
        expires_at: millis(link.expires_at),
        revoked_at: None,
        idempotency_key,
        request_hash,
    };
    let inserting = download_link::Entity::insert(row.into_active_model());
    inserting.exec_without_returning(tx.connection()).await?;
    audit_entry::write(tx, &audit).await?;
    Ok(LinkWritten::New)
}

/// The link that was made with this key within its life. Whoever else asks with it waits until this is done.
async fn known(
    tx: &Tx,
    link: &DownloadLink,
    key: &IdempotencyKey,
) -> Result<Option<download_link::Model>, StoreError> {
    let workspace = link.workspace_id.to_string();
    lock_workspace(tx, link.workspace_id).await?;
    let since = millis(link.created_at) - KEY_LIFE_MS;
    Ok(download_link::Entity::find()
        .filter(download_link::Column::WorkspaceId.eq(workspace))
        .filter(download_link::Column::IdempotencyKey.eq(key.key.as_str()))
        .filter(download_link::Column::CreatedAt.gte(since))
        .order_by_desc(download_link::Column::CreatedAt)
        .one(tx.connection())
        .await?)
}

fn listed(
    workspace: WorkspaceId,
    filter: &DownloadLinkFilter,
) -> sea_orm::Select<download_link::Entity> {
    let all = download_link::Entity::find()
        .filter(download_link::Column::WorkspaceId.eq(workspace.to_string()));
    match &filter.storage_key {
        Some(key) => all.filter(download_link::Column::StorageKey.eq(possible_key(key))),
        None => all,
    }
}

fn model(row: download_link::Model) -> Result<DownloadLink, StoreError> {
    let at = Row { table: "download_link", id: &row.id };
    Ok(DownloadLink {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        object_id: at.parse(&row.object_id)?,
        created_at: at.instant(row.created_at)?,
        expires_at: at.instant(row.expires_at)?,
        revoked_at: at.maybe_instant(row.revoked_at)?,
        storage_key: row.storage_key,
    })
}
