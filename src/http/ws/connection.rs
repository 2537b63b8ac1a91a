//! The reading half of one connection: the protocol's state, its timers, and the operations it runs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Data, Request};
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

use super::operation::{self, Outbox};
use super::protocol::{ClientMessage, Close, render};
use super::writer::{Event, OperationState};
use super::{AuthFailure, Authenticator, Checkpoint, WsOptions};
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
    /// No `connection_init` yet.
    Waiting,
    Authenticating,
    Open(Arc<Data>),
}

/// What a task of the connection ended with.
enum Finished {
    Authenticated(Result<Data, AuthFailure>),
    Revoked(String),
    Operation,
}

struct Running {
    task: AbortHandle,
    state: Arc<OperationState>,
    checkpoint: Option<Checkpoint>,
}

/// The state of one connection. Dropping it ends every operation.
pub(super) struct Connection<E, A> {
    engine: E,
    auth: A,
    options: WsOptions,
    replies: mpsc::Sender<Box<Utf8Bytes>>,
    events: mpsc::Sender<Box<Event>>,
    session: Session,
    /// Until when the session must be open, or when what it waits for must have come.
    deadline: Instant,
    operations: HashMap<String, Running>,
    tasks: JoinSet<Finished>,
    /// The task that authenticates or, later, watches the session: without it nobody may stay.
    guard: Option<Id>,
    /// Whether anything came from the client since the last ping.
    heard: bool,
}

impl<E: Engine, A: Authenticator> Connection<E, A> {
    pub(super) fn new(
        engine: E,
        auth: A,
        options: WsOptions,
        replies: mpsc::Sender<Box<Utf8Bytes>>,
        events: mpsc::Sender<Box<Event>>,
    ) -> Self {
        Self {
            engine,
            auth,
            deadline: Instant::now() + options.init_timeout,
            options,
            replies,
            events,
            session: Session::Waiting,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            guard: None,
            heard: true,
        }
    }

