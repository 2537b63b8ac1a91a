//! What public suites and real clients of others say of the real binary and of its schema:
//! `tests/conformance` has them.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::readme::clients;
use crate::support::process::{Client, Server};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");

#[test]
fn the_suites_of_others_find_nothing_wrong() {
    let folder = Path::new(FOLDER);
    let ready = folder.join("node_modules/graphql-http").exists();
    assert!(ready, "this needs what `npm ci` installs in tests/conformance; tests/run gets it");
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let mut command = Command::new("node");
    command
        .arg("--test")
        .current_dir(folder)
        .env("ADDRESS", format!("http://{}", server.client.address))
        .env("KEY", &server.client.key)
        .env("BINARY", env!("CARGO_BIN_EXE_bytestack"));
    let mut passed = 12;
    if has_parent() {
        command.env("BASE", "HEAD~1");
        passed += 1;
    }
    let run = command.output().expect("node, which tests/run installs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    let all = format!("# pass {passed}\n");
    assert!(said.contains(&all) && said.contains("# skipped 0\n"), "{said}");
}

/// Calls made up from both descriptions and one seed: none makes the service say that it failed,
/// every REST answer is as described, and no operation of either face is left without a success.
#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_server_error() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let known = stored(&server.client).await.to_string();
    let common = "not_a_server_error,response_schema_conformance,answered";
    let described = "status_code_conformance,content_type_conformance,response_headers_conformance";
    let described = format!("{common},{described}");
    let [rest_examples, graphql_examples] = if is_full() { [200, 200] } else { [10, 24] };
    for (path, operations, checks, examples) in [
        ("/v1/openapi.json", rest_operations(&server.client).await, &*described, rest_examples),
        ("/graphql", graphql_operations(&server.client).await, common, graphql_examples),
    ] {
        let run = Command::new(clients().join("schemathesis/bin/schemathesis"))
            .current_dir(Path::new(FOLDER).join("schemathesis"))
            .args(["run", &format!("http://{}{path}", server.client.address), "--no-color"])
            .args(["--header", &format!("Authorization: Bearer {}", server.client.key)])
            .args(["--checks", checks, "--max-examples", &examples.to_string()])
            .env("KNOWN", &known)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .output()
            .expect("schemathesis, which tests/run installs");
        let said = String::from_utf8_lossy(&run.stdout);
        let said = format!("{said}\n{}", String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "{said}\n{}", server.process.log());
        // Said by the check that looks at all calls: without it nobody has looked.
        let all = format!("carried out: {operations} operations in ");
        assert!(said.contains(&all), "no {all:?} in {said}");
    }
}

/// A query that has run, and what calls can name of it.
async fn stored(client: &Client) -> Value {
    client.upload_posts(10).await;
    for spare in ["spare", "another"] {
        client.upload(spare, "text\nacme\n".to_owned()).await;
    }
    let asked = client.ask(1).await;
    let ended = client.ends_after(&asked["cursor"], 1).await.remove(0);
    let link = "mutation ($key: String!) { createDownloadLink(input: { storageKey: $key }) {
        downloadLink { id url } } }";
    let mut links = Vec::new();
    for _ in 0..2 {
        let made = client.graphql(link, json!({ "key": ended["storageKey"] })).await;
        links.push(made["createDownloadLink"]["downloadLink"].clone());
    }
    // One is revoked, the other goes on working.
    let token = links[1]["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let other = client.ask(2).await;
    let other = client.ends_after(&other["cursor"], 1).await.remove(0);
    let mut webhooks = Vec::new();
    for path in ["a", "b", "c"] {
        let url = format!("https://hooks.invalid/{path}");
        let input = json!({ "url": url, "events": ["storage.deleted"] });
        let create = "mutation ($input: CreateWebhookEndpointInput!) {
            createWebhookEndpoint(input: $input) { webhookEndpoint { id } } }";
        let made = client.graphql(create, json!({ "input": input })).await;
        webhooks.push(made["createWebhookEndpoint"]["webhookEndpoint"]["id"].clone());
    }
    json!({
        "webhooks": webhooks,
        "ids": [asked["query"]["id"], asked["job"]["id"], links[0]["id"]],
        "spare_results": [other["storageKey"]],
        "texts": [asked["cursor"], ended["storageKey"], "another"],
        "tokens": [token],
    })
}

/// All but the description, which is read and not tried.
async fn rest_operations(client: &Client) -> usize {
    let mut description = client.get("/v1/openapi.json").await.json();
    let paths = description["paths"].as_object_mut().unwrap();
    paths.remove("/v1/openapi.json").unwrap();
    let methods = ["get", "head", "put", "post", "patch", "delete"];
    paths
        .values()
        .map(|path| methods.iter().filter(|method| path.get(method).is_some()).count())
        .sum()
}

async fn graphql_operations(client: &Client) -> usize {
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    let answer = client.graphql(query, json!({})).await;
    let roots = ["queryType", "mutationType"].map(|root| &answer["__schema"][root]["fields"]);
    roots.map(|fields| fields.as_array().unwrap().len()).iter().sum()
}

#[expect(clippy::disallowed_methods, reason = "the test command says how much is to be tried")]
fn is_full() -> bool {
    std::env::var_os("BYTESTACK_TEST_FULL").is_some()
}

/// Whether there is a commit before this one to compare its schema with: a copy of the files alone has none.
fn has_parent() -> bool {
    let mut git = Command::new("git");
    git.current_dir(env!("CARGO_MANIFEST_DIR")).args(["cat-file", "-e", "HEAD~1:schema.graphql"]);
    git.output().is_ok_and(|output| output.status.success())
}
