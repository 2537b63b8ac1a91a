//! Writing results to a workspace's bucket: each lies there with the bytes, the hash and the ids it has here.

use std::collections::HashMap;

use aws_sdk_s3::Client;
use chrono::TimeDelta;
use serde_json::json;
use tokio_util::io::StreamReader;

use super::bucket::BucketFailure;
pub use super::bucket_fault::Fault;
use super::bucket_fault::{UNREADABLE_RESULT, UNREADABLE_SECRET, explain};
use super::bucket_test::target;
use super::download::Content;
use super::{Domain, require};
use crate::blobs::s3::{Cause, NewObject, Patience, S3Fault};
use crate::error::{Code, Error};
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::bucket::{Bucket, TestStep};
use crate::model::delivery::Delivery;
use crate::model::id::{DeliveryId, StorageObjectId};
use crate::model::storage_object::{
    ObjectName, RESULT_CONTENT_TYPE, StorageObject, StorageObjectFilter,
};
use crate::net::Schemes;
use crate::store::{Backfill, Claimed};
pub use crate::store::{BucketDelivery, Found};

/// A bucket that has kept failing for so long is paused.
const PAUSED_AFTER: TimeDelta = TimeDelta::hours(24);
/// Deliveries made in one transaction of a back-fill.
const BATCH: u64 = 500;

/// What became of writing a result.
#[derive(Debug)]
pub enum Copied {
    Done,
    /// It is not there any more; nothing is to be written.
    Gone,
    /// Nothing was written for a reason on this side, which says nothing of the bucket.
    NotSent(Fault),
    Failed {
        fault: Fault,
        status: Option<u16>,
    },
}

impl Copied {
    /// The result is kept and cannot be read.
    pub fn unreadable_result() -> Self {
        let message = UNREADABLE_RESULT.to_owned();
        Self::NotSent(Fault { code: "RESULT_UNREADABLE", message })
    }

    /// What leads to the bucket cannot be read.
    pub fn unreadable_secret() -> Self {
        let message = UNREADABLE_SECRET.to_owned();
        Self::NotSent(Fault { code: "SECRET_UNREADABLE", message })
    }
}

impl Domain {
    /// What is to be written for claimed tasks, of any workspaces.
    pub async fn bucket_deliveries(
        &self,
        tasks: &[Claimed],
    ) -> Result<HashMap<DeliveryId, BucketDelivery>, Error> {
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        Ok(self.store.bucket_deliveries(&ids).await?)
    }

    /// Writes a result to a bucket. One that was tried before may be there already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn copy_to_bucket(
        &self,
        object: &StorageObject,
        bucket: &Bucket,
        secret: &str,
        was_tried: bool,
    ) -> Result<Copied, Error> {
        match self.try_copy(object, bucket, secret, was_tried).await {
            Err(error) if error.code == Code::NotFound => Ok(Copied::Gone),
            Err(error) if error.code == Code::Internal => {
                tracing::error!(object = %object.id, %error, "a result cannot be read");
                Ok(Copied::unreadable_result())
            }
            copied => copied,
        }
    }

    async fn try_copy(
        &self,
        object: &StorageObject,
        bucket: &Bucket,
        secret: &str,
        was_tried: bool,
    ) -> Result<Copied, Error> {
        let name = ObjectName::Id(object.id);
        let Some(opened) = self.open_object(object.workspace_id, &name).await? else {
            return Ok(Copied::Gone);
        };
        let target = target(&bucket.place, &bucket.access_key_id, secret);
        let client = target.client(&self.egress, Schemes::Https, Patience::default());
        let new = new_object(object, bucket);
        if was_tried && new.is_there(&client).await {
            return Ok(Copied::Done);
        }
        match put(&new, &client, opened.plain().await?).await {
            Ok(()) => Ok(Copied::Done),
            // Of what was to be sent, not of the store's answer.
            Err(fault) if fault.cause == Cause::Damaged => Err(Error::internal(fault)),
            Err(fault) => {
                let status = fault.status;
                let fault = explain(&fault, TestStep::Write, &bucket.place, self.clock.now());
                Ok(Copied::Failed { fault, status })
            }
        }
    }

    /// Pauses a bucket that has just failed, if it has kept failing for a day. The database is asked only when
    /// that was so before this failure, and decides by what it knows.
    ///
    /// # Errors
    /// When the database does not answer; the next failure says it again.
    pub async fn judge_failing_bucket(&self, bucket: &Bucket) -> Result<(), Error> {
        let (workspace, before) = (bucket.workspace_id, self.clock.now() - PAUSED_AFTER);
        if bucket.failing_since.is_none_or(|since| since > before) {
            return Ok(());
        }
        if self.store.pause_bucket(workspace, bucket.id, before).await? {
            tracing::warn!(
                %workspace, bucket = bucket.place.name,
                "a bucket has failed for a day and is paused; what waits for it is kept"
            );
        }
        Ok(())
    }

    /// Sends results that fit and are older than the bucket's connection, or were not sent for another reason.
    /// Answers how many.
    ///
    /// # Errors
    /// When no bucket of this name is connected. What was queued before an error is sent.
    pub async fn backfill_bucket(
        &self,
        who: &Principal,
        name: &str,
        filter: StorageObjectFilter,
    ) -> Result<u64, BucketFailure> {
        require(who, Scope::Admin)?;
        let workspace = who.workspace_id;
        let bucket = self.store.bucket(workspace).await.map_err(Error::from)?;
        let bucket = bucket.filter(|bucket| bucket.place.name == name);
        let bucket = bucket.ok_or(BucketFailure::NoBucket)?.id;
        let detail = json!({ "name": name });
        let audit = self.entry(who, Operation::BackfillBucket, &workspace, detail)?;
        let at = audit.at;
        let mut part = Backfill { workspace, bucket, filter, after: None, most: BATCH, at };
        let (mut audit, mut all) = (Some(audit), 0);
        loop {
            let queued = self.store.backfill_bucket(part.clone(), audit.take()).await;
            let (queued, last) = queued.map_err(Error::from)?;
            all += queued;
            if last.is_none() {
                return Ok(all);
            }
            part.after = last;
        }
    }

    /// How many results wait for the caller's bucket.
    pub async fn bucket_backlog(&self, who: &Principal, bucket: &Bucket) -> Result<u64, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.bucket_backlog(who.workspace_id, bucket.id).await?)
    }

    /// The deliveries of these results to the bucket that is connected.
    pub async fn deliveries_of_objects(
        &self,
        who: &Principal,
        objects: &[StorageObjectId],
    ) -> Result<Vec<Delivery>, Error> {
        Ok(self.store.deliveries_of_objects(who.workspace_id, objects).await?)
    }
}

fn new_object(object: &StorageObject, bucket: &Bucket) -> NewObject {
    let metadata =
        [("query-id", object.query_id.to_string()), ("job-id", object.job_id.to_string())];
    NewObject {
        bucket: bucket.place.name.clone(),
        key: bucket.place.object_key(object.query_id, &object.key),
        content_type: RESULT_CONTENT_TYPE,
        len: object.size_bytes,
        sha256: object.sha256.clone(),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

async fn put(new: &NewObject, client: &Client, content: Content) -> Result<(), S3Fault> {
    new.put(client, &mut StreamReader::new(content.pieces())).await
}
