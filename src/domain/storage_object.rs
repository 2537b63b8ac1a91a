//! Stored results: found by key, query or job, and opened.

use super::Domain;
use crate::error::{Code, Error};
use crate::model::api_key::Principal;
use crate::model::id::{JobId, QueryId, StorageObjectId};
use crate::model::page::{Page, Slice};
use crate::model::storage_object::{
    ObjectName, StorageObject, StorageObjectField, StorageObjectFilter, object_id, possible_key,
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
        let meant = ObjectName::of(name);
        match self.store.stored_object(who.workspace_id, &meant).await? {
            Some((object, _)) => Ok(Located { object, is_fixed: meant.is_fixed() }),
            None => Err(self.why_no_result(who, name).await?),
        }
    }

    pub(super) async fn why_no_result(&self, who: &Principal, name: &str) -> Result<Error, Error> {
        let job = match (name.parse::<QueryId>(), name.parse::<JobId>()) {
            (Ok(query), _) => return self.why_no_result_of_query(who, query).await,
            (_, Ok(id)) => self.store.job(who.workspace_id, id).await?,
            _ => self.store.job_by_storage_key(who.workspace_id, possible_key(name)).await?,
        };
        Ok(job.map_or_else(|| unknown(name), |job| no_result_yet(&job)))
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
        let opened = self.open_object(object.workspace_id, &ObjectName::Id(object.id)).await?;
        let opened = opened.ok_or_else(|| deleted(&object.job_id.to_string()))?;
        Ok(opened.plain().await?.whole().await.map_err(Error::internal)?.into())
    }
}

pub(super) fn unknown(name: &str) -> Error {
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

pub(super) fn deleted(job: &str) -> Error {
    let message = format!("the result of {job} was deleted");
    Error::new(Code::NotFound, message).with_reason("RESULT_DELETED")
}
