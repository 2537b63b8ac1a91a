mod addresses;
mod answers;
mod fuzz;
mod names;
mod redirects;
mod server;
mod tls;
mod urls;

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;

use super::{Egress, NetError, Options, Request, Response, Schemes};
use crate::config::AllowPrivate;

fn network(text: &str) -> AllowPrivate {
    let net: ipnet::IpNet = text.parse().unwrap();
    AllowPrivate::Network { address: net.addr(), prefix: net.prefix_len() }
}

fn host(host: &str, port: u16) -> AllowPrivate {
    AllowPrivate::Host { host: host.to_owned(), port }
}

fn egress(allow: &[AllowPrivate]) -> Egress {
    Egress::new(allow).unwrap()
}

fn get(url: impl Into<String>) -> Request {
    Request {
        method: Method::GET,
        url: url.into(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        schemes: Schemes::HttpToo,
        redirects: 0,
        deadline: Duration::from_secs(5),
        max_body: 1 << 20,
    }
}

/// Allowed to reach every server of this machine; made once, as reading in authorities takes its time.
static LOOPBACK: LazyLock<Egress> = LazyLock::new(|| egress(&[network("127.0.0.0/8")]));

async fn send(request: Request) -> Result<Response, NetError> {
    LOOPBACK.send(request).await
}
