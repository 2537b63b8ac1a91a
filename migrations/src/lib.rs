//! The database schema, one step per file, the same for SQLite and PostgreSQL.
//!
//! Ids are texts, instants are milliseconds since 1970 in a big integer (so that they compare and
//! index alike everywhere), and bytes that are signed, hashed or sent on are text or blobs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

mod m0001_workspaces;
mod m0002_queries;
mod m0003_tasks;
mod m0004_results;
mod m0005_events;
mod m0006_datasets;
mod m0007_deliveries;
mod m0008_fairness;
mod m0009_schedules;
mod m0010_repeats;
mod m0011_churn;
mod m0012_key_uses;
mod m0016_trimmed_logs;
mod m0017_audit_entries;
mod m0018_deleted_datasets;
mod m0019_sessions;
mod m0020_audit_filters;
mod m0021_download_links;
mod m0023_webhook_endpoints;
mod m0027_deletions;
mod m0028_retention;
mod m0029_master_key;
mod m0030_buckets;
mod m0031_bucket_deliveries;
mod m0032_bucket_failures;
mod m0033_query_reader;
mod m0034_output_schemas;
mod m0035_collections;
mod m0036_labels;
mod m0037_paces;
mod m0038_scrape_logs;
mod m0039_pins;

pub use sea_orm_migration::MigratorTrait;

/// All steps in the order they are applied.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_workspaces::Migration),
            Box::new(m0002_queries::Migration),
            Box::new(m0003_tasks::Migration),
            Box::new(m0004_results::Migration),
            Box::new(m0005_events::Migration),
            Box::new(m0006_datasets::Migration),
            Box::new(m0007_deliveries::Migration),
            Box::new(m0008_fairness::Migration),
            Box::new(m0009_schedules::Migration),
            Box::new(m0010_repeats::Migration),
            Box::new(m0011_churn::Migration),
            Box::new(m0012_key_uses::Migration),
            Box::new(m0016_trimmed_logs::Migration),
            Box::new(m0017_audit_entries::Migration),
            Box::new(m0018_deleted_datasets::Migration),
            Box::new(m0019_sessions::Migration),
            Box::new(m0020_audit_filters::Migration),
            Box::new(m0021_download_links::Migration),
            Box::new(m0023_webhook_endpoints::Migration),
            Box::new(m0027_deletions::Migration),
            Box::new(m0028_retention::Migration),
            Box::new(m0029_master_key::Migration),
            Box::new(m0030_buckets::Migration),
            Box::new(m0031_bucket_deliveries::Migration),
            Box::new(m0032_bucket_failures::Migration),
            Box::new(m0033_query_reader::Migration),
            Box::new(m0034_output_schemas::Migration),
            Box::new(m0035_collections::Migration),
            Box::new(m0036_labels::Migration),
            Box::new(m0037_paces::Migration),
            Box::new(m0038_scrape_logs::Migration),
            Box::new(m0039_pins::Migration),
        ]
    }
}

/// Lets PostgreSQL compare all texts byte by byte, whatever the database's language: ids and keys then
/// sort as they do on SQLite, and their indexes need no language rules.
pub async fn collate(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let sql = "DO $$ DECLARE one record; BEGIN \
         FOR one IN SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c \
             JOIN information_schema.tables t USING (table_schema, table_name) \
             WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
               AND c.data_type IN ('text', 'character varying') AND c.collation_name IS NULL \
         LOOP EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE %s COLLATE \"C\"', \
             one.table_name, one.column_name, one.data_type); \
         END LOOP; END $$";
    connection.execute_unprepared(sql).await?;
    Ok(())
}

/// Creates a table that is kept in the order of its key: rows whose ids grow with time are then appended,
/// and SQLite needs no second tree for the key.
async fn create_by_key(
    manager: &SchemaManager<'_>,
    mut table: TableCreateStatement,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    manager.create_table(table).await
}

/// Creates one index over columns of a table.
async fn create_index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    manager.create_index(index).await
}
