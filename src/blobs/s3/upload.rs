//! Bytes on their way into a bucket: whole in one request, or in parts when they are many, and never more
//! of them in memory than a few parts.

use std::collections::HashMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, MultipartUpload};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::fault::{Cause, S3Fault};

/// Longest object that goes in one request.
const WHOLE: u64 = 16 * 1024 * 1024;
const PART: u64 = 8 * 1024 * 1024;
/// How many parts are in memory, being read or sent.
const PARTS: usize = 3;
/// The metadata by which an object is known again; stores show it as `x-amz-meta-sha256`.
pub const SHA256: &str = "sha256";

/// An object that is to be there.
#[derive(Clone, Debug)]
pub struct NewObject {
    pub bucket: String,
    pub key: String,
    pub content_type: &'static str,
    pub len: u64,
    /// Of all its bytes, in hex; kept with it.
    pub sha256: String,
    /// What else is kept with it.
    pub metadata: HashMap<String, String>,
}

impl NewObject {
    /// Sends its bytes, over what may be there. An answer that got lost is made up for by a look at what is
    /// there.
    ///
    /// # Errors
    /// When it is not surely there. Parts of it are not left behind, as far as the store lets them be removed.
    pub async fn put(
        &self,
        client: &Client,
        bytes: &mut (dyn AsyncRead + Unpin + Send),
    ) -> Result<(), S3Fault> {
        if self.len <= WHOLE {
            let put = Box::pin(self.put_whole(client, bytes)).await;
            self.unless_there(client, put).await
        } else {
            Box::pin(self.put_parts(client, bytes)).await
        }
    }

    async fn put_whole(
        &self,
        client: &Client,
        bytes: &mut (dyn AsyncRead + Unpin + Send),
    ) -> Result<(), S3Fault> {
        let body = take(bytes, self.len).await?;
        let put = client.put_object().bucket(&self.bucket).key(&self.key);
        let put = put.content_type(self.content_type).set_metadata(Some(self.metadata()));
        let put = put.body(ByteStream::from(body)).send().await;
        put.map(drop).map_err(|error| S3Fault::of("PutObject", &error))
    }

    async fn put_parts(
        &self,
        client: &Client,
        bytes: &mut (dyn AsyncRead + Unpin + Send),
    ) -> Result<(), S3Fault> {
        let create = client.create_multipart_upload().bucket(&self.bucket).key(&self.key);
        let create = create.content_type(self.content_type).set_metadata(Some(self.metadata()));
        let created = create.send().await;
        let created = created.map_err(|error| S3Fault::of("CreateMultipartUpload", &error))?;
        let upload = Upload { object: self, client, id: created.upload_id.unwrap_or_default() };
        let sent = match upload.send(bytes).await {
            Ok(parts) => upload.complete(parts).await,
            Err(fault) => Err(fault),
        };
        let sent = self.unless_there(client, sent).await;
        if sent.is_err() {
            upload.abort().await;
        }
        self.tidy(client).await;
        sent
    }

    /// Ends what was begun besides: an answer to `CreateMultipartUpload` that got lost left an upload whose
    /// id nobody knows. A key that may not list leaves it to the bucket's own rules.
    async fn tidy(&self, client: &Client) {
        let list = client.list_multipart_uploads().bucket(&self.bucket).prefix(&self.key);
        let Ok(page) = list.send().await else { return };
        let same = |upload: &MultipartUpload| upload.key.as_ref() == Some(&self.key);
        for upload in page.uploads.unwrap_or_default().into_iter().filter(same) {
            let id = upload.upload_id.unwrap_or_default();
            Upload { object: self, client, id }.abort().await;
        }
    }

    /// A failure only when the object is not there all the same.
    async fn unless_there(&self, client: &Client, put: Result<(), S3Fault>) -> Result<(), S3Fault> {
        match put {
            Err(fault) if fault.may_be_done() && Box::pin(self.is_there(client)).await => Ok(()),
            put => put,
        }
    }

