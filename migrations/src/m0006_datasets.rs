//! Uploaded datasets: a row per immutable version.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string};

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dataset = Table::create()
            .table("dataset")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("name"))
            .col(integer("version"))
            .col(big_integer("documents"))
            .col(big_integer("size_bytes"))
            .col(string("sha256"))
            .col(string("blob"))
            .col(big_integer("created_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(dataset).await?;
        let version = &["workspace_id", "name", "version"];
        create_index(manager, "dataset_version", "dataset", version, true).await
    }
}
