//! Blobs as objects. A draft is a local file without a name; an object appears when all of it is sent.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, DateTime as StoreTime};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use tokio::sync::{Mutex, mpsc};
use tokio::task::spawn_blocking;

use super::client::{Patience, S3Target};
use super::fault::{Cause, S3Fault};
use super::read::{Place, Reading};
use super::upload::{NewObject, abort};
use crate::blobs::{BlobName, BlobStore, Draft, Opened, Pending, StoredFile};
use crate::net::{NetError, Schemes};

const CONTENT_TYPE: &str = "application/zstd";
/// A store that took a probe is not asked again for so long: each one is paid for.
const PROBE_EVERY: Duration = Duration::from_secs(5);
const PROBE: &[u8] = b"ByteStack looks whether it can write here; this can be deleted.\n";

/// Blobs in a bucket under a prefix.
#[derive(Debug)]
pub struct S3 {
    client: Client,
    target: S3Target,
    /// Where drafts are.
    spool: PathBuf,
    silence: Duration,
    probed: Mutex<Option<Instant>>,
}

impl S3 {
    /// Nothing is asked yet. Drafts are in `spool`, a folder of this machine.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(target: S3Target, spool: &Path, patience: Patience) -> Result<Self, NetError> {
        // The address is the operator's own.
        let client = target.client(&target.operators_way()?, Schemes::HttpToo, patience);
        let (spool, silence) = (spool.to_owned(), patience.answer);
        Ok(Self { client, target, spool, silence, probed: Mutex::default() })
    }

    async fn write_read_list_delete(&self, name: &str) -> Result<(), S3Fault> {
        self.write_probe(name).await?;
        let place = self.place(&format!("probe/{name}"));
        let (reading, _) = Reading::open(&self.client, place, None, self.silence).await?;
        let (mut reader, mut bytes) = (Box::pin(reading.into_reader()), Vec::new());
        let read = reader.read_to_end(&mut bytes).await;
        read.map_err(|error| S3Fault::own("GetObject", Cause::Damaged, error.to_string()))?;
        let list = self.client.list_objects_v2().bucket(&self.target.bucket).max_keys(1);
        let listed = list.prefix(self.target.key("probe/")).send().await;
        listed.map_err(|error| S3Fault::of("ListObjectsV2", &error))?;
        self.delete(&format!("probe/{name}")).await
    }

    fn place(&self, name: &str) -> Place {
        Place { bucket: self.target.bucket.clone(), key: self.target.key(name) }
    }

    async fn write_probe(&self, name: &str) -> Result<(), S3Fault> {
        let place = self.place(&format!("probe/{name}"));
        let put = self.client.put_object().bucket(place.bucket).key(place.key);
        let put = put.body(ByteStream::from_static(PROBE)).send().await;
        put.map(drop).map_err(|error| S3Fault::of("PutObject", &error))
    }

    async fn delete(&self, name: &str) -> Result<(), S3Fault> {
        let Place { bucket, key } = self.place(name);
        let deleted = self.client.delete_object().bucket(bucket).key(key).send().await;
        match deleted.map_err(|error| S3Fault::of("DeleteObject", &error)) {
            Err(fault) if fault.cause != Cause::NotFound => Err(fault),
            _ => Ok(()),
        }
    }

    async fn send(&self, name: &BlobName, file: File) -> io::Result<()> {
        let (file, len, sha256) = spawn_blocking(move || measure(file)).await??;
        let object = NewObject {
            bucket: self.target.bucket.clone(),
            key: self.target.key(name.as_str()),
            content_type: CONTENT_TYPE,
            len,
            sha256,
            metadata: std::collections::HashMap::new(),
        };
        Ok(object.put(&self.client, &mut tokio::fs::File::from_std(file)).await?)
    }

    async fn show_objects(&self, show: &mpsc::Sender<StoredFile>) -> Result<(), S3Fault> {
        let list = self.client.list_objects_v2().bucket(&self.target.bucket);
        let mut pages = list.prefix(self.target.key("")).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| S3Fault::of("ListObjectsV2", &error))?;
            for object in page.contents.unwrap_or_default() {
                let file = self.stored(object.key.as_deref(), object.last_modified, None);
                if let Some(file) = file
                    && show.send(file).await.is_err()
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn show_uploads(&self, show: &mpsc::Sender<StoredFile>) -> Result<(), S3Fault> {
        let (mut key, mut id) = (None, None);
        loop {
            let list = self.client.list_multipart_uploads().bucket(&self.target.bucket);
            let list = list.prefix(self.target.key(""));
            let list = list.set_key_marker(key.take()).set_upload_id_marker(id.take());
            let page = match list.send().await {
                Ok(page) => page,
                Err(error) => match S3Fault::of("ListMultipartUploads", &error) {
                    // Then it ends them itself, or there are none.
                    fault if fault.cause == Cause::NotImplemented => return Ok(()),
                    fault => return Err(fault),
                },
            };
            for upload in page.uploads.unwrap_or_default() {
                let file = self.stored(upload.key.as_deref(), upload.initiated, upload.upload_id);
                if let Some(file) = file
                    && show.send(file).await.is_err()
                {
                    return Ok(());
                }
            }
            (key, id) = (page.next_key_marker, page.next_upload_id_marker);
            if page.is_truncated != Some(true) || key.is_none() {
                return Ok(());
            }
        }
    }

    /// What a listing shows, when it is a blob's: others may keep things in the bucket too.
    fn stored(
        &self,
        key: Option<&str>,
        at: Option<StoreTime>,
        upload: Option<String>,
    ) -> Option<StoredFile> {
        let name: BlobName = key?.strip_prefix(&self.target.key(""))?.parse().ok()?;
        let at = at?;
        let changed_at: DateTime<Utc> = DateTime::from_timestamp(at.secs(), at.subsec_nanos())?;
        let is_unfinished = upload.is_some();
        Some(StoredFile { name: name.as_str().to_owned(), changed_at, is_unfinished, upload })
    }
}

