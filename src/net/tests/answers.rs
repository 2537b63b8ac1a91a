//! Answers of every kind, and what does not become one.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::server::{Server, Then, ok};
use super::*;

const SHORT: Duration = Duration::from_millis(150);

async fn answer(bytes: impl Into<Vec<u8>>, then: Then) -> Result<Response, NetError> {
    let server = Server::saying(bytes, then).await;
    let request = Request { deadline: SHORT * 10, ..get(server.url("/")) };
    send(request).await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn gzip_answer(packed: &[u8], length: usize) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), packed].concat()
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::saying(ok("a"), Then::KeepOpen).await;
    let egress = egress(&[host("127.0.0.1", server.address.port())]);
    for _ in 0..3 {
        let clone = egress.clone();
        assert_eq!(clone.send(get(server.url("/"))).await.unwrap().body, b"a");
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 3));
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked_and_says_who_asks() {
    let server = Server::saying(ok(""), Then::KeepOpen).await;
    let mut headers = HeaderMap::new();
    headers.insert("x-a", "b".parse().unwrap());
    let request = Request {
        method: Method::POST,
        body: b"body".to_vec(),
        headers,
        ..get(server.url("/p?q=1"))
    };
    send(request.clone()).await.unwrap();
    let mut own_agent = Request { method: Method::GET, body: Vec::new(), ..request };
    own_agent.headers.insert("user-agent", "own".parse().unwrap());
    send(own_agent).await.unwrap();
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    assert!(
        first.starts_with("POST /p?q=1 HTTP/1.1\r\n") && first.ends_with("\r\n\r\nbody"),
        "{first}"
    );
    assert!(first.contains("x-a: b\r\n"), "{first}");
    let agent = format!("user-agent: ByteStack/{}\r\n", env!("CARGO_PKG_VERSION"));
    assert!(first.contains(&agent), "{first}");
    assert!(second.contains("user-agent: own\r\n") && !second.contains("ByteStack"), "{second}");
    assert!(!second.contains("content-length"), "{second}");
}

#[tokio::test]
async fn any_status_is_an_answer() {
    for status in [204, 304, 404, 429, 500, 503] {
        let head = format!("HTTP/1.1 {status} X\r\nretry-after: 7\r\n");
        let length = if status < 400 { "" } else { "content-length: 0\r\n" };
        let found = answer(format!("{head}{length}\r\n"), Then::KeepOpen).await.unwrap();
        assert_eq!((found.status, found.headers["retry-after"].as_bytes()), (status, &b"7"[..]));
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_what_is_wanted() {
    let server = Server::saying(ok(&"a".repeat(100)), Then::KeepOpen).await;
    for (max_body, length, truncated) in
        [(0, 0, true), (99, 99, true), (100, 100, false), (101, 100, false)]
    {
        let found = send(Request { max_body, ..get(server.url("/")) }).await.unwrap();
        assert_eq!((found.body.len(), found.truncated), (length, truncated), "{max_body}");
    }
    let empty = answer(ok(""), Then::KeepOpen).await.unwrap();
    assert_eq!((empty.body.len(), empty.truncated), (0, false));
}

#[tokio::test]
async fn a_body_without_end_is_left_when_enough_of_it_came() {
    let server = Server::saying("HTTP/1.1 200 OK\r\n\r\n", Then::Drip).await;
    let found = send(Request { max_body: 3, ..get(server.url("/")) }).await;
    let found = found.unwrap();
    assert_eq!((found.body.as_slice(), found.truncated), (&b"xxx"[..], true));
}

#[tokio::test]
async fn a_compressed_body_is_measured_unpacked() {
    let bomb = gzip(&vec![b'0'; 8 << 20]);
    let found = answer(gzip_answer(&bomb, bomb.len()), Then::KeepOpen).await.unwrap();
    assert_eq!((found.body.len(), found.truncated), (1 << 20, true));
    let small = gzip(b"plain text");
    let found = answer(gzip_answer(&small, small.len()), Then::KeepOpen).await.unwrap();
    assert_eq!((found.body.as_slice(), found.truncated), (&b"plain text"[..], false));
}

#[tokio::test]
async fn a_body_that_ends_early_never_looks_whole() {
    let packed = gzip(b"plain text, long enough to be cut");
    let cut = &packed[..packed.len() - 9];
    let mut garbled = packed.clone();
    garbled[12] ^= 0xff;
    let cases: [(&str, Vec<u8>); 7] = [
        ("length", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345".to_vec()),
        ("length, no byte", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n".to_vec()),
        ("chunk", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123".to_vec()),
        (
            "last chunk",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n".to_vec(),
        ),
        ("gzip, length kept", gzip_answer(cut, cut.len())),
        ("gzip and length", gzip_answer(cut, packed.len())),
        ("gzip, garbled", gzip_answer(&garbled, garbled.len())),
    ];
    for (name, bytes) in cases {
        let error = answer(bytes, Then::Close).await.unwrap_err();
        let is_told =
            matches!(&error, NetError::Broken(message) if message.contains("before it was whole"));
        assert!(is_told, "{name}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_no_answer() {
    let cases: [&[u8]; 5] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-",
        b"\x15\x03\x03\x00\x02\x02\x46",
    ];
    for bytes in cases {
        let error = answer(bytes, Then::Close).await.unwrap_err();
        assert!(matches!(error, NetError::Broken(_)), "{bytes:?}: {error:?}");
        assert_eq!(error.code(), "CONNECTION_BROKEN");
    }
}

#[tokio::test]
async fn the_deadline_holds_for_silence_and_for_drops() {
    let cases = [
        ("no answer", "", Then::Silence),
        ("half a head", "HTTP/1.1 200 OK\r\n", Then::Silence),
        ("head alone", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", Then::Silence),
        ("part of a body", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n123", Then::Silence),
        ("a body in drops", "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", Then::Drip),
        ("a head in drops", "HTTP/1.1 200 OK\r\nx-a: ", Then::Drip),
    ];
    for (name, bytes, then) in cases {
        let server = Server::saying(bytes, then).await;
        let began = std::time::Instant::now();
        let request = Request { deadline: SHORT, ..get(server.url("/")) };
        let error = send(request).await.unwrap_err();
        assert_eq!(error, NetError::Timeout(SHORT), "{name}");
        assert!(began.elapsed() < SHORT * 10, "{name}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(get(format!("http://{address}/"))).await.unwrap_err();
    assert_eq!(error, NetError::Connect(format!("{address} refuses connections")));
}
