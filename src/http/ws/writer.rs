//! What is sent: replies and operations in, one socket out.
//!
//! Replies go before events, so that a pong or an `error` is not held up by a burst. An operation is asked
//! for its next message when the socket has room for it. While it has none, a bounded queue takes what
//! comes, so that operations can go on for a while. After a client's `complete` nothing of its operation
//! leaves any more, and an id counts as used until the message that ends it is handed over.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, timeout};

use super::Checkpoint;
use super::connection::End;
use super::operation::{Operation, Said};
use super::protocol::{Close, render};

/// How long a closing handshake may take, what is still queued included.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// How long the socket is kept for a client whose close frame can no longer be read.
const DEAF_LINGER: Duration = Duration::from_millis(500);

/// One operation of the connection, until its last message is handed over.
struct Running {
    id: Box<str>,
    /// None once its last message waits.
    operation: Option<Operation>,
    checkpoint: Option<Checkpoint>,
}

/// One message that waits for room on the socket.
#[derive(Debug)]
struct Waiting {
    /// The id of the operation that it is about; a checkpoint is about none.
    id: Option<Box<str>>,
    said: Said,
}

/// All that is to be sent.
pub(super) struct Outgoing {
    /// What may wait of each kind.
    capacity: usize,
    replies: VecDeque<Utf8Bytes>,
    events: VecDeque<Waiting>,
    running: Vec<Running>,
    /// Which operation is asked first, so that none is always the last.
    turn: usize,
}

impl Outgoing {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            replies: VecDeque::new(),
            events: VecDeque::new(),
            running: Vec::new(),
            turn: 0,
        }
    }

    pub(super) fn reply(&mut self, text: Utf8Bytes) {
        self.replies.push_back(text);
    }

    /// Whether no more replies should be caused now.
    pub(super) fn is_full(&self) -> bool {
        self.replies.len() >= self.capacity
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.running.iter().any(|running| *running.id == *id)
    }

    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    pub(super) fn start(&mut self, id: &str, operation: Operation, checkpoint: Option<Checkpoint>) {
        // Most connections have one, and there are very many connections.
        self.running.reserve_exact(1);
        self.running.push(Running { id: id.into(), operation: Some(operation), checkpoint });
    }

    /// The client wants to hear nothing more of it.
    pub(super) fn stop(&mut self, id: &str) {
        self.running.retain(|running| *running.id != *id);
        self.events.retain(|waiting| waiting.id.as_deref() != Some(id));
    }

    pub(super) fn stop_all(&mut self) {
        self.running.clear();
    }

    /// Sends the cursors behind everything they cover; when the queue is full, the next checkpoint will do.
    pub(super) fn checkpoint(&mut self) {
        let cursor = |running: &Running| {
            let cursor = running.checkpoint.as_ref()?()?;
            Some((running.id.to_string(), Value::String(cursor)))
        };
        let cursors: Map<String, Value> = self.running.iter().filter_map(cursor).collect();
        if !cursors.is_empty() && self.events.len() < self.capacity {
            let said = Said { text: render::checkpoints(cursors), last: false };
            self.events.push_back(Waiting { id: None, said });
        }
    }

    /// What is to be sent next of all that waits.
    fn waiting(&mut self) -> Option<Utf8Bytes> {
        self.replies.pop_front().or_else(|| {
            let Waiting { id, said } = self.events.pop_front()?;
            if said.last {
                self.running.retain(|running| Some(&running.id) != id.as_ref());
            }
            Some(said.text)
        })
    }

    /// What is to be sent next.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Utf8Bytes> {
        if let Some(text) = self.waiting() {
            return Poll::Ready(text);
        }
        let (at, said) = std::task::ready!(self.poll_said(context));
        if said.last {
            self.running.remove(at);
        }
        Poll::Ready(said.text)
    }

    /// Takes what operations say while nothing can be sent.
    fn queue(&mut self, context: &mut Context<'_>) {
        while self.events.len() < self.capacity
            && let Poll::Ready((at, said)) = self.poll_said(context)
            && let Some(running) = self.running.get_mut(at)
        {
            if said.last {
                running.operation = None;
            }
            self.events.push_back(Waiting { id: Some(running.id.clone()), said });
        }
    }

    /// What one of the operations says, and which.
    fn poll_said(&mut self, context: &mut Context<'_>) -> Poll<(usize, Said)> {
        for step in 0..self.running.len() {
            let at = (self.turn + step) % self.running.len();
            if let Some(operation) = &mut self.running[at].operation
                && let Poll::Ready(said) = operation.poll_said(context)
            {
                self.turn = at + 1;
                return Poll::Ready((at, said));
            }
        }
        Poll::Pending
    }
}

