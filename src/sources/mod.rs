//! Where posts come from: the trait every connector implements and the registry of those that answer.
//!
//! A connector hands documents on in batches as they arrive and says at the end what it covered; it
//! never decides what matches. Whoever takes them does so at once, so nothing piles up in between.

pub mod dataset;
mod dataset_source;
mod registry;

use std::pin::Pin;
use std::sync::Arc;

use crate::model::document::Document;
use crate::model::id::WorkspaceId;
use crate::model::result::CoverageStatus;
use crate::model::window::TimeRange;

pub use dataset_source::{DatasetFile, DatasetFiles, DatasetSource, Opening};
pub use registry::Registry;

/// What a job asks of one source.
#[derive(Clone, Debug)]
pub struct CollectRequest {
    pub workspace: WorkspaceId,
    /// The name as in `sources`: `dataset:posts`.
    pub source: String,
    pub window: TimeRange,
}

/// What a source says it covered; the documents themselves went through the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    pub status: CoverageStatus,
    pub requests: u64,
    pub upstream_total: Option<u64>,
    pub reason: Option<String>,
    pub dataset_version: Option<u32>,
}

/// Why a source gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It may work later.
    #[error("{0}")]
    Transient(String),
    /// It will not work without a change.
    #[error("{0}")]
    Permanent(String),
    /// The job no longer wants documents.
    #[error("the job stopped listening")]
    Stopped,
}

/// The answer of [`Source::collect`].
pub type Collecting<'a> = Pin<Box<dyn Future<Output = Result<Collected, SourceError>> + Send + 'a>>;

/// Takes documents as they arrive.
pub trait Sink: Send + Sync + 'static {
    /// Takes a batch.
    ///
    /// # Errors
    /// [`SourceError::Stopped`] when no more documents are wanted.
    fn add(&self, batch: Vec<Document>) -> Result<(), SourceError>;
}

/// A connector.
pub trait Source: Send + Sync + 'static {
    /// Hands documents on in batches, then says what was covered.
    fn collect(&self, request: CollectRequest, sink: Arc<dyn Sink>) -> Collecting<'_>;
}
