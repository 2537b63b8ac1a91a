//! A server on loopback that answers with the bytes it is told to, whatever HTTP says about them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What follows the bytes of an answer.
#[derive(Clone, Copy)]
pub enum Then {
    KeepOpen,
    Close,
    /// Nothing, with the connection open.
    Silence,
    /// A byte now and then, for ever.
    Drip,
}

pub type Handler = dyn Fn(&str) -> (Vec<u8>, Then) + Send + Sync;

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Server {
    pub async fn start(handler: impl Fn(&str) -> (Vec<u8>, Then) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (seeing, handler): (_, Arc<Handler>) = (seen.clone(), Arc::new(handler));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                seeing.connections.fetch_add(1, Ordering::SeqCst);
                let (seeing, handler) = (seeing.clone(), handler.clone());
                connections.spawn(async move { serve(stream, &seeing, &*handler).await });
            }
        });
        Self { address, seen, _tasks: tasks }
    }

    /// Answers everything with the same bytes.
    pub async fn saying(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let bytes = bytes.into();
        Self::start(move |_| (bytes.clone(), then)).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Heads and bodies, in order.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Seen, handler: &Handler) {
    while let Some(request) = read_request(&mut stream).await {
        let (bytes, then) = handler(&request);
        seen.requests.lock().unwrap().push(request);
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
        match then {
            Then::KeepOpen => {}
            Then::Close => return,
            Then::Silence => std::future::pending().await,
            Then::Drip => {
                let mut often = tokio::time::interval(Duration::from_millis(5));
                while stream.write_all(b"x").await.is_ok() {
                    often.tick().await;
                }
                return;
            }
        }
    }
}

pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
}

pub fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub fn redirect(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}
