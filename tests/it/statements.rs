//! However many objects a page has, it is read with the same few statements.

use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::{TestApp, TestOptions, question, with};

const JOBS: &str = "query ($count: Int!) { jobs(first: $count) { nodes { id status query { id prompt schedule { cron } }
    result { key sizeBytes } deliveries(first: 10) { nodes { status attempts { number } event { seq } } } } } }";
const QUERIES: &str =
    "query ($count: Int!) { queries(first: $count) { nodes { id state latestJob { id }
    latestResult { key } jobs(first: 5) { nodes { id status } } } } }";

/// A key's check needs two now and then.
const MORE: u64 = 2;

/// How many statements the answer takes, and what its nodes are.
async fn reading(app: &TestApp, query: &str, count: usize) -> (u64, Vec<Value>) {
    let statements = &app.running().domain.metrics().database.reader.statements;
    let before = statements.get();
    let answer = app.graphql(query, json!({ "count": count })).await;
    let taken = statements.get() - before;
    let list = answer.as_object().unwrap().values().next().unwrap();
    (taken, list["nodes"].as_array().unwrap().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_fifty_takes_as_many_statements_as_one_of_five() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    let input = with(question(), json!({ "webhookUrl": receiver.url("/hook") }));
    for _ in 0..50 {
        app.ask(input.clone()).await;
    }
    app.running().idle().await.unwrap();
    let mut options = TestOptions::reaching(&receiver);
    options.settings.insert("ROLES", "api".to_owned());
    let app = app.restart(options).await;

    for query in [JOBS, QUERIES] {
        let (few, nodes) = reading(&app, query, 5).await;
        assert_eq!(nodes.len(), 5);
        let (many, nodes) = reading(&app, query, 50).await;
        assert_eq!(nodes.len(), 50);
        assert!(many <= few + MORE, "{few}, {many}: {query}");
        for node in nodes {
            let inner = if query == JOBS { "deliveries" } else { "jobs" };
            assert_eq!(node[inner]["nodes"].as_array().unwrap().len(), 1, "{node:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_of_several_are_those_of_each() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut expected = Vec::new();
    for runs in [3, 0, 1, 5] {
        let saved = app.ask(with(question(), json!({ "run": false }))).await;
        let query = saved["query"]["id"].as_str().unwrap().to_owned();
        let mut jobs = Vec::new();
        for _ in 0..runs {
            let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }";
            let answer = app.graphql(run, json!({ "id": query })).await;
            jobs.insert(0, answer["runQuery"]["job"]["id"].as_str().unwrap().to_owned());
        }
        expected.insert(0, (query, jobs));
    }
    app.running().idle().await.unwrap();
    let list = "query ($first: Int, $last: Int) { queries(first: 9) { nodes { id
        jobs(first: $first, last: $last) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } } }";
    for (name, count) in [("first", 2), ("first", 3), ("last", 2), ("last", 9)] {
        let answer = app.graphql(list, json!({ name: count })).await;
        let nodes = answer["queries"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), expected.len());
        for (node, (query, jobs)) in nodes.iter().zip(&expected) {
            assert_eq!(&node["id"], query);
            let taken = count.min(jobs.len());
            let wanted = if name == "first" { &jobs[..taken] } else { &jobs[jobs.len() - taken..] };
            let ids: Vec<&str> = node["jobs"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["id"].as_str().unwrap())
                .collect();
            assert_eq!(ids, wanted, "{name} {count}");
            let goes_on = if name == "first" { "hasNextPage" } else { "hasPreviousPage" };
            assert_eq!(node["jobs"]["pageInfo"][goes_on], jobs.len() > count, "{name} {count}");
        }
    }
}
