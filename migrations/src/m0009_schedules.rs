//! Schedules: the next fire is stored, and moves on in the transaction that makes its job. `due_at` is
//! the fire with its jitter, null while nothing is to be fired. A job's task names its query where the
//! query's runs must know of each other; one that is held waits for the others to end.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, integer_null, string, string_null,
};

use crate::{create_by_key, create_index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schedule = Table::create()
            .table("schedule")
            .col(string("query_id").primary_key())
            .col(string("workspace_id"))
            .col(string("cron"))
            .col(string("timezone"))
            .col(string("overlap"))
            .col(string("catch_up"))
            .col(integer_null("catch_up_window_seconds"))
            .col(string("on_failure"))
            .col(string("dst_gap"))
            .col(string("dst_fold"))
            .col(integer("jitter_seconds"))
            .col(big_integer_null("starts_at"))
            .col(big_integer_null("ends_at"))
            .col(big_integer_null("next_at"))
            .col(big_integer_null("due_at"))
            .col(big_integer_null("paused_at"))
            .col(string_null("stopped_by_job"))
            .col(big_integer("updated_at"))
            .foreign_key(ForeignKey::create().from_col("query_id").to("query", "id"))
            .to_owned();
        create_by_key(manager, schedule).await?;
        create_index(manager, "schedule_due", "schedule", &["due_at", "query_id"], false).await?;

        for column in [string_null("query_id"), boolean("held").default(false).take()] {
            let table = Table::alter().table("task").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        create_index(manager, "task_query", "task", &["query_id"], false).await?;
        // However many schedulers there are, a fire makes one job.
        let once = "CREATE UNIQUE INDEX job_fire ON job (query_id, scheduled_for) \
                    WHERE \"trigger\" = 'scheduled'";
        manager.get_connection().execute_unprepared(once).await?;
        Ok(())
    }
}
