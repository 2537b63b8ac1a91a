//! Reading for `doctor`: what rows say about each other, for who judges whether that is what was
//! promised. Nothing is changed here: SQLite's file is opened for reading and is never made, a session
//! of PostgreSQL can only read, and no schema is brought up to date.
//!
//! Work may go on meanwhile. What is compared is therefore read in one [`Snapshot`], in which no commit
//! is half seen: a read transaction on SQLite, `REPEATABLE READ READ ONLY` on PostgreSQL. Rows are
//! streamed, and where rows of two tables are compared the database joins them, so that memory stays
//! bounded however many there are.

mod blobs;
mod bytes;
mod deliveries;
mod ends;
mod log;
mod names;
mod results;
mod schedules;
mod secrets;
mod tasks;
mod tenants;

use std::collections::BTreeSet;
use std::pin::Pin;

use futures_util::{Stream, TryStreamExt};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, FromQueryResult,
    Statement, TransactionTrait,
};
use secrecy::ExposeSecret;

use super::seal::MasterKey;
use super::sql::constant;
use super::{Place, StoreError, connect};

pub use bytes::{CollectionBytes, DatasetBytes, ResultBytes};
pub use deliveries::{DoubleDelivery, SentDelivery, Unannounced, Untold};
pub use ends::{EndEvent, JobEnds};
pub use log::LogEntry;
pub use names::NamedJob;
pub use results::{JobResult, StrayResult};
pub use schedules::{KeptSchedule, ScheduledRun};
pub use secrets::{SEALED, SealedValue};
pub use tasks::{Owner, OwnerTask, TaskRow};
pub use tenants::{LINKS, Link, Straddler};

/// Rows as they come.
pub type Rows<'a, T> = Pin<Box<dyn Stream<Item = Result<T, StoreError>> + Send + 'a>>;

/// A database opened for looking alone.
pub struct Database {
    connection: DatabaseConnection,
    master_key: Result<MasterKey, String>,
}

/// How the database's schema compares with this version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaAge {
    Empty,
    Older,
    Current,
    Newer,
}

impl Database {
    /// Opens what is there; `master_key` may be why there is none.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(
        place: &Place,
        master_key: Result<MasterKey, String>,
    ) -> Result<Self, StoreError> {
        let connection = match place {
            Place::Sqlite(path) => connect::sqlite_to_look(path).await?,
            Place::Postgres { url, .. } => connect::postgres_to_look(url.expose_secret()).await?,
        };
        Ok(Self { connection, master_key })
    }

    /// Compares the steps that were applied with those that this version knows. The library's own way
    /// of asking would make its table where it is not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schema(&self) -> Result<SchemaAge, StoreError> {
        let there = match self.connection.get_database_backend() {
            DbBackend::Sqlite => {
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
            }
            _ => "SELECT 1 WHERE to_regclass('seaql_migrations') IS NOT NULL",
        };
        let there = constant(&self.connection, there);
        if self.connection.query_one_raw(there).await?.is_none() {
            return Ok(SchemaAge::Empty);
        }
        let applied = constant(&self.connection, "SELECT version FROM seaql_migrations");
        let rows = self.connection.query_all_raw(applied).await?;
        let applied = rows.iter().map(|row| row.try_get("", "version"));
        let applied = applied.collect::<Result<BTreeSet<String>, _>>()?;
        let known: BTreeSet<String> =
            Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        Ok(match () {
            () if applied.is_empty() => SchemaAge::Empty,
            () if !applied.is_subset(&known) => SchemaAge::Newer,
            () if applied != known => SchemaAge::Older,
            () => SchemaAge::Current,
        })
    }

    /// The rows as they are now, whatever is committed while they are read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot(self.connection.begin().await?))
    }

    /// Why nothing sealed can be opened, when there is no key.
    pub fn master_key(&self) -> Result<&MasterKey, &str> {
        self.master_key.as_ref().map_err(String::as_str)
    }

    pub async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "closing the database failed");
        }
    }
}

/// All rows as of one moment; gone when it is dropped.
pub struct Snapshot(DatabaseTransaction);

impl Snapshot {
    async fn rows<T>(&self, sql: &str) -> Result<Rows<'_, T>, StoreError>
    where
        T: FromQueryResult + Send + 'static,
    {
        let rows = T::find_by_statement(constant(&self.0, sql)).stream(&self.0).await?;
        Ok(Box::pin(rows.map_err(StoreError::from)))
    }

    async fn texts(&self, statement: Statement) -> Result<Vec<String>, StoreError> {
        let rows = self.0.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    async fn count(&self, sql: &str) -> Result<u64, StoreError> {
        let row = self.0.query_one_raw(constant(&self.0, sql)).await?;
        let count = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    /// The job that an event's payload names, in SQL. The payload is a text of ours, in which nothing
    /// before this member can look like it, so no database needs to take it for JSON.
    fn job_of_payload(&self) -> &'static str {
        match self.0.get_database_backend() {
            DbBackend::Sqlite => {
                "substr(event.payload, instr(event.payload, '\"job_id\":\"') + 10, 30)"
            }
            _ => "substr(event.payload, strpos(event.payload, '\"job_id\":\"') + 10, 30)",
        }
    }
}