impl BlobStore for S3 {
    fn draft(&self, _: &BlobName) -> io::Result<Draft> {
        tempfile::tempfile_in(&self.spool).map(Draft::nameless)
    }

    fn spool(&self, _: &str) -> io::Result<File> {
        tempfile::tempfile_in(&self.spool)
    }

    fn publish<'a>(&'a self, name: &'a BlobName, draft: Draft) -> Pending<'a, ()> {
        Box::pin(async move { self.send(name, draft.into_file()?).await })
    }

    fn open<'a>(&'a self, name: &'a BlobName, range: Option<Range<u64>>) -> Pending<'a, Opened> {
        Box::pin(async move {
            let place = self.place(name.as_str());
            let (reading, size) = Reading::open(&self.client, place, range, self.silence).await?;
            let len = reading.len();
            Ok(Opened::stream(reading.into_reader(), size, len))
        })
    }

    fn remove<'a>(&'a self, name: &'a BlobName) -> Pending<'a, ()> {
        Box::pin(async move { Ok(self.delete(name.as_str()).await?) })
    }

    fn list(&self, show: mpsc::Sender<StoredFile>) -> Pending<'_, ()> {
        Box::pin(async move {
            self.show_objects(&show).await?;
            Ok(self.show_uploads(&show).await?)
        })
    }

    fn clear<'a>(&'a self, file: &'a StoredFile) -> Pending<'a, bool> {
        Box::pin(async move {
            let Some(upload) = &file.upload else {
                self.delete(&file.name).await?;
                return Ok(true);
            };
            let Place { bucket, key } = self.place(&file.name);
            Ok(abort(&self.client, &bucket, &key, upload).await?)
        })
    }

    fn check<'a>(&'a self, name: &'a str) -> Pending<'a, ()> {
        Box::pin(async move { Ok(self.write_read_list_delete(name).await?) })
    }

    fn probe<'a>(&'a self, name: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            let mut probed = self.probed.lock().await;
            if probed.is_some_and(|at| at.elapsed() < PROBE_EVERY) {
                return Ok(());
            }
            *probed = None;
            self.write_probe(name).await?;
            self.delete(&format!("probe/{name}")).await?;
            *probed = Some(Instant::now());
            Ok(())
        })
    }

    fn clear_unfinished(&self) -> io::Result<()> {
        // Drafts have no names, and uploads that are not finished are found by listing.
        Ok(())
    }
}

/// Length and hash of a file, which then stands at its beginning.
fn measure(mut file: File) -> io::Result<(File, u64, String)> {
    use std::io::{Read, Seek};
    file.rewind()?;
    let (mut hasher, mut len) = (Sha256::new(), 0);
    let mut chunk = vec![0; 128 * 1024];
    loop {
        let read = file.read(&mut chunk)?;
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        hasher.update(bytes);
        len += read as u64;
    }
    file.rewind()?;
    Ok((file, len, hex::encode(hasher.finalize())))
}
