//! How far one operation has read a log, for the transport that carries it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::model::event::Cursor;

/// Shared between who follows the log and who sends what comes of it.
#[derive(Clone, Default)]
pub struct Progress(Arc<Mutex<Option<Places>>>);

/// Somebody who follows the log for others, and may have passed more of it than they were given.
pub(super) trait Ahead: Send + Sync {
    /// The number up to which there is nothing for one who has taken everything up to `at`.
    fn passed(&self, at: u64) -> u64;
}

struct Places {
    given: Cursor,
    passed: Cursor,
    /// Whether there was no more when the log was last read.
    is_at_end: bool,
    ahead: Option<Weak<dyn Ahead>>,
}

/// Where somebody is who has taken everything given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub cursor: Cursor,
    /// Whether there was no more when the log was last read.
    pub is_end: bool,
}

impl Progress {
    /// The place, unless something given was not taken yet.
    pub fn settled(&self) -> Option<Place> {
        let places = self.places();
        let places = places.as_ref().filter(|places| places.given.seq <= places.passed.seq)?;
        Some(Place { cursor: places.passed.clone(), is_end: places.is_at_end })
    }

    /// The place just behind the event that was given last.
    pub fn given(&self) -> Option<Cursor> {
        self.places().as_ref().map(|places| places.given.clone())
    }

    /// The place up to which everything was given and taken, or was not wanted: who resumes here misses
    /// nothing and gets nothing again. With a filter it goes on where [`Progress::given`] stays.
    pub fn passed(&self) -> Option<Cursor> {
        let places = self.places();
        let mut passed = places.as_ref()?.passed.clone();
        let is_taken = places.as_ref()?.given.seq <= passed.seq;
        let ahead = places.as_ref()?.ahead.as_ref().and_then(Weak::upgrade);
        drop(places);
        if let Some(ahead) = ahead.filter(|_| is_taken) {
            passed.seq = ahead.passed(passed.seq);
        }
        Some(passed)
    }

    pub(super) fn begin(&self, at: &Cursor) {
        *self.places() =
            Some(Places { given: at.clone(), passed: at.clone(), is_at_end: false, ahead: None });
    }

    pub(super) fn give(&self, seq: u64) {
        if let Some(places) = self.places().as_mut() {
            places.given.seq = seq;
        }
    }

    pub(super) fn pass(&self, seq: u64) {
        if let Some(places) = self.places().as_mut() {
            places.passed.seq = places.passed.seq.max(seq);
        }
    }

    pub(super) fn rest(&self, is_at_end: bool) {
        if let Some(places) = self.places().as_mut() {
            places.is_at_end = is_at_end;
        }
    }

    pub(super) fn lean_on(&self, ahead: Weak<dyn Ahead>) {
        if let Some(places) = self.places().as_mut() {
            places.ahead = Some(ahead);
        }
    }

    pub(super) fn stand_alone(&self) {
        if let Some(places) = self.places().as_mut() {
            places.ahead = None;
        }
    }

    fn places(&self) -> MutexGuard<'_, Option<Places>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
