//! A connection whose request was answered before its body was read to the end can serve nothing else: what is
//! left of the body stands before the next request. The client is told so, or it would send that request and see
//! the connection break.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, stream};

/// Says `Connection: close` with an answer that came before the end of the body. HTTP/2 has streams instead of
/// that header.
pub async fn told(request: Request, next: Next) -> Response {
    if request.version() >= Version::HTTP_2 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let whole = Arc::new(AtomicBool::new(false));
    let mut response = next.run(request.map(|body| watched(body, Arc::clone(&whole)))).await;
    if !whole.load(Ordering::Acquire) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The body, which notes when it has been read to its end.
fn watched(body: Body, whole: Arc<AtomicBool>) -> Body {
    let end = stream::poll_fn(move |_| {
        whole.store(true, Ordering::Release);
        Poll::Ready(None)
    });
    Body::from_stream(body.into_data_stream().chain(end))
}
