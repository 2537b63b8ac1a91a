//! What is stored is what was stored: every byte is read again, decompressed and hashed.

use std::io::{self, ErrorKind, Read};

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use super::{Check, Doctor, Report, next};
use crate::blobs::Blobs;
use crate::store::StoreError;
use crate::store::check::{CollectionBytes, DatasetBytes, ResultBytes};

pub const CHECK: Check = Check {
    name: "bytes",
    promise: "results, what they rest on and datasets have the bytes that were stored, by length and hash",
};
const CHUNK: usize = 128 * 1024;
const RESTORE: &str = "restore it from a backup";

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    for id in snapshot.bytes_without_result().await? {
        report.found(&id, "has bytes in a row, but is not there itself");
    }
    let mut results = snapshot.result_bytes().await?;
    while let Some(result) = next(&mut results, report).await? {
        look_at_result(doctor, result, report).await;
    }
    drop(results);
    let mut collections = snapshot.collection_bytes().await?;
    while let Some(collection) = next(&mut collections, report).await? {
        look_at_collection(doctor, collection, report).await;
    }
    drop(collections);
    let mut datasets = snapshot.dataset_bytes().await?;
    while let Some(dataset) = next(&mut datasets, report).await? {
        look_at_dataset(doctor, dataset, report).await;
    }
    Ok(())
}

async fn look_at_result(doctor: &Doctor, result: ResultBytes, report: &mut Report) {
    let ResultBytes { id, size_bytes, sha256, blob, zstd } = result;
    let bytes = match (blob, zstd) {
        (Some(blob), None) => Bytes::Blob(blob),
        (None, Some(zstd)) => Bytes::Row(zstd),
        (Some(_), Some(_)) => return report.found(&id, "has its bytes both in a row and a blob"),
        (None, None) => return report.advise(&id, "has no bytes", RESTORE),
    };
    let expected = Measured { length: size_bytes, sha256, lines: None };
    look_at(doctor, &id, bytes, expected, report).await;
}

async fn look_at_collection(doctor: &Doctor, collection: CollectionBytes, report: &mut Report) {
    let CollectionBytes { object_id, source, documents, size_bytes, sha256, blob } = collection;
    let id = format!("{object_id}, its documents of {source}");
    let expected = Measured { length: size_bytes, sha256, lines: Some(documents) };
    match blob {
        Some(blob) => look_at(doctor, &id, Bytes::Blob(blob), expected, report).await,
        None if documents > 0 => report.advise(&id, "have no blob", RESTORE),
        None => {}
    }
}

async fn look_at_dataset(doctor: &Doctor, dataset: DatasetBytes, report: &mut Report) {
    let DatasetBytes { id, documents, size_bytes, sha256, blob } = dataset;
    let expected = Measured { length: size_bytes, sha256, lines: Some(documents) };
    look_at(doctor, &id, Bytes::Blob(blob), expected, report).await;
}

async fn look_at(doctor: &Doctor, id: &str, bytes: Bytes, expected: Measured, report: &mut Report) {
    let place = bytes.place();
    let what = match bytes.measure(&doctor.blobs, expected.length).await {
        Ok(measured) => expected.differs(&measured).map(|differs| format!("{place}: {differs}")),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(format!("{place} is not there")),
        Err(error) => Some(format!("{place} cannot be decompressed: {error}")),
    };
    if let Some(what) = what {
        report.advise(id, format!("is damaged: {what}"), RESTORE);
    }
}

enum Bytes {
    Row(Vec<u8>),
    Blob(String),
}

impl Bytes {
    fn place(&self) -> String {
        match self {
            Self::Row(_) => "its row of bytes".to_owned(),
            Self::Blob(name) => format!("blob {name}"),
        }
    }

    async fn measure(self, blobs: &Blobs, longest: i64) -> io::Result<Measured> {
        let measured = match self {
            Self::Row(zstd) => spawn_blocking(move || measure(zstd.as_slice(), longest)),
            Self::Blob(name) => {
                let blob = blobs.open(&name, None).await?.into_std().await?;
                spawn_blocking(move || measure(blob, longest))
            }
        };
        measured.await.map_err(io::Error::other)?
    }
}

/// What bytes are known by.
struct Measured {
    length: i64,
    sha256: String,
    /// Only of datasets: a line is a document.
    lines: Option<i64>,
}

impl Measured {
    fn differs(&self, found: &Self) -> Option<String> {
        if found.length > self.length {
            return Some(format!("it has more than the {} bytes that it should", self.length));
        }
        if found.length < self.length {
            return Some(format!("it has {} bytes rather than {}", found.length, self.length));
        }
        if found.sha256 != self.sha256 {
            return Some("its sha256 is another one".to_owned());
        }
        let (lines, found) = (self.lines?, found.lines?);
        (lines != found).then(|| format!("it has {found} documents rather than {lines}"))
    }
}

/// Reads to the end, or a byte beyond what is expected: what was damaged may have no end.
fn measure(compressed: impl Read, longest: i64) -> io::Result<Measured> {
    let most = u64::try_from(longest).unwrap_or(0).saturating_add(1);
    let mut plain = zstd::Decoder::new(compressed)?.take(most);
    let (mut hasher, mut length, mut lines) = (Sha256::new(), 0_usize, 0_usize);
    let mut chunk = vec![0_u8; CHUNK];
    loop {
        let read = plain.read(&mut chunk)?;
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        hasher.update(bytes);
        length += read;
        lines += bytes.split(|byte| *byte == b'\n').count() - 1;
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let sha256 = hex::encode(hasher.finalize());
    Ok(Measured { length: number(length), sha256, lines: Some(number(lines)) })
}
