//! The pages in a real browser, against the real binary: `tests/browser` says what is looked at.

use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use crate::support::process::Server;

const CHROMIUM: &str = "/usr/bin/chromium";

#[test]
fn graphiql_works_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let ready = folder.join("node_modules/playwright-core").exists();
    assert!(
        Path::new(CHROMIUM).exists() && ready,
        "this needs {CHROMIUM} and what `npm ci` installs in tests/browser; tests/run gets both"
    );
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let run = Command::new("node")
        .arg("--test")
        .current_dir(folder)
        .env("ADDRESS", format!("http://{}", server.client.address))
        .env("KEY", &server.client.key)
        .env("LINK", server.printed("sign in at "))
        .env("CHROMIUM", CHROMIUM)
        .output()
        .expect("node, which tests/run installs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("# pass 3\n") && said.contains("# skipped 0\n"), "{said}");
}
