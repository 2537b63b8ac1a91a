//! All files that are kept, one after the other: for who checks or clears away.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::Disk;

/// A file in the folder of blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// A blob's name; of other files, the path below the folder.
    pub name: String,
    pub changed_at: DateTime<Utc>,
    /// It was begun, and is not a blob yet.
    pub is_unfinished: bool,
}

impl Disk {
    /// Shows every file, until `show` wants no more. What comes and goes meanwhile may be shown or not.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self, show: &mut dyn FnMut(StoredFile) -> bool) -> io::Result<()> {
        self.below(self.root(), show).map(drop)
    }

    /// Removes a file that was shown; `false` when somebody else has.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub fn clear(&self, file: &StoredFile) -> io::Result<bool> {
        match fs::remove_file(self.root().join(&file.name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    fn below(&self, folder: &Path, show: &mut dyn FnMut(StoredFile) -> bool) -> io::Result<bool> {
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
                let name = path.strip_prefix(self.root()).unwrap_or(&path);
                show(StoredFile {
                    name: name.to_string_lossy().into_owned(),
                    changed_at: metadata.modified()?.into(),
                    is_unfinished: path.starts_with(self.aside()),
                })
            };
            if !goes_on {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
