//! This node: a file in the data directory that names it and that one process at a time holds.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::StartError;
use crate::clock::random_bytes;
use crate::error::Error;

const FILE: &str = "node_id";

/// The lock is held for as long as this lives.
pub struct Node {
    id: String,
    _file: File,
}

impl Node {
    /// Takes the data directory for this process; names the node at its first start.
    pub fn lock(data_dir: &Path) -> Result<Self, StartError> {
        let path = data_dir.join(FILE);
        let failed = |what: &str| StartError::io(format!("cannot {what} {}", path.display()));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::InUse(data_dir.display().to_string()));
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock")(error)),
        }
        let mut id = String::new();
        file.read_to_string(&mut id).map_err(failed("read"))?;
        let mut id = id.trim().to_owned();
        if id.is_empty() {
            let random = random_bytes::<8>().map_err(Error::from)?;
            id = format!("node-{}", hex::encode(random));
            file.rewind().map_err(failed("write"))?;
            file.write_all(id.as_bytes()).map_err(failed("write"))?;
            file.sync_all().map_err(failed("write"))?;
        }
        Ok(Self { id, _file: file })
    }

    pub fn id(&self) -> &str {
        &self.id
    }
}
