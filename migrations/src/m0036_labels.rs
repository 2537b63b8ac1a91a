//! What a model said that texts feel: each text is asked for once, so that runs agree. The texts themselves are
//! not here, only their hashes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text};

use crate::create_by_key;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let label = Table::create()
            .table("label")
            .col(string("workspace_id"))
            .col(text("labelled_by"))
            .col(string("version"))
            .col(string("text_sha256"))
            .col(string("sentiment"))
            .col(big_integer("labelled_at"))
            .primary_key(
                Index::create()
                    .col("workspace_id")
                    .col("labelled_by")
                    .col("version")
                    .col("text_sha256"),
            )
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        create_by_key(manager, label).await
    }
}
