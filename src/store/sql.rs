//! Small helpers for the statements written by hand: the same text runs on both databases.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, ModelTrait, QueryTrait,
    Select, Statement, Value,
};

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

/// Collects the values of a statement while its text is written: values are bound in the order in
/// which their placeholders stand.
pub struct Binder {
    backend: DbBackend,
    values: Vec<Value>,
}

impl Binder {
    pub fn new(backend: DbBackend) -> Self {
        Self { backend, values: Vec::new() }
    }

    /// Adds a value and gives its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        match self.backend {
            DbBackend::Sqlite => "?".to_owned(),
            _ => format!("${}", self.values.len()),
        }
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

    pub fn statement(self, sql: String) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, self.values)
    }
}

/// Statements that answer nothing and run one after the other. SQLite takes them in one call, as
/// handing a call to its thread and back costs more than most statements.
#[derive(Default)]
pub struct Script(Vec<Statement>);

impl Script {
    pub fn push(&mut self, statement: Statement) {
        self.0.push(statement);
    }

    /// Adds the insertion of rows, if there are any.
    pub fn insert<M>(&mut self, backend: DbBackend, rows: Vec<M>)
    where
        M: IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + ModelTrait,
        <M::Entity as EntityTrait>::ActiveModel: Send,
    {
        if rows.is_empty() {
            return;
        }
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        self.push(M::Entity::insert_many(rows).build(backend));
    }

    pub async fn run<C: ConnectionTrait>(self, connection: &C) -> Result<(), DbErr> {
        let backend = connection.get_database_backend();
        if self.0.is_empty() {
            return Ok(());
        }
        if backend != DbBackend::Sqlite {
            for statement in self.0 {
                connection.execute_raw(statement).await?;
            }
            return Ok(());
        }
        let texts: Vec<&str> = self.0.iter().map(|statement| statement.sql.as_str()).collect();
        let sql = texts.join("; ");
        let values = self.0.into_iter().filter_map(|statement| statement.values);
        let values: Vec<Value> = values.flat_map(|values| values.0).collect();
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }
}
