//! The way to the rows for those who only read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use super::at_hand::{AtHand, NotAtHand};
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
    at_hand: AtHand,
    options: SqliteConnectOptions,
    count: usize,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
    /// Wait for what nobody waits for any more.
    tasks: TaskTracker,
}

/// A connection while somebody reads with it.
struct Taken {
    file: Arc<File>,
    /// None once it was given back.
    connection: Option<SqliteConnection>,
    turn: Option<OwnedSemaphorePermit>,
}

impl Taken {
    fn connection(&mut self) -> Result<&mut SqliteConnection, DbErr> {
        self.connection.as_mut().ok_or_else(|| error(sqlx::Error::PoolClosed))
    }
}

impl Drop for Taken {
    /// Whoever read has gone before the answer came: the thread of the connection still reads, and the turn
    /// ends with that, or those who come and go would have as many threads as they like.
    fn drop(&mut self) {
        let (Some(mut connection), Ok(runtime)) = (self.connection.take(), Handle::try_current())
        else {
            return;
        };
        let (file, turn) = (Arc::clone(&self.file), self.turn.take());
        let waiting = async move {
            if connection.ping().await.is_ok() {
                file.lock().push(connection);
            }
            drop(turn);
        };
        self.file.tasks.spawn_on(waiting, &runtime);
    }
}

impl Reader {
    /// Notes how many connections are open now.
    pub fn show_use(&self) {
        match self {
            Self::File(file) => file.show_use(),
            Self::Server(link) => link.show_use(),
        }
    }

    /// The first row that a statement finds by a key, if it can be read without waiting for another thread.
    pub fn at_hand<T>(
        &self,
        statement: &Statement,
        row: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, NotAtHand> {
        match self {
            Self::File(file) => {
                file.metrics.statements.inc();
                file.at_hand.first(statement, row)
            }
            Self::Server(_) => Err(NotAtHand),
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
        let (turns, tasks) = (Arc::new(Semaphore::new(count)), TaskTracker::new());
        let at_hand = AtHand::new(options.get_filename());
        Self { metrics, at_hand, options, count, turns, idle: Mutex::default(), tasks }
    }

    async fn first(self: &Arc<Self>, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut reader = self.take().await?;
        let row = query(statement).fetch_optional(reader.connection()?).await;
        Ok(self.given_back(reader, row)?.map(QueryResult::from))
    }

    async fn all(self: &Arc<Self>, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut reader = self.take().await?;
        let rows = query(statement).fetch_all(reader.connection()?).await;
        Ok(self.given_back(reader, rows)?.into_iter().map(QueryResult::from).collect())
    }

    async fn execute(self: &Arc<Self>, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut reader = self.take().await?;
        let done = query(statement).execute(reader.connection()?).await;
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
        self.at_hand.close();
        let open = std::mem::take(&mut *self.lock());
        for connection in open {
            connection.close().await.map_err(error)?;
        }
        Ok(())
    }

    async fn take(self: &Arc<Self>) -> Result<Taken, DbErr> {
        self.metrics.statements.inc();
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| error(sqlx::Error::PoolClosed))?;
        let idle = self.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await.map_err(error)?,
        };
        Ok(Taken { file: Arc::clone(self), connection: Some(connection), turn: Some(turn) })
    }

    /// Keeps the connection for the next, unless it is of no use any more.
    fn given_back<T>(&self, mut reader: Taken, read: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        let (read, connection) = (read.map_err(error), reader.connection.take());
        if !read.as_ref().is_err_and(Broken::is_broken) {
            self.lock().extend(connection);
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

    /// Not done before somebody else has had a turn.
    const LONG: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000) \
                        SELECT count(*) FROM n";

    fn file(folder: &tempfile::TempDir, count: usize) -> Arc<File> {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("file.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        Arc::new(File::new(Metrics::new("0").unwrap().database.reader.clone(), options, count))
    }

    fn statement(sql: &str) -> Statement {
        Statement::from_string(DbBackend::Sqlite, sql)
    }

    async fn one(file: &Arc<File>) -> i64 {
        let row = file.first(statement("SELECT 1")).await.unwrap().unwrap();
        i64::try_get_by(&row, 0).unwrap()
    }

    #[tokio::test]
    async fn more_read_than_there_are_connections() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 2);
        let both = [file.take().await.unwrap(), file.take().await.unwrap()];
        let mut read = Box::pin(futures_util::future::join_all((0..20).map(|_| one(&file))));
        assert!(futures_util::poll!(&mut read).is_pending());
        file.show_use();
        assert_eq!((file.metrics.idle.get(), file.metrics.in_use.get()), (0, 2));
        for taken in both {
            file.given_back(taken, Ok(())).unwrap();
        }
        assert_eq!(read.await, vec![1; 20]);
        file.show_use();
        assert_eq!((file.metrics.idle.get(), file.metrics.in_use.get()), (2, 0));
        assert_eq!(file.metrics.statements.get(), 22);
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
    async fn a_reader_that_goes_away_keeps_its_turn_until_its_thread_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(&folder, 1);
        assert_eq!(one(&file).await, 1);
        for _ in 0..3 {
            let mut long = Box::pin(file.first(statement(LONG)));
            assert!(futures_util::poll!(&mut long).is_pending());
            drop(long);
            assert_eq!((file.lock().len(), file.turns.available_permits()), (0, 0));
            assert_eq!(one(&file).await, 1);
        }
        assert_eq!((file.lock().len(), file.turns.available_permits()), (1, 1));
    }
}
