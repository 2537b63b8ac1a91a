//! The event logs: what lets a subscriber prove that it missed nothing. `occurred_at` is not compared:
//! it is what the clock of a job's worker said, and nodes' clocks differ.

use super::{Check, Doctor, Report, next};
use crate::store::StoreError;
use crate::store::check::LogEntry;

pub const CHECK: Check = Check {
    name: "log",
    promise: "each workspace's events are numbered without a gap from where it was cut off up to its counter, in one epoch",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    for workspace in snapshot.workspaces_without_log().await? {
        report.found(&workspace, "has no counter of events: nothing can end there");
    }
    let mut entries = snapshot.logs().await?;
    let mut last: Option<LogEntry> = None;
    while let Some(entry) = next(&mut entries, report).await? {
        match last.take() {
            Some(last) if last.workspace_id == entry.workspace_id => {
                judge_gap(&last, &entry, report);
            }
            other => {
                judge_end(other.as_ref(), report);
                judge_begin(&entry, report);
            }
        }
        if entry.head_epoch.as_ref().is_some_and(|epoch| *epoch != entry.epoch) {
            let what = format!("has event {} of another epoch, {}", entry.seq, entry.epoch);
            report.found(&entry.workspace_id, what);
        }
        last = Some(entry);
    }
    judge_end(last.as_ref(), report);
    Ok(())
}

/// The first event of a log is the first that is kept.
fn judge_begin(entry: &LogEntry, report: &mut Report) {
    let trimmed = entry.trimmed.unwrap_or_default();
    if entry.seq <= trimmed {
        let what = format!("still has event {}, but counts from {trimmed} on", entry.seq);
        report.found(&entry.workspace_id, what);
    }
    judge_missing(trimmed, entry, report);
}

fn judge_gap(last: &LogEntry, entry: &LogEntry, report: &mut Report) {
    judge_missing(last.seq, entry, report);
}

fn judge_missing(last: i64, entry: &LogEntry, report: &mut Report) {
    let (from, to) = (last + 1, entry.seq - 1);
    if from > to {
        return;
    }
    let missing =
        if from == to { format!("event {from}") } else { format!("events {from} to {to}") };
    report.found(&entry.workspace_id, format!("lacks {missing} of its log"));
}

/// The last event of a log is the one that its counter names.
fn judge_end(last: Option<&LogEntry>, report: &mut Report) {
    let Some((last, head)) = last.and_then(|last| Some((last, last.head_seq?))) else {
        return;
    };
    if last.seq != head {
        let what = format!("has a log that ends with event {}, but counts {head}", last.seq);
        report.found(&last.workspace_id, what);
    }
}
