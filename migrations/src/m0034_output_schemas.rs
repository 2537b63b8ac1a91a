//! The form that a query's answers are to have, as JSON Schema.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = text_null("output_schema");
        let column = Table::alter().table("query").add_column(column).to_owned();
        manager.alter_table(column).await
    }
}
