//! Where a query's events are sent, each event's way there, and every attempt. Each kind of task is
//! claimed by workers of its own, so the index of what is due begins with the kind.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, integer_null, string, text, text_null,
};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhook_url =
            Table::alter().table("query").add_column(text_null("webhook_url")).to_owned();
        manager.alter_table(webhook_url).await?;

        let delivery = Table::create()
            .table("delivery")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(text("target"))
            .col(string("event_id"))
            .col(string("query_id"))
            .col(string("job_id"))
            .col(string("status"))
            .col(big_integer("created_at"))
            .col(big_integer_null("next_attempt_at"))
            .col(big_integer_null("completed_at"))
            .to_owned();
        create_by_key(manager, delivery).await?;
        let table = "delivery";
        create_index(manager, "delivery_workspace", table, &["workspace_id", "id"], false).await?;
        create_index(manager, "delivery_job", table, &["job_id", "id"], false).await?;

        let attempt = Table::create()
            .table("delivery_attempt")
            .col(string("delivery_id"))
            .col(integer("number"))
            .col(big_integer("at"))
            .col(big_integer("duration_ms"))
            .col(integer_null("status_code"))
            .col(text_null("error"))
            .col(text_null("response_excerpt"))
            .primary_key(Index::create().col("delivery_id").col("number"))
            .foreign_key(ForeignKey::create().from_col("delivery_id").to("delivery", "id"))
            .to_owned();
        create_by_key(manager, attempt).await?;

        manager.drop_index(Index::drop().name("task_due").table("task").to_owned()).await?;
        create_index(manager, "task_due", "task", &["kind", "due_at", "id"], false).await
    }
}
