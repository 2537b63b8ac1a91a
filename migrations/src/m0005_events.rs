//! The event log: rows of one workspace are numbered without a gap, in the order they committed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, string_null, text};

use crate::create_by_key;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let event = Table::create()
            .table("event")
            .col(string("workspace_id"))
            .col(big_integer("seq"))
            .col(string("id").unique_key())
            .col(string("epoch"))
            .col(string("type"))
            .col(big_integer("occurred_at"))
            .col(string_null("query_id"))
            .col(text("payload"))
            .primary_key(Index::create().col("workspace_id").col("seq"))
            .to_owned();
        create_by_key(manager, event).await
    }
}
