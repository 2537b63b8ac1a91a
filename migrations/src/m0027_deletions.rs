//! Deleting results: what was asked for, as work that goes on after a restart; and with each job, when its
//! result was deleted, so that a result that is missing can be told from one that was.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, text};

use crate::create_by_key;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let deletion = Table::create()
            .table("deletion")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(text("selection"))
            .col(big_integer("matched"))
            .col(big_integer("bytes"))
            .col(big_integer("deleted"))
            .col(big_integer("created_at"))
            .col(big_integer_null("completed_at"))
            .to_owned();
        create_by_key(manager, deletion).await?;

        let deleted = big_integer_null("result_deleted_at");
        let table = Table::alter().table("job").add_column(deleted).to_owned();
        manager.alter_table(table).await
    }
}
