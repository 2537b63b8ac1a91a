//! `GET /v1/storage`: the stored results that fit.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::http::Web;
use crate::http::auth::Caller;
use crate::http::openapi::{Responses, refusals};
use crate::http::paging::{Paging, Pairs};
use crate::http::problem::Problem;
use crate::model::delivery::DeliveryStatus;
use crate::model::id::{JobId, QueryId, StorageObjectId};
use crate::model::page::{Order, Place, Slice, SortField};
use crate::model::storage_object::{StorageObject, StorageObjectField};

/// A stored result, without its bytes.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StorageObject)]
pub struct Shown {
    id: StorageObjectId,
    key: String,
    query_id: QueryId,
    job_id: JobId,
    content_type: String,
    /// Of the bytes without a coding.
    size_bytes: u64,
    sha256: String,
    created_at: DateTime<Utc>,
    /// When it will be deleted; null means it is kept until somebody deletes it.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// Where its bytes are downloaded, with the API key.
    url: String,
    /// How its way to the workspace's bucket stands: `pending`, `succeeded`, `failed` or `skipped`; null when
    /// it is sent to none.
    #[schema(required)]
    bucket_status: Option<&'static str>,
}

/// What a list can be ordered by.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
enum ListOrder {
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "-created_at")]
    Newest,
    #[serde(rename = "size_bytes")]
    Smallest,
    #[serde(rename = "-size_bytes")]
    Largest,
}

impl From<ListOrder> for Order<StorageObjectField> {
    fn from(order: ListOrder) -> Self {
        use StorageObjectField::{CreatedAt, SizeBytes};
        let (field, ascending) = match order {
            ListOrder::Oldest => (CreatedAt, true),
            ListOrder::Newest => (CreatedAt, false),
            ListOrder::Smallest => (SizeBytes, true),
            ListOrder::Largest => (SizeBytes, false),
        };
        Self { field, ascending }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The least first, with `-` the greatest; in the order of their jobs, the newest first, when not given.
    #[param(inline, nullable = false)]
    order: Option<ListOrder>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct StorageObjects {
    storage_objects: Vec<Shown>,
    /// To go on with; null at the end of the list.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What listing may be refused with.
pub struct Refused;

impl utoipa::IntoResponses for Refused {
    fn responses() -> Responses {
        let codes = ["BAD_USER_INPUT", "CURSOR_INVALID"];
        refusals(&[(StatusCode::BAD_REQUEST, "A parameter cannot be used", &codes)])
    }
}

/// The workspace's stored results.
#[utoipa::path(
    get,
    path = "/v1/storage",
    operation_id = "listResults",
    tag = "storage",
    params(Paging, Filter, Parameters),
    responses((status = 200, description = "A part of the list", body = StorageObjects), Refused)
)]
pub async fn list(
    State(web): State<Web>,
    Caller(who): Caller,
    mut pairs: Pairs,
) -> Result<Json<StorageObjects>, Problem> {
    let (paging, filter): (Paging, Filter) = (pairs.take()?, pairs.take()?);
    let Parameters { order } = pairs.rest()?;
    let (order, filter) = (order.map(Order::from).unwrap_or_default(), filter.into());
    let slice = paging.slice(|cursor| {
        let place = Place::parse(cursor, order.field);
        place.filter(|place| place.id.parse::<StorageObjectId>().is_ok())
    })?;
    let slice = Slice { ascending: order.ascending, ..slice };
    let page = web.domain.storage_objects(&who, &filter, order.field, &slice).await?;
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|object| order.field.place(object).cursor(order.field));
    let retention = web.domain.retention(&who).await?;
    let ids: Vec<StorageObjectId> = page.items.iter().map(|object| object.id).collect();
    let copies = web.domain.deliveries_of_objects(&who, &ids).await?;
    let copies = copies.into_iter().filter_map(|copy| Some((copy.object_id?, copy.status)));
    let copies: HashMap<StorageObjectId, DeliveryStatus> = copies.collect();
    let shown = |object: StorageObject| Shown {
        expires_at: retention.expires_at(object.created_at),
        bucket_status: copies.get(&object.id).map(|status| status.as_str()),
        ..Shown::of(object, &web)
    };
    let storage_objects = page.items.into_iter().map(shown).collect();
    Ok(Json(StorageObjects { storage_objects, next_cursor }))
}

impl Shown {
    fn of(object: StorageObject, web: &Web) -> Self {
        Self {
            id: object.id,
            url: web.domain.result_url(&object.key),
            key: object.key,
            query_id: object.query_id,
            job_id: object.job_id,
            content_type: object.content_type,
            size_bytes: object.size_bytes,
            sha256: object.sha256,
            created_at: object.created_at,
            expires_at: None,
            bucket_status: None,
        }
    }
}
