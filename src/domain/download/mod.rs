//! The bytes of a stored result on their way out. They are kept compressed; they go out as they are kept, or
//! unpacked on the way, a piece each time that somebody takes one, so that a large result is never in
//! memory as a whole and a slow client holds little.
//!
//! What goes out was checked against the length and the SHA-256 that were stored. Small results are checked
//! before anything of them is sent; of large ones the last piece is held back until all have been seen, and
//! what is damaged ends in an error instead.

pub(super) mod check;
mod pieces;
mod unpacked;

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::io::{AsyncRead, AsyncReadExt};
use zstd::bulk::Decompressor;

use super::Domain;
use super::storage_object::{Located, deleted};
use crate::error::Error;
use crate::model::api_key::Principal;
use crate::model::id::WorkspaceId;
use crate::model::storage_object::{BodyPlace, ObjectName, StorageObject};
use check::Check;

pub use unpacked::Unpacked;

/// Results up to this length are unpacked and checked as a whole before they are sent.
const WHOLE: u64 = 1024 * 1024;

/// Pieces of bytes; an error is the end, and says that the bytes before it are not to be relied on.
pub type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The bytes as they are kept, as they come.
type Reader = Pin<Box<dyn AsyncRead + Send>>;

/// Bytes that go out, and how many they are.
pub struct Content {
    pub length: u64,
    pub bytes: Outgoing,
}

pub enum Outgoing {
    Whole(Bytes),
    File(Arc<File>),
    Pieces(Pieces),
}

/// A result with the way to its bytes.
pub struct Opened {
    pub located: Located,
    place: BodyPlace,
    domain: Domain,
}

/// The bytes as they are kept.
enum Packed {
    Row(Bytes),
    Blob { length: u64, reader: Reader },
}

impl Domain {
    /// Finds a result by any of its names, and opens it.
    ///
    /// # Errors
    /// `NOT_FOUND` as [`Domain::locate_storage_object`] has it.
    pub async fn open_result(&self, who: &Principal, name: &str) -> Result<Opened, Error> {
        match self.open_object(who.workspace_id, &ObjectName::of(name)).await? {
            Some(opened) => Ok(opened),
            None => Err(self.why_no_result(who, name).await?),
        }
    }

    pub(super) async fn open_object(
        &self,
        workspace: WorkspaceId,
        name: &ObjectName,
    ) -> Result<Option<Opened>, Error> {
        let Some((object, place)) = self.store.stored_object(workspace, name).await? else {
            return Ok(None);
        };
        let located = Located { object, is_fixed: name.is_fixed() };
        Ok(Some(Opened { located, place, domain: self.clone() }))
    }

    /// The bytes go with the row of their object, or after it, so they are missing only if that is there still.
    async fn why_no_bytes(&self, object: &StorageObject, error: io::Error) -> Result<Error, Error> {
        let name = ObjectName::Id(object.id);
        Ok(match self.store.stored_object(object.workspace_id, &name).await? {
            None => deleted(&object.job_id.to_string()),
            Some(_) => Error::internal(error),
        })
    }
}

impl Opened {
    pub fn object(&self) -> &StorageObject {
        &self.located.object
    }

    /// The bytes as they were stored.
    ///
    /// # Errors
    /// When they are damaged, or the result was deleted since it was opened.
    pub async fn plain(&self) -> Result<Content, Error> {
        let (object, unpacked) = (self.object(), &self.domain.unpacked);
        let length = object.size_bytes;
        if let Some(bytes) = unpacked.find(object) {
            return Ok(Content { length, bytes });
        }
        let packed = self.open().await?;
        let bytes = if length <= WHOLE {
            let plain = Bytes::from(checked(object, &packed.whole(object).await?)?);
            unpacked.keep(object, &plain);
            Outgoing::Whole(plain)
        } else {
            let pieces = pieces::plain(packed.reader(), Check::of(object))?;
            Outgoing::Pieces(unpacked.keeping(object, pieces))
        };
        Ok(Content { length, bytes })
    }

