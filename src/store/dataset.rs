//! Datasets: a row per version; a reader sees the newest.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::convert::{Row, millis, number, small_number};
use super::entity::dataset;
use super::sql::first;
use super::{Store, StoreError, Tx};
use crate::model::dataset::Dataset;
use crate::model::id::WorkspaceId;

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

    /// Adds a version; its number is the next of its name, whatever `dataset.version` says.
    pub async fn insert_dataset(&self, dataset: Dataset) -> Result<Dataset, StoreError> {
        let newest_datasets = self.newest_datasets.clone();
        let committed = move |dataset: &Dataset| newest_datasets.changed(dataset);
        self.writer
            .write_then(committed, move |tx: &Tx| {
                Box::pin(async move {
                    let newest = of_workspace(dataset.workspace_id)
                        .filter(dataset::Column::Name.eq(&dataset.name))
                        .order_by_desc(dataset::Column::Version)
                        .one(tx.connection())
                        .await?;
                    let version = newest.map_or(1, |newest| newest.version + 1);
                    let row = dataset::Model { version, ..row(&dataset) };
                    model(row.into_active_model().insert(tx.connection()).await?)
                })
            })
            .await
    }
}

fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<dataset::Entity> {
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
