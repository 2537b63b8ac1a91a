//! One event on its way to one address, or one result on its way to a bucket.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub workspace_id: String,
    pub kind: String,
    pub target: String,
    pub endpoint_id: Option<String>,
    /// Empty where a result is brought.
    pub event_id: String,
    pub object_id: Option<String>,
    pub bucket_id: Option<String>,
    /// The event's number in the log.
    pub seq: Option<i64>,
    pub query_id: Option<String>,
    pub job_id: Option<String>,
    /// What is sent where it is not the event of the log.
    pub payload: Option<String>,
    pub status: String,
    pub created_at: i64,
    pub next_attempt_at: Option<i64>,
    pub completed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
