//! Sessions and login links: looked up by the hash of their secret.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::audit_entry::audited;
use super::convert::{Row, millis};
use super::entity::{login_link, session};
use super::sql::{Binder, first};
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{SessionId, WorkspaceId};
use crate::model::session::{LoginLink, Session};

impl Store {
    /// The session whose cookie hashes to this; it may have expired.
    pub async fn session_by_hash(&self, secret_hash: &str) -> Result<Option<Session>, StoreError> {
        let select = session::Entity::find().filter(session::Column::SecretHash.eq(secret_hash));
        let row = first(&self.reader, select, 1).await?.pop();
        row.as_ref().map(model).transpose()
    }

    /// A session, which may have expired; none once it was signed out of.
    pub async fn session(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
    ) -> Result<Option<Session>, StoreError> {
        let select = session::Entity::find_by_id(id.to_string())
            .filter(session::Column::WorkspaceId.eq(workspace.to_string()));
        let row = first(&self.reader, select, 1).await?.pop();
        row.as_ref().map(model).transpose()
    }

    pub async fn insert_session(
        &self,
        session: Session,
        secret_hash: String,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let row = row(&session, secret_hash);
        self.writer.write(move |tx: &Tx| Box::pin(insert(tx, row, audit))).await
    }

    /// Signs out of a session; `false` when the workspace has no such session any more. `committed` is
    /// called when it is done, also when the caller has gone.
    pub async fn delete_session(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
        audit: AuditEntry,
        committed: impl FnOnce(&bool) + Send + 'static,
    ) -> Result<bool, StoreError> {
        self.writer
            .write_then(committed, move |tx: &Tx| {
                Box::pin(async move {
                    let done = session::Entity::delete_many()
                        .filter(session::Column::Id.eq(id.to_string()))
                        .filter(session::Column::WorkspaceId.eq(workspace.to_string()))
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected == 1, &audit).await
                })
            })
            .await
    }

    /// The link whose token hashes to this; it may have expired.
    pub async fn login_link(&self, secret_hash: &str) -> Result<Option<LoginLink>, StoreError> {
        let select = login_link::Entity::find_by_id(secret_hash);
        let Some(row) = first(&self.reader, select, 1).await?.pop() else {
            return Ok(None);
        };
        let at = Row { table: "login_link", id: "of this token" };
        Ok(Some(LoginLink {
            workspace_id: at.parse(&row.workspace_id)?,
            key_id: at.parse(&row.key_id)?,
            expires_at: at.instant(row.expires_at)?,
        }))
    }

    pub async fn insert_login_link(
        &self,
        link: LoginLink,
        secret_hash: String,
    ) -> Result<(), StoreError> {
        let row = login_link::Model {
            secret_hash,
            workspace_id: link.workspace_id.to_string(),
            key_id: link.key_id.to_string(),
            expires_at: millis(link.expires_at),
        };
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let inserting = login_link::Entity::insert(row.into_active_model());
                    inserting.exec_without_returning(tx.connection()).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Takes a link and adds the session that it stands for; `false` when somebody else took it first. Who
    /// deletes the row has it, on whichever node.
    pub async fn take_login_link(
        &self,
        link_hash: String,
        session: Session,
        secret_hash: String,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let row = row(&session, secret_hash);
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let taking = login_link::Entity::delete_by_id(link_hash);
                    let taken = taking.exec(tx.connection()).await?.rows_affected == 1;
                    if taken {
                        insert(tx, row, audit).await?;
                    }
                    Ok(taken)
                })
            })
            .await
    }

    /// Removes at most so many sessions and links that have expired; answers how many there were.
    pub async fn remove_expired_sessions(
        &self,
        now: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let sessions = remove_expired(tx, "session", "id", now, most).await?;
                    let left = most.saturating_sub(sessions);
                    let links = remove_expired(tx, "login_link", "secret_hash", now, left).await?;
                    Ok(sessions + links)
                })
            })
            .await
    }
}

async fn remove_expired(
    tx: &Tx,
    table: &str,
    key: &str,
    now: DateTime<Utc>,
    most: u64,
) -> Result<u64, StoreError> {
    let mut binder = Binder::new(tx.backend());
    let now = binder.bind(millis(now));
    let sql = format!(
        "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} \
         WHERE expires_at <= {now} ORDER BY expires_at LIMIT {most})"
    );
    let done = tx.connection().execute_raw(binder.statement(sql)).await?;
    Ok(done.rows_affected())
}

async fn insert(tx: &Tx, row: session::Model, audit: AuditEntry) -> Result<(), StoreError> {
    let inserting = session::Entity::insert(row.into_active_model());
    inserting.exec_without_returning(tx.connection()).await?;
    audit_entry::write(tx, &audit).await
}

fn row(session: &Session, secret_hash: String) -> session::Model {
    session::Model {
        id: session.id.to_string(),
        workspace_id: session.workspace_id.to_string(),
        key_id: session.key_id.to_string(),
        secret_hash,
        created_at: millis(session.created_at),
        expires_at: millis(session.expires_at),
    }
}

fn model(row: &session::Model) -> Result<Session, StoreError> {
    let at = Row { table: "session", id: &row.id };
    Ok(Session {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        key_id: at.parse(&row.key_id)?,
        created_at: at.instant(row.created_at)?,
        expires_at: at.instant(row.expires_at)?,
    })
}
