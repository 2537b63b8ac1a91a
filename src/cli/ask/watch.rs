//! What the user sees of a job while it runs: a bar for each source on a terminal, plain lines elsewhere;
//! both on standard error.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::cli::answer::grouped;
use crate::cli::out;
use crate::model::id::JobId;
use crate::model::result::{Coverage, CoverageStatus};
use crate::runner::Observer;

const TICK: Duration = Duration::from_millis(80);
const STYLE: &str = "{spinner} {prefix}  {msg}  {elapsed}";

/// Watches one job.
pub struct Watch {
    job: JobId,
    /// `None` where nothing can be drawn.
    bars: Option<MultiProgress>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Stands there until the first source begins.
    waiting: Option<ProgressBar>,
    sources: BTreeMap<String, ProgressBar>,
    documents: BTreeMap<String, u64>,
}

impl Watch {
    pub fn new(job: JobId) -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self { job, bars, seen: Mutex::default() }
    }

    /// The job is queued; who will run it.
    pub fn waiting(&self, runs_here: bool) {
        let text = if runs_here {
            format!("{} is queued", self.job)
        } else {
            format!("{} is queued for the process that has the data directory", self.job)
        };
        self.show(text);
    }

    pub fn still_waiting(&self) {
        self.show(format!(
            "{} has not ended yet; does the process that has the data directory have the role `worker`?",
            self.job
        ));
    }

    /// Takes away what was drawn.
    pub fn over(&self) {
        let mut seen = self.seen();
        let Seen { waiting, sources, .. } = &mut *seen;
        waiting.take().iter().chain(sources.values()).for_each(ProgressBar::finish_and_clear);
    }

    fn show(&self, text: String) {
        let Some(bars) = &self.bars else {
            return out::note(&text);
        };
        let mut seen = self.seen();
        let bar = seen.waiting.get_or_insert_with(|| bar(bars, ""));
        bar.set_message(text);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Watch {
    fn source_started(&self, job: JobId, source: &str) {
        if job != self.job {
            return;
        }
        let Some(bars) = &self.bars else {
            return out::note(&format!("{source}: reading"));
        };
        let mut seen = self.seen();
        if let Some(waiting) = seen.waiting.take() {
            waiting.finish_and_clear();
        }
        let bar = seen.sources.entry(source.to_owned()).or_insert_with(|| bar(bars, source));
        bar.set_message("reading");
    }

    fn documents(&self, job: JobId, source: &str, total: u64) {
        if job != self.job {
            return;
        }
        let mut seen = self.seen();
        seen.documents.insert(source.to_owned(), total);
        if let Some(bar) = seen.sources.get(source) {
            bar.set_message(posts(total));
        }
    }

    fn source_ended(&self, job: JobId, source: &str, coverage: &Coverage) {
        if job != self.job {
            return;
        }
        let seen = self.seen();
        let total = seen.documents.get(source).copied().unwrap_or_default();
        let said = match (coverage.status, &coverage.reason) {
            (CoverageStatus::Complete, _) => format!("{}, complete", posts(total)),
            (_, Some(reason)) => format!("{}, not complete: {reason}", posts(total)),
            (_, None) => format!("{}, not complete", posts(total)),
        };
        match (&self.bars, seen.sources.get(source)) {
            (None, _) => out::note(&format!("{source}: {said}")),
            (Some(_), Some(bar)) => bar.finish_with_message(out::harmless(&said)),
            (Some(_), None) => {}
        }
    }
}

fn bar(bars: &MultiProgress, source: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(STYLE);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = bars.add(ProgressBar::new_spinner().with_style(style));
    bar.set_prefix(out::harmless(source));
    bar.enable_steady_tick(TICK);
    bar
}

fn posts(total: u64) -> String {
    format!("{} {}", grouped(total), if total == 1 { "post" } else { "posts" })
}
