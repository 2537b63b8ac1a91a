//! A zip archive as it is made: the library writes into memory, from where each piece is taken at once.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{Datelike, Timelike};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Step;
use crate::model::storage_object::StorageObject;

/// From here on a file needs the larger numbers of zip64.
const LARGE: u64 = u32::MAX as u64 / 2;
const LEVEL: i64 = 1;

/// What was written and not taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Archive<S> {
    steps: std::pin::Pin<Box<S>>,
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
}

impl<S: Stream<Item = io::Result<Step>> + Send> Archive<S> {
    /// The pieces of an archive of these.
    pub fn of(steps: S) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let written = Written::default();
        let zip = ZipWriter::new_stream(written.clone());
        let archive = Self { steps: Box::pin(steps), zip, written };
        let pieces = stream::try_unfold(Some(archive), async |archive| match archive {
            Some(archive) => Box::pin(archive.next()).await.map(Some),
            None => Ok(None),
        });
        pieces.try_filter(|piece| std::future::ready(!piece.is_empty()))
    }

    async fn next(mut self) -> io::Result<(Bytes, Option<Self>)> {
        let Some(step) = self.steps.next().await else {
            self.zip.finish().map_err(io::Error::other)?;
            return Ok((self.written.take(), None));
        };
        match step? {
            Step::Begin(object) => {
                let options = options(&object);
                self.zip.start_file(object.key, options).map_err(io::Error::other)?;
            }
            Step::Piece(bytes) => self.zip.write_all(&bytes)?,
            Step::End => {}
        }
        Ok((self.written.take(), Some(self)))
    }
}

fn options(object: &StorageObject) -> SimpleFileOptions {
    let at = object.created_at;
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    let modified = DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(0),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    );
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .large_file(object.size_bytes > LARGE)
        .last_modified_time(modified.unwrap_or_default())
}
