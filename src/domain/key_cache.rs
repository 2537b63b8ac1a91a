//! Keys that were checked a moment ago, so that a busy client costs no row read per request. A
//! revocation in this process counts at once, one from elsewhere within [`FRESH`]. The thousand sockets of
//! a key are checked again by one look, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::api_key::{ApiKey, Principal};
use crate::model::id::{ApiKeyId, WorkspaceId};

/// How long a key is believed without another look.
pub(super) const FRESH: Duration = Duration::from_secs(1);
/// Keys remembered; beyond that all are forgotten and looked up again.
pub(super) const MOST: usize = 10_000;

/// A key as it was last read, with its workspace's zone.
#[derive(Clone, Debug)]
pub struct KnownKey {
    pub key: ApiKey,
    pub timezone: Tz,
}

impl KnownKey {
    /// Who a request is made by that has this key.
    pub fn principal(&self) -> Principal {
        let Self { key, timezone } = self;
        Principal {
            workspace_id: key.workspace_id,
            key_id: key.id,
            session_id: None,
            scope: key.scope,
            timezone: *timezone,
        }
    }
}

#[derive(Clone, Default)]
pub struct KeyCache(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    by_hash: HashMap<String, (Instant, KnownKey)>,
    /// As they were found when a socket's or a session's key was looked at.
    by_id: HashMap<ApiKeyId, (Instant, KnownKey)>,
}

impl KeyCache {
    /// What was found when the key was looked at by its id a moment ago.
    pub fn looked_at(&self, id: ApiKeyId) -> Option<KnownKey> {
        let known = self.lock();
        let (since, key) = known.by_id.get(&id)?;
        (since.elapsed() < FRESH).then(|| key.clone())
    }

    pub fn look(&self, key: KnownKey) {
        let mut known = self.lock();
        if known.by_id.len() >= MOST {
            known.by_id.clear();
        }
        known.by_id.insert(key.key.id, (Instant::now(), key));
    }

    pub fn get(&self, secret_hash: &str) -> Option<KnownKey> {
        let known = self.lock();
        let (since, key) = known.by_hash.get(secret_hash)?;
        (since.elapsed() < FRESH).then(|| key.clone())
    }

    pub fn put(&self, secret_hash: String, key: KnownKey) {
        let mut known = self.lock();
        if known.by_hash.len() >= MOST {
            known.by_hash.clear();
        }
        known.by_hash.insert(secret_hash, (Instant::now(), key));
    }

    pub fn note_use(&self, id: ApiKeyId, at: DateTime<Utc>) {
        let mut known = self.lock();
        let Known { by_hash, by_id } = &mut *known;
        let of_key = by_hash.values_mut().filter(|(_, known)| known.key.id == id);
        let of_key = of_key.chain(by_id.get_mut(&id));
        of_key.for_each(|(_, known)| known.key.last_used_at = Some(at));
    }

    /// As its zone has changed.
    pub fn forget_workspace(&self, id: WorkspaceId) {
        let mut known = self.lock();
        known.by_hash.retain(|_, (_, known)| known.key.workspace_id != id);
        known.by_id.retain(|_, (_, known)| known.key.workspace_id != id);
    }

    pub fn forget(&self, id: ApiKeyId) {
        let mut known = self.lock();
        known.by_hash.retain(|_, (_, known)| known.key.id != id);
        known.by_id.remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
