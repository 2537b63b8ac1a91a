//! One operation of a connection: its stream of answers turned into `next`, `error` and `complete`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Request, Response, Value};
use axum::extract::ws::Utf8Bytes;
use futures_util::stream::{self, BoxStream, Peekable};
use futures_util::{FutureExt, StreamExt};

use super::protocol::render;
use crate::http::engine::{Answer, Engine};
use crate::http::operation::chosen;

/// One that runs. Only its stream and what that needs are kept: there may be very many.
pub(super) struct Operation {
    id: Box<str>,
    answers: Peekable<BoxStream<'static, Answer>>,
    /// Until its first message is there.
    is_new: bool,
    is_subscription: bool,
}

/// What is said of an operation.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) text: Utf8Bytes,
    /// Whether it ends the operation.
    pub(super) last: bool,
}

impl Said {
    fn last(text: Utf8Bytes) -> Self {
        Self { text, last: true }
    }
}

impl Operation {
    /// Executes a request; nothing of it happens before it is polled.
    pub(super) fn start<E: Engine>(
        engine: &E,
        id: &str,
        request: Request,
        session: Arc<Data>,
    ) -> Self {
        let (is_subscription, answers) = match engine.admit(request, &session) {
            Ok(mut request) => (is_subscription(&mut request), engine.answers(request, session)),
            Err(refused) => (false, stream::iter([Answer::Own(refused)]).boxed()),
        };
        Self::new(id, is_subscription, answers)
    }

    pub(super) fn new(
        id: &str,
        is_subscription: bool,
        answers: BoxStream<'static, Answer>,
    ) -> Self {
        Self { id: id.into(), answers: answers.peekable(), is_new: true, is_subscription }
    }

    /// The next of its messages; nothing may be asked of it after its last. A panic ends the operation it
    /// happened in, not its neighbours.
    pub(super) fn poll_said(&mut self, context: &mut Context<'_>) -> Poll<Said> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Said::last(internal_error(&self.id))))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Said> {
        let answer = ready!(self.answers.poll_next_unpin(context));
        let is_first = std::mem::take(&mut self.is_new);
        let said = match answer {
            None => Ok(Said::last(render::complete(&self.id))),
            Some(Answer::Own(first)) if is_first && self.was_not_executed(&first) => {
                render::error(&self.id, &first.errors).map(Said::last)
            }
            Some(Answer::Own(response)) => render::next(&self.id, &response).map(next),
            Some(Answer::Shared(answer)) => render::shared(&self.id, &answer.json).map(next),
        };
        Poll::Ready(said.unwrap_or_else(|error| {
            tracing::error!(%error, "a GraphQL response could not be written as JSON");
            Said::last(internal_error(&self.id))
        }))
    }

    /// Whether the first response says that the operation could not be started, rather than being a
    /// result: `error`, not `next`.
    ///
    /// Both have errors and no data. A refused request (syntax, validation, limits) names no field. A
    /// field that failed names its path, and then only one case is a failure to start: a subscription
    /// whose stream could not be made, after which the engine's stream is over at once. A query whose
    /// non-null field failed, or an event that failed in a stream that goes on, are results.
    fn was_not_executed(&mut self, first: &Response) -> bool {
        if first.is_ok() || first.data != Value::Null {
            return false;
        }
        if first.errors.iter().all(|error| error.path.is_empty()) {
            return true;
        }
        let over = matches!(Pin::new(&mut self.answers).peek().now_or_never(), Some(None));
        over && self.is_subscription
    }
}

fn next(text: Utf8Bytes) -> Said {
    Said { text, last: false }
}

/// The message that ends an operation whose failure is ours; its cause is in the log.
fn internal_error(id: &str) -> Utf8Bytes {
    render::coded_error(id, "INTERNAL", "internal error", true)
}

fn is_subscription(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return false;
    };
    let operation = chosen(&document.operations, name.as_deref());
    operation.is_some_and(|operation| operation.ty == OperationType::Subscription)
}

#[cfg(test)]
mod tests;
