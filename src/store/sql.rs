//! Small helpers for the statements written by hand: the same text runs on both databases.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait, Select, Statement, Value,
};

/// The database's own time, in milliseconds since 1970: leases are measured by it alone, so that
/// nodes with different clocks agree.
pub fn now_ms(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        _ => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    }
}

/// A positive random number, a new one for each row.
pub fn random_token(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "(random() & 9223372036854775807)",
        _ => "CAST(floor(random() * 9007199254740992) AS BIGINT)",
    }
}

/// The first rows of a selection. The number stands in the text: SQLite compiles a statement anew
/// each time a bound limit changes, or is only bound again.
pub async fn first<E, C>(
    connection: &C,
    select: Select<E>,
    count: u64,
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    let mut statement = select.build(connection.get_database_backend());
    statement.sql = format!("{} LIMIT {count}", statement.sql);
    E::find().from_raw_sql(statement).all(connection).await
}

/// Collects the values of a statement while its text is written.
#[derive(Default)]
pub struct Binder {
    values: Vec<Value>,
}

impl Binder {
    /// Adds a value and gives its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Placeholders for a list, separated by commas.
    pub fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let placeholders: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        placeholders.join(", ")
    }

    /// One row of a `VALUES` list.
    pub fn row(&mut self, values: impl IntoIterator<Item = Value>) -> String {
        format!("({})", self.list(values))
    }

    pub fn statement(self, backend: DbBackend, sql: String) -> Statement {
        Statement::from_sql_and_values(backend, sql, self.values)
    }
}
