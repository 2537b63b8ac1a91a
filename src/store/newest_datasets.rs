//! The newest version of each dataset: every question asks for it twice.
//!
//! Where this process alone writes datasets, as it does on SQLite, where one `serve` holds the directory,
//! it is remembered. Where other nodes may write them, those who ask at the same time share one read,
//! which begins after each of them has asked: nobody is answered with what was read before.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

use super::StoreError;
use crate::model::dataset::Dataset;
use crate::model::id::WorkspaceId;

/// Datasets remembered; beyond that all are forgotten and read again.
const MOST: usize = 10_000;

type Key = (WorkspaceId, String);
type Found = Option<Dataset>;

#[derive(Clone)]
pub(super) enum NewestDatasets {
    Remembered(Arc<Mutex<State>>),
    Shared(Arc<Mutex<HashMap<Key, Arc<Reads>>>>),
}

#[derive(Default)]
pub(super) struct State {
    /// Grows with every change: what was read before one is not remembered after it.
    generation: u64,
    newest: HashMap<Key, Dataset>,
}

/// The reads of one dataset, numbered from 1.
#[derive(Default)]
pub(super) struct Reads {
    begun: AtomicU64,
    /// The number of the last that ended, and what it found.
    last: AsyncMutex<(u64, Found)>,
}

impl NewestDatasets {
    /// This process alone writes datasets.
    pub fn remembered() -> Self {
        Self::Remembered(Arc::default())
    }

    /// Other nodes write them too.
    pub fn shared() -> Self {
        Self::Shared(Arc::default())
    }

    /// The newest version, by `read` where it must be read.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        name: &str,
        read: impl Future<Output = Result<Found, StoreError>>,
    ) -> Result<Found, StoreError> {
        let key = (workspace, name.to_owned());
        match self {
            Self::Remembered(state) => remember(state, key, read).await,
            Self::Shared(all) => {
                let reads = reads(&mut lock(all), key);
                reads.join(read).await
            }
        }
    }

    /// Called when a new version is committed, before its uploader is answered.
    pub fn changed(&self, dataset: &Dataset) {
        if let Self::Remembered(state) = self {
            let mut state = lock(state);
            state.generation += 1;
            state.newest.remove(&(dataset.workspace_id, dataset.name.clone()));
        }
    }
}

async fn remember(
    state: &Mutex<State>,
    key: Key,
    read: impl Future<Output = Result<Found, StoreError>>,
) -> Result<Found, StoreError> {
    let generation = {
        let state = lock(state);
        if let Some(newest) = state.newest.get(&key) {
            return Ok(Some(newest.clone()));
        }
        state.generation
    };
    let found = read.await?;
    let mut state = lock(state);
    if let Some(newest) = &found
        && state.generation == generation
    {
        if state.newest.len() >= MOST {
            state.newest.clear();
        }
        state.newest.insert(key, newest.clone());
    }
    Ok(found)
}

fn reads(all: &mut HashMap<Key, Arc<Reads>>, key: Key) -> Arc<Reads> {
    if all.len() >= MOST {
        all.clear();
    }
    Arc::clone(all.entry(key).or_default())
}

impl Reads {
    /// What a read found that began after this was called: somebody else's, or `read`.
    async fn join(
        &self,
        read: impl Future<Output = Result<Found, StoreError>>,
    ) -> Result<Found, StoreError> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 <= before {
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            *last = (number, read.await?);
        }
        Ok(last.1.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::sync::oneshot;

    use super::*;
    use crate::clock::Clock;
    use crate::model::id::TypedId;

    fn version(version: u32) -> Dataset {
        let clock = Clock::system();
        Dataset {
            id: clock.new_id().unwrap(),
            workspace_id: WorkspaceId::from_ulid(ulid::Ulid::nil()),
            name: "posts".into(),
            version,
            documents: 1,
            size_bytes: 1,
            sha256: String::new(),
            blob: String::new(),
            created_at: clock.now(),
        }
    }

    async fn get(newest: &NewestDatasets, read: Dataset) -> u32 {
        let (workspace, name) = (read.workspace_id, read.name.clone());
        let found = newest.get(workspace, &name, async { Ok(Some(read)) }).await;
        found.unwrap().unwrap().version
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let newest = NewestDatasets::remembered();
        let old = version(1);
        let changes_meanwhile = newest.get(old.workspace_id, "posts", async {
            newest.changed(&version(2));
            Ok(Some(old.clone()))
        });
        changes_meanwhile.await.unwrap();
        assert_eq!(get(&newest, version(2)).await, 2);
        assert_eq!(get(&newest, version(3)).await, 2, "it is remembered");
        let other = newest.get(Clock::system().new_id().unwrap(), "posts", async { Ok(None) });
        assert_eq!(other.await.unwrap(), None, "another workspace's");
    }

    #[tokio::test]
    async fn those_who_ask_during_a_read_share_the_next_one() {
        let newest = NewestDatasets::shared();
        let (go_on, held) = oneshot::channel();
        let first = newest.get(version(1).workspace_id, "posts", async {
            held.await.unwrap();
            Ok(Some(version(1)))
        });
        tokio::pin!(first);
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut later = Box::pin(join_all((2..=9).map(|number| get(&newest, version(number)))));
        assert!(futures_util::poll!(&mut later).is_pending());
        go_on.send(()).unwrap();
        assert_eq!(first.await.unwrap().unwrap().version, 1);
        assert_eq!(later.await, [2; 8]);
        assert_eq!(get(&newest, version(10)).await, 10, "nothing is remembered");
    }
}
