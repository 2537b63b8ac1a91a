//! `bytestack demo` as somebody meets it who has just built it.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::process::{Client, Process, run};
use crate::support::{Answer, plain_client};

/// A tour whose own directory is made below `temporary`.
fn tour(temporary: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Process {
    let arguments = [&["demo"], arguments].concat();
    let place = temporary.to_str().unwrap();
    let own = [&[("BYTESTACK_DATA_DIR", ""), ("TMPDIR", place)], environment].concat();
    Process::start(temporary, &arguments, &own)
}

/// The rest of the one line that begins so.
fn after<'a>(printed: &'a [String], start: &str) -> &'a str {
    let mut found = printed.iter().filter_map(|line| line.strip_prefix(start));
    let rest = found.next().unwrap_or_else(|| panic!("no {start:?} in {printed:#?}"));
    assert_eq!(found.next(), None, "{start:?} twice in {printed:#?}");
    rest.trim()
}

/// The event that stands between the steps `event` and `download`.
fn event(printed: &[String]) -> Value {
    let between = printed.iter().skip_while(|line| !line.starts_with("event ")).skip(1);
    let json: String = between.take_while(|line| !line.starts_with("download ")).cloned().collect();
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// The uploaded posts, as they lie in a data directory with one dataset.
fn stored_posts(data: &Path) -> Vec<Value> {
    let only = |folder: PathBuf| {
        let mut entries = fs::read_dir(folder).unwrap();
        let entry = entries.next().unwrap().unwrap().path();
        assert!(entries.next().is_none(), "there is one");
        entry
    };
    let file = fs::File::open(only(only(data.join("blobs/datasets")))).unwrap();
    let lines = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Posts, people and reposts, counted by other means than the service's.
fn count(posts: &[Value], word: &str, window: &Value) -> (usize, usize, usize) {
    // A word of Latin letters ends at anything that is not one, Japanese particles included.
    let pattern = format!(r"(?i)(^|[^\p{{Latin}}\p{{N}}_]){word}($|[^\p{{Latin}}\p{{N}}_])");
    let mentions = Regex::new(&pattern).unwrap();
    let text = |post: &Value, field: &str| post[field].as_str().unwrap().to_owned();
    let (from, to) = (text(window, "from"), text(window, "to"));
    let (mut ids, mut people, mut reposts) = (BTreeSet::new(), BTreeSet::new(), 0);
    for post in posts {
        // Both in UTC and of one form, so their order is that of their letters.
        let at = text(post, "published_at");
        let is_in = from.trim_end_matches('Z') <= at.trim_end_matches('Z')
            && at.trim_end_matches('Z') < to.trim_end_matches('Z');
        if is_in && mentions.is_match(&text(post, "text")) && ids.insert(text(post, "id")) {
            people.insert(post["author"]["handle"].as_str().unwrap().to_lowercase());
            reposts += usize::from(post["kind"] == "repost");
        }
    }
    (ids.len(), people.len(), reposts)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_shows_every_step_and_serves_on_until_it_is_stopped() {
    let temporary = tempdir().unwrap();
    let mut process = tour(temporary.path(), &[], &[]);
    let address = process.printed_after("listening on http://").parse().unwrap();
    let printed = process.printed.clone();
    for step in ["start ", "upload ", "ask ", "event ", "download "] {
        assert!(after(&printed, step).contains(" ms  "), "{printed:#?}");
    }
    assert_eq!(process.log(), "", "where nothing can be drawn, nothing is");

    let answer = format!("\nAcme was mentioned {}\n", after(&printed, "Acme was mentioned "));
    assert!(include_str!("../../README.md").contains(&answer), "the README shows another answer");

    let arrived = event(&printed);
    assert_eq!((&arrived["type"], &arrived["id"]), (&json!("next"), &json!("1")));
    let ended = &arrived["payload"]["data"]["jobCompleted"];
    assert_eq!(ended["status"], "COMPLETED", "{arrived:#}");
    let client = Client::new(address, after(&printed, "  API key "));
    assert!(client.is_let_in().await, "the key it prints opens the door");
    let link = after(&printed, "  sign in ");
    let link = link.strip_suffix("  (once, within 10 minutes)").unwrap();
    let path = link.strip_prefix(&format!("http://{address}")).unwrap();
    for status in [StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED] {
        assert!(path.starts_with("/login/"), "{link}");
        assert_eq!(Answer::of(plain_client().get(link)).await.status, status, "{link}");
    }
    let secret = after(&printed, "  webhook signing secret ");
    assert!(secret.starts_with("whsec_"), "{secret}");

    let line = format!("curl -fsS {}", after(&printed, "  curl "));
    let downloaded = Command::new("bash").args(["-c", &line]).output().unwrap();
    assert!(downloaded.status.success(), "{line}: {downloaded:?}");
    let key = ended["storageKey"].as_str().unwrap();
    assert_eq!(client.get(&format!("/v1/storage/{key}")).await.bytes, downloaded.stdout);
    let result: Value = serde_json::from_slice(&downloaded.stdout).unwrap();

    let folders: Vec<_> = fs::read_dir(temporary.path()).unwrap().collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    let posts = stored_posts(&folders[0].as_ref().unwrap().path());
    let (mentions, people, reposts) = count(&posts, "acme", &result["window"]);
    assert!((200..=400).contains(&posts.len()) && mentions > 30 && reposts > 3);
    let figures = &result["result"];
    assert_eq!(figures["total_mentions"], mentions);
    assert_eq!(figures["unique_users"], people);
    assert_eq!(figures["reposts"], reposts);
    let headline = format!("Acme was mentioned {mentions} times by {people} people");
    assert!(printed.contains(&headline), "{headline}: {printed:#?}");
    let (careless, _, _) = count(&posts, r"\w*acme\w*", &result["window"]);
    assert!(careless > mentions, "some posts only look like it");
    let funnel = &result["funnel"];
    assert!(funnel["matched"].as_u64() > funnel["deduplicated"].as_u64(), "{funnel}");

    assert_eq!(process.terminate().code, Some(0));
    let left = fs::read_dir(temporary.path()).unwrap().count();
    assert_eq!(left, 0, "what was kept only for now is removed");
}

#[test]
fn a_taken_port_is_said_and_a_free_one_used() {
    // Whoever has it, it is taken.
    let _usual = TcpListener::bind("127.0.0.1:8000");
    let temporary = tempdir().unwrap();
    let ended = tour(temporary.path(), &["--exit"], &[("BYTESTACK_LISTEN", "")]).ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let start = after(&ended.printed, "start ");
    assert!(
        start.contains("127.0.0.1:8000 is taken, so listening on http://127.0.0.1:"),
        "{start}"
    );
    assert!(!ended.printed.iter().any(|line| line.starts_with("listening on")), "{ended:?}");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn an_address_that_was_asked_for_is_not_exchanged_for_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let temporary = tempdir().unwrap();
    let ended = tour(temporary.path(), &["--exit"], &[("BYTESTACK_LISTEN", &address)]).ended();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.log.contains(&format!("cannot listen on {address}")), "{ended:?}");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn a_directory_that_was_named_is_kept_and_can_be_toured_again() {
    let data = tempdir().unwrap();
    let first = run(data.path(), &["demo", "--exit"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(data.path().join("bytestack.db").exists());
    let second = run(data.path(), &["demo", "--exit"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let (one, other) = (after(&first.printed, "  API key "), after(&second.printed, "  API key "));
    assert!(one.starts_with("bsk_") && other.starts_with("bsk_") && one != other);
    let question = "How many times was Acme mentioned in the last 7 days?";
    let asked = run(data.path(), &["ask", question, "--source", "dataset:posts"]);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    assert!(second.printed.contains(&asked.printed[0]), "{asked:?}");
}
