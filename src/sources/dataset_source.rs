//! The source `dataset:{name}`: reads the newest version of the workspace's own upload.

use std::io::Read;
use std::sync::Arc;

use super::{CollectRequest, Collected, Collecting, Sink, Source, SourceError};
use crate::model::document_line::read_documents;
use crate::model::id::WorkspaceId;
use crate::model::result::CoverageStatus;

/// Largest dataset, uncompressed, that is read where it is asked for: handing it to another thread
/// and back would take longer than reading it.
const MAX_INLINE: u64 = 64 * 1024;

/// An opened dataset version: NDJSON compressed with zstd, a document a line.
pub struct DatasetFile {
    pub version: u32,
    /// Length of the documents, uncompressed.
    pub size_bytes: u64,
    pub compressed: Box<dyn Read + Send>,
    /// Whether reading it waits for this machine alone.
    pub is_at_hand: bool,
}

/// What opening a dataset answers with.
pub type Opening<'a> =
    std::pin::Pin<Box<dyn Future<Output = Result<Option<DatasetFile>, SourceError>> + Send + 'a>>;

/// Finds and opens datasets; implemented where rows and blobs are known.
pub trait DatasetFiles: Send + Sync + 'static {
    fn open<'a>(&'a self, workspace: WorkspaceId, name: &'a str) -> Opening<'a>;
}

pub struct DatasetSource {
    files: Arc<dyn DatasetFiles>,
}

impl DatasetSource {
    pub fn new(files: Arc<dyn DatasetFiles>) -> Self {
        Self { files }
    }
}

impl Source for DatasetSource {
    fn covers(&self) -> &'static str {
        "All posts of the newest version that was uploaded with PUT /v1/datasets/{name}."
    }

    /// Each version is kept, and the result names the one that was read.
    fn keeps_documents(&self) -> bool {
        true
    }

    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_> {
        Box::pin(async move {
            let name = request.source.strip_prefix("dataset:").unwrap_or(&request.source);
            let Some(file) = self.files.open(request.workspace, name).await? else {
                let reason = format!("there is no dataset named `{name}`; upload it first");
                return Err(SourceError::Permanent(reason));
            };
            let DatasetFile { version, size_bytes, compressed, is_at_hand } = file;
            let read = move || {
                let plain = zstd::Decoder::new(compressed).map_err(|error| broken(&error))?;
                read_documents(plain, |batch| sink.add(batch), |error| broken(&error))
            };
            let documents = if is_at_hand && size_bytes <= MAX_INLINE {
                read()?
            } else {
                let read = tokio::task::spawn_blocking(read).await;
                read.map_err(|error| SourceError::Transient(error.to_string()))??
            };
            Ok(Collected {
                upstream_total: Some(documents),
                dataset_version: Some(version),
                ..Collected::of(CoverageStatus::Complete)
            })
        })
    }
}

fn broken(error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Permanent(format!("the stored documents cannot be read: {error}"))
}
