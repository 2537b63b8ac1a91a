//! The command line as scripts rely on it: what is printed, what is refused, what survives.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tempfile::tempdir;
use tokio::time::timeout;

use crate::support::process::{Ended, Process, Server, run};

/// The command line is another process than the one that serves.
const REVOKED_WITHIN: Duration = Duration::from_secs(5);
const GIVEN_KEY: &str = "a-key-of-our-own-that-is-long-enough-0123456789";
const GIVEN_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The one line that a successful command printed.
fn only_line(ended: &Ended) -> &str {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.printed.len(), 1, "{ended:?}");
    &ended.printed[0]
}

/// The last line of the log of a refused command, which says why.
fn refusal(ended: &Ended) -> &str {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.printed, [""; 0], "a refused command prints nothing");
    ended.log.lines().last().unwrap().strip_prefix("error: ").unwrap()
}

fn refused(data: &Path, environment: &[(&str, &str)]) -> String {
    refusal(&Process::start(data, &["serve"], environment).ended()).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_shows_what_it_made_and_no_later_one_does() {
    let data = tempdir().unwrap();
    let first = Server::first(data.path(), &[], &[]);
    let printed = &first.process.printed;
    assert_eq!(printed.len(), 5, "{printed:?}");
    assert!(first.printed("workspace ").starts_with("ws_"), "{printed:?}");
    assert!(first.client.key.starts_with("bsk_"), "{printed:?}");
    assert!(first.printed("webhook signing secret ").starts_with("whsec_"), "{printed:?}");
    assert!(first.printed("sign in at http://127.0.0.1:").contains("/login/"), "{printed:?}");
    assert!(printed[4].starts_with("listening on http://127.0.0.1:"), "{printed:?}");
    let data_of = first.client.graphql("{ workspace { id } }", json!({})).await;
    assert_eq!(data_of["workspace"]["id"], first.printed("workspace "));
    let mode = std::fs::metadata(data.path().join("master_key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the master key is for its owner alone");
    let (key, first_link) = (first.client.key.clone(), first.printed("sign in at ").to_owned());
    assert_eq!(first.process.terminate().code, Some(0));

    let second = Server::start(data.path(), &[], &[], &key);
    assert_eq!(second.process.printed.len(), 2, "{:?}", second.process.printed);
    let links = [&first_link, &second.printed("sign in at ").to_owned()];
    assert_ne!(links[0], links[1], "each start has its own");
    assert!(second.client.is_let_in().await, "the key lives as long as the directory");
    assert!(!second.client.with_key("bsk_another").is_let_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_serve_on_a_directory_is_refused_and_the_first_goes_on() {
    let data = tempdir().unwrap();
    let first = Server::first(data.path(), &[], &[]);
    let message = refused(data.path(), &[]);
    assert!(message.contains("another `serve` runs on"), "{message}");
    assert!(message.contains(&data.path().display().to_string()), "{message}");
    assert!(first.client.is_let_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_given_in_the_settings_are_used_and_not_printed() {
    let data = tempdir().unwrap();
    let given = [("BYTESTACK_API_KEY", GIVEN_KEY), ("BYTESTACK_WEBHOOK_SECRET", GIVEN_SECRET)];
    let first = Server::start(data.path(), &[], &given, GIVEN_KEY);
    let printed = &first.process.printed;
    assert_eq!(printed.len(), 3, "the workspace, a link and the address: {printed:?}");
    assert!(first.client.is_let_in().await);
    let workspace = first.printed("workspace ").to_owned();
    first.process.terminate();

    let later = "another-key-that-came-later-0123456789";
    let second = Server::start(data.path(), &[], &[("BYTESTACK_API_KEY", later)], later);
    assert!(second.client.is_let_in().await, "a given key exists after every start");
    let keys = run(data.path(), &["key", "list", "--workspace", &workspace]);
    assert_eq!(keys.printed.len(), 2, "{keys:?}");
    assert!(!keys.printed.concat().contains(later), "{keys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_started_says_why() {
    let cases = [
        ("BYTESTACK_API_KEY", "short", "BYTESTACK_API_KEY", "32"),
        ("BYTESTACK_LISTN", "127.0.0.1:1", "BYTESTACK_LISTN", "did you mean BYTESTACK_LISTEN?"),
        ("BYTESTACK_DATABASE_URL", "postgres://u:pw@127.0.0.1:9/n", "cannot be reached", "refused"),
        ("BYTESTACK_BLOBS", "s3://bucket/prefix", "need a key", "BYTESTACK_S3_ACCESS_KEY_ID"),
        ("BYTESTACK_LISTEN", "here", "BYTESTACK_LISTEN", "\"here\""),
        ("BYTESTACK_WEBHOOK_SECRET", "whsec_short", "BYTESTACK_WEBHOOK_SECRET", "whsec_"),
    ];
    let data = tempdir().unwrap();
    for (name, value, names, says) in cases {
        let message = refused(data.path(), &[(name, value)]);
        assert!(message.contains(names) && message.contains(says), "{name}={value}: {message}");
        let secret = ["short", "whsec_short", "pw"].iter().find(|part| value.contains(**part));
        let told = secret.is_some_and(|secret| message.contains(&format!("{secret}@")));
        assert!(!told && !message.contains("\"short\""), "{name}: {message}");
    }
    let database = data.path().join("bytestack.db");
    assert!(!database.exists(), "a refused start leaves no database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_its_master_key_is_not_opened() {
    let data = tempdir().unwrap();
    let first = Server::first(data.path(), &[], &[]);
    let key = first.client.key.clone();
    first.process.terminate();
    let (path, aside) = (data.path().join("master_key"), data.path().join("aside"));
    std::fs::rename(&path, &aside).unwrap();
    let message = refused(data.path(), &[]);
    for part in
        ["master_key is missing", "bytestack.db was written with it", "BYTESTACK_MASTER_KEY"]
    {
        assert!(message.contains(part), "{message}");
    }
    assert!(!path.exists(), "no other key is made in its place");
    let listed = run(data.path(), &["workspace", "list"]);
    assert!(refusal(&listed).contains("master_key is missing"), "{listed:?}");

    std::fs::rename(&aside, &path).unwrap();
    assert!(Server::start(data.path(), &[], &[], &key).client.is_let_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn workspaces_and_keys_are_kept_from_the_command_line_while_it_serves() {
    let data = tempdir().unwrap();
    let on = |arguments: &[&str]| run(data.path(), arguments);
    let server = Server::first(data.path(), &[], &[]);
    let created = on(&["workspace", "create", "Team two"]);
    let workspace = only_line(&created);
    assert!(workspace.starts_with("ws_"), "{created:?}");
    let listed = on(&["workspace", "list"]).printed;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed[0].starts_with(server.printed("workspace ")), "{listed:?}");
    assert!(listed[1].starts_with(workspace) && listed[1].ends_with("Team two"), "{listed:?}");

    let made =
        on(&["key", "create", "--workspace", workspace, "--scope", "read", "--name", "reports"]);
    let key = only_line(&made);
    let client = server.client.with_key(key);
    let own = client.graphql("{ workspace { id name } }", json!({})).await;
    assert_eq!(own["workspace"], json!({ "id": workspace, "name": "Team two" }));

    let keys = on(&["key", "list", "--workspace", workspace]);
    let line = only_line(&keys);
    let words: Vec<&str> = line.split_whitespace().collect();
    let last_four = format!("…{}", &key[key.len() - 4..]);
    assert_eq!(words[1..], ["read", "valid", &last_four, "reports"], "{keys:?}");
    let revoke = ["key", "revoke", "--workspace", workspace, words[0]];
    assert_eq!(on(&revoke).code, Some(0));
    let refused = async { while client.is_let_in().await {} };
    timeout(REVOKED_WITHIN, refused).await.expect("a revoked key stops working");
    assert!(server.client.is_let_in().await, "and no other does");
    assert!(only_line(&on(&["key", "list", "--workspace", workspace])).contains("revoked"));
    assert!(refusal(&on(&revoke)).contains("not revoked yet"));
    let nowhere = "ws_00000000000000000000000000";
    let arguments = ["key", "create", "--workspace", nowhere, "--scope", "read", "--name", "n"];
    assert!(refusal(&on(&arguments)).contains(nowhere));
}

#[test]
fn the_schema_is_printed_without_settings_or_data() {
    let data = tempdir().unwrap();
    let ended = Process::start(data.path(), &["schema"], &[("BYTESTACK_LISTN", "x")]).ended();
    assert_eq!(ended.code, Some(0));
    let committed = include_str!("../../schema.graphql");
    assert_eq!(ended.printed.join("\n") + "\n", committed);
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_prepares_a_directory_and_repeats_harmlessly() {
    let data = tempdir().unwrap();
    for _ in 0..2 {
        assert_eq!(only_line(&run(data.path(), &["migrate"])), "the database is up to date");
    }
    let server = Server::first(data.path(), &[], &[]);
    assert!(server.client.is_let_in().await, "the first start is still to come after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_stop_under_load_ends_well_and_loses_nothing() {
    let data = tempdir().unwrap();
    let first = Server::first(data.path(), &["--workers", "2"], &[]);
    let key = first.client.key.clone();
    first.client.upload_posts(2_000).await;
    let cursor = first.client.ask(0).await["cursor"].clone();
    for number in 1..12 {
        first.client.ask(number).await;
    }
    let left = first.client.jobs_that_are(&["QUEUED", "RUNNING"]).await;
    assert!(left > 1, "some jobs must still run at the stop");
    let ended = first.process.terminate();
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let second = Server::start(data.path(), &[], &[], &key);
    let events = second.client.ends_after(&cursor, 12).await;
    assert!(events.iter().all(|event| event["status"] == "COMPLETED"), "{events:#?}");
    let attempts = "{ jobs(first: 100) { nodes { attempt } } }";
    let jobs = second.client.graphql(attempts, json!({})).await["jobs"]["nodes"].clone();
    assert_eq!(jobs.as_array().unwrap().len(), 12);
    let all_first = jobs.as_array().unwrap().iter().all(|job| job["attempt"] == 1);
    assert!(all_first, "a soft stop gives the attempt back: {jobs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log_however_much_is_logged() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &["--log", "trace"], &[]);
    let (key, secret) =
        (server.client.key.clone(), server.printed("webhook signing secret ").to_owned());
    server.client.upload_posts(10).await;
    let payload = server.client.ask(0).await;
    server.client.ends_after(&payload["cursor"], 1).await;
    let wrong = "bsk_a-wrong-key-that-must-not-be-logged";
    assert!(!server.client.with_key(wrong).is_let_in().await);
    let master = std::fs::read_to_string(data.path().join("master_key")).unwrap();
    let ended = server.process.terminate();
    assert!(ended.log.contains("DEBUG"), "there is a log to look at");
    for secret in [key.as_str(), secret.as_str(), wrong, master.trim()] {
        let line = ended.log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log shows a secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_made_before_the_first_serve_is_given_a_key() {
    let data = tempdir().unwrap();
    let created = run(data.path(), &["workspace", "create", "mine"]);
    let server = Server::first(data.path(), &[], &[]);
    assert_eq!(server.printed("workspace "), only_line(&created));
    assert!(server.client.is_let_in().await);
}