    /// The bytes as they are kept, in one frame of zstd. They are unpacked beside it, to be checked.
    ///
    /// # Errors
    /// When they are damaged, or the result was deleted since it was opened.
    pub async fn packed(&self) -> Result<Content, Error> {
        let (object, unpacked) = (self.object(), &self.domain.unpacked);
        if let Some(zstd) = unpacked.find_packed(object) {
            return Ok(Content { length: zstd.len() as u64, bytes: Outgoing::Whole(zstd) });
        }
        let packed = self.open().await?;
        let length = packed.length();
        if length == 0 {
            return Err(Error::internal(Check::of(object).damaged("nothing of it is kept")));
        }
        let bytes = if object.size_bytes <= WHOLE {
            let zstd = packed.whole(object).await?;
            checked(object, &zstd)?;
            unpacked.keep_packed(object, &zstd);
            Outgoing::Whole(zstd)
        } else {
            Outgoing::Pieces(pieces::packed(packed.reader(), length, Check::of(object))?)
        };
        Ok(Content { length, bytes })
    }

    async fn open(&self) -> Result<Packed, Error> {
        let (domain, object) = (&self.domain, &self.located.object);
        let opened = match &self.place {
            BodyPlace::Row => {
                let zstd = domain.store.result_body(object).await?;
                zstd.map(|zstd| Packed::Row(zstd.into())).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::NotFound, "there is no row with its bytes")
                })
            }
            BodyPlace::Blob(name) => {
                let blob = domain.blobs.open(name, None).await;
                blob.map(|blob| Packed::Blob { length: blob.len, reader: blob.into_async() })
            }
        };
        match opened {
            Ok(packed) => Ok(packed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(domain.why_no_bytes(object, error).await?)
            }
            Err(error) => Err(Error::internal(error)),
        }
    }
}

impl Packed {
    fn length(&self) -> u64 {
        match self {
            Self::Row(zstd) => zstd.len() as u64,
            Self::Blob { length, .. } => *length,
        }
    }

    fn reader(self) -> Reader {
        match self {
            Self::Row(zstd) => Box::pin(io::Cursor::new(zstd)),
            Self::Blob { reader, .. } => reader,
        }
    }

    /// All of a small result's bytes: what is kept of it is hardly more than what it unpacks to.
    async fn whole(self, object: &StorageObject) -> Result<Bytes, Error> {
        let (length, mut reader) = match self {
            Self::Row(zstd) => return Ok(zstd),
            Self::Blob { length, reader } => (length, reader),
        };
        if length > 2 * WHOLE {
            return Err(Error::internal(
                Check::of(object).damaged("more of it is kept than it has"),
            ));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(Error::internal)?);
        reader.read_to_end(&mut bytes).await.map_err(Error::internal)?;
        Ok(bytes.into())
    }
}

impl Content {
    /// Only a part of the bytes: `length` of them, behind the first `skipped`.
    #[must_use]
    pub fn part(self, skipped: u64, length: u64) -> Self {
        let bytes = match self.bytes {
            Outgoing::Whole(bytes) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let end = skipped.saturating_add(length);
                Outgoing::Whole(bytes.slice(at(skipped)..at(end)))
            }
            Outgoing::File(file) => Outgoing::Pieces(pieces::of_file(file, skipped, length)),
            Outgoing::Pieces(all) => Outgoing::Pieces(pieces::part(all, skipped, length)),
        };
        Self { length, bytes }
    }

    /// One after the other.
    pub fn pieces(self) -> Pieces {
        match self.bytes {
            Outgoing::Whole(bytes) => Box::pin(stream::once(async { Ok(bytes) })),
            Outgoing::File(file) => pieces::of_file(file, 0, self.length),
            Outgoing::Pieces(pieces) => pieces,
        }
    }

    /// All of it at once.
    ///
    /// # Errors
    /// When the bytes are damaged or cannot be read.
    pub async fn whole(self) -> io::Result<Bytes> {
        match self.bytes {
            Outgoing::Whole(bytes) => Ok(bytes),
            _ => pieces::joined(self.pieces()).await,
        }
    }
}

/// Unpacks all of a small result.
///
/// A decompressor is large and slow to make, so each thread keeps its own.
fn checked(object: &StorageObject, zstd: &[u8]) -> Result<Vec<u8>, Error> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let length = usize::try_from(object.size_bytes).map_err(Error::internal)?;
    let plain = DECOMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Some(Decompressor::new()?);
        }
        match kept {
            Some(decompressor) => decompressor.decompress(zstd, length),
            None => zstd::bulk::decompress(zstd, length),
        }
    });
    let right = plain.and_then(|plain| {
        let mut check = Check::of(object);
        check.take(&plain)?;
        check.end()?;
        Ok(plain)
    });
    right.map_err(Error::internal)
}
