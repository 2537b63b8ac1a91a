//! Stored results and the bytes of the small ones.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoSimpleExpr,
    PaginatorTrait, QueryFilter, Statement,
};

use super::at_hand::NotAtHand;
use super::convert::{Row, millis, number};
use super::entity::storage_object;
use super::filter::{contains, created_between};
use super::first_of::Lists;
use super::sql::{Binder, all};
use super::{Store, StoreError, keyset};
use crate::model::id::{QueryId, StorageObjectId, WorkspaceId};
use crate::model::page::{First, Page, Slice};
use crate::model::storage_object::{
    Body, BodyPlace, ObjectName, StorageObject, StorageObjectField, StorageObjectFilter,
};

impl Store {
    pub async fn storage_objects_by_id(
        &self,
        workspace: WorkspaceId,
        ids: &[StorageObjectId],
    ) -> Result<Vec<StorageObject>, StoreError> {
        let ids = ids.iter().map(ToString::to_string);
        let select = of_workspace(workspace).filter(storage_object::Column::Id.is_in(ids));
        self.models(select).await
    }

    /// The newest result, of those that still exist, of each of these queries.
    pub async fn latest_storage_objects(
        &self,
        workspace: WorkspaceId,
        queries: &[QueryId],
    ) -> Result<Vec<StorageObject>, StoreError> {
        let lists: Lists<storage_object::Model> = Lists {
            table: "storage_object",
            of: "query_id",
            owner: |row| &row.query_id,
            id: |row| &row.id,
        };
        let (queries, newest) =
            (queries.iter().map(ToString::to_string), First { count: 1, from_end: false });
        let pages = lists
            .first_pages::<storage_object::Entity>(&self.reader, workspace, queries, newest)
            .await?;
        pages.into_values().flat_map(|page| page.items).map(model).collect()
    }

    /// The workspace's results that fit.
    pub async fn storage_objects(
        &self,
        workspace: WorkspaceId,
        filter: &StorageObjectFilter,
        field: StorageObjectField,
        slice: &Slice,
    ) -> Result<Page<StorageObject>, StoreError> {
        let key = match field {
            StorageObjectField::Id => None,
            StorageObjectField::CreatedAt => Some(storage_object::Column::CreatedAt),
            StorageObjectField::SizeBytes => Some(storage_object::Column::SizeBytes),
        };
        let key = key.map(IntoSimpleExpr::into_simple_expr);
        let select = listed(workspace, filter);
        let id = storage_object::Column::Id;
        keyset::read_by(&self.reader, select, id, key, slice).await?.try_map(model)
    }

    pub async fn count_storage_objects(
        &self,
        workspace: WorkspaceId,
        filter: &StorageObjectFilter,
    ) -> Result<u64, StoreError> {
        Ok(listed(workspace, filter).count(&self.reader).await?)
    }

    /// An object, and where its bytes are.
    pub async fn stored_object(
        &self,
        workspace: WorkspaceId,
        name: &ObjectName,
    ) -> Result<Option<(StorageObject, BodyPlace)>, StoreError> {
        let writes = self.writer.rare_writes();
        if let Some(known) = self.known_objects.find(workspace, name, writes) {
            return Ok(Some(known));
        }
        let statement = named(self.reader.get_database_backend(), workspace, name);
        let row = match self.reader.at_hand(&statement, row_at_hand) {
            Ok(row) => row,
            Err(NotAtHand) => {
                storage_object::Entity::find().from_raw_sql(statement).one(&self.reader).await?
            }
        };
        let placed = |mut row: storage_object::Model| {
            let place = row.blob.take().map_or(BodyPlace::Row, BodyPlace::Blob);
            Ok::<_, StoreError>((model(row)?, place))
        };
        let found = row.map(placed).transpose()?;
        if let Some(found) = &found {
            self.known_objects.keep(workspace, name, writes, found);
        }
        Ok(found)
    }

    /// The bytes of an object that are in a row; none when the object was deleted.
    pub async fn result_body(&self, object: &StorageObject) -> Result<Option<Vec<u8>>, StoreError> {
        let mut binder = Binder::new(self.reader.get_database_backend());
        let id = binder.bind(object.id.to_string());
        let owner = binder.bind(object.workspace_id.to_string());
        let statement = binder.statement(format!(
            "SELECT body.zstd FROM storage_object AS own \
             JOIN result_body AS body ON body.object_id = own.id \
             WHERE own.id = {id} AND own.workspace_id = {owner}"
        ));
        if let Ok(zstd) = self.reader.at_hand(&statement, |row| row.get(0)) {
            return Ok(zstd);
        }
        let row = self.reader.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "zstd")).transpose()?)
    }

    async fn models(
        &self,
        select: sea_orm::Select<storage_object::Entity>,
    ) -> Result<Vec<StorageObject>, StoreError> {
        let rows = all(&self.reader, select).await?;
        rows.into_iter().map(model).collect()
    }
}

