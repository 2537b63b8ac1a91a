//! Who changed what, and when: a row in the transaction of each change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, string_null, text_null};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entry = Table::create()
            .table("audit_entry")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(big_integer("at"))
            .col(string_null("key_id"))
            .col(string("operation"))
            .col(string_null("object_id"))
            .col(text_null("detail"))
            .to_owned();
        create_by_key(manager, entry).await?;
        let columns = ["workspace_id", "id"];
        create_index(manager, "audit_entry_workspace", "audit_entry", &columns, false).await?;
        create_index(manager, "audit_entry_at", "audit_entry", &["at"], false).await
    }
}
