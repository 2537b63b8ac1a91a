//! How connections end: every close code, its cause, and what is cleaned up.

use std::time::Duration;

use bytestack::http::ws::WsOptions;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::SubProtocolError::NoSubProtocol;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::toy::{PATH, Toy};
use crate::support::ws::WsClient;

enum Step {
    /// Send `connection_init` with a key and wait for the acknowledgement.
    Init,
    /// Send `connection_init` with this key and wait for nothing.
    Knock(&'static str),
    Text(String),
    Frame(Message),
}

use Step::{Frame as Raw, Init, Knock, Text};

fn text(text: &str) -> Step {
    Text(text.to_owned())
}

fn subscribe(id: &str) -> Step {
    let payload = json!({"query": r#"subscription { silence(name: "s") }"#});
    Text(json!({"id": id, "type": "subscribe", "payload": payload}).to_string())
}

fn short(timer: fn(&mut WsOptions) -> &mut Duration) -> WsOptions {
    let mut options = WsOptions::default();
    *timer(&mut options) = Duration::from_millis(50);
    options
}

/// Plays the steps on a fresh connection and returns how the server ended it.
async fn ending(options: WsOptions, steps: Vec<Step>) -> (u16, String) {
    let toy = Toy::start(options).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    for step in steps {
        match step {
            Init => client.init("good").await,
            Knock(key) => {
                let payload = json!({"authorization": format!("Bearer {key}")});
                client.send_json(json!({"type": "connection_init", "payload": payload})).await;
            }
            Text(text) => client.send_text(&text).await,
            Raw(frame) => client.send_frame(frame).await,
        }
    }
    client.expect_close().await
}

async fn expect_endings<const N: usize>(
    options: WsOptions,
    cases: [(Vec<Step>, u16, &'static str); N],
) {
    for (number, (steps, code, reason)) in cases.into_iter().enumerate() {
        let (got, why) = ending(options.clone(), steps).await;
        assert_eq!(got, code, "case {number}, {reason}: {why}");
        assert!(why.contains(reason), "case {number}, {reason}: {why}");
    }
}

#[tokio::test]
async fn who_does_not_get_in_is_told_why() {
    let nameless = || text(r#"{"type":"connection_init"}"#);
    let cases = [
        (vec![subscribe("1")], 4401, "Unauthorized"),
        (vec![Knock("slow"), subscribe("1")], 4401, "Unauthorized"),
        (vec![Knock("wrong")], 4403, "unknown key"),
        (vec![nameless()], 4403, "unknown key"),
        (vec![Knock("down")], 1013, "no database"),
        (vec![Knock("crash")], 1013, "authentication failed"),
        (vec![Knock("slow"), Knock("good")], 4429, "Too many"),
    ];
    expect_endings(WsOptions::default(), cases).await;
}

#[tokio::test]
async fn who_takes_too_long_to_get_in_is_closed() {
    let pong = || text(r#"{"type":"pong"}"#);
    let cases = [
        (vec![], 4408, "initialisation timeout"),
        (vec![pong()], 4408, "initialisation timeout"),
        (vec![Knock("slow")], 1013, "took too long"),
    ];
    expect_endings(short(|options| &mut options.init_timeout), cases).await;
}

#[tokio::test]
async fn a_fault_on_an_open_connection_closes_it() {
    let options = WsOptions { max_message_bytes: 1000, ..WsOptions::default() };
    let binary = Message::binary(b"{}".to_vec());
    let not_utf8 = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    let cases = [
        (vec![Init, Knock("good")], 4429, "Too many"),
        (vec![Init, subscribe("é"), subscribe("é")], 4409, "for é al"),
        (vec![Init, Raw(binary)], 4400, "not binary"),
        (vec![Init, Text("x".repeat(1000))], 4400, "not JSON"),
        (vec![Init, Text("x".repeat(1001))], 1009, "larger than 1000"),
        (vec![Init, Text("x".repeat(9000))], 1009, "larger than 1000"),
        (vec![Init, Raw(Message::Frame(not_utf8))], 1007, "not UTF-8"),
    ];
    expect_endings(options, cases).await;
}

#[tokio::test]
async fn malformed_messages_close_with_4400_and_say_why() {
    let query = r#"{"query":"{hello}"}"#;
    let cases = [
        ("{", "not JSON"),
        ("[\"ping\"]", "must be a JSON object"),
        ("\"ping\"", "must be a JSON object"),
        ("{}", "'type'"),
        (r#"{"type":1}"#, "'type'"),
        (r#"{"type":"start"}"#, "'start'"),
        (r#"{"type":"next","id":"1","payload":{}}"#, "'next'"),
        (r#"{"type":"ping","payload":"now"}"#, "'ping'"),
        (r#"{"type":"pong","payload":[]}"#, "'pong'"),
        (r#"{"type":"connection_init","payload":"Bearer good"}"#, "'connection_init'"),
        (r#"{"type":"complete"}"#, "'complete'"),
        (&format!(r#"{{"type":"subscribe","payload":{query}}}"#), "'id'"),
        (&format!(r#"{{"type":"subscribe","id":"","payload":{query}}}"#), "'id'"),
        (&format!(r#"{{"type":"subscribe","id":1,"payload":{query}}}"#), "'id'"),
        (r#"{"type":"subscribe","id":"1"}"#, "payload"),
        (r#"{"type":"subscribe","id":"1","payload":["{hello}"]}"#, "payload"),
        (r#"{"type":"subscribe","id":"1","payload":{}}"#, "'query'"),
        (r#"{"type":"subscribe","id":"1","payload":{"query":null}}"#, "'query'"),
        (
            r#"{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[1]}}"#,
            "not a GraphQL request",
        ),
    ];
    for (message, reason) in cases {
        let (code, why) = ending(WsOptions::default(), vec![Init, text(message)]).await;
        assert_eq!(code, 4400, "{message}: {why}");
        assert!(why.contains(reason), "{message}: {why}");
    }
}

#[tokio::test]
async fn a_long_reason_is_cut_between_characters() {
    let message = json!({"type": "é".repeat(200)}).to_string();
    let (code, reason) = ending(WsOptions::default(), vec![Text(message)]).await;
    assert_eq!(code, 4400);
    assert!((120..=123).contains(&reason.len()), "{} bytes", reason.len());
    assert!(reason.ends_with('é'), "{reason}");
}

#[tokio::test]
async fn without_the_subprotocol_nobody_stays() {
    let toy = Toy::start(WsOptions::default()).await;
    let connecting = WsClient::connect_offering(toy.addr, PATH, None).await;
    let (code, reason) = connecting.unwrap().expect_close().await;
    assert_eq!((code, reason.as_str()), (4406, "Subprotocol not acceptable"));
    for offer in ["graphql-ws", "graphql-transport-ws2, soap"] {
        let connecting = WsClient::connect_offering(toy.addr, PATH, Some(offer)).await;
        let nothing_chosen = ProtocolError::SecWebSocketSubProtocolError(NoSubProtocol);
        match connecting.err() {
            Some(Error::Protocol(error)) => assert_eq!(error, nothing_chosen, "{offer}"),
            other => panic!("{offer}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn one_of_several_offered_subprotocols_is_enough() {
    let toy = Toy::start(WsOptions::default()).await;
    let offer = Some("graphql-ws, graphql-transport-ws");
    let connecting = WsClient::connect_offering(toy.addr, PATH, offer).await;
    connecting.unwrap().init("good").await;
}

#[tokio::test]
async fn a_stop_tells_every_client_and_waits_for_them() {
    let mut toy = Toy::start(WsOptions::default()).await;
    let mut busy = WsClient::connect(toy.addr, PATH).await;
    busy.init("good").await;
    let query = r#"subscription { silence(name: "s") }"#;
    busy.subscribe("1", query, Value::Null).await;
    toy.signal("s started").await;
    let mut idle = WsClient::connect(toy.addr, PATH).await;

    toy.shutdown.cancel();
    for client in [&mut busy, &mut idle] {
        let (code, reason) = client.expect_close().await;
        assert_eq!((code, reason.as_str()), (1012, "service restart"));
    }
    toy.signal("s dropped").await;
    toy.sockets.close();
    let all_gone = tokio::time::timeout(Duration::from_secs(10), toy.sockets.wait());
    all_gone.await.expect("a socket outlived the stop");
}

#[tokio::test]
async fn what_was_queued_is_sent_before_the_close() {
    let toy = Toy::start(WsOptions::default()).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    for _ in 0..20 {
        client.send_json(json!({"type": "ping"})).await;
    }
    client.send_text("{").await;
    for _ in 0..20 {
        assert_eq!(client.next_json().await, json!({"type": "pong"}));
    }
    assert_eq!(client.expect_close().await.0, 4400);
}

#[tokio::test]
async fn a_revoked_session_is_closed() {
    let toy = Toy::start(WsOptions::default()).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    toy.revoke.cancel();
    assert_eq!(client.expect_close().await, (4403, "key revoked".to_owned()));
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_operations_along() {
    for politely in [true, false] {
        let mut toy = Toy::start(WsOptions::default()).await;
        let mut client = WsClient::connect(toy.addr, PATH).await;
        client.init("good").await;
        let query = r#"subscription { silence(name: "s") }"#;
        client.subscribe("1", query, Value::Null).await;
        toy.signal("s started").await;
        if politely {
            client.send_frame(Message::Close(None)).await;
        }
        drop(client);
        toy.signal("s dropped").await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_is_closed() {
    let toy = Toy::start(short(|options| &mut options.ping_every)).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    assert_eq!(client.next_json().await, json!({"type": "ping"}));
    let (code, reason) = client.expect_close().await;
    assert_eq!((code, reason.as_str()), (4499, "no answer to ping"));
}

#[tokio::test]
async fn any_message_counts_as_an_answer() {
    let ping_every = Duration::from_millis(400);
    let toy = Toy::start(WsOptions { ping_every, ..WsOptions::default() }).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    let answers = [
        Message::text(r#"{"type":"pong"}"#),
        Message::text(r#"{"type":"complete","id":"never used"}"#),
        Message::Ping(Vec::new().into()),
    ];
    for answer in answers {
        assert_eq!(client.next_json().await, json!({"type": "ping"}));
        client.send_frame(answer).await;
    }
    assert_eq!(client.next_json().await, json!({"type": "ping"}));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_as_too_slow() {
    let mut toy = Toy::start(short(|options| &mut options.send_timeout)).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    client.subscribe("1", "subscription { flood }", Value::Null).await;
    toy.signal("flood dropped").await;
    loop {
        match client.next_frame("4499").await {
            Some(Message::Close(Some(frame))) => {
                assert_eq!(u16::from(frame.code), 4499);
                assert_eq!(frame.reason.as_str(), "client too slow");
                return;
            }
            Some(Message::Text(_)) => {}
            other => panic!("no close frame but {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_still_heard() {
    let mut toy = Toy::start(WsOptions { outbound_capacity: 1, ..WsOptions::default() }).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    for name in ["first", "second"] {
        let query = format!("subscription {{ silence(name: \"{name}\") }}");
        client.subscribe(name, &query, Value::Null).await;
    }
    let query = "subscription { boulder(megabytes: 24) }";
    client.subscribe("boulder", query, Value::Null).await;
    toy.signal("boulder handed on").await;
    for name in ["first", "second"] {
        client.send_json(json!({"type": "complete", "id": name})).await;
        toy.signal(&format!("{name} dropped")).await;
    }
}
