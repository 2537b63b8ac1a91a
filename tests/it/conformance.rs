//! What public suites and real clients of others say of the real binary and of its schema:
//! `tests/conformance` has them.

use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::support::process::Server;

#[test]
fn the_suites_of_others_find_nothing_wrong() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
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

/// Whether there is a commit before this one to compare its schema with: a copy of the files alone has none.
fn has_parent() -> bool {
    let mut git = Command::new("git");
    git.current_dir(env!("CARGO_MANIFEST_DIR")).args(["cat-file", "-e", "HEAD~1:schema.graphql"]);
    git.output().is_ok_and(|output| output.status.success())
}
