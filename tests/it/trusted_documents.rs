//! Trusted documents: named by their hash on every transport, and where the operator wants it the only ones.

use std::fs;
use std::path::Path;

use bytestack::model::api_key::Scope;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::tempdir;

use crate::support::process::run_in;
use crate::support::sse::SseClient;
use crate::support::ws::WsClient;
use crate::support::{Answer, TestApp, TestOptions, question};

const RESPONSE: &str = "application/graphql-response+json";
const UNTRUSTED: &str = "{ sources { name } }";

/// An example of the playground, as its file has it.
fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/operations");
    fs::read_to_string(folder.join(format!("{name}.graphql"))).unwrap()
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn extension(hash: &str) -> Value {
    json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
}

fn id(hash: &str) -> Value {
    json!({ "documentId": format!("sha256:{hash}") })
}

/// Both objects in one.
fn and(one: Value, other: &Value) -> Value {
    let (Value::Object(mut one), Value::Object(other)) = (one, other.clone()) else {
        panic!("two objects");
    };
    one.extend(other);
    Value::Object(one)
}

fn trusted() -> TestOptions {
    let settings = [("DOCUMENTS", "trusted".to_owned())].into();
    TestOptions { settings, ..TestOptions::default() }
}

fn posting(app: &TestApp, sent: &Value) -> RequestBuilder {
    app.authorized(Method::POST, "/graphql").json(sent)
}

/// The same request with its members as parameters.
fn getting(app: &TestApp, sent: &Value) -> RequestBuilder {
    let pair = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let escaped: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("{name}={}", escaped.concat())
    };
    let pairs: Vec<String> = sent.as_object().unwrap().iter().map(pair).collect();
    app.authorized(Method::GET, &format!("/graphql?{}", pairs.join("&")))
}

/// The answer of a stream with one result.
async fn streamed(request: RequestBuilder) -> Value {
    let mut stream = SseClient::open(request).await;
    let answer = stream.next().await.unwrap().json();
    assert!(stream.next().await.unwrap().is_complete(), "{answer:#}");
    assert_eq!(stream.next().await, None);
    answer
}

async fn subscribe(socket: &mut WsClient, id: &str, sent: &Value) {
    socket.send_json(json!({ "id": id, "type": "subscribe", "payload": sent })).await;
}

/// The answer on a socket, whose `error` has the errors alone.
async fn on_socket(app: &TestApp, sent: &Value) -> Value {
    let mut socket = app.socket().await;
    subscribe(&mut socket, "1", sent).await;
    let mut message = socket.next_event("1").await;
    if message["type"] == "error" {
        return json!({ "errors": message["payload"] });
    }
    assert_eq!(message["type"], "next", "{message:#}");
    assert_eq!(socket.next_event("1").await["type"], "complete");
    message["payload"].take()
}

/// What one request is answered on each transport.
async fn everywhere(app: &TestApp, sent: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("POST", Answer::of(posting(app, sent)).await.json()),
        ("GET", Answer::of(getting(app, sent)).await.json()),
        ("events by POST", streamed(posting(app, sent)).await),
        ("events by GET", streamed(getting(app, sent)).await),
        ("socket", on_socket(app, sent).await),
    ]
}

async fn expect_sources(app: &TestApp, sent: &Value) {
    for (transport, answer) in everywhere(app, sent).await {
        let sources = answer["data"]["sources"].as_array();
        assert!(sources.is_some_and(|sources| !sources.is_empty()), "{transport} {sent}: {answer}");
        assert!(answer.get("errors").is_none(), "{transport} {sent}: {answer}");
    }
}

