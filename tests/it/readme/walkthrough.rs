//! The README's walkthrough is run as it is written, and answers what it shows.

use std::process::Command;

use bytestack::model::source::CATALOGUE;
use serde_json::Value;
use tempfile::tempdir;

use super::text::{README, blocks};
use crate::support::process::Server;

const WALKTHROUGH: &str = "A walkthrough";
/// Printed between the blocks, to tell their answers apart.
const MARK: &str = "\u{1e}";

/// Where an answer is not as shown. A text with `…` stands for all that begins like it, and a lone
/// `…` for anything.
pub fn difference(shown: &Value, answer: &Value, path: &str) -> Option<String> {
    let differs = || Some(format!("{path}: the README shows {shown}, the answer is {answer}"));
    match (shown, answer) {
        (Value::String(shown), _) if shown == "…" => None,
        (Value::String(shown), Value::String(answer)) if shown.ends_with('…') => {
            if answer.starts_with(shown.trim_end_matches('…')) { None } else { differs() }
        }
        (Value::Object(members), Value::Object(answered)) => {
            if !members.keys().eq(answered.keys()) {
                return differs();
            }
            let mut members = members.iter();
            members.find_map(|(name, value)| {
                difference(value, &answered[name], &format!("{path}.{name}"))
            })
        }
        _ if shown == answer => None,
        _ => differs(),
    }
}

#[test]
fn the_walkthrough_does_what_it_shows() {
    let scripts = blocks(WALKTHROUGH, "sh");
    // The address and the key are those of the server started here.
    let (settings, steps) = scripts.split_first().unwrap();
    assert!(settings.starts_with("address=") && steps.len() == 5, "the README has changed");

    let (data, place) = (tempdir().unwrap(), tempdir().unwrap());
    let server = Server::first(data.path(), &[], &[]);
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &steps.join(&format!("printf '{MARK}'\n"))])
        .env("address", format!("http://{}", server.client.address))
        .env("key", &server.client.key)
        .current_dir(place.path())
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));

    let answers: Vec<&str> = said.split(MARK).collect();
    let shown = blocks(WALKTHROUGH, "json");
    assert_eq!(answers.len(), shown.len(), "each step shows its answer");
    for (shown, answer) in shown.iter().zip(answers) {
        let expected = serde_json::from_str(shown).unwrap();
        let answered = serde_json::from_str(answer).unwrap();
        assert_eq!(difference(&expected, &answered, "answer"), None, "{answered:#}");
    }
}

/// What clients and the build read.
const NOT_OF_A_SERVER: [&str; 2] = ["URL", "PLAYGROUND"];

fn is_of_a_source(name: &str) -> bool {
    let name = name.to_lowercase();
    let ends = [
        "_base_url",
        "_token",
        "_max_documents",
        "_max_usd",
        "_max_requests",
        "_max_seconds",
        "_backends",
    ];
    let source = ends.iter().find_map(|end| name.strip_suffix(end));
    source.is_some_and(|source| CATALOGUE.iter().any(|kind| kind.name == source))
}

#[test]
fn every_setting_it_names_is_one() {
    let defaults = include_str!("../../../src/config.default.toml");
    let mut found = 0;
    for name in README.split("`BYTESTACK_").skip(1).filter_map(|rest| rest.split('`').next()) {
        if NOT_OF_A_SERVER.contains(&name) || is_of_a_source(name) {
            continue;
        }
        let path = name.to_lowercase();
        // Those of the store of blobs and of the model have tables of their own.
        let tables = ["s3_", "llm_"];
        let in_table = tables.iter().find_map(|table| path.strip_prefix(table));
        let line = format!("{} = ", in_table.unwrap_or(&path));
        let mut lines = defaults.lines().map(|line| line.trim_start_matches("# "));
        assert!(lines.any(|default| default.starts_with(&line)), "{name} is no setting");
        found += 1;
    }
    assert!(found > 10, "the README has changed");
}
