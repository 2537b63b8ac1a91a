//! A `graphql-transport-ws` client that hides nothing: what the server sends is what a test sees.
//!
//! Every wait has a deadline and panics with what was awaited.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const DEADLINE: Duration = Duration::from_secs(10);

pub struct WsClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Messages of other operations that `next_event` has read past.
    parked: VecDeque<Value>,
}

impl WsClient {
    /// Connects as a client of the protocol does.
    pub async fn connect(addr: SocketAddr, path: &str) -> Self {
        let offer = Some("graphql-transport-ws");
        Self::connect_offering(addr, path, offer).await.unwrap()
    }

    /// Connects offering any subprotocol, or none. Like a browser, it fails when it offers some and
    /// the server chooses none of them.
    pub async fn connect_offering(
        addr: SocketAddr,
        path: &str,
        offer: Option<&str>,
    ) -> Result<Self, Error> {
        let offer = offer.map(|offer| ("sec-websocket-protocol", offer));
        Self::connect_sending(addr, path, offer.as_slice()).await
    }

    /// Connects with these headers and no others.
    pub async fn connect_sending(
        addr: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{addr}{path}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let connecting = timeout(DEADLINE, connect_async(request));
        let (socket, _) = connecting.await.expect("no answer to the upgrade")?;
        let parked = VecDeque::new();
        Ok(Self { socket, parked })
    }

    pub async fn send_json(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.send_frame(Message::text(text)).await;
    }

    pub async fn send_frame(&mut self, frame: Message) {
        let sending = timeout(DEADLINE, self.socket.send(frame));
        sending.await.expect("the server does not read").unwrap();
    }

    /// The next WebSocket message of any kind, or `None` when the connection is over.
    pub async fn next_frame(&mut self, awaited: &str) -> Option<Message> {
        let Ok(frame) = timeout(DEADLINE, self.socket.next()).await else {
            panic!("nothing came within {DEADLINE:?} while waiting for {awaited}");
        };
        frame.and_then(Result::ok)
    }

    /// The next protocol message, pings of the server included.
    pub async fn next_json(&mut self) -> Value {
        if let Some(parked) = self.parked.pop_front() {
            return parked;
        }
        self.read_json("a message").await
    }

    async fn read_json(&mut self, awaited: &str) -> Value {
        loop {
            match self.next_frame(awaited).await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("waiting for {awaited}, the server sent {other:?}"),
            }
        }
    }

    /// Authenticates with an API key and waits for the acknowledgement.
    pub async fn init(&mut self, key: &str) {
        let payload = json!({"authorization": format!("Bearer {key}")});
        self.send_json(json!({"type": "connection_init", "payload": payload})).await;
        let answer = self.read_json("connection_ack").await;
        assert_eq!(answer, json!({"type": "connection_ack"}));
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send_json(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The next message of one operation. Those of others are kept for later; pings are answered.
    pub async fn next_event(&mut self, id: &str) -> Value {
        if let Some(at) = self.parked.iter().position(|message| message["id"] == id) {
            return self.parked.remove(at).unwrap();
        }
        loop {
            let message = self.read_json(&format!("a message of operation '{id}'")).await;
            if message["id"] == id {
                return message;
            }
            if message["type"] == "ping" {
                self.send_json(json!({"type": "pong"})).await;
            } else {
                self.parked.push_back(message);
            }
        }
    }

    /// Waits for the server's close frame; nothing but pings may come before it.
    pub async fn expect_close(&mut self) -> (u16, String) {
        assert!(self.parked.is_empty(), "unread: {:?}", self.parked);
        loop {
            match self.next_frame("a close frame").await {
                Some(Message::Close(Some(frame))) => {
                    self.finish().await;
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Message::Text(text)) if text.contains(r#""type":"ping""#) => {}
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("waiting for a close frame, the server sent {other:?}"),
            }
        }
    }

    /// Lets the answer to a close frame go out, and waits for the end of the connection.
    async fn finish(&mut self) {
        while let Some(frame) = self.next_frame("the end of the connection").await {
            assert!(!frame.is_text(), "after its close frame the server sent {frame:?}");
        }
    }
}
