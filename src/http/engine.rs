//! What runs the operations of a transport that streams.

use std::sync::Arc;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Data, Executor, Request, Response};
use futures_util::StreamExt;

/// One result of an operation.
#[derive(Debug)]
pub enum Answer {
    Own(Box<Response>),
    /// The same for all who follow the same; it is always a result.
    Shared(Arc<SharedAnswer>),
}

/// A result as it is sent.
#[derive(Debug)]
pub struct SharedAnswer {
    pub json: String,
    /// The place in the log just behind it.
    pub cursor: String,
}

/// Runs operations; dropping a stream ends its operation.
pub trait Engine: Clone + Send + Sync + 'static {
    /// Gives a request the document that it names.
    ///
    /// # Errors
    /// The answer, when the request is refused before anything of it is read.
    fn admit(&self, request: Request, session: &Data) -> Result<Request, Box<Response>> {
        let _ = session;
        Ok(request)
    }

    /// Of a request that was admitted; `session` is what the operations of one caller have in common.
    fn answers(&self, request: Request, session: Arc<Data>) -> BoxStream<'static, Answer>;
}

/// Runs each operation for itself.
#[derive(Clone)]
pub struct Plain<E>(pub E);

impl<E: Executor> Engine for Plain<E> {
    fn answers(&self, request: Request, session: Arc<Data>) -> BoxStream<'static, Answer> {
        let responses = self.0.execute_stream(request, Some(session));
        responses.map(|response| Answer::Own(Box::new(response))).boxed()
    }
}
