//! The bytes of a stored result on their way out. They are kept compressed; they go out as they are kept, or
//! unpacked on the way, a piece each time that somebody takes one, so that a large result is never in
//! memory as a whole and a slow client holds little.
//!
//! What goes out was checked against the length and the SHA-256 that were stored. Small results are checked
//! before anything of them is sent; of large ones the last piece is held back until all have been seen, and
//! what is damaged ends in an error instead.

mod check;
mod pieces;

use std::cell::RefCell;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use tokio::io::AsyncRead;
use zstd::bulk::Decompressor;

use super::Domain;
use super::storage_object::{Located, deleted};
use crate::error::Error;
use crate::model::api_key::Principal;
use crate::model::id::WorkspaceId;
use crate::model::storage_object::{Body, ObjectName, StorageObject};
use check::Check;

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
    Pieces(Pieces),
}

/// A result with the way to its bytes.
pub struct Opened {
    pub located: Located,
    body: Kept,
}

/// The bytes as they are kept.
enum Kept {
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
        let Some((object, body)) = self.store.stored_object(workspace, name).await? else {
            return Ok(None);
        };
        let located = Located { object, is_fixed: name.is_fixed() };
        Ok(Some(self.opened(located, body).await?))
    }

    async fn opened(&self, located: Located, body: Body) -> Result<Opened, Error> {
        let body = match body {
            Body::Row(zstd) => Kept::Row(zstd.into()),
            Body::Blob(name) => {
                let blob = match self.blobs.open(&name, None).await {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Err(self.why_no_blob(&located.object, error).await?);
                    }
                    opened => opened.map_err(Error::internal)?,
                };
                Kept::Blob { length: blob.len, reader: blob.into_async() }
            }
        };
        Ok(Opened { located, body })
    }

    /// A blob goes after its row, so one that is not there is missing only if the row is there still.
    async fn why_no_blob(&self, object: &StorageObject, error: io::Error) -> Result<Error, Error> {
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

    /// How many bytes are kept, compressed.
    pub fn packed_length(&self) -> u64 {
        match &self.body {
            Kept::Row(zstd) => zstd.len() as u64,
            Kept::Blob { length, .. } => *length,
        }
    }

    /// The bytes as they were stored.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn plain(self) -> Result<Content, Error> {
        let object = &self.located.object;
        let length = object.size_bytes;
        let bytes = match self.body {
            Kept::Row(zstd) if length <= WHOLE => Outgoing::Whole(unpacked(object, &zstd)?.into()),
            body => Outgoing::Pieces(pieces::plain(body.reader(), Check::of(object))?),
        };
        Ok(Content { length, bytes })
    }

    /// The bytes as they are kept, in one frame of zstd. They are unpacked beside it, to be checked.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn packed(self) -> Result<Content, Error> {
        let (object, length) = (&self.located.object, self.packed_length());
        if length == 0 {
            return Err(Error::internal(Check::of(object).damaged("nothing of it is kept")));
        }
        let bytes = match self.body {
            Kept::Row(zstd) if object.size_bytes <= WHOLE => {
                unpacked(object, &zstd)?;
                Outgoing::Whole(zstd)
            }
            body => Outgoing::Pieces(pieces::packed(body.reader(), length, Check::of(object))?),
        };
        Ok(Content { length, bytes })
    }
}

impl Kept {
    fn reader(self) -> Reader {
        match self {
            Self::Row(zstd) => Box::pin(io::Cursor::new(zstd)),
            Self::Blob { reader, .. } => reader,
        }
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
            Outgoing::Pieces(all) => Outgoing::Pieces(pieces::part(all, skipped, length)),
        };
        Self { length, bytes }
    }

    /// All of it at once.
    ///
    /// # Errors
    /// When the bytes are damaged or cannot be read.
    pub async fn whole(self) -> io::Result<Bytes> {
        match self.bytes {
            Outgoing::Whole(bytes) => Ok(bytes),
            Outgoing::Pieces(pieces) => pieces::joined(pieces).await,
        }
    }
}

/// A decompressor is large and slow to make, so each thread keeps its own.
fn unpacked(object: &StorageObject, zstd: &[u8]) -> Result<Vec<u8>, Error> {
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
    let checked = plain.and_then(|plain| {
        let mut check = Check::of(object);
        check.take(&plain)?;
        check.end()?;
        Ok(plain)
    });
    checked.map_err(Error::internal)
}
