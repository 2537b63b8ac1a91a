//! What a workspace keeps on its overview: charts of queries, each once, until they are unpinned or their query is
//! deleted.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::rows::Rows;
use crate::support::{TestApp, question, with, without_worker};

const PIN: &str = "mutation ($query: ID!, $chart: PinChart!) {
    pinChart(input: { queryId: $query, chart: $chart }) { pin { id chart createdAt query { id } }
    userErrors { code message path } } }";
const UNPIN: &str = "mutation ($pin: ID!) { unpinChart(input: { pinId: $pin }) {
    pin { id chart query { id } } userErrors { code path } } }";
const PINS: &str =
    "query ($first: Int, $after: String, $last: Int, $before: String) {
    pins(first: $first, after: $after, last: $last, before: $before) { totalCount
    nodes { id chart query { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }";
const CHARTS: [&str; 6] = ["FIGURES", "TREND", "SENTIMENT", "SOURCES", "SHARE_OF_VOICE", "HISTORY"];

/// A query that is saved and not run; answers its id.
async fn saved(app: &TestApp) -> Value {
    app.ask(with(question(), json!({ "run": false }))).await["query"]["id"].clone()
}

async fn pin(app: &TestApp, query: &Value, chart: &str) -> Value {
    let variables = json!({ "query": query, "chart": chart });
    app.graphql(PIN, variables).await["pinChart"].clone()
}

/// Pins what must be possible to pin; answers the pin.
async fn pinned(app: &TestApp, query: &Value, chart: &str) -> Value {
    let payload = pin(app, query, chart).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload["pin"].clone()
}

async fn unpin(app: &TestApp, pin: &Value) -> Value {
    app.graphql(UNPIN, json!({ "pin": pin })).await["unpinChart"].clone()
}

async fn list(app: &TestApp, page: Value) -> Value {
    app.graphql(PINS, page).await["pins"].clone()
}

fn ids(nodes: &Value) -> Vec<Value> {
    nodes.as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
}

async fn entries(app: &TestApp) -> Value {
    let count = "{ auditLog(first: 1) { totalCount } }";
    app.graphql(count, json!({})).await["auditLog"]["totalCount"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_are_pinned_once_and_listed_oldest_first() {
    let app = TestApp::with_posts(without_worker()).await;
    let empty = json!({ "totalCount": 0, "nodes": [], "pageInfo": { "startCursor": null,
        "endCursor": null, "hasNextPage": false, "hasPreviousPage": false } });
    assert_eq!(list(&app, json!({ "first": 9 })).await, empty);
    let (one, two) = (saved(&app).await, saved(&app).await);
    let mut expected = Vec::new();
    for chart in CHARTS {
        for query in [&two, &one] {
            let made = pinned(&app, query, chart).await;
            assert_eq!([&made["chart"], &made["query"]["id"]], [&json!(chart), query]);
            assert_eq!(made["createdAt"], "2026-11-23T17:30:00Z");
            expected.push(made["id"].clone());
        }
    }
    let before = entries(&app).await;
    app.clock.advance(60_000);
    for (at, chart) in CHARTS.into_iter().enumerate() {
        let again = pinned(&app, &two, chart).await;
        assert_eq!(again["id"], expected[2 * at], "the same pin");
        assert_eq!(again["createdAt"], "2026-11-23T17:30:00Z");
    }
    assert_eq!(entries(&app).await, before, "nothing was written");

    let whole = list(&app, json!({ "first": 100 })).await;
    assert_eq!(
        [&whole["totalCount"], &json!(ids(&whole["nodes"]))],
        [&json!(12), &json!(expected)]
    );
    let page = list(&app, json!({ "first": 5 })).await;
    assert_eq!(ids(&page["nodes"]), expected[..5]);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = &page["pageInfo"]["endCursor"];
    let rest = list(&app, json!({ "first": 100, "after": after })).await;
    assert_eq!(ids(&rest["nodes"]), expected[5..]);
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);
    let last = list(&app, json!({ "last": 2 })).await;
    assert_eq!(ids(&last["nodes"]), expected[10..]);
    assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
    let earlier = list(&app, json!({ "last": 4, "before": after })).await;
    assert_eq!(ids(&earlier["nodes"]), expected[..4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unpinned_is_gone_and_can_be_pinned_anew() {
    let app = TestApp::with_posts(without_worker()).await;
    let query = saved(&app).await;
    let (kept, gone) = (pinned(&app, &query, "TREND").await, pinned(&app, &query, "FIGURES").await);
    let was = json!({ "id": gone["id"], "chart": "FIGURES", "query": { "id": query } });
    let unpinned = unpin(&app, &gone["id"]).await;
    assert_eq!(unpinned, json!({ "pin": was, "userErrors": [] }));
    assert_eq!(ids(&list(&app, json!({ "first": 9 })).await["nodes"]), [kept["id"].clone()]);
    let before = entries(&app).await;
    let refused = json!({ "pin": null,
        "userErrors": [{ "code": "PIN_NOT_FOUND", "path": ["pinId"] }] });
    for wrong in [gone["id"].clone(), json!(""), query.clone()] {
        assert_eq!(unpin(&app, &wrong).await, refused, "{wrong}");
    }
    assert_eq!(entries(&app).await, before);
    let anew = pinned(&app, &query, "FIGURES").await;
    assert_ne!(anew["id"], gone["id"]);
    let expected = [kept["id"].clone(), anew["id"].clone()];
    assert_eq!(ids(&list(&app, json!({ "first": 9 })).await["nodes"]), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_is_deleted_takes_its_pins_along() {
    let app = TestApp::with_posts(without_worker()).await;
    let (deleted, kept) = (saved(&app).await, saved(&app).await);
    for chart in ["TREND", "HISTORY"] {
        pinned(&app, &deleted, chart).await;
    }
    let stays = pinned(&app, &kept, "TREND").await;
    let delete =
        "mutation ($id: ID!) { deleteQuery(input: { queryId: $id }) { userErrors { code } } }";
    let rows = Rows::at(&app.database_url()).await;
    // It is one commit: without room for its entry nothing goes.
    let (refuse, allow) = if rows.is_sqlite() {
        let raise = "BEGIN SELECT RAISE(ABORT, 'no room'); END";
        (
            format!("CREATE TRIGGER no_room BEFORE INSERT ON audit_entry {raise}"),
            "DROP TRIGGER no_room",
        )
    } else {
        let add = "ALTER TABLE audit_entry ADD CONSTRAINT no_room CHECK (FALSE) NOT VALID";
        (add.to_owned(), "ALTER TABLE audit_entry DROP CONSTRAINT no_room")
    };
    rows.execute(&refuse).await;
    let failed = app.try_graphql(&app.key, delete, json!({ "id": deleted })).await;
    assert_eq!(failed["errors"][0]["extensions"]["code"], "INTERNAL", "{failed:#}");
    assert_eq!(list(&app, json!({ "first": 9 })).await["totalCount"], 3);
    rows.execute(allow).await;
    app.graphql(delete, json!({ "id": deleted })).await;
    assert_eq!(ids(&list(&app, json!({ "first": 9 })).await["nodes"]), [stays["id"].clone()]);

    for unknown in [deleted, json!("qry_00000000000000000000000000"), json!("posts")] {
        let payload = pin(&app, &unknown, "TREND").await;
        assert_eq!(payload["pin"], Value::Null);
        let error = &payload["userErrors"][0];
        assert_eq!(
            [&error["code"], &error["path"]],
            [&json!("QUERY_NOT_FOUND"), &json!(["queryId"])],
            "{payload:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_has_fifty_pins_however_many_pin_at_once() {
    let app = TestApp::with_posts(without_worker()).await;
    let queries = join_all((0..9).map(|_| saved(&app))).await;
    let all = queries.iter().flat_map(|query| CHARTS.map(|chart| pin(&app, query, chart)));
    let payloads = join_all(all).await;
    let made = payloads.iter().filter(|payload| !payload["pin"].is_null()).count();
    assert_eq!(made, 50);
    let refused = payloads.iter().find(|payload| payload["pin"].is_null()).unwrap();
    let error = &refused["userErrors"][0];
    assert_eq!(error["code"], "TOO_MANY_PINS", "{refused:#}");
    assert!(error["message"].as_str().unwrap().contains("unpin one"), "{refused:#}");

    let known = payloads.iter().find(|payload| !payload["pin"].is_null()).unwrap();
    let known = &known["pin"];
    let again = pinned(&app, &known["query"]["id"], known["chart"].as_str().unwrap()).await;
    assert_eq!(&again, known, "what is pinned is so also when there is no room");
    unpin(&app, &known["id"]).await;
    pinned(&app, &known["query"]["id"], known["chart"].as_str().unwrap()).await;
    assert_eq!(list(&app, json!({ "first": 1 })).await["totalCount"], 50);

    let same = join_all((0..8).map(|_| pin(&app, &queries[0], "TREND"))).await;
    assert!(same.iter().all(|payload| payload == &same[0]), "{same:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pins_of_others_are_neither_seen_nor_taken_away() {
    let app = TestApp::with_posts(without_worker()).await;
    let (_, stranger) = app.stranger().await;
    let query = saved(&app).await;
    let own = pinned(&app, &query, "TREND").await;
    let theirs = app.try_graphql(&stranger, PINS, json!({ "first": 9 })).await;
    assert_eq!(theirs["data"]["pins"]["totalCount"], 0);
    let refused = app.try_graphql(&stranger, UNPIN, json!({ "pin": own["id"] })).await;
    assert_eq!(refused["data"]["unpinChart"]["userErrors"][0]["code"], "PIN_NOT_FOUND");
    let variables = json!({ "query": query, "chart": "FIGURES" });
    let refused = app.try_graphql(&stranger, PIN, variables).await;
    assert_eq!(refused["data"]["pinChart"]["userErrors"][0]["code"], "QUERY_NOT_FOUND");
    let pins = list(&app, json!({ "first": 9 })).await;
    assert_eq!(ids(&pins["nodes"]), [own["id"].clone()]);
}
