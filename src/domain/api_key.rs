//! API keys: made, revoked, and checked on every request. Only hashes are kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::Domain;
use super::key_cache::KnownKey;
use crate::clock::random_bytes;
use crate::error::{Code, Error};
use crate::model::api_key::{ApiKey, Principal, SECRET_PREFIX, Scope};
use crate::model::id::{ApiKeyId, WorkspaceId};

const SECRET_BYTES: usize = 32;

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
        let KnownKey { key, timezone } = known;
        let (workspace_id, key_id, scope) = (key.workspace_id, key.id, key.scope);
        Ok(Principal { workspace_id, key_id, scope, timezone })
    }

    /// Whether a caller who was let in before would be let in now.
    pub async fn is_still_valid(&self, who: &Principal) -> Result<bool, Error> {
        let key = self.store.api_key(who.workspace_id, who.key_id).await?;
        Ok(key.is_some_and(|key| key.is_valid_at(self.clock.now())))
    }

    async fn known_key(&self, secret_hash: String) -> Result<Option<KnownKey>, Error> {
        if let Some(known) = self.keys.get(&secret_hash) {
            return Ok(Some(known));
        }
        let Some(key) = self.store.api_key_by_hash(&secret_hash).await? else {
            return Ok(None);
        };
        let workspace = self.store.workspace(key.workspace_id).await?;
        let timezone = workspace.map_or(Tz::UTC, |workspace| workspace.timezone);
        let known = KnownKey { key, timezone };
        self.keys.put(secret_hash, known.clone());
        Ok(Some(known))
    }

    /// Makes a key; the secret is in the answer and nowhere else.
    pub async fn create_api_key(
        &self,
        workspace: WorkspaceId,
        name: &str,
        scope: Scope,
    ) -> Result<(ApiKey, String), Error> {
        if self.store.workspace(workspace).await?.is_none() {
            return Err(Error::not_found(format!("there is no workspace {workspace}")));
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Error::new(Code::BadUserInput, "a key's name has 1 to 100 characters"));
        }
        let random = URL_SAFE_NO_PAD.encode(random_bytes::<SECRET_BYTES>()?);
        let secret = format!("{SECRET_PREFIX}{random}");
        let key = self.insert_key(workspace, name, scope, &secret).await?;
        Ok((key, secret))
    }

    /// Sees to it that a key from the settings exists, as an admin key.
    pub(super) async fn ensure_api_key(
        &self,
        workspace: WorkspaceId,
        secret: &str,
    ) -> Result<(), Error> {
        if self.store.api_key_by_hash(&hash(secret)).await?.is_some() {
            return Ok(());
        }
        self.insert_key(workspace, "from settings", Scope::Admin, secret).await?;
        Ok(())
    }

    /// All keys of a workspace, oldest first; for the operator.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>, Error> {
        Ok(self.store.api_keys(workspace).await?)
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// `NOT_FOUND` when the workspace has no such key that still works.
    pub async fn revoke_api_key(&self, workspace: WorkspaceId, id: ApiKeyId) -> Result<(), Error> {
        if self.store.revoke_api_key(workspace, id, self.clock.now()).await? {
            self.keys.forget(id);
            return Ok(());
        }
        Err(Error::not_found(format!("{workspace} has no key {id} that is not revoked yet")))
    }

    async fn insert_key(
        &self,
        workspace: WorkspaceId,
        name: &str,
        scope: Scope,
        secret: &str,
    ) -> Result<ApiKey, Error> {
        let key = ApiKey {
            id: self.clock.new_id()?,
            workspace_id: workspace,
            name: name.to_owned(),
            scope,
            last4: last4(secret),
            created_at: self.clock.now(),
            expires_at: None,
            revoked_at: None,
        };
        self.store.insert_api_key(key.clone(), hash(secret)).await?;
        Ok(key)
    }
}

/// Secrets have 256 random bits, so a plain hash is as good as a slow one.
fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

fn last4(secret: &str) -> String {
    let start = secret.char_indices().rev().nth(3).map_or(0, |(index, _)| index);
    secret[start..].to_owned()
}

/// The token of `Bearer <token>`; the scheme's case does not matter.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn unauthenticated(message: &str) -> Error {
    Error::new(Code::Unauthenticated, message)
}
