//! Datasets: an upload is spooled, read through, and becomes a new version only as a whole.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek};

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{Domain, require};
use crate::blobs::{Blobs, Packed, Packing};
use crate::clock::random_bytes;
use crate::error::{Code, Error};
use crate::failpoint;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::dataset::{Dataset, is_valid_name};
use crate::model::id::{DatasetId, WorkspaceId};
use crate::model::page::{Page, Slice};
use crate::sources::dataset;
pub use crate::sources::dataset::{
    Field, Format, ImportError, ImportOptions, ImportReport, Mapping,
};
use crate::sources::{DatasetFile, DatasetFiles, Opening, SourceError};
use crate::store::Store;

/// Largest upload, in bytes.
const MAX_UPLOAD: u64 = 4 * 1024 * 1024 * 1024;
/// Enough to tell one format from another.
const HEAD_BYTES: u64 = 4 * 1024;

/// How an upload is to be read.
#[derive(Clone, Debug)]
pub struct UploadOptions {
    /// What the request says it sends; the options and the first bytes decide otherwise.
    pub content_type: Option<String>,
    pub mapping: Mapping,
    pub import: ImportOptions,
}

/// A new version and what was read.
#[derive(Clone, Debug)]
pub struct Uploaded {
    pub dataset: Dataset,
    pub report: ImportReport,
}

/// Why an upload was not taken; nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error(transparent)]
    Import(ImportError),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<ImportError> for UploadError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Io(error) => Self::Failed(Error::internal(error)),
            other => Self::Import(other),
        }
    }
}

impl Domain {
    /// Takes an upload as the next version of a dataset.
    ///
    /// # Errors
    /// When the name cannot be used, the rows cannot be read, or storing failed.
    pub async fn upload_dataset(
        &self,
        who: &Principal,
        name: &str,
        options: UploadOptions,
        body: impl AsyncRead + Unpin,
    ) -> Result<Uploaded, UploadError> {
        require(who, Scope::Write)?;
        if !is_valid_name(name) {
            let message = format!(
                "`{name}` cannot name a dataset: use 1 to 64 lower-case letters, digits, `-`, `_` or `.`, \
                 beginning with a letter or digit"
            );
            return Err(Error::new(Code::BadUserInput, message)
                .with_reason("DATASET_NAME_INVALID")
                .into());
        }
        let id: DatasetId = self.clock.new_id().map_err(Error::from)?;
        let spooled = self.spool(id, body).await?;
        let (blobs, source) = (self.blobs.clone(), format!("dataset:{name}"));
        let work = move || normalise(&blobs, id, spooled, &source, &options);
        let normalised = tokio::task::spawn_blocking(work).await.map_err(Error::internal)??;
        let Normalised { report, blob, packed } = normalised;
        packed.writer.commit().await.map_err(Error::internal)?;
        let dataset = Dataset {
            id,
            workspace_id: who.workspace_id,
            name: name.to_owned(),
            version: 0,
            documents: report.documents,
            size_bytes: packed.size_bytes,
            sha256: packed.sha256,
            blob,
            created_at: self.clock.now(),
        };
        failpoint::reach("dataset.before_row").await.map_err(Error::from)?;
        let detail = json!({ "name": name, "documents": dataset.documents });
        let audit = self.entry(who, Operation::UploadDataset, &id, detail)?;
        let dataset = self.store.insert_dataset(dataset, audit).await.map_err(Error::from)?;
        Ok(Uploaded { dataset, report })
    }

    /// The newest version of a dataset.
    pub async fn dataset(&self, who: &Principal, name: &str) -> Result<Option<Dataset>, Error> {
        Ok(self.store.dataset(who.workspace_id, name).await?)
    }

    /// A part of the newest versions of the caller's datasets, the last uploaded first.
    pub async fn dataset_page(
        &self,
        who: &Principal,
        slice: &Slice,
    ) -> Result<Page<Dataset>, Error> {
        Ok(self.store.dataset_page(who.workspace_id, slice).await?)
    }

    pub async fn count_datasets(&self, who: &Principal) -> Result<u64, Error> {
        Ok(self.store.count_datasets(who.workspace_id).await?)
    }

    pub async fn datasets_by_id(
        &self,
        who: &Principal,
        ids: &[DatasetId],
    ) -> Result<Vec<Dataset>, Error> {
        Ok(self.store.datasets_by_id(who.workspace_id, ids).await?)
    }

