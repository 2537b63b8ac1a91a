//! A way to the database that never waits for ever. What takes longer than the deadline fails, and the
//! connections behind it are given up for new ones: one that hangs stays with those who waited for it.
//! Ways to the same database give up together, as what made one of them hang is seldom its alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, sqlx,
};

use super::in_place::InPlace;
use crate::metrics::LinkMetrics;

type Open = Box<dyn Fn() -> DatabaseConnection + Send + Sync>;

/// Cheap to clone; clones share what they lead to.
#[derive(Clone)]
pub struct Link(Arc<Shared>);

struct Shared {
    backend: DbBackend,
    current: RwLock<Opened>,
    renewal: Option<Renewal>,
    in_place: Option<InPlace>,
    metrics: LinkMetrics,
}

#[derive(Clone)]
struct Opened {
    connection: DatabaseConnection,
    generation: u64,
}

struct Renewal {
    deadline: Duration,
    open: Open,
    given_up: GivenUp,
}

/// How often the ways to one database were given up, all of them.
#[derive(Clone, Default)]
pub struct GivenUp(Arc<AtomicU64>);

impl Link {
    /// Always the same connections, without a deadline: a file of this machine.
    pub fn fixed(metrics: LinkMetrics, connection: DatabaseConnection, in_place: InPlace) -> Self {
        Self::new(metrics, connection, None, Some(in_place))
    }

    /// Connections that are made anew by `open` when they, or others of those that share `given_up`, break
    /// or do not answer within the deadline.
    pub fn reopened(
        metrics: LinkMetrics,
        deadline: Duration,
        given_up: &GivenUp,
        open: impl Fn() -> DatabaseConnection + Send + Sync + 'static,
    ) -> Self {
        let (connection, given_up) = (open(), given_up.clone());
        let renewal = Renewal { deadline, open: Box::new(open), given_up };
        Self::new(metrics, connection, Some(renewal), None)
    }

    fn new(
        metrics: LinkMetrics,
        connection: DatabaseConnection,
        renewal: Option<Renewal>,
        in_place: Option<InPlace>,
    ) -> Self {
        let backend = connection.get_database_backend();
        let current = RwLock::new(Opened { connection, generation: 0 });
        Self(Arc::new(Shared { backend, current, renewal, in_place, metrics }))
    }

