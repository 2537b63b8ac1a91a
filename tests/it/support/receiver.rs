//! A webhook's receiver: a real server that answers as it is told and keeps what it got.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

const DEADLINE: Duration = Duration::from_secs(30);

/// How one request is answered.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Status(u16),
    /// This status, with a `Retry-After` of these seconds.
    After(u16, u32),
    /// A redirect to this address.
    Redirect(&'static str),
    /// Never.
    Hang,
    /// 200 and then a byte now and then, without an end.
    Drip,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    received: UnboundedSender<Received>,
}

pub struct Receiver {
    pub address: SocketAddr,
    received: UnboundedReceiver<Received>,
    _serving: JoinSet<()>,
}

impl Receiver {
    /// Answers with these, in this order, then always with 200.
    pub async fn answering(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = unbounded_channel();
        let replies = Arc::new(Mutex::new(replies.iter().copied().collect()));
        let script = Script { replies, received: sender };
        let router = Router::new().fallback(answer).with_state(script);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, received, _serving: serving }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request, waited for.
    pub async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(DEADLINE, self.received.recv()).await;
        next.expect("a request arrives in time").unwrap()
    }

    /// What arrived and was not yet looked at.
    pub fn rest(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }
}

async fn answer(
    State(script): State<Script>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let reply = script.replies.lock().unwrap().pop_front().unwrap_or(Reply::Status(200));
    let path = uri.to_string();
    drop(script.received.send(Received { path, headers, body }));
    let response = Response::builder();
    let response = match reply {
        Reply::Status(status) => response.status(status).body(Body::from("seen")),
        Reply::After(status, seconds) => {
            response.status(status).header("retry-after", seconds).body(Body::empty())
        }
        Reply::Redirect(to) => response.status(307).header("location", to).body(Body::empty()),
        Reply::Hang => std::future::pending().await,
        Reply::Drip => {
            let ticks = tokio::time::interval(Duration::from_millis(20));
            let drops = futures_util::stream::unfold(ticks, |mut ticks| async {
                ticks.tick().await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b".")), ticks))
            });
            response.body(Body::from_stream(drops))
        }
    };
    response.unwrap()
}
