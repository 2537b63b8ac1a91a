//! Several processes on one PostgreSQL: they share the work, and one that is killed, stopped or cut off
//! takes nothing with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::tempdir;

use crate::support::black_hole::BlackHole;
use crate::support::cluster::{Cluster, Node};
use crate::support::process::run_in;
use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::s3::{Profile, S3Double};
use crate::support::{Answer, noise, noise_of, noisy_question, with};

/// A lease, and the second within which it is noticed that nobody holds it.
const LEASE: Duration = Duration::from_secs(15);

/// A question that waits for a feed; answers the job and the log before it.
async fn ask(node: &Node, number: usize, feed: &Receiver) -> Value {
    let source = format!("rss:{}", feed.url("/feed.xml"));
    node.server.client.try_ask(number, Some(&source)).await.unwrap()
}

fn signal(node: &Node, name: &str) {
    let id = node.server.process.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_split_and_each_node_is_told_of_the_others_work() {
    const JOBS: usize = 20;
    let cluster = Cluster::new(String::new()).await;
    // All at once, on an empty database.
    let (api, other, worker, scheduler) = std::thread::scope(|scope| {
        let cluster = &cluster;
        let start = |roles| scope.spawn(move || cluster.start(roles));
        let nodes = [start("api"), start("api"), start("worker"), start("scheduler")];
        let [api, other, worker, scheduler] = nodes.map(|node| node.join().unwrap());
        (api, other, worker, scheduler)
    });
    let workspaces = cluster.run(tempdir().unwrap().path(), &["workspace", "list"]);
    assert_eq!(workspaces.printed.len(), 1, "one of four made the first workspace: {workspaces:?}");

    let client = &api.server.client;
    client.upload_posts(100).await;
    let first = client.ask(0).await;
    for number in 1..JOBS {
        other.server.client.ask(number).await;
    }
    let events = other.server.client.ends_after(&first["cursor"], JOBS).await;
    assert!(events.iter().all(|event| event["status"] == "COMPLETED"), "{events:#?}");
    let began = Instant::now();
    let next = client.ask(JOBS).await;
    client.ends_after(&next["cursor"], 1).await;
    assert!(
        began.elapsed() < Duration::from_millis(450),
        "told, not polled: {:?}",
        began.elapsed()
    );

    let again = cluster.run(tempdir().unwrap().path(), &["migrate"]);
    assert_eq!(again.printed, ["the database is up to date"]);
    for node in [api, other, worker, scheduler] {
        assert_eq!(node.server.process.terminate().code, Some(0));
    }
    cluster.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_killed_node_run_again_elsewhere() {
    let mut feed = Receiver::answering(&[Reply::Hang, Reply::Status(404)]).await;
    let cluster = Cluster::new(feed.address.to_string()).await;
    let api = cluster.start("api");
    api.server.client.upload_posts(10).await;
    let mut doomed = cluster.start("worker");
    let asked = ask(&api, 1, &feed).await;
    feed.next().await;
    let _heir = cluster.start("worker");
    doomed.server.process.kill();
    let killed = Instant::now();
    feed.next().await;
    let resumed = killed.elapsed();
    eprintln!("its job ran again {resumed:.1?} after the kill");
    assert!(resumed < LEASE + Duration::from_secs(1), "{resumed:?}");
    let events = api.server.client.ends_after(&asked["cursor"], 1).await;
    assert_eq!(events[0]["jobId"], asked["job"]["id"]);
    cluster.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_frozen_past_its_lease_ends_nothing() {
    let mut feed = Receiver::answering(&[Reply::Hang, Reply::Status(404)]).await;
    let cluster = Cluster::new(feed.address.to_string()).await;
    let api = cluster.start("api");
    api.server.client.upload_posts(10).await;
    let zombie = cluster.start("worker");
    let asked = ask(&api, 1, &feed).await;
    feed.next().await;
    signal(&zombie, "-STOP");
    let _heir = cluster.start("worker");
    feed.next().await;
    let events = api.server.client.ends_after(&asked["cursor"], 1).await;
    assert_eq!(events[0]["seq"], 1);
    signal(&zombie, "-CONT");
    // It finds that its lease is lost, and takes new work.
    let feedless = api.server.client.ask(2).await;
    let events = api.server.client.ends_after(&feedless["cursor"], 1).await;
    assert_eq!(events[0]["seq"], 2, "one end of the first job");
    let ended = zombie.server.process.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let count = api.server.client.jobs_that_are(&["COMPLETED"]).await;
    assert_eq!(count, 2);
    cluster.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_comes_after_its_lease_is_refused() {
    // It holds its result back, and never hears that the lease is lost.
    const PLAN: &str = "runner.before_finish=stall:16,writer.before_commit.heartbeat=error@1+";
    let cluster = Cluster::new(String::new()).await;
    let api = cluster.start("api");
    let client = &api.server.client;
    client.upload_posts(10).await;
    let zombie = cluster.start_with(tempdir().unwrap(), "worker", &[("FAIL_POINTS", PLAN)]);
    let asked = client.ask(1).await;
    until(|| zombie.server.process.log().contains("fail point runner.before_finish")).await;
    signal(&zombie, "-STOP");
    let _heir = cluster.start("worker");
    let taken_over = async { while client.jobs_that_are(&["COMPLETED"]).await == 0 {} };
    tokio::time::timeout(2 * LEASE, taken_over).await.expect("the heir takes the job over");
    let events = client.ends_after(&asked["cursor"], 1).await;
    assert_eq!((&events[0]["seq"], &events[0]["jobId"]), (&json!(1), &asked["job"]["id"]));
    signal(&zombie, "-CONT");
    let refusal = "the lease was lost before the end; nothing was written";
    until(|| zombie.server.process.log().contains(refusal)).await;
    let metrics = zombie.server.client.get("/metrics").await;
    let metrics = String::from_utf8(metrics.bytes.clone()).unwrap();
    let counted = "bytestack_queue_leases_lost_total{kind=\"job\"} 1";
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    let ended = zombie.server.process.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let all = "{ events(first: 9) { nodes { seq } } storageObjects(first: 9) { nodes { id } }
        jobs(first: 9) { nodes { attempt } } }";
    let all = client.graphql(all, json!({})).await;
    for connection in ["events", "storageObjects", "jobs"] {
        assert_eq!(all[connection]["nodes"].as_array().unwrap().len(), 1, "{all:#}");
    }
    assert_eq!(all["jobs"]["nodes"][0]["attempt"], 2);
    cluster.is_sound();
}

/// Looks until it is so.
async fn until(is_so: impl Fn() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), looking).await.expect("it comes to that");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_hang_are_given_up_and_the_work_goes_on() {
    let mut cluster = Cluster::new(String::new()).await;
    let own = cluster.database.url.clone();
    let server = own.split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
    let hole = BlackHole::before(server.parse().unwrap()).await;
    cluster.database.url = own.replace(&server, &hole.address.to_string());
    let node = cluster.start("api,worker,scheduler");
    let client = &node.server.client;
    client.upload_posts(10).await;
    let first = client.ask(0).await;
    client.ends_after(&first["cursor"], 1).await;
    hole.hang_connections();
    let began = Instant::now();
    let input = json!({
        "prompt": "How many times was acme mentioned?", "sources": ["dataset:posts"],
        "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" },
        "idempotencyKey": "again",
    });
    // A request that waited for a connection that hangs, to read or to write, is answered with an error that
    // says to retry.
    let asked = loop {
        let asked = client.try_create(&input).await;
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
        if let Some(asked) = asked {
            break asked;
        }
    };
    client.ends_after(&asked["cursor"], 1).await;
    eprintln!("work went on {:.1?} after every connection hung", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(client.jobs_that_are(&["COMPLETED"]).await, 2, "asked again, it is made once");
    drop(node);
    cluster.database.url = own;
    cluster.is_sound();
}

/// The files below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = |path: PathBuf| if path.is_dir() { files_in(&path) } else { vec![path] };
    entries.flat_map(files).collect()
}

/// Asks a question, waits for its end and downloads the result from another node.
async fn result_seen_from(node: &Node, asked_at: &Node, question: &Value) -> (String, Answer) {
    let asked = asked_at.server.client.try_create(question).await.unwrap();
    let events = asked_at.server.client.ends_after(&asked["cursor"], 1).await;
    assert_eq!(events[0]["status"], "COMPLETED", "{events:#?}");
    let path = format!("/v1/storage/{}", events[0]["storageKey"].as_str().unwrap());
    let answer = node.server.client.get(&path).await;
    assert_eq!(answer.status, 200);
    let sha256 = hex::encode(Sha256::digest(&answer.bytes));
    assert_eq!(answer.header("etag"), format!("\"{sha256}\""));
    (path, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_whose_blobs_are_in_a_bucket_keep_nothing_of_their_own() {
    let store = S3Double::start(Profile::Aws).await;
    let cluster = Cluster::on_bucket(store.settings("blobs/")).await;
    // The one works, the other only answers.
    let mut worker = cluster.start("api,worker,scheduler");
    let other = cluster.start("api");
    let client = &other.server.client;
    client.upload("noise", noise()).await;
    let (path, medium) = result_seen_from(&other, &worker, &noisy_question()).await;
    let packed = store.objects().values().map(|object| object.bytes.len()).max().unwrap();
    assert!(packed > 256 * 1024, "{packed} bytes, too many for a row");
    assert!(worker.server.client.get(&path).await.bytes == medium.bytes);
    client.upload("noise", noise_of(25, 1_000_000)).await;
    let again = with(noisy_question(), json!({ "idempotencyKey": "again" }));
    let (large_path, large) = result_seen_from(&other, &worker, &again).await;
    assert!(large.bytes.len() > 16 * 1024 * 1024);
    assert!(store.count("CompleteMultipartUpload") > 0 && store.open_uploads().is_empty());
    assert!(worker.server.client.get(&large_path).await.bytes == large.bytes);

    worker.server.process.kill();
    assert!(client.get(&large_path).await.bytes == large.bytes);
    // Begins with an empty directory, and has everything.
    let heir = cluster.start("api,worker,scheduler");
    assert!(heir.server.client.get(&large_path).await.bytes == large.bytes);
    let next = with(noisy_question(), json!({ "idempotencyKey": "next" }));
    let (_, next) = result_seen_from(&heir, &other, &next).await;
    assert!(next.bytes.len() > 16 * 1024 * 1024);
    assert!(heir.server.client.get(&path).await.bytes == medium.bytes);
    for node in [&worker, &other, &heir] {
        let own = node.data.path();
        assert_eq!(files_in(own), [own.join("node_id")], "its name, and nothing that it works on");
    }
    for node in [other, heir] {
        assert_eq!(node.server.process.terminate().code, Some(0));
    }
    cluster.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_database_does_not_start() {
    let cluster = Cluster::new(String::new()).await;
    drop(cluster.start("api"));
    let data = tempdir().unwrap();
    let other_key = [
        ("BYTESTACK_DATABASE_URL", cluster.database.url.as_str()),
        ("BYTESTACK_MASTER_KEY", "BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ];
    let refused = run_in(data.path(), &["serve"], &other_key);
    assert_eq!(refused.code, Some(1));
    assert!(refused.log.contains("BYTESTACK_MASTER_KEY"), "{}", refused.log);

    let newest = "DELETE FROM seaql_migrations WHERE version = \
                  (SELECT max(version) FROM seaql_migrations)";
    Rows::of(data.path(), Some(&cluster.database)).await.execute(newest).await;
    let refused = cluster.run(data.path(), &["serve"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.log.contains("bytestack migrate"), "{}", refused.log);
}
