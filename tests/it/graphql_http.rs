//! GraphQL over HTTP: methods, media types, statuses and errors, as the specification has them.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions, question};

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";
const MUTATION: &str = "mutation ($input: CreateQueryInput!) {
    createQuery(input: $input) { query { id } userErrors { code } } }";

fn post(app: &TestApp, body: impl Into<String>) -> RequestBuilder {
    let request = app.authorized(Method::POST, "/graphql");
    request.header("content-type", JSON).body(body.into())
}

fn get(app: &TestApp, parameters: &[(&str, &str)]) -> RequestBuilder {
    app.authorized(Method::GET, &path(parameters))
}

/// The path with parameters, every byte of them escaped.
fn path(parameters: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        let bytes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        bytes.concat()
    };
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    format!("/graphql?{}", pairs.join("&"))
}

fn asking(query: &str) -> String {
    json!({ "query": query }).to_string()
}

/// Jobs of queries of jobs, and so on.
fn deep(turns: usize) -> String {
    let inner = (0..turns).fold("id".to_owned(), |inner, _| {
        format!("query {{ jobs(first: 1) {{ nodes {{ {inner} }} }} }}")
    });
    format!("{{ jobs(first: 1) {{ nodes {{ {inner} }} }} }}")
}

/// A request error: nothing was executed, and the error says what a program needs.
fn expect_request_error(answer: &Answer, code: &str, what: &str) {
    let body = answer.json();
    assert!(body.get("data").is_none(), "{what}: {body:#}");
    let errors = body["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{what}");
    for error in errors {
        assert!(!error["message"].as_str().unwrap().is_empty(), "{what}: {body:#}");
        assert_eq!(error["extensions"]["code"], code, "{what}: {body:#}");
        assert_eq!(error["extensions"]["retryable"], false, "{what}: {body:#}");
        let id = error["extensions"]["requestId"].as_str().unwrap();
        assert_eq!(id, answer.header("x-request-id"), "{what}");
        assert!(id.starts_with("req_"), "{what}: {id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_must_be_one_operation_in_json() {
    let app = TestApp::start().await;
    let large = asking(&format!("{{ sources {{ name }} }} #{}", "x".repeat(1024 * 1024)));
    let good = asking("{ sources { name } }");
    for (content_type, body, status) in [
        (Some("text/plain"), good.as_str(), 415),
        (Some("application/graphql"), "{ sources { name } }", 415),
        (Some("application/x-www-form-urlencoded"), "query={sources{name}}", 415),
        (Some("multipart/form-data; boundary=x"), "--x--", 415),
        (None, good.as_str(), 415),
        (Some(JSON), "", 400),
        (Some(JSON), "{\"query\":", 400),
        (Some(JSON), "\"{ sources { name } }\"", 400),
        (Some(JSON), "{\"query\":7}", 400),
        (Some(JSON), "{}", 400),
        (Some(JSON), " \n[{\"query\":\"{ sources { name } }\"}]", 400),
        (Some(JSON), "[]", 400),
        (Some(JSON), large.as_str(), 413),
    ] {
        let request = app.authorized(Method::POST, "/graphql").body(body.to_owned());
        let request = match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        };
        let answer = Answer::of(request).await;
        let what = format!("{content_type:?} {}", &body[..body.len().min(60)]);
        assert_eq!(answer.status.as_u16(), status, "{what}");
        expect_request_error(&answer, "BAD_USER_INPUT", &what);
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let request = app.authorized(Method::POST, "/graphql").header("content-type", content_type);
        assert_eq!(Answer::of(request.body(good.clone())).await.status, 200, "{content_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn get_asks_and_never_changes() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let answer = Answer::of(get(&app, &[("query", "{ workspace { id } }")])).await;
    assert_eq!(answer.json()["data"]["workspace"]["id"], app.workspace.to_string());
    let named =
        "query A { a: sources { name } } query B($n: Int) { jobs(first: $n) { nodes { id } } }
        mutation C { createQuery(input: {prompt: \"How many?\"}) { query { id } } }";
    let answer = Answer::of(get(
        &app,
        &[("query", named), ("operationName", "B"), ("variables", "{\"n\":1}")],
    ));
    assert_eq!(answer.await.json()["data"], json!({ "jobs": { "nodes": [] } }));

    let variables = json!({ "input": question() }).to_string();
    for parameters in [
        vec![("query", MUTATION), ("variables", variables.as_str())],
        vec![("query", named), ("operationName", "C")],
        // The only operation is meant without being named.
        vec![("query", "mutation C { createQuery(input: {prompt: \"How many?\"}) { cursor } }")],
    ] {
        let answer = Answer::of(get(&app, &parameters)).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"));
        expect_request_error(&answer, "BAD_USER_INPUT", "a mutation");
    }
    for wrong in
        [vec![], vec![("query", "")], vec![("query", "{ sources { name } }"), ("variables", "{")]]
    {
        let answer = Answer::of(get(&app, &wrong)).await;
        assert_eq!(answer.status, 400, "{wrong:?}");
        expect_request_error(&answer, "BAD_USER_INPUT", &format!("{wrong:?}"));
    }
    assert_eq!(app.counts().await, [0; 4]);
    let put = Answer::of(app.authorized(Method::PUT, "/graphql")).await;
    assert_eq!(put.status, 405);
    assert!(put.header("allow").contains("GET") && put.header("allow").contains("POST"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_request_error_depends_on_the_media_type() {
    let app = TestApp::start().await;
    let unnamed = "query A { sources { name } } query B { sources { name } }";
    let just = Answer::of(post(&app, asking(&deep(4)))).await.json();
    assert!(just.get("errors").is_none(), "{just:#}");
    let wide: Vec<String> = (0..700).map(|at| format!("a{at}: sources {{ name title }}")).collect();
    let wrong = [
        asking("{ sources {"),
        asking("{ nothing }"),
        asking(unnamed),
        json!({ "query": unnamed, "operationName": "C" }).to_string(),
        asking("subscription { jobCompleted { id } }"),
        asking("query ($id: ID!) { job(id: $id) { id } }"),
        json!({ "query": MUTATION, "variables": { "input": { "prompt": 7 } } }).to_string(),
        json!({ "query": MUTATION, "variables": { "input": { "prompt": "?", "dateRange": {
            "start": "yesterday", "end": "2026-11-20T00:00:00Z" } } } })
        .to_string(),
    ];
    let too_much = [asking(&deep(10)), asking(&format!("{{ {} }}", wide.join(" ")))];
    let wrong = wrong.iter().map(|body| (body, "BAD_USER_INPUT"));
    let too_much = too_much.iter().map(|body| (body, "COST_LIMIT_EXCEEDED"));
    for (body, code) in wrong.chain(too_much) {
        for (accept, status, content_type) in [
            (RESPONSE, 400, RESPONSE),
            (JSON, 200, JSON),
            ("*/*", 200, JSON),
            ("application/json;q=0.5, application/graphql-response+json", 400, RESPONSE),
        ] {
            let answer = Answer::of(post(&app, body.as_str()).header("accept", accept)).await;
            let what = format!("{} as {accept}", &body[..body.len().min(90)]);
            expect_request_error(&answer, code, &what);
            assert_eq!(answer.status.as_u16(), status, "{what}");
            let expected = format!("{content_type}; charset=utf-8");
            assert_eq!(answer.header("content-type"), expected, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_executed_is_a_success_even_with_errors() {
    let app = TestApp::start().await;
    for accept in [RESPONSE, JSON] {
        let good = post(&app, asking("{ sources { name } }")).header("accept", accept);
        let good = Answer::of(good).await;
        assert_eq!(good.status, 200);
        assert_eq!(good.header("content-type"), format!("{accept}; charset=utf-8"));
        assert!(good.json().get("errors").is_none());
        assert!(good.header("x-request-id").starts_with("req_"));

        let partial = asking("{ jobs(first: 0) { totalCount } sources { name } }");
        let partial = Answer::of(post(&app, partial).header("accept", accept)).await;
        assert_eq!(partial.status, 200);
        let body = partial.json();
        assert_eq!(
            [&body["data"]["jobs"], &body["errors"][0]["path"]],
            [&Value::Null, &json!(["jobs"])]
        );
        assert!(body["data"]["sources"].as_array().unwrap().len() > 10);
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT");
        assert_eq!(extensions["requestId"], partial.header("x-request-id"));
    }
    let nothing = post(&app, asking("{ sources { name } }")).header("accept", "text/html");
    let nothing = Answer::of(nothing).await;
    assert_eq!(nothing.status, 406);
    expect_request_error(&nothing, "BAD_USER_INPUT", "text/html");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_nothing_is_executed() {
    let app = TestApp::start().await;
    for authorization in
        [None, Some(""), Some("Bearer"), Some("Bearer bsk_wrong"), Some("Basic YTpi")]
    {
        let requests = [
            app.request(Method::POST, "/graphql").json(&json!({ "query": "{ sources { name } }" })),
            app.request(Method::GET, &path(&[("query", "{ sources { name } }")])),
        ];
        for request in requests {
            let request = match authorization {
                Some(value) => request.header("authorization", value),
                None => request,
            };
            let answer = Answer::of(request.header("accept", JSON)).await;
            assert_eq!(answer.status, 401, "{authorization:?}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            expect_request_error(&answer, "UNAUTHENTICATED", "no key");
        }
    }
    let lower = app.request(Method::GET, &path(&[("query", "{ workspace { id } }")]));
    let lower = lower.header("authorization", format!("bearer {}", app.key));
    assert_eq!(Answer::of(lower).await.status, 200, "the scheme's case does not matter");
}

/// The response is an ordered map: a failed field is null in its place, and null climbs to the next
/// field that may be null.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_field_is_null_in_its_place() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    app.ended(&app.ask(question()).await).await;
    let many = "\"x\",".repeat(101);
    let not_null = format!("{{ w: workspace {{ name }} nodes(ids: [{many}]) {{ id }} }}");
    for (query, data) in [
        (
            "{ b: jobs(first: 0) { totalCount } a: workspace { name } }",
            r#"{"b":null,"a":{"name":"default"}}"#,
        ),
        (not_null.as_str(), "null"),
        (
            "{ queries(first: 1) { nodes { jobs(first: 0) { totalCount } limit } totalCount } }",
            r#"{"queries":{"nodes":[{"jobs":null,"limit":100}],"totalCount":1}}"#,
        ),
    ] {
        let answer = Answer::of(post(&app, asking(query))).await;
        assert_eq!(answer.status, 200);
        let text = String::from_utf8(answer.bytes.clone()).unwrap();
        assert!(text.contains(&format!("\"data\":{data}")), "{query}: {text}");
        assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 1, "{text}");
    }
    for _ in 0..10 {
        let query = "{ jobs(first: 1) { totalCount nodes { latest: query { name } status } }
            workspace { name } storageObjects(first: 1) { totalCount nodes { contentType } } }";
        let answer = Answer::of(post(&app, asking(query))).await;
        let expected = r#"{"jobs":{"totalCount":1,"nodes":[{"latest":{"name":null},"status":"COMPLETED"}]},"workspace":{"name":"default"},"storageObjects":{"totalCount":1,"nodes":[{"contentType":"application/json"}]}}"#;
        let text = String::from_utf8(answer.bytes).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}
