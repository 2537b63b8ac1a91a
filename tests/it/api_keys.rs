//! Keys as an administrator makes, lists and revokes them, and what each of them may do.

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions};

const CREATE: &str = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret
    apiKey { id name scope last4 createdAt expiresAt lastUsedAt revokedAt }
    userErrors { code message path } } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) {
    apiKey { id revokedAt } userErrors { code message path } } }";
const LIST: &str = "query ($first: Int, $after: String) { apiKeys(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name lastUsedAt revokedAt } } }";
const ASK: &str = "mutation { createQuery(input: { prompt: \"How many times was Acme mentioned?\", \
                   sources: [\"dataset:posts\"], run: false }) { userErrors { code } } }";

async fn create(app: &TestApp, input: Value) -> Value {
    app.graphql(CREATE, json!({ "input": input })).await["createApiKey"].clone()
}

async fn revoke(app: &TestApp, id: &Value) -> Value {
    app.graphql(REVOKE, json!({ "id": id })).await["revokeApiKey"].clone()
}

/// The code of the first error of an operation with a key, if it has any.
async fn refusal(app: &TestApp, key: &Value, text: &str) -> Value {
    let answer = app.try_graphql(key.as_str().unwrap(), text, json!({})).await;
    answer["errors"][0]["extensions"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_allows_what_it_says_and_is_listed() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let made = create(&app, json!({ "name": " reports ", "scope": "READ" })).await;
    assert_eq!(made["userErrors"], json!([]));
    let (key, secret) = (&made["apiKey"], &made["secret"]);
    assert_eq!([&key["name"], &key["scope"]], ["reports", "READ"]);
    assert!(secret.as_str().unwrap().ends_with(key["last4"].as_str().unwrap()), "{made:#}");
    assert_eq!(
        [&key["createdAt"], &key["lastUsedAt"]],
        [&json!("2026-11-23T17:30:00Z"), &Value::Null]
    );

    let read = "{ queries(first: 1) { nodes { id } } }";
    assert_eq!(refusal(&app, secret, read).await, Value::Null);
    assert_eq!(refusal(&app, secret, ASK).await, "FORBIDDEN");
    assert_eq!(refusal(&app, secret, "{ apiKeys(first: 1) { totalCount } }").await, "FORBIDDEN");
    let node = format!("{{ node(id: {}) {{ id }} }}", key["id"]);
    let hidden = app.try_graphql(secret.as_str().unwrap(), &node, json!({})).await;
    assert_eq!(hidden["data"], json!({ "node": null }), "it may not see itself");
    assert!(hidden.get("errors").is_none(), "{hidden:#}");
    let shown = app.graphql(&node, json!({})).await;
    assert_eq!(shown["node"]["id"], key["id"]);

    let page = app.graphql(LIST, json!({ "first": 1 })).await["apiKeys"].clone();
    assert_eq!([&page["totalCount"], &page["pageInfo"]["hasNextPage"]], [&json!(3), &json!(true)]);
    let newest = json!([{ "id": key["id"], "name": "reports", "revokedAt": null,
        "lastUsedAt": "2026-11-23T17:30:00Z" }]);
    assert_eq!(page["nodes"], newest);
    let after = &page["pageInfo"]["endCursor"];
    let page = app.graphql(LIST, json!({ "first": 1, "after": after })).await["apiKeys"].clone();
    assert_eq!(
        [&page["nodes"][0]["name"], &page["pageInfo"]["hasNextPage"]],
        [&json!("test"), &json!(true)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_a_key_is_noted_once_a_minute() {
    let app = TestApp::start().await;
    let made = create(&app, json!({ "name": "seldom", "scope": "READ" })).await;
    let last_use = async || {
        let page = app.graphql(LIST, json!({ "first": 1 })).await;
        page["apiKeys"]["nodes"][0]["lastUsedAt"].clone()
    };
    assert_eq!(last_use().await, Value::Null);
    for (later, noted) in [(0, "17:30:00"), (59, "17:30:00"), (2, "17:31:01")] {
        app.clock.advance(later * 1_000);
        assert_eq!(refusal(&app, &made["secret"], "{ __typename }").await, Value::Null);
        assert_eq!(last_use().await, format!("2026-11-23T{noted}Z"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_expired_or_was_revoked_is_refused() {
    let app = TestApp::start().await;
    let soon = "2026-11-23T17:30:30Z";
    let brief = json!({ "name": "brief", "scope": "WRITE", "expiresAt": soon });
    let brief = create(&app, brief).await;
    assert_eq!(brief["apiKey"]["expiresAt"], soon);
    let lasting = create(&app, json!({ "name": "lasting", "scope": "WRITE" })).await;
    for secret in [&brief["secret"], &lasting["secret"]] {
        assert_eq!(refusal(&app, secret, "{ __typename }").await, Value::Null);
    }
    app.clock.advance(30_000);
    assert_eq!(refusal(&app, &brief["secret"], "{ __typename }").await, "UNAUTHENTICATED");

    let revoked = revoke(&app, &lasting["apiKey"]["id"]).await;
    assert_eq!(revoked["apiKey"]["revokedAt"], soon, "{revoked:#}");
    assert_eq!(refusal(&app, &lasting["secret"], "{ __typename }").await, "UNAUTHENTICATED");
    app.clock.advance(30_000);
    assert_eq!(revoke(&app, &lasting["apiKey"]["id"]).await, revoked, "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_key_is_said() {
    let app = TestApp::start().await;
    let (now, long) = ("2026-11-23T17:30:00Z", "x".repeat(101));
    for (input, code, field) in [
        (json!({ "name": " ", "scope": "READ" }), "NAME_INVALID", "name"),
        (json!({ "name": long, "scope": "READ" }), "NAME_INVALID", "name"),
        (
            json!({ "name": "x", "scope": "READ", "expiresAt": now }),
            "EXPIRES_AT_INVALID",
            "expiresAt",
        ),
    ] {
        let refused = create(&app, input).await;
        assert_eq!([&refused["apiKey"], &refused["secret"]], [&Value::Null, &Value::Null]);
        let problem = &refused["userErrors"][0];
        assert_eq!([&problem["code"], &problem["path"]], [&json!(code), &json!([field])]);
    }
    for unknown in ["key_00000000000000000000000000", "qry_00000000000000000000000000", "x"] {
        let refused = revoke(&app, &json!(unknown)).await;
        assert_eq!(refused["userErrors"][0]["code"], "API_KEY_NOT_FOUND", "{unknown}");
    }
    let page = app.graphql(LIST, json!({ "first": 9 })).await;
    assert_eq!(page["apiKeys"]["totalCount"], 2, "nothing was written");
}
