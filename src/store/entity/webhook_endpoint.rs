//! A registered receiver; its secrets are in a table of their own.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub workspace_id: String,
    pub url: String,
    /// A list in JSON.
    pub events: String,
    /// Where the workspace's log ended when this list was given.
    pub since_seq: i64,
    pub state: String,
    pub disabled_reason: Option<String>,
    pub disabled_at: Option<i64>,
    pub ordered: bool,
    pub rate_limit: Option<i32>,
    pub failing_since: Option<i64>,
    /// How many warnings were given since.
    pub warned: i32,
    pub secret_last4: String,
    pub previous_until: Option<i64>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
