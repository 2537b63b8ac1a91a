//! What `kill -9` cannot take: every accepted question is answered once, with one result and one event,
//! whatever the process was doing when it died.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::tempdir;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::timeout;

use crate::support::database::TestDatabase;
use crate::support::process::{Client, Server, run_in};
use crate::support::receiver::{Receiver, Reply};

/// A lease lives for 15 s; what is taken up sooner after a start was given back by that start.
const BEFORE_ANY_LEASE_ENDS: Duration = Duration::from_secs(10);
const DEADLINE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_running_jobs_outlive_a_kill() {
    const JOBS: usize = 100;
    const POSTS: usize = 1_500;
    let data = tempdir().unwrap();
    let workers = ["--workers", "100"];
    // Each job waits for a feed that says nothing before the kill and is gone after it.
    let silence = [[Reply::Hang; JOBS], [Reply::Status(404); JOBS]].concat();
    let mut feed = Receiver::answering(&silence).await;
    let address = feed.address.to_string();
    let allowed = [("BYTESTACK_ALLOW_PRIVATE", address.as_str())];
    let source = format!("rss:{}", feed.url("/feed.xml"));
    // Asked where nothing works, so that all of them start together where something does.
    let asked = Server::first(data.path(), &["--roles", "api"], &allowed);
    asked.client.upload_posts(POSTS).await;
    let first = asked.client.try_ask(0, Some(&source)).await.unwrap();
    let cursor = first["cursor"].clone();
    let mut asking = JoinSet::new();
    for number in 1..JOBS {
        let (client, source) = (asked.client.clone(), source.clone());
        asking.spawn(async move { client.try_ask(number, Some(&source)).await.unwrap() });
    }
    assert_eq!(asking.join_all().await.len(), JOBS - 1);
    assert_eq!(asked.client.jobs_that_are(&["QUEUED"]).await, JOBS as u64);
    let key = asked.client.key.clone();
    assert_eq!(asked.process.terminate().code, Some(0));

    let mut first = Server::start(data.path(), &workers, &allowed, &key);
    for _ in 0..JOBS {
        feed.next().await;
    }
    let running = first.client.jobs_that_are(&["RUNNING"]).await;
    first.process.kill();
    assert_eq!(running, JOBS as u64, "all jobs are running at the kill");

    let restarted = Instant::now();
    let second = Server::start(data.path(), &workers, &allowed, &key);
    let anew = async { while !all_started_anew(&second.client).await {} };
    timeout(BEFORE_ANY_LEASE_ENDS, anew).await.expect("the start gives old leases back at once");
    let started_anew = restarted.elapsed();
    let events = second.client.ends_after(&cursor, JOBS).await;
    let (recovered, client) = (restarted.elapsed(), second.client.clone());
    check_all_answered(&client, &events, JOBS, POSTS / 2).await;
    eprintln!(
        "kill -9 with {running} of {JOBS} jobs running: all started anew {started_anew:.1?} and \
         ended {recovered:.1?} after the restart"
    );
    assert_eq!(second.process.terminate().code, Some(0));
    check_database(data.path());
}

/// Whether every job has ended, or runs for the second time.
async fn all_started_anew(client: &Client) -> bool {
    let query = "{ jobs(first: 100) { nodes { attempt status } } }";
    let answer = client.graphql(query, json!({})).await;
    let mut jobs = answer["jobs"]["nodes"].as_array().unwrap().iter();
    jobs.all(|job| job["status"] == "COMPLETED" || job["attempt"] == 2)
}

