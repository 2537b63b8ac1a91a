//! What jobs asked of sources and were answered: a row for each exchange. The raw bodies of one source of one
//! attempt lie behind each other in a blob; a row says where its own is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, integer_null, string, string_null, text, text_null,
};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let log = Table::create()
            .table("scrape_log")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("job_id"))
            .col(integer("attempt"))
            .col(text("source"))
            .col(big_integer("at"))
            .col(string("method"))
            .col(text("url"))
            .col(big_integer("duration_ms"))
            .col(integer_null("status_code"))
            .col(text_null("error"))
            .col(big_integer("size_bytes"))
            .col(big_integer_null("documents"))
            .col(string_null("blob"))
            .col(big_integer("blob_from"))
            .col(big_integer("blob_to"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        create_by_key(manager, log).await?;
        // Ids grow with time: what is old is found by them.
        let (table, old) = ("scrape_log", &["workspace_id", "id"]);
        create_index(manager, "scrape_log_workspace", table, old, false).await?;
        create_index(manager, "scrape_log_job", table, &["job_id", "id"], false).await
    }
}
