//! Several processes on one PostgreSQL: they share the work, and one that is killed, stopped or cut off
//! takes nothing with it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::support::black_hole::BlackHole;
use crate::support::database::TestDatabase;
use crate::support::process::{Server, run_in};
use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;

const KEY: &str = "an-admin-key-for-every-node-0123456789";
/// 32 bytes in base64.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// A lease, and the second within which it is noticed that nobody holds it.
const LEASE: Duration = Duration::from_secs(15);

/// What the nodes have in common.
struct Cluster {
    database: TestDatabase,
    blobs: TempDir,
    allowed: String,
}

struct Node {
    server: Server,
    _data: TempDir,
}

impl Cluster {
    async fn new(allowed: String) -> Self {
        Self { database: TestDatabase::fresh().await, blobs: tempdir().unwrap(), allowed }
    }

    fn environment<'a>(&'a self, blobs: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("BYTESTACK_DATABASE_URL", &self.database.url),
            ("BYTESTACK_BLOBS", blobs),
            ("BYTESTACK_MASTER_KEY", MASTER_KEY),
            ("BYTESTACK_API_KEY", KEY),
            ("BYTESTACK_ALLOW_PRIVATE", &self.allowed),
        ]
    }

    fn start(&self, roles: &str) -> Node {
        let data = tempdir().unwrap();
        let blobs = format!("disk:{}", self.blobs.path().display());
        let server =
            Server::start(data.path(), &["--roles", roles], &self.environment(&blobs), KEY);
        Node { server, _data: data }
    }

    fn run(&self, data: &Path, arguments: &[&str]) -> crate::support::process::Ended {
        let blobs = format!("disk:{}", self.blobs.path().display());
        run_in(data, arguments, &self.environment(&blobs))
    }

    /// `doctor` finds nothing.
    fn is_sound(&self) {
        let data = tempdir().unwrap();
        let ended = self.run(data.path(), &["doctor"]);
        assert_eq!(ended.code, Some(0), "{:#?}\n{}", ended.printed, ended.log);
    }
}

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
    let mut asked = None;
    while asked.is_none() {
        // A request that waited for a connection that hangs is answered with an error that says to retry.
        let answer = client.try_graphql("{ workspace { id } }", json!({})).await.unwrap();
        if answer.get("errors").is_none() {
            asked = Some(client.ask(1).await);
        }
    }
    let asked = asked.unwrap();
    client.ends_after(&asked["cursor"], 1).await;
    eprintln!("work went on {:.1?} after every connection hung", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    drop(node);
    cluster.database.url = own;
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
