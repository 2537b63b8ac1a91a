//! What is asked for beside each other is loaded together: whoever asks first waits until all others of the
//! same turn have asked too, and no longer. Nothing is spawned and no timer runs, so a page costs as many loads
//! as it has kinds of objects, however busy the machine.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::Loader;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use crate::error::Error;

/// The values found, by key; each who asked looks for its own.
type Found<K, V> = Result<Arc<HashMap<K, V>>, Error>;
/// The keys so far; none once they are being loaded.
type Keys<K> = Arc<Mutex<Option<Vec<K>>>>;

type Loading<K, V> = BoxFuture<'static, Found<K, V>>;

/// Keys of one kind that are to be loaded.
struct Batch<K, V> {
    keys: Keys<K>,
    /// Kept by those who wait for it alone: it is driven by each of them, and ends with the last.
    loading: WeakShared<Loading<K, V>>,
}

/// Loads by batches, of each kind of key.
pub struct Batching<L> {
    loader: Arc<L>,
    batches: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl<L> Batching<L> {
    pub fn new(loader: L) -> Self {
        Self { loader: Arc::new(loader), batches: Mutex::default() }
    }

    /// The value of a key, if there is one.
    pub async fn load<K>(&self, key: K) -> Result<Option<L::Value>, Error>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        L: Loader<K, Error = Error>,
    {
        let loading = self.joined(key.clone());
        Ok(loading.await?.get(&key).cloned())
    }

    /// The batch that the key is now part of.
    fn joined<K>(&self, key: K) -> Shared<Loading<K, L::Value>>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        L: Loader<K, Error = Error>,
    {
        let mut batches = lock(&self.batches);
        let batch = batches.get(&TypeId::of::<K>());
        let batch = batch.and_then(|batch| batch.downcast_ref::<Batch<K, L::Value>>());
        if let Some((batch, loading)) =
            batch.and_then(|batch| Some((batch, batch.loading.upgrade()?)))
            && let Some(keys) = lock(&batch.keys).as_mut()
        {
            keys.push(key);
            return loading;
        }
        let keys = Arc::new(Mutex::new(Some(vec![key])));
        let loading = load(Arc::clone(&self.loader), Arc::clone(&keys)).boxed().shared();
        if let Some(loading) = loading.downgrade() {
            batches.insert(TypeId::of::<K>(), Box::new(Batch { keys, loading }));
        }
        loading
    }
}

async fn load<K, L>(loader: Arc<L>, keys: Keys<K>) -> Found<K, L::Value>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    L: Loader<K, Error = Error>,
{
    // All that is executed beside this has its turn before this has its next.
    tokio::task::yield_now().await;
    let mut keys = lock(&keys).take().unwrap_or_default();
    let mut seen = HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(key.clone()));
    loader.load(&keys).await.map(Arc::new)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
