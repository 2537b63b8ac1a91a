//! A receiver that means harm: it takes a request and then keeps whoever sent it for as long as it can, or
//! pushes as much at it as it takes. Said in bytes, as no library of servers would answer so.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

const DEADLINE: Duration = Duration::from_secs(30);
const OK: &str = "HTTP/1.1 200 OK\r\n";

/// What it does once it has a request.
#[derive(Clone, Copy, Debug)]
pub enum Malice {
    /// A header that grows by a byte now and then, and never ends.
    HeadInDrops,
    /// A body that does so.
    BodyInDrops,
    /// A body of so many bytes with this status, as fast as they are taken.
    Flood(u16, u64),
    /// gzip with this status that goes on and on: a thousand zeros for each of its bytes.
    Bomb(u16),
    /// The same with nothing in it.
    HollowGzip(u16),
    /// To another path of its own, each time.
    Redirects,
    /// Takes what would begin the agreement on TLS, and says nothing to it.
    NoHandshake,
}

pub struct Hostile {
    pub address: SocketAddr,
    malice: Malice,
    seen: Arc<Seen>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    begun: AtomicUsize,
    most_pushed: AtomicU64,
    held: watch::Sender<usize>,
}

impl Hostile {
    pub async fn new(malice: Malice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (mut serving, seeing) = (JoinSet::new(), Arc::clone(&seen));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seeing);
                connections.spawn(async move { serve(stream, malice, &seen).await });
            }
        });
        Self { address, malice, seen, _serving: serving }
    }

    pub fn url(&self) -> String {
        let scheme = if matches!(self.malice, Malice::NoHandshake) { "https" } else { "http" };
        format!("{scheme}://{}/0", self.address)
    }

    /// How many requests, or beginnings of TLS, came so far.
    pub fn begun(&self) -> usize {
        self.seen.begun.load(Ordering::SeqCst)
    }

    /// The most that was taken from it in answer to one request.
    pub fn most_pushed(&self) -> u64 {
        self.seen.most_pushed.load(Ordering::SeqCst)
    }

    /// Waits until it has so many in its hands.
    pub async fn holds(&self, count: usize) {
        let mut held = self.seen.held.subscribe();
        let holds = tokio::time::timeout(DEADLINE, held.wait_for(|held| *held >= count)).await;
        drop(holds.expect("so many come in time").unwrap());
    }

    /// Waits until everybody who was held has hung up.
    pub async fn is_left(&self) {
        let mut held = self.seen.held.subscribe();
        let left = tokio::time::timeout(DEADLINE, held.wait_for(|held| *held == 0)).await;
        drop(left.expect("it is left in time").unwrap());
    }
}

async fn serve(mut stream: TcpStream, malice: Malice, seen: &Seen) {
    if matches!(malice, Malice::NoHandshake) {
        if stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
            seen.begun.fetch_add(1, Ordering::SeqCst);
            seen.held.send_modify(|held| *held += 1);
            while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {}
            seen.held.send_modify(|held| *held -= 1);
        }
        return;
    }
    while take_request(&mut stream).await.is_some() {
        seen.begun.fetch_add(1, Ordering::SeqCst);
        seen.held.send_modify(|held| *held += 1);
        let is_over = answer(&mut stream, malice, seen).await.is_none();
        seen.held.send_modify(|held| *held -= 1);
        if is_over {
            return;
        }
    }
}

/// Reads one request; `None` when there is none.
async fn take_request(stream: &mut TcpStream) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap_or("0").parse().unwrap();
        if bytes.len() >= end + 4 + length {
            return Some(());
        }
    }
}

/// Answers one request; `None` when the connection is at its end.
async fn answer(stream: &mut TcpStream, malice: Malice, seen: &Seen) -> Option<()> {
    let zeros = vec![b'0'; 64 * 1024];
    match malice {
        Malice::HeadInDrops => drip(stream, &format!("{OK}x-slow: ")).await,
        Malice::BodyInDrops => drip(stream, &format!("{OK}\r\n")).await,
        Malice::Flood(status, length) => {
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n");
            push(stream, head.as_bytes(), &zeros, length, seen).await
        }
        Malice::Bomb(status) => gzip(stream, status, &packed_zeros(), seen).await,
        Malice::HollowGzip(status) => {
            let stored_nothing = [0, 0, 0, 0xff, 0xff];
            gzip(stream, status, &stored_nothing.repeat(13 * 1024), seen).await
        }
        Malice::Redirects => {
            let next = seen.begun.load(Ordering::SeqCst);
            let head = format!("HTTP/1.1 307 X\r\nlocation: /{next}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).await.ok()
        }
        Malice::NoHandshake => None,
    }
}

async fn drip(stream: &mut TcpStream, begin: &str) -> Option<()> {
    stream.write_all(begin.as_bytes()).await.ok()?;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        stream.write_all(b".").await.ok()?;
    }
}

/// Sends the same bytes again and again until there were so many, or nobody takes them any more.
async fn push(
    stream: &mut TcpStream,
    head: &[u8],
    bytes: &[u8],
    length: u64,
    seen: &Seen,
) -> Option<()> {
    stream.write_all(head).await.ok()?;
    let mut pushed = 0;
    while pushed < length {
        let wanted = usize::try_from(length - pushed).unwrap_or(usize::MAX).min(bytes.len());
        let written = stream.write(&bytes[..wanted]).await.ok()?;
        pushed += written as u64;
        seen.most_pushed.fetch_max(pushed, Ordering::SeqCst);
    }
    Some(())
}

/// The head of a gzip file, then the same part of it again and again.
async fn gzip(stream: &mut TcpStream, status: u16, part: &[u8], seen: &Seen) -> Option<()> {
    let file = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let head = format!("HTTP/1.1 {status} X\r\ncontent-encoding: gzip\r\n\r\n");
    push(stream, &[head.as_bytes(), &file].concat(), part, u64::MAX, seen).await
}

/// A part of a compressed stream that may stand behind itself.
fn packed_zeros() -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 1 << 20]).unwrap();
    encoder.flush().unwrap();
    encoder.get_ref().clone()
}
