//! What stays of a dataset that was deleted: its numbers, so that the next upload of its name does not
//! get one that a result has named already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column =
            Table::alter().table("dataset").add_column(big_integer_null("deleted_at")).to_owned();
        manager.alter_table(column).await
    }
}
