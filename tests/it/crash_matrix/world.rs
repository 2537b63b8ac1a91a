//! A service that dies, fails or hangs at one point, an operator who starts it again, and a client who
//! asks until there is an answer.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::time::timeout;

use super::points::{Action, Cell};
use crate::support::database::{TestDatabase, polls_only};
use crate::support::process::{Client, Ended, LISTENING, Process, run_in};
use crate::support::receiver::Receiver;
use crate::support::rows::Rows;

const KEY: &str = "an-admin-key-for-the-matrix-0123456789abc";
/// How long anything may take, with everything that goes wrong in one cell.
const DEADLINE: Duration = Duration::from_secs(90);
/// How long a client waits for an answer before it asks again.
const PATIENCE: Duration = Duration::from_secs(3);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

pub struct World {
    // Before the database, which cannot be dropped while it is used.
    process: Process,
    client: Option<Client>,
    cell: Cell,
    is_reached: bool,
    is_restarted: bool,
    environment: Vec<(&'static str, String)>,
    pub receiver: Receiver,
    data: TempDir,
    database: Option<TestDatabase>,
}

fn start(data: &Path, environment: &[(&'static str, String)], plan: &str) -> Process {
    let mut all: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if !plan.is_empty() {
        all.push(("BYTESTACK_FAIL_POINTS", plan));
    }
    Process::start(data, &["serve"], &all)
}

impl World {
    pub async fn new(cell: Cell) -> Self {
        let (receiver, data) = (Receiver::answering(&[]).await, tempdir().unwrap());
        let database = TestDatabase::wanted().await;
        let mut environment = vec![
            ("BYTESTACK_API_KEY", KEY.to_owned()),
            ("BYTESTACK_ALLOW_PRIVATE", receiver.address.to_string()),
        ];
        if let Some(database) = &database {
            environment.push(("BYTESTACK_DATABASE_URL", database.url.clone()));
            environment.push(("BYTESTACK_POLL_ONLY", polls_only().to_string()));
        }
        let process = start(data.path(), &environment, &cell.plan());
        let (client, is_reached, is_restarted) = (None, false, false);
        Self {
            process,
            client,
            cell,
            is_reached,
            is_restarted,
            environment,
            receiver,
            data,
            database,
        }
    }

    /// Does what an operator does: a process that hangs is killed, and one that is gone started again,
    /// which must then go well.
    fn look_after(&mut self) {
        if !self.is_reached {
            let line = format!("reached the fail point {} ", self.cell.point);
            self.is_reached = self.process.log().contains(&line);
        }
        if self.cell.action == Action::Kill && self.is_reached && !self.is_restarted {
            self.process.kill();
        }
        if self.process.has_ended() {
            let log = self.process.log();
            assert!(self.is_reached && !self.is_restarted, "{:?} ended: {log}", self.cell);
            self.process = start(self.data.path(), &self.environment, "");
            (self.client, self.is_restarted) = (None, true);
        }
        if self.client.is_none()
            && let Some(address) = self.process.has_printed(LISTENING)
        {
            self.client = Some(Client::new(address.parse().unwrap(), KEY));
        }
    }

    /// Whether what was to happen has happened.
    pub fn is_over(&self) -> bool {
        match self.cell.action {
            Action::Abort | Action::Kill => self.is_restarted,
            Action::Error | Action::Stall => self.is_reached,
        }
    }

    /// Does a step again and again until it gives something.
    pub async fn insist<T, F>(&mut self, what: &str, step: impl Fn(Client) -> F) -> T
    where
        F: Future<Output = Option<T>>,
    {
        let began = Instant::now();
        loop {
            self.look_after();
            let log = || self.process.log();
            assert!(began.elapsed() < DEADLINE, "{:?}: {what} takes long: {}", self.cell, log());
            if let Some(client) = self.client.clone()
                && let Ok(Some(done)) = timeout(PATIENCE, step(client)).await
            {
                return done;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// A question with a webhook; the payload of its creation.
    pub async fn ask(&mut self, mut input: Value) -> Value {
        input["webhookUrl"] = json!(self.receiver.url("/hook"));
        let input = &input;
        self.insist("a question", |client| async move { client.try_create(input).await }).await
    }

    /// A further run of a question; the id of its job.
    pub async fn run_again(&mut self, query: &str) -> String {
        let run =
            "mutation ($id: ID!) { runQuery(input: { queryId: $id, idempotencyKey: \"again\" })
            { job { id } userErrors { message } } }";
        self.insist("a run", |client| async move {
            let answer = client.try_graphql(run, json!({ "id": query })).await.ok()?;
            answer["data"]["runQuery"]["job"]["id"].as_str().map(ToOwned::to_owned)
        })
        .await
    }

    /// The data of a query that is answered without errors and fits.
    pub async fn see(&mut self, query: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let fits = &fits;
        self.insist(query, |client| async move {
            let answer = client.try_graphql(query, json!({})).await.ok()?;
            let is_whole = answer.get("errors").is_none() && answer["data"].is_object();
            (is_whole && fits(&answer["data"])).then(|| answer["data"].clone())
        })
        .await
    }

    /// Waits until what was to happen has happened.
    pub async fn get_over(&mut self) {
        let began = Instant::now();
        while !self.is_over() {
            self.look_after();
            assert!(began.elapsed() < DEADLINE, "{:?} is not reached", self.cell);
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Changes rows behind the service's back, once they are not taken.
    pub async fn change(&mut self, sql: &str) {
        let began = Instant::now();
        loop {
            self.look_after();
            let changed = async {
                let rows = Rows::of(self.data.path(), self.database.as_ref()).await;
                rows.try_execute(sql).await.is_ok()
            };
            if timeout(PATIENCE, changed).await.unwrap_or(false) {
                return;
            }
            assert!(began.elapsed() < DEADLINE, "{:?}: rows stay taken", self.cell);
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Stops it in order and lets `doctor` look at what it leaves.
    pub fn examine(self) -> (Ended, Ended) {
        let stopped = self.process.terminate();
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let examined = run_in(self.data.path(), &["doctor"], &environment);
        (stopped, examined)
    }
}
