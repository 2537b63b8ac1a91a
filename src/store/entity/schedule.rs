//! When a query runs; `due_at` is null while nothing is to be fired.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub query_id: String,
    pub workspace_id: String,
    pub cron: String,
    pub timezone: String,
    pub overlap: String,
    pub catch_up: String,
    pub catch_up_window_seconds: Option<i32>,
    pub on_failure: String,
    pub dst_gap: String,
    pub dst_fold: String,
    pub jitter_seconds: i32,
    pub starts_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub next_at: Option<i64>,
    pub due_at: Option<i64>,
    pub paused_at: Option<i64>,
    pub stopped_by_job: Option<String>,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
