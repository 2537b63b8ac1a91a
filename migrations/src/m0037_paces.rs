//! How far what a platform allows is used up, so that a restart does not begin a quota anew.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pace = Table::create()
            .table("pace")
            .col(text("bucket").primary_key())
            .col(big_integer("full_at"))
            .to_owned();
        manager.create_table(pace).await
    }
}
