//! Results that were unpacked a moment ago and found right, so that the many who download the same one cost no
//! more than sending it. They are known by the SHA-256 of their bytes: whether a result is there, and who may have it,
//! is asked of its row each time.
//!
//! Small ones are in memory, also packed, as who takes them so would wait for the check each time. Large ones are in files without a name, which the system takes back when the
//! process ends, and only from the second time on that somebody asks: most are downloaded once.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use moka::sync::Cache;
use tokio::io::AsyncWriteExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Outgoing, Pieces, WHOLE};
use crate::blobs::Blobs;
use crate::clock::random_bytes;
use crate::model::storage_object::StorageObject;

/// So long something is kept at most, also of what was deleted meanwhile.
const LASTS: Duration = Duration::from_mins(10);
/// How many large results are remembered as asked for.
const ASKED: u64 = 10_000;
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Cheap to clone; clones share what they keep.
#[derive(Clone)]
pub struct Unpacked(Arc<Kept>);

struct Kept {
    is_off: bool,
    blobs: Blobs,
    small: Cache<String, Bytes>,
    large: Cache<String, Arc<File>>,
    asked: Cache<String, ()>,
    /// MiB of files that may be written at a time, however slowly they are taken.
    room: Arc<Semaphore>,
}

/// A file that is being filled.
struct Filling {
    unpacked: Unpacked,
    sha256: String,
    length: u64,
    left: u64,
    file: tokio::fs::File,
    _room: OwnedSemaphorePermit,
}

impl Unpacked {
    /// Keeps up to so many MiB in files beside the blobs, and a quarter of that in memory; none with 0.
    pub fn new(blobs: Blobs, mib: u32) -> Self {
        let bytes = u64::from(mib) * MIB;
        let weight = |length: u64| u32::try_from(length.div_ceil(KIB)).unwrap_or(u32::MAX);
        let small = Cache::builder()
            .max_capacity(bytes / 4 / KIB)
            .weigher(move |_: &String, bytes: &Bytes| weight(bytes.len() as u64))
            .time_to_live(LASTS)
            .build();
        let large = Cache::builder()
            .max_capacity(bytes / KIB)
            .weigher(move |_: &String, file: &Arc<File>| {
                weight(file.metadata().map_or(u64::MAX, |file| file.len()))
            })
            .time_to_live(LASTS)
            .build();
        let asked = Cache::builder().max_capacity(ASKED).time_to_live(LASTS).build();
        let room = Arc::new(Semaphore::new(usize::try_from(mib).unwrap_or(usize::MAX)));
        Self(Arc::new(Kept { is_off: mib == 0, blobs, small, large, asked, room }))
    }

    /// The bytes of a result, if they are kept.
    pub fn find(&self, object: &StorageObject) -> Option<Outgoing> {
        if object.size_bytes <= WHOLE {
            return self.0.small.get(&object.sha256).map(Outgoing::Whole);
        }
        self.0.large.get(&object.sha256).map(Outgoing::File)
    }

    /// A small result as it is packed, if it was found right and is kept.
    pub fn find_packed(&self, object: &StorageObject) -> Option<Bytes> {
        self.0.small.get(&packed(object))
    }

    /// Keeps the bytes of a small result that was found right.
    pub fn keep(&self, object: &StorageObject, bytes: &Bytes) {
        self.keep_small(object.sha256.clone(), bytes);
    }

    /// The same as they are packed.
    pub fn keep_packed(&self, object: &StorageObject, zstd: &Bytes) {
        self.keep_small(packed(object), zstd);
    }

    fn keep_small(&self, name: String, bytes: &Bytes) {
        if self.0.is_off {
            return;
        }
        self.0.small.insert(name, bytes.clone());
        // What is too much goes at once, not with some later call.
        self.0.small.run_pending_tasks();
    }

    /// The pieces of a large result, which are kept when the last of them was right.
    pub fn keeping(&self, object: &StorageObject, pieces: Pieces) -> Pieces {
        match self.begin(object) {
            Some(filling) => filled(pieces, filling),
            None => pieces,
        }
    }

    /// Forgets what lasted too long.
    pub fn tidy(&self) {
        self.0.small.run_pending_tasks();
        self.0.large.run_pending_tasks();
    }

    /// None when it is asked for the first time, there is no room, or no file can be made: it is sent all the same.
    fn begin(&self, object: &StorageObject) -> Option<Filling> {
        let Kept { blobs, asked, room, .. } = &*self.0;
        let (sha256, length) = (object.sha256.clone(), object.size_bytes);
        if !asked.contains_key(&sha256) {
            asked.insert(sha256, ());
            return None;
        }
        let mib = u32::try_from(length.div_ceil(MIB)).ok()?;
        let room = Arc::clone(room).try_acquire_many_owned(mib).ok()?;
        let name = format!("unpacked-{}", hex::encode(random_bytes::<8>().ok()?));
        let file = tokio::fs::File::from_std(blobs.spool(&name).ok()?);
        Some(Filling { unpacked: self.clone(), sha256, length, left: length, file, _room: room })
    }
}

/// What the packed bytes of a small result are kept under.
fn packed(object: &StorageObject) -> String {
    format!("{}.zst", object.sha256)
}

fn filled(pieces: Pieces, filling: Filling) -> Pieces {
    Box::pin(stream::try_unfold((pieces, Some(filling)), async |(mut pieces, filling)| {
        let Some(piece) = pieces.try_next().await? else { return Ok(None) };
        let filling = match filling {
            Some(filling) => filling.take(&piece).await,
            None => None,
        };
        Ok(Some((piece, (pieces, filling))))
    }))
}

impl Filling {
    /// Writes a piece; None when there is nothing more to write, or it cannot be written.
    async fn take(mut self, piece: &Bytes) -> Option<Self> {
        self.left = self.left.saturating_sub(piece.len() as u64);
        let written = self.file.write_all(piece).await;
        if let Err(error) = written {
            tracing::debug!(%error, "an unpacked result is not kept");
            return None;
        }
        if self.left > 0 {
            return Some(self);
        }
        if let Err(error) = self.finish().await {
            tracing::debug!(%error, "an unpacked result is not kept");
        }
        None
    }

    /// The last piece comes only when all of them were right.
    async fn finish(mut self) -> io::Result<()> {
        self.file.flush().await?;
        let file = self.file.into_std().await;
        if file.metadata()?.len() == self.length {
            self.unpacked.0.large.insert(self.sha256, Arc::new(file));
            self.unpacked.0.large.run_pending_tasks();
        }
        Ok(())
    }
}
