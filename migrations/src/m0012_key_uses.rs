//! When a key was last used, to the minute.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let last_used = big_integer_null("last_used_at");
        let table = Table::alter().table("api_key").add_column(last_used).to_owned();
        manager.alter_table(table).await
    }
}
