//! The log for collectors: every line says whose it is.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::process::Server;
use crate::support::receiver::Receiver;
use crate::support::upstream::{self, Upstream};

/// The fields of all spans around a line, the inner ones last.
fn field<'a>(line: &'a Value, name: &str) -> &'a str {
    let spans = line["spans"].as_array().map_or(&[][..], Vec::as_slice);
    spans.iter().rev().find_map(|span| span[name].as_str()).unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_a_job_names_it_its_query_and_its_workspace_and_of_a_request_the_request() {
    let mut receiver = Receiver::answering(&[]).await;
    let feeds = Upstream::start(|_| upstream::Reply::status(410, &[], "gone")).await;
    let data = tempdir().unwrap();
    let allowed = format!("{},{}", receiver.address, feeds.address);
    let environment = [("BYTESTACK_ALLOW_PRIVATE", allowed.as_str())];
    let arguments = ["--log-format", "json", "--log", "info,bytestack=debug"];
    let server = Server::first(data.path(), &arguments, &environment);
    let workspace = server.printed("workspace ").to_owned();
    server.client.upload_posts(10).await;
    let ask = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
        query { id } job { id } cursor userErrors { message } } }";
    let input = json!({ "prompt": "How many times was Acme mentioned?", "webhookUrl": receiver.url("/"),
        "sources": ["dataset:posts", format!("rss:{}", feeds.url("/feed"))] });
    let asked = server.client.graphql(ask, json!({ "input": input })).await["createQuery"].clone();
    server.client.ends_after(&asked["cursor"], 1).await;
    receiver.next().await;
    let done = async {
        let metrics = "bytestack_delivery_attempts_total{outcome=\"succeeded\"} 1";
        while !String::from_utf8_lossy(&server.client.get("/metrics").await.bytes).contains(metrics)
        {
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done).await.expect("the webhook arrives");
    let ended = server.process.terminate();

    let lines: Vec<Value> = ended
        .log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let of = |module: &str| {
        let starts =
            |line: &&Value| line["target"].as_str().is_some_and(|at| at.starts_with(module));
        let found: Vec<&Value> = lines.iter().filter(starts).collect();
        assert!(!found.is_empty(), "{module} says nothing:\n{}", ended.log);
        found
    };
    let (query, job) =
        (asked["query"]["id"].as_str().unwrap(), asked["job"]["id"].as_str().unwrap());
    for line in of("bytestack::runner").into_iter().chain(of("bytestack::deliveries")) {
        assert_eq!(
            [field(line, "job"), field(line, "query"), field(line, "workspace")],
            [job, query, workspace.as_str()],
            "{line:#}"
        );
    }
    for line in of("bytestack::deliveries") {
        assert!(field(line, "delivery").starts_with("dlv_"), "{line:#}");
    }
    for line in of("bytestack::http") {
        assert!(field(line, "id").starts_with("req_"), "{line:#}");
    }
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line:#}");
    }
}
