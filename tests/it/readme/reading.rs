//! What "What it understands today" shows as JSON is taken: a reading, gone by, and an output schema, kept to.

use bytestack::model::reading::Reader;
use serde_json::{Value, json};

use super::text::blocks;
use crate::support::{Row, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_reading_shown_is_taken() {
    let shown = blocks("What it understands today", "json");
    let [reading, form, reader] = shown.as_slice() else { panic!("the README has changed") };
    let body: Value = serde_json::from_str(reading).unwrap();
    let app = TestApp::start().await;
    let row = |id, text| Row { id, author: "ann", published_at: "2025-04-20T08:00:00Z", text };
    let rows = [row("1", "Acme Corp"), row("2", "acme or globex"), row("3", "Acme")];
    app.upload("posts", "text/csv", Row::csv(&rows)).await;
    let posted = app.post("/v1/queries", body.clone()).await;
    assert_eq!(posted.status, 202, "{:#}", posted.json());
    app.running().idle().await.unwrap();
    let query = posted.json()["id"].as_str().unwrap().to_owned();
    let result = app.get(&format!("/v1/storage/{query}")).await.json();
    assert_eq!(result["reader"]["kind"], "given");
    assert_eq!(
        [&result["prompt"], &result["reading"]["intent"]],
        [&body["prompt"], &json!("share_of_voice")]
    );
    let entities = result["result"]["entities"].as_array().unwrap();
    let of = |entity: &Value| (entity["name"].clone(), entity["mentions"].clone());
    let counted: Vec<(Value, Value)> = entities.iter().map(of).collect();
    assert_eq!(counted, [(json!("Globex"), json!(1)), (json!("Acme"), json!(3))]);
    assert_eq!(result["result"]["overlap"], 1);

    // So is the form of one's own, and what a model's reading says is what is documented.
    let mut body: Value = serde_json::from_str(form).unwrap();
    body["date_range"] = json!({ "start": "2025-04-01T00:00:00Z", "end": "2025-05-01T00:00:00Z" });
    let posted = app.post("/v1/queries", body).await;
    assert_eq!(posted.status, 202, "{:#}", posted.json());
    app.running().idle().await.unwrap();
    let query = posted.json()["id"].as_str().unwrap().to_owned();
    let result = app.get(&format!("/v1/storage/{query}")).await.json();
    let platforms = json!([{ "platform": "dataset:posts", "mentions": 3 }]);
    assert_eq!(result["output"], json!({ "mentions": 3, "platforms": platforms }));
    assert!(serde_json::from_str::<Reader>(reader).unwrap().usage.is_some());
}
