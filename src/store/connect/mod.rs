//! Opening the database: a link that writes and a link that reads.

mod postgres;
mod sqlite;

use super::link::Link;

pub use postgres::{Schema, listener, open as postgres, starting_lock};
pub use sqlite::open as sqlite;

/// The two ways to the rows.
pub struct Links {
    /// One connection: what is written goes through one task.
    pub writer: Link,
    pub reader: Link,
}
