//! Registered receivers, and deliveries that are on their way to one of them: of events that are not of a job
//! as well, and of tests, whose bytes are not in the log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, integer, integer_null, string,
    string_null, text, text_null,
};
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let endpoint = Table::create()
            .table("webhook_endpoint")
            .col(string("id").primary_key())
            .col(string("workspace_id"))
            .col(text("url"))
            .col(text("events"))
            .col(big_integer("since_seq"))
            .col(string("state"))
            .col(text_null("disabled_reason"))
            .col(big_integer_null("disabled_at"))
            .col(boolean("ordered"))
            .col(integer_null("rate_limit"))
            .col(big_integer_null("failing_since"))
            .col(integer("warned").default(0))
            .col(string("secret_last4"))
            .col(big_integer_null("previous_until"))
            .col(big_integer("created_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(endpoint).await?;
        let (name, columns) = ("webhook_endpoint_workspace", ["workspace_id", "id"]);
        create_index(manager, name, "webhook_endpoint", &columns, false).await?;
        let (name, columns) = ("webhook_endpoint_url", ["workspace_id", "url"]);
        create_index(manager, name, "webhook_endpoint", &columns, true).await?;

        let secret = Table::create()
            .table("webhook_secret")
            .col(string("endpoint_id").primary_key())
            .col(string("workspace_id"))
            .col(blob("secret"))
            .col(blob_null("previous_secret"))
            .foreign_key(ForeignKey::create().from_col("endpoint_id").to("webhook_endpoint", "id"))
            .to_owned();
        manager.create_table(secret).await?;

        for column in [
            blob_null("previous_signing_secret"),
            big_integer_null("previous_signing_until"),
            blob_null("signing_key"),
        ] {
            add_column(manager, "workspace", column).await?;
        }
        for column in [
            string("kind").default("webhook").to_owned(),
            string_null("endpoint_id"),
            big_integer_null("seq"),
            text_null("payload"),
        ] {
            add_column(manager, "delivery", column).await?;
        }
        add_column(manager, "delivery_attempt", big_integer_null("first_byte_ms")).await?;
        let drop = Index::drop().name("delivery_job").table("delivery").to_owned();
        manager.drop_index(drop).await?;
        for column in ["query_id", "job_id"] {
            let connection = manager.get_connection();
            for sql in nullable(manager.get_database_backend(), column) {
                connection.execute_unprepared(&sql).await?;
            }
        }
        create_index(manager, "delivery_job", "delivery", &["job_id", "id"], false).await?;
        // Only of those that have one, so that the others cost nothing.
        for sql in [
            "CREATE INDEX delivery_endpoint ON delivery (endpoint_id, id) \
             WHERE endpoint_id IS NOT NULL",
            "CREATE INDEX delivery_waiting ON delivery (endpoint_id, seq) \
             WHERE endpoint_id IS NOT NULL AND status = 'pending'",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: impl IntoColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

/// Lets a column of deliveries be null. SQLite can only make another column and give it the name.
fn nullable(backend: DatabaseBackend, column: &str) -> Vec<String> {
    if backend != DatabaseBackend::Sqlite {
        return vec![format!("ALTER TABLE delivery ALTER COLUMN {column} DROP NOT NULL")];
    }
    vec![
        format!("ALTER TABLE delivery ADD COLUMN new_{column} varchar"),
        format!("UPDATE delivery SET new_{column} = {column}"),
        format!("ALTER TABLE delivery DROP COLUMN {column}"),
        format!("ALTER TABLE delivery RENAME COLUMN new_{column} TO {column}"),
    ]
}
