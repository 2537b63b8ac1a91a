//! Bytes piece by piece: each is read and unpacked when it is asked for.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{TryStreamExt, stream};
use tokio::io::AsyncReadExt;
use tokio::task::spawn_blocking;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::check::Check;
use super::{Pieces, Reader};
use crate::error::Error;

/// The most plain bytes of a piece.
const PLAIN: usize = 128 * 1024;
/// The most packed bytes of a piece: unpacked to be checked, they are many more.
const PACKED: usize = 16 * 1024;
/// The most bytes of a piece that another thread reads.
const OF_FILE: u64 = 256 * 1024;

/// What a reader has packed, unpacked.
pub fn plain(reader: Reader, check: Check) -> Result<Pieces, Error> {
    let decoder = Decoder::new().map_err(Error::internal)?;
    let input = BytesMut::with_capacity(PLAIN);
    let unpacking = Unpacking { reader, decoder, input, is_read: false, check };
    Ok(logged(stream::try_unfold(unpacking, async |mut unpacking| {
        let piece = unpacking.next().await?;
        Ok((!piece.is_empty()).then_some((piece, unpacking)))
    })))
}

/// What a reader has packed, as it is.
pub fn packed(reader: Reader, length: u64, check: Check) -> Result<Pieces, Error> {
    let decoder = zstd::stream::write::Decoder::new(check).map_err(Error::internal)?;
    let passing = Passing { reader, left: length, decoder };
    Ok(logged(stream::try_unfold(passing, async |mut passing| {
        let piece = passing.next().await?;
        Ok((!piece.is_empty()).then_some((piece, passing)))
    })))
}

/// Only `length` bytes, behind the first `skipped`.
pub fn part(all: Pieces, skipped: u64, length: u64) -> Pieces {
    Box::pin(stream::try_unfold((all, skipped, length), async |(mut all, mut skip, left)| {
        if left == 0 {
            return Ok(None);
        }
        while let Some(mut piece) = all.try_next().await? {
            let (skipped, taken) = (first(skip, piece.len()), piece.len());
            skip -= skipped as u64;
            if skipped < taken {
                let mut piece = piece.split_off(skipped);
                piece.truncate(first(left, piece.len()));
                let left = left - piece.len() as u64;
                return Ok(Some((piece, (all, skip, left))));
            }
        }
        Ok(None)
    }))
}

/// So many bytes of a file from a place on, which others read, too.
pub fn of_file(file: Arc<File>, first: u64, length: u64) -> Pieces {
    logged(stream::try_unfold((first, length), move |(at, left)| {
        let file = Arc::clone(&file);
        async move {
            if left == 0 {
                return Ok(None);
            }
            let taken = left.min(OF_FILE);
            let read = move || {
                let mut piece = vec![0; usize::try_from(taken).map_err(io::Error::other)?];
                file.read_exact_at(&mut piece, at)?;
                Ok::<_, io::Error>(Bytes::from(piece))
            };
            let piece = spawn_blocking(read).await.map_err(io::Error::other)??;
            Ok(Some((piece, (at + taken, left - taken))))
        }
    }))
}

pub async fn joined(pieces: Pieces) -> io::Result<Bytes> {
    let mut all = BytesMut::new();
    let mut pieces = pieces;
    while let Some(piece) = pieces.try_next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

fn first(count: u64, most: usize) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).min(most)
}

/// Whoever takes them can only hang up; why is for the log.
fn logged(pieces: impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static) -> Pieces {
    Box::pin(pieces.inspect_err(|error| tracing::error!(%error, "a download was broken off")))
}

struct Unpacking {
    reader: Reader,
    decoder: Decoder<'static>,
    /// Packed bytes that were read and not unpacked yet.
    input: BytesMut,
    is_read: bool,
    check: Check,
}

impl Unpacking {
    /// The next piece; empty at the end.
    async fn next(&mut self) -> io::Result<Bytes> {
        if self.check.is_done() {
            return Ok(Bytes::new());
        }
        let mut piece = Vec::with_capacity(PLAIN);
        while piece.len() < PLAIN {
            if self.input.is_empty() && !self.is_read {
                self.input.reserve(PLAIN);
                self.is_read = self.reader.read_buf(&mut self.input).await? == 0;
            }
            let (read, written) = self.unpack(&mut piece)?;
            if read == 0 && written == 0 && self.is_read {
                break;
            }
        }
        self.check.take(&piece)?;
        if piece.is_empty() {
            self.check.end()?;
        }
        Ok(piece.into())
    }

    fn unpack(&mut self, piece: &mut Vec<u8>) -> io::Result<(usize, usize)> {
        let before = piece.len();
        let mut input = InBuffer::around(&self.input);
        let mut output = OutBuffer::around_pos(piece, before);
        let unpacked = self.decoder.run(&mut input, &mut output);
        let (read, written) = (input.pos(), output.pos() - before);
        unpacked.map_err(|error| self.check.damaged(&error.to_string()))?;
        self.input.advance(read);
        Ok((read, written))
    }
}

struct Passing {
    reader: Reader,
    left: u64,
    decoder: zstd::stream::write::Decoder<'static, Check>,
}

impl Passing {
    /// The next piece; empty at the end.
    async fn next(&mut self) -> io::Result<Bytes> {
        if self.left == 0 {
            return Ok(Bytes::new());
        }
        let mut piece = BytesMut::with_capacity(PACKED);
        while self.left > piece.len() as u64 && piece.len() < PACKED {
            if self.reader.read_buf(&mut piece).await? == 0 {
                return Err(self.decoder.get_ref().damaged("its kept bytes end too early"));
            }
        }
        self.left = self.left.saturating_sub(piece.len() as u64);
        let unpacked = self.decoder.write_all(&piece).and_then(|()| self.decoder.flush());
        unpacked.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => error,
            _ => self.decoder.get_ref().damaged(&error.to_string()),
        })?;
        if self.left == 0 {
            self.decoder.get_mut().end()?;
        }
        Ok(piece.freeze())
    }
}
