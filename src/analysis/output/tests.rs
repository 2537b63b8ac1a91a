use proptest::prelude::*;
use serde_json::json;

use super::*;

fn answer() -> Map<String, Value> {
    let answer = json!({
        "total_mentions": 5, "unique_users": 3,
        "date_range": { "from": "2026-11-20", "to": "2026-11-23" },
        "window": { "from": "2026-11-20T00:00:00Z", "to": "2026-11-23T17:30:00Z" },
        "by_source": { "x": { "mentions": 4, "unique_users": 2 }, "rss": { "mentions": 1, "unique_users": 1 } },
        "sentiment": { "sentiment_score": 0.75, "positive_count": 3, "neutral_count": 1, "negative_count": 1 },
        "posts": [
            { "rank": 1, "text": "Acme!", "url": "https://e.example/1", "author": { "handle": "ann" },
              "published_at": "2026-11-22T10:00:00Z", "engagement": { "likes": 7 } },
            { "rank": 2, "text": "No.", "url": null, "author": {}, "published_at": "2026-11-21T10:00:00Z",
              "engagement": {} },
        ],
    });
    answer.as_object().unwrap().clone()
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn shaped(properties: &Value) -> Shaped {
    let schema = object(properties, &[]);
    check(&schema).unwrap();
    shape(&schema, &answer()).unwrap()
}

#[test]
fn properties_are_filled_by_what_their_names_mean() {
    let integer = json!({ "type": "integer" });
    let text = json!({ "type": "string" });
    for (property, schema, wanted) in [
        ("total_mentions", integer.clone(), json!(5)),
        ("totalMentions", integer.clone(), json!(5)),
        ("mention_count", integer.clone(), json!(5)),
        ("mentions", json!({ "type": ["integer", "null"] }), json!(5)),
        ("count", json!({ "type": "number" }), json!(5)),
        ("people", integer.clone(), json!(3)),
        ("score", json!({ "type": "number" }), json!(0.75)),
        ("sentiment", json!({ "type": "number" }), json!(0.75)),
        ("negative", integer.clone(), json!(1)),
        ("from", json!({ "type": "string", "format": "date" }), json!("2026-11-20")),
        ("to", text.clone(), json!("2026-11-23T17:30:00Z")),
        ("sources", json!({ "type": "array", "items": text }), json!(["x", "rss"])),
        ("total", json!({ "type": "string" }), json!("5")),
        ("total", json!({ "anyOf": [{ "type": "boolean" }, integer] }), json!(5)),
        ("kind", json!({ "const": "report" }), json!("report")),
        (
            "posts",
            json!({ "type": "array", "maxItems": 1, "items": object(&json!({ "content": text, "likes": integer, "author": text }), &[]) }),
            json!([{ "content": "Acme!", "likes": 7, "author": "ann" }]),
        ),
        (
            "platforms",
            json!({ "type": "array", "items": object(&json!({ "platform": text, "mentions": integer }), &[]) }),
            json!([{ "platform": "x", "mentions": 4 }, { "platform": "rss", "mentions": 1 }]),
        ),
        (
            "by_source",
            json!({ "type": "object", "additionalProperties": object(&json!({ "mentions": integer }), &[]) }),
            json!({ "x": { "mentions": 4 }, "rss": { "mentions": 1 } }),
        ),
        (
            "totals",
            object(&json!({ "mentions": integer, "users": integer }), &["mentions"]),
            json!({ "mentions": 5, "users": 3 }),
        ),
        ("date_range", json!({}), json!({ "from": "2026-11-20", "to": "2026-11-23" })),
    ] {
        let got = shaped(&json!({ property: schema }));
        assert_eq!(
            got.value.get(property).cloned().unwrap_or_default(),
            wanted,
            "{property}: {schema}: {got:?}"
        );
    }
}

#[test]
fn what_cannot_be_filled_is_null_or_left_out_with_the_reason() {
    let properties = json!({
        "mentions": { "type": "integer" },
        "revenue": { "type": ["number", "null"] },
        "mood": { "type": "string" },
        "posts": { "type": "array", "items": object(&json!({
            "url": { "type": ["string", "null"] }, "likes": { "type": "integer" } }), &["url"]) },
    });
    let got = shaped(&properties);
    assert_eq!(
        got.value,
        json!({ "mentions": 5, "revenue": null, "posts": [{ "url": "https://e.example/1", "likes": 7 }, { "url": null }] })
    );
    let places: Vec<&str> = got.unfilled.keys().map(String::as_str).collect();
    assert_eq!(places, ["/mood", "/posts/1/likes", "/posts/1/url", "/revenue"]);
    assert_eq!(got.unfilled["/revenue"], "the answer has nothing for `revenue`");
    assert_eq!(got.unfilled["/mood"], "what the answer has for `mood` is an object");
}

#[test]
fn what_the_schema_does_not_take_is_an_error_with_the_reason() {
    for (properties, required, says) in [
        (
            json!({ "revenue": { "type": "number" } }),
            vec!["revenue"],
            "/revenue: null is not of type \"number\" (the answer has nothing for `revenue`)",
        ),
        (
            json!({ "mentions": { "type": "integer", "minimum": 6 } }),
            vec![],
            "/mentions: 5 is less than",
        ),
        (json!({}), vec!["mentions"], "the whole: \"mentions\" is a required property"),
    ] {
        let errors = shape(&object(&properties, &required), &answer()).unwrap_err();
        assert!(errors.join("; ").contains(says), "{errors:?}");
    }
    let wrong = shape(&json!({ "type": "array" }), &answer()).unwrap_err();
    assert!(wrong[0].contains("the whole"), "{wrong:?}");
}

#[test]
fn references_stay_inside_and_end() {
    let inside = json!({ "$defs": { "n": { "type": "integer" } }, "type": "object",
        "properties": { "mentions": { "$ref": "#/$defs/n" }, "again": { "$ref": "#" } } });
    check(&inside).unwrap();
    let got = shape(&inside, &answer()).unwrap();
    assert_eq!(got.value["mentions"], 5);
    for (schema, path, says) in [
        (json!({ "$ref": "https://e.example/schema.json" }), vec!["$ref"], "nothing is fetched"),
        (
            json!({ "items": [{ "$dynamicRef": "other.json#/x" }] }),
            vec!["items", "0", "$dynamicRef"],
            "nothing is fetched",
        ),
        (json!({ "$ref": "file:///etc/passwd" }), vec!["$ref"], "nothing is fetched"),
        (json!({ "type": "whole" }), vec!["type"], "no JSON Schema"),
        (json!({ "pattern": "(" }), vec!["pattern"], "no JSON Schema"),
        (json!([]), vec![], "JSON object"),
        (json!({ "description": "x".repeat(70_000) }), vec![], "bytes"),
    ] {
        let fault = check(&schema).unwrap_err();
        assert_eq!(fault.path, path, "{fault:?}");
        assert!(fault.message.contains(says), "{fault:?}");
    }
    let deep = (0..60).fold(json!({}), |inner, _| json!({ "not": inner }));
    assert!(check(&deep).unwrap_err().message.contains("deep"));
}

/// A schema of many properties that all are the schema itself asks for more than there is time for.
#[test]
fn what_asks_for_too_much_ends_and_says_so() {
    let itself = json!({ "$ref": "#" });
    let properties = |also: &Value| -> Value {
        let name = |number: u8| (format!("p{number}"), itself.clone());
        let mut all: Map<String, Value> = (0..6).map(name).collect();
        all.insert("mentions".to_owned(), also.clone());
        json!({ "type": "object", "properties": all })
    };
    let choices = json!({ "anyOf": [itself, itself], "type": "object", "properties": { "n": {} } });
    for schema in [properties(&json!({ "type": "integer" })), choices] {
        check(&schema).unwrap();
        let began = std::time::Instant::now();
        let shaped = shape(&schema, &answer());
        assert!(began.elapsed().as_secs() < 60, "{schema}: {:?}", began.elapsed());
        match shaped {
            Ok(Shaped { unfilled, .. }) => {
                let says = |why: &String| {
                    why.contains("asks for too much") || why.contains("more places could not")
                };
                assert!(unfilled.values().any(says), "{schema}: {unfilled:?}");
                assert!(unfilled.len() <= MOST_UNFILLED + 1, "{}", unfilled.len());
            }
            Err(errors) => assert!(errors.join(" ").contains("is not of type"), "{errors:?}"),
        }
    }
}

proptest! {
    /// What comes out is what the schema takes, whatever is asked for.
    #[test]
    fn a_shaped_answer_is_valid(
        names in prop::collection::btree_set("(mentions|users|score|posts|from|zeta|sources|sentiment)", 0..6),
        kinds in prop::collection::vec("(integer|number|string|boolean|array|object)", 6),
        optional in any::<bool>(),
    ) {
        let property = |(name, kind): (&String, &String)| (name.clone(), json!({ "type": [kind, "null"] }));
        let properties: Map<String, Value> = names.iter().zip(&kinds).map(property).collect();
        let required: Vec<&str> = if optional { Vec::new() } else { names.iter().map(String::as_str).collect() };
        let schema = object(&json!(properties), &required);
        let shaped = shape(&schema, &answer()).unwrap();
        prop_assert!(validator(&schema).unwrap().is_valid(&shaped.value));
        for name in &names {
            let is_null = shaped.value[name].is_null();
            prop_assert_eq!(is_null, shaped.unfilled.contains_key(&format!("/{name}")));
        }
    }
}
