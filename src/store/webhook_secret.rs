//! What deliveries are signed with: a secret for each registered endpoint, one for the addresses of a
//! workspace's queries, and a key pair for all of a workspace. A secret that was replaced signs as well until a
//! set time. All are sealed at rest and opened where something is signed.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::convert::{Row, millis};
use super::entity::{webhook_endpoint, webhook_secret, workspace};
use super::seal::{MasterKey, Place};
use super::sql::first;
use super::webhook_endpoint::{endpoint_in, previous_place, secret_place};
use super::workspace::secret_place as signing_place;
use super::{Store, StoreError, Tx, audit_entry};
use crate::model::audit_entry::AuditEntry;
use crate::model::id::{WebhookEndpointId, WorkspaceId};
use crate::model::webhook_endpoint::WebhookEndpoint;

/// The seed of an ed25519 key pair.
pub type Seed = [u8; 32];

/// Secrets in the clear, the newest first.
#[derive(Clone, Default)]
pub struct Signers {
    /// `whsec_…`
    pub secrets: Vec<String>,
    pub key: Option<Seed>,
}

impl fmt::Debug for Signers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signers").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

/// A secret that takes the place of another.
pub struct NewSecret {
    /// `whsec_…`, in the clear; sealed before it is written.
    pub secret: String,
    /// What of it is shown.
    pub last4: String,
    /// Until when the one before signs as well.
    pub previous_until: DateTime<Utc>,
    pub audit: AuditEntry,
}

impl Store {
    /// What a workspace signs with.
    pub async fn workspace_signers(
        &self,
        id: WorkspaceId,
        now: DateTime<Utc>,
    ) -> Result<Option<Signers>, StoreError> {
        let id = id.to_string();
        let select = workspace::Entity::find_by_id(&id);
        let Some(row) = first(&self.reader, select, 1).await?.pop() else { return Ok(None) };
        let mut secrets = vec![self.text(signing_place(&id), &row.signing_secret)?];
        if let (Some(sealed), Some(until)) =
            (row.previous_signing_secret, row.previous_signing_until)
            && until > millis(now)
        {
            secrets.push(self.text(previous_signing_place(&id), &sealed)?);
        }
        let key = row.signing_key.map(|sealed| self.seed(&id, &sealed)).transpose()?;
        Ok(Some(Signers { secrets, key }))
    }

    /// The secrets of endpoints of any workspaces; one whose secret cannot be opened is left out and logged.
    pub async fn endpoint_secrets(
        &self,
        endpoints: &[WebhookEndpoint],
        now: DateTime<Utc>,
    ) -> Result<HashMap<WebhookEndpointId, Vec<String>>, StoreError> {
        let known: HashMap<String, &WebhookEndpoint> =
            endpoints.iter().map(|endpoint| (endpoint.id.to_string(), endpoint)).collect();
        let rows = webhook_secret::Entity::find()
            .filter(webhook_secret::Column::EndpointId.is_in(known.keys().cloned()))
            .all(&self.reader)
            .await?;
        let mut secrets = HashMap::with_capacity(rows.len());
        for row in rows {
            let Some(endpoint) = known.get(&row.endpoint_id) else { continue };
            let both = endpoint.previous_until.is_some_and(|until| until > now);
            match self.secrets_of(&row, both) {
                Ok(opened) => drop(secrets.insert(endpoint.id, opened)),
                Err(error) => {
                    tracing::error!(endpoint = row.endpoint_id, %error, "a secret cannot be read");
                }
            }
        }
        Ok(secrets)
    }

    fn secrets_of(
        &self,
        row: &webhook_secret::Model,
        both: bool,
    ) -> Result<Vec<String>, StoreError> {
        let (id, workspace) = (&row.endpoint_id, &row.workspace_id);
        let mut secrets = vec![self.text(secret_place(id, workspace), &row.secret)?];
        if let Some(sealed) = row.previous_secret.as_ref().filter(|_| both) {
            secrets.push(self.text(previous_place(id, workspace), sealed)?);
        }
        Ok(secrets)
    }

    /// Gives an endpoint of the entry's workspace another secret.
    pub async fn rotate_webhook_secret(
        &self,
        id: WebhookEndpointId,
        new: NewSecret,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let key = self.master_key.clone();
        self.writer.write(move |tx: &Tx| Box::pin(rotate(tx, key, id, new))).await
    }

