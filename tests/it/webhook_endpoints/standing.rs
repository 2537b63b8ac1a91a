//! Endpoints that fail: warned of, disabled, kept for, tested, enabled and caught up with.

use super::*;

const TEST: &str = "delivery { id status webhookEndpoint { id } event { id } }";

async fn test(app: &TestApp, id: &Value) -> Value {
    let call = format!("testWebhookEndpoint(input: {{webhookEndpointId: {id}}})");
    let delivery = mutate(app, &call, TEST).await["delivery"].clone();
    app.running().idle().await.unwrap();
    let shown = "query ($id: ID!) { node(id: $id) { ... on Delivery { status attempts { number statusCode } } } }";
    app.graphql(shown, json!({ "id": delivery["id"] })).await["node"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_disabled_and_others_are_told() {
    let mut gone = Receiver::answering(&[Reply::Status(410)]).await;
    let mut watcher = Receiver::answering(&[]).await;
    let app = service().await;
    let (id, _) = app.register(for_ends(&gone.url("/"))).await;
    let watching = json!({ "url": watcher.url("/"), "events": ["endpoint.disabled"] });
    app.register(watching).await;
    app.ended(&app.ask(question()).await).await;
    gone.next().await;
    let told: Value = serde_json::from_slice(&watcher.next().await.body).unwrap();
    assert_eq!([&told["event"], &told["endpoint_id"]], [&json!("endpoint.disabled"), &id]);
    assert_eq!(told["url"], gone.url("/"));
    let found = endpoint(&app, &id).await;
    assert_eq!(found["state"], "DISABLED");
    assert!(found["disabledReason"].as_str().unwrap().contains("410"), "{found:#}");

    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    assert!(gone.rest().is_empty());
    assert_eq!(statuses(&endpoint(&app, &id).await), ["SKIPPED", "FAILED"]);

    let refused = update(&app, &id, "state: ENABLED").await;
    assert_eq!(refused["userErrors"][0]["code"], "TEST_REQUIRED");
    let passed = test(&app, &id).await;
    assert_eq!(passed["status"], "SUCCEEDED");
    let tested: Value = serde_json::from_slice(&gone.next().await.body).unwrap();
    assert_eq!(tested["event"], "endpoint.test");
    let enabled = update(&app, &id, "state: ENABLED").await;
    assert_eq!(enabled["webhookEndpoint"]["state"], "ENABLED", "{enabled:#}");

    let recover = format!(
        "recoverDeliveries(input: {{webhookEndpointId: {id}, since: \"2026-01-01T00:00:00Z\"}})"
    );
    let recovered = mutate(&app, &recover, "recovered hasMore").await;
    assert_eq!(recovered, json!({ "recovered": 2, "hasMore": false, "userErrors": [] }));
    app.running().idle().await.unwrap();
    let bodies: Vec<Value> =
        gone.rest().iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect();
    assert_eq!(bodies.len(), 2);
    let found = endpoint(&app, &id).await;
    assert_eq!(statuses(&found), ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"], "and the test");
    let events = app.graphql("{ events(first: 9) { nodes { type } } }", json!({})).await;
    let types: Vec<&Value> =
        events["events"]["nodes"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(
        types,
        ["job.completed", "endpoint.disabled", "job.completed"],
        "tests are not in it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_of_failure_are_warned_of_and_then_end_it_and_any_success_begins_anew() {
    let app = TestApp::with_posts(options(patient_gate())).await;
    let mut receiver = Receiver::answering(&[Reply::Status(500); 30]).await;
    let (id, _) = app.register(for_ends(&receiver.url("/"))).await;
    let fail = async || {
        app.ended(&app.ask(question()).await).await;
        app.running().idle().await.unwrap();
    };
    fail().await;
    let found = endpoint(&app, &id).await;
    assert!(found["failingSince"].is_string());
    assert_eq!(found["warning"], Value::Null);
    app.clock.advance(25 * 3_600_000);
    let found = endpoint(&app, &id).await;
    assert!(found["warning"].as_str().unwrap().contains("1 days"), "{found:#}");
    fail().await;
    assert_eq!(endpoint(&app, &id).await["state"], "ENABLED");
    app.clock.advance(4 * 24 * 3_600_000);
    fail().await;
    let found = endpoint(&app, &id).await;
    assert_eq!(found["state"], "DISABLED", "{found:#}");
    assert_eq!(found["disabledReason"], "nothing was acknowledged for 5 days");
    assert_eq!(found["warning"], Value::Null);
    assert_eq!(statuses(&found)[0], "SKIPPED", "what was on its way is kept");

    let sent = receiver.rest().len();
    assert!((20..30).contains(&sent), "{sent}");
    let enabled = update(&app, &id, "state: ENABLED, force: true").await;
    assert_eq!(enabled["webhookEndpoint"]["state"], "ENABLED");
    assert_eq!(endpoint(&app, &id).await["failingSince"], Value::Null);
    fail().await;
    until(&app, &id, |found| statuses(found)[0] == "SUCCEEDED").await;
    assert_eq!(endpoint(&app, &id).await["failingSince"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_sent_again_with_the_same_id_and_bytes() {
    let mut receiver = Receiver::answering(&[]).await;
    let app = service().await;
    let (id, _) = app.register(for_ends(&receiver.url("/"))).await;
    app.ended(&app.ask(question()).await).await;
    app.running().idle().await.unwrap();
    let first = receiver.next().await;
    let delivery = endpoint(&app, &id).await["deliveries"]["nodes"][0]["id"].clone();
    let again = format!("redeliver(input: {{deliveryId: {delivery}}})");
    assert_eq!(mutate(&app, &again, "delivery { status }").await["userErrors"], json!([]));
    app.running().idle().await.unwrap();
    let second = receiver.next().await;
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(second.header("x-bytestack-attempt"), "2");
    let found = endpoint(&app, &id).await;
    assert_eq!(found["deliveries"]["nodes"][0]["attempts"].as_array().unwrap().len(), 2);
    let filtered = "query ($id: ID!) { deliveries(first: 9, filter: {webhookEndpointId: $id,
        statuses: [SUCCEEDED], createdAfter: \"2026-01-01T00:00:00Z\"}) { totalCount } }";
    let filtered = app.graphql(filtered, json!({ "id": id })).await;
    assert_eq!(filtered["deliveries"]["totalCount"], 1);
}