    /// Deletes a dataset with all its versions. A job that reads one just now reads it to its end; results
    /// stay, and so do the numbers of the versions that they name. Answers its newest version as it was,
    /// if there was one.
    pub async fn delete_dataset(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<Option<Dataset>, Error> {
        require(who, Scope::Write)?;
        let Some(newest) = self.dataset(who, name).await? else { return Ok(None) };
        let audit =
            self.entry(who, Operation::DeleteDataset, &newest.id, json!({ "name": name }))?;
        let deleted = self.store.delete_dataset(newest.clone(), audit).await?;
        Ok(deleted.then_some(newest))
    }

    /// Writes the body to a file without a name, so that it can be read twice.
    async fn spool(&self, id: DatasetId, body: impl AsyncRead + Unpin) -> Result<File, Error> {
        let file = self.blobs.spool(&id.to_string()).map_err(Error::internal)?;
        let mut file = tokio::fs::File::from_std(file);
        let mut body = body.take(MAX_UPLOAD + 1);
        let copied = tokio::io::copy(&mut body, &mut file).await;
        let length = copied.map_err(|error| {
            if is_full(&error) {
                return Error::unavailable(error);
            }
            Error::new(Code::BadUserInput, format!("the upload broke off: {error}"))
                .with_reason("UPLOAD_INCOMPLETE")
        })?;
        if length > MAX_UPLOAD {
            let message = format!("the upload is larger than {MAX_UPLOAD} bytes; split it");
            return Err(Error::new(Code::BadUserInput, message).with_reason("UPLOAD_TOO_LARGE"));
        }
        Ok(file.into_std().await)
    }
}

/// Whether it is our disk that has no room, and not the client that went away.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

struct Normalised {
    report: ImportReport,
    blob: String,
    packed: Packed,
}

fn normalise(
    blobs: &Blobs,
    id: DatasetId,
    spooled: File,
    source: &str,
    options: &UploadOptions,
) -> Result<Normalised, UploadError> {
    let (mut lines, format) = readable(blobs, id, spooled, options)?;
    let random = hex::encode(random_bytes::<6>().map_err(Error::from)?);
    let blob = format!("datasets/{id}/1-{random}");
    let writer = blobs.create(&blob).map_err(Error::internal)?;
    let mut packing = Packing::new(writer).map_err(Error::internal)?;
    let report = dataset::import(
        &mut lines,
        &mut packing,
        source,
        format,
        &options.mapping,
        &options.import,
    )?;
    let packed = packing.finish().map_err(Error::internal)?;
    Ok(Normalised { report, blob, packed })
}

/// An upload as it came: text, or packed rows, which are unpacked to lines of text first.
fn readable(
    blobs: &Blobs,
    id: DatasetId,
    mut spooled: File,
    options: &UploadOptions,
) -> Result<(File, Format), UploadError> {
    let mut head = Vec::new();
    spooled.rewind().map_err(Error::internal)?;
    (&spooled).take(HEAD_BYTES).read_to_end(&mut head).map_err(Error::internal)?;
    spooled.rewind().map_err(Error::internal)?;
    if !dataset::is_parquet(&head) {
        let content_type = options.content_type.as_deref();
        return Ok((spooled, Format::choose(options.import.format, content_type, &head)));
    }
    let lines = blobs.spool(&format!("{id}-lines")).map_err(Error::internal)?;
    let mut output = BufWriter::new(lines);
    dataset::unpack_parquet(&spooled, &mut output, MAX_UPLOAD)?;
    let lines = output.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    Ok((lines, Format::Ndjson))
}

/// Opens datasets for the source `dataset:{name}`.
pub struct StoredDatasets {
    pub store: Store,
    pub blobs: Blobs,
}

impl DatasetFiles for StoredDatasets {
    fn open<'a>(&'a self, workspace: WorkspaceId, name: &'a str) -> Opening<'a> {
        Box::pin(async move {
            let transient =
                |error: &dyn std::fmt::Display| SourceError::Transient(error.to_string());
            let found =
                self.store.dataset(workspace, name).await.map_err(|error| transient(&error))?;
            let Some(dataset) = found else {
                return Ok(None);
            };
            let blob = self.blobs.open(&dataset.blob, None).await;
            let blob = blob.map_err(|error| transient(&error))?.into_std().await;
            let blob = blob.map_err(|error| transient(&error))?;
            Ok(Some(DatasetFile {
                version: dataset.version,
                size_bytes: dataset.size_bytes,
                is_at_hand: blob.is_at_hand(),
                compressed: Box::new(blob),
            }))
        })
    }
}
