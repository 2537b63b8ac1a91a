//! A tenant; the signing secret is sealed under the master key.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workspace")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub timezone: String,
    pub signing_secret: Vec<u8>,
    pub previous_signing_secret: Option<Vec<u8>>,
    /// Until when the secret before this one signs as well.
    pub previous_signing_until: Option<i64>,
    /// The seed of the key pair, made when it is first wanted.
    pub signing_key: Option<Vec<u8>>,
    pub created_at: i64,
    pub weight: i32,
    pub running_cap: Option<i32>,
    pub keeps_documents: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
