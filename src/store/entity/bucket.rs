//! The bucket of a workspace; its secret is sealed.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "bucket")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: String,
    pub id: String,
    pub endpoint: String,
    pub name: String,
    pub region: String,
    pub prefix: String,
    pub path_style: bool,
    pub access_key_id: String,
    pub secret_access_key: Vec<u8>,
    pub state: String,
    pub failing_since: Option<i64>,
    /// When it failed last, as long as it fails.
    pub failed_at: Option<i64>,
    pub connected_at: i64,
    /// Where the log was when it was connected.
    pub since_seq: i64,
    pub last_test: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