    /// Whether the store has the very object, as it says.
    pub async fn is_there(&self, client: &Client) -> bool {
        let found = client.head_object().bucket(&self.bucket).key(&self.key).send().await;
        found.is_ok_and(|found| {
            let sha256 = found.metadata.as_ref().and_then(|metadata| metadata.get(SHA256));
            let len = found.content_length.and_then(|len| u64::try_from(len).ok());
            len == Some(self.len) && sha256 == Some(&self.sha256)
        })
    }

    fn metadata(&self) -> HashMap<String, String> {
        let mut metadata = self.metadata.clone();
        metadata.insert(SHA256.to_owned(), self.sha256.clone());
        metadata
    }
}

/// A multipart upload that was begun.
struct Upload<'a> {
    object: &'a NewObject,
    client: &'a Client,
    id: String,
}

impl Upload<'_> {
    async fn send(
        &self,
        bytes: &mut (dyn AsyncRead + Unpin + Send),
    ) -> Result<Vec<CompletedPart>, S3Fault> {
        let (mut left, mut number) = (self.object.len, 0);
        let (mut sending, mut sent) = (FuturesUnordered::new(), Vec::new());
        loop {
            while left > 0 && sending.len() < PARTS {
                let body = take(bytes, left.min(PART)).await?;
                left -= left.min(PART);
                number += 1;
                sending.push(self.part(number, body));
            }
            let Some(part) = sending.next().await else { break };
            sent.push(part?);
        }
        sent.sort_unstable_by_key(|part: &CompletedPart| part.part_number);
        Ok(sent)
    }

    async fn part(&self, number: i32, body: Vec<u8>) -> Result<CompletedPart, S3Fault> {
        let (object, body) = (self.object, ByteStream::from(body));
        let part = self.client.upload_part().bucket(&object.bucket).key(&object.key);
        let part = part.upload_id(&self.id).part_number(number).body(body).send().await;
        let part = part.map_err(|error| S3Fault::of("UploadPart", &error))?;
        let done = CompletedPart::builder().part_number(number).set_e_tag(part.e_tag);
        Ok(done.build())
    }

    async fn complete(&self, parts: Vec<CompletedPart>) -> Result<(), S3Fault> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let (object, client) = (self.object, self.client);
        let complete = client.complete_multipart_upload().bucket(&object.bucket).key(&object.key);
        let complete = complete.upload_id(&self.id).multipart_upload(parts).send().await;
        complete.map(drop).map_err(|error| S3Fault::of("CompleteMultipartUpload", &error))
    }

    async fn abort(&self) {
        let object = self.object;
        let aborted = abort(self.client, &object.bucket, &object.key, &self.id).await;
        if let Err(fault) = aborted {
            tracing::warn!(%fault, key = object.key, "an unfinished upload stays behind");
        }
    }
}

/// Ends a multipart upload without an object; `false` when it is not there.
pub async fn abort(client: &Client, bucket: &str, key: &str, id: &str) -> Result<bool, S3Fault> {
    let abort = client.abort_multipart_upload().bucket(bucket).key(key).upload_id(id);
    match abort.send().await {
        Ok(_) => Ok(true),
        Err(error) => match S3Fault::of("AbortMultipartUpload", &error) {
            fault if fault.cause == Cause::NotFound => Ok(false),
            fault => Err(fault),
        },
    }
}

/// Exactly so many of the bytes.
async fn take(bytes: &mut (dyn AsyncRead + Unpin + Send), len: u64) -> Result<Vec<u8>, S3Fault> {
    let mut taken = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
    let read = bytes.take(len).read_to_end(&mut taken).await;
    let fault = |message| S3Fault::own("reading what is to be sent", Cause::Damaged, message);
    match read {
        Ok(read) if read as u64 == len => Ok(taken),
        Ok(_) => Err(fault("it is shorter than it should be".to_owned())),
        Err(error) => Err(fault(error.to_string())),
    }
}
