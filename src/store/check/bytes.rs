//! Where bytes are kept, with what they must be once they are decompressed.

use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::store::StoreError;
use crate::store::sql::constant;

/// A result's bytes: in a row or a blob.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ResultBytes {
    pub id: String,
    pub size_bytes: i64,
    pub sha256: String,
    pub blob: Option<String>,
    pub zstd: Option<Vec<u8>>,
}

/// A dataset's bytes.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DatasetBytes {
    pub id: String,
    pub documents: i64,
    pub size_bytes: i64,
    pub sha256: String,
    pub blob: String,
}

/// What a result rests on of one source.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CollectionBytes {
    pub object_id: String,
    pub source: String,
    pub documents: i64,
    pub size_bytes: i64,
    pub sha256: String,
    pub blob: Option<String>,
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn result_bytes(&self) -> Result<Rows<'_, ResultBytes>, StoreError> {
        self.rows(
            "SELECT object.id, object.size_bytes, object.sha256, object.blob, body.zstd \
             FROM storage_object AS object \
             LEFT JOIN result_body AS body ON body.object_id = object.id",
        )
        .await
    }

    /// Bytes kept in a row for a result that is not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn bytes_without_result(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT body.object_id FROM result_body AS body WHERE NOT EXISTS \
                   (SELECT 1 FROM storage_object AS object WHERE object.id = body.object_id)";
        self.texts(constant(&self.0, sql)).await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn collection_bytes(&self) -> Result<Rows<'_, CollectionBytes>, StoreError> {
        self.rows("SELECT object_id, source, documents, size_bytes, sha256, blob FROM collection")
            .await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn dataset_bytes(&self) -> Result<Rows<'_, DatasetBytes>, StoreError> {
        self.rows(
            "SELECT id, documents, size_bytes, sha256, blob FROM dataset WHERE deleted_at IS NULL",
        )
        .await
    }
}
