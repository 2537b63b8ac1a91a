//! Results on their way to a bucket: deliveries that bring a result instead of an event, whose `event_id` is
//! empty.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["object_id", "bucket_id"] {
            let column =
                Table::alter().table("delivery").add_column(string_null(column)).to_owned();
            manager.alter_table(column).await?;
        }
        // Only of those that have one, so that the others cost nothing.
        for sql in [
            "CREATE UNIQUE INDEX delivery_object ON delivery (object_id, bucket_id) \
             WHERE object_id IS NOT NULL",
            "CREATE INDEX delivery_backlog ON delivery (bucket_id, id) \
             WHERE bucket_id IS NOT NULL AND status = 'pending'",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
