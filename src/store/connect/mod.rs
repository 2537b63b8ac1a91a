//! Opening the database: a link that writes and a link that reads.

mod postgres;
mod sqlite;

use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseTransaction;

use super::StoreError;
use super::link::Link;
use super::reader::Reader;
use crate::failpoint;

pub use postgres::{
    Schema, listener, open as postgres, open_to_look as postgres_to_look, starting_lock,
};
pub use sqlite::{open as sqlite, open_to_look as sqlite_to_look};

/// The ways to the rows.
pub struct Links {
    pub writing: WritingLinks,
    pub reader: Reader,
}

/// Each is one connection, for one writing thread.
pub struct WritingLinks {
    /// For what makes jobs, and what starts them, where the database takes several transactions at a time.
    pub submits: Option<Link>,
    pub claims: Option<Link>,
    pub ends: Link,
}

/// Brings the schema to this version, one step after the other; they hold when the transaction commits, so
/// that no crash leaves a part of them.
async fn apply_steps(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    while !Migrator::get_pending_migrations(tx).await?.is_empty() {
        Migrator::up(tx, Some(1)).await?;
        failpoint::reach("migration.between_steps").await?;
    }
    Ok(())
}

async fn commit_steps(tx: DatabaseTransaction) -> Result<(), StoreError> {
    failpoint::reach("migration.before_commit").await?;
    Ok(tx.commit().await?)
}
