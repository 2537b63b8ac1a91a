//! What mutations of datasets answer with.

use async_graphql::{Enum, SimpleObject};

use super::{Problem, user_error};
use crate::graphql::types::dataset::Dataset;
use crate::model::dataset;

/// The answer to `deleteDataset`.
#[derive(SimpleObject, Default)]
pub struct DeleteDatasetPayload {
    /// The newest version as it was; null when there are user errors.
    dataset: Option<Dataset>,
    /// What is wrong with the input; when not empty, nothing was changed.
    user_errors: Vec<DeleteDatasetUserError>,
}

/// What can be wrong with the input of `deleteDataset`.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum DeleteDatasetErrorCode {
    /// There is no such dataset, or it was deleted before.
    DatasetNotFound,
}

user_error!(DeleteDatasetUserError, DeleteDatasetErrorCode, "deleteDataset");

impl DeleteDatasetPayload {
    /// The answer for the dataset that was deleted, if there was one.
    pub fn of(deleted: Option<dataset::Dataset>) -> Self {
        if deleted.is_some() {
            return Self { dataset: deleted.map(Dataset), user_errors: Vec::new() };
        }
        let (code, field) = (DeleteDatasetErrorCode::DatasetNotFound, "name");
        let message = "there is no such dataset, or it was deleted before".to_owned();
        let problem = Problem { code, message, field };
        Self { dataset: None, user_errors: vec![DeleteDatasetUserError(problem)] }
    }
}
