//! Workspaces: made together with their event log, their signing secret sealed.

use chrono_tz::Tz;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Set,
};

use super::audit_entry::audited;
use super::connect::starting_lock;
use super::convert::{Row, millis, small_number};
use super::entity::{event_counter, workspace};
use super::seal::Place;
use super::sql::{Binder, first};
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::WorkspaceId;
use crate::model::workspace::Workspace;

/// A workspace to be made, with what only the store may see.
pub struct NewWorkspace {
    pub workspace: Workspace,
    /// `whsec_…`, in the clear; sealed before it is written.
    pub signing_secret: String,
    /// Names this log for as long as it stays the same one.
    pub epoch: String,
}

impl Store {
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        let select = workspace::Entity::find_by_id(id.to_string());
        let row = first(&self.reader, select, 1).await?.pop();
        row.map(model).transpose()
    }

    /// All workspaces, oldest first: for the operator's command line.
    pub async fn all_workspaces(&self) -> Result<Vec<Workspace>, StoreError> {
        let rows =
            workspace::Entity::find().order_by_asc(workspace::Column::Id).all(&self.reader).await?;
        rows.into_iter().map(model).collect()
    }

    /// Writes a workspace and the empty log of its events; nothing when it is to be the first and
    /// another node was faster. Answers whether it was written.
    pub async fn insert_workspace(
        &self,
        new: NewWorkspace,
        only_first: bool,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let id = new.workspace.id.to_string();
        let secret = self.master_key.seal(secret_place(&id), new.signing_secret.as_bytes())?;
        let row = workspace::Model {
            id: id.clone(),
            name: new.workspace.name,
            timezone: new.workspace.timezone.to_string(),
            signing_secret: secret,
            previous_signing_secret: None,
            previous_signing_until: None,
            signing_key: None,
            created_at: millis(new.workspace.created_at),
            weight: 1,
            running_cap: None,
            keeps_documents: new.workspace.keeps_documents,
        };
        let counter =
            event_counter::Model { workspace_id: id, epoch: new.epoch, seq: 0, trimmed: 0 };
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let connection = tx.connection();
                    if only_first {
                        starting_lock(connection).await?;
                        if workspace::Entity::find().one(connection).await?.is_some() {
                            return Ok(false);
                        }
                    }
                    row.into_active_model().insert(connection).await?;
                    counter.into_active_model().insert(connection).await?;
                    audited(tx, true, &audit).await
                })
            })
            .await
    }

    /// Changes the workspace of the entry; what is not given stays. Answers what it is now.
    pub async fn update_workspace(
        &self,
        name: Option<String>,
        timezone: Option<Tz>,
        keeps_documents: Option<bool>,
        audit: AuditEntry,
    ) -> Result<Option<Workspace>, StoreError> {
        let id = audit.workspace_id.to_string();
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let Some(row) = workspace::Entity::find_by_id(id).one(tx.connection()).await?
                    else {
                        return Ok(None);
                    };
                    let mut row = row.into_active_model();
                    row.name = name.map_or(row.name, Set);
                    row.timezone = timezone.map_or(row.timezone, |zone| Set(zone.to_string()));
                    row.keeps_documents = keeps_documents.map_or(row.keeps_documents, Set);
                    audit_entry::write(tx, &audit).await?;
                    model(row.update(tx.connection()).await?).map(Some)
                })
            })
            .await
    }

    /// Sets how much of the workers a workspace gets beside others, and how many of its tasks of a kind
    /// may run at once. `false` when there is no such workspace.
    pub async fn set_share(
        &self,
        id: WorkspaceId,
        weight: u32,
        running_cap: Option<u32>,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let done = workspace::Entity::update_many()
                        .col_expr(workspace::Column::Weight, small_number(weight).into())
                        .col_expr(
                            workspace::Column::RunningCap,
                            running_cap.map(small_number).into(),
                        )
                        .filter(workspace::Column::Id.eq(id.to_string()))
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }

    /// The workspace's signing secret, `whsec_…`, in the clear.
    pub async fn signing_secret(&self, id: WorkspaceId) -> Result<Option<String>, StoreError> {
        let id = id.to_string();
        let select = workspace::Entity::find_by_id(&id);
        let Some(row) = first(&self.reader, select, 1).await?.pop() else {
            return Ok(None);
        };
        let secret = self.master_key.open(secret_place(&id), &row.signing_secret)?;
        String::from_utf8(secret).map(Some).map_err(|_| StoreError::Sealed)
    }

    /// Replaces the signing secret.
    pub async fn set_signing_secret(
        &self,
        id: WorkspaceId,
        secret: &str,
    ) -> Result<(), StoreError> {
        let id = id.to_string();
        let sealed = self.master_key.seal(secret_place(&id), secret.as_bytes())?;
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    workspace::Entity::update_many()
                        .col_expr(workspace::Column::SigningSecret, sealed.into())
                        .filter(workspace::Column::Id.eq(id))
                        .exec(tx.connection())
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Who else takes the turn of the workspace waits until this transaction is over.
pub(super) async fn lock_workspace(tx: &Tx, id: WorkspaceId) -> Result<(), StoreError> {
    if tx.backend() != DbBackend::Sqlite {
        let mut binder = Binder::new(tx.backend());
        let id = binder.bind(id.to_string());
        let lock = format!("SELECT id FROM workspace WHERE id = {id} FOR NO KEY UPDATE");
        tx.connection().query_one_raw(binder.statement(lock)).await?;
    }
    Ok(())
}

pub(super) fn secret_place(id: &str) -> Place<'_> {
    Place { table: "workspace", column: "signing_secret", row: id, workspace: id }
}

fn model(row: workspace::Model) -> Result<Workspace, StoreError> {
    let at = Row { table: "workspace", id: &row.id };
    Ok(Workspace {
        id: at.parse(&row.id)?,
        timezone: at.parse(&row.timezone)?,
        created_at: at.instant(row.created_at)?,
        keeps_documents: row.keeps_documents,
        name: row.name,
    })
}
