//! Statements that answer nothing, sent to the database in one call: handing a call over and waiting for
//! its answer costs more than most statements.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait,
};

use super::Binder;
use crate::store::in_place::Transaction;
use crate::store::writer::Within;

/// The most values of one statement on SQLite, which the library compiles in.
const MOST_VALUES: usize = 32_766;

/// No statement of a script may depend on what another one of it has written: SQLite runs them one after
/// the other, PostgreSQL as parts of one statement, in any order. Foreign keys are checked at the end.
pub struct Script {
    binder: Binder,
    texts: Vec<String>,
    /// How many values there were after each.
    ends: Vec<usize>,
}

impl Script {
    pub fn new(backend: DbBackend) -> Self {
        Self { binder: Binder::new(backend), texts: Vec::new(), ends: Vec::new() }
    }

    /// Adds the statement that `write` gives the text of.
    pub fn add(&mut self, write: impl FnOnce(&mut Binder) -> String) {
        self.texts.push(write(&mut self.binder));
        self.ends.push(self.binder.count());
    }

    /// Adds the insertion of rows, if there are any.
    pub fn insert<M: ModelTrait>(&mut self, rows: &[M]) {
        let columns: Vec<_> = <M::Entity as EntityTrait>::Column::iter().collect();
        let names: Vec<String> =
            columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
        let most = match self.binder.backend() {
            DbBackend::Sqlite => MOST_VALUES / columns.len().max(1),
            _ => rows.len(),
        };
        for rows in rows.chunks(most.max(1)) {
            let rows = rows.iter().map(|row| columns.iter().map(|column| row.get(*column)));
            let text = format!(
                "INSERT INTO {} ({}) {}",
                M::Entity::default().table_name(),
                names.join(", "),
                self.binder.rows(rows)
            );
            self.texts.push(text);
            self.ends.push(self.binder.count());
        }
    }

    /// One after the other where that costs nothing, else in one call.
    pub async fn run(self, within: &Within) -> Result<(), DbErr> {
        match within {
            Within::InPlace(transaction) => self.run_each(transaction),
            Within::Transaction(_) | Within::Statement(_) => self.run_together(within).await,
        }
    }

    fn run_each(self, transaction: &Transaction) -> Result<(), DbErr> {
        let (values, mut start) = (self.binder.into_values(), 0);
        for (text, end) in self.texts.iter().zip(self.ends) {
            transaction.execute(text, &values[start..end])?;
            start = end;
        }
        Ok(())
    }

    async fn run_together(self, within: &Within) -> Result<(), DbErr> {
        let Self { binder, mut texts, .. } = self;
        let Some(last) = texts.pop() else { return Ok(()) };
        let sql = match binder.backend() {
            _ if texts.is_empty() => last,
            DbBackend::Sqlite => format!("{}; {last}", texts.join("; ")),
            _ => {
                let parts = texts.iter().enumerate();
                let parts: Vec<String> =
                    parts.map(|(number, text)| format!("part{number} AS ({text})")).collect();
                format!("WITH {} {last}", parts.join(", "))
            }
        };
        within.execute_raw(binder.statement(sql)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{Database, PaginatorTrait};

    use super::*;
    use crate::store::entity::result_body;

    #[tokio::test]
    async fn more_rows_than_a_statement_takes_values_are_all_inserted() {
        let database = Database::connect("sqlite::memory:").await.unwrap();
        let table = "CREATE TABLE result_body (object_id TEXT PRIMARY KEY, zstd BLOB)";
        database.execute_unprepared(table).await.unwrap();
        let row = |number: usize| result_body::Model {
            object_id: number.to_string(),
            zstd: number.to_le_bytes().to_vec(),
        };
        let rows: Vec<_> = (0..40_000).map(row).collect();
        let mut script = Script::new(DbBackend::Sqlite);
        script.insert(&rows);
        script.run(&Within::Statement(database.clone())).await.unwrap();
        assert_eq!(result_body::Entity::find().count(&database).await.unwrap(), 40_000);
        let last = result_body::Entity::find_by_id("39999").one(&database).await.unwrap();
        assert_eq!(last.unwrap(), row(39_999));
    }
}
