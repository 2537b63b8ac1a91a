//! The audit log by what it is filtered by: each list is read in its order, newest first, and no further
//! than wanted, however long the log is.

use sea_orm_migration::prelude::*;

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [
            ("audit_entry_key", "key_id"),
            ("audit_entry_object", "object_id"),
            ("audit_entry_operation", "operation"),
        ] {
            let columns = ["workspace_id", column, "id"];
            create_index(manager, name, "audit_entry", &columns, false).await?;
        }
        Ok(())
    }
}
