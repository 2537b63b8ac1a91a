//! A web server that stands for somebody else's: it answers from what a test gave it, makes the
//! faults it is told to, and remembers every request.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Instant,
    /// With its parameters.
    pub path: String,
    /// By names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// What is sent back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, headers, body.
    Whole(u16, Vec<(String, String)>, Vec<u8>),
    /// Says to be longer than it is, then closes the connection.
    CutOff(String),
    /// Never comes.
    Silence,
}

impl Reply {
    pub fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200, &[("content-type", content_type)], body)
    }

    pub fn status(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Self::Whole(status, headers.collect(), body.into())
    }

    pub fn html(text: &str) -> Self {
        Self::ok("text/html", format!("<!DOCTYPE html><html><body><h1>{text}</h1></body></html>"))
    }
}

type Answering = dyn Fn(&Seen) -> Reply + Send + Sync;

/// Listens on loopback until it is dropped.
pub struct Upstream {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

struct Shared {
    seen: Mutex<Vec<Seen>>,
    faults: Mutex<VecDeque<Option<Reply>>>,
    answer: Box<Answering>,
}

impl Upstream {
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            faults: Mutex::default(),
            answer: Box::new(answer),
        });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, _serving: serving }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the next requests get instead of an answer, in order; `None` is the true answer.
    pub fn script(&self, faults: impl IntoIterator<Item = Option<Reply>>) {
        self.shared.faults.lock().unwrap().extend(faults);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&shared)));
    }
}

/// One request a connection: the simplest that is right.
async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let Some(seen) = read_request(&mut stream).await else {
        return;
    };
    shared.seen.lock().unwrap().push(seen.clone());
    let scripted = shared.faults.lock().unwrap().pop_front().flatten();
    let bytes = match scripted.unwrap_or_else(|| (shared.answer)(&seen)) {
        Reply::Whole(status, headers, body) => {
            let length = ("content-length".to_owned(), body.len().to_string());
            let headers = headers.into_iter().chain([length]);
            let lines: Vec<String> =
                headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let head =
                format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n{}\r\n", lines.concat());
            [head.into_bytes(), body].concat()
        }
        Reply::CutOff(body) => {
            let length = body.len() + 100;
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
        }
        Reply::Silence => std::future::pending().await,
    };
    let _ = stream.get_mut().write_all(&bytes).await;
    let _ = stream.get_mut().shutdown().await;
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length: &String| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { at: Instant::now(), path, headers, body })
}
