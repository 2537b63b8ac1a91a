//! A stored result.

use async_graphql::{Context, ID, Json, Object};

use super::delivery::Delivery;
use super::job::Job;
use super::query::SavedQuery;
use crate::error::{Code, Error};
use crate::graphql::connection::{Counted, Counter, PageArguments, connection};
use crate::graphql::context::{domain, loaders, reader};
use crate::graphql::errors::{Nullable, failed, to_graphql};
use crate::graphql::loaders::{CopyOf, RetentionOfCaller};
use crate::graphql::scalars::{Instant, Long, Url};
use crate::model::id::StorageObjectId;
use crate::model::page::{Order, SortField};
use crate::model::retention::Retention;
use crate::model::storage_object;

/// Largest result given inside a GraphQL answer, in bytes.
const MAX_INLINE: u64 = 1024 * 1024;

pub struct StorageObject(pub storage_object::StorageObject);

/// A stored result; its bytes never change.
#[Object]
impl StorageObject {
    /// `obj_…`
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// `{query id}_{time}.json`
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The query it answers.
    async fn query(&self, ctx: &Context<'_>) -> Nullable<SavedQuery> {
        async {
            let query = loaders(ctx)?.load(self.0.query_id).await.map_err(failed(ctx))?;
            Ok(query.map(SavedQuery))
        }
        .await
        .transpose()
    }

    /// The job it is the result of.
    async fn job(&self, ctx: &Context<'_>) -> Nullable<Job> {
        async {
            let job = loaders(ctx)?.load(self.0.job_id).await.map_err(failed(ctx))?;
            Ok(job.map(Job))
        }
        .await
        .transpose()
    }

    /// The media type of its bytes.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// How many bytes it has.
    async fn size_bytes(&self) -> Long {
        Long(self.0.size_bytes)
    }

    /// The SHA-256 of its bytes, in hex.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// When it was stored.
    async fn created_at(&self) -> Instant {
        Instant(self.0.created_at)
    }

    /// When it will be deleted, by what the workspace has set now; null means it is kept until somebody
    /// deletes it.
    async fn expires_at(&self, ctx: &Context<'_>) -> Nullable<Instant> {
        async {
            let retention = loaders(ctx)?.load(RetentionOfCaller).await.map_err(failed(ctx))?;
            let expires_at = |kept: Retention| kept.expires_at(self.0.created_at);
            Ok(retention.and_then(expires_at).map(Instant))
        }
        .await
        .transpose()
    }

    /// The result itself; null with an error above 1 MiB: use `downloadUrl` then.
    async fn json(&self, ctx: &Context<'_>) -> Nullable<Json<serde_json::Value>> {
        async {
            if self.0.size_bytes > MAX_INLINE {
                let message = "the result is larger than 1 MiB; get it from downloadUrl";
                let error = Error::new(Code::BadUserInput, message).with_reason("TOO_LARGE");
                return Err(to_graphql(ctx, error));
            }
            let bytes = domain(ctx)?.read_storage_object(&self.0).await.map_err(failed(ctx))?;
            let json =
                serde_json::from_slice(&bytes).map_err(Error::internal).map_err(failed(ctx))?;
            Ok(Some(Json(json)))
        }
        .await
        .transpose()
    }

    /// Its way to the bucket that is connected; null when there is none, or it is older and was not sent by
    /// `backfillBucket`.
    async fn bucket_delivery(&self, ctx: &Context<'_>) -> Nullable<Delivery> {
        async {
            let delivery = loaders(ctx)?.load(CopyOf(self.0.id)).await.map_err(failed(ctx))?;
            Ok(delivery.map(Delivery))
        }
        .await
        .transpose()
    }

    /// Where its bytes are downloaded, with the API key.
    async fn download_url(&self, ctx: &Context<'_>) -> async_graphql::Result<Url> {
        Ok(Url(domain(ctx)?.result_url(&self.0.key)))
    }
}

impl StorageObject {
    /// A page of results.
    pub async fn list(
        ctx: &Context<'_>,
        page: PageArguments,
        filter: storage_object::StorageObjectFilter,
        order: Order<storage_object::StorageObjectField>,
    ) -> async_graphql::Result<Option<Counted<Self>>> {
        let (domain, who) = reader(ctx)?;
        let slice = page.slice_by::<StorageObjectId, _>(order).map_err(failed(ctx))?;
        let page = domain.storage_objects(who, &filter, order.field, &slice).await;
        let node = |object: storage_object::StorageObject| {
            (order.field.place(&object).cursor(order.field), Self(object))
        };
        let page = page.map_err(failed(ctx))?;
        Ok(Some(connection(page, &slice, Counter::StorageObjects(filter), node)))
    }
}
