//! One exchange of a job with a source.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Deserialize)]
#[sea_orm(table_name = "scrape_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub workspace_id: String,
    pub job_id: String,
    pub attempt: i32,
    pub source: String,
    pub at: i64,
    pub method: String,
    pub url: String,
    pub duration_ms: i64,
    pub status_code: Option<i32>,
    pub error: Option<String>,
    /// Of the body, plain.
    pub size_bytes: i64,
    pub documents: Option<i64>,
    pub blob: Option<String>,
    pub blob_from: i64,
    pub blob_to: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
