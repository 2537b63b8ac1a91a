//! Bytes that are too large for a row: datasets and large results. A blob's name is never used twice,
//! so a blob that is there is whole and never changes; a blob no row points at is harmless.

mod disk;
mod listing;

pub use disk::{BlobWriter, Disk};
pub use listing::StoredFile;
