//! What a repeated request is told that made no job of its own: how many things the first one made.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let made = integer_null("made");
        let table = Table::alter().table("idempotency").add_column(made).to_owned();
        manager.alter_table(table).await
    }
}
