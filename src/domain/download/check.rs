//! Whether bytes are those that were stored.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::model::storage_object::StorageObject;

/// Sees plain bytes in their order.
pub struct Check {
    /// What is checked, for people.
    what: String,
    left: u64,
    sha256: String,
    /// None once the last byte was seen and all were right.
    hasher: Option<Sha256>,
}

impl Check {
    pub fn of(object: &StorageObject) -> Self {
        Self::new(object.id.to_string(), object.size_bytes, object.sha256.clone())
    }

    /// `sha256` in hex.
    pub fn new(what: String, size_bytes: u64, sha256: String) -> Self {
        Self { what, left: size_bytes, sha256, hasher: Some(Sha256::new()) }
    }

    /// Sees the next bytes. With the last of them it is told whether all were right.
    pub fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| self.damaged("has more bytes than were stored"))?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        if self.left == 0 { self.compare() } else { Ok(()) }
    }

    /// Nothing follows.
    pub fn end(&mut self) -> io::Result<()> {
        match self.left {
            0 => self.compare(),
            left => Err(self.damaged(&format!("lacks its last {left} bytes"))),
        }
    }

    /// Whether all bytes were seen, and were right.
    pub fn is_done(&self) -> bool {
        self.hasher.is_none()
    }

    fn compare(&mut self) -> io::Result<()> {
        let Some(hasher) = self.hasher.take() else { return Ok(()) };
        if hex::encode(hasher.finalize()) == self.sha256 {
            return Ok(());
        }
        Err(self.damaged("has another sha256"))
    }

    /// An error for what is wrong with these bytes.
    pub fn damaged(&self, what: &str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, format!("{} is damaged: {what}", self.what))
    }
}

/// Where bytes go that are only to be seen.
impl Write for Check {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
