//! Fair claims: tasks wait in lanes, one for each workspace and priority, so that who has little waiting
//! is found however much others have. `lane` is the workspace's id, a slash and the priority's digit.
//! A second index counts what runs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, integer, integer_null, string};

use crate::create_index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in
            [string("lane").default("").take(), boolean("cancel_requested").default(false).take()]
        {
            let table = Table::alter().table("task").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        for column in [integer("weight").default(1).take(), integer_null("running_cap")] {
            let table = Table::alter().table("workspace").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared("UPDATE task SET lane = workspace_id || '/0'").await?;
        manager.drop_index(Index::drop().name("task_due").table("task").to_owned()).await?;
        create_index(manager, "task_lane", "task", &["kind", "lane", "due_at", "id"], false)
            .await?;
        for sql in [
            "CREATE INDEX task_leased ON task (kind, workspace_id) WHERE lease_token IS NOT NULL",
            "CREATE INDEX task_cancelled ON task (id) WHERE cancel_requested",
        ] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
