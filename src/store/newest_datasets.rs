//! The newest version of each dataset, remembered: every question asks for it twice. Right only while
//! this process alone writes datasets, as it does on SQLite, where one `serve` holds the directory. Where
//! other nodes may write them, nothing is remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::dataset::Dataset;
use crate::model::id::WorkspaceId;

/// Datasets remembered; beyond that all are forgotten and read again.
const MOST: usize = 10_000;

#[derive(Clone, Default)]
pub(super) struct NewestDatasets {
    state: Arc<Mutex<State>>,
    /// Other nodes write them too.
    shared: bool,
}

#[derive(Default)]
struct State {
    /// Grows with every change: what was read before one is not remembered after it.
    generation: u64,
    newest: HashMap<(WorkspaceId, String), Dataset>,
}

impl NewestDatasets {
    /// Remembers nothing.
    pub fn shared() -> Self {
        Self { shared: true, ..Self::default() }
    }

    /// The newest version, or the generation to remember one under that is read now.
    pub fn get(&self, workspace: WorkspaceId, name: &str) -> Result<Dataset, u64> {
        let state = self.lock();
        let found = state.newest.get(&(workspace, name.to_owned()));
        found.cloned().ok_or(state.generation)
    }

    /// Remembers what was read, unless something has changed since.
    pub fn remember(&self, generation: u64, dataset: &Dataset) {
        let mut state = self.lock();
        if self.shared || state.generation != generation {
            return;
        }
        if state.newest.len() >= MOST {
            state.newest.clear();
        }
        state.newest.insert((dataset.workspace_id, dataset.name.clone()), dataset.clone());
    }

    /// Called when a new version is committed, before its uploader is answered.
    pub fn changed(&self, dataset: &Dataset) {
        let mut state = self.lock();
        state.generation += 1;
        state.newest.remove(&(dataset.workspace_id, dataset.name.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let clock = Clock::system();
        let old = Dataset {
            id: clock.new_id().unwrap(),
            workspace_id: clock.new_id().unwrap(),
            name: "posts".into(),
            version: 1,
            documents: 1,
            size_bytes: 1,
            sha256: String::new(),
            blob: String::new(),
            created_at: clock.now(),
        };
        let newest = NewestDatasets::default();
        let before = newest.get(old.workspace_id, "posts").unwrap_err();
        newest.changed(&Dataset { version: 2, ..old.clone() });
        newest.remember(before, &old);
        let after = newest.get(old.workspace_id, "posts").unwrap_err();
        let new = Dataset { version: 2, ..old.clone() };
        newest.remember(after, &new);
        assert_eq!(newest.get(old.workspace_id, "posts"), Ok(new));
        assert!(newest.get(clock.new_id().unwrap(), "posts").is_err(), "another workspace's");
    }
}
