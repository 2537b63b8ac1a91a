//! `/graphiql` over HTTP, and its example operations: each runs as it stands.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use bytestack::config::{Settings, SettingsArgs};
use reqwest::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::receiver::Receiver;
use crate::support::{Answer, TestApp, TestOptions, plain_client, question, with};

/// An example of the playground.
struct Example {
    name: String,
    text: String,
    variables: Value,
}

/// All of them, in the order of their tabs.
fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/operations");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let graphql = files.iter().filter(|file| file.extension().is_some_and(|end| end == "graphql"));
    let found: Vec<Example> = graphql
        .map(|file| Example {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            text: fs::read_to_string(file).unwrap(),
            variables: fs::read_to_string(file.with_extension("json"))
                .map_or_else(|_| json!({}), |text| serde_json::from_str(&text).unwrap()),
        })
        .collect();
    let names: BTreeSet<_> = files.iter().filter_map(|file| file.file_stem()).collect();
    assert_eq!(names.len(), found.len(), "variables without an operation: {files:?}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_runs_with_its_own_variables() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with_posts(TestOptions::reaching(&receiver)).await;
    let webhook = json!({ "webhookUrl": receiver.url("/") });
    app.ended(&app.ask(with(question(), webhook)).await).await;
    app.running().idle().await.unwrap();
    let examples = examples();
    let (follow, others): (Vec<_>, Vec<_>) =
        examples.iter().partition(|example| example.text.contains("\nsubscription "));
    let [follow] = follow[..] else { panic!("one example is a subscription") };
    assert!(others.len() >= 4, "the examples were not found");

    let mut asked = Value::Null;
    for example in others {
        assert!(example.text.starts_with("# "), "{} begins by saying what it does", example.name);
        let data = app.graphql(&example.text, example.variables.clone()).await;
        if let Some(payload) = data.get("createQuery") {
            assert_eq!(payload["userErrors"], json!([]), "{}: {payload:#}", example.name);
            asked = payload.clone();
            app.ended(&asked).await;
        } else {
            let said = data.to_string();
            let (job, query) = (asked["job"]["id"].as_str(), asked["query"]["id"].as_str());
            let expected = match example.name.as_str() {
                "3-result" => [query, Some("\"total_mentions\":2")],
                "4-jobs" => [job, Some("\"totalCount\":2")],
                "5-sources" => [Some("\"name\":\"dataset:…\""), Some("\"state\":\"READY\"")],
                "6-deliveries" => [Some("\"totalCount\":1"), Some("\"target\":\"http")],
                "7-queries" => [query, Some("\"totalCount\":2")],
                "8-audit" => [query, Some("\"operation\":\"createQuery\"")],
                "9-bucket" => [Some("\"name\":\"CONNECT\""), Some("DNS_FAILED")],
                other => panic!("say here what {other} should answer"),
            };
            for part in expected {
                assert!(
                    said.contains(part.unwrap()),
                    "{}: {part:?} is not in {said}",
                    example.name
                );
            }
        }
    }

    // With a cursor of before, what has ended is told at once; the variable is there as null.
    let mut variables = follow.variables.clone();
    assert_eq!(variables, json!({ "after": null }));
    variables["after"] = asked["cursor"].clone();
    let mut socket = app.socket().await;
    socket.subscribe("follow", &follow.text, variables).await;
    let message = socket.next_event("follow").await;
    assert!(message["payload"].get("errors").is_none(), "{message:#}");
    assert_eq!(message["payload"]["data"]["jobCompleted"]["jobId"], asked["job"]["id"]);
    // As it stands it is valid too, and goes on without an error until it is ended.
    socket.subscribe("live", &follow.text, follow.variables.clone()).await;
    let again = app.graphql(&examples[0].text, examples[0].variables.clone()).await;
    app.ended(&again["createQuery"]).await;
    let message = socket.next_event("follow").await;
    assert_eq!(message["type"], "next", "{message:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_is_served_with_its_files() {
    let app = TestApp::start().await;
    let client = plain_client();
    let url = |path: &str| format!("http://{}{path}", app.address);
    let answer = Answer::of(client.get(url("/graphiql/"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, "../graphiql"));

    let page = Answer::of(app.request(Method::GET, "/graphiql")).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    let head = Answer::of(app.request(Method::HEAD, "/graphiql")).await;
    assert_eq!((head.status, head.bytes.len()), (page.status, 0));
    if page.status == StatusCode::SERVICE_UNAVAILABLE {
        // A build without npm: the page says so. What it serves otherwise is tested with a table.
        assert!(text.contains("cargo build --release"), "{text}");
        eprintln!("the files were not looked at: this build has none");
        return;
    }
    assert_eq!(page.status, StatusCode::OK);
    let again = app.request(Method::GET, "/graphiql").header(IF_NONE_MATCH, page.header("etag"));
    assert_eq!(Answer::of(again).await.status, StatusCode::NOT_MODIFIED);

    let files: Vec<&str> =
        text.split("./assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(
        files.len() > 2,
        "a script, what it shares with the dashboard, and a style sheet: {text}"
    );
    for file in files {
        let path = format!("/assets/{file}");
        let plain = Answer::of(client.get(url(&path))).await;
        assert_eq!(plain.status, StatusCode::OK, "{path}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        let gzip = client.get(url(&path)).header(ACCEPT_ENCODING, "gzip");
        let gzip = Answer::of(gzip).await;
        assert_eq!(gzip.header("content-encoding"), "gzip", "{path}");
        assert!(gzip.bytes.len() < plain.bytes.len(), "{path}");
        let kind = match Path::new(file).extension().and_then(OsStr::to_str) {
            Some("css") => "text/css",
            _ => "text/javascript",
        };
        assert_eq!(plain.header("content-type"), format!("{kind}; charset=utf-8"), "{path}");
    }
    let missing = Answer::of(app.request(Method::GET, "/assets/none.js")).await;
    assert_eq!(
        (missing.status, missing.json()["code"].as_str()),
        (StatusCode::NOT_FOUND, Some("NOT_FOUND"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_the_first_page_unless_it_is_switched_off() {
    let app = TestApp::start().await;
    let page = Answer::of(app.request(Method::GET, "/")).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("script-src 'self';"));

    let settings = [("DASHBOARD", "false".to_owned())].into();
    let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
    let client = plain_client();
    let answer = Answer::of(client.get(format!("http://{}/", app.address))).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (307, "graphiql"));
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_there_are_no_pages() {
    let off = || "false".to_owned();
    let settings = [("GRAPHIQL", off()), ("DASHBOARD", off())].into();
    let app = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
    for path in ["/", "/graphiql", "/graphiql/", "/assets/any.js"] {
        let answer = Answer::of(app.request(Method::GET, path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json()["code"], "NOT_FOUND", "{path}");
    }
}

#[test]
fn the_variable_of_the_build_may_stay_set_when_it_is_run() {
    let environment = [("BYTESTACK_PLAYGROUND".to_owned(), "0".to_owned())];
    assert!(Settings::load(&SettingsArgs::default(), environment.into_iter()).is_ok());
}
