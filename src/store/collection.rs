//! What results rest on: written with them, gone with them.

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::convert::{Row, number};
use super::entity::collection;
use super::sql::Binder;
use super::{Store, StoreError};
use crate::model::collection::Collection;
use crate::model::id::{StorageObjectId, WorkspaceId};

impl Store {
    /// What a result rests on, by source; of what was not kept there is nothing.
    pub async fn collections(
        &self,
        workspace: WorkspaceId,
        object: StorageObjectId,
    ) -> Result<Vec<Collection>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let (object, owner) = (binder.bind(object.to_string()), binder.bind(workspace.to_string()));
        let statement = binder.statement(format!(
            "SELECT kept.object_id, kept.source, kept.documents, kept.size_bytes, kept.sha256, kept.blob \
             FROM storage_object AS own JOIN collection AS kept ON kept.object_id = own.id \
             WHERE own.id = {object} AND own.workspace_id = {owner} ORDER BY kept.source"
        ));
        let rows = self.reader.query_all_raw(statement).await?;
        rows.iter().map(|row| model(collection::Model::from_query_result(row, "")?)).collect()
    }
}

pub(super) fn row(object: StorageObjectId, collection: &Collection) -> collection::Model {
    collection::Model {
        object_id: object.to_string(),
        source: collection.source.clone(),
        documents: number(collection.documents),
        size_bytes: number(collection.size_bytes),
        sha256: collection.sha256.clone(),
        blob: collection.blob.clone(),
    }
}

fn model(row: collection::Model) -> Result<Collection, StoreError> {
    let at = Row { table: "collection", id: &row.object_id };
    Ok(Collection {
        documents: at.number(row.documents)?,
        size_bytes: at.number(row.size_bytes)?,
        source: row.source,
        sha256: row.sha256,
        blob: row.blob,
    })
}
