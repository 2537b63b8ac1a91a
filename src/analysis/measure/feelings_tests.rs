//! What posts feel, over time.

use serde_json::{Value, json};

use super::intents_tests::{answer, post};

#[test]
fn each_day_and_source_says_what_its_posts_feel() {
    let posts = [
        post("x", "1", "02T10", "I love Acme, it is great", "ann"),
        post("reddit", "2", "02T11", "I hate Acme, it is awful", "bob"),
        post("x", "3", "03T11", "Ich mag Acme nicht, es ist furchtbar", "cleo"),
    ];
    let fields = |metrics: &str| json!({"intent": "trend", "group_by": ["day", "source"], "metrics": [metrics]});
    let found = answer(&fields("sentiment"), &posts);
    let counts = |felt: &Value| {
        ["positive_count", "neutral_count", "negative_count", "unknown_count", "net"]
            .map(|part| felt[part].clone())
    };
    let series = &found["series"];
    let numbers = |numbers: [u64; 4], net: Value| {
        let [positive, neutral, negative, unknown] = numbers.map(Value::from);
        [positive, neutral, negative, unknown, net]
    };
    assert_eq!(counts(&series[0]["sentiment"]), numbers([1, 0, 1, 0], json!(0.0)));
    assert_eq!(counts(&series[1]["sentiment"]), numbers([0, 0, 0, 1], Value::Null));
    assert_eq!(counts(&series[2]["sentiment"]), numbers([0, 0, 0, 0], Value::Null));
    let reddit = &series[0]["groups"][0];
    assert_eq!(reddit["key"], "reddit");
    assert_eq!(counts(&reddit["sentiment"]), numbers([0, 0, 1, 0], json!(-1.0)));
    let plain = answer(&fields("mentions"), &posts);
    assert_eq!(plain["series"][0].get("sentiment"), None);
    assert_eq!(plain["series"][0]["groups"][0].get("sentiment"), None);
}
