//! An endpoint that wants the order of the log gets it, whatever fails.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_endpoint_sees_events_in_the_order_of_the_log() {
    // Some fail, none by a pattern that the order of jobs could have.
    let replies: Vec<Reply> =
        (0..60_u32).map(|n| Reply::Status(if n * 7 % 5 < 2 { 500 } else { 200 })).collect();
    let mut receiver = Receiver::answering(&replies).await;
    let app = service().await;
    let (id, _) =
        app.register(with(for_ends(&receiver.url("/")), json!({ "ordered": true }))).await;
    let mut asked = Vec::new();
    for _ in 0..20 {
        asked.push(app.ask(question()).await);
    }
    for payload in &asked {
        app.ended(payload).await;
    }
    app.running().idle().await.unwrap();
    let seen: Vec<u64> = receiver
        .rest()
        .iter()
        .map(|one| serde_json::from_slice::<Value>(&one.body).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert!(seen.len() > 20, "some were tried again: {seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    let mut distinct = seen.clone();
    distinct.dedup();
    assert_eq!(distinct, (1..=20).collect::<Vec<u64>>());
    assert!(statuses(&endpoint(&app, &id).await).iter().all(|status| *status == "SUCCEEDED"));
}
