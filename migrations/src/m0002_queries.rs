//! Saved questions, their runs, and the keys that make a repeated request harmless.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean_null, integer, string, string_null, text, text_null,
};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let query = Table::create()
            .table("query")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string_null("name"))
            .col(text("prompt"))
            .col(text("sources"))
            .col(big_integer_null("range_start"))
            .col(big_integer_null("range_end"))
            .col(integer("result_limit"))
            .col(text("reading"))
            .col(text("assumptions"))
            .col(string("timezone"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .col(big_integer_null("deleted_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        create_by_key(manager, query).await?;
        create_index(manager, "query_workspace", "query", &["workspace_id", "id"], false).await?;

        let job = Table::create()
            .table("job")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("query_id"))
            .col(string("status"))
            .col(string("trigger"))
            .col(big_integer_null("scheduled_for"))
            .col(string("storage_key").unique_key())
            .col(big_integer("created_at"))
            .col(big_integer_null("started_at"))
            .col(big_integer_null("completed_at"))
            .col(integer("attempt"))
            .col(integer("max_attempts"))
            .col(string_null("error_code"))
            .col(text_null("error_message"))
            .col(boolean_null("error_retryable"))
            .col(text_null("sources"))
            .foreign_key(ForeignKey::create().from_col("query_id").to("query", "id"))
            .to_owned();
        create_by_key(manager, job).await?;
        create_index(manager, "job_workspace", "job", &["workspace_id", "id"], false).await?;
        create_index(manager, "job_query", "job", &["query_id", "id"], false).await?;

        let idempotency = Table::create()
            .table("idempotency")
            .col(string("workspace_id"))
            .col(string("operation"))
            .col(string("key"))
            .col(string("request_hash"))
            .col(string("query_id"))
            .col(string_null("job_id"))
            .col(big_integer("event_seq"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("workspace_id").col("operation").col("key"))
            .to_owned();
        create_by_key(manager, idempotency).await?;
        create_index(manager, "idempotency_age", "idempotency", &["created_at"], false).await
    }
}
