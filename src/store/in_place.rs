//! The connection to a file of this machine on which frequent writes are made, on the thread of whoever makes them:
//! to hand a statement to another thread and to wait for its answer costs several times what most of them do.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::types::Value as Stored;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use sea_orm::{DbErr, RuntimeErr, Statement, Value};

use super::sql::{Record, Stores, bound};

/// Pages kept in memory, in KiB: a commit changes the ends of some thirty indexes, and what they lead to.
const CACHE_KIB: i64 = 32 * 1_024;
/// So long the write-ahead log may grow, in pages of 4 KiB, before it is put where it belongs: most of what one commit
/// changes, the next changes again.
pub const LOG_PAGES: u32 = 4_000;

/// Cheap to clone; clones share the connection, which is None once it is closed.
#[derive(Clone)]
pub struct InPlace(Arc<Mutex<Option<Connection>>>);

/// What is written until it is committed; what is dropped before is undone.
pub struct Transaction(InPlace);

impl InPlace {
    /// Opens a file that has the schema. Other processes may hold its lock for so long; so many texts of
    /// statements are kept compiled.
    pub fn open(path: &Path, busy_timeout: Duration, statements: usize) -> Result<Self, DbErr> {
        let connection = opened(path, busy_timeout, statements).map_err(|error| failed(&error))?;
        Ok(Self(Arc::new(Mutex::new(Some(connection)))))
    }

    /// Waits for the lock of the file.
    pub fn begin(&self) -> Result<Transaction, DbErr> {
        self.with(|connection| connection.execute_batch("BEGIN IMMEDIATE"))?;
        Ok(Transaction(self.clone()))
    }

    /// Puts what was committed where it belongs, as far as nobody still reads what was there before. A commit that
    /// finds the log too long does it as well, and keeps its caller waiting meanwhile.
    pub fn settle(&self) -> Result<(), DbErr> {
        // It says in a row how far it came.
        self.with(|connection| connection.query_row("PRAGMA wal_checkpoint", [], |_| Ok(())))
    }

    pub fn close(&self) {
        drop(self.lock().take());
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        let connection = self.lock();
        let closed = || DbErr::Conn(RuntimeErr::Internal("the file is closed".to_owned()));
        work(connection.as_ref().ok_or_else(closed)?).map_err(|error| failed(&error))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transaction {
    /// How many rows one statement has changed.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbErr> {
        self.0.with(|connection| {
            let mut prepared = connection.prepare_cached(sql)?;
            bind(&mut prepared, values)?;
            Ok(prepared.raw_execute()? as u64)
        })
    }

    /// What one statement finds, or says of what it has changed.
    pub fn records(&self, statement: &Statement) -> Result<Vec<Record>, DbErr> {
        let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
        self.0.with(|connection| {
            let mut prepared = connection.prepare_cached(&statement.sql)?;
            bind(&mut prepared, values)?;
            let names: Arc<[String]> =
                prepared.column_names().into_iter().map(str::to_owned).collect();
            let (mut rows, mut records) = (prepared.raw_query(), Vec::new());
            while let Some(row) = rows.next()? {
                let values = (0..names.len()).map(|column| row.get(column));
                let values = values.collect::<rusqlite::Result<Vec<Stored>>>()?;
                records.push(Record::InPlace(Stores { names: Arc::clone(&names), values }));
            }
            Ok(records)
        })
    }

    pub fn commit(self) -> Result<(), DbErr> {
        self.0.with(|connection| connection.execute_batch("COMMIT"))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let undo = |connection: &Connection| {
            if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("ROLLBACK") }
        };
        if let Err(error) = self.0.with(undo) {
            tracing::warn!(%error, "what was not committed could not be undone");
        }
    }
}

fn opened(path: &Path, busy: Duration, statements: usize) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    connection.set_prepared_statement_cache_capacity(statements);
    for (pragma, value) in
        [("synchronous", "FULL"), ("foreign_keys", "ON"), ("temp_store", "memory")]
    {
        connection.pragma_update(None, pragma, value)?;
    }
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    Ok(connection)
}

fn bind(prepared: &mut CachedStatement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    for (number, value) in (1..).zip(values) {
        prepared.raw_bind_parameter(number, bound(value)?)?;
    }
    Ok(())
}

