//! Top-level errors: a code of the closed list, whether to retry, and the request's id. What should
//! not happen is logged here, once, and hidden.

use async_graphql::{Context, ErrorExtensions};

use super::context::RequestInfo;
use crate::error::{Code, Error};

/// What a field answers that is null when it fails, and leaves its neighbours alone. A plain `Result`
/// would take the whole parent with it.
pub type Nullable<T> = Option<async_graphql::Result<T>>;

/// The GraphQL error of a failed use case.
#[expect(clippy::needless_pass_by_value, reason = "used as the end of an error's way")]
pub fn to_graphql(ctx: &Context<'_>, error: Error) -> async_graphql::Error {
    let request = ctx.data_opt::<RequestInfo>().map(|info| info.id.to_string());
    if error.code == Code::Internal || error.code == Code::Unavailable {
        let request = request.as_deref().unwrap_or("-");
        tracing::error!(request, %error, "a request failed");
    }
    async_graphql::Error::new(error.message()).extend_with(|_, extensions| {
        extensions.set("code", error.code.as_str());
        if let Some(reason) = error.reason {
            extensions.set("reason", reason);
        }
        extensions.set("retryable", error.code.is_retryable());
        if let Some(request) = &request {
            extensions.set("requestId", request.as_str());
        }
    })
}

/// For `map_err` in resolvers.
pub fn failed<E: Into<Error>>(ctx: &Context<'_>) -> impl Fn(E) -> async_graphql::Error {
    let ctx = ctx.clone();
    move |error| to_graphql(&ctx, error.into())
}