/// One error and no data, everywhere; answers its message.
async fn expect_refusal(app: &TestApp, sent: &Value, code: &str) -> String {
    let mut said = String::new();
    for (transport, answer) in everywhere(app, sent).await {
        let what = format!("{transport} {sent}: {answer:#}");
        assert!(answer.get("data").is_none(), "{what}");
        let [error] = answer["errors"].as_array().unwrap().as_slice() else { panic!("{what}") };
        assert_eq!(error["extensions"]["code"], code, "{what}");
        assert_eq!(error["extensions"]["retryable"], false, "{what}");
        let request = error["extensions"]["requestId"].as_str().unwrap_or_default();
        assert!(request.starts_with("req_"), "{what}");
        error["message"].as_str().unwrap().clone_into(&mut said);
    }
    for request in [posting(app, sent), getting(app, sent)] {
        let answer = Answer::of(request.header("accept", RESPONSE)).await;
        assert_eq!(answer.status, 400, "{sent}");
    }
    for request in [posting(app, sent), getting(app, sent)] {
        assert_eq!(Answer::of(request).await.status, 200, "{sent}, as JSON");
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_named_by_its_hash_on_every_transport() {
    for options in [TestOptions::default(), trusted()] {
        let app = TestApp::with(options).await;
        let text = example("5-sources");
        let hash = hash(&text);
        for named in [
            extension(&hash),
            id(&hash),
            and(id(&hash), &extension(&hash)),
            and(id(&hash), &json!({ "query": "" })),
            and(id(&hash), &json!({ "extensions": { "persistedQuery": null } })),
            and(extension(&hash), &json!({ "query": text })),
            and(id(&hash), &json!({ "query": text })),
            json!({ "query": text, "extensions": { "other": 1 } }),
        ] {
            expect_sources(&app, &named).await;
        }
        let jobs = self::hash(&example("4-jobs"));
        let with = json!({ "operationName": "Jobs", "variables": { "first": 1 } });
        for (transport, answer) in everywhere(&app, &and(id(&jobs), &with)).await {
            assert_eq!(answer["data"]["jobs"]["totalCount"], 0, "{transport}: {answer:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_text_runs_beside_its_own_hash_unless_others_are_refused() {
    let app = TestApp::start().await;
    let sent = and(extension(&hash(UNTRUSTED)), &json!({ "query": UNTRUSTED }));
    expect_sources(&app, &sent).await;
    // It was not learned by that.
    expect_refusal(&app, &extension(&hash(UNTRUSTED)), "PERSISTED_QUERY_NOT_FOUND").await;
    let app = TestApp::with(trusted()).await;
    expect_refusal(&app, &sent, "FORBIDDEN").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_names_no_document_is_refused() {
    for options in [TestOptions::default(), trusted()] {
        let app = TestApp::with(options).await;
        let text = example("5-sources");
        let (right, other) = (hash(&text), hash(&example("4-jobs")));
        for unknown in [extension(&hash("{ unknown }")), id(&hash("{ unknown }"))] {
            let said = expect_refusal(&app, &unknown, "PERSISTED_QUERY_NOT_FOUND").await;
            assert!(said.contains("documents_dir"), "{said}");
        }
        let query = json!({ "query": text });
        for wrong in [
            and(extension(&other), &query),
            and(id(&other), &query),
            and(id(&other), &extension(&right)),
            and(and(id(&other), &extension(&right)), &query),
            id(&right[1..]),
            id(&format!("{right}00")),
            json!({ "documentId": right }),
            json!({ "documentId": "x-own:7" }),
            and(json!({ "documentId": "x-own:7" }), &query),
            json!({ "extensions": { "persistedQuery": { "sha256Hash": right } } }),
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": right } } }),
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": 7 } } }),
            json!({ "extensions": { "persistedQuery": { "version": 1 } } }),
            and(json!({ "extensions": { "persistedQuery": "sha256" } }), &query),
        ] {
            expect_refusal(&app, &wrong, "BAD_USER_INPUT").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_trusted_documents_are_taken_where_the_operator_wants_it() {
    let app = TestApp::with_posts(trusted()).await;
    let text = example("5-sources");
    for untrusted in [
        UNTRUSTED.to_owned(),
        "{ __schema { queryType { name } } }".to_owned(),
        // Refused as it is, not for what it says.
        "{ sources {".to_owned(),
        "{ nobodyKnows }".to_owned(),
        format!("{text}\n"),
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        text.replacen("# ", "#  ", 1),
    ] {
        let said = expect_refusal(&app, &json!({ "query": untrusted }), "FORBIDDEN").await;
        assert!(
            said.contains("only trusted documents") && said.contains("documents_dir"),
            "{said}"
        );
    }
    expect_sources(&app, &json!({ "query": text })).await;

    let nobody = app.request(Method::POST, "/graphql").json(&json!({ "query": UNTRUSTED }));
    let nobody = Answer::of(nobody).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");

    let asked = app.post("/v1/queries", question_by_rest()).await;
    assert_eq!(asked.status, 202, "{}", asked.json());
    app.running().idle().await.unwrap();
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&format!("/v1/storage/{id}")).await.status, 200);
}

fn question_by_rest() -> Value {
    let asked = question();
    json!({ "prompt": asked["prompt"], "sources": asked["sources"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_and_a_subscription_are_named_like_a_query() {
    let app = TestApp::with_posts(trusted()).await;
    let (ask, follow) = (id(&hash(&example("1-ask"))), extension(&hash(&example("2-follow"))));
    let input = json!({ "variables": { "input": question() } });
    for sent in [and(ask.clone(), &input), ask.clone()] {
        let by_get = Answer::of(getting(&app, &sent)).await;
        assert_eq!((by_get.status.as_u16(), by_get.header("allow")), (405, "POST"), "{sent}");
    }
    let missing = Answer::of(posting(&app, &ask)).await.json();
    assert_eq!(missing["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{missing:#}");
    let mut asked = Answer::of(posting(&app, &and(ask.clone(), &input))).await.json();
    let asked = asked["data"]["createQuery"].take();
    assert_eq!(asked["userErrors"], json!([]), "{asked:#}");
    app.running().idle().await.unwrap();

    let after = |cursor: &Value| and(follow.clone(), &json!({ "variables": { "after": cursor } }));
    let sent = after(&asked["cursor"]);
    for request in [posting(&app, &sent), getting(&app, &sent)] {
        let event = SseClient::open(request).await.next().await.unwrap().json();
        assert_eq!(event["data"]["jobCompleted"]["jobId"], asked["job"]["id"], "{event:#}");
    }
    let mut socket = app.socket().await;
    subscribe(&mut socket, "follow", &sent).await;
    let event = socket.next_event("follow").await["payload"].take();
    assert_eq!(event["data"]["jobCompleted"]["jobId"], asked["job"]["id"], "{event:#}");
    // One that cannot begin ends with an error, as if its text had been sent.
    let lost = after(&json!("v1:made:up:9"));
    let text = json!({ "query": example("2-follow"), "variables": lost["variables"] });
    for (name, sent) in [("named", lost), ("sent", text)] {
        subscribe(&mut socket, name, &sent).await;
        let refused = socket.next_event(name).await;
        assert_eq!(refused["type"], "error", "{refused:#}");
        let extensions = &refused["payload"][0]["extensions"];
        assert_eq!(extensions["reason"], "CURSOR_INVALID", "{refused:#}");
    }
    // What is refused leaves the socket and its other operations alone.
    subscribe(&mut socket, "untrusted", &json!({ "query": UNTRUSTED })).await;
    assert_eq!(socket.next_event("untrusted").await["type"], "error");
    let again = Answer::of(posting(&app, &and(ask, &input))).await.json();
    let event = socket.next_event("follow").await["payload"].take();
    let job = &again["data"]["createQuery"]["job"]["id"];
    assert_eq!(&event["data"]["jobCompleted"]["jobId"], job, "{event:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_named_is_weighed_and_needs_its_scope_like_any_other() {
    let app = TestApp::with_posts(trusted()).await;
    let reader = app.key(app.workspace, Scope::Read).await;
    let sent = and(id(&hash(&example("1-ask"))), &json!({ "variables": { "input": question() } }));
    let request = app.request(Method::POST, "/graphql").bearer_auth(reader).json(&sent);
    let answer = Answer::of(request).await.json();
    assert_eq!(answer["errors"][0]["path"], json!(["createQuery"]), "{answer:#}");
    let sent = and(id(&hash(&example("6-deliveries"))), &json!({ "variables": { "first": 100 } }));
    let answer = Answer::of(posting(&app, &sent)).await.json();
    let cost = answer["extensions"]["cost"]["requested"].as_u64();
    assert!(cost.is_some_and(|cost| cost > 1_000), "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_adds_documents_that_are_taken_and_named() {
    let folder = tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("own.graphql", UNTRUSTED);
    file(
        "two.graphql",
        "query A { workspace { id } } query B($n: Int!) { jobs(first: $n) { totalCount } }",
    );
    file("notes.txt", "{ notGraphQL");
    for policy in ["any", "trusted"] {
        let place = folder.path().display().to_string();
        let settings = [("DOCUMENTS", policy.to_owned()), ("DOCUMENTS_DIR", place)].into();
        let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
        for sent in [id(&hash(UNTRUSTED)), json!({ "query": UNTRUSTED })] {
            expect_sources(&app, &sent).await;
        }
        expect_sources(&app, &id(&hash(&example("5-sources")))).await;
        expect_refusal(&app, &id(&hash("{ notGraphQL")), "PERSISTED_QUERY_NOT_FOUND").await;
    }
}

#[test]
fn a_folder_that_cannot_be_trusted_ends_the_start_and_is_named() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("b.graphql");
    fs::write(folder.path().join("a.graphql"), UNTRUSTED).unwrap();
    let place = folder.path().to_str().unwrap();
    let start = |documents: &str| {
        let data = tempdir().unwrap();
        let settings = [("BYTESTACK_DOCUMENTS_DIR", documents)];
        let ended = run_in(data.path(), &["serve"], &settings);
        assert_eq!((ended.code, &ended.printed), (Some(1), &Vec::new()), "{ended:?}");
        let left = fs::read_dir(data.path()).unwrap().count();
        assert_eq!(left, 0, "no key is made that nobody is shown");
        ended.log
    };
    let nowhere = folder.path().join("nowhere").display().to_string();
    let log = start(&nowhere);
    let expected = format!("cannot read the folder of trusted documents {nowhere}: ");
    assert!(log.contains(&expected) && log.contains("documents_dir"), "{log}");

    let name = file.display().to_string();
    let texts: [(&[u8], &str); 5] = [
        (b"{ sources {", "line 1, column 12"),
        (b"{ sources {\n nobodyKnows } }", "line 2, column 2: Unknown field \"nobodyKnows\""),
        (b"query ($id: ID!) { job { id } }", "argument \"id\""),
        (b"", "line 1, column 1"),
        (b"# \xff\n{ sources { name } }", "UTF-8"),
    ];
    for (text, reason) in texts {
        fs::write(&file, text).unwrap();
        let log = start(place);
        assert!(log.contains(&name) && log.contains(reason), "{reason}: {log}");
        assert!(!log.contains("a.graphql"), "{log}");
    }
}

/// The tour is a client like any other.
#[test]
fn the_tour_is_taken_where_only_trusted_documents_are() {
    let data = tempdir().unwrap();
    let ended = run_in(data.path(), &["demo", "--exit"], &[("BYTESTACK_DOCUMENTS", "trusted")]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
