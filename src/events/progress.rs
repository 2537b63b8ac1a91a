//! How far one operation has read a log, for the transport that carries it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::event::Cursor;

/// Shared between who follows the log and who sends what comes of it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<Option<Places>>>);

#[derive(Debug)]
struct Places {
    given: Cursor,
    passed: Cursor,
}

impl Progress {
    /// The place just behind the event that was given last.
    pub fn given(&self) -> Option<Cursor> {
        self.places().as_ref().map(|places| places.given.clone())
    }

    /// The place up to which everything was given and taken, or was not wanted: who resumes here misses
    /// nothing and gets nothing again. With a filter it goes on where [`Progress::given`] stays.
    pub fn passed(&self) -> Option<Cursor> {
        self.places().as_ref().map(|places| places.passed.clone())
    }

    pub(super) fn begin(&self, at: &Cursor) {
        *self.places() = Some(Places { given: at.clone(), passed: at.clone() });
    }

    pub(super) fn give(&self, seq: u64) {
        if let Some(places) = self.places().as_mut() {
            places.given.seq = seq;
        }
    }

    pub(super) fn pass(&self, seq: u64) {
        if let Some(places) = self.places().as_mut() {
            places.passed.seq = seq;
        }
    }

    fn places(&self) -> MutexGuard<'_, Option<Places>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
