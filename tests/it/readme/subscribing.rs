//! "Subscribing": the usual JavaScript client follows a real server, over its death and from a cursor.

use serde_json::Value;
use tempfile::tempdir;
use tokio::task::block_in_place;

use super::program::{Program, Running};
use crate::support::process::Server;

pub const HEADING: &str = "Subscribing";

/// The next event as printed: the job's id, its status and the cursor.
fn next(following: &Running) -> [String; 3] {
    let line = block_in_place(|| following.next_line()).unwrap();
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    words.try_into().unwrap()
}

fn job(payload: &Value) -> &str {
    payload["job"]["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_ws_misses_nothing_while_the_server_is_dead_or_it_is_itself() {
    let data = tempdir().unwrap();
    let mut server = Server::first(data.path(), &[], &[]);
    let (address, key) = (server.client.address.to_string(), server.client.key.clone());
    server.client.upload_posts(10).await;
    let first = server.client.ask(1).await;

    let program = Program::of(HEADING, "follow.mjs");
    let url = format!("http://{address}");
    let environment = [("BYTESTACK_URL", &*url), ("BITKIT_API_KEY", &*key)];
    let following = program.start(&[first["cursor"].as_str().unwrap()], &environment);
    let [id, status, cursor] = next(&following);
    assert_eq!([&*id, &*status], [job(&first), "COMPLETED"]);
    let live = server.client.ask(2).await;
    assert_eq!(next(&following)[0], job(&live));

    server.process.kill();
    let server = Server::start(data.path(), &[], &[("BYTESTACK_LISTEN", &address)], &key);
    // Ended before the client is back, as it waits a second at least before it tries again.
    let missed = [server.client.ask(3).await, server.client.ask(4).await];
    let mut ended = server.client.ends_after(&live["cursor"], 3).await;
    ended.remove(0);
    let seen = [next(&following), next(&following)];
    for (seen, ended) in seen.iter().zip(&ended) {
        assert_eq!(seen[0], ended["jobId"], "in the log's order, each once");
    }
    assert!(missed.iter().all(|missed| seen.iter().any(|seen| seen[0] == job(missed))));
    let last = server.client.ask(5).await;
    assert_eq!(next(&following)[0], job(&last), "and goes on live");
    drop(following);

    let again = program.start(&[&cursor], &environment);
    let jobs: Vec<String> = (0..4).map(|_| next(&again)[0].clone()).collect();
    assert_eq!(jobs, [job(&live), &seen[0][0], &seen[1][0], job(&last)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gives_up_when_the_key_or_the_cursor_is_refused() {
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    let url = format!("http://{}", server.client.address);
    block_in_place(|| {
        let program = Program::of(HEADING, "follow.mjs");
        let wrong = [("BYTESTACK_URL", &*url), ("BYTESTACK_API_KEY", "bsk_wrong")];
        let ended = program.run(&[], &wrong);
        assert!(!ended.is_success && !ended.complained.contains("connected"), "{ended:#?}");
        let right = [("BYTESTACK_URL", &*url), ("BYTESTACK_API_KEY", &*server.client.key)];
        let ended = program.run(&["v1:no:cursor"], &right);
        assert!(!ended.is_success && ended.complained.starts_with("connected\n"), "{ended:#?}");
        assert!(ended.complained.contains("cursor"), "{ended:#?}");
    });
}
