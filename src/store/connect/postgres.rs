//! PostgreSQL: pools that are made again when they hang, sessions that cannot hold others up for long,
//! and a schema that one node at a time brings up to date.

use std::str::FromStr;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait, collate};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _, Executor};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqlxPostgresConnector, TransactionTrait,
};

use super::{Links, WritingLinks, apply_steps, commit_steps};
use crate::metrics::{DatabaseMetrics, LinkMetrics};
use crate::store::StoreError;
use crate::store::link::{GivenUp, Link};
use crate::store::reader::Reader;
use crate::store::sql::constant;

/// More would only take turns with the database's own processes on a small machine.
const READERS: u32 = 8;
/// How long anybody waits for the database before the connections are given up.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Statements that are kept prepared: those of claims differ by the number of lanes.
const STATEMENT_CACHE: usize = 400;
/// What every session asks for. A node that stops in the middle of a transaction holds rows that others
/// want: its session is ended by the server. A commit that is answered is on disk.
const SESSION: &str = "SET statement_timeout = '8s'; SET lock_timeout = '5s'; \
     SET idle_in_transaction_session_timeout = '5s'; SET synchronous_commit = on; \
     SET default_transaction_isolation = 'read committed'; SET client_min_messages = error";
/// Rows are found by a key or an index, whatever the planner believes about tables that were small a
/// moment ago; a plan is made once.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET jit = off";
/// For who only looks: nothing can be written, a transaction sees one moment, and reading everything may
/// take its time.
const LOOKING_SESSION: &str = "SET default_transaction_read_only = on; \
     SET default_transaction_isolation = 'repeatable read'; SET statement_timeout = 0; \
     SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10min'";
/// Whoever holds this may change the schema or make the first workspace. Any number will do, as long as
/// it stays the same.
const STARTING_LOCK: i64 = 0x6279_7465_7374_6163;

/// What may be done about a schema that is not this version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// An empty database is filled; an older schema is left alone, as other nodes may be using it.
    MigrateEmpty,
    /// It is brought to this version.
    MigrateAll,
}

/// Opens the database and sees to its schema.
pub async fn open(
    url: &str,
    schema: Schema,
    metrics: &DatabaseMetrics,
) -> Result<Links, StoreError> {
    let options = options(url)?;
    migrate(&options, schema).await?;
    let given_up = GivenUp::default();
    let link = |metrics: &LinkMetrics, connections| {
        let options = options.clone();
        Link::reopened(metrics.clone(), DEADLINE, &given_up, move || pool(&options, connections))
    };
    let writing = WritingLinks {
        submits: Some(link(&metrics.submitter, 1)),
        claims: Some(link(&metrics.claimer, 1)),
        ends: link(&metrics.writer, 1),
    };
    Ok(Links { writing, reader: Reader::Server(link(&metrics.reader, READERS)) })
}

/// Opens the database for looking alone: its schema is left as it is.
pub async fn open_to_look(url: &str) -> Result<DatabaseConnection, StoreError> {
    let options = options(url)?;
    // A pool tries again until its time is over; this says at once what is wrong.
    reach(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(CONNECT)
        .after_connect(|connection: &mut PgConnection, _| {
            Box::pin(async move { connection.execute(LOOKING_SESSION).await.map(drop) })
        })
        .connect_with(options)
        .await
        .map_err(StoreError::unreachable)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// A session that hears what other nodes announce.
pub async fn listener(url: &str) -> Result<PgListener, StoreError> {
    let options = options(url)?;
    let pool =
        PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await.map_err(StoreError::unreachable)?;
    // A listener that connects again by itself would not say that it was away.
    listener.eager_reconnect(false);
    Ok(listener)
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|error| {
        StoreError::Setup(format!("the database's address cannot be used: {error}"))
    })?;
    Ok(options
        .application_name("bytestack")
        .statement_cache_capacity(STATEMENT_CACHE)
        .disable_statement_logging())
}

fn pool(options: &PgConnectOptions, connections: u32) -> DatabaseConnection {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT)
        .idle_timeout(Duration::from_mins(10))
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection: &mut PgConnection, _| {
            Box::pin(async move {
                connection.execute(SESSION).await?;
                connection.execute(PLANS).await.map(drop)
            })
        })
        .connect_lazy_with(options.clone());
    SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
}

async fn reach(options: &PgConnectOptions) -> Result<(), StoreError> {
    let first = tokio::time::timeout(CONNECT, options.connect()).await;
    let first = first.map_err(|_| StoreError::setup("the database does not answer"))?;
    let first = first.map_err(StoreError::unreachable)?;
    first.close().await.map_err(StoreError::unreachable)
}

/// Under a lock that ends with the transaction, so that of many nodes that start on an empty database
/// one fills it and the others find it filled.
async fn migrate(options: &PgConnectOptions, schema: Schema) -> Result<(), StoreError> {
    // A pool tries again until its time is over; this says at once what is wrong.
    reach(options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(CONNECT)
        .connect_with(options.clone())
        .await
        .map_err(StoreError::unreachable)?;
    let database = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let tx = database.begin().await?;
    starting_lock(&tx).await?;
    let is_empty = Migrator::get_applied_migrations(&tx).await?.is_empty();
    let is_older = !Migrator::get_pending_migrations(&tx).await?.is_empty();
    if is_older && !is_empty && schema == Schema::MigrateEmpty {
        let message = "the database has the schema of an older version; stop the nodes that use it, \
                       run `bytestack migrate`, and start again";
        return Err(StoreError::Setup(message.to_owned()));
    }
    if is_older {
        apply_steps(&tx).await?;
        collate(&tx).await?;
    }
    commit_steps(tx).await?;
    database.close().await?;
    Ok(())
}

/// Waits until no other node starts; held until the transaction ends. SQLite has one writer anyway.
pub async fn starting_lock(connection: &impl ConnectionTrait) -> Result<(), StoreError> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let sql = format!("SELECT pg_advisory_xact_lock({STARTING_LOCK})");
    connection.execute_raw(constant(connection, &sql)).await?;
    Ok(())
}
