//! What those who attack GraphQL servers try first: what the settings for development allow, and that the
//! settings for production leave nothing of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions};

/// Each list that an introspection goes through multiplies what it answers with.
const CIRCULAR: &str =
    "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
const STANDARD: &str = "{ __schema { types { fields { args { type { ofType { name } } } } } } }";

fn production() -> TestOptions {
    let settings = [("INTROSPECTION", "false".to_owned()), ("GRAPHIQL", "false".to_owned())];
    TestOptions { settings: settings.into(), ..TestOptions::default() }
}

async fn code(app: &TestApp, query: &str) -> Value {
    let answer = app.try_graphql(&app.key, query, json!({})).await;
    answer["errors"][0]["extensions"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_multiplies_work_is_refused() {
    let app = TestApp::start().await;
    let many = |count: usize, one: &str| one.repeat(count);
    let aliases = (0..101).map(|n| format!("a{n}: __typename")).collect::<Vec<_>>().join(" ");
    assert_eq!(code(&app, &format!("{{ {aliases} }}")).await, "COST_LIMIT_EXCEEDED");
    let fields = many(500, "__typename ");
    assert_eq!(code(&app, &format!("{{ {fields} }}")).await, "COST_LIMIT_EXCEEDED");
    for directive in ["@include(if: true) ", "@nobody ", "@skip(if: false) "] {
        let directives = many(21, directive);
        let refused = code(&app, &format!("{{ __typename {directives} }}")).await;
        assert_eq!(refused, "BAD_USER_INPUT", "{directive}");
    }
    assert_eq!(code(&app, STANDARD).await, Value::Null, "as every tool asks");
    assert_eq!(code(&app, CIRCULAR).await, "COST_LIMIT_EXCEEDED");
    let by_fragment =
        "{ __schema { types { ...T } } } fragment T on __Type { fields { type { fields {
        type { fields { name } } } } } }";
    assert_eq!(code(&app, by_fragment).await, "COST_LIMIT_EXCEEDED");
    // Eighteen fragments, each spreading the next a hundred times over.
    let spread = |n: usize| {
        format!("fragment F{n} on Query {{ {} }}", many(100, &format!("...F{} ", n + 1)))
    };
    let laughs = (0..18).map(spread).collect::<Vec<_>>().join(" ");
    let laughs = format!("{{ ...F0 }} {laughs} fragment F18 on Query {{ __typename }}");
    assert_eq!(code(&app, &laughs).await, "COST_LIMIT_EXCEEDED");
    let circle = "{ ...F } fragment F on Query { ...F }";
    assert_eq!(code(&app, circle).await, "BAD_USER_INPUT");
    let batch = json!([{ "query": "{ __typename }" }, { "query": "{ __typename }" }]);
    assert_eq!(app.post("/graphql", batch).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_sites_can_send_changes_nothing() {
    let app = TestApp::start().await;
    let mutation = "mutation{cancelJob(input:{jobId:\"x\"}){userErrors{code}}}";
    let asking = |text: &str| {
        let escaped: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("/graphql?query={}", escaped.concat())
    };
    let get = app.authorized(Method::GET, &asking(mutation));
    assert_eq!(Answer::of(get).await.status, 405);
    for media_type in ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"] {
        let body = json!({ "query": mutation }).to_string();
        let form = app.authorized(Method::POST, "/graphql").header("content-type", media_type);
        assert_eq!(Answer::of(form.body(body)).await.status, 415, "{media_type}");
    }
    let bare = app.request(Method::GET, &asking("{ queries(first: 1) { totalCount } }"));
    assert_eq!(Answer::of(bare).await.status, 401, "a browser sends no key by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_and_answers_show_nothing_of_the_inside() {
    let app = TestApp::start().await;
    for wrong in [
        "{ __typename",
        "{ jobs(first: true) { totalCount } }",
        "{ nobody }",
        "mutation { nobody }",
    ] {
        let answer = app.try_graphql(&app.key, wrong, json!({})).await;
        let error = &answer["errors"][0];
        let members =
            |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let allowed = ["message", "locations", "path", "extensions"];
        assert!(members(error).iter().all(|name| allowed.contains(&name.as_str())), "{error:#}");
        assert_eq!(members(&error["extensions"]), ["code", "requestId", "retryable"], "{error:#}");
    }
    let traced = app.authorized(Method::POST, "/graphql").header("x-apollo-tracing", "1");
    let traced = Answer::of(traced.json(&json!({ "query": "{ __typename }" }))).await.json();
    assert_eq!(traced["extensions"].as_object().unwrap().len(), 1, "cost alone: {traced:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_told_in_development_alone() {
    let development = TestApp::start().await;
    let introspection = "{ __schema { queryType { name } } }";
    let misspelt = "{ querie(first: 1) { totalCount } }";
    assert_eq!(code(&development, introspection).await, Value::Null);
    assert_eq!(development.get("/graphiql").await.status, 200);
    let answer = development.try_graphql(&development.key, misspelt, json!({})).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("queries"), "{answer:#}");

    let production = TestApp::with(production()).await;
    let ask = async |query: &str| production.try_graphql(&production.key, query, json!({})).await;
    let told = ask(introspection).await;
    assert!(!told.to_string().contains("queryType\":{"), "{told:#}");
    let answer = ask(misspelt).await;
    assert!(!answer["errors"][0]["message"].as_str().unwrap().contains("queries"), "{answer:#}");
    assert_eq!(production.get("/graphiql").await.status, 404);
}
