//! The audit log: entries are written in the transaction of what they tell of.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::convert::{Row, millis, to_json};
use super::entity::audit_entry;
use super::sql::{Binder, Script};
use super::{Store, StoreError, Tx, keyset};
use crate::model::audit_entry::{AuditEntry, AuditFilter};
use crate::model::id::{AuditEntryId, WorkspaceId};
use crate::model::page::{Page, Slice};

impl Store {
    pub async fn audit_entries_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[AuditEntryId],
    ) -> Result<Vec<AuditEntry>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = listed(workspace, &AuditFilter::default())
            .filter(audit_entry::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// A part of a workspace's audit log, newest first.
    pub async fn audit_entries(
        &self,
        workspace: WorkspaceId,
        filter: &AuditFilter,
        slice: &Slice,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let select = listed(workspace, filter);
        let page = keyset::read(&self.reader, select, audit_entry::Column::Id, slice).await?;
        page.try_map(model)
    }

    pub async fn count_audit_entries(
        &self,
        workspace: WorkspaceId,
        filter: &AuditFilter,
    ) -> Result<u64, StoreError> {
        Ok(listed(workspace, filter).count(&self.reader).await?)
    }

    /// Removes at most so many entries that are older than an instant; answers how many there were.
    pub async fn trim_audit_entries(
        &self,
        before: DateTime<Utc>,
        most: u32,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |tx: &Tx| {
                Box::pin(async move {
                    let mut binder = Binder::new(tx.backend());
                    let before = binder.bind(millis(before));
                    let sql = format!(
                        "DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry \
                         WHERE at < {before} ORDER BY at LIMIT {most})"
                    );
                    let done = tx.connection().execute_raw(binder.statement(sql)).await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }
}

/// Writes one entry beside the change it tells of.
pub(super) async fn write(tx: &Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    let mut script = Script::new(tx.backend());
    script.insert(&[row(entry)?]);
    Ok(script.run(tx.connection()).await?)
}

/// Writes an entry if there was a change to tell of; answers whether there was.
pub(super) async fn audited(
    tx: &Tx,
    changed: bool,
    entry: &AuditEntry,
) -> Result<bool, StoreError> {
    if changed {
        write(tx, entry).await?;
    }
    Ok(changed)
}

fn listed(workspace: WorkspaceId, filter: &AuditFilter) -> sea_orm::Select<audit_entry::Entity> {
    let mut fits = Condition::all().add(audit_entry::Column::WorkspaceId.eq(workspace.to_string()));
    if !filter.operations.is_empty() {
        let names = filter.operations.iter().map(|operation| operation.as_str());
        fits = fits.add(audit_entry::Column::Operation.is_in(names));
    }
    if let Some(key) = filter.key_id {
        fits = fits.add(audit_entry::Column::KeyId.eq(key.to_string()));
    }
    if let Some(object) = &filter.object_id {
        fits = fits.add(audit_entry::Column::ObjectId.eq(object.as_str()));
    }
    audit_entry::Entity::find().filter(fits)
}

pub(super) fn row(entry: &AuditEntry) -> Result<audit_entry::Model, StoreError> {
    Ok(audit_entry::Model {
        id: entry.id.to_string(),
        workspace_id: entry.workspace_id.to_string(),
        at: millis(entry.at),
        key_id: entry.key_id.map(|key| key.to_string()),
        operation: entry.operation.clone(),
        object_id: entry.object_id.clone(),
        detail: entry.detail.as_ref().map(to_json).transpose()?,
    })
}

fn model(row: audit_entry::Model) -> Result<AuditEntry, StoreError> {
    let at = Row { table: "audit_entry", id: &row.id };
    Ok(AuditEntry {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        at: at.instant(row.at)?,
        key_id: row.key_id.as_deref().map(|key| at.parse(key)).transpose()?,
        detail: row.detail.as_deref().map(|detail| at.json(detail)).transpose()?,
        operation: row.operation,
        object_id: row.object_id,
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryOrder, Statement};

    use super::*;
    use crate::metrics::Metrics;
    use crate::model::audit_entry::Operation;
    use crate::store::connect::{self, Links, Schema};
    use crate::store::sql::limited;
    use crate::store::test_database::TestDatabase;

    const WORKSPACE: &str = "ws_01jt00000000000000000000a1";
    const KEY: &str = "key_01jt00000000000000000000a1";

    /// A log in which each filter fits few entries.
    async fn fill(links: &Links, numbers: &str) {
        let of = |column: &str, every: u32, value: &str, other: &str| {
            format!("CASE n % {every} WHEN 0 THEN '{value}' ELSE '{other}' END AS {column}")
        };
        let sql = format!(
            "INSERT INTO audit_entry (id, workspace_id, at, key_id, operation, object_id) \
             SELECT 'aud_' || n, '{WORKSPACE}', n, {}, {}, 'qry_' || n {numbers}",
            of("key_id", 500, KEY, "key_other"),
            of("operation", 500, "signIn", "createQuery"),
        );
        links.writing.ends.execute_unprepared(&sql).await.unwrap();
    }

    /// How the database reads a page of the log, in its own words.
    async fn plan(links: &Links, filter: &AuditFilter) -> String {
        let reader = &links.reader;
        let (explain, column) = match reader.get_database_backend() {
            DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            _ => ("EXPLAIN", 0),
        };
        let select = listed(WORKSPACE.parse().unwrap(), filter);
        let select = select.order_by_desc(audit_entry::Column::Id);
        let page = limited(reader.get_database_backend(), &select, 11);
        let page = Statement { sql: format!("{explain} {}", page.sql), ..page };
        let lines = reader.query_all_raw(page).await.unwrap();
        let lines = lines.iter().map(|line| line.try_get_by_index::<String>(column).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }

    async fn each_filter_has_its_index(links: &Links) {
        let all = AuditFilter::default;
        for (filter, index) in [
            (AuditFilter { key_id: Some(KEY.parse().unwrap()), ..all() }, "audit_entry_key"),
            (AuditFilter { object_id: Some("qry_7".to_owned()), ..all() }, "audit_entry_object"),
            (AuditFilter { operations: vec![Operation::SignIn], ..all() }, "audit_entry_operation"),
        ] {
            let plan = plan(links, &filter).await;
            assert!(plan.contains(&format!("{index} ")), "{filter:?}: {plan}");
            let sorts = plan.contains("TEMP B-TREE") || plan.contains("Sort");
            assert!(!sorts, "{filter:?}: {plan}");
        }
    }

    #[tokio::test]
    async fn a_filtered_page_is_read_by_an_index_in_its_order() {
        let metrics = Metrics::new("0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.db");
        let links = connect::sqlite(&file, &metrics.database).await.unwrap();
        fill(
            &links,
            "FROM (WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL \
             SELECT n + 1 FROM numbers WHERE n < 5000) SELECT n FROM numbers)",
        )
        .await;
        each_filter_has_its_index(&links).await;

        let database = TestDatabase::fresh().await;
        let opening = connect::postgres(&database.url, Schema::MigrateEmpty, &metrics.database);
        let links = opening.await.unwrap();
        fill(&links, "FROM generate_series(1, 50000) AS n").await;
        links.writing.ends.execute_unprepared("ANALYZE audit_entry").await.unwrap();
        each_filter_has_its_index(&links).await;
        links.reader.close().await.unwrap();
        links.writing.ends.close().await.unwrap();
    }
}
