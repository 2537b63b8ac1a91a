//! A way to a server that can be made to swallow everything, as a firewall does: nothing is closed,
//! nothing is refused, nothing comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub struct BlackHole {
    pub address: SocketAddr,
    /// Connections with a number below this one get no answer any more.
    hangs_below: watch::Sender<u64>,
    accepted: Arc<AtomicU64>,
    _serving: JoinSet<()>,
}

impl BlackHole {
    /// Passes everything on to this server, for now.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (hangs_below, below) = watch::channel(0);
        let accepted = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&accepted);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let hole =
                    Hole { number: count.fetch_add(1, Ordering::SeqCst), below: below.clone() };
                connections.spawn(async move {
                    hole.swallow().await;
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    tokio::select! {
                        () = pass(from_client, to_server, &hole) => {}
                        () = pass(from_server, to_client, &hole) => {}
                    }
                });
            }
        });
        Self { address, hangs_below, accepted, _serving: serving }
    }

    /// From now on nothing gets through.
    pub fn open(&self) {
        self.hangs_below.send_replace(u64::MAX);
    }

    /// From now on the connections that there are get no answer; new ones do.
    pub fn hang_connections(&self) {
        self.hangs_below.send_replace(self.accepted.load(Ordering::SeqCst));
    }
}

struct Hole {
    number: u64,
    below: watch::Receiver<u64>,
}

impl Hole {
    /// Waits for ever once this connection hangs.
    async fn swallow(&self) {
        if self.number < *self.below.borrow() {
            std::future::pending::<()>().await;
        }
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, hole: &Hole) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        hole.swallow().await;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
