//! SIGTERM ends the real binary within its time whatever hangs, and what it was doing is not lost.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use super::exposition::Exposition;
use crate::support::black_hole::BlackHole;
use crate::support::database::TestDatabase;
use crate::support::process::{Client, Server};
use crate::support::upstream::{Reply, Upstream};
use crate::support::ws::WsClient;

/// What the README promises.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);

/// A feed that never answers until it is told to.
async fn silent_feed() -> (Upstream, Arc<AtomicBool>) {
    let answers = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&answers);
    let feed = "<rss version='2.0'><channel><title>B</title><item><guid>1</guid><title>Acme</title>
        <pubDate>Thu, 01 Feb 2024 10:00:00 GMT</pubDate></item></channel></rss>";
    let upstream = Upstream::start(move |_| {
        let answers = asked.load(Ordering::SeqCst);
        if answers { Reply::ok("application/rss+xml", feed) } else { Reply::Silence }
    });
    (upstream.await, answers)
}

/// Asks the feed and waits until the job collects from it.
async fn ask(client: &Client, feed: &Upstream) -> Value {
    client.upload_posts(10).await;
    let source = format!("rss:{}", feed.url("/feed"));
    let asked = client.try_ask(0, Some(&source)).await.unwrap();
    let asking = async {
        while feed.seen().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.expect("the feed is asked");
    asked
}

/// Starts again, where the feed answers now: the job ends, on its first attempt unless that was lost.
async fn finishes(server: &Server, asked: &Value) -> Value {
    let events = server.client.ends_after(&asked["cursor"], 1).await;
    assert_eq!(events[0]["status"], "COMPLETED", "{events:#?}");
    let query = "query ($id: ID!) { job(id: $id) { attempt } }";
    let job = server.client.graphql(query, json!({ "id": asked["job"]["id"] })).await;
    job["job"]["attempt"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_in_time_with_a_stuck_source_a_silent_socket_and_half_a_request() {
    let (feed, answers) = silent_feed().await;
    let data = tempdir().unwrap();
    let allowed = feed.address.to_string();
    let environment = [("BYTESTACK_ALLOW_PRIVATE", allowed.as_str())];
    let server = Server::first(data.path(), &[], &environment);
    let key = server.client.key.clone();
    let asked = ask(&server.client, &feed).await;
    let mut socket = WsClient::connect(server.client.address, "/graphql").await;
    socket.init(&key).await;
    let mut half = TcpStream::connect(server.client.address).unwrap();
    half.write_all(b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{").unwrap();

    let began = Instant::now();
    let ended = tokio::task::spawn_blocking(|| server.process.terminate()).await.unwrap();
    println!("stopped after {:?}", began.elapsed());
    assert!(began.elapsed() < STOPPED_WITHIN, "{:?}\n{}", began.elapsed(), ended.log);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    drop((socket, half));

    answers.store(true, Ordering::SeqCst);
    let server = Server::start(data.path(), &[], &environment, &key);
    assert_eq!(finishes(&server, &asked).await, 1, "the attempt was given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_so_and_stops_in_time_while_the_database_hangs() {
    let Some(database) = TestDatabase::wanted().await else {
        println!("not checked: a file of this machine does not hang so");
        return;
    };
    let server = database.url.split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
    let hole = BlackHole::before(server.parse().unwrap()).await;
    let (feed, answers) = silent_feed().await;
    let data = tempdir().unwrap();
    let allowed = feed.address.to_string();
    let through = database.url.replace(&server, &hole.address.to_string());
    let allow = ("BYTESTACK_ALLOW_PRIVATE", allowed.as_str());
    let process = Server::first(data.path(), &[], &[allow, ("BYTESTACK_DATABASE_URL", &through)]);
    let (client, key) = (process.client.clone(), process.client.key.clone());
    let asked = ask(&client, &feed).await;

    hole.open();
    let began = Instant::now();
    let (ready, metrics) = tokio::join!(client.get("/readyz"), client.get("/metrics"));
    println!("answered after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_millis(2_500), "{:?}", began.elapsed());
    assert_eq!(ready.status.as_u16(), 503);
    let parts = &ready.json()["parts"];
    assert_eq!((&parts["database"], &parts["blobs"]), (&json!("it does not answer"), &json!("ok")));
    let metrics = Exposition::parse(std::str::from_utf8(&metrics.bytes).unwrap());
    assert!(metrics.value("bytestack_database_up").abs() < f64::EPSILON);
    assert!(metrics.value("bytestack_queue_running{kind=\"job\"}") > 0.0, "the others are there");
    let depth = "bytestack_queue_tasks{kind=\"job\",priority=\"high\",state=\"due\"}";
    assert!(!metrics.has(depth), "an old number would look like a new one");

    let began = Instant::now();
    let ended = tokio::task::spawn_blocking(|| process.process.terminate()).await.unwrap();
    println!("stopped after {:?}", began.elapsed());
    assert!(began.elapsed() < STOPPED_WITHIN, "{:?}\n{}", began.elapsed(), ended.log);

    answers.store(true, Ordering::SeqCst);
    let again = [allow, ("BYTESTACK_DATABASE_URL", database.url.as_str())];
    let server = Server::start(data.path(), &[], &again, &key);
    finishes(&server, &asked).await;
    drop(server);
}