    /// Reads and reacts until the connection is over.
    pub(super) async fn run(
        &mut self,
        stream: &mut SplitStream<WebSocket>,
        ping_every: Duration,
        shutdown: &CancellationToken,
    ) -> End {
        let mut heartbeat = ticks(ping_every);
        let mut checkpoint = ticks(self.options.checkpoint_every);
        loop {
            let open = matches!(self.session, Session::Open(_));
            let step = tokio::select! {
                biased;
                () = shutdown.cancelled() => Err(Close::restart().into()),
                Some(done) = self.tasks.join_next_with_id() => {
                    Box::pin(self.task_finished(done)).await
                }
                () = sleep_until(self.deadline), if !open => Err(self.not_open_in_time()),
                _ = heartbeat.tick(), if open => self.ping(),
                _ = checkpoint.tick(), if open => self.send_checkpoints(),
                message = stream.next() => self.received(message).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn received(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match message {
            None => return Err(End::Gone),
            Some(Err(error)) => return Err(self.read_failure(&error)),
            Some(Ok(message)) => message,
        };
        self.heard = true;
        match message {
            // What happens once in a while is kept out of the state that every connection has all the time.
            Message::Text(text) => Box::pin(self.handle(&text)).await,
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

    async fn handle(&mut self, text: &str) -> Result<(), End> {
        match ClientMessage::parse(text).map_err(Close::invalid_message)? {
            ClientMessage::Init { payload } => self.init(payload),
            ClientMessage::Ping { payload } => self.reply(render::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, request } => self.subscribe(id, request).await,
            ClientMessage::Complete { id } => {
                self.stop(&id);
                Ok(())
            }
        }
    }

    fn init(&mut self, payload: Value) -> Result<(), End> {
        if !matches!(self.session, Session::Waiting) {
            return Err(Close::second_init().into());
        }
        self.session = Session::Authenticating;
        self.deadline = Instant::now() + self.options.init_timeout;
        let auth = self.auth.clone();
        let task = self
            .tasks
            .spawn(async move { Finished::Authenticated(auth.authenticate(&payload).await) });
        self.guard = Some(task.id());
        Ok(())
    }

    fn not_open_in_time(&self) -> End {
        match self.session {
            Session::Waiting => Close::init_timeout().into(),
            Session::Authenticating | Session::Open(_) => {
                Close::unavailable("authentication took too long, try again later").into()
            }
        }
    }

    async fn open(&mut self, data: Data) -> Result<(), End> {
        let session = Arc::new(data);
        self.session = Session::Open(Arc::clone(&session));
        let auth = self.auth.clone();
        let running = async move { Finished::Revoked(auth.revoked(session).await) };
        let task = self.tasks.spawn(running);
        self.guard = Some(task.id());
        self.reply(render::ack()).await
    }

    async fn subscribe(&mut self, id: String, request: Box<Request>) -> Result<(), End> {
        let Session::Open(session) = &self.session else {
            return Err(Close::unauthorized().into());
        };
        let session = Arc::clone(session);
        self.forget_ended();
        if self.operations.contains_key(&id) {
            return Err(Close::duplicate(&id).into());
        }
        if self.operations.len() >= self.options.max_operations {
            let limit = self.options.max_operations;
            let message = format!("{limit} operations are running here; complete one first");
            return self.reply(render::coded_error(&id, "RATE_LIMITED", &message, true)).await;
        }
        self.start(id, *request, session);
        Ok(())
    }

    fn start(&mut self, id: String, request: Request, session: Arc<Data>) {
        let (request, checkpoint) = self.auth.begin(request);
        let state = Arc::new(OperationState::default());
        let outbox =
            Outbox { id: id.clone(), events: self.events.clone(), state: Arc::clone(&state) };
        let running = operation::run(&self.engine, request, session, outbox);
        let task = self.tasks.spawn(async move {
            running.await;
            Finished::Operation
        });
        let running = Running { task, state, checkpoint };
        self.operations.insert(id, running);
    }

    fn stop(&mut self, id: &str) {
        if let Some(running) = self.operations.remove(id) {
            running.state.silence();
            running.task.abort();
        }
    }

    fn forget_ended(&mut self) {
        self.operations.retain(|_, running| !running.state.has_ended());
    }

    async fn task_finished(&mut self, done: Result<(Id, Finished), JoinError>) -> Result<(), End> {
        match done {
            Ok((_, Finished::Authenticated(Ok(data)))) => self.open(data).await,
            Ok((_, Finished::Authenticated(Err(AuthFailure::Rejected(reason))))) => {
                Err(Close::forbidden(reason).into())
            }
            Ok((_, Finished::Authenticated(Err(AuthFailure::Unavailable(reason))))) => {
                Err(Close::unavailable(reason).into())
            }
            Ok((_, Finished::Revoked(reason))) => Err(Close::forbidden(reason).into()),
            Ok((_, Finished::Operation)) => {
                self.forget_ended();
                Ok(())
            }
            Err(error) if error.is_cancelled() => Ok(()),
            Err(error) => self.task_panicked(error.id()).await,
        }
    }

    /// A panic ends the operation it happened in, not its neighbours.
    async fn task_panicked(&mut self, task: Id) -> Result<(), End> {
        if self.guard == Some(task) {
            return Err(Close::unavailable("authentication failed, try again later").into());
        }
        let id = self
            .operations
            .iter()
            .find(|(_, running)| running.task.id() == task)
            .map(|(id, _)| id.clone());
        // One that the client had completed already is nobody's concern.
        let Some(id) = id else { return Ok(()) };
        self.stop(&id);
        self.reply(operation::internal_error(&id)).await
    }

    /// Queues a reply. This waits only for a client that has let a whole queue of replies to its own
    /// messages pile up, and no longer than the writer takes to call it too slow.
    async fn reply(&self, text: Utf8Bytes) -> Result<(), End> {
        self.replies.send(Box::new(text)).await.map_err(|_| End::Gone)
    }

    fn ping(&mut self) -> Result<(), End> {
        if !self.heard {
            return Err(Close::no_answer().into());
        }
        // A full queue means the writer is at work, and its own timeout decides.
        if self.replies.try_send(Box::new(render::ping())).is_ok() {
            self.heard = false;
        }
        Ok(())
    }

    /// Sends the cursors through the queue of events, behind everything they cover; when that is
    /// full, the next checkpoint will do.
    fn send_checkpoints(&mut self) -> Result<(), End> {
        self.forget_ended();
        let cursors: Map<String, Value> = self
            .operations
            .iter()
            .filter_map(|(id, running)| {
                let cursor = running.checkpoint.as_ref()?()?;
                Some((id.clone(), Value::String(cursor)))
            })
            .collect();
        if cursors.is_empty() {
            return Ok(());
        }
        let text = render::checkpoints(cursors);
        let event = Event { text, operation: None, last: false };
        match self.events.try_send(Box::new(event)) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(End::Gone),
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let period = period.max(Duration::from_millis(1));
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
