//! What can go wrong between the rows and the rest.

use std::fmt::Display;

use sea_orm::DbErr;

use crate::error::Error;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row holds what this program never writes.
    #[error("row {id} of {table} cannot be read: {what}")]
    Corrupt { table: &'static str, id: String, what: String },
    /// The writer has stopped; nothing of the command was written.
    #[error("the store is closed")]
    Closed,
    #[error("a secret cannot be opened: is this the master key it was sealed with?")]
    Sealed,
    #[error("{0}")]
    Setup(String),
}

impl StoreError {
    pub(crate) fn corrupt(table: &'static str, id: &str, what: &dyn Display) -> Self {
        Self::Corrupt { table, id: id.to_owned(), what: what.to_string() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Closed => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}
