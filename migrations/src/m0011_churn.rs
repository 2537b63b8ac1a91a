//! Jobs are written three times within a moment: on PostgreSQL their pages keep room for that, so that a
//! new version of a row needs no new entries in the indexes. Whether anything is held for a query is asked
//! each time a job ends, however many of its jobs wait.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let held = "CREATE INDEX task_held ON task (query_id) WHERE held";
        connection.execute_unprepared(held).await?;
        if manager.get_database_backend() != DatabaseBackend::Sqlite {
            connection.execute_unprepared("ALTER TABLE job SET (fillfactor = 60)").await?;
        }
        Ok(())
    }
}
