//! The rows of a result as a table: CSV or Parquet, for spreadsheets and databases.
//!
//! What the rows are is told by a name: `evidence` (the posts), `summary` (one row with the figures), `coverage`, or
//! any list that the result has, such as `by_source` or `series`. Without a name it is the list that the
//! question asks for, and the posts where there is none. Parts of parts become columns of their own, `author_name`.
//!
//! A table is made by a thread and put into a file without a name before anything is sent: so the result was
//! checked to its last byte, its length is known, and no thread waits for a slow client.

mod columns;
mod csv;
mod evidence;
mod lists;
mod parquet;
mod read;

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::Semaphore;
use tokio_util::io::{ReaderStream, StreamReader, SyncIoBridge};

use super::Domain;
use super::download::{Content, Opened, Outgoing};
use crate::clock::random_bytes;
use crate::error::Error;

/// Tables that are made at the same time; others wait for their turn.
const AT_ONCE: usize = 2;
const PIECE: usize = 128 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    Csv,
    Parquet,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the result has no rows named `{asked}`; it has {}", .there.join(", "))]
    NoRows { asked: String, there: Vec<String> },
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        Self::Failed(Error::internal(error))
    }
}

/// Lets so many tables be made at a time.
#[derive(Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A column: what it is called, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Instant,
    Day,
}

/// What is in one column of a row: of its column's kind, or nothing.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Nothing,
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Instant(DateTime<Utc>),
    Day(NaiveDate),
}

/// Where rows are written.
trait TableWriter {
    /// Comes first, once.
    fn begin(&mut self, columns: Vec<Column>) -> io::Result<()>;
    fn row(&mut self, cells: Vec<Cell>) -> io::Result<()>;
    /// Comes last.
    fn end(self: Box<Self>) -> io::Result<()>;
}

impl Domain {
    /// The rows of a result that have this name, or those that its question asks for.
    ///
    /// # Errors
    /// When there are none of this name, or the result is damaged.
    pub async fn table(
        &self,
        opened: &Opened,
        format: TableFormat,
        rows: Option<String>,
    ) -> Result<Content, TableError> {
        let turn = Arc::clone(&self.tables.0).acquire_owned().await.map_err(Error::internal)?;
        let plain = blocking(opened.plain().await?);
        let name = format!("table-{}", hex::encode(random_bytes::<8>().map_err(Error::from)?));
        let file = self.blobs.spool(&name)?;
        let making = move || {
            let made = make(plain, file, format, rows.as_deref());
            drop(turn);
            made
        };
        let (file, length) =
            tokio::task::spawn_blocking(making).await.map_err(Error::internal)??;
        let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
        Ok(Content { length, bytes: Outgoing::Pieces(Box::pin(pieces)) })
    }
}

/// For a thread that may wait for them.
fn blocking(content: Content) -> Box<dyn Read + Send> {
    match content.bytes {
        Outgoing::Whole(bytes) => Box::new(io::Cursor::new(bytes)),
        _ => Box::new(SyncIoBridge::new(Box::pin(StreamReader::new(content.pieces())))),
    }
}

fn make(
    plain: impl Read,
    file: File,
    format: TableFormat,
    rows: Option<&str>,
) -> Result<(File, u64), TableError> {
    let mut made = file.try_clone()?;
    let out = BufWriter::with_capacity(PIECE, file);
    let writer: Box<dyn TableWriter> = match format {
        TableFormat::Csv => Box::new(csv::CsvTable::new(out)),
        TableFormat::Parquet => Box::new(parquet::ParquetTable::new(out)),
    };
    read::rows(plain, rows, writer)?;
    made.flush()?;
    let length = made.stream_position()?;
    made.rewind()?;
    Ok((made, length))
}
