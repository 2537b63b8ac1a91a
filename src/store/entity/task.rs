//! Unfinished work; `due_at` is when it may be claimed next.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub workspace_id: String,
    pub kind: String,
    pub due_at: i64,
    pub lease_token: Option<i64>,
    pub leased_by: Option<String>,
    pub attempt: i32,
    pub max_attempts: i32,
    pub lane: String,
    pub cancel_requested: bool,
    pub query_id: Option<String>,
    pub held: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
