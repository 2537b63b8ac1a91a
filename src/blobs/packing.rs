//! Plain bytes on their way into a compressed blob: hashed and counted as they pass.

use std::fmt;
use std::io::{self, BufWriter, Write};

use sha2::{Digest, Sha256};

use super::BlobWriter;

const COMPRESSION_LEVEL: i32 = 3;
/// How far back the compressor looks, as a power of two: half a MiB, so that many can be under way.
const WINDOW_LOG: u32 = 19;

/// A blob that is compressed while it is written.
pub struct Packing {
    encoder: zstd::Encoder<'static, BufWriter<BlobWriter>>,
    hasher: Sha256,
    size_bytes: u64,
}

/// A blob with all of its bytes, to be committed.
#[derive(Debug)]
pub struct Packed {
    pub writer: BlobWriter,
    /// Length of the plain bytes.
    pub size_bytes: u64,
    /// Of the plain bytes, in hex.
    pub sha256: String,
}

impl Packing {
    /// # Errors
    /// When there is no memory for a compressor.
    pub fn new(writer: BlobWriter) -> io::Result<Self> {
        let mut encoder = zstd::Encoder::new(BufWriter::new(writer), COMPRESSION_LEVEL)?;
        encoder.window_log(WINDOW_LOG)?;
        Ok(Self { encoder, hasher: Sha256::new(), size_bytes: 0 })
    }

    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(self) -> io::Result<Packed> {
        let buffered = self.encoder.finish()?;
        let writer = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
        let sha256 = hex::encode(self.hasher.finalize());
        Ok(Packed { writer, size_bytes: self.size_bytes, sha256 })
    }
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.encoder.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()
    }
}

impl fmt::Debug for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packing").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}
