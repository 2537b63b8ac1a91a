//! One receiver that hangs, drips or is busy takes nothing from the others.

use std::time::Instant;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_is_left_alone_and_costs_no_attempts() {
    let mut hanging = Receiver::answering(&[Reply::Hang; 200]).await;
    let gate = GateOptions {
        at_once_in_doubt: 2,
        failures: 3,
        closed_for: Duration::from_mins(5),
        ..GateOptions::default()
    };
    let app = TestApp::with_posts(options(gate)).await;
    let (id, _) = app.register(for_ends(&hanging.url("/"))).await;
    let mut healthy = Vec::new();
    for _ in 0..9 {
        let receiver = Receiver::answering(&[]).await;
        app.register(for_ends(&receiver.url("/"))).await;
        healthy.push(receiver);
    }
    let began = Instant::now();
    for _ in 0..12 {
        app.ended(&app.ask(question()).await).await;
    }
    for receiver in &mut healthy {
        for _ in 0..12 {
            receiver.next().await;
        }
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "nobody waited for the one that hangs: {took:?}");
    let tries = |found: &Value| -> usize {
        let nodes = found["deliveries"]["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["attempts"].as_array().unwrap().len()).sum()
    };
    let found = until(&app, &id, |found| tries(found) >= 3).await;
    let tried = hanging.rest().len();
    assert!((3..=4).contains(&tried), "after three failures nothing goes: {tried}");
    assert!(statuses(&found).iter().all(|status| *status == "PENDING"));
    let rows = Rows::at(&app.database_url()).await;
    let attempts = "SELECT CAST(sum(attempt) AS TEXT) FROM task WHERE lease_token IS NULL";
    let counted: usize = rows.text(attempts).await.parse().unwrap();
    assert!(counted <= tried, "being put off costs no attempt: {counted} of {tried}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_busy_is_left_alone_with_everything() {
    let mut busy = Receiver::answering(&[Reply::After(429, 3_600)]).await;
    let app = service().await;
    let (id, _) = app.register(for_ends(&busy.url("/"))).await;
    app.ended(&app.ask(question()).await).await;
    busy.next().await;
    until(&app, &id, |found| found["failingSince"].is_string()).await;
    app.ended(&app.ask(question()).await).await;
    let mut settled = app.running().watch_settled();
    // The second one is claimed, and put off without being sent.
    while Rows::at(&app.database_url())
        .await
        .text("SELECT CAST(count(*) AS TEXT) FROM task WHERE due_at > 1000 AND lease_token IS NULL")
        .await
        != "2"
    {
        drop(tokio::time::timeout(Duration::from_millis(50), settled.changed()).await);
    }
    assert!(busy.rest().is_empty());
    let rows = Rows::at(&app.database_url()).await;
    let attempts = "SELECT CAST(sum(attempt) AS TEXT) FROM task";
    assert_eq!(rows.text(attempts).await, "1", "being put off costs no attempt");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_is_kept() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let limit = json!({ "rateLimitPerSecond": 10 });
    app.register(with(for_ends(&receiver.url("/")), limit)).await;
    let mut asked = Vec::new();
    // Before the first can have been sent: a slow machine only makes it longer.
    let began = Instant::now();
    for _ in 0..8 {
        asked.push(app.ask(question()).await);
    }
    for _ in 0..8 {
        receiver.next().await;
    }
    let took = began.elapsed();
    for payload in &asked {
        app.ended(payload).await;
    }
    assert!(took >= Duration::from_millis(600), "{took:?}");
    app.running().idle().await.unwrap();
}
