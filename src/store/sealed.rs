//! Everything that is kept sealed, in one list: what is rotated, and what `doctor` tries to open. A column
//! of bytes that is neither here nor known to be no secret fails a test.

use super::seal::Place;

/// A column whose values are sealed, each bound to its row and workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// The column that the place calls the row.
    pub id: &'static str,
    /// The column with the workspace; none where it belongs to no workspace.
    pub workspace: Option<&'static str>,
    /// What it is, as `doctor` says it.
    pub what: &'static str,
}

/// All of them. Whoever seals something new adds a line.
pub const SEALED: &[SealedColumn] = &[
    SealedColumn {
        table: "workspace",
        column: "signing_secret",
        id: "id",
        workspace: Some("id"),
        what: "a signing secret",
    },
    SealedColumn {
        table: "workspace",
        column: "previous_signing_secret",
        id: "id",
        workspace: Some("id"),
        what: "a signing secret that was replaced",
    },
    SealedColumn {
        table: "workspace",
        column: "signing_key",
        id: "id",
        workspace: Some("id"),
        what: "a key to sign with",
    },
    SealedColumn {
        table: "webhook_secret",
        column: "secret",
        id: "endpoint_id",
        workspace: Some("workspace_id"),
        what: "the secret of a webhook endpoint",
    },
    SealedColumn {
        table: "webhook_secret",
        column: "previous_secret",
        id: "endpoint_id",
        workspace: Some("workspace_id"),
        what: "the replaced secret of a webhook endpoint",
    },
    SealedColumn {
        table: "bucket",
        column: "secret_access_key",
        id: "workspace_id",
        workspace: Some("workspace_id"),
        what: "the secret access key of a bucket",
    },
    SealedColumn {
        table: "master_key",
        column: "sealed",
        id: "id",
        workspace: None,
        what: "a canary",
    },
];

impl SealedColumn {
    pub(super) fn place<'a>(&'a self, row: &'a str, workspace: &'a str) -> Place<'a> {
        Place { table: self.table, column: self.column, row, workspace }
    }

    /// Selects `id`, `workspace` and `sealed` of all values.
    pub(super) fn select(&self) -> String {
        let Self { table, column, id, workspace, .. } = self;
        let workspace = workspace.unwrap_or("''");
        format!(
            "SELECT {id} AS id, {workspace} AS workspace, {column} AS sealed FROM {table} \
             WHERE {column} IS NOT NULL"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::metrics::Metrics;
    use crate::store::connect;
    use crate::store::sql::constant;

    /// Columns of bytes that hold no secret.
    const PLAIN: &[(&str, &str)] = &[("result_body", "zstd")];

    #[tokio::test]
    async fn every_column_of_bytes_is_in_the_list_or_no_secret() {
        let metrics = Metrics::new("0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let links = connect::sqlite(&folder.path().join("rows.db"), &metrics.database).await;
        let links = links.unwrap();
        let columns = "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c \
             WHERE m.type = 'table' AND lower(c.type) = 'blob'";
        let columns = constant(&links.reader, columns);
        let rows = links.reader.query_all_raw(columns).await.unwrap();
        let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index::<String>(at).unwrap();
        let found: BTreeSet<(String, String)> =
            rows.iter().map(|row| (text(row, 0), text(row, 1))).collect();
        let listed = SEALED.iter().map(|one| (one.table, one.column));
        let known = listed.chain(PLAIN.iter().copied());
        let known = known.map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
        assert_eq!(found, known, "a sealed column needs a line in SEALED");
    }
}
