//! The real binary as a process of its own, as an operator runs it: started, read, killed, stopped.
//!
//! It gets no environment but what a test gives it. Every wait has a deadline and panics with what
//! was awaited and what the process said. Dropping one kills it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::Answer;
use super::ws::WsClient;

pub const BINARY: &str = env!("CARGO_BIN_EXE_bytestack");
const DEADLINE: Duration = Duration::from_mins(1);
pub const LISTENING: &str = "listening on http://";

/// A started process of the binary.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    /// Lines of standard output so far.
    pub printed: Vec<String>,
    log: NamedTempFile,
}

/// How a process ended and all that it said.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub printed: Vec<String>,
    pub log: String,
}

impl Process {
    /// Starts the binary on a data directory.
    pub fn start(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let log = NamedTempFile::new().unwrap();
        let mut child = command(data, arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log.reopen().unwrap())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        // Ends with the process, whose end closes the pipe.
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, printed: Vec::new(), log }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        let mut text = String::new();
        File::open(self.log.path()).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Reads on until it prints a line that begins so; answers the rest of that line.
    pub fn printed_after(&mut self, start: &str) -> String {
        while let Some(line) = self.next_line(start) {
            if let Some(rest) = line.strip_prefix(start) {
                return rest.to_owned();
            }
        }
        panic!("it ended without printing {start:?}: {:?}\n{}", self.printed, self.log());
    }

    /// The next line it prints, or `None` once it prints no more.
    fn next_line(&mut self, awaited: &str) -> Option<String> {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => {
                self.printed.push(line.clone());
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("no {awaited} within {DEADLINE:?}: {:?}\n{}", self.printed, self.log())
            }
        }
    }

    /// Takes note of what it has printed by now; answers the rest of the line that begins so, if there is one.
    pub fn has_printed(&mut self, start: &str) -> Option<&str> {
        self.printed.extend(self.lines.try_iter());
        self.printed.iter().find_map(|line| line.strip_prefix(start))
    }

    /// Whether it runs no more.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until it ends by itself.
    pub fn ended(mut self) -> Ended {
        while self.next_line("end").is_some() {}
        let status = self.child.wait().unwrap();
        let printed = std::mem::take(&mut self.printed);
        Ended { code: status.code(), printed, log: self.log() }
    }

    /// `kill -9`, waited for: nothing of it runs any more.
    pub fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }

    /// Asks it to stop as an operator does, and waits until it has.
    pub fn terminate(self) -> Ended {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success(), "SIGTERM could not be sent: {sent}");
        self.ended()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A command of the binary on a data directory, in an environment of its own.
pub fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(arguments)
        .env_clear()
        .env("BYTESTACK_DATA_DIR", data)
        .env("BYTESTACK_HACKERNEWS_BASE_URL", super::NOWHERE)
        .env("BYTESTACK_GDELT_BASE_URL", super::NOWHERE)
        .env("BYTESTACK_TELEGRAM_BASE_URL", super::NOWHERE)
        .env("BYTESTACK_LISTEN", "127.0.0.1:0")
        .current_dir(data)
        .stdin(Stdio::null());
    command
}

/// Runs a command of the binary to its end.
pub fn run(data: &Path, arguments: &[&str]) -> Ended {
    run_in(data, arguments, &[])
}

/// The same with settings.
pub fn run_in(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    Process::start(data, arguments, environment).ended()
}

/// `bytestack serve`, listening.
pub struct Server {
    pub process: Process,
    pub client: Client,
}

impl Server {
    /// Starts it on a directory that has no database yet; its client has the key that was printed.
    pub fn first(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut server = Self::start(data, arguments, environment, "");
        server.client.key = server.printed("API key ").to_owned();
        server
    }

    /// Starts it; its client has this key.
    pub fn start(data: &Path, arguments: &[&str], environment: &[(&str, &str)], key: &str) -> Self {
        let arguments = [&["serve"], arguments].concat();
        let mut process = Process::start(data, &arguments, environment);
        let address = process.printed_after(LISTENING).parse().unwrap();
        Self { process, client: Client::new(address, key) }
    }

    /// The first word after these in what was printed.
    pub fn printed(&self, before: &str) -> &str {
        let lines = &self.process.printed;
        let line = lines.iter().find_map(|line| line.strip_prefix(before));
        let line = line.unwrap_or_else(|| panic!("{before:?} was not printed: {lines:?}"));
        line.split(' ').next().unwrap()
    }
}

/// So many posts as CSV; every second one has the word acme.
pub fn posts(posts: usize) -> String {
    let row = |post: usize| {
        let word = if post.is_multiple_of(2) { "acme" } else { "others" };
        let (author, day) = (post % 97, 1 + post % 28);
        format!("{post},a{author},2024-02-{day:02}T10:00:00Z,post {post} of {word}\n")
    };
    let rows: Vec<String> = (0..posts).map(row).collect();
    format!("id,author,published_at,text\n{}", rows.concat())
}

/// Somebody with a key, on the public faces of a process.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub key: String,
    http: reqwest::Client,
}

