//! Very many subscribers on one thread, cheap enough not to be what is measured: frames are taken apart by
//! hand, and of a message only what is counted is looked at.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

use super::Service;
use super::rows::now_ms;

/// Handshakes at once.
const AT_ONCE: usize = 50;

/// What the subscribers have got since they were last asked.
#[derive(Default)]
pub struct Got {
    pub events: usize,
    pub bytes: usize,
    /// From the end of the job, as its event tells it, to the arrival, in milliseconds.
    pub latencies: Vec<f64>,
    /// One of them.
    pub sample: String,
    ended: Vec<String>,
}

pub struct Crowd {
    pub size: usize,
    got: Arc<Mutex<Got>>,
}

struct Member {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Crowd {
    /// So many sockets with a subscription each; here once all have heard an answer to a ping behind it.
    pub async fn gather(service: &Service, size: usize, subscription: fn(usize) -> String) -> Self {
        Self::gather_with(service, (0..size).map(subscription).collect()).await
    }

    pub async fn gather_with(service: &Service, subscriptions: Vec<String>) -> Self {
        let got = Arc::new(Mutex::new(Got::default()));
        let size = subscriptions.len();
        let (ready, mut readies) = mpsc::unbounded_channel();
        let (address, key, shared) =
            (service.address(), service.key().to_owned(), Arc::clone(&got));
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let local = tokio::task::LocalSet::new();
            let doors = Arc::new(Semaphore::new(AT_ONCE));
            for query in subscriptions {
                let (key, got, ready) = (key.clone(), Arc::clone(&shared), ready.clone());
                let doors = Arc::clone(&doors);
                local.spawn_local(async move {
                    let door = doors.acquire_owned().await.unwrap();
                    let mut member = Member::join(address, &key, &query).await;
                    ready.send(()).unwrap();
                    drop((door, ready));
                    let why = member.listen(&got).await;
                    got.lock().unwrap().ended.push(why);
                });
            }
            drop(ready);
            runtime.block_on(local);
        });
        for _ in 0..size {
            readies.recv().await.expect("a subscriber could not connect");
        }
        Self { size, got }
    }

    /// Waits until they have got so many events together, and takes them.
    pub async fn have(&self, events: usize) -> Got {
        for _ in 0..60_000 {
            if let Some(got) = self.take_if(events) {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{} of {events} events have arrived", self.got.lock().unwrap().events);
    }

    fn take_if(&self, events: usize) -> Option<Got> {
        let mut got = self.got.lock().unwrap();
        assert!(got.ended.is_empty(), "{:?}", got.ended);
        (got.events >= events).then(|| {
            assert_eq!(got.events, events, "more than were expected");
            std::mem::take(&mut *got)
        })
    }

    /// How many events they have got.
    pub fn events(&self) -> usize {
        self.got.lock().unwrap().events
    }

    pub fn take(&self) -> Got {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

impl Member {
    async fn join(address: SocketAddr, key: &str, query: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut member = Self { stream, buffer: Vec::with_capacity(2048) };
        let hello = format!(
            "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        member.stream.write_all(hello.as_bytes()).await.unwrap();
        let end = loop {
            let end = member.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
            assert_ne!(member.stream.read_buf(&mut member.buffer).await.unwrap(), 0);
        };
        assert!(member.buffer.starts_with(b"HTTP/1.1 101"));
        member.buffer.drain(..end);
        let authorization = format!("Bearer {key}");
        let payload = json!({ "authorization": authorization });
        member.send(&json!({ "type": "connection_init", "payload": payload }).to_string()).await;
        while !member.receive().await.unwrap().contains("connection_ack") {}
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
        member.send(&subscribe.to_string()).await;
        member.send(r#"{"type":"ping"}"#).await;
        while !member.receive().await.unwrap().contains(r#""pong""#) {}
        member
    }

    /// Counts what comes until the socket ends; answers why.
    async fn listen(&mut self, got: &Mutex<Got>) -> String {
        loop {
            let text = match self.receive().await {
                Ok(text) => text,
                Err(why) => return why,
            };
            if text.contains(r#""type":"next""#) {
                let now = now_ms();
                let mut got = got.lock().unwrap();
                got.events += 1;
                got.bytes += text.len();
                got.latencies.push(latency(&text, now));
                if got.sample.is_empty() {
                    got.sample = text;
                }
            } else if text.contains(r#""type":"ping""#) {
                self.send(r#"{"type":"pong"}"#).await;
            } else {
                return text;
            }
        }
    }

    /// A client masks what it sends; a mask of zeros changes nothing.
    async fn send(&mut self, text: &str) {
        let mut frame = vec![0x81];
        match u8::try_from(text.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0xfe);
                frame.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The next text; the reason when there is none.
    async fn receive(&mut self) -> Result<String, String> {
        loop {
            if let Some((opcode, payload, length)) = frame(&self.buffer) {
                let text = String::from_utf8_lossy(&self.buffer[payload..length]).into_owned();
                self.buffer.drain(..length);
                match opcode {
                    1 => return Ok(text),
                    8 => return Err(format!("closed: {text}")),
                    _ => continue,
                }
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) => return Err("the socket ended".to_owned()),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

/// The first frame: its kind, where its payload begins, and where it ends.
fn frame(buffer: &[u8]) -> Option<(u8, usize, usize)> {
    let opcode = buffer.first()? & 0x0f;
    let (begin, length) = match buffer.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    (buffer.len() >= begin + length).then_some((opcode, begin, begin + length))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
fn latency(text: &str, now: i64) -> f64 {
    let (_, rest) = text.split_once(r#""completedAt":""#).unwrap();
    let (at, _) = rest.split_once('"').unwrap();
    let at: DateTime<Utc> = at.parse().unwrap();
    (now - at.timestamp_millis()) as f64
}
