//! `GET` and `HEAD /v1/storage/{key}`: the bytes of a result.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Web;
use super::auth::Caller;
use super::extract::Path;
use super::problem::Problem;
use crate::domain::storage_object::Located;
use crate::error::Error;

/// By storage key, by query id (the latest result) or by job id.
pub async fn download(
    State(web): State<Web>,
    Caller(who): Caller,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let located = web.domain.locate_storage_object(&who, &key).await?;
    let etag = format!("\"{}\"", located.object.sha256);
    let mut response = if is_known(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        web.domain.read_storage_object(&located.object).await?.into_response()
    };
    describe(&mut response, &located, &etag)?;
    Ok(response)
}

/// Whether the client says it has these bytes.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

fn describe(response: &mut Response, located: &Located, etag: &str) -> Result<(), Error> {
    let object = &located.object;
    let caching =
        if located.is_fixed { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    let disposition = format!("attachment; filename=\"{}\"", object.key);
    let value = |text: &str| HeaderValue::from_str(text).map_err(Error::internal);
    let is_whole = response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(etag)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if is_whole {
        headers.insert(header::CONTENT_TYPE, value(&object.content_type)?);
        headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    }
    Ok(())
}
