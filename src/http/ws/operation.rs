//! One operation of a connection: its stream of responses turned into `next`, `error` and `complete`.

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Request, Response, Value};
use axum::extract::ws::Utf8Bytes;
use futures_util::stream::{self, Peekable};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::mpsc;

use super::protocol::render;
use super::writer::{Event, OperationState};
use crate::http::engine::{Answer, Engine};
use crate::http::operation::chosen;

/// Where an operation's messages go. Sending waits while the queue is full.
pub(super) struct Outbox {
    pub(super) id: String,
    pub(super) events: mpsc::Sender<Box<Event>>,
    pub(super) state: Arc<OperationState>,
}

/// The operation need not go on: its last message is queued, or nobody is there to receive it.
struct Ended;

impl Outbox {
    async fn next(&self, answer: &Answer) -> Result<(), Ended> {
        let text = match answer {
            Answer::Own(response) => render::next(&self.id, response),
            Answer::Shared(answer) => render::shared(&self.id, &answer.json),
        };
        match text {
            Ok(text) => self.push(text, false).await,
            Err(error) => Err(self.unwritable(&error).await),
        }
    }

    async fn error(&self, response: &Response) -> Ended {
        match render::error(&self.id, &response.errors) {
            Ok(text) => self.end(text).await,
            Err(error) => self.unwritable(&error).await,
        }
    }

    async fn complete(&self) -> Ended {
        self.end(render::complete(&self.id)).await
    }

    async fn unwritable(&self, error: &serde_json::Error) -> Ended {
        tracing::error!(%error, "a GraphQL response could not be written as JSON");
        self.end(internal_error(&self.id)).await
    }

    async fn end(&self, text: Utf8Bytes) -> Ended {
        // The queue is closed only when the connection is gone: the operation has ended either way.
        self.push(text, true).await.err().unwrap_or(Ended)
    }

    async fn push(&self, text: Utf8Bytes, last: bool) -> Result<(), Ended> {
        let operation = Some(Arc::clone(&self.state));
        let event = Event { text, operation, last };
        self.events.send(Box::new(event)).await.map_err(|_| Ended)
    }
}

/// The message that ends an operation whose failure is ours; its cause is in the log.
pub(super) fn internal_error(id: &str) -> Utf8Bytes {
    render::coded_error(id, "INTERNAL", "internal error", true)
}

/// Executes a request and reports everything it yields, to the end.
///
/// Only the stream and what it needs are kept while it runs: there may be very many.
pub(super) fn run<E: Engine>(
    engine: &E,
    request: Request,
    session: Arc<Data>,
    outbox: Outbox,
) -> impl Future<Output = ()> + Send + use<E> {
    let (source, answers) = match engine.admit(request, &session) {
        Ok(request) => (Source::of(&request), engine.answers(request, session)),
        Err(refused) => (Source::default(), stream::iter([Answer::Own(refused)]).boxed()),
    };
    let mut stream = answers.peekable();
    async move {
        let Ended = report(&mut stream, source, &outbox).await;
    }
}

async fn report<S>(stream: &mut Peekable<S>, source: Source, outbox: &Outbox) -> Ended
where
    S: Stream<Item = Answer> + Unpin,
{
    if let Some(first) = stream.next().await {
        if let Answer::Own(first) = &first
            && was_not_executed(first, &source, stream)
        {
            return outbox.error(first).await;
        }
        drop(source);
        if let Err(ended) = outbox.next(&first).await {
            return ended;
        }
    }
    while let Some(answer) = stream.next().await {
        if let Err(ended) = outbox.next(&answer).await {
            return ended;
        }
    }
    outbox.complete().await
}

/// The text of a request, kept until its first response is known.
#[derive(Default)]
struct Source {
    query: String,
    operation_name: Option<String>,
}

impl Source {
    fn of(request: &Request) -> Self {
        let (query, operation_name) = (request.query.clone(), request.operation_name.clone());
        Self { query, operation_name }
    }

    fn is_subscription(&self) -> bool {
        let Ok(document) = parse_query(&self.query) else {
            return false;
        };
        let operation = chosen(&document.operations, self.operation_name.as_deref());
        operation.is_some_and(|operation| operation.ty == OperationType::Subscription)
    }
}

/// Whether the first response says that the operation could not be started, rather than being a
/// result: `error`, not `next`.
///
/// Both have errors and no data. A refused request (syntax, validation, limits) names no field. A
/// field that failed names its path, and then only one case is a failure to start: a subscription
/// whose stream could not be made, after which the engine's stream is over at once. A query whose
/// non-null field failed, or an event that failed in a stream that goes on, are results.
fn was_not_executed<S>(first: &Response, source: &Source, stream: &mut Peekable<S>) -> bool
where
    S: Stream<Item = Answer> + Unpin,
{
    if first.is_ok() || first.data != Value::Null {
        return false;
    }
    if first.errors.iter().all(|error| error.path.is_empty()) {
        return true;
    }
    let over = matches!(Pin::new(stream).peek().now_or_never(), Some(None));
    over && source.is_subscription()
}

#[cfg(test)]
mod tests;
