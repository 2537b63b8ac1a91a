//! Every root field and every route, as nobody, with too small a key, and from another workspace:
//! what is not the caller's looks the same as what does not exist.

pub mod tables;

use std::collections::BTreeSet;

use bytestack::model::api_key::Scope;
use bytestack::model::id::WorkspaceId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::rows::Rows;
use crate::support::schema::root_fields;
use crate::support::ws::WsClient;
use crate::support::{Answer, TestApp, TestOptions, question, with};
use tables::{FIELDS, OPEN, ROUTES, routes};

/// What a workspace has, by the names that operations and routes use.
struct Things(Value);

impl Things {
    async fn of(app: &TestApp, receiver: &Receiver) -> Self {
        let webhook = json!({ "webhookUrl": receiver.url("/") });
        let ended = app.ended(&app.ask(with(question(), webhook)).await).await;
        app.running().idle().await.unwrap();
        let delivery = app.graphql("{ deliveries(first: 1) { nodes { id } } }", json!({})).await;
        let delivery = &delivery["deliveries"]["nodes"][0]["id"];
        let event = app.graphql("{ events(first: 1) { nodes { id } } }", json!({})).await;
        let object = "query ($key: String!) { storageObject(key: $key) { id } }";
        let object = app.graphql(object, json!({ "key": ended["storageKey"] })).await;
        let (query, job) = (&ended["queryId"], &ended["jobId"]);
        let workspace = app.workspace.to_string();
        let spare = app.upload("spare", "text/csv", "text\nAcme\n").await.json()["id"].clone();
        let entry = app.graphql("{ auditLog(first: 1) { nodes { id } } }", json!({})).await;
        let entry = &entry["auditLog"]["nodes"][0]["id"];
        let (event, object) = (&event["events"]["nodes"][0]["id"], &object["storageObject"]["id"]);
        let cursor = ended["cursor"].as_str().unwrap().rsplit_once(':').unwrap().0;
        let endpoint = json!({ "url": receiver.url("/own"), "events": ["storage.deleted"] });
        let endpoint = app.register(endpoint).await.0;
        let domain = &app.running().domain;
        let key = domain.create_api_key(app.workspace, "spare", Scope::Read).await.unwrap().0.id;
        let link = "mutation ($key: String!) { createDownloadLink(input: {storageKey: $key}) {
            downloadLink { id } } }";
        let link = app.graphql(link, json!({ "key": ended["storageKey"] })).await;
        let link = &link["createDownloadLink"]["downloadLink"]["id"];
        let pin =
            "mutation ($id: ID!) { pinChart(input: {queryId: $id, chart: TREND}) { pin { id } } }";
        let pin = app.graphql(pin, json!({ "id": query })).await["pinChart"]["pin"]["id"].take();
        Self(json!({
            "link": link, "pin": pin, "query": query, "job": job, "key": ended["storageKey"], "name": "posts",
            "cursor": format!("{cursor}:0"), "source": "dataset:posts",
            "apiKey": key.to_string(), "spare": "spare", "endpoint": endpoint,
            "delivery": delivery,
            "all": [
                query, job, event, object, workspace, delivery, key.to_string(), spare, entry,
                endpoint,
                link, pin,
            ],
        }))
    }

    /// The same kinds of names, of nothing that ever was.
    fn never() -> Self {
        let id = |prefix: &str| format!("{prefix}_{}", "0".repeat(26));
        let all = ["qry", "job", "evt", "obj", "ws", "dlv", "key", "ds", "aud", "wh", "lnk", "pin"];
        let all: Vec<String> = all.map(id).into();
        Self(json!({
            "link": id("lnk"), "pin": id("pin"), "query": id("qry"), "job": id("job"), "key": format!("{}_x.json", id("qry")),
            "name": "never", "cursor": format!("v1:{}:0:0", id("ws")),
            "source": "dataset:never", "spare": "never", "apiKey": id("key"),
            "endpoint": id("wh"), "delivery": id("dlv"), "all": all,
        }))
    }

    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        for name in ["query", "job", "key", "name", "cursor"] {
            path = path.replace(&format!("{{{name}}}"), self.0[name].as_str().unwrap());
        }
        path
    }

    /// Whether a text holds any id of these.
    fn show_in(&self, text: &str) -> bool {
        let ids = self.0["all"].as_array().unwrap().iter().chain([&self.0["key"]]);
        ids.map(|id| id.as_str().unwrap()).any(|id| text.contains(id))
    }
}

