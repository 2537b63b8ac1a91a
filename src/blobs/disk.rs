//! Blobs as files: written aside, synced, renamed, and the folder synced, so that a blob appears whole
//! or not at all, also after a power loss.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::spawn_blocking;

use super::opened::no_such_range;
use super::writer::nameless;
use super::{BlobName, BlobStore, Draft, Opened, Pending, StoredFile};
use crate::failpoint;

/// Blobs under one folder.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    /// A disk that hangs holds one thread, not one for each time that somebody asks.
    probing: Arc<Semaphore>,
}

impl Disk {
    /// Opens the folder and makes it when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: &Path) -> io::Result<Self> {
        let disk = Self::as_is(root);
        fs::create_dir_all(disk.aside())?;
        Ok(disk)
    }

    /// The folder as it is: nothing is made, and where it is not there no blob is.
    pub fn as_is(root: &Path) -> Self {
        Self { root: root.to_owned(), probing: Arc::new(Semaphore::new(1)) }
    }

    fn aside(&self) -> PathBuf {
        self.root.join("aside")
    }

    fn path(&self, name: &BlobName) -> PathBuf {
        self.root.join(name.as_str())
    }

    /// Looks the file up where it is called: that takes less than another thread would.
    fn read(&self, name: &BlobName, range: Option<Range<u64>>) -> io::Result<Opened> {
        let mut file = File::open(self.path(name))?;
        let size = file.metadata()?.len();
        let Some(range) = range else { return Ok(Opened::file(file, size, size)) };
        if range.start >= size {
            return Err(no_such_range(name));
        }
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Opened::file(file, size, range.end.min(size) - range.start))
    }

    /// Shows the files below a folder; `false` when nobody takes them any more.
    fn below(&self, folder: &Path, show: &mpsc::Sender<StoredFile>) -> io::Result<bool> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let metadata = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            let goes_on = if metadata.is_dir() {
                self.below(&path, show)?
            } else {
                let name = path.strip_prefix(&self.root).unwrap_or(&path);
                let file = StoredFile {
                    name: name.to_string_lossy().into_owned(),
                    changed_at: metadata.modified()?.into(),
                    is_unfinished: path.starts_with(self.aside()),
                };
                show.blocking_send(file).is_ok()
            };
            if !goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl BlobStore for Disk {
    fn draft(&self, name: &BlobName) -> io::Result<Draft> {
        Draft::named(self.aside().join(name.as_str().replace('/', "+")))
    }

    fn spool(&self, name: &str) -> io::Result<File> {
        nameless(&self.aside().join(name))
    }

    fn publish<'a>(&'a self, name: &'a BlobName, draft: Draft) -> Pending<'a, ()> {
        let path = self.path(name);
        on_a_thread(move || publish(draft, &path))
    }

    fn open<'a>(&'a self, name: &'a BlobName, range: Option<Range<u64>>) -> Pending<'a, Opened> {
        Box::pin(async move { self.read(name, range) })
    }

    fn remove<'a>(&'a self, name: &'a BlobName) -> Pending<'a, ()> {
        let path = self.path(name);
        on_a_thread(move || remove(&path).map(drop))
    }

    fn list(&self, show: mpsc::Sender<StoredFile>) -> Pending<'_, ()> {
        let disk = self.clone();
        on_a_thread(move || disk.below(&disk.root, &show).map(drop))
    }

    fn clear<'a>(&'a self, file: &'a StoredFile) -> Pending<'a, bool> {
        let path = self.root.join(&file.name);
        on_a_thread(move || remove(&path))
    }

    fn probe<'a>(&'a self, name: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            let permit = Arc::clone(&self.probing).acquire_owned().await;
            let permit = permit.map_err(io::Error::other)?;
            let path = self.aside().join(name);
            on_a_thread(move || {
                let done = nameless(&path).and_then(|mut file| file.write_all(&[0; 64]));
                drop(permit);
                done
            })
            .await
        })
    }

    fn clear_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.aside())? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Pending<'static, T> {
    Box::pin(async move { spawn_blocking(work).await.map_err(io::Error::other)? })
}

/// Removes a file; `false` when it is not there.
fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

fn publish(draft: Draft, path: &Path) -> io::Result<()> {
    failpoint::reach_blocking("blob.after_write")?;
    draft.file.sync_all()?;
    failpoint::reach_blocking("blob.after_sync")?;
    let folder = path.parent().unwrap_or(path).to_owned();
    fs::create_dir_all(&folder)?;
    draft.rename(path)?;
    let settled = settle(&folder);
    if settled.is_err() {
        // Whoever hears of an error is sure that it is not there.
        fs::remove_file(path)?;
    }
    settled
}

/// Makes the names in a folder of blobs durable.
fn settle(folder: &Path) -> io::Result<()> {
    failpoint::reach_blocking("blob.after_rename")?;
    let kind = folder.parent().unwrap_or(folder);
    let root = kind.parent().unwrap_or(kind);
    for folder in [folder, kind, root] {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::Blobs;

    #[tokio::test]
    async fn what_a_kill_left_beside_the_blobs_is_cleared_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(Disk::open(folder.path()).unwrap());
        let aside = folder.path().join("aside");
        let mut abandoned = blobs.create("results/job_1/1-a").unwrap();
        abandoned.write_all(b"half").unwrap();
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 1);
        drop(abandoned);
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 0);
        fs::write(aside.join("results+job_1+1-b"), b"half").unwrap();
        blobs.clear_unfinished().unwrap();
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 0);
    }
}
