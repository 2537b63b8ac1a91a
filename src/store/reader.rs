//! The way to the rows for those who only read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::link::{Broken, Link};
use crate::metrics::LinkMetrics;

/// Cheap to clone; clones share what they lead to.
#[derive(Clone)]
pub enum Reader {
    File(Arc<File>),
    Server(Link),
}

/// The connections that read a file of this machine: so many, each with a thread of its own, opened when they
/// are first needed. The library's pool asks each connection whether it still works whenever it is given back,
/// which for a file costs as much as most of our statements do.
pub struct File {
    metrics: LinkMetrics,
    options: SqliteConnectOptions,
    count: usize,
    turns: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection while somebody reads with it.
struct Taken<'a> {
    connection: SqliteConnection,
    _turn: SemaphorePermit<'a>,
}

impl Reader {
    /// Notes how many connections are open now.
    pub fn show_use(&self) {
        match self {
            Self::File(file) => file.show_use(),
            Self::Server(link) => link.show_use(),
        }
    }

    pub async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::File(file) => file.close().await,
            Self::Server(link) => link.close().await,
        }
    }
}

impl File {
    pub fn new(metrics: LinkMetrics, options: SqliteConnectOptions, count: usize) -> Self {
        Self { metrics, options, count, turns: Semaphore::new(count), idle: Mutex::default() }
    }

    async fn first(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut reader = self.take().await?;
        let row = query(statement).fetch_optional(&mut reader.connection).await;
        Ok(self.given_back(reader, row)?.map(QueryResult::from))
    }

    async fn all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut reader = self.take().await?;
        let rows = query(statement).fetch_all(&mut reader.connection).await;
        Ok(self.given_back(reader, rows)?.into_iter().map(QueryResult::from).collect())
    }

    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut reader = self.take().await?;
        let done = query(statement).execute(&mut reader.connection).await;
        Ok(self.given_back(reader, done)?.into())
    }

    fn show_use(&self) {
        let in_use = self.count - self.turns.available_permits();
        self.metrics.idle.set(i64::try_from(self.lock().len()).unwrap_or(i64::MAX));
        self.metrics.in_use.set(i64::try_from(in_use).unwrap_or(i64::MAX));
    }

    /// Lets nobody read any more and closes what is open.
    async fn close(&self) -> Result<(), DbErr> {
        self.turns.close();
        let open = std::mem::take(&mut *self.lock());
        for connection in open {
            connection.close().await.map_err(error)?;
        }
        Ok(())
    }

    async fn take(&self) -> Result<Taken<'_>, DbErr> {
        self.metrics.statements.inc();
        let turn = self.turns.acquire().await.map_err(|_| error(sqlx::Error::PoolClosed))?;
        let idle = self.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await.map_err(error)?,
        };
        Ok(Taken { connection, _turn: turn })
    }

    /// Keeps the connection for the next, unless it is of no use any more. One whose reader went away before
    /// its answer came is not kept: its thread may still be reading.
    fn given_back<T>(&self, reader: Taken<'_>, read: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        let read = read.map_err(error);
        if !read.as_ref().is_err_and(Broken::is_broken) {
            self.lock().push(reader.connection);
        }
        read
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn query(statement: Statement) -> sqlx::query::Query<'static, sqlx::Sqlite, SqlxValues> {
    let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

fn error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::File(_) => DbBackend::Sqlite,
            Self::Server(link) => link.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::File(file) => file.execute(statement).await,
            Self::Server(link) => link.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::File(file) => file.execute(Statement::from_string(DbBackend::Sqlite, sql)).await,
            Self::Server(link) => link.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::File(file) => file.first(statement).await,
            Self::Server(link) => link.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::File(file) => file.all(statement).await,
            Self::Server(link) => link.query_all_raw(statement).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::TryGetable;
    use sqlx::sqlite::SqliteJournalMode;

    use super::*;
    use crate::metrics::Metrics;

    /// Longer than any test may take.
    const ENDLESS: &str =
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";

    fn file(folder: &tempfile::TempDir, count: usize) -> File {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("file.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        File::new(Metrics::new("0").unwrap().database.reader.clone(), options, count)
    }

    fn statement(sql: &str) -> Statement {
        Statement::from_string(DbBackend::Sqlite, sql)
    }

    async fn one(file: &File) -> i64 {
        let row = file.first(statement("SELECT 1")).await.unwrap().unwrap();
        i64::try_get_by(&row, 0).unwrap()
    }

    #[tokio::test]
    async fn more_read_than_there_are_connections() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 2);
        let read = (0..20).map(|_| one(&file));
        assert_eq!(futures_util::future::join_all(read).await, vec![1; 20]);
        file.show_use();
        assert_eq!((file.metrics.idle.get(), file.metrics.in_use.get()), (2, 0));
        assert_eq!(file.metrics.statements.get(), 20);
        file.close().await.unwrap();
        assert!(file.first(statement("SELECT 1")).await.unwrap_err().is_broken());
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_statement_leaves_its_connection_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 1);
        assert_eq!(one(&file).await, 1);
        let error = file.all(statement("SELECT absent")).await.unwrap_err();
        assert!(error.to_string().contains("no such column"), "{error}");
        assert_eq!(file.lock().len(), 1);
        assert_eq!(one(&file).await, 1);
    }

    #[tokio::test]
    async fn a_reader_that_goes_away_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 1);
        assert_eq!(one(&file).await, 1);
        let mut endless = Box::pin(file.first(statement(ENDLESS)));
        assert!(futures_util::poll!(&mut endless).is_pending());
        drop(endless);
        assert_eq!(one(&file).await, 1);
    }
}
