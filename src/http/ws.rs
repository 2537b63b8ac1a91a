//! The `graphql-transport-ws` server: one WebSocket, many GraphQL operations.
//!
//! The contract is the protocol's, and nothing else: every rule a client may rely on (which close
//! code, `error` or `next`, silence after its own `complete`) is kept here, on top of any
//! [`Engine`]. Who may connect is the [`Authenticator`]'s business, what an operation does the
//! engine's.
//!
//! How one connection is built, and why:
//! - `connection` reads and keeps the time. Events never hold it up, so a client that does not read them
//!   cannot stop its own `complete` or the server's shutdown from being seen; only a client that leaves a
//!   whole queue of replies to its own messages unread makes it wait, for one `send_timeout` at most.
//! - `writer` is the only one that sends: replies, then events. A send that takes longer than
//!   [`WsOptions::send_timeout`] ends the connection; nothing is ever skipped.
//! - `operation` is one operation's stream, which is asked for more only when there is room for it, so a
//!   slow client slows only its own streams.
//!
//! All of one connection is one task: an event goes from whoever made it to the socket with one wake-up,
//! and idle connections, of which there may be very many, are small. Dropping the connection drops every
//! stream it started.
//!
//! Close codes are chosen by what `graphql-ws` clients do with them: 4403, 4499, 1012 and 1013 make
//! them connect again, 4400, 4401, 4406, 4409 and 4429 (a client's own fault) make them give up.

mod connection;
mod operation;
mod protocol;
mod writer;

use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_graphql::{Data, Request};
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use connection::{Connection, End};
use protocol::{Close, SUBPROTOCOL};

use super::engine::Engine;

/// What is read at once, and kept for that by every socket: most messages of clients are no longer. It is
/// also cleared whenever a socket is looked at. The library's default of 128 KiB is what idle sockets would
/// otherwise mostly consist of.
const READ_BUFFER_BYTES: usize = 512;
/// What is written at once, if there is so much; room is made when it is needed.
const WRITE_BUFFER_BYTES: usize = 1024;

/// Limits and timers of one connection.
#[derive(Debug, Clone)]
pub struct WsOptions {
    /// How long a client may take to send `connection_init`, and authentication to answer it.
    pub init_timeout: Duration,
    /// How often the server pings; a client silent for one further interval is closed. Spread by
    /// ±20 % over the connections so that they do not all fire together.
    pub ping_every: Duration,
    /// How often the cursors of running operations are sent (see [`Authenticator::begin`]).
    pub checkpoint_every: Duration,
    /// How long one message may take to be sent before the client counts as too slow.
    pub send_timeout: Duration,
    /// The largest message a client may send.
    pub max_message_bytes: usize,
    /// How many operations may run at once on one connection.
    pub max_operations: usize,
    /// How many messages may wait for the writer before operations are made to wait.
    pub outbound_capacity: usize,
}

impl Default for WsOptions {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(5),
            ping_every: Duration::from_secs(20),
            checkpoint_every: Duration::from_secs(10),
            send_timeout: Duration::from_secs(10),
            max_message_bytes: 1024 * 1024,
            max_operations: 50,
            outbound_capacity: 64,
        }
    }
}

/// Why a client was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthFailure {
    /// The credentials are wrong, expired or revoked: close code 4403.
    #[error("rejected: {0}")]
    Rejected(String),
    /// The credentials could not be checked now: close code 1013, the client may try again.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Tells how far an operation's stream has read its log, or `None` while it has no cursor.
///
/// The cursor may cover only what the stream has yielded and been polled past: it is sent after
/// everything the stream had handed over, and a client that resumes from it must miss nothing.
pub type Checkpoint = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// Who may use a connection, and what its operations carry.
pub trait Authenticator: Clone + Send + Sync + 'static {
    /// Checks the payload of `connection_init` (`null` when it has none) and returns the session
    /// data that every operation of the connection sees.
    fn authenticate(
        &self,
        payload: &serde_json::Value,
    ) -> impl Future<Output = Result<Data, AuthFailure>> + Send;

    /// Resolves with a reason when the session stops being valid (key revoked or expired); the
    /// connection is then closed with 4403. Never resolves by default.
    fn revoked(&self, session: Arc<Data>) -> impl Future<Output = String> + Send {
        drop(session);
        pending()
    }

    /// Called once per operation before it is executed, to attach data to the request. A returned
    /// [`Checkpoint`] makes the connection report the operation's cursor in its pings.
    fn begin(&self, request: Request) -> (Request, Option<Checkpoint>) {
        (request, None)
    }
}

/// Answers an upgrade request and serves the socket until it ends.
///
/// `graphql-transport-ws` is the only subprotocol offered. A client that did not ask for it is still
/// upgraded, as only a close frame (4406) can tell it why it cannot stay. `tracker` counts the
/// sockets: after cancelling `shutdown`, waiting for it lets every client hear the reason.
pub fn upgrade<E: Engine, A: Authenticator>(
    upgrade: WebSocketUpgrade,
    engine: E,
    auth: A,
    options: WsOptions,
    shutdown: CancellationToken,
    tracker: &TaskTracker,
) -> Response {
    let (tracker, counted, span) = (tracker.clone(), tracker.token(), tracing::Span::current());
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(options.max_message_bytes)
        .max_frame_size(options.max_message_bytes)
        .on_upgrade(async move |socket| {
            // A task of its own: this one keeps room for all that an upgrade needs.
            tracker.spawn(serve(socket, engine, auth, options, shutdown).instrument(span));
            drop(counted);
        })
}

/// Speaks the protocol on an accepted socket until either side ends it.
///
/// The size limit is a property of the socket: use [`upgrade`], or set it before accepting.
pub fn serve<E: Engine, A: Authenticator>(
    socket: WebSocket,
    engine: E,
    auth: A,
    options: WsOptions,
    shutdown: CancellationToken,
) -> impl Future<Output = ()> + Send {
    static CONNECTIONS: AtomicU32 = AtomicU32::new(0);
    let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed);

    let subprotocol_chosen = socket.protocol().is_some_and(|chosen| chosen == SUBPROTOCOL);
    let ping_every = jittered(options.ping_every, number);
    // Made here and used where it is: a future keeps room for each place that a value moves through.
    let mut connection = Connection::new(socket, engine, auth, options, ping_every, shutdown);
    async move {
        let end = if subprotocol_chosen {
            connection.run().await
        } else {
            End::Close(Close::subprotocol())
        };
        match end {
            End::Gone => tracing::debug!(connection = number, "websocket client left"),
            End::Close(close) => {
                tracing::debug!(connection = number, code = close.code, reason = %close.reason, "closing websocket");
                Box::pin(connection.close(close)).await;
            }
        }
    }
}

/// `period` times 0.8 to 1.2, chosen by the connection's number: neighbours land far apart.
fn jittered(period: Duration, number: u32) -> Duration {
    let per_mille = 800 + (number % 401) * 157 % 401;
    period * per_mille / 1000
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn jitter_stays_within_a_fifth_and_spreads() {
        let period = Duration::from_secs(20);
        let all: BTreeSet<Duration> = (0..401).map(|number| jittered(period, number)).collect();
        assert_eq!(all.len(), 401, "every residue gives another period");
        assert_eq!(all.first(), Some(&Duration::from_secs(16)));
        assert_eq!(all.last(), Some(&Duration::from_secs(24)));
        assert_eq!(jittered(period, u32::MAX), jittered(period, u32::MAX % 401));
        let apart = jittered(period, 1).abs_diff(jittered(period, 0));
        assert!(apart > Duration::from_secs(2), "neighbours are {apart:?} apart");
    }
}
