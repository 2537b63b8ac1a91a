//! Browser sessions: signed in by an API key or by a single-use link, and never better than their key.
//!
//! A session belongs to the key it was signed in with and is checked together with it on every request, so it
//! has the key's scope, spends from the key's bucket, counts among the key's connections and stands in the
//! audit log under the key's id; and it ends with the key. A link belongs to a key for the same reasons:
//! to the oldest admin key of the first workspace that works when the link is made. Revoking that key also ends the link.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::Domain;
use super::api_key::{hash, unauthenticated};
use super::key_cache::KnownKey;
use crate::clock::random_bytes;
use crate::error::{Code, Error};
use crate::model::api_key::{ApiKey, Principal, Scope};
use crate::model::audit_entry::{AuditEntry, Operation};
use crate::model::id::{SessionId, WorkspaceId};
use crate::model::session::{LoginLink, Session};

/// How long a browser stays signed in.
pub const LIFE: TimeDelta = TimeDelta::hours(12);
/// How long a link can be used.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(10);
const SECRET_BYTES: usize = 32;
/// Sessions and links removed in one transaction.
const BATCH: u64 = 1_000;

/// A session that was just made.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: Session,
    pub key: ApiKey,
    /// For the cookie; it is here and nowhere else.
    pub secret: String,
}

impl Domain {
    /// Who a request is made by that carries this session's secret.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the session is unknown, was signed out of or has expired, or its key no longer works.
    pub async fn authenticate_session(&self, secret: &str) -> Result<Principal, Error> {
        let (session, known) = self.working_session(secret).await?.ok_or_else(ended)?;
        self.note_use(&known.key).await;
        Ok(Principal { session_id: Some(session.id), ..known.principal() })
    }

    /// The session with this secret and its key, if both still work.
    pub async fn session(&self, secret: &str) -> Result<Option<(Session, ApiKey)>, Error> {
        Ok(self.working_session(secret).await?.map(|(session, known)| (session, known.key)))
    }

    async fn working_session(&self, secret: &str) -> Result<Option<(Session, KnownKey)>, Error> {
        let now = self.clock.now();
        let session = self.known_session(hash(secret)).await?;
        let Some(session) = session.filter(|session| session.is_valid_at(now)) else {
            return Ok(None);
        };
        let known = self.working_key(session.workspace_id, session.key_id).await?;
        Ok(known.map(|known| (session, known)))
    }

    async fn known_session(&self, secret_hash: String) -> Result<Option<Session>, Error> {
        if let Some(session) = self.sessions.by_hash(&secret_hash) {
            return Ok(Some(session));
        }
        let look = self.sessions.look();
        let session = self.store.session_by_hash(&secret_hash).await?;
        if let Some(session) = &session {
            self.sessions.found(look, Some(secret_hash), session);
        }
        Ok(session)
    }

    /// Whether a session has neither been signed out of nor expired.
    pub(super) async fn is_signed_in(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
    ) -> Result<bool, Error> {
        let session = match self.sessions.by_id(id) {
            Some(known) if known.workspace_id == workspace => Some(known),
            _ => {
                let look = self.sessions.look();
                let session = self.store.session(workspace, id).await?;
                session.inspect(|session| self.sessions.found(look, None, session))
            }
        };
        Ok(session.is_some_and(|session| session.is_valid_at(self.clock.now())))
    }

    /// Signs a browser in for a caller whose key was checked.
    pub async fn sign_in(&self, who: &Principal) -> Result<SignedIn, Error> {
        let known = self.working_key(who.workspace_id, who.key_id).await?;
        let known = known.ok_or_else(|| unauthenticated("this API key was just revoked"))?;
        let (signed_in, audit) = self.new_session(known, "key")?;
        let SignedIn { session, secret, .. } = &signed_in;
        self.store.insert_session(session.clone(), hash(secret), audit).await?;
        Ok(signed_in)
    }

