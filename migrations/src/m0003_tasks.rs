//! The hot table: only work that is not finished. `due_at` is when a task may be claimed next: its
//! run time at first, the end of its lease while somebody works on it. An abandoned lease is
//! therefore due again by itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, string, string_null};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let task = Table::create()
            .table("task")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("kind"))
            .col(big_integer("due_at"))
            .col(big_integer_null("lease_token"))
            .col(string_null("leased_by"))
            .col(integer("attempt"))
            .col(integer("max_attempts"))
            .to_owned();
        create_by_key(manager, task).await?;
        create_index(manager, "task_due", "task", &["due_at", "id"], false).await?;

        let node = Table::create()
            .table("node")
            .col(string("id").primary_key())
            .col(big_integer("boot"))
            .col(big_integer("started_at"))
            .to_owned();
        manager.create_table(node).await
    }
}
