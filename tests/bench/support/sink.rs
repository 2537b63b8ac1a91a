//! A receiver of webhooks on a thread of its own, cheap enough not to be what is measured: it answers what comes
//! under `/ok` and never what comes under `/hang`, and notes when each arrived.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One that was answered.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub at: Instant,
    /// The same by the clock that jobs' ends are told by, in milliseconds.
    pub clock_ms: f64,
    pub path: String,
    /// Its `webhook-id`.
    pub event: String,
    pub body: String,
}

pub struct Sink {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrival>>>,
}

impl Sink {
    pub fn start() -> Self {
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (address, noting) = (listener.local_addr().unwrap(), Arc::clone(&arrived));
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async move {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let noting = Arc::clone(&noting);
                    tokio::task::spawn_local(async move { drop(receive(stream, &noting).await) });
                }
            });
        });
        Self { address, arrived }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until so many have arrived since the last time, and takes them.
    pub async fn have(&self, wanted: usize) -> Vec<Arrival> {
        let began = Instant::now();
        loop {
            if self.arrived.lock().unwrap().len() >= wanted {
                return std::mem::take(&mut self.arrived.lock().unwrap());
            }
            let came = self.arrived.lock().unwrap().len();
            assert!(began.elapsed() < Duration::from_mins(2), "{came} of {wanted} came");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

async fn receive(mut stream: TcpStream, noting: &Mutex<Vec<Arrival>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::new();
    loop {
        let (head, length) = loop {
            if let Some(whole) = whole_request(&bytes) {
                break whole;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        };
        let (at, clock_ms) = (Instant::now(), clock_ms());
        let text = String::from_utf8(bytes.drain(..head + length).collect()).unwrap();
        let (head, body) = text.split_at(head);
        let path = head.split(' ').nth(1).unwrap().to_owned();
        if path.starts_with("/hang") {
            return std::future::pending().await;
        }
        assert!(head.contains("webhook-signature: v1,"), "{head}");
        let event = head.lines().find_map(|line| line.strip_prefix("webhook-id: ")).unwrap();
        let (event, body) = (event.to_owned(), body.to_owned());
        noting.lock().unwrap().push(Arrival { at, clock_ms, path, event, body });
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}

/// The machine's time in milliseconds, finer than the product's clock has it.
#[expect(clippy::disallowed_methods, clippy::cast_precision_loss, reason = "a bench's own look")]
fn clock_ms() -> f64 {
    chrono::Utc::now().timestamp_micros() as f64 / 1_000.0
}

/// The lengths of the head and of the body, once all of it is there.
fn whole_request(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let length: usize = length.parse().unwrap();
    (bytes.len() >= head + length).then_some((head, length))
}
