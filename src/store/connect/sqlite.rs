//! SQLite: a connection for frequent writes and one for rare ones, which take turns, and a pool that reads the same
//! file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::{Links, WritingLinks, apply_steps, commit_steps};
use crate::metrics::DatabaseMetrics;
use crate::store::StoreError;
use crate::store::in_place::{InPlace, LOG_PAGES};
use crate::store::link::Link;
use crate::store::reader::{File, Reader};

/// Another process (a command line) may hold the write lock for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Merged statements differ by their number of rows, each a text of its own.
const STATEMENT_CACHE: usize = 1_000;
/// Rows that its thread may be ahead of whoever reads them: a page and more, so that it need not wait for them.
const ROWS: usize = 256;
/// More threads than cores only take turns.
const READERS: usize = 2;

/// Opens the file, makes it where it is not there, and brings it to this version's schema: the process
/// that has the data directory is alone.
pub async fn open(path: &Path, metrics: &DatabaseMetrics) -> Result<Links, StoreError> {
    let writer = Database::connect(options(path)).await?;
    migrate(&writer).await?;
    let reader = File::new(metrics.reader.clone(), sqlite_options(path, true), READERS);
    let in_place = InPlace::open(path, BUSY_TIMEOUT, STATEMENT_CACHE)?;
    let ends = Link::fixed(metrics.writer.clone(), writer, in_place);
    let writing = WritingLinks { submits: None, claims: None, ends };
    Ok(Links { writing, reader: Reader::File(Arc::new(reader)) })
}

/// SQLite changes schemas within transactions as well; a step alone would leave what it has done when it
/// is cut off, and could then never be applied.
async fn migrate(writer: &DatabaseConnection) -> Result<(), StoreError> {
    if Migrator::get_pending_migrations(writer).await?.is_empty() {
        return Ok(());
    }
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = writer.begin_with_options(options).await?;
    apply_steps(&tx).await?;
    commit_steps(tx).await
}

/// Opens the file for looking alone. Its journal and schema are left as they are; what a large comparison
/// sorts may go to a temporary file rather than to memory.
pub async fn open_to_look(path: &Path) -> Result<DatabaseConnection, StoreError> {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_| {
        SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT)
    });
    Ok(Database::connect(options).await?)
}

fn options(path: &Path) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| sqlite_options(&path, false));
    options
}

fn sqlite_options(path: &Path, read_only: bool) -> SqliteConnectOptions {
    use sea_orm::sqlx::ConnectOptions as _;
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(!read_only)
        .read_only(read_only)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", LOG_PAGES.to_string())
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE)
        .row_buffer_size(ROWS)
        .disable_statement_logging()
}
