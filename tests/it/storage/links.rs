//! Links to results: whoever has one needs no key, until it expires or is revoked.

use bytestack::model::api_key::Scope;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{completed, path};
use crate::support::process::Server;
use crate::support::rows::Rows;
use crate::support::{Answer, TestApp, TestOptions};

const CREATE: &str =
    "mutation ($input: CreateDownloadLinkInput!) { createDownloadLink(input: $input) {
    downloadLink { id url storageKey createdAt expiresAt revokedAt active storageObject { key } }
    userErrors { code path message } } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeDownloadLink(input: { downloadLinkId: $id }) {
    downloadLink { id url revokedAt active } userErrors { code path } } }";

async fn create(app: &TestApp, input: Value) -> Value {
    app.graphql(CREATE, json!({ "input": input })).await["createDownloadLink"].clone()
}

/// A link to a result: its id and its path.
async fn link(app: &TestApp, input: Value) -> (String, String) {
    let payload = create(app, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    let url = payload["downloadLink"]["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", app.address)).unwrap();
    assert!(path.starts_with("/v1/download/") && path.len() == 13 + 43, "{path}");
    (payload["downloadLink"]["id"].as_str().unwrap().to_owned(), path.to_owned())
}

async fn follow(app: &TestApp, path: &str) -> Answer {
    Answer::of(app.request(Method::GET, path)).await
}

