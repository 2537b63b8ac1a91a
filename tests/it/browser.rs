//! The pages in a real browser, against the real binary: `tests/browser` says what is looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Method, StatusCode};
use tempfile::tempdir;

use crate::support::process::{LISTENING, Process, Server};
use crate::support::receiver::Receiver;
use crate::support::s3::{BUCKET, KEY_ID, OtherStore, SECRET};
use crate::support::{Answer, TestApp};

const CHROMIUM: &str = "/usr/bin/chromium";
/// The private addresses that tests are on.
const HERE: (&str, &str) = ("BYTESTACK_ALLOW_PRIVATE", "127.0.0.0/8");

#[test]
fn graphiql_works_in_a_browser() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let link = server.printed("sign in at ").to_owned();
    let address = format!("http://{}", server.client.address);
    let place = [("ADDRESS", &*address), ("KEY", &server.client.key), ("LINK", &link)];
    passes(&["graphiql.test.mjs"], &place, 4);
}

#[test]
fn the_dashboard_takes_a_question_to_its_result_in_a_browser() {
    let demo = Demo::start();
    let files = ["first_load", "jobs", "storage", "files", "people"];
    let files = files.map(|name| format!("dashboard_{name}.test.mjs"));
    let files = files.each_ref().map(String::as_str);
    passes(&files, &demo.place(), 15);
}

#[test]
fn the_dashboard_outlives_a_broken_line_in_a_browser() {
    let demo = Demo::start();
    let mut place = demo.place().to_vec();
    if is_full() {
        place.push(("MANY", "10000"));
    }
    let files = ["live", "many", "meanwhile"].map(|name| format!("dashboard_{name}.test.mjs"));
    passes(&files.each_ref().map(String::as_str), &place, 13);
}

#[test]
fn every_page_of_the_dashboard_is_for_everybody_in_a_browser() {
    let demo = Demo::start();
    passes(&["dashboard_pages.test.mjs", "dashboard_dialogs.test.mjs"], &demo.place(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_the_dashboard_reach_what_they_set_in_a_browser() {
    let (store, receiver) = (OtherStore::start().await, Receiver::answering(&[]).await);
    let (endpoint, url) = (format!("http://{}", store.address), receiver.url("/hook"));
    let run = tokio::task::spawn_blocking(move || {
        let demo = Demo::start();
        let mut place = demo.place().to_vec();
        place.extend([("S3", &*endpoint), ("BUCKET", BUCKET), ("RECEIVER", &*url)]);
        place.extend([("S3_KEY_ID", KEY_ID), ("S3_SECRET", SECRET)]);
        passes(&["dashboard_settings.test.mjs"], &place, 5);
    });
    run.await.unwrap();
}

/// The names of what is built hold the hashes of what is in it: the same names are the same files.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_embedded_is_what_the_sources_build() {
    let built = tempdir().unwrap();
    let playground = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground");
    let run = Command::new(playground.join("node_modules/.bin/vite"))
        .args(["build", "--outDir"])
        .arg(built.path())
        .current_dir(&playground)
        .output()
        .expect("vite, which tests/run installs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let files = fs::read_dir(built.path().join("assets")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.map(|name| name.replace(".gz", "")).collect();
    assert!(names.len() > 20, "{names:?}");

    let app = TestApp::start().await;
    let mut missing = Vec::new();
    for name in &names {
        let answer = Answer::of(app.request(Method::GET, &format!("/assets/{name}"))).await;
        if answer.status != StatusCode::OK {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "built from the sources and not embedded: {missing:?}");
    for place in ["/", "/graphiql"] {
        let page = String::from_utf8(Answer::of(app.request(Method::GET, place)).await.bytes);
        let page = page.unwrap();
        let loaded: Vec<&str> =
            page.split("./assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!loaded.is_empty(), "{page}");
        assert!(
            loaded.iter().all(|name| names.contains(*name)),
            "embedded from others: {loaded:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_types_of_the_dashboard_are_those_of_the_rest_api() {
    let (app, folder) = (TestApp::start().await, tempdir().unwrap());
    let described = Answer::of(app.request(Method::GET, "/v1/openapi.json")).await;
    let (input, output) = (folder.path().join("openapi.json"), folder.path().join("rest.ts"));
    fs::write(&input, described.bytes).unwrap();
    let playground = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground");
    let run = Command::new(playground.join("node_modules/.bin/openapi-typescript"))
        .arg(input)
        .arg("-o")
        .arg(&output)
        .output()
        .expect("openapi-typescript, which tests/run installs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let kept = fs::read_to_string(playground.join("src/api/generated/rest.ts")).unwrap();
    assert!(
        fs::read_to_string(output).unwrap() == kept,
        "run `npm run generate:rest` in playground, with a server of this build running"
    );
}

#[expect(clippy::disallowed_methods, reason = "what a test needs is told to it by the environment")]
fn is_full() -> bool {
    std::env::var_os("BYTESTACK_TEST_FULL").is_some()
}

/// `bytestack demo`, which has sample posts and a result.
struct Demo {
    address: String,
    key: String,
    link: String,
    _process: Process,
    _data: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        let data = tempdir().unwrap();
        let mut process = Process::start(data.path(), &["demo"], &[HERE]);
        let address = format!("http://{}", process.printed_after(LISTENING));
        let printed = |before: &str| {
            let line = process.printed.iter().find_map(|line| line.trim().strip_prefix(before));
            let line = line.unwrap_or_else(|| panic!("{before} is not in {:?}", process.printed));
            line.split_whitespace().next().unwrap().to_owned()
        };
        let (key, link) = (printed("API key "), printed("sign in "));
        Self { address, key, link, _process: process, _data: data }
    }

    fn place(&self) -> [(&'static str, &str); 3] {
        [("ADDRESS", &self.address), ("KEY", &self.key), ("LINK", &self.link)]
    }
}

/// Runs these files, in which so many tests are, and repeats the figures that they print. A file that does not end is
/// ended and named, before this is ended without a word.
fn passes(files: &[&str], environment: &[(&str, &str)], tests: usize) {
    let most = if is_full() { "--test-timeout=300000" } else { "--test-timeout=150000" };
    let run = Command::new("node")
        .args(["--test", "--test-concurrency=1", most])
        .args(files)
        .current_dir(folder())
        .envs(environment.iter().copied())
        .env("CHROMIUM", CHROMIUM)
        .output()
        .expect("node, which tests/run installs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    let counted = format!("# pass {tests}\n");
    assert!(said.contains(&counted) && said.contains("# skipped 0\n"), "{said}");
    for figure in said.lines().filter_map(|line| line.strip_prefix("# {\"figure\"")) {
        eprintln!("{{\"figure\"{figure}");
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let ready = folder.join("node_modules/@axe-core").exists();
    assert!(
        Path::new(CHROMIUM).exists() && ready,
        "this needs {CHROMIUM} and what `npm ci` installs in tests/browser; tests/run gets both"
    );
    folder
}