    /// Does something with the connections of now, within the deadline.
    pub async fn within<T, E, F>(&self, work: impl FnOnce(DatabaseConnection) -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
        E: From<DbErr> + Broken,
    {
        self.0.metrics.statements.inc();
        let opened = self.opened();
        let Some(renewal) = &self.0.renewal else {
            return work(opened.connection).await;
        };
        let done = tokio::time::timeout(renewal.deadline, work(opened.connection)).await;
        let done = done.unwrap_or_else(|_| Err(no_answer(renewal.deadline).into()));
        if let Err(error) = &done
            && error.is_timeout()
        {
            self.0.metrics.timeouts.inc();
        }
        if let Err(error) = &done
            && error.is_broken()
        {
            renewal.give_up(opened.generation);
        }
        done
    }

    /// The file that may be written on the caller's own thread, counted as one use of this way.
    pub fn in_place(&self) -> Option<&InPlace> {
        let in_place = self.0.in_place.as_ref()?;
        self.0.metrics.statements.inc();
        Some(in_place)
    }

    /// Tidies a file of this machine while nobody waits for it.
    pub fn settle(&self) {
        if let Some(Err(error)) = self.0.in_place.as_ref().map(InPlace::settle) {
            tracing::warn!(%error, "the log of the database file could not be shortened");
        }
    }

    pub async fn close(&self) -> Result<(), DbErr> {
        if let Some(in_place) = &self.0.in_place {
            in_place.close();
        }
        self.opened().connection.close().await
    }

    /// Notes how many connections are open now.
    pub fn show_use(&self) {
        let connection = self.opened().connection;
        let (open, idle) = match self.0.backend {
            DbBackend::Sqlite => size(connection.get_sqlite_connection_pool()),
            _ => size(connection.get_postgres_connection_pool()),
        };
        self.0.metrics.idle.set(idle);
        self.0.metrics.in_use.set((open - idle).max(0));
    }

    fn opened(&self) -> Opened {
        let opened = self.0.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        match &self.0.renewal {
            Some(renewal) if renewal.generation() != opened.generation => self.renew(renewal),
            _ => opened,
        }
    }

    /// Leaves the connections to those who still wait for them; the last one closes them.
    fn renew(&self, renewal: &Renewal) -> Opened {
        let mut current = self.0.current.write().unwrap_or_else(PoisonError::into_inner);
        let generation = renewal.generation();
        if current.generation != generation {
            tracing::warn!("the connections to the database are made anew");
            self.0.metrics.reconnects.inc();
            *current = Opened { connection: (renewal.open)(), generation };
        }
        current.clone()
    }

    /// Reading changes nothing, so what failed with its connection is tried once more on a new one.
    async fn read<T, F>(&self, read: impl Fn(DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        match self.within(&read).await {
            Err(error) if self.0.renewal.is_some() && error.is_lost() => self.within(&read).await,
            done => done,
        }
    }
}

impl Renewal {
    fn generation(&self) -> u64 {
        self.given_up.0.load(Ordering::SeqCst)
    }

    /// Gives up the connections of this generation, unless somebody else just did.
    fn give_up(&self, generation: u64) {
        self.given_up.0.fetch_max(generation + 1, Ordering::SeqCst);
    }
}

/// How many connections a pool has, and how many of them do nothing.
fn size<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (i64, i64) {
    (pool.size().into(), i64::try_from(pool.num_idle()).unwrap_or(i64::MAX))
}

fn no_answer(deadline: Duration) -> DbErr {
    let message = format!("the database did not answer within {} s", deadline.as_secs());
    DbErr::Conn(RuntimeErr::Internal(message))
}

/// Errors that say something about the connection rather than about the statement.
pub trait Broken {
    /// The connection cannot be used any more.
    fn is_broken(&self) -> bool;
    /// It was lost before it could answer, so that another one may.
    fn is_lost(&self) -> bool {
        self.is_broken()
    }
    /// The answer did not come in time.
    fn is_timeout(&self) -> bool;
}

impl Broken for DbErr {
    fn is_broken(&self) -> bool {
        match self {
            Self::Conn(_) | Self::ConnectionAcquire(_) => true,
            Self::Exec(RuntimeErr::SqlxError(error))
            | Self::Query(RuntimeErr::SqlxError(error)) => is_broken(error),
            _ => false,
        }
    }

    fn is_lost(&self) -> bool {
        self.is_broken() && !matches!(self, Self::Conn(RuntimeErr::Internal(_)))
    }

    fn is_timeout(&self) -> bool {
        match self {
            Self::Conn(RuntimeErr::Internal(_)) | Self::ConnectionAcquire(_) => true,
            // The server's own limits: of a statement, and of waiting for a lock.
            Self::Exec(RuntimeErr::SqlxError(error))
            | Self::Query(RuntimeErr::SqlxError(error)) => error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code == "57014" || code == "55P03"),
            _ => false,
        }
    }
}

fn is_broken(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    match error {
        Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed => true,
        // The server shuts down, starts, has too many connections, ended the session, or is read-only
        // by now as another one took over.
        Database(error) => error.code().is_some_and(|code| {
            ["08", "57P", "53300", "25P03", "25006"].iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

#[async_trait]
impl ConnectionTrait for Link {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.within(async |connection: DatabaseConnection| connection.execute_raw(statement).await)
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.within(async |connection: DatabaseConnection| connection.execute_unprepared(sql).await)
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.read(|connection| {
            let statement = statement.clone();
            async move { connection.query_one_raw(statement).await }
        })
        .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.read(|connection| {
            let statement = statement.clone();
            async move { connection.query_all_raw(statement).await }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use sea_orm::Database;

    use super::*;
    use crate::metrics::Metrics;

    #[tokio::test]
    async fn ways_to_one_database_are_given_up_together_and_each_is_made_anew_once() {
        let metrics = Metrics::new("0").unwrap();
        let database = Database::connect("sqlite::memory:").await.unwrap();
        let given_up = GivenUp::default();
        let way = |metrics: &LinkMetrics| {
            let (opened, database) = (Arc::new(AtomicUsize::new(0)), database.clone());
            let count = Arc::clone(&opened);
            let open = move || {
                count.fetch_add(1, Ordering::SeqCst);
                database.clone()
            };
            let deadline = Duration::from_secs(10);
            (Link::reopened(metrics.clone(), deadline, &given_up, open), opened)
        };
        let (reader, reads) = way(&metrics.database.reader);
        let (writer, writes) = way(&metrics.database.writer);
        let opened = || [reads.load(Ordering::SeqCst), writes.load(Ordering::SeqCst)];
        let works = async |link: &Link| link.within(async |_| Ok::<_, DbErr>(())).await.unwrap();
        works(&reader).await;
        works(&writer).await;
        assert_eq!(opened(), [1, 1]);

        let lost = async |_| Err::<(), _>(DbErr::Conn(RuntimeErr::Internal("gone".into())));
        reader.within(lost).await.unwrap_err();
        for _ in 0..2 {
            works(&writer).await;
            works(&reader).await;
        }
        assert_eq!(opened(), [2, 2]);
        let other = async |_| Err::<(), _>(DbErr::Custom("no such row".into()));
        writer.within(other).await.unwrap_err();
        works(&reader).await;
        assert_eq!(opened(), [2, 2], "an error of a statement says nothing about the connection");
    }
}
