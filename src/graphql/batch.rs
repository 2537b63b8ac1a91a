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
use tokio::sync::oneshot;

use crate::error::Error;

/// The values found, by key; each who asked looks for its own.
type Found<K, V> = Result<Arc<HashMap<K, V>>, Error>;
/// The keys so far; none once they are being loaded.
type Keys<K> = Arc<Mutex<Option<Vec<K>>>>;

type Loading<K, V> = Shared<BoxFuture<'static, Found<K, V>>>;
/// Held by whoever began a batch until it is to be loaded.
type Began = oneshot::Sender<()>;

/// Keys of one kind that are to be loaded.
struct Batch<K, V> {
    keys: Keys<K>,
    /// Kept by those who wait for it alone: it is driven by each of them, and ends with the last.
    loading: WeakShared<BoxFuture<'static, Found<K, V>>>,
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
        let (loading, began) = self.joined(key.clone());
        if let Some(began) = began {
            // All that is executed beside this has its turn before this has its next.
            tokio::task::yield_now().await;
            drop(began);
        }
        Ok(loading.await?.get(&key).cloned())
    }

    /// The batch that the key is now part of; it is loaded when whoever began it drops what it is given.
    fn joined<K>(&self, key: K) -> (Loading<K, L::Value>, Option<Began>)
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
            return (loading, None);
        }
        let keys = Arc::new(Mutex::new(Some(vec![key])));
        let (began, begun) = oneshot::channel();
        let loading = load(Arc::clone(&self.loader), Arc::clone(&keys), begun).boxed().shared();
        if let Some(loading) = loading.downgrade() {
            batches.insert(TypeId::of::<K>(), Box::new(Batch { keys, loading }));
        }
        (loading, Some(began))
    }
}

async fn load<K, L>(
    loader: Arc<L>,
    keys: Keys<K>,
    begun: oneshot::Receiver<()>,
) -> Found<K, L::Value>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    L: Loader<K, Error = Error>,
{
    // Nothing is ever sent: that the other end is gone is what is waited for.
    let _ = begun.await;
    let mut keys = lock(&keys).take().unwrap_or_default();
    let mut seen = HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(key.clone()));
    loader.load(&keys).await.map(Arc::new)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;
    use crate::error::Code;

    /// Doubles even numbers, and fails with 7.
    #[derive(Default)]
    struct Doubles {
        loads: AtomicUsize,
        keys: AtomicUsize,
    }

    impl Loader<u32> for Doubles {
        type Value = u32;
        type Error = Error;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, Error> {
            self.loads.fetch_add(1, Ordering::SeqCst);
            self.keys.fetch_add(keys.len(), Ordering::SeqCst);
            // Others ask while this is on its way.
            tokio::task::yield_now().await;
            if keys.contains(&7) {
                return Err(Error::new(Code::Unavailable, "seven"));
            }
            Ok(keys.iter().filter(|key| *key % 2 == 0).map(|key| (*key, key * 2)).collect())
        }
    }

    impl Loader<&'static str> for Doubles {
        type Value = String;
        type Error = Error;

        async fn load(
            &self,
            keys: &[&'static str],
        ) -> Result<HashMap<&'static str, String>, Error> {
            self.loads.fetch_add(1, Ordering::SeqCst);
            Ok(keys.iter().map(|key| (*key, key.repeat(2))).collect())
        }
    }

    #[tokio::test]
    async fn what_is_asked_for_beside_each_other_is_loaded_once_and_each_gets_its_own() {
        let batching = Batching::new(Doubles::default());
        for _ in 0..2 {
            let loads = (0..60).map(|number| batching.load(10 + number % 30));
            let (found, text) = tokio::join!(join_all(loads), batching.load("ab"));
            let found: Vec<Option<u32>> = found.into_iter().map(Result::unwrap).collect();
            let expected = |number: u32| (number.is_multiple_of(2)).then_some(number * 2);
            assert_eq!(found, (0..60).map(|n| expected(10 + n % 30)).collect::<Vec<_>>());
            assert_eq!(text.unwrap().as_deref(), Some("abab"));
        }
        assert_eq!(batching.loader.loads.load(Ordering::SeqCst), 4);
        assert_eq!(batching.loader.keys.load(Ordering::SeqCst), 60);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_of_its_batch_and_to_no_other() {
        let batching = Batching::new(Doubles::default());
        let failed = tokio::join!(batching.load(7), batching.load(8));
        assert_eq!(failed.0.unwrap_err().message(), "seven");
        assert_eq!(failed.1.unwrap_err().message(), "seven");
        assert_eq!(batching.load(8).await.unwrap(), Some(16));
    }

    #[tokio::test]
    async fn whoever_began_may_go_away() {
        let batching = Batching::new(Doubles::default());
        // Before the keys are taken, and while they are being loaded.
        for turns in 1..=2 {
            let mut first = Box::pin(batching.load(2));
            let mut second = Box::pin(batching.load(4));
            assert!(futures_util::poll!(&mut first).is_pending());
            assert!(futures_util::poll!(&mut second).is_pending());
            for _ in 1..turns {
                tokio::task::yield_now().await;
                assert!(futures_util::poll!(&mut first).is_pending());
            }
            drop(first);
            assert_eq!(second.await.unwrap(), Some(8));
        }
        // All of them: nobody is left to load for, and the next begins anew.
        let mut alone = Box::pin(batching.load(2));
        assert!(futures_util::poll!(&mut alone).is_pending());
        drop(alone);
        let loads = batching.loader.loads.load(Ordering::SeqCst);
        assert_eq!(batching.load(6).await.unwrap(), Some(12));
        assert_eq!(batching.loader.loads.load(Ordering::SeqCst), loads + 1);
    }
}
