//! A schema in which everything a transport must tell apart happens on demand, and a server for it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::{Context, Data, Error, ErrorExtensions, Object, Request, Schema, Subscription};
use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::routing::any;
use bytestack::http::engine::Plain;
use bytestack::http::ws::{AuthFailure, Authenticator, Checkpoint, WsOptions, upgrade};
use futures_util::{Stream, StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub const PATH: &str = "/graphql";

/// What happens inside the schema, told to the test in order.
type Signals = mpsc::UnboundedSender<String>;

/// The caller, as session data.
struct Caller(String);

/// How far an operation has read, as request data.
type Progress = Arc<Mutex<Option<String>>>;

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.as_deref().unwrap_or("world"))
    }

    async fn caller<'a>(&self, ctx: &Context<'a>) -> Result<&'a str, Error> {
        Ok(ctx.data::<Caller>()?.0.as_str())
    }

    /// Fails, which leaves no data at all.
    async fn required(&self) -> Result<i32, Error> {
        Err(Error::new("required is broken"))
    }

    /// Fails, which leaves a null.
    async fn optional(&self) -> Option<Result<i32, Error>> {
        Some(Err(Error::new("optional is broken")))
    }

    async fn crash(&self) -> i32 {
        fall_over()
    }
}

fn fall_over() -> i32 {
    panic!("the resolver of 'crash' panics on purpose")
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn double(&self, number: i32) -> i32 {
        number * 2
    }
}

/// Reports when the stream that holds it is dropped.
struct OnDrop(Signals, String);

impl Drop for OnDrop {
    fn drop(&mut self) {
        // The test may be over, and nobody listening.
        let _ = self.0.send(format!("{} dropped", self.1));
    }
}

impl OnDrop {
    /// Ties the report to the life of a stream.
    fn watch<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> + use<S> {
        stream.map(move |item| {
            let _alive = &self;
            item
        })
    }
}

fn signals(ctx: &Context<'_>) -> Signals {
    ctx.data_unchecked::<Signals>().clone()
}

pub struct Subscription;

#[Subscription]
impl Subscription {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> + use<> {
        stream::iter(1..=to)
    }

    /// Cannot be started.
    async fn refused(&self) -> Result<stream::Empty<i32>, Error> {
        Err(Error::new("unknown epoch").extend_with(|_, error| error.set("code", "CURSOR_INVALID")))
    }

    /// Its first event fails, the next does not.
    async fn stumbling(&self) -> impl Stream<Item = Result<i32, Error>> + use<> {
        stream::iter([Err(Error::new("bad start")), Ok(2)])
    }

    /// Ends with an error after an event.
    async fn expiring(&self) -> impl Stream<Item = Result<i32, Error>> + use<> {
        let error =
            Error::new("too old").extend_with(|_, error| error.set("code", "CURSOR_EXPIRED"));
        stream::iter([Ok(1), Err(error)])
    }

    /// Never yields; says when it starts and when it is dropped.
    async fn silence(&self, ctx: &Context<'_>, name: String) -> impl Stream<Item = i32> + use<> {
        let signals = signals(ctx);
        let _ = signals.send(format!("{name} started"));
        OnDrop(signals, name).watch(stream::pending())
    }

    /// Whatever the test publishes.
    async fn published(&self, ctx: &Context<'_>) -> impl Stream<Item = i32> + use<> {
        let receiver = ctx.data_unchecked::<broadcast::Sender<i32>>().subscribe();
        let signals = signals(ctx);
        let _ = signals.send("published started".to_owned());
        let numbers = BroadcastStream::new(receiver).map(|number| number.unwrap_or(-1));
        OnDrop(signals, "published".to_owned()).watch(numbers)
    }

    /// One event, larger than socket buffers if so wished; says when it has been handed on.
    async fn boulder(
        &self,
        ctx: &Context<'_>,
        megabytes: usize,
    ) -> impl Stream<Item = String> + use<> {
        let signals = signals(ctx);
        let guard = OnDrop(signals.clone(), "boulder".to_owned());
        let first = stream::once(async move { "x".repeat(megabytes << 20) });
        guard.watch(first.chain(stream::once(async move {
            let _ = signals.send("boulder handed on".to_owned());
            std::future::pending().await
        })))
    }

