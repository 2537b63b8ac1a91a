//! What is said on a connection that stays open: results, errors, completion, pings.

use std::time::Duration;

use bytestack::http::ws::WsOptions;
use serde_json::{Value, json};

use super::toy::{PATH, Toy};
use crate::support::ws::WsClient;

/// More megabytes than socket buffers hold, and fewer than the client accepts in one frame.
const BOULDER: usize = 15;

async fn connected(options: WsOptions) -> (Toy, WsClient) {
    let toy = Toy::start(options).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    client.init("good").await;
    (toy, client)
}

/// Proves that nothing is on its way: the answer to a ping is the next message.
async fn expect_silence(client: &mut WsClient) {
    client.send_json(json!({"type": "ping", "payload": {"are": "you there"}})).await;
    let pong = json!({"type": "pong", "payload": {"are": "you there"}});
    assert_eq!(client.next_json().await, pong);
}

/// The messages of one operation up to its end: payloads of `next`, then the type that ended it.
async fn play(client: &mut WsClient, query: &str, variables: Value) -> (Vec<Value>, Value) {
    client.subscribe("1", query, variables).await;
    let mut payloads = Vec::new();
    loop {
        let mut message = client.next_event("1").await;
        if message["type"] != "next" {
            expect_silence(client).await;
            return (payloads, message);
        }
        payloads.push(message["payload"].take());
    }
}

