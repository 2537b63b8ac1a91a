//! A saved question; lists and objects are JSON text.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "query")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub workspace_id: String,
    pub name: Option<String>,
    pub prompt: String,
    pub sources: String,
    pub range_start: Option<i64>,
    pub range_end: Option<i64>,
    pub result_limit: i32,
    pub reading: String,
    pub assumptions: String,
    pub timezone: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
    pub webhook_url: Option<String>,
    pub reader: String,
    pub output_schema: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