/// That so many jobs have ended well, each with one event, one result, its bytes and its figure.
async fn check_all_answered(client: &Client, events: &[Value], jobs: usize, mentions: usize) {
    let seqs: Vec<usize> = events.iter().map(|event| number(&event["seq"])).collect();
    assert_eq!(seqs, (1..=jobs).collect::<Vec<usize>>(), "the log is dense, in order");
    let ended: BTreeSet<&str> = events.iter().map(|event| text(&event["jobId"])).collect();
    assert_eq!(ended.len(), jobs, "one event each");
    assert!(events.iter().all(|event| event["status"] == "COMPLETED"), "{events:#?}");
    assert_eq!(client.jobs_that_are(&["COMPLETED"]).await, jobs as u64);
    let all = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];
    assert_eq!(client.jobs_that_are(&all).await, jobs as u64);

    let objects = client.every("storageObjects", "key sha256 sizeBytes job { id }").await;
    assert_eq!(objects.len(), jobs, "as many results as jobs");
    let answered: BTreeSet<&str> =
        objects.iter().map(|object| text(&object["job"]["id"])).collect();
    assert_eq!(answered, ended, "one result each");
    assert_eq!(client.every("events", "seq").await.len(), jobs, "as many events as jobs");
    for object in &objects {
        let answer = client.get(&format!("/v1/storage/{}", text(&object["key"]))).await;
        assert_eq!(answer.status, 200, "{object}");
        assert_eq!(hex::encode(Sha256::digest(&answer.bytes)), text(&object["sha256"]));
        assert_eq!(answer.bytes.len(), number(&object["sizeBytes"]));
        assert_eq!(answer.json()["job_id"], object["job"]["id"]);
        assert_eq!(answer.json()["result"]["total_mentions"], mentions, "{object}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

fn number(value: &Value) -> usize {
    let number = value.as_u64().unwrap_or_else(|| panic!("not a number: {value}"));
    usize::try_from(number).unwrap()
}

/// Asks SQLite itself, by another program, whether the file of a stopped server is sound.
fn check_database(data: &Path) {
    const SCRIPT: &str = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
print(database.execute('PRAGMA integrity_check').fetchone()[0])
print(len(database.execute('PRAGMA foreign_key_check').fetchall()))
print(database.execute('SELECT count(*) FROM task').fetchone()[0])";
    let file = data.join("bytestack.db");
    let Ok(checked) = Command::new("python3").args(["-c", SCRIPT]).arg(&file).output() else {
        eprintln!("skipped: without python3 the database is not checked by another program");
        return;
    };
    let (said, error) =
        (String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
    assert_eq!(said, "ok\n0\n0\n", "integrity, broken references, unfinished tasks; {error}");
}

/// Pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Submits numbers until there are no more, to whichever process lives; a question whose answer was
/// lost is asked again. Answers the job of each number.
async fn submit(
    next: Arc<AtomicUsize>,
    jobs: usize,
    mut clients: watch::Receiver<Client>,
    moments: mpsc::UnboundedSender<()>,
) -> BTreeMap<usize, String> {
    let mut acknowledged = BTreeMap::new();
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= jobs {
            return acknowledged;
        }
        while !acknowledged.contains_key(&number) {
            let client = clients.borrow_and_update().clone();
            // Nobody listens any more after the last kill.
            moments.send(()).ok();
            match client.try_ask(number, None).await {
                Ok(payload) => {
                    acknowledged.insert(number, text(&payload["job"]["id"]).to_owned());
                    moments.send(()).ok();
                }
                Err(_) => clients.changed().await.unwrap(),
            }
        }
    }
}

/// Kills and starts anew at moments of the submitting: after some sendings and answers, and then
/// some round trips more.
async fn kill_again_and_again(
    mut server: Server,
    data: &Path,
    kills: usize,
    mean_gap: usize,
    (clients, environment): (&watch::Sender<Client>, &[(&str, &str)]),
    mut moments: mpsc::UnboundedReceiver<()>,
) -> Server {
    let mut dice = Dice(0x0b17_e57a_c4ed);
    for _ in 0..kills {
        for _ in 0..mean_gap / 2 + dice.below(mean_gap) {
            moments.recv().await;
        }
        for _ in 0..dice.below(4) {
            server.client.get("/healthz").await;
        }
        server.process.kill();
        let key = server.client.key.clone();
        server = block_in_place(|| Server::start(data, &[], environment, &key));
        clients.send(server.client.clone()).unwrap();
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn questions_asked_while_the_server_dies_again_and_again_are_answered_once() {
    const POSTS: usize = 200;
    const CALLERS: usize = 8;
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let (jobs, kills) = if is_full { (2_000, 30) } else { (200, 5) };
    let data = tempdir().unwrap();
    let server = Server::first(data.path(), &[], &[]);
    server.client.upload_posts(POSTS).await;
    let cursor = server.client.ask(0).await["cursor"].clone();

    let began = Instant::now();
    let (clients, current) = watch::channel(server.client.clone());
    let (sender, moments) = mpsc::unbounded_channel();
    let next = Arc::new(AtomicUsize::new(0));
    let mut submitting = JoinSet::new();
    for _ in 0..CALLERS {
        submitting.spawn(submit(Arc::clone(&next), jobs, current.clone(), sender.clone()));
    }
    drop(sender);
    // Each question is two moments, so that the kills spread over all of the submitting.
    let gap = 2 * jobs / (kills + 1);
    let server =
        kill_again_and_again(server, data.path(), kills, gap, (&clients, &[]), moments).await;
    let submitted = timeout(DEADLINE, submitting.join_all()).await.expect("all are submitted");
    let acknowledged: BTreeMap<usize, String> = submitted.into_iter().flatten().collect();
    let events = server.client.ends_after(&cursor, jobs).await;
    check_all_answered(&server.client, &events, jobs, POSTS / 2).await;
    let ended: BTreeSet<&str> = events.iter().map(|event| text(&event["jobId"])).collect();
    let promised: BTreeSet<&str> = acknowledged.values().map(String::as_str).collect();
    assert_eq!(promised.len(), jobs, "each question has a job of its own");
    assert_eq!(ended, promised, "what was acknowledged is what ended");

    let attempts = server.client.every("jobs", "attempt").await;
    let more = attempts.iter().filter(|job| number(&job["attempt"]) > 1).count();
    eprintln!(
        "{kills} kills during {jobs} submissions by {CALLERS} callers: {more} jobs started more than \
         once, all ended once, in {:.1?}",
        began.elapsed()
    );
    assert_eq!(server.process.terminate().code, Some(0));
    check_database(data.path());
}

/// What every delivery came to.
async fn deliveries(client: &Client) -> BTreeMap<String, String> {
    let all = client.every("deliveries", "status event { id }").await;
    let pairs: Vec<(String, String)> = all
        .iter()
        .map(|one| (text(&one["event"]["id"]).to_owned(), text(&one["status"]).to_owned()))
        .collect();
    let by_event: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(by_event.len(), pairs.len(), "one delivery for each event");
    by_event
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_ends_without_its_delivery_however_often_the_server_dies() {
    deliveries_outlive_kills(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_ends_without_its_delivery_on_postgresql_however_often_the_server_dies() {
    deliveries_outlive_kills(Some(TestDatabase::fresh().await)).await;
}

#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn deliveries_outlive_kills(database: Option<TestDatabase>) {
    const CALLERS: usize = 8;
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let (jobs, kills) = if is_full { (10_000, 1_000) } else { (300, 20) };
    let data = tempdir().unwrap();
    let mut receiver = Receiver::answering(&[]).await;
    let address = receiver.address.to_string();
    let mut environment = vec![("BYTESTACK_ALLOW_PRIVATE", address.as_str())];
    if let Some(database) = &database {
        environment.push(("BYTESTACK_DATABASE_URL", &database.url));
    }
    let server = Server::first(data.path(), &[], &environment);
    server.client.upload_posts(20).await;
    let register = "mutation ($url: Url!) { createWebhookEndpoint(input: { url: $url,
        events: [\"job.completed\"] }) { userErrors { message } } }";
    let made = server.client.graphql(register, json!({ "url": receiver.url("/") })).await;
    assert_eq!(made["createWebhookEndpoint"]["userErrors"], json!([]));
    let cursor = server.client.ask(0).await["cursor"].clone();

    let began = Instant::now();
    let (clients, current) = watch::channel(server.client.clone());
    let (sender, moments) = mpsc::unbounded_channel();
    let next = Arc::new(AtomicUsize::new(0));
    let mut submitting = JoinSet::new();
    for _ in 0..CALLERS {
        submitting.spawn(submit(Arc::clone(&next), jobs, current.clone(), sender.clone()));
    }
    drop(sender);
    let gap = 2 * jobs / (kills + 1);
    let (data, moving) = (data.path(), (&clients, &environment[..]));
    let server = kill_again_and_again(server, data, kills, gap, moving, moments).await;
    let submitted = submitting.join_all().await;
    assert_eq!(submitted.iter().map(BTreeMap::len).sum::<usize>(), jobs);
    let events = server.client.ends_after(&cursor, jobs).await;
    assert_eq!(events.len(), jobs);
    let sent = async {
        loop {
            let all = deliveries(&server.client).await;
            if all.values().all(|status| status == "SUCCEEDED") {
                return all;
            }
        }
    };
    let sent = timeout(DEADLINE, sent).await.expect("all are sent");
    let told = server.client.every("events", "id").await;
    let told: BTreeSet<String> = told.iter().map(|event| text(&event["id"]).to_owned()).collect();
    assert_eq!(sent.keys().cloned().collect::<BTreeSet<String>>(), told, "each has its delivery");

    let (mut bodies, mut arrivals) = (HashMap::<String, BTreeSet<Vec<u8>>>::new(), 0);
    for received in receiver.rest() {
        let id = received.header("webhook-id").to_owned();
        bodies.entry(id).or_default().insert(received.body.to_vec());
        arrivals += 1;
    }
    assert!(bodies.values().all(|bodies| bodies.len() == 1), "always the same bytes");
    assert_eq!(bodies.into_keys().collect::<BTreeSet<String>>(), told, "each has arrived");
    eprintln!(
        "{kills} kills during {jobs} ends on {}: each event arrived, {} of them more than once, in {:.1?}",
        if database.is_some() { "PostgreSQL" } else { "SQLite" },
        arrivals - told.len(),
        began.elapsed()
    );
    assert_eq!(server.process.terminate().code, Some(0));
    if database.is_none() {
        return check_database(data);
    }
    let doctor = block_in_place(|| run_in(data, &["doctor"], &environment));
    assert_eq!(doctor.code, Some(0), "{:#?}\n{}", doctor.printed, doctor.log);
}
