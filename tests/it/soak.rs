//! Three nodes under a steady load, of which one dies every few seconds and is started again: nothing that
//! was acknowledged is lost, nothing is done twice.
//!
//! `BYTESTACK_TEST_SOAK_SEED` is which node dies when; it is printed. `BYTESTACK_TEST_SOAK_SECONDS` is how long.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::support::cluster::{Cluster, Node};
use crate::support::process::Client;
use crate::support::receiver::Receiver;
use crate::support::rows::Rows;

const NODES: usize = 3;
const A_SECOND: usize = 50;
/// One in so many has a webhook.
const WITH_WEBHOOK: usize = 10;
const ROLES: &str = "api,worker,scheduler";
/// Each job is in somebody's hands for a while, so that kills take some, but not the same job five times.
const SLOW: &[(&str, &str)] = &[("FAIL_POINTS", "runner.after_collect=stall:0.3@1+")];
/// A node that dies breaks off its answers; whoever asks again sooner than this only adds to a backlog.
const PATIENCE: Duration = Duration::from_secs(30);
const DEADLINE: Duration = Duration::from_mins(3);

/// Where the nodes are just now.
type Clients = Arc<Mutex<Vec<Client>>>;

/// Pseudo-random numbers from a seed.
struct Dice(u64);

impl Dice {
    fn between(&mut self, least: u64, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        least + (self.0 >> 33) % (end - least)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn nothing_is_lost_while_nodes_die_under_load() {
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let lasts = number("BYTESTACK_TEST_SOAK_SECONDS").unwrap_or(if is_full { 300 } else { 15 });
    let lasts = Duration::from_secs(lasts);
    let seed = number("BYTESTACK_TEST_SOAK_SEED");
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) + 1);
    eprintln!("soak of {lasts:?} with BYTESTACK_TEST_SOAK_SEED={seed}");

    let mut receiver = Receiver::answering(&[]).await;
    let cluster = Cluster::new(receiver.address.to_string()).await;
    let start = |_| cluster.start_with(tempdir().unwrap(), ROLES, SLOW);
    let mut nodes: Vec<Node> = block_in_place(|| (0..NODES).map(start).collect());
    nodes[0].server.client.upload_posts(20).await;
    let clients = nodes.iter().map(|node| node.server.client.clone()).collect();
    let clients: Clients = Arc::new(Mutex::new(clients));
    let hook = receiver.url("/hook");
    let mut asking = JoinSet::new();
    asking.spawn(ask_steadily(Arc::clone(&clients), hook, lasts));
    let resumed = kill_now_and_then(&cluster, &mut nodes, &clients, lasts, Dice(seed)).await;
    let acknowledged = timeout(DEADLINE, asking.join_next()).await.expect("all are acknowledged");
    let acknowledged = acknowledged.unwrap().unwrap();

    let client = nodes[0].server.client.clone();
    timeout(DEADLINE, has_ended(&client, acknowledged.len())).await.expect("all have ended");
    let again = check(&client, &acknowledged).await;
    let sent = check_received(&client, &mut receiver).await;
    assert_eq!(sent, acknowledged.len().div_ceil(WITH_WEBHOOK));
    for node in nodes {
        let ended = node.server.process.terminate();
        assert_eq!(ended.code, Some(0), "{}", ended.log);
    }
    cluster.is_sound();
    report(&acknowledged, again, sent, resumed);
}

fn report(
    acknowledged: &BTreeSet<String>,
    again: usize,
    sent: usize,
    resumed: Vec<Option<Duration>>,
) {
    let kills = resumed.len();
    let mut resumed: Vec<Duration> = resumed.into_iter().flatten().collect();
    resumed.sort_unstable();
    assert!(!resumed.is_empty(), "no kill took a job");
    eprintln!(
        "soak: {kills} kills, {} submissions, {sent} webhooks, {again} jobs started more than once; \
         the jobs of {} killed nodes ran again after {:.1?} in the median and {:.1?} at the longest",
        acknowledged.len(),
        resumed.len(),
        resumed[resumed.len() / 2],
        resumed[resumed.len() - 1],
    );
}

/// Asks so many questions a second, whether or not earlier ones are answered; the jobs of all of them.
async fn ask_steadily(clients: Clients, hook: String, lasts: Duration) -> BTreeSet<String> {
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(A_SECOND).unwrap());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (began, mut asking, mut number) = (Instant::now(), JoinSet::new(), 0_usize);
    while began.elapsed() < lasts {
        ticks.tick().await;
        let webhook = number.is_multiple_of(WITH_WEBHOOK).then(|| hook.clone());
        asking.spawn(ask(Arc::clone(&clients), number, webhook));
        number += 1;
    }
    let jobs: BTreeSet<String> = asking.join_all().await.into_iter().collect();
    assert_eq!(jobs.len(), number, "each question has a job of its own");
    jobs
}