/// Executes an operation where its kind is executed: subscriptions answer with their first event.
async fn execute(app: &TestApp, key: &str, text: &str, things: &Things) -> Value {
    if !text.starts_with("subscription") {
        return app.try_graphql(key, text, things.0.clone()).await;
    }
    let mut socket = WsClient::connect(app.address, "/graphql").await;
    socket.init(key).await;
    socket.subscribe("it", text, things.0.clone()).await;
    let message = socket.next_event("it").await;
    match message["type"].as_str() {
        Some("error") => json!({ "errors": message["payload"] }),
        _ => message["payload"].clone(),
    }
}

/// What a caller can tell answers apart by: not the id of the request, nor what was asked for.
fn essence(answer: &Value, asked: &Things) -> Value {
    let mut answer = answer.clone();
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"] = Value::Null;
    }
    let mut text = answer.to_string();
    for name in ["key", "query", "job", "cursor", "source", "name"] {
        text = text.replace(asked.0[name].as_str().unwrap(), name);
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_root_field_and_route_is_in_the_tables() {
    let fields = root_fields().map(|(root, field)| format!("{root}.{field}")).collect();
    let known: BTreeSet<String> = FIELDS.iter().map(|(field, ..)| (*field).to_owned()).collect();
    assert_eq!(known, fields, "a root field needs a row that says who may use it");

    let known: BTreeSet<&str> =
        ROUTES.iter().map(|row| row.1).chain(OPEN.iter().copied()).collect();
    assert_eq!(known, routes(), "a route needs a row that says who may use it");
}

#[tokio::test(flavor = "multi_thread")]
async fn root_fields_answer_to_the_right_callers_only() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    let (own, never) = (Things::of(&app, &receiver).await, Things::never());
    let (_, stranger) = app.stranger().await;
    let rows = Rows::at(&app.database_url()).await;
    // What is asked from here on waits until the end, so that there are open jobs to be seen.
    rows.execute("UPDATE workspace SET running_cap = 0").await;
    let reader = app.key(app.workspace, Scope::Read).await;
    let writer = app.key(app.workspace, Scope::Write).await;
    for (field, scope, text) in FIELDS {
        let what = format!("{field}: {text}");
        if !text.starts_with("subscription") {
            let nobody = execute(&app, "bsk_nobody", text, &own).await;
            assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{what}");
            assert!(nobody.get("data").is_none(), "{what}");
        }
        for (key, has) in
            [(&reader, Scope::Read), (&writer, Scope::Write), (&app.key, Scope::Admin)]
        {
            let answer = execute(&app, key, text, &own).await;
            if has < *scope {
                assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{what}");
                continue;
            }
            assert!(answer.get("errors").is_none(), "{what}: {answer:#}");
            let text = answer.to_string();
            let is_ours = own.show_in(&text)
                || text.contains("dataset:")
                || text.contains("evt_")
                || text.contains("s3.<region>");
            assert!(is_ours, "{what}: the owner finds something: {answer:#}");
        }
        let theirs = execute(&app, &stranger, text, &own).await;
        let nothing = execute(&app, &stranger, text, &never).await;
        assert!(!own.show_in(&theirs["data"].to_string()), "{what}: {theirs:#}");
        assert_eq!(essence(&theirs, &own), essence(&nothing, &never), "{what}");
    }
    rows.execute("UPDATE workspace SET running_cap = NULL").await;
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_without_a_key_are_closed() {
    let app = TestApp::start().await;
    let mut socket = WsClient::connect(app.address, "/graphql").await;
    socket.subscribe("1", "subscription { jobCompleted { id } }", json!({})).await;
    assert_eq!(socket.expect_close().await.0, 4401);
    for payload in [
        json!({}),
        json!({ "authorization": "Bearer bsk_no" }),
        json!({ "authorization": app.key }),
    ] {
        let mut socket = WsClient::connect(app.address, "/graphql").await;
        socket.send_json(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.expect_close().await.0, 4403, "{payload}");
    }
}

/// Sends the request of a row.
async fn call(app: &TestApp, key: Option<&str>, method: &str, path: &str) -> Answer {
    let request = app.request(method.parse::<Method>().unwrap(), path);
    let request = match method {
        "PUT" => request.header("content-type", "text/csv").body("text\nAcme\n"),
        "POST" => request.json(&question()),
        _ => request,
    };
    Answer::of(match key {
        Some(key) => request.bearer_auth(key),
        None => request,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_answer_to_the_right_callers_only() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    let (own, never) = (Things::of(&app, &receiver).await, Things::never());
    let (_, stranger) = app.stranger().await;
    let reader = app.key(app.workspace, Scope::Read).await;
    for (method, route, template, scope) in ROUTES {
        let (path, what) = (own.path(template), format!("{method} {route}"));
        for key in [None, Some("bsk_nobody")] {
            let answer = call(&app, key, method, &path).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
        }
        let answer = call(&app, Some(&reader), method, &path).await;
        if *scope > Scope::Read {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert_eq!(answer.json()["code"], "FORBIDDEN", "{what}");
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{what}");
        let theirs = call(&app, Some(&stranger), method, &path).await;
        let nothing = call(&app, Some(&stranger), method, &never.path(template)).await;
        let expected = match *route {
            // A cursor is no thing to be found.
            "/v1/events" | "/v1/storage/export" => StatusCode::BAD_REQUEST,
            // A list is there for everybody, with what is theirs.
            "/v1/datasets" | "/v1/storage" | "/v1/webhooks/public-key" => StatusCode::OK,
            _ => StatusCode::NOT_FOUND,
        };
        assert_eq!([theirs.status, nothing.status], [expected; 2], "{what}");
        // What is refused may repeat what was asked for.
        let shown = String::from_utf8_lossy(&theirs.bytes);
        assert!(theirs.status != StatusCode::OK || !own.show_in(&shown), "{what}: {shown}");
        let said = |answer: &Answer, things: &Things| {
            let document = if answer.bytes.is_empty() { Value::Null } else { answer.json() };
            essence(&document, things)
        };
        assert_eq!(said(&theirs, &own), said(&nothing, &never), "{what}");
    }
    let theirs = call(&app, Some(&stranger), "POST", "/v1/queries").await;
    assert_eq!(theirs.json()["code"], "SOURCE_UNKNOWN", "our dataset is not theirs to ask");
    let uploaded = call(&app, Some(&stranger), "PUT", "/v1/datasets/posts").await.json();
    assert_eq!(uploaded["version"], 1, "theirs, beside ours");
    assert_eq!(app.get("/v1/datasets/posts").await.json()["documents"], 3);
    assert_eq!(app.counts().await, [1, 1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_no_longer_works() {
    let app = TestApp::start().await;
    let domain = &app.running().domain;
    let (key, secret) = domain.create_api_key(app.workspace, "brief", Scope::Read).await.unwrap();
    assert_eq!(app.get_as(&secret, "/v1/storage/x").await.status, StatusCode::NOT_FOUND);
    let elsewhere: WorkspaceId = app.another_workspace().await;
    assert!(domain.revoke_api_key(elsewhere, key.id).await.is_err(), "only its own workspace may");
    assert_eq!(app.get_as(&secret, "/v1/storage/x").await.status, StatusCode::NOT_FOUND);
    domain.revoke_api_key(app.workspace, key.id).await.unwrap();
    assert_eq!(app.get_as(&secret, "/v1/storage/x").await.status, StatusCode::UNAUTHORIZED);
    let answer = app.try_graphql(&secret, "{ workspace { id } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let mut socket = WsClient::connect(app.address, "/graphql").await;
    let payload = json!({ "authorization": format!("Bearer {secret}") });
    socket.send_json(json!({ "type": "connection_init", "payload": payload })).await;
    assert_eq!(socket.expect_close().await.0, 4403);
    assert_eq!(app.get("/v1/storage/x").await.status, StatusCode::NOT_FOUND, "others still work");
}