fn failed(error: &rusqlite::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use sea_orm::{
        ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, ModelTrait,
        QueryTrait, Schema,
    };
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::store::entity::{bucket, webhook_endpoint};
    use crate::store::sql::Script;
    use crate::store::writer::Within;

    const BUSY: Duration = Duration::from_millis(50);

    /// A file with the table, on both ways to it.
    async fn file<E: EntityTrait>(
        entity: E,
        folder: &tempfile::TempDir,
    ) -> (DatabaseConnection, InPlace) {
        let path = folder.path().join("file.db");
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let database = Database::connect(url).await.unwrap();
        let mut table = Schema::new(DbBackend::Sqlite).create_table_from_entity(entity);
        database.execute(table.if_not_exists()).await.unwrap();
        database.execute_unprepared("PRAGMA journal_mode = wal").await.unwrap();
        (database, InPlace::open(&path, BUSY, 10).unwrap())
    }

    fn endpoint(id: &str, ordered: bool, rate_limit: Option<i32>) -> webhook_endpoint::Model {
        webhook_endpoint::Model {
            id: id.to_owned(),
            workspace_id: "w".to_owned(),
            url: "https://example.com/ä?'\"".to_owned(),
            events: "[]".to_owned(),
            since_seq: i64::MAX,
            state: String::new(),
            disabled_reason: rate_limit.map(|limit| limit.to_string()),
            disabled_at: Some(i64::MIN),
            ordered,
            rate_limit,
            failing_since: None,
            warned: i32::MIN,
            secret_last4: "1234".to_owned(),
            previous_until: None,
            created_at: 0,
        }
    }

    fn bucket() -> bucket::Model {
        bucket::Model {
            workspace_id: "w".to_owned(),
            id: "b".to_owned(),
            endpoint: "https://example.com".to_owned(),
            name: "name".to_owned(),
            region: "auto".to_owned(),
            prefix: String::new(),
            path_style: true,
            access_key_id: "key".to_owned(),
            secret_access_key: (0..=255).collect(),
            state: "active".to_owned(),
            failing_since: Some(1),
            connected_at: 2,
            since_seq: 3,
            last_test: None,
            failed_at: None,
        }
    }

    async fn add<M: ModelTrait>(transaction: Transaction, rows: &[M]) -> Transaction {
        let within = Within::InPlace(transaction);
        let mut script = Script::new(DbBackend::Sqlite);
        for row in rows {
            script.insert(std::slice::from_ref(row));
        }
        script.run(&within).await.unwrap();
        let Within::InPlace(transaction) = within else { panic!("it was in place") };
        transaction
    }

    fn read<E>(transaction: &Transaction) -> Vec<E::Model>
    where
        E: EntityTrait,
        E::Model: DeserializeOwned,
    {
        let records = transaction.records(&E::find().build(DbBackend::Sqlite)).unwrap();
        records.iter().map(|record| record.model::<E>().unwrap()).collect()
    }

    #[tokio::test]
    async fn rows_are_the_same_on_both_ways() {
        let folder = tempfile::tempdir().unwrap();
        let (database, file) = file(webhook_endpoint::Entity, &folder).await;
        let rows = [endpoint("a", true, Some(i32::MAX)), endpoint("b", false, None)];
        let transaction = add(file.begin().unwrap(), &rows).await;
        assert_eq!(read::<webhook_endpoint::Entity>(&transaction), rows);
        transaction.commit().unwrap();
        assert_eq!(webhook_endpoint::Entity::find().all(&database).await.unwrap(), rows);

        let (database, file) = self::file(bucket::Entity, &folder).await;
        let transaction = add(file.begin().unwrap(), &[bucket()]).await;
        assert_eq!(read::<bucket::Entity>(&transaction), [bucket()]);
        transaction.commit().unwrap();
        assert_eq!(bucket::Entity::find().all(&database).await.unwrap(), [bucket()]);
    }

    #[tokio::test]
    async fn what_is_not_committed_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let (database, file) = file(bucket::Entity, &folder).await;
        let transaction = add(file.begin().unwrap(), &[bucket()]).await;
        let twice = transaction.execute("INSERT INTO bucket SELECT * FROM bucket", &[]);
        assert!(twice.unwrap_err().to_string().contains("UNIQUE"));
        drop(transaction);
        assert_eq!(bucket::Entity::find().all(&database).await.unwrap(), []);
        let transaction = add(file.begin().unwrap(), &[bucket()]).await;
        assert_eq!(transaction.execute("DELETE FROM bucket", &[]).unwrap(), 1);
        transaction.commit().unwrap();
        assert_eq!(bucket::Entity::find().all(&database).await.unwrap(), []);
    }

    #[tokio::test]
    async fn what_has_settled_is_found_without_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let (_database, file) = file(bucket::Entity, &folder).await;
        file.settle().unwrap();
        add(file.begin().unwrap(), &[bucket()]).await.commit().unwrap();
        let found = || {
            let alone = folder.path().join("alone.db");
            std::fs::copy(folder.path().join("file.db"), &alone).unwrap();
            let rows = Connection::open(alone).unwrap();
            rows.query_row("SELECT count(*) FROM bucket", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(found(), 0);
        file.settle().unwrap();
        assert_eq!(found(), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (_database, file) = file(bucket::Entity, &folder).await;
        let transaction = file.begin().unwrap();
        let select = |values: [Value; 2]| {
            let sql = "SELECT ? AS number, ? AS text";
            transaction.records(&Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
        };
        let found = select([5_i64.into(), "five".into()]).unwrap();
        assert_eq!(found[0].get::<i64>("number").unwrap(), 5);
        assert_eq!(found[0].get::<Option<i32>>("number").unwrap(), Some(5));
        for wrong in [found[0].get::<i64>("text"), found[0].get::<i64>("absent")] {
            assert!(matches!(wrong, Err(DbErr::Type(_))), "{wrong:?}");
        }
        let large = select([i64::MAX.into(), Value::String(None)]).unwrap();
        assert!(large[0].get::<i32>("number").is_err());
        assert_eq!(large[0].get::<Option<String>>("text").unwrap(), None);
        assert!(select([0.5_f64.into(), "five".into()]).is_err(), "a kind that we never bind");

        // Another transaction is waited for, for a time.
        let other = InPlace::open(&folder.path().join("file.db"), BUSY, 10).unwrap();
        assert!(other.begin().is_err());
        transaction.commit().unwrap();
        other.begin().unwrap().commit().unwrap();
        file.close();
        assert!(matches!(file.begin(), Err(DbErr::Conn(_))));
    }
}
