//! Stored results: the object's row, and its bytes when they are small enough to be a row. An object has
//! its job's id under another prefix and its job's storage key, so neither needs an index of its own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, string, string_null};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let object = Table::create()
            .table("storage_object")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("query_id"))
            .col(string("job_id"))
            .col(string("key"))
            .col(string("content_type"))
            .col(big_integer("size_bytes"))
            .col(string("sha256"))
            .col(string_null("blob"))
            .col(big_integer("created_at"))
            .col(big_integer_null("expires_at"))
            .to_owned();
        create_by_key(manager, object).await?;
        let table = "storage_object";
        create_index(manager, "object_workspace", table, &["workspace_id", "id"], false).await?;
        create_index(manager, "object_query", table, &["query_id", "id"], false).await?;

        let body = Table::create()
            .table("result_body")
            .col(string("object_id").primary_key())
            .col(blob("zstd"))
            .foreign_key(ForeignKey::create().from_col("object_id").to("storage_object", "id"))
            .to_owned();
        manager.create_table(body).await
    }
}
