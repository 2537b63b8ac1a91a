//! Single rows of a file of this machine, read on the thread of whoever asks: handing the statement to another
//! thread and waiting for its answer costs several times what looking up a key does. What cannot be read so at
//! once, as somebody holds the file or it is broken, is left to the ordinary way, which waits and tells.
//!
//! The thread that reads waits for the disk where the page is not in memory, so this is for statements that look up
//! a few keys, not for those that go through rows.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use sea_orm::Statement;

use super::sql::bound;

/// The connections that nobody reads with just now; None when no more may be read.
pub struct AtHand {
    path: PathBuf,
    idle: Mutex<Option<Vec<Connection>>>,
}

/// It is to be read in the ordinary way.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAtHand;

impl AtHand {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Some(Vec::new())) }
    }

    /// The first row that the statement finds.
    pub fn first<T>(
        &self,
        statement: &Statement,
        row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, NotAtHand> {
        let connection = self.take()?;
        let read = read(&connection, statement, row);
        if let (Ok(_), Some(idle)) = (&read, &mut *self.lock()) {
            idle.push(connection);
        }
        read.map_err(|error| {
            tracing::debug!(%error, "a row was not at hand");
            NotAtHand
        })
    }

    /// Reads no more.
    pub fn close(&self) {
        drop(self.lock().take());
    }

    fn take(&self) -> Result<Connection, NotAtHand> {
        let idle = self.lock().as_mut().ok_or(NotAtHand)?.pop();
        idle.map_or_else(|| self.open(), Ok)
    }

    fn open(&self) -> Result<Connection, NotAtHand> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(|_| NotAtHand)?;
        connection.busy_timeout(Duration::ZERO).map_err(|_| NotAtHand)?;
        Ok(connection)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T>(
    connection: &Connection,
    statement: &Statement,
    row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    let values = statement.values.iter().flat_map(|values| &values.0).map(bound);
    let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let mut rows = prepared.query(params_from_iter(values))?;
    rows.next()?.map(row).transpose()
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::*;

    fn file(folder: &tempfile::TempDir) -> (Connection, AtHand) {
        let path = folder.path().join("file.db");
        let writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "wal").unwrap();
        writer.execute("CREATE TABLE named (name TEXT PRIMARY KEY, value INTEGER)", []).unwrap();
        writer.execute("INSERT INTO named VALUES ('a', 1)", []).unwrap();
        (writer, AtHand::new(&path))
    }

    fn value_of(file: &AtHand, name: &str) -> Result<Option<i64>, NotAtHand> {
        let sql = "SELECT value FROM named WHERE name = ?";
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
        file.first(&statement, |row| row.get(0))
    }

    #[test]
    fn what_is_committed_is_read_and_what_is_not_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, file) = file(&folder);
        assert_eq!((value_of(&file, "a"), value_of(&file, "b")), (Ok(Some(1)), Ok(None)));
        writer.execute_batch("BEGIN; UPDATE named SET value = 2").unwrap();
        assert_eq!(value_of(&file, "a"), Ok(Some(1)));
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(value_of(&file, "a"), Ok(Some(2)));
        assert_eq!(file.lock().as_ref().unwrap().len(), 1);
    }

    #[test]
    fn what_cannot_be_read_at_once_is_left_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, file) = file(&folder);
        assert_eq!(value_of(&file, "a"), Ok(Some(1)));
        let absent = Statement::from_string(DbBackend::Sqlite, "SELECT absent");
        assert_eq!(file.first(&absent, |_| Ok(())), Err(NotAtHand));
        let odd = Statement::from_sql_and_values(DbBackend::Sqlite, "SELECT ?", [0.5_f64.into()]);
        assert_eq!(file.first(&odd, |_| Ok(())), Err(NotAtHand));
        drop(writer);
        let alone = Connection::open(&file.path).unwrap();
        alone.pragma_update(None, "locking_mode", "exclusive").unwrap();
        file.lock().as_mut().unwrap().clear();
        alone.execute("UPDATE named SET value = 3", []).unwrap();
        assert_eq!(value_of(&file, "a"), Err(NotAtHand));
        drop(alone);
        assert_eq!(value_of(&file, "a"), Ok(Some(3)));
        file.close();
        assert_eq!(value_of(&file, "a"), Err(NotAtHand));
    }
}
