//! Who watches a run while it goes on: a progress bar. What it is told is told again by the result
//! and never decides anything.

use crate::model::id::JobId;
use crate::model::result::Coverage;

/// Hears of each source of a job, from several tasks at once. It must answer at once: the run waits.
///
/// An attempt that fails begins again with [`Observer::source_started`]; one that is cancelled just
/// ends.
pub trait Observer: Send + Sync {
    fn source_started(&self, job: JobId, source: &str);

    /// How many documents the source has given so far.
    fn documents(&self, job: JobId, source: &str, total: u64);

    fn source_ended(&self, job: JobId, source: &str, coverage: &Coverage);
}

/// Nobody watches.
pub(super) struct Unobserved;

impl Observer for Unobserved {
    fn source_started(&self, _job: JobId, _source: &str) {}

    fn documents(&self, _job: JobId, _source: &str, _total: u64) {}

    fn source_ended(&self, _job: JobId, _source: &str, _coverage: &Coverage) {}
}
