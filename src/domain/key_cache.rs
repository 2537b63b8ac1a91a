//! Keys that were checked a moment ago, so that a busy client costs no row read per request. A
//! revocation in this process counts at once, one from elsewhere within [`FRESH`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::api_key::ApiKey;
use crate::model::id::ApiKeyId;

/// How long a key is believed without another look.
const FRESH: Duration = Duration::from_secs(1);
/// Keys remembered; beyond that all are forgotten and looked up again.
const MOST: usize = 10_000;

/// A key as it was last read, with its workspace's zone.
#[derive(Clone, Debug)]
pub struct KnownKey {
    pub key: ApiKey,
    pub timezone: Tz,
}

#[derive(Clone, Default)]
pub struct KeyCache(Arc<Mutex<HashMap<String, (Instant, KnownKey)>>>);

impl KeyCache {
    pub fn get(&self, secret_hash: &str) -> Option<KnownKey> {
        let known = self.lock();
        let (since, key) = known.get(secret_hash)?;
        (since.elapsed() < FRESH).then(|| key.clone())
    }

    pub fn put(&self, secret_hash: String, key: KnownKey) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(secret_hash, (Instant::now(), key));
    }

    pub fn note_use(&self, id: ApiKeyId, at: DateTime<Utc>) {
        let mut known = self.lock();
        let of_key = known.values_mut().filter(|(_, known)| known.key.id == id);
        of_key.for_each(|(_, known)| known.key.last_used_at = Some(at));
    }

    pub fn forget(&self, id: ApiKeyId) {
        self.lock().retain(|_, (_, known)| known.key.id != id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Instant, KnownKey)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
