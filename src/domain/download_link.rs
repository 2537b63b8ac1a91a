//! Links by which somebody without a key downloads one result, until they expire or are revoked.
//!
//! What is secret in a link is random and is kept as a hash alone: nobody who reads the database, a backup or a
//! list of links can use one, and no key has to stay the same for links to go on working. So a link is shown once.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::api_key::hash;
use super::download::Opened;
use super::session::new_secret;
use super::submission::idempotency;
use super::{Domain, require};
use crate::error::{Code, Error};
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::download_link::{DownloadLink, DownloadLinkFilter};
use crate::model::id::DownloadLinkId;
use crate::model::page::{Page, Slice};
use crate::model::storage_object::ObjectName;
use crate::store::{LinkWritten, NewLink};

/// How long a link works unless it is said.
pub const USUAL_SECONDS: i64 = 24 * 60 * 60;
/// How long a link may work.
pub const MOST_SECONDS: i64 = 90 * 24 * 60 * 60;
/// How long a link that has expired is kept, to say so.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Links removed in one transaction.
const BATCH: u64 = 1_000;

/// A link that is asked for.
#[derive(Clone, Debug)]
pub struct AskedLink {
    /// The result by any of its names; by a query it is the newest of now.
    pub name: String,
    pub expires_in_seconds: Option<i64>,
    pub idempotency_key: Option<String>,
}

/// A link, with its address when it was made just now.
#[derive(Clone, Debug)]
pub struct MadeLink {
    pub link: DownloadLink,
    pub url: Option<String>,
}

/// Why no link was made.
#[derive(Debug, thiserror::Error)]
pub enum LinkFailure {
    #[error("a link works for 1 to {MOST_SECONDS} seconds")]
    Lifetime,
    #[error("{0}")]
    NoResult(String),
    #[error("{0}")]
    KeyInvalid(String),
    #[error("this idempotency key was used for another request within 24 hours; use a new one")]
    KeyReused,
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkClosed {
    #[error("there is no such link; ask whoever gave it to you for another")]
    Unknown,
    #[error("this link expired at {0}; ask whoever gave it to you for another")]
    Expired(DateTime<Utc>),
    #[error("this link was revoked")]
    Revoked,
    #[error("what this link leads to was deleted")]
    Deleted,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Domain {
    /// Makes a link; its address is in the answer and nowhere else.
    pub async fn create_download_link(
        &self,
        who: &Principal,
        asked: AskedLink,
    ) -> Result<MadeLink, LinkFailure> {
        require(who, Scope::Write)?;
        let seconds = asked.expires_in_seconds.unwrap_or(USUAL_SECONDS);
        if !(1..=MOST_SECONDS).contains(&seconds) {
            return Err(LinkFailure::Lifetime);
        }
        let request = (&asked.name, seconds);
        let key = idempotency("createDownloadLink", &request, asked.idempotency_key);
        let idempotency = key.map_err(LinkFailure::KeyInvalid)?;
        let located = self.locate_storage_object(who, &asked.name).await;
        let object = located.map_err(|error| match error.code {
            Code::NotFound => LinkFailure::NoResult(error.message().to_owned()),
            _ => LinkFailure::Failed(error),
        })?;
        let (object, now, secret) = (object.object, self.clock.now(), new_secret()?);
        let link = DownloadLink {
            id: self.clock.new_id().map_err(Error::from)?,
            workspace_id: who.workspace_id,
            object_id: object.id,
            storage_key: object.key,
            created_at: now,
            expires_at: now + TimeDelta::seconds(seconds),
            revoked_at: None,
        };
        let detail = json!({ "storageKey": link.storage_key, "expiresAt": link.expires_at });
        let audit = self.entry(who, Operation::CreateDownloadLink, &link.id, detail)?;
        let new = NewLink { link: link.clone(), secret_hash: hash(&secret), idempotency, audit };
        match self.store.insert_download_link(new).await.map_err(Error::from)? {
            LinkWritten::New => {
                let url = Some(format!("{}/v1/download/{secret}", self.public_url));
                Ok(MadeLink { link, url })
            }
            LinkWritten::Replayed(link) => Ok(MadeLink { link, url: None }),
            LinkWritten::KeyReused => Err(LinkFailure::KeyReused),
        }
    }

    /// Lets a link of the caller's workspace work no longer, at once; one that was revoked before stays as it
    /// is. Answers the link, if there is one.
    pub async fn revoke_download_link(
        &self,
        who: &Principal,
        id: DownloadLinkId,
    ) -> Result<Option<DownloadLink>, Error> {
        require(who, Scope::Write)?;
        let audit = self.entry(who, Operation::RevokeDownloadLink, &id, json!({}))?;
        self.store.revoke_download_link(who.workspace_id, id, audit).await?;
        Ok(self.download_links_by_id(who, &[id]).await?.pop())
    }

    pub async fn download_links_by_id(
        &self,
        who: &Principal,
        ids: &[DownloadLinkId],
    ) -> Result<Vec<DownloadLink>, Error> {
        Ok(self.store.download_links_by_id(who.workspace_id, ids).await?)
    }

    /// The caller's workspace's links, newest first, those that stopped working as well.
    pub async fn download_links(
        &self,
        who: &Principal,
        filter: &DownloadLinkFilter,
        slice: &Slice,
    ) -> Result<Page<DownloadLink>, Error> {
        Ok(self.store.download_links(who.workspace_id, filter, slice).await?)
    }

    pub async fn count_download_links(
        &self,
        who: &Principal,
        filter: &DownloadLinkFilter,
    ) -> Result<u64, Error> {
        Ok(self.store.count_download_links(who.workspace_id, filter).await?)
    }

    /// Opens what a link leads to, for whoever has its secret.
    pub async fn open_link(&self, secret: &str) -> Result<Opened, LinkClosed> {
        let link = self.store.download_link_by_hash(&hash(secret)).await.map_err(Error::from)?;
        let link = link.ok_or(LinkClosed::Unknown)?;
        if link.revoked_at.is_some() {
            return Err(LinkClosed::Revoked);
        }
        if link.expires_at <= self.clock.now() {
            return Err(LinkClosed::Expired(link.expires_at));
        }
        let opened = self.open_object(link.workspace_id, &ObjectName::Id(link.object_id)).await?;
        opened.ok_or(LinkClosed::Deleted)
    }

    /// Removes links that expired long ago; answers how many there were.
    pub async fn remove_expired_links(&self) -> Result<u64, Error> {
        let (before, mut removed) = (self.clock.now() - KEPT, 0);
        loop {
            let batch = self.store.remove_download_links(before, BATCH).await?;
            removed += batch;
            if batch < BATCH {
                return Ok(removed);
            }
        }
    }
}
