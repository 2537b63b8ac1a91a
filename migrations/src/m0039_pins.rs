//! What a workspace keeps on its overview: charts of queries, each at most once. The unique index finds all pins
//! of a workspace as well as those of one of its queries.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "pin";
        let pin = Table::create()
            .table(table)
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("query_id"))
            .col(string("chart"))
            .col(big_integer("created_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .foreign_key(ForeignKey::create().from_col("query_id").to("query", "id"))
            .to_owned();
        create_by_key(manager, pin).await?;
        create_index(manager, "pin_once", table, &["workspace_id", "query_id", "chart"], true).await
    }
}
