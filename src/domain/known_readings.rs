//! What a model read a moment ago. Whoever saw a preview gets what they saw when they ask, and a request that is
//! sent again, or tried again since others changed the same query, costs no tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::reading::{Beside, Understood};
use crate::model::id::WorkspaceId;

/// How long a reading is believed without asking again.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Readings remembered; beyond that all are forgotten and read again.
const MOST: usize = 1_000;

/// Everything that a reading depends on, but for the time.
type Asked = Vec<u8>;
type ReadAt = (DateTime<Utc>, Understood);

#[derive(Clone, Default)]
pub struct KnownReadings(Arc<Mutex<HashMap<Asked, ReadAt>>>);

impl KnownReadings {
    pub(super) fn get(
        &self,
        workspace: WorkspaceId,
        prompt: &str,
        beside: &Beside<'_>,
    ) -> Option<Understood> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, understood) = known.get(&asked(workspace, prompt, beside)?)?;
        (beside.reference - read_at < FRESH).then(|| understood.clone())
    }

    pub(super) fn put(
        &self,
        workspace: WorkspaceId,
        prompt: &str,
        beside: &Beside<'_>,
        understood: &Understood,
    ) {
        let Some(asked) = asked(workspace, prompt, beside) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(asked, (beside.reference, understood.clone()));
    }
}

fn asked(workspace: WorkspaceId, prompt: &str, beside: &Beside<'_>) -> Option<Asked> {
    let Beside { sources, date_range, timezone, .. } = beside;
    serde_json::to_vec(&(workspace.to_string(), prompt, sources, date_range, timezone.name())).ok()
}
