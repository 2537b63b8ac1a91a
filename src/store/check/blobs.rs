//! Which blobs a row points at.

use std::collections::HashSet;

use super::Snapshot;
use crate::store::{StoreError, blob};

impl Snapshot {
    /// Those of these blobs that a row points at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pointed_at(&self, names: &[String]) -> Result<HashSet<String>, StoreError> {
        Ok(blob::pointed_at(&self.0, names).await?)
    }
}