/// Asks one node after the other until one acknowledges.
async fn ask(clients: Clients, number: usize, webhook: Option<String>) -> String {
    let input = json!({
        "prompt": format!("How many times was acme or word{number} mentioned?"),
        "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" },
        "sources": ["dataset:posts"], "webhookUrl": webhook, "idempotencyKey": number.to_string(),
    });
    for attempt in number.. {
        let client = clients.lock().unwrap()[attempt % NODES].clone();
        if let Ok(Some(made)) = timeout(PATIENCE, client.try_create(&input)).await {
            return made["job"]["id"].as_str().unwrap().to_owned();
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody acknowledged {number}");
}

/// Kills a node every 1 to 5 s and starts it again; for each, how long it took until its jobs ran again,
/// if it had any.
async fn kill_now_and_then(
    cluster: &Cluster,
    nodes: &mut Vec<Node>,
    clients: &Clients,
    lasts: Duration,
    mut dice: Dice,
) -> Vec<Option<Duration>> {
    let (began, mut resuming) = (Instant::now(), JoinSet::new());
    loop {
        sleep(Duration::from_millis(dice.between(1_000, 5_000))).await;
        if began.elapsed() >= lasts {
            return resuming.join_all().await;
        }
        let index = usize::try_from(dice.between(0, NODES as u64)).unwrap();
        let mut node = nodes.remove(index);
        node.server.process.kill();
        let killed = Instant::now();
        let id = fs::read_to_string(node.data.path().join("node_id")).unwrap();
        // A connection each: those who look often must not keep the next kill waiting.
        let rows = Rows::of(node.data.path(), Some(&cluster.database)).await;
        let held = held_by(&rows, &id).await;
        let node = block_in_place(|| cluster.start_with(node.data, ROLES, SLOW));
        clients.lock().unwrap()[index] = node.server.client.clone();
        nodes.insert(index, node);
        resuming.spawn(resumed(rows, held, killed));
    }
}

/// The jobs in the hands of a node, each with its worker and lease, as a list in SQL.
async fn held_by(rows: &Rows, node: &str) -> String {
    let sql = format!(
        "SELECT coalesce(string_agg('(''' || id || ''', ' || lease_token || ')', ', '), '') \
         FROM task WHERE kind = 'job' AND leased_by LIKE '{node}/%'"
    );
    rows.text(&sql).await
}

async fn resumed(rows: Rows, held: String, killed: Instant) -> Option<Duration> {
    if held.is_empty() {
        return None;
    }
    // What has ended by now has run again: its row is gone.
    let sql = format!(
        "SELECT count(*)::text FROM task JOIN (VALUES {held}) AS held (id, lease) USING (id) \
         WHERE lease_token IS NULL OR lease_token = held.lease"
    );
    while rows.text(&sql).await != "0" {
        assert!(killed.elapsed() < DEADLINE, "they never ran again: {held}");
        sleep(Duration::from_millis(50)).await;
    }
    Some(killed.elapsed())
}

async fn has_ended(client: &Client, jobs: usize) {
    let succeeded = "{ deliveries(first: 1, filter: { statuses: [SUCCEEDED] }) { totalCount }
        all: deliveries(first: 1) { totalCount } }";
    loop {
        let deliveries = client.graphql(succeeded, json!({})).await;
        let are_sent = deliveries["deliveries"] == deliveries["all"];
        if client.jobs_that_are(&["COMPLETED"]).await == jobs as u64 && are_sent {
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// What was acknowledged is what ended, once each; answers how many jobs were started more than once.
async fn check(client: &Client, acknowledged: &BTreeSet<String>) -> usize {
    let all_of = |nodes: &[Value], id: fn(&Value) -> &Value| -> BTreeSet<String> {
        nodes.iter().map(|node| id(node).as_str().unwrap().to_owned()).collect()
    };
    let jobs = client.every("jobs", "id attempt").await;
    let events = client.every("events", "id seq payload").await;
    let objects = client.every("storageObjects", "job { id }").await;
    let count = acknowledged.len();
    assert_eq!([jobs.len(), events.len(), objects.len()], [count; 3]);
    assert_eq!(&all_of(&jobs, |job| &job["id"]), acknowledged);
    assert_eq!(&all_of(&events, |event| &event["payload"]["job_id"]), acknowledged);
    assert_eq!(&all_of(&objects, |object| &object["job"]["id"]), acknowledged);
    let mut seqs: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=count as u64).collect::<Vec<u64>>(), "the log is dense");
    jobs.iter().filter(|job| job["attempt"].as_u64().unwrap() > 1).count()
}

/// Each event with a delivery arrived, always with the same bytes; answers how many there are.
async fn check_received(client: &Client, receiver: &mut Receiver) -> usize {
    let mut bodies: HashMap<String, BTreeSet<Vec<u8>>> = HashMap::new();
    for received in receiver.rest() {
        let id = received.header("webhook-id").to_owned();
        bodies.entry(id).or_default().insert(received.body.to_vec());
    }
    assert!(bodies.values().all(|bodies| bodies.len() == 1), "always the same bytes");
    let deliveries = client.every("deliveries", "event { id }").await;
    let mut sent: BTreeMap<&str, usize> = BTreeMap::new();
    for delivery in &deliveries {
        *sent.entry(delivery["event"]["id"].as_str().unwrap()).or_default() += 1;
    }
    assert!(sent.iter().all(|(id, count)| *count == 1 && bodies.contains_key(*id)), "{sent:?}");
    assert_eq!(sent.len(), bodies.len());
    sent.len()
}
