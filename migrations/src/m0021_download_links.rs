//! Links by which a result is downloaded without a key. Only a hash of what is in the address is kept; a
//! link outlives its result, to say that it is gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "download_link";
        let workspace =
            ForeignKey::create().from_col("workspace_id").to("workspace", "id").to_owned();
        let link = Table::create()
            .table(table)
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("object_id"))
            .col(string("storage_key"))
            .col(string("secret_hash").unique_key())
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("revoked_at"))
            .col(string_null("idempotency_key"))
            .col(string_null("request_hash"))
            .foreign_key(&mut workspace.clone())
            .to_owned();
        create_by_key(manager, link).await?;
        create_index(manager, "link_workspace", table, &["workspace_id", "id"], false).await?;
        create_index(manager, "link_result", table, &["workspace_id", "storage_key", "id"], false)
            .await?;
        let key = &["workspace_id", "idempotency_key", "created_at"];
        create_index(manager, "link_idempotency", table, key, false).await?;
        create_index(manager, "link_expires", table, &["expires_at"], false).await
    }
}
