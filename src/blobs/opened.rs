//! A blob that is being read: by a task that awaits, or by a thread that may block.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::SyncIoBridge;

use super::BlobName;

/// Blobs up to this long are in memory before a thread reads them, so that reading them waits for nothing.
const AT_HAND: u64 = 128 * 1024;

/// An open blob. Its bytes are as they were stored.
pub struct Opened {
    /// Length of the whole blob.
    pub size: u64,
    /// Length of what is to be read: less than the whole when a range was asked for.
    pub len: u64,
    body: Body,
}

enum Body {
    File(File),
    Stream(Pin<Box<dyn AsyncRead + Send>>),
}

impl Opened {
    /// From a file that stands where reading begins.
    pub(super) fn file(file: File, size: u64, len: u64) -> Self {
        Self { size, len, body: Body::File(file) }
    }

    /// From bytes as they come; they end after `len`, or with an error.
    #[expect(dead_code, reason = "for stores that are not a disk")]
    pub(super) fn stream(body: impl AsyncRead + Send + 'static, size: u64, len: u64) -> Self {
        Self { size, len, body: Body::Stream(Box::pin(body)) }
    }

    /// For a task. No more is read than was taken.
    pub fn into_async(self) -> Pin<Box<dyn AsyncRead + Send>> {
        match self.body {
            Body::File(file) => Box::pin(tokio::fs::File::from_std(file).take(self.len)),
            Body::Stream(stream) => stream,
        }
    }

    /// For a thread.
    ///
    /// # Errors
    /// When a small blob cannot be read.
    pub async fn into_std(self) -> io::Result<BlobReader> {
        let (inner, is_at_hand): (Box<dyn Read + Send>, bool) = match self.body {
            Body::File(file) => (Box::new(file.take(self.len)), true),
            Body::Stream(mut stream) if self.len <= AT_HAND => {
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes).await?;
                (Box::new(Cursor::new(bytes)), true)
            }
            Body::Stream(stream) => (Box::new(SyncIoBridge::new(stream)), false),
        };
        Ok(BlobReader { inner, is_at_hand })
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("size", &self.size)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// Reads a blob where blocking is allowed.
pub struct BlobReader {
    inner: Box<dyn Read + Send>,
    is_at_hand: bool,
}

impl BlobReader {
    /// Whether reading waits for this machine alone. Otherwise it must not be read by a thread that runs
    /// tasks.
    pub fn is_at_hand(&self) -> bool {
        self.is_at_hand
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

/// The range holds nothing of the blob.
pub(super) fn no_such_range(name: &BlobName) -> io::Error {
    let message = format!("the range holds nothing of blob {name}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
