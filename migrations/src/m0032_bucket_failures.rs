//! When a bucket failed last: whether it has kept failing since it first did cannot be told without.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer_null("failed_at");
        let column = Table::alter().table("bucket").add_column(column).to_owned();
        manager.alter_table(column).await
    }
}
