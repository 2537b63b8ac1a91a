//! What is wrong with a question is told, all of it at once, with a code and a place; then nothing
//! has been written. A question that cannot be read ends as a failed job with its reason.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestOptions, question, with};

/// A change of the question, and the code and place of what is wrong with it then.
type Case = (Value, &'static str, &'static [&'static str]);

fn cases() -> Vec<Case> {
    let range = |start: &str, end: &str| json!({ "start": start, "end": end });
    let many: Vec<String> = (0..51).map(|number| format!("dataset:d{number}")).collect();
    let (noon, one) = ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z");
    vec![
        (json!({ "prompt": "" }), "PROMPT_EMPTY", &["prompt"]),
        (json!({ "prompt": " \n\t " }), "PROMPT_EMPTY", &["prompt"]),
        (json!({ "prompt": "é".repeat(4001) }), "PROMPT_TOO_LONG", &["prompt"]),
        (json!({ "prompt": "How many \u{0} Acme?" }), "PROMPT_INVALID", &["prompt"]),
        (json!({ "prompt": "How many \u{1b}[31m Acme?" }), "PROMPT_INVALID", &["prompt"]),
        (json!({ "sources": ["myspace"] }), "SOURCE_UNKNOWN", &["sources", "0"]),
        (json!({ "sources": ["dataset:posts", ""] }), "SOURCE_UNKNOWN", &["sources", "1"]),
        (json!({ "sources": ["dataset:other"] }), "SOURCE_UNKNOWN", &["sources", "0"]),
        (json!({ "sources": ["dataset"] }), "SOURCE_UNKNOWN", &["sources", "0"]),
        (json!({ "sources": ["x:acme"] }), "SOURCE_UNKNOWN", &["sources", "0"]),
        (json!({ "sources": ["reddit", "x"] }), "SOURCE_NOT_CONFIGURED", &["sources"]),
        (json!({ "sources": many }), "TOO_MANY_SOURCES", &["sources"]),
        (json!({ "limit": 0 }), "LIMIT_OUT_OF_RANGE", &["limit"]),
        (json!({ "limit": -1 }), "LIMIT_OUT_OF_RANGE", &["limit"]),
        (json!({ "limit": 1001 }), "LIMIT_OUT_OF_RANGE", &["limit"]),
        (json!({ "limit": 5000 }), "LIMIT_OUT_OF_RANGE", &["limit"]),
        (json!({ "dateRange": range(one, noon) }), "DATE_RANGE_INVALID", &["dateRange"]),
        (json!({ "dateRange": range(noon, noon) }), "DATE_RANGE_INVALID", &["dateRange"]),
        (json!({ "timezone": "Mars/Olympus" }), "TIMEZONE_UNKNOWN", &["timezone"]),
        (json!({ "timezone": "" }), "TIMEZONE_UNKNOWN", &["timezone"]),
        (json!({ "name": "n".repeat(201) }), "NAME_INVALID", &["name"]),
        (json!({ "name": "" }), "NAME_INVALID", &["name"]),
    ]
}

fn found(errors: &Value) -> Vec<(String, Value)> {
    let one = |error: &Value| {
        assert!(!error["message"].as_str().unwrap().is_empty(), "{errors:#}");
        (error["code"].as_str().unwrap().to_owned(), error["path"].clone())
    };
    errors.as_array().unwrap().iter().map(one).collect()
}

/// The same field as REST spells it.
fn snake(value: &Value) -> Value {
    let text = value.to_string().replace("dateRange", "date_range");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_problem_has_a_code_and_a_place_on_both_faces() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    for (change, code, path) in cases() {
        let asked = with(question(), change.clone());
        let payload = app.try_ask(asked.clone()).await;
        let errors = found(&payload["userErrors"]);
        assert!(errors.contains(&(code.to_owned(), json!(path))), "{change}: {payload:#}");
        assert_eq!([&payload["query"], &payload["job"], &payload["cursor"]], [&Value::Null; 3]);

        let answer = app.post("/v1/queries", snake(&asked)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{change}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["code"], errors[0].0, "{problem:#}");
        assert_eq!(problem["status"], 400);
        let expected = snake(&json!(errors));
        assert_eq!(json!(found(&problem["errors"])), expected, "{change}: {problem:#}");
    }
    assert_eq!(app.counts().await, [0; 4], "nothing half-written");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_problems_are_told_together() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let wrong = json!({
        "prompt": "", "sources": ["nope", "dataset:posts", "neither"], "limit": 0, "timezone": "Nowhere",
        "dateRange": { "start": "2026-11-21T00:00:00Z", "end": "2026-11-20T00:00:00Z" },
        "idempotencyKey": "",
    });
    let payload = app.try_ask(wrong).await;
    let mut codes: Vec<String> =
        found(&payload["userErrors"]).into_iter().map(|(code, _)| code).collect();
    codes.sort();
    let expected = [
        "DATE_RANGE_INVALID",
        "IDEMPOTENCY_KEY_INVALID",
        "LIMIT_OUT_OF_RANGE",
        "PROMPT_EMPTY",
        "SOURCE_UNKNOWN",
        "SOURCE_UNKNOWN",
        "TIMEZONE_UNKNOWN",
    ];
    assert_eq!(codes, expected);

    let dates = json!({ "start": "soon", "end": "later" });
    let wrong = json!({ "prompt": "", "limit": 0, "date_range": dates });
    let problem = app.post("/v1/queries", wrong).await.json();
    let mut places: Vec<Value> =
        found(&problem["errors"]).into_iter().map(|(_, place)| place).collect();
    places.sort_by_key(Value::to_string);
    let start = json!(["date_range", "start"]);
    let end = json!(["date_range", "end"]);
    assert_eq!(places, [end, start, json!(["limit"]), json!(["prompt"])], "{problem:#}");
    assert_eq!(app.counts().await, [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_just_right_is_taken() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let long = format!("How many times was Acme mentioned? {}", " ".repeat(4000));
    let long: String = long.chars().take(4000).collect();
    for change in [
        json!({ "prompt": long }),
        json!({ "prompt": "How many times was\r\n\tAcme mentioned?" }),
        json!({ "limit": 1 }),
        json!({ "limit": 1000 }),
        json!({ "timezone": "Asia/Kathmandu", "name": "n".repeat(200) }),
        json!({ "sources": [] }),
        json!({ "sources": null, "limit": null }),
    ] {
        let result = app.answer(with(question(), change.clone())).await;
        assert_eq!(result["result"]["total_mentions"], 2, "{change}: {result:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_are_not_configured_say_what_they_need() {
    let app = TestApp::start().await;
    let payload = app.try_ask(with(question(), json!({ "sources": ["reddit", "x"] }))).await;
    let message = payload["userErrors"][0]["message"].as_str().unwrap();
    for needed in ["ready are: ", "BYTESTACK_REDDIT_TOKEN", "for x: ", "BYTESTACK_X_TOKEN"] {
        assert!(message.contains(needed), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_source_without_a_connector_is_covered_as_such() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let result = app.answer(with(question(), json!({ "sources": ["dataset:posts", "x"] }))).await;
    assert_eq!(result["result"]["total_mentions"], 2);
    assert_eq!(result["coverage"]["dataset:posts"]["status"], "complete");
    assert_eq!(result["coverage"]["x"]["status"], "auth_missing");
    let reason = result["coverage"]["x"]["reason"].as_str().unwrap();
    assert!(reason.contains("not configured") && reason.contains("BYTESTACK_X_TOKEN"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_query_is_a_problem_document() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let range = |start: &str, end: &str| {
        with(question(), json!({ "date_range": { "start": start, "end": end } })).to_string()
    };
    let (good, bad) = ("2026-11-20T12:00:00Z", "last tuesday");
    let large = format!(r#"{{"prompt":"{}"}}"#, "a".repeat(3 * 1024 * 1024));
    for (body, status, code, place) in [
        (String::new(), 400, "BAD_USER_INPUT", None),
        ("{\"prompt\":".to_owned(), 400, "BAD_USER_INPUT", None),
        ("[]".to_owned(), 400, "BAD_USER_INPUT", None),
        (r#"{"sources":["dataset:posts"]}"#.to_owned(), 400, "BAD_USER_INPUT", None),
        (with(question(), json!({ "promt": 1 })).to_string(), 400, "BAD_USER_INPUT", None),
        (with(question(), json!({ "limit": "9" })).to_string(), 400, "BAD_USER_INPUT", None),
        (range(bad, good), 400, "DATE_RANGE_INVALID", Some("start")),
        (range(good, "2026-11-21"), 400, "DATE_RANGE_INVALID", Some("end")),
        (large, 413, "PAYLOAD_TOO_LARGE", None),
    ] {
        let shown: String = body.chars().take(80).collect();
        let answer = Answer::of(app.authorized(Method::POST, "/v1/queries").body(body)).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{shown}");
        assert_eq!(answer.status.as_u16(), status, "{shown}");
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{shown}: {problem:#}");
        if let Some(field) = place {
            assert_eq!(problem["errors"][0]["path"], json!(["date_range", field]));
        }
    }
    assert_eq!(app.counts().await, [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_read_fails_and_says_why() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let payload = app.ask(with(question(), json!({ "prompt": "Write me a poem." }))).await;
    let reading = &payload["query"]["reading"];
    assert_eq!(reading["intent"], "unsupported", "{reading:#}");
    let reason = reading["reason"].as_str().unwrap();
    let ended = app.ended(&payload).await;
    assert_eq!([&ended["status"], &ended["seq"]], [&json!("FAILED"), &json!(1)]);
    assert_eq!([&ended["resultUrl"], &ended["storageKey"]], [&Value::Null; 2]);
    let error = json!({ "code": "UNSUPPORTED_QUESTION", "message": reason, "retryable": false });
    assert_eq!(ended["job"]["error"], error);

    let query = payload["query"]["id"].as_str().unwrap();
    let shown = app.get(&format!("/v1/queries/{query}")).await.json();
    assert_eq!([&shown["status"], &shown["error"]], [&json!("failed"), &error]);
    assert_eq!([&shown["result"], &shown["result_url"]], [&Value::Null; 2]);

    let events = app.graphql("{ events(first: 9) { nodes { payload } } }", json!({})).await;
    let event = &events["events"]["nodes"][0]["payload"];
    assert_eq!([&event["status"], &event["event"]], ["failed", "job.completed"]);
    assert_eq!([&event["result_url"], &event["storage_key"]], [&Value::Null; 2]);

    for name in [payload["job"]["id"].as_str().unwrap(), query] {
        let answer = app.get(&format!("/v1/storage/{name}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.json()["code"], "NO_RESULT", "{name}");
    }
    assert_eq!(app.counts().await, [1, 1, 0, 1]);
}
