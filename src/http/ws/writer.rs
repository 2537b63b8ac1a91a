//! The sending half: two bounded queues in, one socket out.
//!
//! Replies go before events, so that a pong or an `error` is not held up by a burst. Whether an
//! operation is still wanted is asked at the moment of sending: after a client's `complete` nothing
//! of it leaves any more, and an id counts as used until the message that ends it is handed over.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::connection::End;
use super::protocol::Close;

/// How long a closing handshake may take, what is still queued included.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// How long the socket is kept for a client whose close frame can no longer be read.
const DEAF_LINGER: Duration = Duration::from_millis(500);

/// What reader, operation and writer know in common about one operation.
#[derive(Debug, Default)]
pub(super) struct OperationState {
    silenced: AtomicBool,
    ended: AtomicBool,
}

impl OperationState {
    /// The client wants to hear nothing more of it.
    pub(super) fn silence(&self) {
        self.silenced.store(true, Ordering::Release);
    }

    /// Whether its last message has been handed to the socket, which frees the id.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

/// One message of an operation (or a checkpoint, which has none) on its way to the writer.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) text: Utf8Bytes,
    pub(super) operation: Option<Arc<OperationState>>,
    /// Whether it ends the operation.
    pub(super) last: bool,
}

impl Event {
    /// The text to send, unless nobody wants it any more.
    fn into_text(self) -> Option<Utf8Bytes> {
        let Some(operation) = self.operation else {
            return Some(self.text);
        };
        if operation.silenced.load(Ordering::Acquire) {
            return None;
        }
        if self.last {
            operation.ended.store(true, Ordering::Release);
        }
        Some(self.text)
    }
}

/// Owns the sink; nothing else sends on the socket. What is queued is boxed: a queue has room for many messages
/// at once, and is mostly empty.
pub(super) struct Writer {
    sink: SplitSink<WebSocket, Message>,
    replies: mpsc::Receiver<Box<Utf8Bytes>>,
    events: mpsc::Receiver<Box<Event>>,
    send_timeout: Duration,
}

impl Writer {
    pub(super) fn new(
        sink: SplitSink<WebSocket, Message>,
        replies: mpsc::Receiver<Box<Utf8Bytes>>,
        events: mpsc::Receiver<Box<Event>>,
        send_timeout: Duration,
    ) -> Self {
        Self { sink, replies, events, send_timeout }
    }

    /// Sends until the client is gone or too slow.
    pub(super) async fn run(&mut self) -> End {
        loop {
            let first = self.wait().await;
            if let Err(end) = self.send_burst(first).await {
                return end;
            }
        }
    }

    /// Sends `first` and everything else that waits, then flushes once.
    async fn send_burst(&mut self, first: Utf8Bytes) -> Result<(), End> {
        let mut next = Some(first);
        while let Some(text) = next {
            self.feed(text).await?;
            next = self.queued();
        }
        in_time(self.send_timeout, self.sink.flush()).await
    }

    async fn feed(&mut self, text: Utf8Bytes) -> Result<(), End> {
        in_time(self.send_timeout, self.sink.feed(Message::Text(text))).await
    }

    async fn wait(&mut self) -> Utf8Bytes {
        loop {
            tokio::select! {
                biased;
                Some(text) = self.replies.recv() => return *text,
                Some(event) = self.events.recv() => {
                    if let Some(text) = event.into_text() {
                        return text;
                    }
                }
                else => pending().await,
            }
        }
    }

    fn queued(&mut self) -> Option<Utf8Bytes> {
        if let Ok(text) = self.replies.try_recv() {
            return Some(*text);
        }
        while let Ok(event) = self.events.try_recv() {
            if let Some(text) = event.into_text() {
                return Some(text);
            }
        }
        None
    }

    /// Sends what was promised before, then the close frame, and waits for the client's own.
    ///
    /// Without that wait, unread bytes would turn the end of the connection into a reset, and the
    /// client might never see the code.
    pub(super) async fn close(mut self, close: Close, stream: &mut SplitStream<WebSocket>) {
        let handshake = async {
            if !close.gives_up() {
                while let Some(text) = self.queued() {
                    self.feed(text).await?;
                }
            }
            let deaf = close.is_deaf();
            let frame = Message::Close(Some(close.into_frame()));
            in_time(CLOSE_GRACE, self.sink.send(frame)).await?;
            while let Some(Ok(_)) = stream.next().await {}
            if deaf {
                sleep(DEAF_LINGER).await;
            }
            Ok::<(), End>(())
        };
        if let Ok(Err(_)) | Err(_) = timeout(CLOSE_GRACE, handshake).await {
            tracing::debug!("websocket closed without the client's close frame");
        }
    }
}

async fn in_time(
    limit: Duration,
    send: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), End> {
    match timeout(limit, send).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::Close(Close::too_slow())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(state: &Arc<OperationState>, last: bool) -> Event {
        Event { text: Utf8Bytes::from_static("text"), operation: Some(Arc::clone(state)), last }
    }

    #[test]
    fn an_id_is_free_once_its_last_message_is_taken() {
        let state = Arc::new(OperationState::default());
        let (next, last) = (event(&state, false), event(&state, true));
        assert!(next.into_text().is_some());
        assert!(!state.has_ended());
        assert!(last.into_text().is_some());
        assert!(state.has_ended());
    }

    #[test]
    fn what_was_queued_before_a_complete_is_not_sent_after_it() {
        let state = Arc::new(OperationState::default());
        let queued = [event(&state, false), event(&state, true)];
        state.silence();
        for event in queued {
            assert_eq!(event.into_text(), None);
        }
    }
}
