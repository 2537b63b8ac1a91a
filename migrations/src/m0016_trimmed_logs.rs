//! Up to where a log was cut off as its events had been kept for long enough; and the deliveries of an event,
//! which go with it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let trimmed = big_integer("trimmed").default(0).take();
        let table = Table::alter().table("event_counter").add_column(trimmed).to_owned();
        manager.alter_table(table).await?;
        create_index(manager, "delivery_event", "delivery", &["event_id"], false).await
    }
}
