//! Fail points: named places at durable steps where a test can end the process, make the step fail, or
//! let it hang, so that what a crash leaves behind is looked at for each of them.
//!
//! A build with debug assertions does what `BYTESTACK_FAIL_POINTS` says; a release build has no points
//! and refuses the variable. The `fail` crate blocks a thread where it stalls and cannot abort, so this
//! is our own. Anyone may call it; it uses nothing.

#[cfg(debug_assertions)]
mod plan;

use std::io;

/// The variable that says what happens where: `name=action[@nth][,…]`. Actions are `abort` (as `kill -9`),
/// `error`, `stall` (for ever) and `stall:SECONDS`; `@3` is the third time a point is reached rather than
/// the first, `@3+` each time from then on.
pub const VARIABLE: &str = "BYTESTACK_FAIL_POINTS";

/// Every point there is.
pub const ALL: &[&str] = &[
    "migration.between_steps",
    "migration.before_commit",
    "node.before_release",
    "node.after_release",
    "blob.after_write",
    "blob.after_sync",
    "blob.after_rename",
    "dataset.before_row",
    "rare.before_commit",
    "rare.after_commit",
    "schedule.before_commit",
    "schedule.after_commit",
    "writer.before_commit.submit",
    "writer.before_commit.run",
    "writer.before_commit.claim",
    "writer.before_commit.heartbeat",
    "writer.before_commit.give_back",
    "writer.before_commit.finish",
    "writer.before_commit.end_attempt",
    "writer.after_commit.submit",
    "writer.after_commit.run",
    "writer.after_commit.claim",
    "writer.after_commit.heartbeat",
    "writer.after_commit.give_back",
    "writer.after_commit.finish",
    "writer.after_commit.end_attempt",
    "announce.before_notify",
    "runner.after_claim",
    "runner.after_collect",
    "runner.before_finish",
    "deletion.before_blobs",
    "scrape_logs.before_blobs",
    "delivery.before_send",
    "delivery.after_answer",
    "bucket.after_put",
];

/// A step that was made to fail.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the fail point {0} was told to fail")]
pub struct Injected(&'static str);

impl From<Injected> for io::Error {
    fn from(injected: Injected) -> Self {
        Self::other(injected)
    }
}

/// What `VARIABLE` says cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("{VARIABLE} cannot be used: {0}")]
pub struct PlanError(String);

/// Reads the variable's text; once per process, before anything is reached.
///
/// # Errors
/// When the text names no point or no action.
#[cfg(debug_assertions)]
pub fn arm(text: &str) -> Result<(), PlanError> {
    plan::arm(text).map_err(PlanError)
}

/// Marks a step: nothing happens unless the point was armed.
///
/// # Errors
/// When the step is to fail.
#[cfg(debug_assertions)]
pub async fn reach(point: &'static str) -> Result<(), Injected> {
    match plan::due(point) {
        None => Ok(()),
        Some(plan::Action::Abort) => std::process::abort(),
        Some(plan::Action::Error) => Err(Injected(point)),
        Some(plan::Action::Stall(time)) => {
            tokio::time::sleep(time).await;
            Ok(())
        }
    }
}

/// The same where nothing can be awaited.
///
/// # Errors
/// When the step is to fail.
#[cfg(debug_assertions)]
#[expect(clippy::disallowed_methods, reason = "a disk that hangs blocks its thread as well")]
pub fn reach_blocking(point: &'static str) -> Result<(), Injected> {
    match plan::due(point) {
        None => Ok(()),
        Some(plan::Action::Abort) => std::process::abort(),
        Some(plan::Action::Error) => Err(Injected(point)),
        Some(plan::Action::Stall(time)) => {
            std::thread::sleep(time);
            Ok(())
        }
    }
}

#[cfg(not(debug_assertions))]
#[inline]
pub async fn reach(_: &'static str) -> Result<(), Injected> {
    Ok(())
}

#[cfg(not(debug_assertions))]
#[inline]
pub fn reach_blocking(_: &'static str) -> Result<(), Injected> {
    Ok(())
}
