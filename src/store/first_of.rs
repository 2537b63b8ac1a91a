//! The first rows of each of several lists, in one statement however many lists there are: what each object
//! of a page has of its own. Each list is read by an index, and no further than wanted.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Value};
use serde::de::DeserializeOwned;

use super::StoreError;
use super::sql::{Binder, for_each, rows};
use crate::model::id::WorkspaceId;
use crate::model::page::{First, Page};

/// The lists that the rows of a table are in, each newest (greatest id) first.
pub(super) struct Lists<M> {
    pub table: &'static str,
    /// The column that says which list a row is in.
    pub of: &'static str,
    pub owner: fn(&M) -> &str,
    pub id: fn(&M) -> &str,
}

impl<M> Lists<M> {
    /// The first page of each list that has rows, by its owner.
    pub(super) async fn first_pages<E>(
        &self,
        connection: &impl ConnectionTrait,
        workspace: WorkspaceId,
        owners: impl IntoIterator<Item = String>,
        first: First,
    ) -> Result<HashMap<String, Page<M>>, StoreError>
    where
        E: EntityTrait<Model = M>,
        M: DeserializeOwned,
    {
        let mut binder = Binder::new(connection.get_database_backend());
        let asked = binder.rows(owners.into_iter().map(|owner| [Value::from(owner)]));
        let workspace = binder.bind(workspace.to_string());
        let sql = self.sql(binder.backend(), &asked, &workspace, first);
        let rows = rows::<E, _>(connection, binder.statement(sql)).await?;
        let mut lists: HashMap<String, Vec<M>> = HashMap::new();
        for row in rows {
            lists.entry((self.owner)(&row).to_owned()).or_default().push(row);
        }
        Ok(lists.into_iter().map(|(owner, rows)| (owner, self.page(rows, first))).collect())
    }

    fn sql(&self, backend: DbBackend, asked: &str, workspace: &str, first: First) -> String {
        let Self { table, of, .. } = self;
        let order = if first.from_end { "ASC" } else { "DESC" };
        let own = format!(
            "one.{of} = asked.column1 AND one.workspace_id = {workspace} \
             ORDER BY one.id {order} LIMIT {}",
            first.count + 1
        );
        let columns = format!("{table}.*");
        match backend {
            DbBackend::Sqlite => {
                let own = format!("{table}.id IN (SELECT one.id FROM {table} AS one WHERE {own})");
                for_each(backend, asked, &columns, table, &own)
            }
            _ => for_each(backend, asked, "one.*", &format!("{table} AS one"), &own),
        }
    }

    fn page(&self, mut rows: Vec<M>, first: First) -> Page<M> {
        let count = usize::try_from(first.count).unwrap_or(usize::MAX);
        rows.sort_unstable_by(|one, other| (self.id)(other).cmp((self.id)(one)));
        let has_more = rows.len() > count;
        if has_more && first.from_end {
            rows.drain(..rows.len() - count);
        }
        rows.truncate(count);
        Page { items: rows, has_more }
    }
}
