//! "Saying it yourself", in "What it understands today": the reading that is shown is taken, and gone by.

use serde_json::{Value, json};

use super::text::blocks;
use crate::support::{Row, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_reading_shown_is_taken() {
    let shown = blocks("What it understands today", "json");
    let [body] = shown.as_slice() else { panic!("the README has changed") };
    let body: Value = serde_json::from_str(body).unwrap();
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
}
