//! What results rest on: the documents of each of their sources, opened to be read again. Those of a dataset
//! are a version of it; those of another source were kept with the result.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::Domain;
use super::download::check::Check;
use crate::blobs::BlobReader;
use crate::error::{Code, Error};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::document_line::read_documents;
use crate::model::id::{JobId, WorkspaceId};
use crate::model::job::Job;
use crate::model::reading::Reading;
use crate::model::result::{Coverage, CoverageStatus, ResultDocument};
use crate::model::storage_object::{StorageObject, object_id};
use crate::model::window::TimeRange;

/// The reason of an error that says that documents are not there any more.
pub const NOT_KEPT: &str = "DOCUMENTS_NOT_KEPT";

/// The documents of one source of a result, opened.
pub struct Kept {
    collection: Collection,
    blob: Option<BlobReader>,
}

/// The run before another one, with what it rests on.
pub struct EarlierRun {
    pub job_id: JobId,
    /// The time it looked at.
    pub span: TimeRange,
    /// The sources that it covered completely.
    pub complete: Vec<String>,
    /// What it was asked.
    pub reading: Reading,
    pub coverage: BTreeMap<String, Coverage>,
    pub kept: Vec<Kept>,
}

impl Domain {
    /// Whether the documents of results are to be kept.
    pub async fn keeps_documents(&self, workspace: WorkspaceId) -> Result<bool, Error> {
        let workspace = self.store.workspace(workspace).await?;
        Ok(workspace.is_some_and(|workspace| workspace.keeps_documents))
    }

    /// Opens what a result rests on, of each source that gave something.
    ///
    /// # Errors
    /// [`NOT_KEPT`] where the documents of a source were not kept, or its dataset is deleted.
    pub async fn open_kept(
        &self,
        object: &StorageObject,
        coverage: &BTreeMap<String, Coverage>,
    ) -> Result<Vec<Kept>, Error> {
        let workspace = object.workspace_id;
        let collections = self.store.collections(workspace, object.id).await?;
        let mut opened = Vec::new();
        for (source, covered) in coverage {
            let collection = match source.strip_prefix("dataset:").zip(covered.dataset_version) {
                Some((name, version)) => {
                    let dataset = self.store.dataset_version(workspace, name, version).await?;
                    dataset.map(|dataset| Collection {
                        source: source.clone(),
                        documents: dataset.documents,
                        size_bytes: dataset.size_bytes,
                        sha256: dataset.sha256,
                        blob: Some(dataset.blob),
                    })
                }
                None => collections.iter().find(|kept| kept.source == *source).cloned(),
            };
            match collection {
                Some(collection) => opened.push(self.open_collection(collection).await?),
                None if gave_nothing(covered) => {}
                None => return Err(not_kept(source, covered)),
            }
        }
        Ok(opened)
    }

    /// The run of an earlier job; nothing where it is not known any more what that collected.
    pub async fn earlier_run(&self, job: &Job) -> Result<Option<EarlierRun>, Error> {
        let found =
            self.store.storage_objects_by_id(job.workspace_id, &[object_id(job.id)]).await?;
        let Some(object) = found.into_iter().next() else { return Ok(None) };
        let bytes = self.read_storage_object(&object).await?;
        let result: ResultDocument = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        let Some(span) = result.coverage.values().map(|coverage| coverage.requested).next() else {
            return Ok(None);
        };
        let kept = match self.open_kept(&object, &result.coverage).await {
            Ok(kept) => kept,
            Err(error) if error.reason == Some(NOT_KEPT) => return Ok(None),
            Err(error) => return Err(error),
        };
        let complete = complete(&result.coverage);
        let ResultDocument { reading, coverage, .. } = result;
        Ok(Some(EarlierRun { job_id: job.id, span, complete, reading, coverage, kept }))
    }

    async fn open_collection(&self, collection: Collection) -> Result<Kept, Error> {
        let blob = match &collection.blob {
            Some(name) => {
                let opened = self.blobs.open(name, None).await.map_err(Error::internal)?;
                Some(opened.into_std().await.map_err(Error::internal)?)
            }
            None => None,
        };
        Ok(Kept { collection, blob })
    }
}

impl Kept {
    /// The source as the result names it.
    pub fn source(&self) -> &str {
        &self.collection.source
    }

    /// Hands the documents on in batches. It may wait for a disk or a network.
    ///
    /// # Errors
    /// When they are not those that were kept; what was handed on until then is not to be relied on.
    pub fn read(self, mut take: impl FnMut(&[Document])) -> Result<(), Error> {
        let Self { collection, blob } = self;
        let Some(blob) = blob else { return Ok(()) };
        let Collection { source, documents, size_bytes, sha256, .. } = collection;
        let check = Check::new(format!("what was kept of {source}"), size_bytes, sha256);
        let inner = zstd::Decoder::new(blob).map_err(Error::internal)?;
        let take = |batch: &[Document]| {
            take(batch);
            Ok(())
        };
        let read = read_documents(Checked { inner, check }, take, Error::internal)?;
        if read == documents {
            return Ok(());
        }
        let message = format!("{source} has {read} documents rather than the {documents} kept");
        Err(Error::internal(message))
    }
}

/// The sources that were covered completely.
pub fn complete(coverage: &BTreeMap<String, Coverage>) -> Vec<String> {
    let complete = coverage.iter().filter(|(_, one)| one.status == CoverageStatus::Complete);
    complete.map(|(source, _)| source.clone()).collect()
}

fn gave_nothing(coverage: &Coverage) -> bool {
    use CoverageStatus::{AuthMissing, Error, RateLimited, Unsupported};
    let failed = matches!(coverage.status, AuthMissing | Error | RateLimited | Unsupported);
    failed && coverage.covered.is_none()
}

fn not_kept(source: &str, coverage: &Coverage) -> Error {
    let message = match coverage.dataset_version {
        Some(version) => format!("version {version} of {source} was deleted"),
        None => format!("what {source} gave was not kept"),
    };
    Error::new(Code::NotFound, message).with_reason(NOT_KEPT)
}

/// Plain bytes that end in an error where they are not those that were stored.
struct Checked<R> {
    inner: R,
    check: Check,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match buffer.get(..read) {
            Some(bytes) if read > 0 => self.check.take(bytes)?,
            _ if buffer.is_empty() => {}
            _ => self.check.end()?,
        }
        Ok(read)
    }
}
