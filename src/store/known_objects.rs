//! Results that were looked up a moment ago: who downloads asks for the same ones again and again, and to look one
//! up is a good part of sending a small one.
//!
//! Only where this process alone writes, as it does on SQLite, where one `serve` holds the directory, and only until
//! the next rare write: what deletes results, or changes what is said of them, is one. What is not there is not
//! remembered.

use std::sync::Arc;

use moka::sync::Cache;

use crate::model::id::WorkspaceId;
use crate::model::storage_object::{BodyPlace, ObjectName, StorageObject};

/// Results remembered.
const MOST: u64 = 10_000;

type Found = (StorageObject, BodyPlace);
/// What was found, and after how many rare writes.
type Remembered = Cache<(WorkspaceId, ObjectName), (u64, Found)>;

/// Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub(super) struct KnownObjects(Option<Arc<Remembered>>);

impl KnownObjects {
    /// This process alone writes.
    pub fn remembered() -> Self {
        Self(Some(Arc::new(Cache::new(MOST))))
    }

    /// Other nodes write too: each look-up is its own.
    pub fn looked_up() -> Self {
        Self(None)
    }

    /// What was found under a name since the last of `writes` rare writes.
    pub fn find(&self, workspace: WorkspaceId, name: &ObjectName, writes: u64) -> Option<Found> {
        let cache = self.0.as_ref().filter(|_| name.is_fixed())?;
        let (then, found) = cache.get(&(workspace, name.clone()))?;
        (then == writes).then_some(found)
    }

    /// Remembers what was found under a name after so many rare writes, counted before it was looked for.
    pub fn keep(&self, workspace: WorkspaceId, name: &ObjectName, writes: u64, found: &Found) {
        if let Some(cache) = self.0.as_ref().filter(|_| name.is_fixed()) {
            cache.insert((workspace, name.clone()), (writes, found.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::model::id::{JobId, QueryId, StorageObjectId, TypedId};
    use crate::model::storage_object::RESULT_CONTENT_TYPE;

    #[test]
    fn a_result_is_known_until_the_next_rare_write() {
        let (mine, other) = (WorkspaceId::from_ulid(Ulid(1)), WorkspaceId::from_ulid(Ulid(2)));
        let object = StorageObject {
            id: StorageObjectId::from_ulid(Ulid(1)),
            workspace_id: mine,
            query_id: QueryId::from_ulid(Ulid(1)),
            job_id: JobId::from_ulid(Ulid(1)),
            key: "key.json".to_owned(),
            content_type: RESULT_CONTENT_TYPE.to_owned(),
            size_bytes: 1,
            sha256: "00".to_owned(),
            created_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
        };
        let (key, found) = (ObjectName::Key(object.key.clone()), (object.clone(), BodyPlace::Row));
        let known = KnownObjects::remembered();
        assert_eq!(known.find(mine, &key, 7), None);
        known.keep(mine, &key, 7, &found);
        assert_eq!(known.find(mine, &key, 7), Some(found.clone()));
        assert_eq!(known.find(other, &key, 7), None);
        assert_eq!(known.find(mine, &key, 8), None, "it may have been deleted");

        // Which one is the newest changes with every job.
        let newest = ObjectName::LatestOf(object.query_id);
        known.keep(mine, &newest, 7, &found);
        assert_eq!(known.find(mine, &newest, 7), None);

        let shared = KnownObjects::looked_up();
        shared.keep(mine, &key, 7, &found);
        assert_eq!(shared.find(mine, &key, 7), None);
    }
}
