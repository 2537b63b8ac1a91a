//! Which blobs a row points at.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::sql::Binder;
use super::{Store, StoreError};

impl Store {
    /// Those of these blobs that a row points at.
    pub async fn blobs_with_rows(&self, names: &[String]) -> Result<HashSet<String>, StoreError> {
        Ok(pointed_at(&self.reader, names).await?)
    }
}

/// Those of these blobs that a row points at. A name says whose blob it is, so that no index of names
/// is needed.
pub(super) async fn pointed_at(
    connection: &impl ConnectionTrait,
    names: &[String],
) -> Result<HashSet<String>, DbErr> {
    let owner = |name: &String| name.split('/').nth(1).map(str::to_owned);
    let owners: HashSet<String> = names.iter().filter_map(owner).collect();
    if owners.is_empty() {
        return Ok(HashSet::new());
    }
    let results = owners.iter().filter_map(|owner| owner.strip_prefix("job_"));
    let results = results.map(|ulid| format!("obj_{ulid}"));
    let mut binder = Binder::new(connection.get_database_backend());
    let results: Vec<String> = results.collect();
    let kept = binder.one_of(results.iter().map(String::as_str));
    let results = binder.one_of(results.iter().map(String::as_str));
    let datasets = binder.one_of(owners.iter().map(String::as_str));
    let jobs = binder.one_of(owners.iter().map(String::as_str));
    let sql = format!(
        "SELECT blob FROM storage_object WHERE id {results} AND blob IS NOT NULL \
         UNION ALL SELECT blob FROM collection WHERE object_id {kept} AND blob IS NOT NULL \
         UNION ALL SELECT blob FROM dataset WHERE id {datasets} AND deleted_at IS NULL \
         UNION ALL SELECT DISTINCT blob FROM scrape_log WHERE job_id {jobs} AND blob IS NOT NULL"
    );
    let rows = connection.query_all_raw(binder.statement(sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
