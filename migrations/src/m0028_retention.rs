//! How long a workspace keeps what it has, and up to when deliveries and events were cut off by it: what is
//! missing from before then was taken, not lost.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, integer_null, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let retention = Table::create()
            .table("retention")
            .col(string("workspace_id").primary_key())
            .col(integer_null("result_days"))
            .col(integer_null("delivery_days"))
            .col(integer_null("event_days"))
            .col(integer("scrape_log_days"))
            .col(big_integer("deliveries_cut_at"))
            .foreign_key(ForeignKey::create().from_col("workspace_id").to("workspace", "id"))
            .to_owned();
        manager.create_table(retention).await?;

        let cut = big_integer("trimmed_at").default(0).take();
        let table = Table::alter().table("event_counter").add_column(cut).to_owned();
        manager.alter_table(table).await?;
        // Of logs that were cut off before: what is older than the oldest that is left.
        let known = "UPDATE event_counter SET trimmed_at = coalesce((SELECT min(occurred_at) - 1 FROM event \
             WHERE event.workspace_id = event_counter.workspace_id), 0) WHERE trimmed > 0";
        manager.get_connection().execute_unprepared(known).await?;
        Ok(())
    }
}
