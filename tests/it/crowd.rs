//! Very many subscribers of one log on all three transports, who leave at random and come again with the cursor
//! they have, while many write and servers are killed: what each of them got is the log, without a hole and
//! without a double.
//!
//! `BYTESTACK_TEST_CROWD_SEED` is who leaves when; it is printed.

use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::sync::watch;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::cluster::{Cluster, Node};
use crate::support::process::{Client, Server, run};
use crate::support::sse::SseClient;

const FOLLOW: &str =
    "subscription ($after: String!) { jobCompleted(after: $after) { cursor seq jobId status } }";
const ROLES: &str = "api,worker,scheduler";
const PATIENCE: Duration = Duration::from_secs(20);

/// How much is proved.
#[derive(Clone, Copy)]
struct Size {
    clients: usize,
    writers: usize,
    /// Jobs that each writer asks for.
    jobs: usize,
    kills: u32,
}

const SMALL: Size = Size { clients: 100, writers: 16, jobs: 10, kills: 2 };
const FULL: Size = Size { clients: 1_000, writers: 64, jobs: 16, kills: 6 };

/// Where the service is just now.
type Doors = Arc<Mutex<Vec<Client>>>;
type Broken = Box<dyn Error + Send + Sync>;

/// One of the crowd.
struct Follower {
    doors: Doors,
    number: usize,
    dice: u64,
    cursor: String,
    /// The number of the last event it got.
    seen: u64,
    /// The number of the last event there will be, once that is known.
    last: watch::Receiver<Option<u64>>,
    /// How often anybody of the crowd came.
    comings: Arc<AtomicUsize>,
}

