//! A way to a server that can be made to swallow everything, as a firewall does: nothing is closed,
//! nothing is refused, nothing comes back.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub struct BlackHole {
    pub address: SocketAddr,
    is_open: watch::Sender<bool>,
    _serving: JoinSet<()>,
}

impl BlackHole {
    /// Passes everything on to this server, for now.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_open, opened) = watch::channel(false);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let opened = opened.clone();
                connections.spawn(async move {
                    swallow(&opened).await;
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    tokio::select! {
                        () = pass(from_client, to_server, &opened) => {}
                        () = pass(from_server, to_client, &opened) => {}
                    }
                });
            }
        });
        Self { address, is_open, _serving: serving }
    }

    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}

/// Waits for ever while it is open.
async fn swallow(opened: &watch::Receiver<bool>) {
    if *opened.borrow() {
        std::future::pending::<()>().await;
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, opened: &watch::Receiver<bool>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        swallow(opened).await;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
