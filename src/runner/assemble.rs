//! The result document, rendered once: these bytes are hashed, stored and sent unchanged.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;

use super::collect::Measurement;
use crate::blobs::BlobWriter;
use crate::clock::random_bytes;
use crate::domain::Domain;
use crate::error::{Code, Error};
use crate::model::collection::Collection;
use crate::model::id::JobId;
use crate::model::job::{Job, JobStatus};
use crate::model::query::SavedQuery;
use crate::model::reading::Reading;
use crate::model::result::ResultDocument;
use crate::model::storage_object::{
    Body, NewObject, RESULT_CONTENT_TYPE, StorageObject, object_id,
};

/// Largest compressed result that is kept as a row.
const MAX_ROW: usize = 256 * 1024;
/// The code of a job whose result has no place to be kept in.
pub const NOT_STORED: &str = "STORAGE";
const COMPRESSION_LEVEL: i32 = 3;

pub fn document(
    job: &Job,
    query: &SavedQuery,
    measurement: Measurement,
    completed_at: DateTime<Utc>,
) -> ResultDocument {
    let measured = measurement.measured;
    let mut assumptions = query.assumptions.clone();
    for assumption in measurement.assumptions.into_iter().chain(measured.assumptions) {
        if !assumptions.contains(&assumption) {
            assumptions.push(assumption);
        }
    }
    ResultDocument {
        query_id: query.id.to_string(),
        job_id: job.id.to_string(),
        status: JobStatus::Completed,
        prompt: query.prompt.clone(),
        reference_time: job.reference_time(),
        timezone: query.timezone.to_string(),
        created_at: job.created_at,
        completed_at,
        reading: Reading::clone(&query.reading),
        assumptions,
        window: measurement.window,
        previous_window: measurement.previous,
        previous_job_id: measurement.earlier.map(|job| job.to_string()),
        result: measured.answer,
        output: None,
        output_unfilled: BTreeMap::new(),
        labels: measurement.labels,
        funnel: measured.funnel,
        coverage: measurement.coverage,
        limit: Some(query.limit),
        evidence: measured.evidence,
        reader: query.reader.clone(),
    }
}

/// Renders, hashes and compresses a result; large ones become a blob here.
pub async fn object(
    domain: &Domain,
    job: &Job,
    document: &ResultDocument,
    collections: Vec<Collection>,
    attempt: u32,
) -> Result<NewObject, Error> {
    let bytes = serde_json::to_vec(document).map_err(Error::internal)?;
    let object = StorageObject {
        id: object_id(job.id),
        workspace_id: job.workspace_id,
        query_id: job.query_id,
        job_id: job.id,
        key: job.storage_key.clone(),
        content_type: RESULT_CONTENT_TYPE.to_owned(),
        size_bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(&bytes)),
        created_at: document.completed_at,
        expires_at: None,
    };
    let compressed = compress(&bytes).map_err(Error::internal)?;
    let body = if compressed.len() <= MAX_ROW {
        Body::Row(compressed)
    } else {
        Body::Blob(write_blob(domain, job, compressed, attempt).await?)
    };
    Ok(NewObject { object, body, collections })
}

/// A compressor is large and slow to make, so each thread keeps its own.
fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Some(Compressor::new(COMPRESSION_LEVEL)?);
        }
        match kept {
            Some(compressor) => compressor.compress(bytes),
            None => zstd::bulk::compress(bytes, COMPRESSION_LEVEL),
        }
    })
}

async fn write_blob(
    domain: &Domain,
    job: &Job,
    compressed: Vec<u8>,
    attempt: u32,
) -> Result<String, Error> {
    let random = hex::encode(random_bytes::<6>()?);
    let name = format!("results/{}/{attempt}-{random}", job.id);
    let blobs = domain.blobs().clone();
    let write = {
        let name = name.clone();
        move || {
            let mut writer = blobs.create(&name)?;
            writer.write_all(&compressed)?;
            Ok::<BlobWriter, io::Error>(writer)
        }
    };
    let written = tokio::task::spawn_blocking(write).await.map_err(Error::internal)?;
    let written = written.map_err(|error| not_stored(job.id, &error))?;
    written.commit().await.map_err(|error| not_stored(job.id, &error))?;
    Ok(name)
}

pub fn not_stored(job: JobId, error: &io::Error) -> Error {
    tracing::error!(%job, %error, "a result could not be stored");
    let message = "the result could not be stored: its place has no room or cannot be reached";
    Error::new(Code::Unavailable, message).with_reason(NOT_STORED)
}
