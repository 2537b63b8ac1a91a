//! What can go wrong between the rows and the rest.

use std::fmt::Display;

use sea_orm::{DbErr, RuntimeErr, sqlx};

use super::link::Broken;
use crate::error::{Code, Error};
use crate::failpoint::Injected;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// It is away or does not answer; whether the last write was kept is not known.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] DbErr),
    /// A row holds what this program never writes.
    #[error("row {id} of {table} cannot be read: {what}")]
    Corrupt { table: &'static str, id: String, what: String },
    /// The writer has stopped; nothing of the command was written.
    #[error("the store is closed")]
    Closed,
    /// A follower of a log came too late for its next event.
    #[error("event {0} of the log is no longer kept")]
    Trimmed(u64),
    #[error("a secret cannot be opened: is this the master key it was sealed with?")]
    Sealed,
    #[error("{0}")]
    Setup(String),
}

impl StoreError {
    pub(crate) fn corrupt(table: &'static str, id: &str, what: &dyn Display) -> Self {
        Self::Corrupt { table, id: id.to_owned(), what: what.to_string() }
    }

    pub(crate) fn setup(what: impl Display) -> Self {
        Self::Setup(what.to_string())
    }

    /// What was not tried, as the database did not answer to what was tried just before.
    pub(crate) fn away() -> Self {
        let message = "it did not answer to another command".to_owned();
        Self::Unreachable(DbErr::Conn(RuntimeErr::Internal(message)))
    }

    pub(crate) fn unreachable(error: sqlx::Error) -> Self {
        Self::Unreachable(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if error.is_broken() { Self::Unreachable(error) } else { Self::Database(error) }
    }
}

/// As when the connection is lost: what was sent may have been done.
impl From<Injected> for StoreError {
    fn from(injected: Injected) -> Self {
        Self::unreachable(sqlx::Error::Io(injected.into()))
    }
}

impl Broken for StoreError {
    fn is_broken(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    fn is_timeout(&self) -> bool {
        match self {
            Self::Unreachable(error) | Self::Database(error) => error.is_timeout(),
            _ => false,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Trimmed(_) => {
                let message = format!("{error}; begin again without a cursor");
                Self::new(Code::BadUserInput, message).with_reason("CURSOR_EXPIRED")
            }
            StoreError::Closed | StoreError::Unreachable(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}
