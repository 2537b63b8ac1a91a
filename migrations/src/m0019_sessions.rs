//! Browsers that are signed in, and the links that sign one in once. Of both only the hash of the secret
//! is kept, and no longer than it lasts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let to_workspace =
            || ForeignKey::create().from_col("workspace_id").to("workspace", "id").to_owned();
        let to_key = || ForeignKey::create().from_col("key_id").to("api_key", "id").to_owned();
        let session = Table::create()
            .table("session")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(string("key_id"))
            .col(string("secret_hash").unique_key())
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .foreign_key(&mut to_workspace())
            .foreign_key(&mut to_key())
            .to_owned();
        manager.create_table(session).await?;
        create_index(manager, "session_expires", "session", &["expires_at"], false).await?;

        let link = Table::create()
            .table("login_link")
            .col(string("secret_hash").primary_key())
            .col(string("workspace_id"))
            .col(string("key_id"))
            .col(big_integer("expires_at"))
            .foreign_key(&mut to_workspace())
            .foreign_key(&mut to_key())
            .to_owned();
        create_by_key(manager, link).await
    }
}
