//! Keeps what the sources of a job hand on, as it comes: a compressed blob for each source that gives anything.
//! The blobs appear only at the end; what a run leaves behind that fails then is for the sweeper.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::blobs::{Blobs, Packed, Packing};
use crate::clock::random_bytes;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::id::JobId;

/// What is kept of one source so far.
#[derive(Default)]
struct OfSource {
    documents: u64,
    /// Its blob and the blob's name, from the first document on.
    packing: Option<(String, Packing)>,
}

/// Takes the documents of a job.
pub(super) struct Keeping {
    blobs: Blobs,
    job: JobId,
    attempt: u32,
    /// The sources whose documents are kept.
    sources: BTreeMap<String, OfSource>,
    line: Vec<u8>,
}

impl Keeping {
    pub(super) fn new(blobs: Blobs, job: JobId, attempt: u32, sources: Vec<String>) -> Self {
        let sources = sources.into_iter().map(|source| (source, OfSource::default())).collect();
        Self { blobs, job, attempt, sources, line: Vec::new() }
    }

    /// Whether anything is kept at all.
    pub(super) fn keeps_any(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Takes the next documents; those of other sources are left out.
    ///
    /// # Errors
    /// When they cannot be written; nothing that was kept is of use then.
    pub(super) fn add(&mut self, batch: &[Document]) -> io::Result<()> {
        for document in batch {
            let Some(kept) = self.sources.get_mut(&document.source) else { continue };
            let packing = match &mut kept.packing {
                Some((_, packing)) => packing,
                empty => {
                    let random = hex::encode(random_bytes::<6>().map_err(io::Error::other)?);
                    let name = format!("documents/{}/{}-{random}", self.job, self.attempt);
                    let packing = Packing::new(self.blobs.create(&name)?)?;
                    &mut empty.insert((name, packing)).1
                }
            };
            self.line.clear();
            serde_json::to_writer(&mut self.line, document)?;
            self.line.push(b'\n');
            packing.write_all(&self.line)?;
            kept.documents += 1;
        }
        Ok(())
    }

    /// Makes what was kept durable.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn finish(self) -> io::Result<Vec<Collection>> {
        let mut collections = Vec::with_capacity(self.sources.len());
        for (source, OfSource { documents, packing }) in self.sources {
            let (blob, size_bytes, sha256) = match packing {
                Some((name, packing)) => {
                    let Packed { writer, size_bytes, sha256 } = packing.finish()?;
                    writer.commit().await?;
                    (Some(name), size_bytes, sha256)
                }
                None => (None, 0, String::new()),
            };
            collections.push(Collection { source, documents, size_bytes, sha256, blob });
        }
        Ok(collections)
    }
}
