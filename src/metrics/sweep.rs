//! What was cleared away because nothing needs it.

use prometheus::IntCounter;

use super::MetricsError;
use super::register::Register;

pub struct SweepMetrics {
    /// Blobs without a row.
    pub blobs: IntCounter,
    /// Files that were begun and never finished.
    pub unfinished: IntCounter,
    /// Sweeps that did not come to their end.
    pub failures: IntCounter,
}

impl SweepMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let help = "Files that nothing needed and that were removed";
        let files = register.counters("sweep_files_removed_total", help, &["what"])?;
        Ok(Self {
            blobs: files.with_label_values(&["blob"]),
            unfinished: files.with_label_values(&["unfinished"]),
            failures: register
                .counter("sweep_failures_total", "Sweeps that did not come to their end")?,
        })
    }
}
