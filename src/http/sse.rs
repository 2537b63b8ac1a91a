//! `graphql-sse` in its distinct connections mode: one request, one operation, its results as events.
//! Beyond the protocol, the `id` of each event is its cursor in the log and `Last-Event-ID` resumes
//! behind it, so that `curl` and `EventSource` lose nothing either.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Data, Request, Response, ServerError};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::Web;
use super::auth::SocketAuth;
use super::engine::{Answer, Engine};
use super::graphql::body;
use super::ws::Authenticator;
use crate::domain::event::Progress;
use crate::error::Error;
use crate::graphql::context::{RequestInfo, ResumeAfter};
use crate::graphql::loaders::Loaders;
use crate::model::api_key::Principal;

/// How often a stream without events is heard of: by the cursor it has come to, or by a comment.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// One operation and what ends it.
struct Streaming {
    answers: BoxStream<'static, Answer>,
    progress: Progress,
    checkpoints: Interval,
    /// The cursor that the client knows.
    told: Option<String>,
    /// The server stops, or the key is no longer valid.
    cut_off: Pin<Box<dyn Future<Output = ()> + Send>>,
    info: RequestInfo,
    is_complete: bool,
    _open: TaskTrackerToken,
}

/// Answers with the events of an operation, or with the errors for which it is not executed.
///
/// # Errors
/// When the key has as many connections as it may have.
pub fn answer(
    web: &Web,
    info: RequestInfo,
    headers: &HeaderMap,
    who: Principal,
    request: Result<Request, Vec<ServerError>>,
) -> Result<HttpResponse, Error> {
    let connected = web.connections.open(who.key_id)?;
    let progress = Progress::default();
    let loaders = Loaders::new(web.domain.clone(), who);
    let mut session = Data::default();
    session.insert(who);
    session.insert(loaders);
    session.insert(info);
    session.insert(connected);
    let session = Arc::new(session);
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let resume = last.filter(|last| !last.is_empty()).map(|last| ResumeAfter(last.to_owned()));
    let request = request.map(|request| {
        let request = request.data(progress.clone());
        match resume {
            Some(resume) => request.data(resume),
            None => request,
        }
    });
    let answers = match request {
        Ok(request) => web.sharing.answers(request, Arc::clone(&session)),
        Err(errors) => stream::iter([Answer::Own(Box::new(Response::from_errors(errors)))]).boxed(),
    };

    let auth = SocketAuth {
        domain: web.domain.clone(),
        connections: web.connections.clone(),
        revocations: web.revocations.clone(),
        request: info,
        session: None,
    };
    let stop = web.stop.clone();
    let cut_off = Box::pin(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            _ = auth.revoked(session) => {}
        }
    });
    let mut checkpoints = interval_at(Instant::now() + CHECKPOINT_EVERY, CHECKPOINT_EVERY);
    checkpoints.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let streaming = Streaming {
        answers,
        progress,
        checkpoints,
        told: None,
        cut_off,
        info,
        is_complete: false,
        _open: web.sockets.token(),
    };
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // Proxies are not to wait for more.
        ("x-accel-buffering", "no"),
    ];
    let events = stream::unfold(streaming, Streaming::next);
    Ok((headers, Body::from_stream(events)).into_response())
}

impl Streaming {
    /// Cut off, the stream ends without `complete`, so that the client comes again and resumes.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.is_complete {
            return None;
        }
        let event = tokio::select! {
            biased;
            () = &mut self.cut_off => return None,
            answer = self.answers.next() => self.result_or_end(answer),
            _ = self.checkpoints.tick() => self.checkpoint(),
        };
        Some((Ok(event.into()), self))
    }

    fn result_or_end(&mut self, answer: Option<Answer>) -> String {
        if let Some(answer) = answer {
            return self.result(answer);
        }
        self.is_complete = true;
        // `EventSource` shows no event without data.
        "event: complete\ndata:\n\n".to_owned()
    }

    /// JSON has no line breaks outside of its texts, where they are escaped.
    fn result(&mut self, answer: Answer) -> String {
        match answer {
            Answer::Shared(answer) => self.placed(answer.cursor.clone(), &answer.json),
            Answer::Own(response) => {
                let data = body(*response, self.info);
                match self.progress.given() {
                    None => format!("event: next\ndata: {data}\n\n"),
                    Some(cursor) => self.placed(cursor.to_string(), &data),
                }
            }
        }
    }

    fn placed(&mut self, cursor: String, data: &str) -> String {
        let event = format!("event: next\nid: {cursor}\ndata: {data}\n\n");
        self.told = Some(cursor);
        event
    }

    /// An `id` without data is no event, and yet remembered by the client.
    fn checkpoint(&mut self) -> String {
        let passed = self.progress.passed().map(|cursor| cursor.to_string());
        match passed {
            Some(cursor) if self.told.as_ref() != Some(&cursor) => {
                let checkpoint = format!("id: {cursor}\n\n");
                self.told = Some(cursor);
                checkpoint
            }
            _ => ":\n\n".to_owned(),
        }
    }
}
