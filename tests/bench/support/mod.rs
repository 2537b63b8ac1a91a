//! What benches are made of: the service as a process of its own, and clients cheap enough not to be
//! what is measured.

pub mod crowd;
pub mod nginx;
pub mod rows;
pub mod sink;
pub mod wrk;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An empty database on PostgreSQL, when one is to be measured.
#[expect(clippy::disallowed_methods, reason = "the bench's own setting")]
pub fn postgres() -> Option<String> {
    std::env::var("BENCH_POSTGRES").ok()
}

/// Measures, on as many threads as the machine that the figures are of has cores.
pub fn run(measure: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap().block_on(measure);
}

/// Uploads `dataset:posts` with so many posts about acme.
pub async fn upload(service: &Service, posts: usize) {
    let row = |n: usize| format!("{n},author{n},2026-01-01T10:00:0{n}Z,acme post number {n}");
    let rows: Vec<String> = (0..posts).map(row).collect();
    let csv = format!("id,author,published_at,text\n{}", rows.join("\n"));
    let mut connection = Connection::open(service).await;
    let answer = connection.send("PUT", "/v1/datasets/posts", "text/csv", csv.as_bytes()).await;
    assert_eq!(answer["documents"], posts, "{answer}");
}

/// Asks a question about this word; answers its job.
pub async fn asked(mut connection: Connection, word: String) -> (String, Connection) {
    const ASK: &str = "mutation($p:String!){createQuery(input:{prompt:$p,sources:[\"dataset:posts\"]})\
                       {job{id}userErrors{message}}}";
    let prompt = format!("How many times was acme or {word} mentioned since 2026-01-01?");
    let answer = connection.graphql(ASK, json!({ "p": prompt })).await;
    let id = answer["createQuery"]["job"]["id"].as_str();
    (id.unwrap_or_else(|| panic!("{answer}")).to_owned(), connection)
}

/// How long a job waited until it started, in milliseconds, as the service says; once it has ended.
pub async fn wait_of(connection: &mut Connection, job: &str) -> f64 {
    const LOOK: &str = "query($id:ID!){job(id:$id){createdAt startedAt completedAt}}";
    loop {
        let answer = connection.graphql(LOOK, json!({ "id": job })).await;
        let at = |name: &str| -> chrono::DateTime<chrono::Utc> {
            answer["job"][name].as_str().unwrap().parse().unwrap()
        };
        if !answer["job"]["completedAt"].is_null() {
            return (at("startedAt") - at("createdAt")).as_seconds_f64() * 1_000.0;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What the figures are measured on.
pub fn database() -> (&'static str, &'static str) {
    match postgres() {
        Some(_) => ("postgres", "PostgreSQL as it is set up, synchronous_commit=on"),
        None => ("sqlite", "sqlite, synchronous=FULL"),
    }
}

/// Prints one figure.
pub fn figure(name: &str, value: f64, unit: &str, detail: &Value) {
    println!("{}", json!({ "figure": name, "value": value, "unit": unit, "detail": detail }));
}

/// The value below which this part of them lies.
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list"
    )]
    let index = ((sorted.len() - 1) as f64 * part).round() as usize;
    sorted[index]
}

/// The service on an empty directory; ended when dropped.
pub struct Service {
    process: Option<Child>,
    address: SocketAddr,
    key: String,
    workspace: String,
    data: Arc<tempfile::TempDir>,
}

