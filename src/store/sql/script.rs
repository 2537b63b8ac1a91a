//! Statements that answer nothing, sent to the database in one call: handing a call over and waiting for
//! its answer costs more than most statements.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait,
};

use super::Binder;

/// No statement of a script may depend on what another one of it has written: SQLite runs them one after
/// the other, PostgreSQL as parts of one statement, in any order. Foreign keys are checked at the end.
pub struct Script {
    binder: Binder,
    texts: Vec<String>,
}

impl Script {
    pub fn new(backend: DbBackend) -> Self {
        Self { binder: Binder::new(backend), texts: Vec::new() }
    }

    /// Adds the statement that `write` gives the text of.
    pub fn add(&mut self, write: impl FnOnce(&mut Binder) -> String) {
        self.texts.push(write(&mut self.binder));
    }

    /// Adds the insertion of rows, if there are any.
    pub fn insert<M: ModelTrait>(&mut self, rows: &[M]) {
        if rows.is_empty() {
            return;
        }
        let columns: Vec<_> = <M::Entity as EntityTrait>::Column::iter().collect();
        let names: Vec<String> =
            columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
        let rows = rows.iter().map(|row| columns.iter().map(|column| row.get(*column)));
        let text = format!(
            "INSERT INTO {} ({}) {}",
            M::Entity::default().table_name(),
            names.join(", "),
            self.binder.rows(rows)
        );
        self.texts.push(text);
    }

    pub async fn run<C: ConnectionTrait>(self, connection: &C) -> Result<(), DbErr> {
        let Self { binder, mut texts } = self;
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
        connection.execute_raw(binder.statement(sql)).await.map(drop)
    }
}
