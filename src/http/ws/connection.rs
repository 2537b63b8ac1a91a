//! One connection: the protocol's state, its timers, and the operations it runs.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::{Data, Request};
use axum::extract::ws::{Message, WebSocket};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::operation::Operation;
use super::protocol::{ClientMessage, Close, render};
use super::writer::Writer;
use super::{AuthFailure, Authenticator, WsOptions};
use crate::http::engine::Engine;

/// Why a connection is over.
#[derive(Debug)]
pub(super) enum End {
    /// The client closed it or vanished.
    Gone,
    /// The server ends it and says why.
    Close(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

enum Session {
    /// No `connection_init` yet, or not answered yet; until when that may be.
    Waiting(Instant),
    Authenticating(Instant),
    Open {
        data: Arc<Data>,
        ping_at: Instant,
        checkpoint_at: Instant,
    },
}

/// What the guard of a connection says.
enum Verdict {
    Authenticated(Result<Data, AuthFailure>),
    Revoked(String),
    Panicked,
}

/// What happens next.
enum Step {
    Judged(Verdict),
    Received(Option<Result<Message, axum::Error>>),
    /// Something that is waited for is another now, or the time of one has come.
    Changed,
}

/// The state of one connection. Dropping it ends every operation.
///
/// All of it is one task with one timer, as what each connection has counts very many times.
pub(super) struct Connection<E, A> {
    socket: WebSocket,
    engine: E,
    auth: A,
    options: WsOptions,
    ping_every: Duration,
    shutdown: CancellationToken,
    session: Session,
    /// Authenticates, then watches the session: without it nobody may stay.
    guard: Option<BoxFuture<'static, Verdict>>,
    writer: Writer,
    /// Whether anything came from the client since the last ping.
    heard: bool,
}

impl<E: Engine, A: Authenticator> Connection<E, A> {
    pub(super) fn new(
        socket: WebSocket,
        engine: E,
        auth: A,
        options: WsOptions,
        ping_every: Duration,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            socket,
            engine,
            auth,
            ping_every,
            shutdown,
            session: Session::Waiting(Instant::now() + options.init_timeout),
            guard: None,
            writer: Writer::new(options.outbound_capacity, options.send_timeout),
            options,
            heard: true,
        }
    }

    /// Reads, reacts and sends until the connection is over.
    pub(super) async fn run(&mut self) -> End {
        let shutdown = self.shutdown.clone();
        let mut shutdown = pin!(shutdown.cancelled());
        let mut alarm = pin!(sleep_until(self.next_time()));
        loop {
            let time = self.next_time();
            if alarm.deadline() != time {
                alarm.as_mut().reset(time);
            }
            let step = poll_fn(|context| {
                if shutdown.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(Close::restart().into()));
                }
                if alarm.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Ok(Step::Changed));
                }
                self.poll(context)
            });
            let end = match step.await {
                Ok(Step::Judged(verdict)) => self.judged(verdict),
                Ok(Step::Received(message)) => self.received(message),
                Ok(Step::Changed) => self.time_passed(Instant::now()),
                Err(end) => Err(end),
            };
            if let Err(end) = end {
                return end;
            }
        }
    }

    /// Ends every operation and tells the client why.
    pub(super) async fn close(&mut self, close: Close) {
        self.writer.outgoing.stop_all();
        self.guard = None;
        self.writer.close(&mut self.socket, close).await;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Step, End>> {
        if let Some(guard) = &mut self.guard
            && let Poll::Ready(verdict) = guard.poll_unpin(context)
        {
            self.guard = None;
            return Poll::Ready(Ok(Step::Judged(verdict)));
        }
        // A client that leaves all replies to its own messages unread is not heard until it reads.
        let is_heard = !self.writer.outgoing.is_full();
        if is_heard && let Poll::Ready(message) = self.socket.poll_next_unpin(context) {
            return Poll::Ready(Ok(Step::Received(message)));
        }
        let sent = self.writer.poll(&mut self.socket, context);
        if sent.is_pending() && !is_heard && !self.writer.outgoing.is_full() {
            return Poll::Ready(Ok(Step::Changed));
        }
        sent.map_ok(|()| Step::Changed)
    }

    /// When something is due, whatever happens until then.
    fn next_time(&self) -> Instant {
        let time = match &self.session {
            Session::Waiting(until) | Session::Authenticating(until) => *until,
            Session::Open { ping_at, checkpoint_at, .. } => *ping_at.min(checkpoint_at),
        };
        self.writer.stuck_at.map_or(time, |stuck_at| stuck_at.min(time))
    }

    fn time_passed(&mut self, now: Instant) -> Result<(), End> {
        if self.writer.stuck_at.is_some_and(|at| at <= now) {
            return Err(Close::too_slow().into());
        }
        match &mut self.session {
            Session::Waiting(until) if *until <= now => Err(Close::init_timeout().into()),
            Session::Authenticating(until) if *until <= now => {
                let reason = "authentication took too long, try again later";
                Err(Close::unavailable(reason).into())
            }
            Session::Waiting(_) | Session::Authenticating(_) => Ok(()),
            Session::Open { ping_at, checkpoint_at, .. } => {
                if *checkpoint_at <= now {
                    *checkpoint_at = now + at_least_one(self.options.checkpoint_every);
                    self.writer.outgoing.checkpoint();
                }
                if *ping_at > now {
                    return Ok(());
                }
                *ping_at = now + at_least_one(self.ping_every);
                self.ping()
            }
        }
    }

    fn received(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match message {
            None => return Err(End::Gone),
            Some(Err(error)) => return Err(self.read_failure(&error)),
            Some(Ok(message)) => message,
        };
        self.heard = true;
        match message {
            Message::Text(text) => self.handle(&text),
            Message::Binary(_) => Err(Close::invalid_message("send text, not binary").into()),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Gone),
        }
    }

    /// The socket library's errors are told apart by their text: its types are not ours to name.
    fn read_failure(&self, error: &axum::Error) -> End {
        let text = error.to_string();
        if text.starts_with("Space limit exceeded") {
            return Close::too_large(self.options.max_message_bytes).into();
        }
        if text.starts_with("UTF-8") {
            return Close::bad_text().into();
        }
        End::Gone
    }

    fn handle(&mut self, text: &str) -> Result<(), End> {
        match ClientMessage::parse(text).map_err(Close::invalid_message)? {
            ClientMessage::Init { payload } => return self.init(payload),
            ClientMessage::Ping { payload } => self.writer.outgoing.reply(render::pong(payload)),
            ClientMessage::Pong => {}
            ClientMessage::Subscribe { id, request } => return self.subscribe(&id, *request),
            ClientMessage::Complete { id } => self.writer.outgoing.stop(&id),
        }
        Ok(())
    }

    fn init(&mut self, payload: Value) -> Result<(), End> {
        if !matches!(self.session, Session::Waiting(_)) {
            return Err(Close::second_init().into());
        }
        self.session = Session::Authenticating(Instant::now() + self.options.init_timeout);
        let auth = self.auth.clone();
        self.watch(async move { Verdict::Authenticated(auth.authenticate(&payload).await) });
        Ok(())
    }

    fn watch(&mut self, guard: impl Future<Output = Verdict> + Send + 'static) {
        let guard = AssertUnwindSafe(guard).catch_unwind();
        self.guard = Some(guard.map(|verdict| verdict.unwrap_or(Verdict::Panicked)).boxed());
    }

    fn judged(&mut self, verdict: Verdict) -> Result<(), End> {
        let end = match verdict {
            Verdict::Authenticated(Ok(data)) => {
                self.open(Arc::new(data));
                return Ok(());
            }
            Verdict::Authenticated(Err(AuthFailure::Rejected(reason)))
            | Verdict::Revoked(reason) => Close::forbidden(reason),
            Verdict::Authenticated(Err(AuthFailure::Unavailable(reason))) => {
                Close::unavailable(reason)
            }
            Verdict::Panicked => Close::unavailable("authentication failed, try again later"),
        };
        Err(end.into())
    }

    fn open(&mut self, data: Arc<Data>) {
        let now = Instant::now();
        self.session = Session::Open {
            data: Arc::clone(&data),
            ping_at: now + at_least_one(self.ping_every),
            checkpoint_at: now + at_least_one(self.options.checkpoint_every),
        };
        let auth = self.auth.clone();
        self.watch(async move { Verdict::Revoked(auth.revoked(data).await) });
        self.writer.outgoing.reply(render::ack());
    }

    fn subscribe(&mut self, id: &str, request: Request) -> Result<(), End> {
        let Session::Open { data, .. } = &self.session else {
            return Err(Close::unauthorized().into());
        };
        let outgoing = &mut self.writer.outgoing;
        if outgoing.has(id) {
            return Err(Close::duplicate(id).into());
        }
        if outgoing.running() >= self.options.max_operations {
            let limit = self.options.max_operations;
            let message = format!("{limit} operations are running here; complete one first");
            outgoing.reply(render::coded_error(id, "RATE_LIMITED", &message, true));
            return Ok(());
        }
        let (request, checkpoint) = self.auth.begin(request);
        let operation = Operation::start(&self.engine, id, request, Arc::clone(data));
        outgoing.start(id, operation, checkpoint);
        Ok(())
    }

    fn ping(&mut self) -> Result<(), End> {
        if !self.heard {
            return Err(Close::no_answer().into());
        }
        // Where too much waits already, the time for sending it decides.
        if !self.writer.outgoing.is_full() {
            self.writer.outgoing.reply(render::ping());
            self.heard = false;
        }
        Ok(())
    }
}

fn at_least_one(period: Duration) -> Duration {
    period.max(Duration::from_millis(1))
}
