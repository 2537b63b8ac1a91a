//! Sockets of browsers that are signed in: opened by pages of the service alone, and no longer there than
//! the session.

use std::time::{Duration, Instant};

use bytestack::model::api_key::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::{HOURS, WORKSPACE, sign_out, signed_in};
use crate::support::ws::WsClient;
use crate::support::{TestApp, TestOptions};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

async fn connect(
    app: &TestApp,
    headers: &[(&'static str, &str)],
) -> Result<WsClient, (StatusCode, String)> {
    let headers = [&[PROTOCOL], headers].concat();
    match WsClient::connect_sending(app.address, "/graphql", &headers).await {
        Ok(socket) => Ok(socket),
        Err(Error::Http(answer)) => {
            let body = answer.body().clone().unwrap_or_default();
            let body: Value = serde_json::from_slice(&body).unwrap();
            Err((answer.status(), body["code"].as_str().unwrap().to_owned()))
        }
        Err(error) => panic!("{error}"),
    }
}

async fn from_page(app: &TestApp, cookie: &str) -> WsClient {
    let origin = format!("http://{}", app.address);
    connect(app, &[("cookie", cookie), ("origin", &origin)]).await.unwrap()
}

async fn init(socket: &mut WsClient, payload: Value) {
    let message = if payload.is_null() {
        json!({ "type": "connection_init" })
    } else {
        json!({ "type": "connection_init", "payload": payload })
    };
    socket.send_json(message).await;
}

/// The workspace that an open socket is of.
async fn workspace(socket: &mut WsClient) -> Value {
    assert_eq!(socket.next_json().await, json!({ "type": "connection_ack" }));
    socket.subscribe("who", WORKSPACE, json!({})).await;
    socket.next_event("who").await["payload"]["data"]["workspace"]["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_with_a_cookie_needs_the_own_origin() {
    let app = TestApp::start().await;
    let cookie = signed_in(&app, &app.key).await;
    let own = format!("http://{}", app.address);
    let cookie = ("cookie", cookie.as_str());
    let (key, site) = (format!("Bearer {}", app.key), ("sec-fetch-site", "same-origin"));
    let refused = Some((StatusCode::FORBIDDEN, "SESSION_CROSS_ORIGIN".to_owned()));
    let elsewhere = ("origin", "http://evil.example");
    for (headers, expected) in [
        (&[cookie][..], &refused),
        (&[cookie, site], &refused),
        (&[cookie, site, elsewhere], &refused),
        (&[cookie, ("origin", "null")], &refused),
        (&[("cookie", "bytestack_session=unknown")], &refused),
        (&[cookie, ("origin", &own)], &None),
        (&[cookie, ("authorization", &key)], &None),
        (&[("cookie", "other=1"), elsewhere], &None),
        (&[elsewhere], &None),
    ] {
        assert_eq!(connect(&app, headers).await.err(), *expected, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_authorization_connection_init_means_the_cookie() {
    let app = TestApp::start().await;
    let elsewhere = app.another_workspace().await;
    let stranger = app.key(elsewhere, Scope::Read).await;
    let cookie = signed_in(&app, &app.key).await;
    for payload in [json!(null), json!({}), json!({ "other": 1 })] {
        let mut socket = from_page(&app, &cookie).await;
        init(&mut socket, payload).await;
        assert_eq!(workspace(&mut socket).await, app.workspace.to_string());
    }
    let mut socket = from_page(&app, &cookie).await;
    init(&mut socket, json!({ "authorization": format!("Bearer {stranger}") })).await;
    assert_eq!(workspace(&mut socket).await, elsewhere.to_string(), "a key beats the cookie");
    for wrong in [json!("Bearer bsk_no"), json!(null), json!("")] {
        let mut socket = from_page(&app, &cookie).await;
        init(&mut socket, json!({ "authorization": wrong })).await;
        assert_eq!(socket.expect_close().await.0, 4403, "{wrong}");
    }
    // With a header on the upgrade there is no cookie.
    let key = format!("Bearer {}", app.key);
    let headers = [("cookie", cookie.as_str()), ("authorization", &key)];
    let mut socket = connect(&app, &headers).await.unwrap();
    init(&mut socket, json!({})).await;
    assert_eq!(socket.expect_close().await.0, 4403);
    let mut socket = from_page(&app, "bytestack_session=unknown").await;
    init(&mut socket, json!({})).await;
    assert_eq!(socket.expect_close().await.0, 4403);
}

/// Waits until a socket is closed because its session is over.
async fn closes_in_time(mut socket: WsClient, since: Instant) {
    let reason = "the session has ended, or its API key was revoked; sign in again";
    assert_eq!(socket.expect_close().await, (4403, reason.to_owned()));
    let took = since.elapsed();
    assert!(took < Duration::from_secs(5), "after {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_with_its_session_within_five_seconds() {
    let app = TestApp::start().await;
    let domain = &app.running().domain;
    let (key, secret) = domain.create_api_key(app.workspace, "brief", Scope::Read).await.unwrap();
    let [signing_out, staying, expiring] = [
        signed_in(&app, &app.key).await,
        signed_in(&app, &app.key).await,
        signed_in(&app, &app.key).await,
    ];
    let revoked = signed_in(&app, &secret).await;
    let mut sockets = Vec::new();
    for cookie in [&signing_out, &revoked, &staying, &expiring] {
        let mut socket = from_page(&app, cookie).await;
        init(&mut socket, json!(null)).await;
        assert_eq!(workspace(&mut socket).await, app.workspace.to_string());
        assert_eq!(socket.next_event("who").await["type"], "complete");
        sockets.push(socket);
    }
    let [left, revoked, mut staying, expiring] = sockets.try_into().ok().unwrap();
    let since = Instant::now();
    sign_out(&app, &signing_out).await;
    domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    tokio::join!(closes_in_time(left, since), closes_in_time(revoked, since));
    staying.subscribe("still", WORKSPACE, json!({})).await;
    assert_eq!(staying.next_event("still").await["type"], "next", "others are not concerned");
    drop(staying);
    app.clock.advance(12 * HOURS);
    closes_in_time(expiring, Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_count_among_the_connections_of_their_key() {
    let settings = [("CONNECTIONS_PER_KEY", "1".to_owned())].into();
    let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
    let _first = app.socket().await;
    let cookie = signed_in(&app, &app.key).await;
    let mut socket = from_page(&app, &cookie).await;
    init(&mut socket, json!({})).await;
    assert_eq!(socket.expect_close().await.0, 1013);
}
