//! Lists as Relay reads them: how many are given, where they go on, and any object by its id.

use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::{TestApp, TestOptions, question, with, without_worker};

const LISTS: [&str; 5] = ["queries", "jobs", "storageObjects", "events", "jobs of a query"];

/// A page of one list: its ids, cursors and what it says of its neighbours.
async fn page(app: &TestApp, list: &str, arguments: &str) -> Value {
    let answer = try_page(app, list, arguments).await;
    assert!(answer.get("errors").is_none(), "{list}({arguments}): {answer:#}");
    let data = &answer["data"];
    if list == LISTS[4] { data["queries"]["nodes"][0]["jobs"].clone() } else { data[list].clone() }
}

async fn try_page(app: &TestApp, list: &str, arguments: &str) -> Value {
    let fields = "{ edges { cursor node { id } } nodes { id }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
    let text = match list.strip_suffix(" of a query") {
        Some(inner) => {
            format!("{{ queries(first: 1) {{ nodes {{ {inner}({arguments}) {fields} }} }} }}")
        }
        None => format!("{{ {list}({arguments}) {fields} }}"),
    };
    app.try_graphql(&app.key, &text, json!({})).await
}

fn ids(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap();
    let ids: Vec<String> =
        edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect();
    let nodes: Vec<&Value> = page["nodes"].as_array().unwrap().iter().collect();
    assert_eq!(nodes, edges.iter().map(|edge| &edge["node"]).collect::<Vec<_>>());
    let cursor = |at: Option<&Value>| at.map_or(Value::Null, |edge| edge["cursor"].clone());
    assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
    assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
    ids
}

fn has_next(page: &Value) -> bool {
    page["pageInfo"]["hasNextPage"].as_bool().unwrap()
}

fn has_previous(page: &Value) -> bool {
    page["pageInfo"]["hasPreviousPage"].as_bool().unwrap()
}

