//! API keys: made, revoked, and checked on every request. Only hashes are kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Domain;
use super::key_cache::KnownKey;
use super::workspace::operator;
use crate::clock::random_bytes;
use crate::error::{Code, Error};
use crate::model::api_key::{ApiKey, Principal, SECRET_PREFIX, Scope};
use crate::model::audit_entry::Operation;
use crate::model::id::{ApiKeyId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::model::workspace::Workspace;

const SECRET_BYTES: usize = 32;
/// How exactly the last use of a key is known.
const USES_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A key that is asked for.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    pub scope: Scope,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFailure {
    #[error("a key's name has 1 to 100 characters")]
    Name,
    #[error("the key would have expired already: give an instant that is to come")]
    Expired,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Domain {
    /// Who a request is made by, from the whole `Authorization` value (`Bearer bsk_…`).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is missing, malformed, unknown, expired or revoked.
    pub async fn authenticate(&self, authorization: Option<&str>) -> Result<Principal, Error> {
        let Some(authorization) = authorization else {
            return Err(unauthenticated("send `Authorization: Bearer <API key>`"));
        };
        let secret = bearer(authorization).ok_or_else(|| {
            unauthenticated("the header must read `Authorization: Bearer <API key>`")
        })?;
        let unknown = || unauthenticated("this API key is unknown, expired or revoked");
        let known = self.known_key(hash(secret)).await?.ok_or_else(unknown)?;
        if !known.key.is_valid_at(self.clock.now()) {
            return Err(unknown());
        }
        self.note_use(&known.key).await;
        Ok(known.principal())
    }

    /// Notes once a minute that a key is used. A request does not fail for it.
    pub(super) async fn note_use(&self, key: &ApiKey) {
        let now = self.clock.now();
        if key.last_used_at.is_some_and(|last| now < last + USES_EVERY) {
            return;
        }
        self.keys.note_use(key.id, now);
        if let Err(error) = self.store.note_key_use(key.id, now).await {
            tracing::warn!(%error, key = %key.id, "the use of a key was not noted");
        }
    }

    /// Whether a caller who was let in before would be let in now.
    pub async fn is_still_valid(&self, who: &Principal) -> Result<bool, Error> {
        if self.working_key(who.workspace_id, who.key_id).await?.is_none() {
            return Ok(false);
        }
        let Some(session) = who.session_id else {
            return Ok(true);
        };
        self.is_signed_in(who.workspace_id, session).await
    }

    /// A key that is neither revoked nor expired, by its id.
    pub(super) async fn working_key(
        &self,
        workspace: WorkspaceId,
        id: ApiKeyId,
    ) -> Result<Option<KnownKey>, Error> {
        let known = match self.keys.looked_at(id) {
            Some(known) if known.key.workspace_id == workspace => known,
            _ => {
                let Some(key) = self.store.api_key(workspace, id).await? else {
                    return Ok(None);
                };
                let known = self.with_timezone(key).await?;
                self.keys.look(known.clone());
                known
            }
        };
        Ok(known.key.is_valid_at(self.clock.now()).then_some(known))
    }

    async fn known_key(&self, secret_hash: String) -> Result<Option<KnownKey>, Error> {
        if let Some(known) = self.keys.get(&secret_hash) {
            return Ok(Some(known));
        }
        let Some(key) = self.store.api_key_by_hash(&secret_hash).await? else {
            return Ok(None);
        };
        let known = self.with_timezone(key).await?;
        self.keys.put(secret_hash, known.clone());
        Ok(Some(known))
    }

    async fn with_timezone(&self, key: ApiKey) -> Result<KnownKey, Error> {
        let workspace = self.store.workspace(key.workspace_id).await?;
        let timezone = workspace.map_or(Tz::UTC, |workspace| workspace.timezone);
        Ok(KnownKey { key, timezone })
    }

    /// Makes a key for the operator; the secret is in the answer and nowhere else.
    pub async fn create_api_key(
        &self,
        workspace: WorkspaceId,
        name: &str,
        scope: Scope,
    ) -> Result<(ApiKey, String), Error> {
        let Some(workspace) = self.store.workspace(workspace).await? else {
            return Err(Error::not_found(format!("there is no workspace {workspace}")));
        };
        let new = NewKey { name: name.to_owned(), scope, expires_at: None };
        self.new_api_key(&operator(&workspace), new).await.map_err(|failure| match failure {
            KeyFailure::Failed(error) => error,
            failure => Error::new(Code::BadUserInput, failure.to_string()),
        })
    }

    /// Makes a key in the caller's workspace; the secret is in the answer and nowhere else.
    pub async fn new_api_key(
        &self,
        who: &Principal,
        new: NewKey,
    ) -> Result<(ApiKey, String), KeyFailure> {
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(KeyFailure::Name);
        }
        if new.expires_at.is_some_and(|expires| expires <= self.clock.now()) {
            return Err(KeyFailure::Expired);
        }
        let random = random_bytes::<SECRET_BYTES>().map_err(Error::from)?;
        let secret = format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
        let key = self.insert_key(who, NewKey { name, ..new }, &secret).await?;
        Ok((key, secret))
    }

    /// Sees to it that a key from the settings exists, as an admin key.
    pub(super) async fn ensure_api_key(
        &self,
        workspace: &Workspace,
        secret: &str,
    ) -> Result<(), Error> {
        if self.store.api_key_by_hash(&hash(secret)).await?.is_some() {
            return Ok(());
        }
        let name = "from settings".to_owned();
        let new = NewKey { name, scope: Scope::Admin, expires_at: None };
        self.insert_key(&operator(workspace), new, secret).await?;
        Ok(())
    }

    /// All keys of a workspace, oldest first; for the operator.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>, Error> {
        Ok(self.store.api_keys(workspace).await?)
    }

    pub async fn api_keys_by_id(
        &self,
        who: &Principal,
        ids: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, Error> {
        Ok(self.store.api_keys_by_id(who.workspace_id, ids).await?)
    }

    /// The caller's workspace's keys, newest first, revoked ones as well.
    pub async fn api_key_page(
        &self,
        who: &Principal,
        slice: &Slice,
    ) -> Result<Page<ApiKey>, Error> {
        Ok(self.store.api_key_page(who.workspace_id, slice).await?)
    }

    pub async fn count_api_keys(&self, who: &Principal) -> Result<u64, Error> {
        Ok(self.store.count_api_keys(who.workspace_id).await?)
    }

    /// Revokes a key of the caller's workspace, perhaps the caller's own; one that was revoked before stays
    /// as it is. Answers the key, if there is one.
    pub async fn revoke_own_api_key(
        &self,
        who: &Principal,
        id: ApiKeyId,
    ) -> Result<Option<ApiKey>, Error> {
        self.revoke(who, id).await?;
        Ok(self.store.api_key(who.workspace_id, id).await?)
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// `NOT_FOUND` when the workspace has no such key that still works.
    pub async fn revoke_api_key(&self, workspace: WorkspaceId, id: ApiKeyId) -> Result<(), Error> {
        if let Some(workspace) = self.store.workspace(workspace).await?
            && self.revoke(&operator(&workspace), id).await?
        {
            return Ok(());
        }
        Err(Error::not_found(format!("{workspace} has no key {id} that is not revoked yet")))
    }

    async fn revoke(&self, who: &Principal, id: ApiKeyId) -> Result<bool, Error> {
        let audit = self.entry(who, Operation::RevokeApiKey, &id, json!({}))?;
        let revoked = self.store.revoke_api_key(who.workspace_id, id, audit).await?;
        self.keys.forget(id);
        Ok(revoked)
    }

    async fn insert_key(
        &self,
        who: &Principal,
        new: NewKey,
        secret: &str,
    ) -> Result<ApiKey, Error> {
        let key = ApiKey {
            id: self.clock.new_id()?,
            workspace_id: who.workspace_id,
            name: new.name,
            scope: new.scope,
            last4: last4(secret),
            created_at: self.clock.now(),
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let scope = key.scope.as_str();
        let detail = json!({ "name": key.name, "scope": scope, "expiresAt": key.expires_at });
        let audit = self.entry(who, Operation::CreateApiKey, &key.id, detail)?;
        self.store.insert_api_key(key.clone(), hash(secret), audit).await?;
        Ok(key)
    }
}

/// Secrets have 256 random bits, so a plain hash is as good as a slow one.
pub(super) fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

pub(super) fn last4(secret: &str) -> String {
    let start = secret.char_indices().rev().nth(3).map_or(0, |(index, _)| index);
    secret[start..].to_owned()
}

/// The token of `Bearer <token>`; the scheme's case does not matter.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

pub(super) fn unauthenticated(message: &str) -> Error {
    Error::new(Code::Unauthenticated, message)
}
