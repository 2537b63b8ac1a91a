//! Whether keys and sessions that have something open here are still good: each is looked at by one task for
//! all that it has open, as there may be thousands of sockets of one key.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::Domain;
use crate::model::api_key::Principal;
use crate::model::id::{ApiKeyId, SessionId};

/// How long a socket outlives its key or session at most, beside how long they are believed.
const RECHECK: Duration = Duration::from_secs(3);

type Watches = HashMap<(ApiKeyId, Option<SessionId>), Weak<Watch>>;

#[derive(Clone)]
pub struct Revocations(Arc<Shared>);

struct Shared {
    domain: Domain,
    watches: Mutex<Watches>,
    tasks: TaskTracker,
}

/// One key or session that is looked at as long as somebody has this.
struct Watch {
    revoked: CancellationToken,
}

impl Revocations {
    /// What looks at keys ends with those who want to know.
    pub fn new(domain: Domain) -> Self {
        let (watches, tasks) = (Mutex::default(), TaskTracker::new());
        Self(Arc::new(Shared { domain, watches, tasks }))
    }

    /// Waits until this caller would not be let in any more; answers why.
    pub async fn revoked(&self, who: &Principal) -> String {
        let watch = self.watch(who);
        watch.revoked.cancelled().await;
        let reason = match who.session_id {
            Some(_) => "the session has ended, or its API key was revoked; sign in again",
            None => "the API key was revoked or has expired",
        };
        reason.to_owned()
    }

    fn watch(&self, who: &Principal) -> Arc<Watch> {
        let mut watches = self.0.watches.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (who.key_id, who.session_id);
        if let Some(watch) = watches.get(&key).and_then(Weak::upgrade) {
            return watch;
        }
        watches.retain(|_, watch| watch.strong_count() > 0);
        let watch = Arc::new(Watch { revoked: CancellationToken::new() });
        watches.insert(key, Arc::downgrade(&watch));
        self.0.tasks.spawn(look(self.0.domain.clone(), *who, Arc::downgrade(&watch)));
        watch
    }
}

async fn look(domain: Domain, who: Principal, watch: Weak<Watch>) {
    loop {
        tokio::time::sleep(RECHECK).await;
        if watch.strong_count() == 0 {
            return;
        }
        let looked = AssertUnwindSafe(domain.is_still_valid(&who)).catch_unwind().await;
        match looked {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => {
                if let Some(watch) = watch.upgrade() {
                    watch.revoked.cancel();
                }
                return;
            }
            Ok(Err(error)) => tracing::error!(%error, "a socket's key could not be checked again"),
            // It is looked at again all the same: nobody else does.
            Err(_) => tracing::error!("a socket's key could not be checked again: a panic"),
        }
    }
}
