//! The bucket of a workspace. `id` changes when it leads elsewhere, so that what is on its way to one
//! place is never taken for being on its way to another.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, boolean, string, text, text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bucket = Table::create()
            .table("bucket")
            .col(string("workspace_id").primary_key())
            .col(string("id"))
            .col(text("endpoint"))
            .col(string("name"))
            .col(string("region"))
            .col(text("prefix"))
            .col(boolean("path_style"))
            .col(string("access_key_id"))
            .col(blob("secret_access_key"))
            .col(string("state"))
            .col(big_integer_null("failing_since"))
            .col(big_integer("connected_at"))
            .col(big_integer("since_seq"))
            .col(text_null("last_test"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(bucket).await
    }
}
