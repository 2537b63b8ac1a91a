//! How many sockets, event streams and waiting polls each key has on this node, so that one client cannot take
//! them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Code, Error};
use crate::model::id::ApiKeyId;

#[derive(Clone)]
pub struct Connections {
    open: Arc<Mutex<HashMap<ApiKeyId, u32>>>,
    most: u32,
}

/// One that is open; it counts until it is dropped.
pub struct Connected {
    connections: Connections,
    key: ApiKeyId,
}

impl Connections {
    /// At most so many for each key; 0 is no limit.
    pub fn new(most: u32) -> Self {
        Self { open: Arc::default(), most }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// `RATE_LIMITED` when the key has as many as it may.
    pub fn open(&self, key: ApiKeyId) -> Result<Connected, Error> {
        let mut open = self.lock();
        let of_key = open.entry(key).or_default();
        if self.most > 0 && *of_key >= self.most {
            let message =
                format!("this key has {} connections open here; close one first", self.most);
            return Err(Error::new(Code::RateLimited, message));
        }
        *of_key += 1;
        Ok(Connected { connections: self.clone(), key })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ApiKeyId, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        let left = open.get_mut(&self.key).map(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == Some(0) {
            open.remove(&self.key);
        }
    }
}
