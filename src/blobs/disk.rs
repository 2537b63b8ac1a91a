//! Blobs as files: written aside, synced, renamed, and the folder synced, so that a blob appears whole
//! or not at all, also after a power loss.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failpoint;

/// Blobs under one folder.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Opens the folder and makes it when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: &Path) -> io::Result<Self> {
        let disk = Self { root: root.to_owned() };
        fs::create_dir_all(disk.aside())?;
        Ok(disk)
    }

    /// The folder as it is: nothing is made, and where it is not there no blob is.
    pub fn as_is(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Clears away what was never finished; only for who is alone on this folder, at its start.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.aside())? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// Begins a blob; it appears under `name` when the writer is committed.
    ///
    /// # Errors
    /// When the file cannot be made, or the name is not of the form `{kind}/{owner}/{part}`.
    pub fn create(&self, name: &str) -> io::Result<BlobWriter> {
        let path = self.path(name)?;
        let aside = self.aside().join(name.replace('/', "+"));
        let file = File::options().write(true).create_new(true).open(&aside)?;
        Ok(BlobWriter { file, aside: Some(aside), path })
    }

    /// A file for bytes on their way in, gone when it is closed.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn spool(&self, name: &str) -> io::Result<File> {
        let path = self.aside().join(name);
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    /// Writes a few bytes where blobs are written; nothing of them is left.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn probe(&self, name: &str) -> io::Result<()> {
        self.spool(name)?.write_all(&[0; 64])
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// When there is no such blob.
    pub fn read(&self, name: &str) -> io::Result<File> {
        File::open(self.path(name)?)
    }

    /// Removes a blob; one that is not there is no error.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn aside(&self) -> PathBuf {
        self.root.join("aside")
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let part_is_plain = |part: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            !part.is_empty() && part.bytes().all(allowed)
        };
        let parts: Vec<&str> = name.split('/').collect();
        if parts.len() != 3 || !parts.into_iter().all(part_is_plain) {
            let message = format!("`{name}` is not a blob name");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(self.root.join(name))
    }
}

/// A blob being written; dropped without [`BlobWriter::commit`], it was never there.
#[derive(Debug)]
pub struct BlobWriter {
    file: File,
    aside: Option<PathBuf>,
    path: PathBuf,
}

impl BlobWriter {
    /// Makes the blob durable and lets it appear.
    ///
    /// # Errors
    /// When it cannot be synced or renamed; it is then not there.
    pub fn commit(mut self) -> io::Result<()> {
        failpoint::reach_blocking("blob.after_write")?;
        self.file.sync_all()?;
        failpoint::reach_blocking("blob.after_sync")?;
        let folder = self.path.parent().unwrap_or(&self.path).to_owned();
        fs::create_dir_all(&folder)?;
        if let Some(aside) = self.aside.take() {
            fs::rename(&aside, &self.path)?;
        }
        let settled = settle(&folder);
        if settled.is_err() {
            // Whoever hears of an error is sure that it is not there.
            fs::remove_file(&self.path)?;
        }
        settled
    }
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

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if let Some(aside) = self.aside.take()
            && let Err(error) = fs::remove_file(&aside)
        {
            tracing::warn!(%error, path = %aside.display(), "an unfinished blob stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_blob_is_there_once_it_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let name = "datasets/ds_1/1-abc";
        let mut writer = disk.create(name).unwrap();
        writer.write_all(b"one").unwrap();
        assert!(disk.read(name).is_err());
        writer.commit().unwrap();
        let mut text = String::new();
        disk.read(name).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
        disk.remove(name).unwrap();
        disk.remove(name).unwrap();
        assert!(disk.read(name).is_err());
    }

    #[test]
    fn an_abandoned_blob_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        drop(disk.create("results/job_1/1-a").unwrap());
        assert!(disk.read("results/job_1/1-a").is_err());
        let left_by_a_kill = folder.path().join("aside").join("results+job_1+1-b");
        fs::write(&left_by_a_kill, b"half").unwrap();
        disk.clear_unfinished().unwrap();
        assert_eq!(fs::read_dir(folder.path().join("aside")).unwrap().count(), 0);
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        for name in ["", "a/b", "../a/b", "a/../b", "a//b", "/a/b", "a/b/c/d", "a/b/c.d"] {
            assert!(disk.create(name).is_err(), "{name}");
            assert!(disk.read(name).is_err(), "{name}");
        }
    }
}
