//! A key has so many sockets, streams and waiting polls at once and no more; another key has its own.

use bytestack::model::api_key::Scope;
use reqwest::Method;
use serde_json::json;

use crate::support::sse::SseClient;
use crate::support::ws::WsClient;
use crate::support::{TestApp, TestOptions};

const FOLLOW: &str = "subscription { jobCompleted { seq } }";

/// Asks to be let in; the close frame when that is refused.
async fn knock(app: &TestApp, key: &str) -> Result<WsClient, (u16, String)> {
    let mut socket = WsClient::connect(app.address, "/graphql").await;
    let payload = json!({ "authorization": format!("Bearer {key}") });
    socket.send_json(json!({ "type": "connection_init", "payload": payload })).await;
    match socket.next_frame("an answer").await.unwrap() {
        frame if frame.is_text() => Ok(socket),
        tokio_tungstenite::tungstenite::Message::Close(Some(frame)) => {
            Err((frame.code.into(), frame.reason.to_string()))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_so_many_connections_and_no_more() {
    let mut options = TestOptions::default();
    options.settings.insert("CONNECTIONS_PER_KEY", "3".to_owned());
    let app = TestApp::with(options).await;
    let own = app.running().domain.all_workspaces().await.unwrap()[0].id;
    let other = app.key(own, Scope::Read).await;

    let first = knock(&app, &app.key).await.unwrap();
    let _second = knock(&app, &app.key).await.unwrap();
    let body = json!({ "query": FOLLOW });
    let request = || app.authorized(Method::POST, "/graphql").json(&body);
    let mut stream = SseClient::open(request()).await;

    let message = "this key has 3 connections open here; close one first";
    let refused = knock(&app, &app.key).await.err().unwrap();
    assert_eq!(refused, (1013, message.to_owned()));
    let refused = request().header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "10");
    assert!(refused.text().await.unwrap().contains("RATE_LIMITED"));
    let refused = app.get("/v1/events?wait=5").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (429, &json!("RATE_LIMITED")));
    // What does not stay is not counted, and another key has its own.
    assert_eq!(app.get("/v1/events").await.status, 200);
    app.graphql("{ workspace { id } }", json!({})).await;
    knock(&app, &other).await.unwrap();

    // Whoever leaves makes room; the server hears of it a moment later.
    drop(first);
    let mut tries = 0;
    while let Err(refused) = knock(&app, &app.key).await {
        tries += 1;
        assert!(tries < 1_000, "{refused:?}");
    }
    app.stop().await;
    assert_eq!(stream.next().await, None);
}