/// Finds an object by its name. Downloads are many, so that it is one statement, and one text for each kind of name.
fn named(backend: DbBackend, workspace: WorkspaceId, name: &ObjectName) -> Statement {
    let mut binder = Binder::new(backend);
    let owner = workspace.to_string();
    let id = match name {
        ObjectName::Id(id) => binder.bind(id.to_string()),
        ObjectName::Key(key) => {
            let (key, owner) = (binder.bind(key.as_str()), binder.bind(owner.as_str()));
            format!(
                "(SELECT 'obj_' || substr(id, 5) FROM job \
                 WHERE storage_key = {key} AND workspace_id = {owner})"
            )
        }
        ObjectName::LatestOf(query) => {
            let (query, owner) = (binder.bind(query.to_string()), binder.bind(owner.as_str()));
            format!(
                "(SELECT id FROM storage_object WHERE query_id = {query} \
                 AND workspace_id = {owner} ORDER BY id DESC LIMIT 1)"
            )
        }
    };
    let owner = binder.bind(owner);
    binder.statement(format!(
        "SELECT id, workspace_id, query_id, job_id, key, content_type, size_bytes, sha256, blob, \
         created_at, expires_at FROM storage_object WHERE id = {id} AND workspace_id = {owner}"
    ))
}

/// The columns as [`named`] has them.
fn row_at_hand(row: &rusqlite::Row<'_>) -> rusqlite::Result<storage_object::Model> {
    Ok(storage_object::Model {
        id: row.get(0)?,
        workspace_id: row.get(1)?,
        query_id: row.get(2)?,
        job_id: row.get(3)?,
        key: row.get(4)?,
        content_type: row.get(5)?,
        size_bytes: row.get(6)?,
        sha256: row.get(7)?,
        blob: row.get(8)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
    })
}

pub(super) fn listed(
    workspace: WorkspaceId,
    filter: &StorageObjectFilter,
) -> sea_orm::Select<storage_object::Entity> {
    use storage_object::Column::{CreatedAt, JobId, Key, QueryId};
    let fits = Condition::all()
        .add_option(filter.query_id.map(|query| QueryId.eq(query.to_string())))
        .add_option(filter.job_id.map(|job| JobId.eq(job.to_string())))
        .add_option(filter.search.as_ref().map(|part| contains(Key.into_simple_expr(), part)))
        .add_option(created_between(CreatedAt, filter.created_after, filter.created_before));
    of_workspace(workspace).filter(fits)
}

pub(super) fn of_workspace(workspace: WorkspaceId) -> sea_orm::Select<storage_object::Entity> {
    storage_object::Entity::find()
        .filter(storage_object::Column::WorkspaceId.eq(workspace.to_string()))
}

pub(super) fn row(object: &StorageObject, body: &Body) -> storage_object::Model {
    storage_object::Model {
        id: object.id.to_string(),
        workspace_id: object.workspace_id.to_string(),
        query_id: object.query_id.to_string(),
        job_id: object.job_id.to_string(),
        key: object.key.clone(),
        content_type: object.content_type.clone(),
        size_bytes: number(object.size_bytes),
        sha256: object.sha256.clone(),
        blob: match body {
            Body::Blob(name) => Some(name.clone()),
            Body::Row(_) => None,
        },
        created_at: millis(object.created_at),
        expires_at: object.expires_at.map(millis),
    }
}

pub(super) fn model(row: storage_object::Model) -> Result<StorageObject, StoreError> {
    let at = Row { table: "storage_object", id: &row.id };
    Ok(StorageObject {
        id: at.parse(&row.id)?,
        workspace_id: at.parse(&row.workspace_id)?,
        query_id: at.parse(&row.query_id)?,
        job_id: at.parse(&row.job_id)?,
        size_bytes: at.number(row.size_bytes)?,
        created_at: at.instant(row.created_at)?,
        expires_at: at.maybe_instant(row.expires_at)?,
        key: row.key,
        content_type: row.content_type,
        sha256: row.sha256,
    })
}
