//! The source `dataset:{name}`: reads the newest version of the workspace's own upload.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{CollectRequest, Collected, Collecting, Source, SourceError};
use crate::model::document::Document;
use crate::model::id::WorkspaceId;
use crate::model::result::CoverageStatus;

/// Documents handed on at once.
const BATCH: usize = 256;

/// An opened dataset version: NDJSON compressed with zstd, a document a line.
pub struct DatasetFile {
    pub version: u32,
    pub compressed: Box<dyn Read + Send>,
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
    fn collect(
        &self,
        request: CollectRequest,
        batches: mpsc::Sender<Vec<Document>>,
    ) -> Collecting<'_> {
        Box::pin(async move {
            let name = request.source.strip_prefix("dataset:").unwrap_or(&request.source);
            let Some(file) = self.files.open(request.workspace, name).await? else {
                let reason = format!("there is no dataset named `{name}`; upload it first");
                return Err(SourceError::Permanent(reason));
            };
            let version = file.version;
            let read = move || read_documents(file.compressed, &batches);
            let documents = tokio::task::spawn_blocking(read)
                .await
                .map_err(|error| SourceError::Transient(error.to_string()))??;
            Ok(Collected {
                status: CoverageStatus::Complete,
                requests: 0,
                upstream_total: Some(documents),
                reason: None,
                dataset_version: Some(version),
            })
        })
    }
}

fn read_documents(
    compressed: impl Read,
    batches: &mpsc::Sender<Vec<Document>>,
) -> Result<u64, SourceError> {
    let broken = |error: &dyn std::fmt::Display| {
        SourceError::Permanent(format!("the stored dataset cannot be read: {error}"))
    };
    let decoder = zstd::Decoder::new(compressed).map_err(|error| broken(&error))?;
    let mut lines = BufReader::new(decoder);
    let mut line = Vec::new();
    let mut batch = Vec::with_capacity(BATCH);
    let mut count = 0;
    while lines.read_until(b'\n', &mut line).map_err(|error| broken(&error))? > 0 {
        let document = serde_json::from_slice(&line).map_err(|error| broken(&error))?;
        batch.push(document);
        count += 1;
        line.clear();
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            batches.blocking_send(full).map_err(|_| SourceError::Stopped)?;
        }
    }
    if !batch.is_empty() {
        batches.blocking_send(batch).map_err(|_| SourceError::Stopped)?;
    }
    Ok(count)
}