impl Follower {
    fn below(&mut self, end: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 33) % end
    }

    fn door(&mut self) -> Client {
        let doors = self.doors.lock().unwrap().clone();
        let at = usize::try_from(self.below(doors.len() as u64)).unwrap();
        doors[at].clone()
    }

    /// Twice as long after each failure in a row, up to a limit; at random between half of it and all.
    fn back_off(&mut self, failures: u32) -> Duration {
        let most = 100 << failures.min(6);
        Duration::from_millis(most / 2 + self.below(most / 2))
    }

    fn has_all(&self) -> bool {
        *self.last.borrow() == Some(self.seen)
    }

    /// Takes note of an event, which must be the next.
    fn take(&mut self, seq: &Value, cursor: &Value) {
        let next = self.seen + 1;
        assert_eq!(seq.as_u64(), Some(next), "follower {} has {}", self.number, self.cursor);
        self.seen = next;
        cursor.as_str().unwrap().clone_into(&mut self.cursor);
    }

    async fn follow(mut self) -> u64 {
        let mut failures: u32 = 0;
        while !self.has_all() {
            let stay = 1 + self.below(40);
            let door = self.door();
            let came = match self.number % 10 {
                0 => self.by_sse(&door, stay).await,
                1 => self.by_poll(&door, stay).await,
                _ => self.by_socket(&door, stay).await,
            };
            match came {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    assert!(failures < 100, "follower {} cannot go on: {error}", self.number);
                    // As clients do: whoever all come again at once are all turned away again.
                    sleep(self.back_off(failures)).await;
                }
            }
        }
        self.seen
    }

    async fn by_socket(&mut self, door: &Client, stay: u64) -> Result<(), Broken> {
        let mut request = format!("ws://{}/graphql", door.address).into_client_request()?;
        let protocol = "graphql-transport-ws".parse()?;
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (mut socket, _) = timeout(PATIENCE, connect_async(request)).await??;
        let payload = json!({ "authorization": format!("Bearer {}", door.key) });
        let init = json!({ "type": "connection_init", "payload": payload });
        let payload = json!({ "query": FOLLOW, "variables": { "after": self.cursor } });
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
        socket.send(Message::text(init.to_string())).await?;
        let ack = timeout(PATIENCE, socket.next()).await?.ok_or("closed before the ack")??;
        // A server that has too much to do says so and closes.
        if ack != Message::text(r#"{"type":"connection_ack"}"#) {
            return Err(format!("not let in: {ack:?}").into());
        }
        socket.send(Message::text(subscribe.to_string())).await?;
        self.comings.fetch_add(1, Ordering::Relaxed);
        let until = self.seen + stay;
        let mut last = self.last.clone();
        while self.seen < until && !self.has_all() {
            let message = tokio::select! {
                message = timeout(PATIENCE, socket.next()) => message?.ok_or("closed")??,
                _ = last.changed() => continue,
            };
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text)?;
            match message["type"].as_str() {
                Some("next") => {
                    let event = &message["payload"]["data"]["jobCompleted"];
                    assert!(event.is_object(), "{message:#}");
                    self.take(&event["seq"], &event["cursor"]);
                }
                Some("ping") => socket.send(Message::text(r#"{"type":"pong"}"#)).await?,
                _ => panic!("{message:#}"),
            }
        }
        // It leaves without a word.
        Ok(())
    }

    async fn by_sse(&mut self, door: &Client, stay: u64) -> Result<(), Broken> {
        let variables = json!({ "after": self.cursor });
        let request = door.posting("/graphql", &json!({ "query": FOLLOW, "variables": variables }));
        let request = request.header("last-event-id", &self.cursor);
        let mut stream = SseClient::try_open(request).await?;
        self.comings.fetch_add(1, Ordering::Relaxed);
        let until = self.seen + stay;
        let mut last = self.last.clone();
        while self.seen < until && !self.has_all() {
            let block = tokio::select! {
                block = stream.next() => block.ok_or("cut off")?,
                _ = last.changed() => continue,
            };
            assert!(!block.is_complete());
            if block.data.is_some() {
                let event = &block.json()["data"]["jobCompleted"];
                assert_eq!(block.id.as_deref(), event["cursor"].as_str());
                self.take(&event["seq"], &event["cursor"]);
            }
        }
        Ok(())
    }

    async fn by_poll(&mut self, door: &Client, stay: u64) -> Result<(), Broken> {
        let path = format!("/v1/events?after={}&wait=1&limit={}", self.cursor, stay.min(100));
        let answer = door.try_get(&path).await?;
        self.comings.fetch_add(1, Ordering::Relaxed);
        for event in answer["events"].as_array().ok_or_else(|| answer.to_string())? {
            self.take(&event["seq"], &event["cursor"]);
        }
        answer["next_cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        Ok(())
    }
}

/// Asks until somebody acknowledges, each number once.
async fn write(doors: Doors, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let input = json!({
            "prompt": format!("How many times was acme or word{number} mentioned since 2024-01-01?"),
            "sources": ["dataset:posts"], "idempotencyKey": number.to_string(),
        });
        for attempt in number.. {
            assert!(attempt < number + 400, "nobody acknowledged {number}");
            let doors = doors.lock().unwrap().clone();
            let door = &doors[attempt % doors.len()];
            if let Ok(Some(_)) = timeout(PATIENCE, door.try_create(&input)).await {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The service, which can be killed.
enum Service {
    Nodes(Box<Cluster>, Vec<Node>),
    Alone(Server, TempDir),
}

impl Service {
    async fn start(nodes: usize) -> Self {
        if nodes == 1 {
            let data = tempdir().unwrap();
            return Self::Alone(Server::first(data.path(), &[], &[]), data);
        }
        let cluster = Cluster::new(String::new()).await;
        let started = block_in_place(|| (0..nodes).map(|_| cluster.start(ROLES)).collect());
        Self::Nodes(Box::new(cluster), started)
    }

    fn doors(&self) -> Vec<Client> {
        match self {
            Self::Nodes(_, nodes) => nodes.iter().map(|node| node.server.client.clone()).collect(),
            Self::Alone(server, _) => vec![server.client.clone()],
        }
    }

    /// Kills one and starts it again.
    fn kill(self) -> Self {
        match self {
            Self::Nodes(cluster, mut nodes) => {
                let mut node = nodes.remove(0);
                node.server.process.kill();
                nodes.push(cluster.start_with(node.data, ROLES, &[]));
                Self::Nodes(cluster, nodes)
            }
            Self::Alone(mut server, data) => {
                server.process.kill();
                Self::Alone(Server::start(data.path(), &[], &[], &server.client.key), data)
            }
        }
    }

    fn stop_sound(self) {
        match self {
            Self::Nodes(cluster, nodes) => {
                for node in nodes {
                    node.server.process.terminate();
                }
                cluster.is_sound();
            }
            Self::Alone(server, data) => {
                server.process.terminate();
                let doctor = run(&PathBuf::from(data.path()), &["doctor"]);
                assert_eq!(doctor.code, Some(0), "{:#?}", doctor.printed);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
fn asked_for() -> (Size, u64) {
    let size = if std::env::var_os("BYTESTACK_TEST_FULL").is_some() { FULL } else { SMALL };
    let seed = std::env::var("BYTESTACK_TEST_CROWD_SEED").ok().and_then(|text| text.parse().ok());
    (size, seed.unwrap_or_else(|| u64::from(std::process::id())))
}

async fn everybody_gets_the_log(nodes: usize) {
    let (size, seed) = asked_for();
    eprintln!("crowd with BYTESTACK_TEST_CROWD_SEED={seed}");
    let began = Instant::now();
    let mut service = Service::start(nodes).await;
    let first = service.doors()[0].clone();
    first.upload_posts(4).await;
    let cursor = first.ask(usize::MAX).await["cursor"].as_str().unwrap().to_owned();
    let doors = Arc::new(Mutex::new(service.doors()));
    let (tell_last, last) = watch::channel(None);
    let comings = Arc::new(AtomicUsize::new(0));

    let mut crowd = JoinSet::new();
    for number in 0..size.clients {
        let dice = (seed << 20) + number as u64 + 1;
        let (doors, cursor, last) = (Arc::clone(&doors), cursor.clone(), last.clone());
        let comings = Arc::clone(&comings);
        let follower = Follower { doors, number, dice, cursor, seen: 0, last, comings };
        crowd.spawn(follower.follow());
    }
    let mut writers = JoinSet::new();
    for writer in 0..size.writers {
        let numbers = writer * size.jobs..(writer + 1) * size.jobs;
        writers.spawn(write(Arc::clone(&doors), numbers));
    }
    // A kill after each part of what is written.
    let events = size.writers * size.jobs + 1;
    for kill in 1..=size.kills {
        let part = (events as u64) * u64::from(kill) / u64::from(size.kills + 1);
        while head(&doors).await < part {
            sleep(Duration::from_millis(50)).await;
        }
        service = block_in_place(|| service.kill());
        *doors.lock().unwrap() = service.doors();
    }
    writers.join_all().await;
    tell_last.send(Some(events as u64)).unwrap();
    let got = timeout(Duration::from_mins(15), crowd.join_all()).await.expect("all get all of it");
    assert_eq!(got, vec![events as u64; size.clients]);
    eprintln!(
        "crowd: {} clients came {} times, {} writers, {} kills, {events} events, each got all of them once, in {:.0?}",
        size.clients,
        comings.load(Ordering::Relaxed),
        size.writers,
        size.kills,
        began.elapsed(),
    );
    service.stop_sound();
}

/// How long the log is, as far as can be told just now.
async fn head(doors: &Doors) -> u64 {
    let door = doors.lock().unwrap()[0].clone();
    let query = "{ events(last: 1) { nodes { seq } } }";
    let answer = door.try_graphql(query, json!({})).await.unwrap_or_default();
    answer["data"]["events"]["nodes"][0]["seq"].as_u64().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_the_log_of_one_server_that_is_killed() {
    everybody_gets_the_log(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_the_log_of_nodes_of_which_some_are_killed() {
    everybody_gets_the_log(2).await;
}
