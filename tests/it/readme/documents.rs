//! The README's way to name a document by its hash.

use std::process::Command;

use serde_json::{Deserializer, Value};
use tempfile::tempdir;

use super::text::blocks;
use crate::support::process::Server;

const HEADING: &str = "Trusted documents";

#[test]
fn both_ways_to_name_a_document_are_answered() {
    let scripts = blocks(HEADING, "sh");
    let [script] = scripts.as_slice() else { panic!("the README has changed") };
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &["--documents", "trusted"], &[]);
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .env("address", format!("http://{}", server.client.address))
        .env("key", &server.client.key)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let answers = Deserializer::from_slice(&run.stdout).into_iter::<Value>();
    let answers: Vec<Value> = answers.collect::<Result<_, _>>().unwrap();
    let [by_post, by_get] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(by_post, by_get);
    assert!(by_post["data"]["sources"][0]["name"].is_string(), "{by_post:#}");
}
