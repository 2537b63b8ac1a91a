//! Answers in the form that their user asks for by a JSON Schema: shaped, valid, with reasons for what is
//! missing; or no answer, with what is wrong.

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions, question, with};

fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["brand", "mentions", "revenue"],
        "additionalProperties": false,
        "properties": {
            "brand": { "const": "Acme" },
            "mentions": { "type": "integer", "minimum": 0 },
            "people": { "type": "integer" },
            "revenue": { "type": ["number", "null"] },
            "mood": { "type": "string" },
            "per_platform": { "$ref": "#/$defs/platforms" },
            "platforms": { "$ref": "#/$defs/platforms" },
            "quotes": { "type": "object", "properties": {
                "posts": { "type": "array", "maxItems": 1, "items": {
                    "type": "object", "required": ["text"],
                    "properties": { "text": { "type": "string" }, "author": { "type": "string" } } } } } },
        },
        "$defs": { "platforms": { "type": "array", "items": {
            "type": "object", "properties": { "platform": { "type": "string" }, "mentions": { "type": "integer" } } } } },
    })
}

fn asked(schema: &Value) -> Value {
    with(question(), json!({ "outputSchema": schema }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_form_that_is_asked_for() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let plain = app.answer(question()).await;
    assert_eq!([&plain["output"], &plain["output_unfilled"]], [&Value::Null, &Value::Null]);
    let payload = app.ask(asked(&schema())).await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    let key = ended["storageKey"].as_str().unwrap();
    let result = app.get(&format!("/v1/storage/{key}")).await.json();
    assert_eq!(result["result"], plain["result"], "the answer itself is as ever");
    let output = &result["output"];
    assert_eq!([&output["brand"], &output["mentions"]], [&json!("Acme"), &json!(2)]);
    assert_eq!(output["people"], result["result"]["unique_users"]);
    assert_eq!(output["platforms"], json!([{ "platform": "dataset:posts", "mentions": 2 }]));
    assert_eq!(output["quotes"]["posts"][0]["text"], result["evidence"][0]["text"]);
    assert_eq!(output["quotes"]["posts"].as_array().unwrap().len(), 1);
    assert_eq!(
        [output.get("revenue"), output.get("mood"), output.get("per_platform")],
        [Some(&Value::Null), None, None]
    );
    let nothing = |name: &str| json!(format!("the answer has nothing for `{name}`"));
    let unfilled = json!({ "/mood": nothing("mood"), "/per_platform": nothing("per_platform"),
                           "/revenue": nothing("revenue") });
    assert_eq!(result["output_unfilled"], unfilled);

    // It is kept with the query, may be changed, and is shown.
    let update = "mutation ($input: UpdateQueryInput!) { updateQuery(input: $input) {
        query { outputSchema } userErrors { code path } } }";
    let id = &payload["query"]["id"];
    for (given, code) in [
        (json!({ "type": "whole" }), json!("OUTPUT_SCHEMA_INVALID")),
        (json!({ "type": "object" }), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let input = json!({ "queryId": id, "outputSchema": given });
        let changed = app.graphql(update, json!({ "input": input })).await["updateQuery"].clone();
        assert_eq!(changed["userErrors"][0]["code"], code, "{changed}");
        if code.is_null() {
            assert_eq!(changed["query"]["outputSchema"], given);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_fit_its_form_fails_with_what_is_wrong() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let strict = json!({ "type": "object", "required": ["revenue"],
                         "properties": { "revenue": { "type": "number" }, "mentions": { "type": "integer", "minimum": 3 } } });
    let ended = app.ended(&app.ask(asked(&strict)).await).await;
    assert_eq!(ended["status"], "FAILED", "{ended:#}");
    let error = &ended["job"]["error"];
    assert_eq!([&error["code"], &error["retryable"]], [&json!("OUTPUT_INVALID"), &json!(false)]);
    let message = error["message"].as_str().unwrap();
    for says in ["/revenue: null", "nothing for `revenue`", "/mentions: 2 is less than"] {
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_none_is_refused_with_its_place() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let remote = json!({ "properties": { "a": { "$ref": "http://127.0.0.1:9/schema.json" } } });
    for (schema, place, says) in [
        (remote, vec!["properties", "a", "$ref"], "nothing is fetched"),
        (
            json!({ "properties": { "a": { "type": "whole" } } }),
            vec!["properties", "a", "type"],
            "no JSON Schema",
        ),
        (json!("object"), vec![], "JSON object"),
        (json!({ "description": "x".repeat(70_000) }), vec![], "at most 65536"),
    ] {
        let path: Vec<&str> = ["outputSchema"].iter().chain(&place).copied().collect();
        let payload = app.try_ask(asked(&schema)).await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            [&error["code"], &error["path"]],
            [&json!("OUTPUT_SCHEMA_INVALID"), &json!(path)],
            "{error}"
        );
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
        let answer =
            app.post("/v1/queries", with(question(), json!({ "output_schema": schema }))).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &error["code"]));
        assert_eq!(answer.json()["errors"][0]["path"][0], "output_schema", "{:#}", answer.json());
    }
    let posted =
        app.post("/v1/queries", with(question(), json!({ "output_schema": schema() }))).await;
    assert_eq!(posted.status, 202, "{:#}", posted.json());
    app.running().idle().await.unwrap();
    let id = posted.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&format!("/v1/storage/{id}")).await.json()["output"]["mentions"], 2);
}