impl Client {
    pub fn new(address: SocketAddr, key: &str) -> Self {
        let http = super::http_client();
        Self { address, key: key.to_owned(), http }
    }

    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method, url).bearer_auth(&self.key)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(reqwest::Method::GET, path)).await
    }

    /// What is answered, as JSON; an error when the server goes away.
    pub async fn try_get(&self, path: &str) -> Result<Value, reqwest::Error> {
        self.request(reqwest::Method::GET, path).send().await?.json().await
    }

    /// A request with this JSON.
    pub fn posting(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, path).json(body)
    }

    /// Uploads `dataset:posts` with so many posts; every second one has the word acme.
    pub async fn upload_posts(&self, posts: usize) {
        let answer = self.upload("posts", self::posts(posts)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["documents"]), (201, &json!(posts)));
    }

    /// Uploads CSV as the next version of a dataset.
    pub async fn upload(&self, name: &str, csv: String) -> Answer {
        Answer::of(self.uploading(name, csv)).await
    }

    /// The status of the same, or an error when the server goes away.
    pub async fn try_upload(&self, name: &str, csv: String) -> Result<u16, reqwest::Error> {
        Ok(self.uploading(name, csv).send().await?.status().as_u16())
    }

    fn uploading(&self, name: &str, csv: String) -> reqwest::RequestBuilder {
        let request = self.request(reqwest::Method::PUT, &format!("/v1/datasets/{name}"));
        request.header("content-type", "text/csv").body(csv)
    }

    /// Asks something about `dataset:posts`, and a feed, that no other number asks; an error when the server goes
    /// away. Asking the same number again makes nothing new.
    pub async fn try_ask(
        &self,
        number: usize,
        feed: Option<&str>,
    ) -> Result<Value, reqwest::Error> {
        let mutation = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
            query { id } job { id } cursor userErrors { message } } }";
        let sources: Vec<&str> = std::iter::once("dataset:posts").chain(feed).collect();
        let input = json!({
            "prompt": format!("How many times was acme or word{number} mentioned?"),
            "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" },
            "sources": sources, "limit": 1, "idempotencyKey": number.to_string(),
        });
        let answer = self.try_graphql(mutation, json!({ "input": input })).await?;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let payload = &answer["data"]["createQuery"];
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        Ok(payload.clone())
    }

    pub async fn ask(&self, number: usize) -> Value {
        self.try_ask(number, None).await.unwrap()
    }

    /// So many events of ends after a cursor, in order, as they come on a socket.
    pub async fn ends_after(&self, cursor: &Value, ends: usize) -> Vec<Value> {
        let mut socket = WsClient::connect(self.address, "/graphql").await;
        socket.init(&self.key).await;
        let subscription = "subscription ($after: String!) {
            jobCompleted(after: $after) { seq jobId queryId status storageKey } }";
        socket.subscribe("ends", subscription, json!({ "after": cursor })).await;
        let mut events = Vec::with_capacity(ends);
        while events.len() < ends {
            let message = socket.next_event("ends").await;
            assert_eq!(message["type"], "next", "{message:#}");
            events.push(message["payload"]["data"]["jobCompleted"].clone());
        }
        events
    }

    /// How many jobs are in one of these states.
    pub async fn jobs_that_are(&self, statuses: &[&str]) -> u64 {
        let query = "query ($statuses: [JobStatus!]) {
            jobs(filter: { statuses: $statuses }, first: 1) { totalCount } }";
        let answer = self.graphql(query, json!({ "statuses": statuses })).await;
        answer["jobs"]["totalCount"].as_u64().unwrap()
    }

    /// All nodes of a connection, page by page.
    pub async fn every(&self, connection: &str, fields: &str) -> Vec<Value> {
        let query = format!(
            "query ($after: String) {{ {connection}(first: 100, after: $after) {{
             nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut nodes, mut after) = (Vec::new(), Value::Null);
        loop {
            let answer = self.graphql(&query, json!({ "after": after })).await;
            let page = &answer[connection];
            nodes.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] == false {
                return nodes;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Creates a query; the payload, or nothing when there is no answer or one that says to try again.
    pub async fn try_create(&self, input: &Value) -> Option<Value> {
        let mutation = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
            query { id } job { id } cursor userErrors { message } } }";
        let answer = self.try_graphql(mutation, json!({ "input": input })).await.ok()?;
        let payload = answer["data"].get("createQuery").filter(|payload| payload.is_object())?;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        Some(payload.clone())
    }

    /// The `data` of an operation that must succeed.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let answer = self.try_graphql(query, variables).await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// The whole answer to an operation; an error when the server went away.
    pub async fn try_graphql(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<Value, reqwest::Error> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.request(reqwest::Method::POST, "/graphql").json(&body);
        request.send().await?.json().await
    }

    /// Whether its key opens the door.
    pub async fn is_let_in(&self) -> bool {
        let answer = self.try_graphql("{ workspace { id } }", json!({})).await.unwrap();
        answer["data"]["workspace"]["id"].is_string()
    }
}