impl Service {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// One with settings of its own, by their names in the environment.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on(Arc::new(tempfile::tempdir().unwrap()), String::new(), settings)
    }

    /// The same service for another workspace, made by the command line.
    pub fn workspace(&self, name: &str) -> Self {
        let run = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_bytestack"));
            command.args(arguments).args(["--log", "warn", "--data-dir"]).arg(self.data.path());
            if let Some(url) = postgres() {
                command.args(["--database-url", &url]);
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        let workspace = run(&["workspace", "create", name]);
        let key =
            run(&["key", "create", "--workspace", &workspace, "--scope", "admin", "--name", name]);
        let (address, data) = (self.address, Arc::clone(&self.data));
        Self { process: None, address, key, workspace, data }
    }

    /// The id of a workspace that the command line has made.
    pub fn workspace_id(&self) -> &str {
        &self.workspace
    }

    /// Ends it at once and starts it again on what it had.
    pub fn restart(self) -> Self {
        let (data, key) = (Arc::clone(&self.data), self.key.clone());
        drop(self);
        Self::start_on(data, key, &[])
    }

    /// The address of its database.
    pub fn database_url(&self) -> String {
        let file = format!("sqlite://{}", self.data.path().join("bytestack.db").display());
        postgres().unwrap_or(file)
    }

    fn start_on(data: Arc<tempfile::TempDir>, mut key: String, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bytestack"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data-dir"])
            .arg(data.path())
            // Where webhooks are received.
            .env("BYTESTACK_ALLOW_PRIVATE", "127.0.0.0/8")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped());
        if let Some(url) = postgres() {
            command.args(["--database-url", &url]);
        }
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("serve ended before it listened").unwrap();
            if let Some(rest) = line.strip_prefix("API key ") {
                rest.split(' ').next().unwrap().clone_into(&mut key);
            }
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
        };
        Self { process: Some(process), address, key, workspace: String::new(), data }
    }

    pub fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its key, an administrator's.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn process_id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// Processor time a process has used so far, by the operating system's accounting.
pub fn cpu_seconds(process: u32) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap())
        .collect();
    (ticks[0] + ticks[1]) / TICKS_A_SECOND
}

/// Memory a process holds, in MiB, by the operating system's accounting.
pub fn memory_mib(process: u32) -> f64 {
    of_status(process, "VmRSS:")
}

/// The most memory a process has held so far, in MiB.
pub fn peak_mib(process: u32) -> f64 {
    of_status(process, "VmHWM:")
}

fn of_status(process: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() / 1024.0
}

/// A kept-alive HTTP/1.1 connection that sends one request at a time.
pub struct Connection {
    stream: TcpStream,
    host: String,
    key: String,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(service: &Service) -> Self {
        let stream = TcpStream::connect(service.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (host, key) = (service.address.to_string(), service.key.clone());
        Self { stream, host, key, buffer: Vec::new() }
    }

    /// What a GraphQL operation answers, without errors.
    pub async fn graphql(&mut self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = self.send("POST", "/graphql", "application/json", body.as_bytes()).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"].clone()
    }

    /// Sends a request and answers the body of its answer, which must be JSON.
    pub async fn send(&mut self, method: &str, path: &str, media: &str, body: &[u8]) -> Value {
        serde_json::from_slice(self.exchange(method, path, media, body).await).unwrap()
    }

    /// Sends JSON and answers the body of its answer as it comes.
    pub async fn fetch(&mut self, method: &str, path: &str, body: &[u8]) -> &[u8] {
        self.exchange(method, path, "application/json", body).await
    }

    async fn exchange(&mut self, method: &str, path: &str, media: &str, body: &[u8]) -> &[u8] {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: {media}\r\ncontent-length: {}\r\n\r\n",
            self.host,
            self.key,
            body.len()
        );
        self.stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection ended");
            if let Some((begin, end)) = whole_body(&self.buffer) {
                return &self.buffer[begin..end];
            }
        }
    }
}

/// Where the body is, once all of it is there; answers always say their length.
fn whole_body(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
    let (begin, length) = (end + 4, length.trim().parse::<usize>().unwrap());
    (answer.len() >= begin + length).then_some((begin, begin + length))
}

/// The ends of all jobs, on a socket.
pub struct Events(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Events {
    pub async fn subscribe(service: &Service) -> Self {
        let mut request =
            format!("ws://{}/graphql", service.address).into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (socket, _) = connect_async(request).await.unwrap();
        let mut events = Self(socket);
        let authorization = format!("Bearer {}", service.key);
        let payload = json!({ "authorization": authorization });
        events.send(json!({ "type": "connection_init", "payload": payload })).await;
        let query = "subscription{jobCompleted{jobId status}}";
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
        events.send(subscribe).await;
        events
    }

    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next event; `None` when the socket ends.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.0.next().await?.ok()? else { continue };
            let message: Value = serde_json::from_str(&text).unwrap();
            match message["type"].as_str() {
                Some("next") => return Some(message["payload"]["data"]["jobCompleted"].clone()),
                Some("ping") => self.send(json!({ "type": "pong" })).await,
                Some("connection_ack") => {}
                other => panic!("{other:?}: {message}"),
            }
        }
    }
}
