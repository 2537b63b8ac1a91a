//! Sessions that were looked up a moment ago, so that a browser's requests and sockets cost no row read
//! each. Signing out in this process counts at once, elsewhere within [`FRESH`]; that a session has
//! expired is told by the clock. Whether its key works is asked beside, see [`super::key_cache`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::key_cache::{FRESH, MOST};
use crate::model::id::SessionId;
use crate::model::session::Session;

#[derive(Clone, Default)]
pub struct SessionCache(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// A secret means the same session for ever.
    ids: HashMap<String, SessionId>,
    sessions: HashMap<SessionId, (Instant, Session)>,
    /// How many were signed out of in this process.
    ended: u64,
}

/// A look at the database that was begun. A session that somebody signed out of since may still be what
/// it finds, so that is not remembered.
#[derive(Clone, Copy)]
pub struct Look(u64);

impl SessionCache {
    pub fn by_hash(&self, secret_hash: &str) -> Option<Session> {
        let known = self.lock();
        known.fresh(*known.ids.get(secret_hash)?)
    }

    pub fn by_id(&self, id: SessionId) -> Option<Session> {
        self.lock().fresh(id)
    }

    /// To be asked before the database is.
    pub fn look(&self) -> Look {
        Look(self.lock().ended)
    }

    /// Remembers what a look has found; with the hash, where it was found by that.
    pub fn found(&self, look: Look, secret_hash: Option<String>, session: &Session) {
        let mut known = self.lock();
        if known.ended != look.0 {
            return;
        }
        if known.ids.len() >= MOST || known.sessions.len() >= MOST {
            known.ids.clear();
            known.sessions.clear();
        }
        known.ids.extend(secret_hash.map(|hash| (hash, session.id)));
        known.sessions.insert(session.id, (Instant::now(), session.clone()));
    }

    /// As it is signed out of.
    pub fn forget(&self, id: SessionId) {
        let mut known = self.lock();
        known.ended += 1;
        known.sessions.remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn fresh(&self, id: SessionId) -> Option<Session> {
        let (since, session) = self.sessions.get(&id)?;
        (since.elapsed() < FRESH).then(|| session.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_sign_out_is_not_remembered_after_it() {
        let at = "2026-04-30T08:00:00Z".parse().unwrap();
        let id = |prefix: &str| format!("{prefix}_01jt00000000000000000000a1");
        let session = Session {
            id: id("ses").parse().unwrap(),
            workspace_id: id("ws").parse().unwrap(),
            key_id: id("key").parse().unwrap(),
            created_at: at,
            expires_at: at,
        };
        let cache = SessionCache::default();
        let look = cache.look();
        cache.found(look, Some("hash".to_owned()), &session);
        assert_eq!(cache.by_hash("hash").as_ref(), Some(&session));
        cache.forget(session.id);
        cache.found(look, Some("hash".to_owned()), &session);
        assert_eq!([cache.by_hash("hash"), cache.by_id(session.id)], [None, None]);
        cache.found(cache.look(), None, &session);
        assert_eq!(cache.by_id(session.id), Some(session));
    }
}
