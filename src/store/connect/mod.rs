//! Opening the database: a link that writes and a link that reads.

mod postgres;
mod sqlite;

use super::link::Link;

pub use postgres::{
    Schema, listener, open as postgres, open_to_look as postgres_to_look, starting_lock,
};
pub use sqlite::{open as sqlite, open_to_look as sqlite_to_look};

/// The two ways to the rows.
pub struct Links {
    /// One connection: what is written goes through one task.
    pub writer: Link,
    pub reader: Link,
}
