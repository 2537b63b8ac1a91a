//! All files that are kept, one after the other: for who checks or clears away.

use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::BlobStore;

/// How many files wait to be taken.
const AHEAD: usize = 500;

/// A file that a store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// A blob's name; of other files, the path in the store.
    pub name: String,
    pub changed_at: DateTime<Utc>,
    /// It was begun, and is not a blob yet.
    pub is_unfinished: bool,
}

/// The files as they are found, no faster than they are taken.
#[derive(Debug)]
pub struct Listing {
    files: mpsc::Receiver<StoredFile>,
    listing: JoinSet<io::Result<()>>,
}

impl Listing {
    pub(super) fn begin(store: Arc<dyn BlobStore>) -> Self {
        let (show, files) = mpsc::channel(AHEAD);
        let mut listing = JoinSet::new();
        listing.spawn(async move { store.list(show).await });
        Self { files, listing }
    }

    /// `None` at the end; [`Listing::end`] says whether it is the end of all.
    pub async fn next(&mut self) -> Option<StoredFile> {
        self.files.recv().await
    }

    /// Whether all could be listed.
    ///
    /// # Errors
    /// What stood in the way.
    pub async fn end(mut self) -> io::Result<()> {
        drop(self.files);
        match self.listing.join_next().await {
            Some(ended) => ended.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }
}