    /// Gives the entry's workspace another signing secret. Answers whether there is such a workspace.
    pub async fn rotate_signing_secret(&self, new: NewSecret) -> Result<bool, StoreError> {
        let key = self.master_key.clone();
        self.writer.write(move |tx: &Tx| Box::pin(rotate_signing(tx, key, new))).await
    }

    /// The seed of a workspace's key pair: this one, unless it has one.
    pub async fn ensure_signing_key(
        &self,
        id: WorkspaceId,
        seed: Seed,
    ) -> Result<Option<Seed>, StoreError> {
        let id = id.to_string();
        let sealed = self.master_key.seal(key_place(&id), &seed)?;
        let of = id.clone();
        let row = self
            .writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    workspace::Entity::update_many()
                        .col_expr(workspace::Column::SigningKey, sealed.into())
                        .filter(workspace::Column::Id.eq(&*of))
                        .filter(workspace::Column::SigningKey.is_null())
                        .exec(tx.connection())
                        .await?;
                    Ok(workspace::Entity::find_by_id(of).one(tx.connection()).await?)
                })
            })
            .await?;
        let sealed = row.and_then(|row| row.signing_key);
        sealed.map(|sealed| self.seed(&id, &sealed)).transpose()
    }

    pub(super) fn text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, StoreError> {
        let secret = self.master_key.open(place, sealed)?;
        String::from_utf8(secret).map_err(|_| StoreError::Sealed)
    }

    fn seed(&self, workspace: &str, sealed: &[u8]) -> Result<Seed, StoreError> {
        let at = Row { table: "workspace", id: workspace };
        let seed = self.master_key.open(key_place(workspace), sealed)?;
        seed.try_into().map_err(|_| at.corrupt(&"a key of another length"))
    }
}

async fn rotate(
    tx: &Tx,
    key: MasterKey,
    id: WebhookEndpointId,
    new: NewSecret,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let workspace = new.audit.workspace_id;
    let Some(endpoint) = endpoint_in(tx, workspace, id).await? else { return Ok(None) };
    let row = webhook_secret::Entity::find_by_id(id.to_string()).one(tx.connection()).await?;
    let at = Row { table: "webhook_secret", id: &id.to_string() };
    let row = row.ok_or_else(|| at.corrupt(&"missing"))?;
    let (id, of) = (row.endpoint_id.clone(), row.workspace_id.clone());
    let previous = key.open(secret_place(&id, &of), &row.secret)?;
    let mut row = row.into_active_model();
    row.previous_secret = Set(Some(key.seal(previous_place(&id, &of), &previous)?));
    row.secret = Set(key.seal(secret_place(&id, &of), new.secret.as_bytes())?);
    row.update(tx.connection()).await?;
    let until = new.previous_until;
    webhook_endpoint::Entity::update_many()
        .col_expr(webhook_endpoint::Column::SecretLast4, Expr::val(&*new.last4))
        .col_expr(webhook_endpoint::Column::PreviousUntil, millis(until).into())
        .filter(webhook_endpoint::Column::Id.eq(&*id))
        .exec(tx.connection())
        .await?;
    audit_entry::write(tx, &new.audit).await?;
    let previous_until = Some(until);
    Ok(Some(WebhookEndpoint { secret_last4: new.last4, previous_until, ..endpoint }))
}

async fn rotate_signing(tx: &Tx, key: MasterKey, new: NewSecret) -> Result<bool, StoreError> {
    let id = new.audit.workspace_id.to_string();
    let row = workspace::Entity::find_by_id(&id).one(tx.connection()).await?;
    let Some(row) = row else { return Ok(false) };
    let previous = key.open(signing_place(&id), &row.signing_secret)?;
    let mut row = row.into_active_model();
    row.previous_signing_secret = Set(Some(key.seal(previous_signing_place(&id), &previous)?));
    row.previous_signing_until = Set(Some(millis(new.previous_until)));
    row.signing_secret = Set(key.seal(signing_place(&id), new.secret.as_bytes())?);
    row.update(tx.connection()).await?;
    audit_entry::write(tx, &new.audit).await?;
    Ok(true)
}

pub(super) fn previous_signing_place(workspace: &str) -> Place<'_> {
    Place { column: "previous_signing_secret", ..signing_place(workspace) }
}

pub(super) fn key_place(workspace: &str) -> Place<'_> {
    Place { column: "signing_key", ..signing_place(workspace) }
}
