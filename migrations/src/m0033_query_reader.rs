//! Who read a query's prompt, and with which version: a saved reading stays when the grammar learns more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let first = r#"{"kind":"builtin","version":"1"}"#;
        let column = text("reader").default(first).take();
        let column = Table::alter().table("query").add_column(column).to_owned();
        manager.alter_table(column).await
    }
}
