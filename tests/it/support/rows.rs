//! The rows behind the service's back: for tests that damage what is stored, and put it right again.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr};

use super::database::TestDatabase;

/// All tables with rows of ours, each before those that point at it.
const TABLES: &[&str] = &[
    "workspace",
    "api_key",
    "session",
    "login_link",
    "event_counter",
    "query",
    "schedule",
    "job",
    "task",
    "storage_object",
    "result_body",
    "collection",
    "event",
    "dataset",
    "webhook_endpoint",
    "webhook_secret",
    "delivery",
    "delivery_attempt",
    "audit_entry",
    "bucket",
    "deletion",
    "label",
    "pace",
    "scrape_log",
    "retention",
    "master_key",
    "download_link",
    "pin",
    "seaql_migrations",
];

pub struct Rows(DatabaseConnection);

impl Rows {
    pub async fn of(data: &Path, database: Option<&TestDatabase>) -> Self {
        let file = format!("sqlite://{}", data.join("bytestack.db").display());
        Self::at(database.map_or(&file, |database| &database.url)).await
    }

    pub async fn at(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Self(Database::connect(options).await.unwrap())
    }

    pub fn is_sqlite(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Sqlite
    }

    pub async fn execute(&self, sql: &str) {
        self.try_execute(sql).await.unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }

    /// The same where somebody else may have what is to be changed.
    pub async fn try_execute(&self, sql: &str) -> Result<(), DbErr> {
        self.0.execute_unprepared(sql).await.map(drop)
    }

    /// The first column of the first row of a selection.
    pub async fn text(&self, sql: &str) -> String {
        let statement = sea_orm::Statement::from_string(self.0.get_database_backend(), sql);
        let row = self.0.query_one_raw(statement).await.unwrap();
        let row = row.unwrap_or_else(|| panic!("no row: {sql}"));
        row.try_get_by_index(0).unwrap()
    }

    /// Keeps a copy of all rows.
    pub async fn keep(&self) {
        for table in TABLES {
            self.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
    }

    /// Puts all rows back as they were kept.
    pub async fn restore(&self) {
        for table in TABLES.iter().rev() {
            self.execute(&format!("DELETE FROM {table}")).await;
        }
        for table in TABLES {
            self.execute(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
    }
}