#[tokio::test]
async fn results_come_as_next_and_end_with_complete() {
    let (_toy, mut client) = connected(WsOptions::default()).await;
    let cases = [
        ("{ hello }", Value::Null, vec![json!({"hello": "hello world"})]),
        (
            "query($n: String) { hello(name: $n) }",
            json!({"n": "Ann"}),
            vec![json!({"hello": "hello Ann"})],
        ),
        ("{ caller }", json!({}), vec![json!({"caller": "good"})]),
        ("mutation { double(number: 21) }", json!({}), vec![json!({"double": 42})]),
        ("subscription { count(to: 0) }", json!({}), vec![]),
        (
            "subscription($to: Int!) { n: count(to: $to) }",
            json!({"to": 3}),
            vec![json!({"n": 1}), json!({"n": 2}), json!({"n": 3})],
        ),
    ];
    for (query, variables, expected) in cases {
        let (payloads, end) = play(&mut client, query, variables).await;
        let data: Vec<Value> = payloads.iter().map(|payload| payload["data"].clone()).collect();
        assert_eq!(data, expected, "{query}");
        assert_eq!(end, json!({"id": "1", "type": "complete"}), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_executed_ends_with_error_alone() {
    let (_toy, mut client) = connected(WsOptions::default()).await;
    let cases = [
        ("{ hello", "expected"),
        ("{ nothing }", "nothing"),
        ("query($to: Int!) { hello }", "to"),
        ("query a { hello } query b { hello }", "peration"),
        ("subscription { nothing }", "nothing"),
        ("subscription { refused }", "unknown epoch"),
        ("query q { hello } subscription s { refused }", "peration"),
    ];
    for (query, message) in cases {
        let (payloads, end) = play(&mut client, query, json!({})).await;
        assert_eq!(payloads, Vec::<Value>::new(), "{query}");
        assert_eq!(end["type"], "error", "{query}: {end}");
        let text = end["payload"][0]["message"].as_str().unwrap_or_default();
        assert!(text.contains(message), "{query}: {end}");
    }
}

#[tokio::test]
async fn a_refused_subscription_keeps_its_code() {
    let (_toy, mut client) = connected(WsOptions::default()).await;
    let (_, end) = play(&mut client, "subscription { refused }", json!({})).await;
    assert_eq!(end["payload"][0]["extensions"], json!({"code": "CURSOR_INVALID"}));
}

#[tokio::test]
async fn a_failed_field_is_a_result() {
    let (_toy, mut client) = connected(WsOptions::default()).await;
    let cases = [
        ("{ optional }", vec![(json!({"optional": null}), "optional is broken")]),
        ("{ required }", vec![(Value::Null, "required is broken")]),
        (
            "subscription { stumbling }",
            vec![(Value::Null, "bad start"), (json!({"stumbling": 2}), "")],
        ),
        ("subscription { expiring }", vec![(json!({"expiring": 1}), ""), (Value::Null, "too old")]),
    ];
    for (query, expected) in cases {
        let (payloads, end) = play(&mut client, query, json!({})).await;
        let results: Vec<(Value, &str)> = payloads
            .iter()
            .map(|payload| {
                let message = payload["errors"][0]["message"].as_str();
                (payload["data"].clone(), message.unwrap_or_default())
            })
            .collect();
        assert_eq!(results, expected, "{query}");
        assert_eq!(end["type"], "complete", "{query}");
    }
}

#[tokio::test]
async fn the_operation_name_chooses() {
    let (_toy, mut client) = connected(WsOptions::default()).await;
    let query = "query a { a: hello } subscription b { refused } subscription c { count(to: 1) }";
    for (name, kind) in [("a", "next"), ("b", "error"), ("c", "next")] {
        let payload = json!({"query": query, "operationName": name, "variables": null});
        client.send_json(json!({"type": "subscribe", "id": name, "payload": payload})).await;
        assert_eq!(client.next_event(name).await["type"], kind, "{name}");
    }
}

#[tokio::test]
async fn pings_are_answered_at_any_time() {
    let toy = Toy::start(WsOptions::default()).await;
    let mut client = WsClient::connect(toy.addr, PATH).await;
    let cases = [
        (json!({"type": "ping"}), json!({"type": "pong"})),
        (json!({"type": "ping", "payload": null}), json!({"type": "pong"})),
        (
            json!({"type": "ping", "payload": {"b": 1, "a": [2]}}),
            json!({"type": "pong", "payload": {"b": 1, "a": [2]}}),
        ),
    ];
    for acknowledged in [false, true] {
        if acknowledged {
            client.init("good").await;
        }
        for (ping, pong) in &cases {
            client.send_json(ping.clone()).await;
            assert_eq!(client.next_json().await, *pong);
        }
        client.send_json(json!({"type": "pong", "payload": {"unasked": true}})).await;
    }
}

#[tokio::test]
async fn a_burst_larger_than_the_queue_is_answered_in_full() {
    let options = WsOptions { outbound_capacity: 1, ..WsOptions::default() };
    let (_toy, mut client) = connected(options).await;
    for number in 0..100 {
        client.send_json(json!({"type": "ping", "payload": {"number": number}})).await;
    }
    client.subscribe("1", "subscription { count(to: 100) }", json!({})).await;
    for number in 0..100 {
        assert_eq!(client.next_json().await["payload"]["number"], number);
    }
    for number in 1..=100 {
        let event = client.next_event("1").await;
        assert_eq!(event["payload"]["data"]["count"], number);
    }
    assert_eq!(client.next_event("1").await["type"], "complete");
}

#[tokio::test]
async fn after_its_complete_a_client_hears_nothing_more() {
    let (mut toy, mut client) = connected(WsOptions::default()).await;
    let query = "subscription { published }";
    client.subscribe("1", query, json!({})).await;
    toy.signal("published started").await;
    toy.publish.send(1).unwrap();
    assert_eq!(client.next_event("1").await["payload"]["data"]["published"], 1);

    client.send_json(json!({"type": "complete", "id": "1"})).await;
    toy.signal("published dropped").await;
    assert_eq!(toy.publish.receiver_count(), 0);
    expect_silence(&mut client).await;

    client.subscribe("1", query, json!({})).await;
    toy.signal("published started").await;
    toy.publish.send(2).unwrap();
    assert_eq!(client.next_event("1").await["payload"]["data"]["published"], 2);
}

/// Fills the socket with one message that nobody reads: what follows it has to queue.
async fn jammed(options: WsOptions) -> (Toy, WsClient) {
    let (mut toy, mut client) = connected(options).await;
    let query = format!("subscription {{ boulder(megabytes: {BOULDER}) }}");
    client.subscribe("big", &query, json!({})).await;
    toy.signal("boulder handed on").await;
    (toy, client)
}

#[tokio::test]
async fn a_complete_also_silences_what_was_queued() {
    let (mut toy, mut client) = jammed(WsOptions::default()).await;
    client.subscribe("small", "subscription { boulder(megabytes: 0) }", json!({})).await;
    toy.signal("boulder handed on").await;
    client.send_json(json!({"type": "complete", "id": "small"})).await;
    toy.signal("boulder dropped").await;
    assert_eq!(client.next_json().await["id"], "big");
    expect_silence(&mut client).await;
    expect_silence(&mut client).await;
}

#[tokio::test]
async fn a_checkpoint_waits_behind_what_it_covers() {
    let options = WsOptions { checkpoint_every: Duration::from_millis(50), ..WsOptions::default() };
    let (mut toy, mut client) = jammed(options).await;
    client.subscribe("f", "subscription { filtered }", json!({})).await;
    toy.signal("cursor read").await;
    assert_eq!(client.next_json().await["id"], "big");
    let event = client.next_json().await;
    assert_eq!(event["id"], "f", "{event}");
    let ping = client.next_json().await;
    assert_eq!(ping["payload"]["cursors"], json!({"f": "cursor-7"}));
}

#[tokio::test]
async fn operations_do_not_disturb_each_other() {
    let (mut toy, mut client) = connected(WsOptions::default()).await;
    client.subscribe("live", "subscription { published }", json!({})).await;
    toy.signal("published started").await;
    for (id, query) in [("bad", "{ nothing }"), ("crash", "{ crash }"), ("ok", "{ hello }")] {
        client.subscribe(id, query, json!({})).await;
    }
    assert_eq!(client.next_event("ok").await["type"], "next");
    assert_eq!(client.next_event("ok").await["type"], "complete");
    assert_eq!(client.next_event("bad").await["type"], "error");
    let crash = client.next_event("crash").await;
    assert_eq!(crash["type"], "error");
    assert_eq!(crash["payload"][0]["extensions"]["code"], "INTERNAL");
    assert!(!crash.to_string().contains("on purpose"), "{crash}");
    client.subscribe("crash", "{ hello }", json!({})).await;
    assert_eq!(client.next_event("crash").await["type"], "next");

    toy.publish.send(5).unwrap();
    assert_eq!(client.next_event("live").await["payload"]["data"]["published"], 5);
}

#[tokio::test]
async fn too_many_operations_are_refused_one_by_one() {
    let options = WsOptions { max_operations: 2, ..WsOptions::default() };
    let (mut toy, mut client) = connected(options).await;
    for name in ["a", "b"] {
        let query = format!("subscription {{ silence(name: \"{name}\") }}");
        client.subscribe(name, &query, json!({})).await;
        toy.signal(&format!("{name} started")).await;
    }
    client.subscribe("c", "{ hello }", json!({})).await;
    let refusal = client.next_event("c").await;
    assert_eq!(refusal["type"], "error");
    assert_eq!(refusal["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    assert_eq!(refusal["payload"][0]["extensions"]["retryable"], true);

    client.send_json(json!({"type": "complete", "id": "a"})).await;
    for _ in 0..5 {
        client.subscribe("c", "{ hello }", json!({})).await;
        assert_eq!(client.next_event("c").await["type"], "next");
        assert_eq!(client.next_event("c").await["type"], "complete");
    }
}

#[tokio::test]
async fn checkpoints_follow_what_they_cover() {
    let checkpoint_every = Duration::from_millis(50);
    let options = WsOptions { checkpoint_every, ..WsOptions::default() };
    let (_toy, mut client) = connected(options).await;
    client.subscribe("quiet", r#"subscription { silence(name: "q") }"#, json!({})).await;
    client.subscribe("f", "subscription { filtered }", json!({})).await;
    assert_eq!(client.next_json().await["payload"]["data"]["filtered"], 1);
    for _ in 0..2 {
        let ping = json!({"type": "ping", "payload": {"cursors": {"f": "cursor-7"}}});
        assert_eq!(client.next_json().await, ping);
    }
}
