//! What a result rests on: of each source that was asked, the documents it gave, in a blob that lives as long
//! as the result. A workspace may choose not to keep them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string, string_null, text};

use crate::create_by_key;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let collection = Table::create()
            .table("collection")
            .col(string("object_id"))
            .col(text("source"))
            .col(big_integer("documents"))
            .col(big_integer("size_bytes"))
            .col(string("sha256"))
            .col(string_null("blob"))
            .primary_key(Index::create().col("object_id").col("source"))
            .foreign_key(ForeignKey::create().from_col("object_id").to("storage_object", "id"))
            .to_owned();
        create_by_key(manager, collection).await?;

        let keeps = boolean("keeps_documents").default(true).take();
        let keeps = Table::alter().table("workspace").add_column(keeps).to_owned();
        manager.alter_table(keeps).await
    }
}
