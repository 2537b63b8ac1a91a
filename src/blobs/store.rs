//! What keeps blobs.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::pin::Pin;

use tokio::sync::mpsc;

use super::{BlobName, Draft, Opened, StoredFile};

/// What a store answers later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// A place for blobs. A blob appears as a whole when it is published or not at all, stays as it is until
/// it is removed, and whoever hears that publishing failed finds none. Work that is no longer waited for
/// may still be done.
pub trait BlobStore: fmt::Debug + Send + Sync + 'static {
    /// A local file for a blob that is being written.
    fn draft(&self, name: &BlobName) -> io::Result<Draft>;

    /// A local file for anything, without a name.
    fn spool(&self, name: &str) -> io::Result<File>;

    /// Makes a draft's bytes durable under its name.
    fn publish<'a>(&'a self, name: &'a BlobName, draft: Draft) -> Pending<'a, ()>;

    /// Opens the whole or a range, which is not empty.
    fn open<'a>(&'a self, name: &'a BlobName, range: Option<Range<u64>>) -> Pending<'a, Opened>;

    fn remove<'a>(&'a self, name: &'a BlobName) -> Pending<'a, ()>;

    /// Shows every file, page by page, until nobody takes them any more.
    fn list(&self, show: mpsc::Sender<StoredFile>) -> Pending<'_, ()>;

    fn clear<'a>(&'a self, file: &'a StoredFile) -> Pending<'a, bool>;

    /// However often it is asked for, one look at a time.
    fn probe<'a>(&'a self, name: &'a str) -> Pending<'a, ()>;

    fn clear_unfinished(&self) -> io::Result<()>;
}
