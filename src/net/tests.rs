mod addresses;
mod answers;
mod names;
mod redirects;
mod server;
mod tls;
mod urls;

use std::net::SocketAddr;
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

/// Sends to a server of this machine that the operator allows by its address.
async fn send_to(address: SocketAddr, request: Request) -> Result<Response, NetError> {
    egress(&[host(&address.ip().to_string(), address.port())]).send(request).await
}
