//! Small helpers for the statements written by hand: the same text runs on both databases.

mod binder;
mod bound;
mod record;
mod script;
mod whole;

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait, Select, Statement,
};

pub use binder::Binder;
pub use bound::bound;
pub use record::{Record, Stores};
pub use script::Script;
pub use whole::{all, rows};

/// The database's own time, in milliseconds since 1970: leases are measured by it alone, so that
/// nodes with different clocks agree.
pub fn now_ms(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        _ => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    }
}

/// A statement without values.
pub fn constant(connection: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_string(connection.get_database_backend(), sql)
}

/// A positive random number, a new one for each row.
pub fn random_token(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "(random() & 9223372036854775807)",
        _ => "CAST(floor(random() * 9007199254740992) AS BIGINT)",
    }
}

/// Whether a column is one of these: on PostgreSQL with one text for any number of them, see [`binder`].
pub fn one_of<C, V>(backend: DbBackend, column: C, values: V) -> Expr
where
    C: ColumnTrait,
    V: IntoIterator<Item = String>,
{
    if backend == DbBackend::Sqlite {
        return column.is_in(values);
    }
    let values: Vec<String> = values.into_iter().collect();
    Expr::col(column.as_column_ref()).eq(PgFunc::any(values))
}

/// Selects what a table has for each of the given rows, which the condition calls `asked`. On PostgreSQL
/// the table is looked into once for each of them, by an index: a plan that was made while the table was
/// small would read all of it instead, and is kept when it has grown.
pub fn for_each(backend: DbBackend, rows: &str, columns: &str, table: &str, on: &str) -> String {
    match backend {
        DbBackend::Sqlite => {
            format!("SELECT {columns} FROM ({rows}) AS asked CROSS JOIN {table} WHERE {on}")
        }
        _ => format!(
            "SELECT found.* FROM ({rows}) AS asked CROSS JOIN LATERAL \
             (SELECT {columns} FROM {table} WHERE {on} OFFSET 0) AS found"
        ),
    }
}

/// The first rows of a selection.
pub async fn first<E, C>(
    connection: &C,
    select: Select<E>,
    count: u64,
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    let statement = limited(connection.get_database_backend(), &select, count);
    E::find().from_raw_sql(statement).all(connection).await
}

/// A selection of so many rows. The number stands in the text: SQLite compiles a statement anew each
/// time a bound limit changes, or is only bound again.
pub fn limited<E: EntityTrait>(backend: DbBackend, select: &Select<E>, count: u64) -> Statement {
    let mut statement = select.build(backend);
    statement.sql = format!("{} LIMIT {count}", statement.sql);
    statement
}
