//! Bytes that are too large for a row: datasets and large results. A blob's name is never used twice,
//! so a blob that is there is whole and never changes; a blob no row points at is harmless.
//!
//! [`Blobs`] is what everybody uses; behind it is one [`BlobStore`]: a folder ([`Disk`]) or a bucket
//! ([`s3::S3`]). What a store must keep to is said at the trait, and one suite of tests holds all to it.

mod disk;
mod listing;
mod name;
mod opened;
mod packing;
pub mod s3;
mod store;
mod writer;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

pub use disk::Disk;
pub use listing::{Listing, StoredFile};
pub use name::BlobName;
pub use opened::{BlobReader, Opened};
pub use packing::{Packed, Packing};
pub use store::{BlobStore, Pending};
pub use writer::{BlobWriter, Draft};

/// All blobs, wherever they are; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn BlobStore>);

impl Blobs {
    pub fn new(store: impl BlobStore) -> Self {
        Self(Arc::new(store))
    }

    /// Begins a blob; it appears under `name` when the writer is committed.
    ///
    /// # Errors
    /// When its file cannot be made, or the name is not of the form `{kind}/{owner}/{part}`.
    pub fn create(&self, name: &str) -> io::Result<BlobWriter> {
        let name = name.parse()?;
        let draft = self.0.draft(&name)?;
        Ok(BlobWriter::new(name, draft, Arc::clone(&self.0)))
    }

    /// A local file for bytes on their way in, gone when it is closed.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn spool(&self, name: &str) -> io::Result<File> {
        self.0.spool(name)
    }

    /// Opens a blob, or the bytes of a range of it; a range is cut off at the blob's end.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is no such blob, [`io::ErrorKind::InvalidInput`] when the
    /// range is empty or begins beyond its end.
    pub async fn open(&self, name: &str, range: Option<Range<u64>>) -> io::Result<Opened> {
        let name = name.parse()?;
        if range.as_ref().is_some_and(Range::is_empty) {
            return Err(opened::no_such_range(&name));
        }
        self.0.open(&name, range).await
    }

    /// Removes a blob; one that is not there is no error.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        let name = name.parse()?;
        self.0.remove(&name).await
    }

    /// Begins to list everything that is kept. What comes and goes meanwhile may be shown or not.
    pub fn list(&self) -> Listing {
        Listing::begin(Arc::clone(&self.0))
    }

    /// Removes a file that was shown; `false` when somebody else has.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub async fn clear(&self, file: &StoredFile) -> io::Result<bool> {
        self.0.clear(file).await
    }

    /// Does once all that blobs need of their store, and leaves nothing.
    ///
    /// # Errors
    /// What does not work.
    pub async fn check(&self, name: &str) -> io::Result<()> {
        self.0.check(name).await
    }

    /// Writes a few bytes where blobs are written; nothing of them is left.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn probe(&self, name: &str) -> io::Result<()> {
        self.0.probe(name).await
    }

    /// Clears away what this node began and never finished; only for who is alone on the store's local
    /// files, at its start.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear_unfinished(&self) -> io::Result<()> {
        self.0.clear_unfinished()
    }
}
