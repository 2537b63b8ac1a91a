//! A blob that is being written: to a local file, whatever the store, so that writers need no more memory
//! than they use themselves and wait for no network.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BlobName, BlobStore};

/// A blob being written; dropped without [`BlobWriter::commit`], it was never there.
#[derive(Debug)]
pub struct BlobWriter {
    name: BlobName,
    draft: Draft,
    store: Arc<dyn BlobStore>,
}

impl BlobWriter {
    pub(super) fn new(name: BlobName, draft: Draft, store: Arc<dyn BlobStore>) -> Self {
        Self { name, draft, store }
    }

    /// Makes the blob durable and lets it appear.
    ///
    /// # Errors
    /// When it cannot be; it is then not there.
    pub async fn commit(self) -> io::Result<()> {
        let Self { name, draft, store } = self;
        store.publish(&name, draft).await
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.draft.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.draft.file.flush()
    }
}

/// The local file behind a writer. When it has a name, the file goes with the draft unless it was taken.
#[derive(Debug)]
pub struct Draft {
    pub(super) file: File,
    path: Option<PathBuf>,
}

impl Draft {
    /// A file beside the blobs, to be renamed.
    pub(super) fn named(path: PathBuf) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file, path: Some(path) })
    }

    /// Moves the file to where it belongs.
    pub(super) fn rename(mut self, to: &Path) -> io::Result<()> {
        let Some(path) = self.path.take() else { return Ok(()) };
        let renamed = fs::rename(&path, to);
        if renamed.is_err() {
            self.path = Some(path);
        }
        renamed
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = self.path.take()
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!(%error, path = %path.display(), "an unfinished blob stays behind");
        }
    }
}

/// A file that nobody else can find and that is gone when it is closed, or the process ends.
pub(super) fn nameless(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).write(true).create_new(true).open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}
