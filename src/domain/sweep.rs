//! Clearing away files that nothing will ever need: blobs that got no row, as after a crash, and files
//! that were begun and never finished.
//!
//! A file is written before its row, and a row is asked for after its file was seen: what is older than
//! an hour and has no row gets none any more. Any number of these may run, on any nodes: a file that
//! another has removed is no error. What is not surely of this database stays, see [`may_go`].

use chrono::{DateTime, TimeDelta, Utc};
use prometheus::IntCounter;
use ulid::Ulid;

use super::Domain;
use crate::blobs::{Blobs, Listing, StoredFile};
use crate::error::Error;

/// How many files are asked for at once.
const BATCH: usize = 500;
/// How old a file must be before it says anything that it has no row.
pub(super) const YOUNG: TimeDelta = TimeDelta::hours(1);
/// What this version keeps rows for; of what a newer one keeps, it knows no rows.
const KINDS: [&str; 4] = ["datasets", "documents", "logs", "results"];

/// What a sweep has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub blobs: u64,
    pub unfinished: u64,
}

impl Domain {
    /// Removes what is older than an hour and needed by nothing.
    ///
    /// # Errors
    /// When the database does not answer or the folder cannot be read; what was removed stays removed.
    pub async fn sweep(&self) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let workspaces = self.store.all_workspaces().await?;
        let Some(begun) = workspaces.iter().map(|workspace| workspace.created_at).min() else {
            return Ok(swept);
        };
        let mut files = OldFiles::list(&self.blobs, self.clock.now() - YOUNG);
        loop {
            let old = files.next().await;
            if old.is_empty() {
                break;
            }
            let (unfinished, blobs): (Vec<_>, Vec<_>) =
                old.into_iter().partition(|file| file.is_unfinished);
            swept.unfinished += self.clear(unfinished, &self.metrics().sweep.unfinished).await?;
            let names: Vec<String> = blobs.iter().map(|file| file.name.clone()).collect();
            let pointed_at = self.store.blobs_with_rows(&names).await?;
            let unowned = blobs.into_iter().filter(|file| !pointed_at.contains(&file.name));
            let unowned = unowned.filter(|file| may_go(&file.name, begun)).collect();
            swept.blobs += self.clear(unowned, &self.metrics().sweep.blobs).await?;
        }
        files.end().await.map_err(Error::internal)?;
        Ok(swept)
    }

    /// Removes these; counts those that were still there.
    async fn clear(&self, files: Vec<StoredFile>, counter: &IntCounter) -> Result<u64, Error> {
        let mut cleared = 0;
        for file in &files {
            if self.blobs.clear(file).await.map_err(Error::internal)? {
                cleared += 1;
                counter.inc();
            }
        }
        Ok(cleared)
    }
}

/// Whether a blob without a row was surely left by this database: a service that is started on a new
/// database, or a wrong one, beside the blobs of another must not take those for left ones. Their owners
/// are older than the database's first workspace.
fn may_go(name: &str, database_begun: DateTime<Utc>) -> bool {
    let mut parts = name.split('/');
    let kind = parts.next().is_some_and(|kind| KINDS.contains(&kind));
    let owner = parts.next().and_then(|owner| owner.split_once('_'));
    let owner = owner.and_then(|(_, ulid)| Ulid::from_string(ulid).ok());
    let made = owner.and_then(|ulid| i64::try_from(ulid.timestamp_ms()).ok());
    kind && made.is_some_and(|made| made >= database_begun.timestamp_millis())
}

/// The files that are older than something, as they are found.
pub(super) struct OldFiles {
    files: Listing,
    oldest_young: DateTime<Utc>,
    /// Files seen so far, young ones too.
    pub seen: u64,
}

impl OldFiles {
    /// Begins to list, as fast as the files are taken.
    pub fn list(blobs: &Blobs, oldest_young: DateTime<Utc>) -> Self {
        Self { files: blobs.list(), oldest_young, seen: 0 }
    }

    /// The next old files, so many that one look at the rows is worth it; none at the end.
    pub async fn next(&mut self) -> Vec<StoredFile> {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(file) = self.files.next().await
        {
            self.seen += 1;
            if file.changed_at <= self.oldest_young {
                batch.push(file);
            }
        }
        batch
    }

    /// Whether all could be listed.
    pub async fn end(self) -> std::io::Result<()> {
        self.files.end().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_database_can_have_left_may_go() {
        let begun: DateTime<Utc> = "2026-04-30T08:00:00Z".parse().unwrap();
        let made = |seconds: i64| {
            let millis = (begun + TimeDelta::seconds(seconds)).timestamp_millis();
            Ulid::from_parts(u64::try_from(millis).unwrap(), 1).to_string().to_lowercase()
        };
        let (earlier, later) = (made(-1), made(1));
        assert!(may_go(&format!("datasets/ds_{later}/1-a"), begun));
        assert!(may_go(&format!("results/job_{later}/1-a"), begun));
        assert!(may_go(&format!("documents/job_{later}/1-a"), begun));
        assert!(!may_go(&format!("results/job_{earlier}/1-a"), begun), "another database's");
        assert!(may_go(&format!("logs/job_{later}/1-a"), begun));
        assert!(!may_go(&format!("pictures/job_{later}/1-a"), begun), "a newer version's");
        for odd in ["", "datasets", "datasets/ds_1/1-a", "lost+found/a/b"] {
            assert!(!may_go(odd, begun), "{odd}");
        }
    }
}
