//! What mutations of stored results answer with.

use async_graphql::{Enum, ID, SimpleObject};

use super::{KEY, Problem, user_error};
use crate::domain::deletion::{DeletedResults, DeletionFailure};
use crate::error::Error;
use crate::graphql::scalars::Long;

/// The answer to `deleteStorageObjects`.
#[derive(SimpleObject)]
pub struct DeleteStorageObjectsPayload {
    /// How many results are deleted by now; none by a `dryRun`.
    deleted_count: Long,
    /// How many there were to delete. Those that are not deleted by now go soon.
    matched_count: Long,
    /// How many bytes those have.
    bytes: Long,
    /// The ids of the results that this request deleted, `obj_…`; at most 1,000.
    storage_object_ids: Vec<ID>,
    /// What is wrong with the input; when not empty, nothing was deleted.
    user_errors: Vec<DeleteStorageObjectsUserError>,
}

/// What can be wrong with the input of `deleteStorageObjects`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum DeleteStorageObjectsErrorCode {
    /// Neither `keys` nor `filter` is given, or both are.
    SelectionInvalid,
    /// There are no keys, or more than 100.
    KeyCountInvalid,
    /// One of the keys is a query's id, which means another result each time.
    KeyIsQuery,
    /// Nothing is given in the filter.
    FilterEmpty,
    /// The idempotency key is empty, too long or has other than printable ASCII characters.
    IdempotencyKeyInvalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
}

user_error!(DeleteStorageObjectsUserError, DeleteStorageObjectsErrorCode, "deleteStorageObjects");

impl DeleteStorageObjectsPayload {
    /// The answer, or what the caller cannot mend.
    pub fn of(deleted: Result<DeletedResults, DeletionFailure>) -> Result<Self, Error> {
        use DeleteStorageObjectsErrorCode as Code;
        let failure = match deleted {
            Ok(deleted) => return Ok(Self::with(&deleted, Vec::new())),
            Err(DeletionFailure::Failed(error)) => return Err(error),
            Err(failure) => failure,
        };
        let (code, field) = match failure {
            DeletionFailure::KeyCount => (Code::KeyCountInvalid, "keys"),
            DeletionFailure::KeyIsQuery(_) => (Code::KeyIsQuery, "keys"),
            DeletionFailure::FilterEmpty => (Code::FilterEmpty, "filter"),
            DeletionFailure::KeyInvalid(_) => (Code::IdempotencyKeyInvalid, KEY),
            DeletionFailure::KeyReused => (Code::IdempotencyKeyReused, KEY),
            _ => (Code::SelectionInvalid, "filter"),
        };
        let problem = Problem { code, field, message: failure.to_string() };
        let user_errors = vec![DeleteStorageObjectsUserError(problem)];
        Ok(Self::with(&DeletedResults::default(), user_errors))
    }

    fn with(deleted: &DeletedResults, user_errors: Vec<DeleteStorageObjectsUserError>) -> Self {
        Self {
            deleted_count: Long(deleted.deleted),
            matched_count: Long(deleted.matched),
            bytes: Long(deleted.bytes),
            storage_object_ids: deleted.ids.iter().map(|id| id.to_string().into()).collect(),
            user_errors,
        }
    }
}
