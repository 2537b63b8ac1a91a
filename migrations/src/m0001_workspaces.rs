//! Tenants, their keys, and the counter that numbers each tenant's events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, string};

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workspace = Table::create()
            .table("workspace")
            .col(string("id").primary_key())
            .col(string("name"))
            .col(string("timezone"))
            .col(blob("signing_secret"))
            .col(big_integer("created_at"))
            .to_owned();
        manager.create_table(workspace).await?;

        let counter = Table::create()
            .table("event_counter")
            .col(string("workspace_id").primary_key())
            .col(string("epoch"))
            .col(big_integer("seq"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(counter).await?;

        let api_key = Table::create()
            .table("api_key")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("name"))
            .col(string("scope"))
            .col(string("secret_hash").unique_key())
            .col(string("last4"))
            .col(big_integer("created_at"))
            .col(big_integer_null("expires_at"))
            .col(big_integer_null("revoked_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(api_key).await?;
        create_index(manager, "api_key_workspace", "api_key", &["workspace_id", "id"], false).await
    }
}
