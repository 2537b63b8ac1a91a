//! Which blobs a row points at.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

use super::Snapshot;
use crate::store::StoreError;
use crate::store::sql::Binder;

impl Snapshot {
    /// Those of these blobs that a row points at. A name says whose blob it is, so that no index of
    /// names is needed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pointed_at(&self, names: &[String]) -> Result<HashSet<String>, StoreError> {
        let owner = |name: &String| name.split('/').nth(1).map(str::to_owned);
        let owners: HashSet<String> = names.iter().filter_map(owner).collect();
        if owners.is_empty() {
            return Ok(HashSet::new());
        }
        let results = owners.iter().filter_map(|owner| owner.strip_prefix("job_"));
        let results = results.map(|ulid| format!("obj_{ulid}"));
        let mut binder = Binder::new(self.0.get_database_backend());
        let results = binder.one_of(results);
        let datasets = binder.one_of(owners.iter().map(String::as_str));
        let sql = format!(
            "SELECT blob FROM storage_object WHERE id {results} AND blob IS NOT NULL \
             UNION ALL SELECT blob FROM dataset WHERE id {datasets}"
        );
        Ok(self.texts(binder.statement(sql)).await?.into_iter().collect())
    }
}
