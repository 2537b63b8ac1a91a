//! What tells whether a master key is the one that this database's secrets were sealed with, also where
//! nothing else is sealed yet.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{blob, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("master_key")
            .col(string("id").primary_key())
            .col(blob("sealed"))
            .to_owned();
        manager.create_table(table).await
    }
}