/// Seven queries with a completed job each; answers their creating payloads.
async fn seven(app: &TestApp) -> Vec<Value> {
    let mut payloads = Vec::new();
    for _ in 0..7 {
        let payload = app.ask(question()).await;
        app.ended(&payload).await;
        payloads.push(payload);
    }
    payloads
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_a_page_must_be_said_and_be_sane() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    app.ended(&app.ask(question()).await).await;
    for list in LISTS {
        for wrong in [
            "after: null",
            "first: 0",
            "first: -1",
            "first: 101",
            "last: 0",
            "last: 101",
            "first: 2, last: 2",
            "first: 1, after: \"\"",
            "first: 1, after: \"abc\"",
            "last: 1, before: \"YXJyYXk6MQ==\"",
        ] {
            let answer = try_page(&app, list, wrong).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{list}({wrong}): {answer:#}");
        }
        for right in ["first: 1", "first: 100", "last: 1", "last: 100"] {
            assert_eq!(ids(&page(&app, list, right).await).len(), 1, "{list}({right})");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_lead_through_a_list_both_ways() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let payloads = seven(&app).await;
    for list in &LISTS[..4] {
        let all = ids(&page(&app, list, "first: 100").await);
        assert_eq!(all.len(), 7, "{list}");
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        let (mut arguments, mut going) = ("first: 3".to_owned(), true);
        while going {
            let page = page(&app, list, &arguments).await;
            assert_eq!(has_previous(&page), !forward.is_empty(), "{list}({arguments})");
            forward.extend(ids(&page));
            arguments = format!("first: 3, after: {}", page["pageInfo"]["endCursor"]);
            going = has_next(&page);
            assert_eq!(going, forward.len() < 7, "{list}({arguments})");
        }
        assert_eq!(forward, all, "{list}");
        (arguments, going) = ("last: 3".to_owned(), true);
        while going {
            let page = page(&app, list, &arguments).await;
            assert_eq!(has_next(&page), !backward.is_empty(), "{list}({arguments})");
            backward.splice(0..0, ids(&page));
            arguments = format!("last: 3, before: {}", page["pageInfo"]["startCursor"]);
            going = has_previous(&page);
            assert_eq!(going, backward.len() < 7, "{list}({arguments})");
        }
        assert_eq!(backward, all, "{list}");
        let exact = page(&app, list, "first: 7").await;
        assert!(!has_next(&exact) && !has_previous(&exact), "{list}");
        let (after, before) = (&exact["edges"][1]["cursor"], &exact["edges"][5]["cursor"]);
        for size in ["first: 9", "last: 9", "first: 2", "last: 2"] {
            let between =
                page(&app, list, &format!("{size}, after: {after}, before: {before}")).await;
            let expected = match size {
                "first: 2" => &all[2..4],
                "last: 2" => &all[3..5],
                _ => &all[2..5],
            };
            assert_eq!(ids(&between), expected, "{list}({size})");
        }
    }
    let created = |kind: &str| -> Vec<String> {
        payloads.iter().rev().map(|made| made[kind]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&page(&app, "queries", "first: 9").await), created("query"), "newest first");
    assert_eq!(ids(&page(&app, "jobs", "first: 9").await), created("job"), "newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_kind_of_list() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    app.ended(&app.ask(question()).await).await;
    for from in &LISTS[..4] {
        let cursor = page(&app, from, "first: 1").await["pageInfo"]["endCursor"].clone();
        for list in LISTS.iter().filter(|list| !list.starts_with(from)) {
            let answer = try_page(&app, list, &format!("first: 1, after: {cursor}")).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "a cursor of {from} in {list}: {answer:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_lists_and_their_totals() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let good = app.ask(question()).await;
    app.ended(&good).await;
    let bad = app.ask(with(question(), json!({ "prompt": "Write a poem" }))).await;
    app.ended(&bad).await;
    app.clock.advance(1);
    let clock = app.clock.clone();
    let app = app.restart(TestOptions { clock, ..without_worker() }).await;
    let queued = app.ask(question()).await;
    let text = "query ($jobs: JobFilter, $objects: StorageObjectFilter) {
        jobs(first: 9, filter: $jobs) { totalCount nodes { id } }
        storageObjects(first: 9, filter: $objects) { totalCount nodes { job { id } } } }";
    let id = |payload: &Value, kind: &str| payload[kind]["id"].clone();
    for (filter, expected) in [
        (json!({}), vec![&queued, &bad, &good]),
        (json!({ "statuses": [] }), vec![&queued, &bad, &good]),
        (json!({ "statuses": ["COMPLETED"] }), vec![&good]),
        (json!({ "statuses": ["FAILED", "QUEUED"] }), vec![&queued, &bad]),
        (json!({ "statuses": ["CANCELLED"] }), vec![]),
        (json!({ "queryId": id(&bad, "query") }), vec![&bad]),
        (json!({ "queryId": id(&bad, "query"), "statuses": ["COMPLETED"] }), vec![]),
    ] {
        let found = app.graphql(text, json!({ "jobs": filter })).await;
        let jobs: Vec<Value> =
            expected.iter().map(|made| json!({ "id": id(made, "job") })).collect();
        let expected = json!({ "totalCount": jobs.len(), "nodes": jobs });
        assert_eq!(found["jobs"], expected, "{filter}");
    }
    for (made, total) in [(&good, 1), (&bad, 0)] {
        let filter = json!({ "objects": { "queryId": id(made, "query") } });
        assert_eq!(app.graphql(text, filter).await["storageObjects"]["totalCount"], total);
    }
    let wrong = app.try_graphql(&app.key, text, json!({ "jobs": { "queryId": "qry_1" } })).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");

    let of_query =
        "query ($id: ID!) { query(id: $id) { latestJob { id } latestResult { job { id } }
        jobs(first: 9, filter: { statuses: [COMPLETED] }) { totalCount nodes { id } } } }";
    let found = app.graphql(of_query, json!({ "id": id(&good, "query") })).await;
    let job = json!({ "id": id(&good, "job") });
    assert_eq!(
        found["query"],
        json!({ "latestJob": job, "latestResult": { "job": job },
        "jobs": { "totalCount": 1, "nodes": [job] } })
    );
    let events = "{ events(first: 9, types: [\"query.deleted\"]) { nodes { id } } }";
    assert_eq!(app.graphql(events, json!({})).await["events"]["nodes"], json!([]));
    let app = app.restart(TestOptions::default()).await;
    app.ended(&queued).await;
}

/// Makes a link to the newest result and a pin of the query.
async fn link_and_pin(app: &TestApp, query: &Value) {
    let key = "{ storageObjects(first: 1) { nodes { key } } }";
    let key = app.graphql(key, json!({})).await["storageObjects"]["nodes"][0]["key"].clone();
    let make = "mutation ($key: String!, $query: ID!) {
        createDownloadLink(input: { storageKey: $key }) { downloadLink { id } }
        pinChart(input: { queryId: $query, chart: TREND }) { pin { id } } }";
    app.graphql(make, json!({ "key": key, "query": query })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_object_is_found_by_its_id_alone() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    // One source answers, and what the other was asked is noted.
    let sources =
        json!({ "webhookUrl": receiver.url("/"), "sources": ["dataset:posts", "hackernews"] });
    let asked = app.ask(with(question(), sources)).await;
    app.running().idle().await.unwrap();
    let endpoint = json!({ "url": receiver.url("/registered"), "events": ["job.completed"] });
    app.register(endpoint).await;
    link_and_pin(&app, &asked["query"]["id"]).await;
    let found = app
        .graphql(
            "{ workspace { id } queries(first: 1) { nodes { id } }
            jobs(first: 1) { nodes { id scrapeLogs(first: 1) { nodes { id } } } }
            storageObjects(first: 1) { nodes { id } } events(first: 1) { nodes { id } }
            deliveries(first: 1) { nodes { id } } apiKeys(first: 1) { nodes { id } }
            auditLog(first: 1) { nodes { id } } datasets(first: 1) { nodes { id } }
            webhookEndpoints(first: 1) { nodes { id } }
            downloadLinks(first: 1) { nodes { id } } pins(first: 1) { nodes { id } } }",
            json!({}),
        )
        .await;
    let log = found["jobs"]["nodes"][0]["scrapeLogs"]["nodes"][0]["id"].clone();
    let mut nodes = vec![("Workspace", found["workspace"]["id"].clone()), ("ScrapeLog", log)];
    for (kind, list) in [
        ("SavedQuery", "queries"),
        ("Job", "jobs"),
        ("StorageObject", "storageObjects"),
        ("Event", "events"),
        ("Delivery", "deliveries"),
        ("ApiKey", "apiKeys"),
        ("AuditEntry", "auditLog"),
        ("Dataset", "datasets"),
        ("WebhookEndpoint", "webhookEndpoints"),
        ("DownloadLink", "downloadLinks"),
        ("Pin", "pins"),
    ] {
        nodes.push((kind, found[list]["nodes"][0]["id"].clone()));
    }
    assert_eq!(nodes.len(), schema_kinds_of_node(), "a kind of node is not tested here");
    let one = "query ($id: ID!) { node(id: $id) { __typename id } }";
    for (kind, id) in &nodes {
        let found = app.graphql(one, json!({ "id": id })).await;
        assert_eq!(found["node"], json!({ "__typename": kind, "id": id }));
        let id = id.as_str().unwrap();
        let (prefix, ulid) = id.split_once('_').unwrap();
        let never = format!("{prefix}_{}", "0".repeat(26));
        for wrong in
            [never, ulid.to_owned(), id.to_uppercase(), format!("abc_{ulid}"), String::new()]
        {
            let found = app.graphql(one, json!({ "id": wrong })).await;
            assert_eq!(found["node"], Value::Null, "{wrong}");
        }
    }
    let mut asked: Vec<Value> = nodes.iter().rev().map(|(_, id)| id.clone()).collect();
    asked.insert(2, json!("nobody"));
    asked.push(asked[0].clone());
    let many = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let found = app.graphql(many, json!({ "ids": asked })).await;
    let expected: Vec<Value> = asked
        .iter()
        .map(|id| if id == "nobody" { Value::Null } else { json!({ "id": id }) })
        .collect();
    assert_eq!(found["nodes"], json!(expected));
    let hundred = app.graphql(many, json!({ "ids": vec!["x"; 100] })).await;
    assert_eq!(hundred["nodes"], json!(vec![Value::Null; 100]));
    let more = app.try_graphql(&app.key, many, json!({ "ids": vec!["x"; 101] })).await;
    assert_eq!(more["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

fn schema_kinds_of_node() -> usize {
    include_str!("../../schema.graphql").matches(" implements Node {").count()
}
