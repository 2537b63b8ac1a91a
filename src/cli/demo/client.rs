//! The demo as a client of its own service: plain HTTP and a plain socket over loopback, nothing that
//! another program could not do.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::cli::Failure;
use crate::config::AllowPrivate;
use crate::net::{Egress, Request, Response, Schemes};

const DEADLINE: Duration = Duration::from_secs(30);
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;
const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Somebody with a key.
pub struct Client {
    address: SocketAddr,
    key: String,
    egress: Egress,
}

impl Client {
    /// A client that may reach this address and no other private one.
    pub fn new(listening: SocketAddr, key: String) -> Result<Self, Failure> {
        let address = dialled(listening);
        let host = address.ip().to_string();
        let allowed = AllowPrivate::Host { host, port: address.port() };
        Ok(Self { address, key, egress: Egress::new(&[allowed])? })
    }

    /// Uploads posts, a post a line.
    pub async fn upload(&self, dataset: &str, ndjson: String) -> Result<Value, Failure> {
        let path = format!("/v1/datasets/{dataset}");
        let sent = self.send(Method::PUT, &path, "application/x-ndjson", ndjson.into_bytes());
        Ok(serde_json::from_slice(&sent.await?)?)
    }

    /// The data of a GraphQL operation.
    pub async fn graphql(&self, query: &str, variables: Value) -> Result<Value, Failure> {
        let body = serde_json::to_vec(&json!({ "query": query, "variables": variables }))?;
        let sent = self.send(Method::POST, "/graphql", "application/json", body);
        let mut answer: Value = serde_json::from_slice(&sent.await?)?;
        if let Some(errors) = answer.get("errors") {
            return Err(format!("GraphQL answered {errors}").into());
        }
        Ok(answer["data"].take())
    }

    /// The bytes of a stored result.
    pub async fn download(&self, key: &str) -> Result<Vec<u8>, Failure> {
        let path = format!("/v1/storage/{key}");
        self.send(Method::GET, &path, "application/json", Vec::new()).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", self.key))?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let request = Request {
            method: method.clone(),
            url: format!("http://{}{path}", self.address),
            headers,
            body,
            schemes: Schemes::Https,
            redirects: 0,
            deadline: DEADLINE,
            max_body: LONGEST_ANSWER,
        };
        let Response { status, body, truncated, .. } = self.egress.send(request).await?;
        if !(200..300).contains(&status) || truncated {
            let said = String::from_utf8_lossy(&body);
            return Err(format!("{method} {path} answered {status}: {said}").into());
        }
        Ok(body)
    }

    /// The first event of a subscription, as it arrived.
    pub async fn first_event(&self, query: &str, variables: Value) -> Result<Value, Failure> {
        let arrived = self.subscribe(query, variables);
        tokio::time::timeout(DEADLINE, arrived).await.map_err(|_| "no event came")?
    }

    async fn subscribe(&self, query: &str, variables: Value) -> Result<Value, Failure> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request()?;
        let offered = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", offered);
        let (mut socket, _) = connect_async(request).await?;
        let authorization = format!("Bearer {}", self.key);
        let init =
            json!({ "type": "connection_init", "payload": { "authorization": authorization } });
        send(&mut socket, &init).await?;
        expect(&mut socket, "connection_ack").await?;
        let payload = json!({ "query": query, "variables": variables });
        send(&mut socket, &json!({ "id": "1", "type": "subscribe", "payload": payload })).await?;
        let event = expect(&mut socket, "next").await?;
        send(&mut socket, &json!({ "id": "1", "type": "complete" })).await?;
        socket.close(None).await?;
        Ok(event)
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn send(socket: &mut Socket, message: &Value) -> Result<(), Failure> {
    Ok(socket.send(Message::text(message.to_string())).await?)
}

/// Reads to the first message of a kind; pings may come before it and nothing else.
async fn expect(socket: &mut Socket, kind: &str) -> Result<Value, Failure> {
    while let Some(frame) = socket.next().await {
        let Message::Text(text) = frame? else { continue };
        let message: Value = serde_json::from_str(&text)?;
        if message["type"] == kind {
            return Ok(message);
        }
        if message["type"] == "ping" {
            send(socket, &json!({ "type": "pong" })).await?;
        } else {
            return Err(format!("instead of `{kind}` the socket sent {message}").into());
        }
    }
    Err(format!("the socket was closed before `{kind}`").into())
}

/// How an address listened on is reached from this machine.
pub fn dialled(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}
