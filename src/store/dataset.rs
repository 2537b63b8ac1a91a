//! Datasets: a row per version; a reader sees the newest.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, IntoSimpleExpr, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::audit_entry::audited;
use super::convert::{Row, millis, number, small_number};
use super::entity::dataset;
use super::sql::first;
use super::{Store, StoreError, Tx, audit_entry, keyset};
use crate::model::audit_entry::AuditEntry;
use crate::model::dataset::Dataset;
use crate::model::id::{DatasetId, WorkspaceId};
use crate::model::page::{Page, Slice};

impl Store {
    /// The newest version of a dataset.
    pub async fn dataset(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<Dataset>, StoreError> {
        let read = async {
            let newest = of_workspace(workspace)
                .filter(dataset::Column::Name.eq(name))
                .order_by_desc(dataset::Column::Version);
            first(&self.reader, newest, 1).await?.pop().map(model).transpose()
        };
        self.newest_datasets.get(workspace, name, read).await
    }

    /// One version of a dataset, unless the dataset was deleted since.
    pub async fn dataset_version(
        &self,
        workspace: WorkspaceId,
        name: &str,
        version: u32,
    ) -> Result<Option<Dataset>, StoreError> {
        let select = of_workspace(workspace)
            .filter(dataset::Column::Name.eq(name))
            .filter(dataset::Column::Version.eq(small_number(version)));
        first(&self.reader, select, 1).await?.pop().map(model).transpose()
    }

    /// The newest version of every dataset of the workspace, by name.
    pub async fn datasets(&self, workspace: WorkspaceId) -> Result<Vec<Dataset>, StoreError> {
        let rows = of_workspace(workspace)
            .order_by_asc(dataset::Column::Name)
            .order_by_desc(dataset::Column::Version)
            .all(&self.reader)
            .await?;
        let mut datasets: Vec<Dataset> = rows.into_iter().map(model).collect::<Result<_, _>>()?;
        datasets.dedup_by(|later, kept| later.name == kept.name);
        Ok(datasets)
    }

    /// These versions, where they are not deleted.
    pub async fn datasets_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[DatasetId],
    ) -> Result<Vec<Dataset>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = of_workspace(workspace)
            .filter(dataset::Column::Id.is_in(ids.iter().map(ToString::to_string)))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(model).collect()
    }

    /// A part of the newest versions of the workspace's datasets, the last uploaded first.
    pub async fn dataset_page(
        &self,
        workspace: WorkspaceId,
        slice: &Slice,
    ) -> Result<Page<Dataset>, StoreError> {
        let select = newest_of_workspace(workspace);
        keyset::read(&self.reader, select, dataset::Column::Id, slice).await?.try_map(model)
    }

    pub async fn count_datasets(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(newest_of_workspace(workspace).count(&self.reader).await?)
    }

    /// Deletes all versions of a dataset; what the sweeper finds then is nobody's. `false` when there are
    /// none.
    pub async fn delete_dataset(
        &self,
        dataset: Dataset,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let (newest_datasets, deleted) = (self.newest_datasets.clone(), dataset.clone());
        let committed = move |_: &bool| newest_datasets.changed(&deleted);
        self.writer
            .write_then(committed, move |tx: &Tx| {
                Box::pin(async move {
                    let done = dataset::Entity::update_many()
                        .col_expr(dataset::Column::DeletedAt, millis(audit.at).into())
                        .filter(dataset::Column::WorkspaceId.eq(dataset.workspace_id.to_string()))
                        .filter(dataset::Column::Name.eq(&dataset.name))
                        .filter(dataset::Column::DeletedAt.is_null())
                        .exec(tx.connection())
                        .await?;
                    audited(tx, done.rows_affected > 0, &audit).await
                })
            })
            .await
    }

    /// Adds a version; its number is the next of its name, whatever `dataset.version` says.
    pub async fn insert_dataset(
        &self,
        dataset: Dataset,
        audit: AuditEntry,
    ) -> Result<Dataset, StoreError> {
        let newest_datasets = self.newest_datasets.clone();
        let committed = move |dataset: &Dataset| newest_datasets.changed(dataset);
        self.writer
            .write_then(committed, move |tx: &Tx| {
                Box::pin(async move {
                    // Of all that there ever were: a result that names a version always means the same one.
                    let newest = ever_of_workspace(dataset.workspace_id)
                        .filter(dataset::Column::Name.eq(&dataset.name))
                        .order_by_desc(dataset::Column::Version)
                        .one(tx.connection())
                        .await?;
                    let version = newest.map_or(1, |newest| newest.version + 1);
                    let row = dataset::Model { version, ..row(&dataset) };
                    audit_entry::write(tx, &audit).await?;
                    model(row.into_active_model().insert(tx.connection()).await?)
                })
            })
            .await
    }
}

fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<dataset::Entity> {
    ever_of_workspace(workspace).filter(dataset::Column::DeletedAt.is_null())
}

/// The newest versions alone.
fn newest_of_workspace(workspace: WorkspaceId) -> sea_orm::Select<dataset::Entity> {
    let later = Alias::new("later");
    let of_later = |column: dataset::Column| Expr::col((later.clone(), column));
    let later_versions = Query::select()
        .expr(Expr::val(1))
        .from_as(dataset::Entity, later.clone())
        .and_where(of_later(dataset::Column::WorkspaceId).eq(workspace.to_string()))
        .and_where(of_later(dataset::Column::Name).equals(dataset::Column::Name.as_column_ref()))
        .and_where(
            of_later(dataset::Column::Version).gt(dataset::Column::Version.into_simple_expr()),
        )
        .and_where(of_later(dataset::Column::DeletedAt).is_null())
        .take();
    of_workspace(workspace).filter(Expr::exists(later_versions).not())
}

fn ever_of_workspace(workspace: WorkspaceId) -> sea_orm::Select<dataset::Entity> {
    dataset::Entity::find().filter(dataset::Column::WorkspaceId.eq(workspace.to_string()))
}

fn row(dataset: &Dataset) -> dataset::Model {
    dataset::Model {
        id: dataset.id.to_string(),
        workspace_id: dataset.workspace_id.to_string(),
        name: dataset.name.clone(),
        version: small_number(dataset.version),
        documents: number(dataset.documents),
        size_bytes: number(dataset.size_bytes),
        sha256: dataset.sha256.clone(),
        blob: dataset.blob.clone(),
        created_at: millis(dataset.created_at),
        deleted_at: None,
    }
}

fn model(row: dataset::Model) -> Result<Dataset, StoreError> {
    let at = Row { table: "dataset", id: &row.id };
    Ok(Dataset {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        version: at.number(row.version.into())?,
        documents: at.number(row.documents)?,
        size_bytes: at.number(row.size_bytes)?,
        created_at: at.instant(row.created_at)?,
        name: row.name,
        sha256: row.sha256,
        blob: row.blob,
    })
}
