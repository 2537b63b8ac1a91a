//! Names, whose addresses only a look-up tells.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use super::server::{Server, Then, ok};
use super::*;
use crate::net::policy::{Policy, Rule};
use crate::net::resolve::Guard;
use crate::net::{Answer, Lookup};

/// Gives its answers one after the other, the last one again and again.
#[derive(Debug)]
struct Scripted(Mutex<VecDeque<Vec<SocketAddr>>>);

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let address = |text: &&str| match text.parse() {
            Ok(ip) => SocketAddr::new(ip, 0),
            Err(_) => text.parse().unwrap(),
        };
        let answers = answers.iter().map(|answer| answer.iter().map(address).collect());
        Arc::new(Self(Mutex::new(answers.collect())))
    }
}

impl Lookup for Scripted {
    fn lookup(&self, _name: &str) -> Answer {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}

fn with(allow: &[AllowPrivate], answers: &[&[&str]]) -> Egress {
    let options =
        Options { allow: allow.to_vec(), lookup: Scripted::new(answers), ..Options::default() };
    Egress::with(&options).unwrap()
}

fn named(server: &Server) -> String {
    format!("http://service.example:{}/", server.address.port())
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_and_nothing_is_dialled() {
    let server = Server::saying(ok("secret"), Then::KeepOpen).await;
    let answers: [&[&str]; 7] = [
        &["127.0.0.1"],
        &["8.8.8.8", "127.0.0.1"],
        &["127.0.0.1", "2606:4700::1111"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.1"],
        &["64:ff9b::7f00:1"],
    ];
    let egress = with(&[], &answers);
    for answer in answers {
        let error = egress.send(get(named(&server))).await.unwrap_err();
        let NetError::Forbidden(message) = &error else { panic!("{answer:?}: {error:?}") };
        assert!(message.starts_with("service.example leads to a"), "{message}");
        assert!(message.contains("BYTESTACK_ALLOW_PRIVATE"), "{message}");
        assert!(answer.iter().all(|address| !message.contains(address)), "{message}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_shows_a_public_address_first_gains_nothing() {
    let server = Server::saying(ok("secret"), Then::KeepOpen).await;
    let lookup = Scripted::new(&[&["8.8.8.8"], &["127.0.0.1"]]);
    let policy = Arc::new(Policy::new(&[]));
    let guard = Guard { lookup: lookup.clone(), policy, rule: Rule::Open };
    // What is judged is what is dialled, port aside.
    let first = guard.addresses("service.example").await.unwrap();
    assert_eq!(first, ["8.8.8.8:0".parse().unwrap()]);
    let egress = Egress::with(&Options { lookup, ..Options::default() }).unwrap();
    let second = egress.send(get(named(&server))).await;
    assert!(matches!(second, Err(NetError::Forbidden(_))), "{second:?}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_again_for_every_connection() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        Then::Close,
    )
    .await;
    let egress = with(&[network("127.0.0.1/32")], &[&["127.0.0.1"], &["127.0.0.2"]]);
    assert_eq!(egress.send(get(named(&server))).await.unwrap().body, b"ok");
    let second = egress.send(get(named(&server))).await;
    assert!(matches!(second, Err(NetError::Forbidden(_))), "{second:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_allowed_name_opens_its_own_port_alone_and_keeps_its_connection_to_itself() {
    let (allowed, other) = (
        Server::saying(ok("a"), Then::KeepOpen).await,
        Server::saying(ok("b"), Then::KeepOpen).await,
    );
    let egress = with(&[host("service.example", allowed.address.port())], &[&["127.0.0.1"]]);
    for _ in 0..2 {
        assert_eq!(egress.send(get(named(&allowed))).await.unwrap().body, b"a");
        let refused = egress.send(get(named(&other))).await;
        assert!(matches!(refused, Err(NetError::Forbidden(_))), "{refused:?}");
        let another = named(&allowed).replace("service", "another");
        let refused = egress.send(get(another)).await;
        assert!(matches!(refused, Err(NetError::Forbidden(_))), "{refused:?}");
    }
    assert_eq!((allowed.connections(), other.connections()), (1, 0));
}

#[tokio::test]
async fn the_systems_own_look_up_is_guarded_as_well() {
    let server = Server::saying(ok("a"), Then::KeepOpen).await;
    let url = format!("http://localhost:{}/", server.address.port());
    let loopback = [network("127.0.0.0/8"), network("::1/128")];
    assert_eq!(egress(&loopback).send(get(&url)).await.unwrap().body, b"a");
    let listed = [host("localhost", server.address.port())];
    assert_eq!(egress(&listed).send(get(&url)).await.unwrap().body, b"a");
    let refused = egress(&[]).send(get(&url)).await;
    assert!(matches!(refused, Err(NetError::Forbidden(_))), "{refused:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn plain_http_where_https_is_asked_for_needs_every_address_to_be_allowed() {
    let server = Server::saying(ok("a"), Then::KeepOpen).await;
    let allow = [network("127.0.0.0/8")];
    let request = || Request { schemes: Schemes::Https, ..get(named(&server)) };
    let egress = with(&allow, &[&["127.0.0.1", "8.8.8.8"], &["8.8.8.8"], &["127.0.0.1"]]);
    for _ in 0..2 {
        let refused = egress.send(request()).await;
        assert!(matches!(refused, Err(NetError::InvalidUrl(_))), "{refused:?}");
    }
    assert_eq!(egress.send(request()).await.unwrap().body, b"a");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn metadata_is_not_reached_by_name_whatever_is_allowed() {
    let allow = [network("0.0.0.0/0"), network("::/0"), host("service.example", 80)];
    let addresses = ["169.254.169.254", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "168.63.129.16"];
    let answers = addresses.map(|address| ["127.0.0.1", address]);
    // Each is given twice, as each is asked for under two names.
    let twice: Vec<&[&str]> = answers.iter().flat_map(|answer| [&answer[..]; 2]).collect();
    let egress = with(&allow, &twice);
    for address in addresses {
        for url in ["http://service.example/", "http://other.example/"] {
            let error = egress.send(get(url)).await.unwrap_err();
            let is_refusal =
                matches!(&error, NetError::Forbidden(message) if message.contains("metadata"));
            assert!(is_refusal, "{address}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_with_a_zone_is_refused() {
    let egress = with(&[], &[&["[fe80::1%3]:0"], &["[2606:4700::1111%3]:0"]]);
    for answer in ["within a link", "public but for its zone"] {
        let error = egress.send(get("http://service.example/")).await.unwrap_err();
        let expected = "service.example leads to a link-local address";
        assert!(error.to_string().starts_with(expected), "{answer}: {error}");
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_told_apart() {
    for answers in [&[][..], &[&[][..]]] {
        let error = with(&[], answers).send(get("http://service.example/")).await.unwrap_err();
        let expected = "service.example has no address; check its spelling";
        assert_eq!(error, NetError::Dns(expected.to_owned()));
    }
}

#[tokio::test]
async fn a_look_up_that_hangs_ends_with_the_deadline() {
    #[derive(Debug)]
    struct Hanging;
    impl Lookup for Hanging {
        fn lookup(&self, _name: &str) -> Answer {
            Box::pin(std::future::pending())
        }
    }
    let options = Options { lookup: Arc::new(Hanging), ..Options::default() };
    let deadline = Duration::from_millis(50);
    let request = Request { deadline, ..get("https://service.example/") };
    let answered = Egress::with(&options).unwrap().send(request).await;
    assert_eq!(answered.unwrap_err(), NetError::Timeout(deadline));
}
