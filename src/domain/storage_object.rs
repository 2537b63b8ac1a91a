//! Stored results: found by key, query or job, and opened.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::Domain;
use crate::error::{Code, Error};
use crate::model::api_key::Principal;
use crate::model::id::{JobId, QueryId, StorageObjectId};
use crate::model::page::{Page, Slice};
use crate::model::storage_object::{
    Body, StorageObject, StorageObjectField, StorageObjectFilter, object_id,
};

/// A result that was asked for by any of its names.
#[derive(Clone, Debug)]
pub struct Located {
    pub object: StorageObject,
    /// Whether this name will always mean this object: a key and a job id do, a query id does not.
    pub is_fixed: bool,
}

impl Domain {
    /// Finds a result by storage key, by job id, or by query id (then the latest that still exists).
    ///
    /// # Errors
    /// `NOT_FOUND`, whose message and reason say whether the name is unknown, the result not ready, or
    /// gone.
    pub async fn locate_storage_object(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<Located, Error> {
        if let Ok(id) = name.parse::<QueryId>() {
            let newest = self.store.latest_storage_objects(who.workspace_id, &[id]).await?.pop();
            return match newest {
                Some(object) => Ok(Located { object, is_fixed: false }),
                None => Err(self.why_no_result_of_query(who, id).await?),
            };
        }
        let job = match name.parse::<JobId>() {
            Ok(id) => self.store.job(who.workspace_id, id).await?,
            Err(_) => self.store.job_by_storage_key(who.workspace_id, name).await?,
        };
        let Some(job) = job else {
            return Err(unknown(name));
        };
        let object = self.storage_objects_by_job(who, &[job.id]).await?.pop();
        let object = object.ok_or_else(|| no_result_yet(&job))?;
        Ok(Located { object, is_fixed: true })
    }

    async fn why_no_result_of_query(&self, who: &Principal, id: QueryId) -> Result<Error, Error> {
        if self.store.query(who.workspace_id, id).await?.is_none() {
            return Ok(unknown(&id.to_string()));
        }
        let job = self.store.latest_jobs(who.workspace_id, &[id]).await?.pop();
        Ok(match job {
            Some(job) => no_result_yet(&job),
            None => Error::not_found(format!("{id} has not been run yet"))
                .with_reason("RESULT_NOT_READY"),
        })
    }

    pub async fn storage_objects_by_id(
        &self,
        who: &Principal,
        ids: &[StorageObjectId],
    ) -> Result<Vec<StorageObject>, Error> {
        Ok(self.store.storage_objects_by_id(who.workspace_id, ids).await?)
    }

    pub async fn storage_objects_by_job(
        &self,
        who: &Principal,
        jobs: &[JobId],
    ) -> Result<Vec<StorageObject>, Error> {
        let ids: Vec<StorageObjectId> = jobs.iter().copied().map(object_id).collect();
        self.storage_objects_by_id(who, &ids).await
    }

    pub async fn latest_storage_objects(
        &self,
        who: &Principal,
        queries: &[QueryId],
    ) -> Result<Vec<StorageObject>, Error> {
        Ok(self.store.latest_storage_objects(who.workspace_id, queries).await?)
    }

    /// Results that fit.
    pub async fn storage_objects(
        &self,
        who: &Principal,
        filter: &StorageObjectFilter,
        field: StorageObjectField,
        slice: &Slice,
    ) -> Result<Page<StorageObject>, Error> {
        Ok(self.store.storage_objects(who.workspace_id, filter, field, slice).await?)
    }

    pub async fn count_storage_objects(
        &self,
        who: &Principal,
        filter: &StorageObjectFilter,
    ) -> Result<u64, Error> {
        Ok(self.store.count_storage_objects(who.workspace_id, filter).await?)
    }

    /// The bytes of a result, as they were hashed when it was stored.
    ///
    /// # Errors
    /// When the object was deleted meanwhile, or its bytes are not those that were stored.
    pub async fn read_storage_object(&self, object: &StorageObject) -> Result<Vec<u8>, Error> {
        let body = self.store.storage_object_body(object.workspace_id, object.id).await?;
        let Some(body) = body else {
            return Err(deleted(&object.job_id.to_string()));
        };
        let size = object.size_bytes;
        let bytes = match body {
            Body::Row(zstd) => decompress(zstd.as_slice(), size).map_err(Error::internal)?,
            Body::Blob(name) => {
                let blob = match self.blobs.open(&name, None).await {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Err(self.why_no_blob(object, error).await?);
                    }
                    opened => opened.map_err(Error::internal)?,
                };
                let blob = blob.into_std().await.map_err(Error::internal)?;
                let read = tokio::task::spawn_blocking(move || decompress(blob, size)).await;
                read.map_err(Error::internal)?.map_err(Error::internal)?
            }
        };
        if hex::encode(Sha256::digest(&bytes)) != object.sha256 {
            return Err(Error::internal(format!("the bytes of {} are damaged", object.id)));
        }
        Ok(bytes)
    }
}

impl Domain {
    /// A blob goes after its row, so one that is not there is missing only if the row is there still.
    async fn why_no_blob(&self, object: &StorageObject, error: io::Error) -> Result<Error, Error> {
        let body = self.store.storage_object_body(object.workspace_id, object.id).await?;
        Ok(match body {
            None => deleted(&object.job_id.to_string()),
            Some(_) => Error::internal(error),
        })
    }
}

fn decompress(compressed: impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    zstd::Decoder::new(compressed)?.take(size + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(80).collect();
    let message =
        format!("there is no result under `{shown}`; use a storage key, query id or job id");
    Error::not_found(message).with_reason("STORAGE_OBJECT_UNKNOWN")
}

fn no_result_yet(job: &crate::model::job::Job) -> Error {
    use crate::model::job::JobStatus::{Cancelled, Completed, Failed, Queued, Running};
    let (id, status) = (job.id, job.status.as_str());
    match job.status {
        Queued | Running => {
            let message = format!("{id} is {status}; its result is not ready yet");
            Error::new(Code::NotFound, message).with_reason("RESULT_NOT_READY")
        }
        Failed | Cancelled => {
            let message = format!("{id} {status}, so it has no result");
            Error::new(Code::NotFound, message).with_reason("NO_RESULT")
        }
        Completed => deleted(&id.to_string()),
    }
}

fn deleted(job: &str) -> Error {
    let message = format!("the result of {job} was deleted");
    Error::new(Code::NotFound, message).with_reason("RESULT_DELETED")
}