/// The sending half of a connection; nothing else sends on its socket.
pub(super) struct Writer {
    pub(super) outgoing: Outgoing,
    send_timeout: Duration,
    buffered: Buffered,
    /// When what is being sent counts as stuck.
    pub(super) stuck_at: Option<Instant>,
}

/// What the socket has in its buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Buffered {
    Nothing,
    Messages,
    /// Messages that are on their way: no others are added before they have left.
    Leaving,
}

impl Writer {
    pub(super) fn new(capacity: usize, send_timeout: Duration) -> Self {
        let outgoing = Outgoing::new(capacity);
        Self { outgoing, send_timeout, buffered: Buffered::Nothing, stuck_at: None }
    }

    /// Sends everything that there is, then flushes once. Ready when it has to wait for the client from now
    /// on, which somebody must put an end to at [`Writer::stuck_at`], or when the client is gone.
    pub(super) fn poll(
        &mut self,
        socket: &mut WebSocket,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), End>> {
        let mut has_asked = false;
        loop {
            let room = match self.buffered {
                Buffered::Leaving => socket.poll_flush_unpin(context),
                Buffered::Nothing | Buffered::Messages => socket.poll_ready_unpin(context),
            };
            match room {
                Poll::Ready(Ok(())) => self.stuck_at = None,
                Poll::Ready(Err(_)) => return Poll::Ready(Err(End::Gone)),
                Poll::Pending => return self.wait(context),
            }
            if self.buffered == Buffered::Leaving {
                self.buffered = Buffered::Nothing;
                if has_asked {
                    return Poll::Pending;
                }
            }
            match self.outgoing.poll_next(context) {
                Poll::Ready(text) => match socket.start_send_unpin(Message::Text(text)) {
                    Ok(()) => self.buffered = Buffered::Messages,
                    Err(_) => return Poll::Ready(Err(End::Gone)),
                },
                Poll::Pending if self.buffered == Buffered::Nothing => return Poll::Pending,
                Poll::Pending => (self.buffered, has_asked) = (Buffered::Leaving, true),
            }
        }
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Result<(), End>> {
        self.outgoing.queue(context);
        if self.stuck_at.is_some() {
            return Poll::Pending;
        }
        self.stuck_at = Some(Instant::now() + self.send_timeout);
        Poll::Ready(Ok(()))
    }

    /// Sends what was promised before, then the close frame, and waits for the client's own.
    ///
    /// Without that wait, unread bytes would turn the end of the connection into a reset, and the
    /// client might never see the code.
    pub(super) async fn close(&mut self, socket: &mut WebSocket, close: Close) {
        let handshake = async {
            if !close.gives_up() {
                while let Some(text) = self.outgoing.waiting() {
                    socket.feed(Message::Text(text)).await?;
                }
            }
            let deaf = close.is_deaf();
            socket.send(Message::Close(Some(close.into_frame()))).await?;
            while let Some(Ok(_)) = socket.next().await {}
            if deaf {
                sleep(DEAF_LINGER).await;
            }
            Ok::<(), axum::Error>(())
        };
        if let Ok(Err(_)) | Err(_) = timeout(CLOSE_GRACE, handshake).await {
            tracing::debug!("websocket closed without the client's close frame");
        }
    }
}

#[cfg(test)]
mod tests;