    /// Signs a browser in by a link, which is used up by that.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` with `LOGIN_LINK_INVALID` when the link was used before, has expired, or its key
    /// no longer works.
    pub async fn sign_in_by_link(&self, token: &str) -> Result<SignedIn, Error> {
        let link_hash = hash(token);
        let link = self.store.login_link(&link_hash).await?;
        let link = link.filter(|link| self.clock.now() < link.expires_at).ok_or_else(used_up)?;
        let known = self.working_key(link.workspace_id, link.key_id).await?.ok_or_else(used_up)?;
        let (signed_in, audit) = self.new_session(known, "link")?;
        let SignedIn { session, secret, .. } = &signed_in;
        let (session, secret) = (session.clone(), hash(secret));
        let taken = self.store.take_login_link(link_hash, session, secret, audit).await?;
        taken.then_some(signed_in).ok_or_else(used_up)
    }

    /// Signs out of the session with this secret, if there still is one.
    pub async fn sign_out(&self, secret: &str) -> Result<(), Error> {
        // One that has ended by itself is left to the sweeper.
        let Some((session, known)) = self.working_session(secret).await? else {
            return Ok(());
        };
        let audit = self.entry(&known.principal(), Operation::SignOut, &session.id, json!({}))?;
        let (sessions, id) = (self.sessions.clone(), session.id);
        let forget = move |_: &bool| sessions.forget(id);
        self.store.delete_session(session.workspace_id, id, audit, forget).await?;
        Ok(())
    }

    /// The address of a new link that signs in as an administrator of the first workspace, for whoever
    /// starts the service; none when no admin key works there.
    pub async fn new_login_link(&self) -> Result<Option<String>, Error> {
        let Some(key) = self.oldest_admin_key().await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let expires_at = no_later_than(&key, now + LINK_LIFE);
        let link = LoginLink { workspace_id: key.workspace_id, key_id: key.id, expires_at };
        let token = new_secret()?;
        self.store.insert_login_link(link, hash(&token)).await?;
        Ok(Some(format!("{}/login/{token}", self.public_url)))
    }

    async fn oldest_admin_key(&self) -> Result<Option<ApiKey>, Error> {
        let Some(first) = self.store.all_workspaces().await?.into_iter().next() else {
            return Ok(None);
        };
        let now = self.clock.now();
        let keys = self.store.api_keys(first.id).await?;
        Ok(keys.into_iter().find(|key| key.scope == Scope::Admin && key.is_valid_at(now)))
    }

    /// Removes sessions and links that have expired; answers how many there were.
    pub async fn remove_expired_sessions(&self) -> Result<u64, Error> {
        let (now, mut removed) = (self.clock.now(), 0);
        loop {
            let batch = self.store.remove_expired_sessions(now, BATCH).await?;
            removed += batch;
            if batch < BATCH {
                return Ok(removed);
            }
        }
    }

    fn new_session(&self, known: KnownKey, by: &str) -> Result<(SignedIn, AuditEntry), Error> {
        let (who, key, now) = (known.principal(), known.key, self.clock.now());
        let session = Session {
            id: self.clock.new_id()?,
            workspace_id: key.workspace_id,
            key_id: key.id,
            created_at: now,
            expires_at: no_later_than(&key, now + LIFE),
        };
        let audit = self.entry(&who, Operation::SignIn, &session.id, json!({ "by": by }))?;
        Ok((SignedIn { session, key, secret: new_secret()? }, audit))
    }
}

/// Nothing that stands for a key outlives it.
fn no_later_than(key: &ApiKey, end: DateTime<Utc>) -> DateTime<Utc> {
    key.expires_at.map_or(end, |expires| expires.min(end))
}

pub(super) fn new_secret() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<SECRET_BYTES>()?))
}

fn ended() -> Error {
    unauthenticated("this session has ended, or its API key was revoked; sign in again")
}

fn used_up() -> Error {
    let message = "this link was used before, is older than 10 minutes, or its API key was revoked; \
                   sign in with an API key, or start `serve` again for another link";
    Error::new(Code::Unauthenticated, message).with_reason("LOGIN_LINK_INVALID")
}
