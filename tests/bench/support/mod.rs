//! What benches are made of: the service as a process of its own, and clients cheap enough not to be
//! what is measured.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An empty database on PostgreSQL, when one is to be measured.
#[expect(clippy::disallowed_methods, reason = "the bench's own setting")]
pub fn postgres() -> Option<String> {
    std::env::var("BENCH_POSTGRES").ok()
}

/// The service on an empty directory; ended when dropped.
pub struct Service {
    process: Child,
    address: SocketAddr,
    key: String,
    _data: tempfile::TempDir,
}

impl Service {
    pub fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_bytestack"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data-dir"])
            .arg(data.path())
            .stdout(Stdio::piped());
        if let Some(url) = postgres() {
            command.args(["--database-url", &url]);
        }
        let mut process = command.spawn().unwrap();
        let mut key = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("serve ended before it listened").unwrap();
            if let Some(rest) = line.strip_prefix("API key ") {
                rest.split(' ').next().unwrap().clone_into(&mut key);
            }
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self { process, address, key, _data: data }
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Processor time a process has used so far, by the operating system's accounting.
pub fn cpu_seconds(process: u32) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap())
        .collect();
    (ticks[0] + ticks[1]) / TICKS_A_SECOND
}

/// A kept-alive HTTP/1.1 connection that sends one request at a time.
pub struct Connection {
    stream: TcpStream,
    host: String,
    key: String,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(service: &Service) -> Self {
        let stream = TcpStream::connect(service.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (host, key) = (service.address.to_string(), service.key.clone());
        Self { stream, host, key, buffer: Vec::new() }
    }

    /// Sends a request and answers the body of its answer, which must be JSON.
    pub async fn send(&mut self, method: &str, path: &str, media: &str, body: &[u8]) -> Value {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: {media}\r\ncontent-length: {}\r\n\r\n",
            self.host,
            self.key,
            body.len()
        );
        self.stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection ended");
            if let Some(body) = whole_body(&self.buffer) {
                return serde_json::from_slice(body).unwrap();
            }
        }
    }
}

/// The body once all of it is there; answers always say their length.
fn whole_body(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
    answer[end + 4..].get(..length.trim().parse().unwrap())
}

/// The ends of all jobs, on a socket.
pub struct Events(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Events {
    pub async fn subscribe(service: &Service) -> Self {
        let mut request =
            format!("ws://{}/graphql", service.address).into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (socket, _) = connect_async(request).await.unwrap();
        let mut events = Self(socket);
        let authorization = format!("Bearer {}", service.key);
        let payload = json!({ "authorization": authorization });
        events.send(json!({ "type": "connection_init", "payload": payload })).await;
        let query = "subscription{jobCompleted{jobId status}}";
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
        events.send(subscribe).await;
        events
    }

    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next event; `None` when the socket ends.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.0.next().await?.ok()? else { continue };
            let message: Value = serde_json::from_str(&text).unwrap();
            match message["type"].as_str() {
                Some("next") => return Some(message["payload"]["data"]["jobCompleted"].clone()),
                Some("ping") => self.send(json!({ "type": "pong" })).await,
                Some("connection_ack") => {}
                other => panic!("{other:?}: {message}"),
            }
        }
    }
}
