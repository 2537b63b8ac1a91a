//! A data directory in which everything is: jobs in every state, a schedule, results in rows and in a blob, a
//! dataset, a delivery that arrived and one that is to be tried again.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::database::{TestDatabase, polls_only};
use crate::support::process::{Client, Ended, Process, Server, run};
use crate::support::receiver::{Receiver, Reply};
use crate::support::rows::Rows;
use crate::support::{noise, with};

pub struct Busy {
    // Before the database, which cannot be dropped while it is used.
    server: Option<Server>,
    database: Option<TestDatabase>,
    data: TempDir,
    receiver: Receiver,
}

const ASK: &str = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
    job { id } cursor userErrors { message } } }";

impl Busy {
    /// A service with posts.
    pub async fn serving(arguments: &[&str]) -> Self {
        let replies = [Reply::Status(200), Reply::After(429, 3_600), Reply::Hang];
        let receiver = Receiver::answering(&replies).await;
        let mut busy = Self {
            server: None,
            database: TestDatabase::wanted().await,
            data: tempfile::tempdir().unwrap(),
            receiver,
        };
        let environment = busy.environment();
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = Server::first(busy.data.path(), arguments, &environment);
        server.client.upload_posts(50).await;
        busy.server = Some(server);
        busy
    }

    /// One that has done everything once, and whose only worker waits for a feed.
    pub async fn start() -> Self {
        let mut busy = Self::serving(&["--workers", "1"]).await;
        let first = busy.client().ask(0).await["cursor"].clone();
        for number in 1..3 {
            busy.client().ask(number).await;
        }
        busy.ask(json!({ "prompt": "Will it rain tomorrow?" })).await;
        busy.ask(json!({ "schedule": { "cron": "30 4 29 2 *", "jitterSeconds": 60 } })).await;
        busy.client().ends_after(&first, 4).await;
        busy.upload_noise().await;
        busy.ask(json!({ "sources": ["dataset:noise"], "limit": 1000 })).await;
        for path in ["/arrives", "/waits"] {
            busy.ask(json!({ "webhookUrl": busy.receiver.url(path) })).await;
            busy.receiver.next().await;
        }
        busy.client().ends_after(&first, 7).await;
        while busy.tried().await != ["PENDING", "SUCCEEDED"] {}
        let feed = format!("rss:{}", busy.receiver.url("/feed.xml"));
        busy.ask(json!({ "sources": [feed] })).await;
        busy.receiver.next().await;
        busy.client().ask(3).await;
        let environment = busy.environment();
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let created = ["workspace", "create", "other"];
        assert_eq!(Process::start(busy.data(), &created, &environment).ended().code, Some(0));
        busy
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![("BYTESTACK_ALLOW_PRIVATE", self.receiver.address.to_string())];
        if let Some(database) = &self.database {
            environment.push(("BYTESTACK_DATABASE_URL", database.url.clone()));
            environment.push(("BYTESTACK_POLL_ONLY", polls_only().to_string()));
        }
        environment
    }

    async fn ask(&self, input: Value) -> Value {
        let question = json!({ "prompt": "How many times was acme mentioned?", "sources": ["dataset:posts"],
            "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" } });
        let input = with(question, input);
        let answer = self.client().graphql(ASK, json!({ "input": input })).await;
        assert_eq!(answer["createQuery"]["userErrors"], json!([]), "{answer:#}");
        answer["createQuery"].clone()
    }

    async fn upload_noise(&self) {
        assert_eq!(self.client().upload("noise", noise()).await.status, 201);
    }

    /// The statuses of deliveries that were tried, sorted.
    async fn tried(&self) -> Vec<String> {
        let query = "{ deliveries(first: 9) { nodes { status attempts { number } } } }";
        let answer = self.client().graphql(query, json!({})).await;
        let nodes = answer["deliveries"]["nodes"].as_array().unwrap();
        let tried = nodes.iter().filter(|node| node["attempts"] != json!([]));
        let mut tried: Vec<String> =
            tried.map(|node| node["status"].as_str().unwrap().to_owned()).collect();
        tried.sort_unstable();
        tried
    }

    pub fn client(&self) -> &Client {
        &self.server.as_ref().unwrap().client
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn kill(&mut self) {
        self.server.take().unwrap().process.kill();
    }

    pub async fn rows(&self) -> Rows {
        Rows::of(self.data(), self.database.as_ref()).await
    }

    pub fn doctor(&self) -> Ended {
        let Some(database) = &self.database else {
            return run(self.data(), &["doctor"]);
        };
        run(self.data(), &["--database-url", &database.url, "doctor"])
    }
}