fn assert_closed(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.json()["code"], code);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_link_gets_the_result_as_with_a_key() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app).await;
    let whole = app.get(&path(&key)).await;
    for name in [&key, &job, &query] {
        let (_, address) = link(&app, json!({ "storageKey": name })).await;
        let answer = follow(&app, &address).await;
        assert_eq!((answer.status.as_u16(), &answer.bytes), (200, &whole.bytes));
        for header in
            ["etag", "content-type", "content-disposition", "repr-digest", "accept-ranges"]
        {
            assert_eq!(answer.header(header), whole.header(header), "{header}");
        }
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-robots-tag"), "noindex");
        let part = app.request(Method::GET, &address).header("range", "bytes=3-6");
        let part = Answer::of(part).await;
        assert_eq!((part.status.as_u16(), &part.bytes[..]), (206, &whole.bytes[3..7]));
        let known =
            app.request(Method::GET, &address).header("if-none-match", whole.header("etag"));
        assert_eq!(Answer::of(known).await.status, StatusCode::NOT_MODIFIED);
        let head = Answer::of(app.request(Method::HEAD, &address)).await;
        assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
        let table = follow(&app, &format!("{address}?format=csv")).await;
        assert!(table.header("content-type").starts_with("text/csv"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_by_itself_by_hand_or_with_its_result() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [_, _, key] = completed(&app).await;
    let hour = json!({ "storageKey": key, "expiresInSeconds": 3600 });
    let ((_, short), (id, long)) = (
        link(&app, hour).await,
        link(&app, json!({ "storageKey": key, "expiresInSeconds": 7_776_000 })).await,
    );
    app.clock.advance(3_600_000 - 1);
    assert_eq!(follow(&app, &short).await.status, StatusCode::OK);
    app.clock.advance(1);
    assert_closed(&follow(&app, &short).await, StatusCode::GONE, "DOWNLOAD_LINK_EXPIRED");
    assert_eq!(follow(&app, &long).await.status, StatusCode::OK);
    let revoked = app.graphql(REVOKE, json!({ "id": id })).await["revokeDownloadLink"].clone();
    let at = json!("2026-11-23T18:30:00Z");
    let shown = json!({ "id": id, "url": null, "revokedAt": at, "active": false });
    assert_eq!(revoked, json!({ "downloadLink": shown, "userErrors": [] }));
    assert_closed(&follow(&app, &long).await, StatusCode::GONE, "DOWNLOAD_LINK_REVOKED");
    app.clock.advance(1_000);
    let again = app.graphql(REVOKE, json!({ "id": id })).await["revokeDownloadLink"].clone();
    assert_eq!(again["downloadLink"]["revokedAt"], at, "it stays as it was");
    for unknown in ["x".repeat(43), "%20".to_owned(), id] {
        let answer = follow(&app, &format!("/v1/download/{unknown}")).await;
        assert_closed(&answer, StatusCode::NOT_FOUND, "DOWNLOAD_LINK_UNKNOWN");
    }
    let (id, last) = link(&app, json!({ "storageKey": key })).await;
    let rows = Rows::at(&app.database_url()).await;
    rows.execute("DELETE FROM result_body").await;
    rows.execute("DELETE FROM storage_object").await;
    app.forgets_rows().await;
    assert_closed(&follow(&app, &last).await, StatusCode::GONE, "RESULT_DELETED");
    let node = "query ($id: ID!) { node(id: $id) { ... on DownloadLink { storageKey url storageObject { id } } } }";
    let node = app.graphql(node, json!({ "id": id })).await["node"].clone();
    assert_eq!(node, json!({ "storageKey": key, "url": null, "storageObject": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_made_once_a_key_and_listed_without_their_address() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [_, _, key] = completed(&app).await;
    let input = json!({ "storageKey": key, "expiresInSeconds": 60, "idempotencyKey": "one" });
    let first = create(&app, input.clone()).await["downloadLink"].clone();
    let again = create(&app, input.clone()).await["downloadLink"].clone();
    assert!(first["url"].is_string());
    assert_eq!([&again["id"], &again["url"]], [&first["id"], &Value::Null]);
    let codes = |payload: Value| payload["userErrors"][0]["code"].as_str().unwrap().to_owned();
    let other = json!({ "storageKey": key, "expiresInSeconds": 61, "idempotencyKey": "one" });
    assert_eq!(codes(create(&app, other.clone()).await), "IDEMPOTENCY_KEY_REUSED");
    app.clock.advance(24 * 3_600_000 + 1);
    assert_eq!(create(&app, other).await["userErrors"], json!([]), "a key lives for a day");
    for (input, code, field) in [
        (json!({ "storageKey": "nothing" }), "STORAGE_OBJECT_NOT_FOUND", "storageKey"),
        (
            json!({ "storageKey": key, "expiresInSeconds": 0 }),
            "EXPIRES_IN_SECONDS_OUT_OF_RANGE",
            "expiresInSeconds",
        ),
        (
            json!({ "storageKey": key, "expiresInSeconds": 7_776_001 }),
            "EXPIRES_IN_SECONDS_OUT_OF_RANGE",
            "expiresInSeconds",
        ),
        (
            json!({ "storageKey": key, "idempotencyKey": "" }),
            "IDEMPOTENCY_KEY_INVALID",
            "idempotencyKey",
        ),
    ] {
        let payload = create(&app, input.clone()).await;
        assert_eq!(payload["downloadLink"], Value::Null);
        assert_eq!(payload["userErrors"][0]["path"], json!([field]), "{input}");
        assert_eq!(codes(payload), code, "{input}");
    }
    let list = "query ($filter: DownloadLinkFilter) { downloadLinks(first: 9, filter: $filter) {
        totalCount nodes { id url active storageObject { key } } } }";
    let all = app.graphql(list, json!({})).await["downloadLinks"].clone();
    assert_eq!(all["totalCount"], 2);
    assert_eq!(all["nodes"][1]["id"], first["id"], "newest first");
    assert_eq!([&all["nodes"][0]["url"], &all["nodes"][1]["url"]], [&Value::Null; 2]);
    assert_eq!([&all["nodes"][0]["active"], &all["nodes"][1]["active"]], [true, false]);
    let none = app.graphql(list, json!({ "filter": { "storageKey": "other" } })).await;
    assert_eq!(none["downloadLinks"], json!({ "totalCount": 0, "nodes": [] }));

    let odd = json!({ "filter": { "storageKey": "\u{0}" } });
    assert_eq!(app.graphql(list, odd).await["downloadLinks"]["totalCount"], 0);

    let reader = app.key(app.workspace, Scope::Read).await;
    let (_, stranger) = app.stranger().await;
    let asked = json!({ "input": { "storageKey": key } });
    let refused = app.try_graphql(&reader, CREATE, asked.clone()).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let theirs =
        app.try_graphql(&stranger, CREATE, asked).await["data"]["createDownloadLink"].clone();
    assert_eq!(codes(theirs), "STORAGE_OBJECT_NOT_FOUND");
    let theirs = app.try_graphql(&stranger, REVOKE, json!({ "id": first["id"] })).await;
    assert_eq!(codes(theirs["data"]["revokeDownloadLink"].clone()), "DOWNLOAD_LINK_NOT_FOUND");

    app.clock.advance(90 * 24 * 3_600_000);
    assert_eq!(app.running().domain.remove_expired_links().await.unwrap(), 1, "one is a day older");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_the_rows_do_not_have_what_is_secret() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &["--log", "info,bytestack=trace"], &[]);
    let client = &server.client;
    client.upload_posts(4).await;
    let asked = client.ask(1).await;
    let ended = client.ends_after(&asked["cursor"], 1).await;
    let input = json!({ "input": { "storageKey": ended[0]["storageKey"] } });
    let made = client.graphql(CREATE, input).await["createDownloadLink"]["downloadLink"].clone();
    let url = made["url"].as_str().unwrap();
    let (_, token) = url.rsplit_once('/').unwrap();
    let follow = async || client.get(&format!("/v1/download/{token}")).await.status.as_u16();
    assert_eq!(follow().await, 200);
    let rows = Rows::at(&format!("sqlite://{}", data.path().join("bytestack.db").display())).await;
    let kept = rows.text("SELECT secret_hash || object_id || id FROM download_link").await;
    assert!(!kept.contains(token), "{kept}");
    let entry = rows.text("SELECT detail FROM audit_entry WHERE operation = 'createDownloadLink'");
    assert!(!entry.await.contains(token));
    rows.execute("ALTER TABLE download_link RENAME TO gone").await;
    assert_eq!(follow().await, 500);
    let log = server.process.terminate().log;
    assert!(log.contains("/v1/download/{token}"), "the request is there: {log}");
    assert!(!log.contains(token), "{log}");
}
