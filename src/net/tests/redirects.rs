use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderValue};

use super::server::{Server, Then, ok, redirect};
use super::*;

/// Answers `/start` with the redirect and everything else with its own words.
async fn redirecting(status: u16, location: String) -> Server {
    Server::start(move |request| {
        let is_start = request.split(' ').nth(1) == Some("/start");
        (if is_start { redirect(status, &location) } else { ok("there") }, Then::KeepOpen)
    })
    .await
}

fn post(url: String) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
    headers.insert(COOKIE, HeaderValue::from_static("b=c"));
    headers.insert("x-kept", HeaderValue::from_static("kept"));
    let mut secret = HeaderValue::from_static("secret");
    secret.set_sensitive(true);
    headers.insert("x-key", secret);
    Request { method: Method::POST, body: b"body".to_vec(), headers, redirects: 3, ..get(url) }
}

#[tokio::test]
async fn a_redirect_is_the_answer_unless_it_may_be_followed() {
    let server = redirecting(302, "/next".to_owned()).await;
    let answer = send(get(server.url("/start"))).await.unwrap();
    assert_eq!((answer.status, answer.headers["location"].as_bytes()), (302, &b"/next"[..]));
    let request = Request { redirects: 1, ..get(server.url("/start")) };
    let answer = send(request).await.unwrap();
    assert_eq!((answer.status, answer.url.path()), (200, "/next"));
    assert_eq!(answer.body, b"there");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let inner = Server::saying(ok("secret"), Then::KeepOpen).await;
    let targets = [
        inner.url("/"),
        format!("http://localhost:{}/", inner.address.port()),
        format!("//2130706433:{}/", inner.address.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", inner.address.port()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ];
    let mut servers = Vec::new();
    for target in targets {
        servers.push((redirecting(302, target.clone()).await, target));
    }
    let ports = servers.iter().map(|(server, _)| host("127.0.0.1", server.address.port()));
    let egress = egress(&ports.collect::<Vec<_>>());
    for (server, target) in &servers {
        let request = Request { redirects: 3, ..get(server.url("/start")) };
        let error = egress.send(request).await.unwrap_err();
        let is_refusal = matches!(&error, NetError::Forbidden(message) if message.starts_with("after a redirect: "));
        assert!(is_refusal, "{target}: {error:?}");
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_or_to_nonsense_is_refused() {
    for target in
        ["file:///etc/passwd", "ftp://example.com/", "http://u:p@example.com/", "http://["]
    {
        let server = redirecting(301, target.to_owned()).await;
        let request = Request { redirects: 3, ..get(server.url("/start")) };
        let error = send(request).await.unwrap_err();
        assert!(matches!(error, NetError::InvalidUrl(_)), "{target}: {error:?}");
    }
    let server = redirecting(301, "http://example.com/".to_owned()).await;
    let request = Request { redirects: 3, schemes: Schemes::Https, ..get(server.url("/start")) };
    // With a network allowed, a look-up would have to tell; with a host, nothing is looked up.
    let listed = egress(&[host("127.0.0.1", server.address.port())]);
    let error = listed.send(request).await.unwrap_err();
    assert!(matches!(error, NetError::InvalidUrl(_)), "plain http: {error:?}");
}

#[tokio::test]
async fn a_circle_of_redirects_ends_with_their_number() {
    let server = redirecting(302, "/start".to_owned()).await;
    let request = Request { redirects: 4, ..get(server.url("/start")) };
    let answer = send(request).await.unwrap();
    assert_eq!((answer.status, server.requests().len()), (302, 5));
}

#[tokio::test]
async fn the_method_follows_the_rules_of_browsers() {
    for (status, expected) in
        [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
    {
        let server = redirecting(status, "/next".to_owned()).await;
        send(post(server.url("/start"))).await.unwrap();
        let second = server.requests().pop().unwrap();
        assert!(second.starts_with(&format!("{expected} /next ")), "{status}: {second}");
        assert_eq!(second.ends_with("\r\n\r\nbody"), expected == "POST", "{status}: {second}");
        assert_eq!(second.contains("content-type"), expected == "POST", "{status}: {second}");
        // It is the same origin still.
        assert!(
            second.contains("authorization: Bearer a") && second.contains("cookie"),
            "{second}"
        );
    }
    let server = redirecting(302, "/next".to_owned()).await;
    let put = Request { method: Method::PUT, ..post(server.url("/start")) };
    send(put).await.unwrap();
    assert!(server.requests()[1].starts_with("PUT /next "));
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let other = Server::saying(ok("there"), Then::KeepOpen).await;
    let server = redirecting(307, other.url("/next")).await;
    let allow = [&server, &other].map(|server| host("127.0.0.1", server.address.port()));
    let answer = egress(&allow).send(post(server.url("/start"))).await.unwrap();
    assert_eq!(answer.url.as_str(), other.url("/next"));
    let (first, second) = (server.requests().remove(0), other.requests().remove(0));
    for header in ["authorization", "cookie", "x-key"] {
        assert!(first.contains(header), "{first}");
        assert!(!second.contains(header), "{second}");
    }
    assert!(second.contains("x-kept: kept") && second.ends_with("\r\n\r\nbody"), "{second}");
}