    /// Large events without end.
    async fn flood(&self, ctx: &Context<'_>) -> impl Stream<Item = String> + use<> {
        let events = stream::repeat_with(|| "x".repeat(256 << 10));
        OnDrop(signals(ctx), "flood".to_owned()).watch(events)
    }

    /// Yields 1, then reads on without finding anything; its cursor follows.
    async fn filtered(&self, ctx: &Context<'_>) -> impl Stream<Item = i32> + use<> {
        let progress = Progress::clone(ctx.data_unchecked::<Progress>());
        let first = stream::iter([1]);
        first.chain(stream::once(async move {
            *progress.lock().unwrap_or_else(PoisonError::into_inner) = Some("cursor-7".to_owned());
            std::future::pending().await
        }))
    }
}

/// Knows its keys by their names; `revoke` ends every session.
#[derive(Clone)]
struct ToyAuth {
    revoke: CancellationToken,
    signals: Signals,
}

impl Authenticator for ToyAuth {
    async fn authenticate(&self, payload: &Value) -> Result<Data, AuthFailure> {
        match payload["authorization"].as_str() {
            Some("Bearer good") => {
                let mut data = Data::default();
                data.insert(Caller("good".to_owned()));
                Ok(data)
            }
            Some("Bearer down") => Err(AuthFailure::Unavailable("no database".to_owned())),
            Some("Bearer slow") => std::future::pending().await,
            Some("Bearer crash") => panic!("authentication panics on purpose"),
            _ => Err(AuthFailure::Rejected("unknown key".to_owned())),
        }
    }

    async fn revoked(&self, session: Arc<Data>) -> String {
        drop(session);
        self.revoke.cancelled().await;
        "key revoked".to_owned()
    }

    fn begin(&self, request: Request) -> (Request, Option<Checkpoint>) {
        let progress = Progress::default();
        let read = Arc::clone(&progress);
        let signals = self.signals.clone();
        let checkpoint: Checkpoint = Box::new(move || {
            let cursor = read.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
            let _ = signals.send("cursor read".to_owned());
            Some(cursor)
        });
        (request.data(progress), Some(checkpoint))
    }
}

/// A running toy server; dropping it stops it.
pub struct Toy {
    pub addr: SocketAddr,
    pub publish: broadcast::Sender<i32>,
    pub revoke: CancellationToken,
    pub shutdown: CancellationToken,
    pub sockets: TaskTracker,
    signals: mpsc::UnboundedReceiver<String>,
    heard: BTreeMap<String, usize>,
    _server: JoinSet<()>,
}

impl Toy {
    pub async fn start(options: WsOptions) -> Self {
        let (signal, signals) = mpsc::unbounded_channel();
        let (publish, _) = broadcast::channel(16);
        let revoke = CancellationToken::new();
        let shutdown = CancellationToken::new();
        let sockets = TaskTracker::new();
        let schema = Schema::build(Query, Mutation, Subscription)
            .data::<Signals>(signal.clone())
            .data(publish.clone())
            .finish();
        let auth = ToyAuth { revoke: revoke.clone(), signals: signal };
        let (stop, tracker) = (shutdown.clone(), sockets.clone());
        let handler = async move |socket: WebSocketUpgrade| {
            upgrade(socket, Plain(schema), auth, options, stop, &tracker)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let app = Router::new().route(PATH, any(handler));
            axum::serve(listener, app).await.unwrap();
        });
        let heard = BTreeMap::new();
        Self { addr, publish, revoke, shutdown, sockets, signals, heard, _server: server }
    }

    /// Waits until the schema has told `signal`, once more than it was awaited before.
    pub async fn signal(&mut self, signal: &str) {
        loop {
            if let Some(count) = self.heard.get_mut(signal).filter(|count| **count > 0) {
                *count -= 1;
                return;
            }
            let Ok(Some(heard)) = timeout(Duration::from_secs(10), self.signals.recv()).await
            else {
                panic!("'{signal}' did not happen; left over: {:?}", self.heard);
            };
            *self.heard.entry(heard).or_default() += 1;
        }
    }
}
