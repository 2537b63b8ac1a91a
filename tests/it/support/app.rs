//! A service on a port and a data directory of its own. Dropping it with unfinished jobs fails the test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use bytestack::app::{self, Running, WorkOptions};
use bytestack::config::{Settings, SettingsArgs};
use bytestack::model::api_key::Scope;
use bytestack::model::id::WorkspaceId;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::clock::TestClock;
use super::database::{TestDatabase, polls_only};
use super::rows::Rows;
use super::ws::WsClient;

/// Where nobody answers: a test leaves the machine for no source that it does not set up itself.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// How a test's service differs from the usual one.
pub struct TestOptions {
    /// `BYTESTACK_…` settings, without the prefix.
    pub settings: BTreeMap<&'static str, String>,
    pub clock: TestClock,
    pub work: WorkOptions,
}

impl Default for TestOptions {
    fn default() -> Self {
        Self {
            settings: BTreeMap::new(),
            clock: TestClock::at("2026-11-23T17:30:00Z"),
            work: WorkOptions::default(),
        }
    }
}

pub struct TestApp {
    running: Option<Running>,
    data: Option<TempDir>,
    /// Outlives the service, which is stopped when this struct is dropped.
    database: Option<TestDatabase>,
    pub address: SocketAddr,
    pub workspace: WorkspaceId,
    /// An admin key.
    pub key: String,
    pub clock: TestClock,
    client: reqwest::Client,
}

/// An answer with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error} in: {text}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(TestOptions::default()).await
    }

    pub async fn with(options: TestOptions) -> Self {
        Self::on(tempfile::tempdir().unwrap(), TestDatabase::wanted().await, options).await
    }

    /// On PostgreSQL, whatever this run of the tests wants.
    pub async fn on_postgres(options: TestOptions) -> Self {
        Self::on(tempfile::tempdir().unwrap(), Some(TestDatabase::fresh().await), options).await
    }

    /// On a directory that may have been used before; its first start makes the key.
    async fn on(data: TempDir, database: Option<TestDatabase>, options: TestOptions) -> Self {
        let settings = settings(data.path(), database.as_ref(), &options.settings);
        let running = app::start(&settings, options.clock.clock(), options.work).await.unwrap();
        let workspace = running.domain.all_workspaces().await.unwrap()[0].id;
        let (_, key) =
            running.domain.create_api_key(workspace, "test", Scope::Admin).await.unwrap();
        let client = http_client();
        Self {
            address: running.address,
            running: Some(running),
            data: Some(data),
            database,
            workspace,
            key,
            clock: options.clock,
            client,
        }
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub fn data_dir(&self) -> &Path {
        self.data.as_ref().unwrap().path()
    }

    /// Where its rows are.
    pub fn database_url(&self) -> String {
        let file = format!("sqlite:{}", self.data_dir().join("bytestack.db").display());
        self.database.as_ref().map_or(file, |database| database.url.clone())
    }

    /// Stops softly and starts again on the same data; jobs may be left unfinished by the stop.
    pub async fn restart(mut self, options: TestOptions) -> Self {
        let (data, database) = (self.data.take().unwrap(), self.database.take());
        self.running.take().unwrap().stop().await;
        Self::on(data, database, options).await
    }

    /// Stops softly; what is unfinished stays so.
    pub async fn stop(mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// A key of a scope in this or another workspace.
    pub async fn key(&self, workspace: WorkspaceId, scope: Scope) -> String {
        self.running().domain.create_api_key(workspace, "other", scope).await.unwrap().1
    }

    /// After a row was changed behind the service's back: it knows what it has read until it next writes.
    pub async fn forgets_rows(&self) {
        self.key(self.workspace, Scope::Read).await;
    }

    pub async fn another_workspace(&self) -> WorkspaceId {
        self.running().domain.create_workspace("other").await.unwrap().0.id
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub fn authorized(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&self.key)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.authorized(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.authorized(Method::POST, path).json(&body)).await
    }

    /// Uploads a dataset; `name` may carry parameters (`posts?text=tweet`).
    pub async fn upload(&self, name: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self
            .authorized(Method::PUT, &format!("/v1/datasets/{name}"))
            .header("content-type", content_type)
            .body(body.into());
        Answer::of(request).await
    }

    /// Executes an operation that must not have top-level errors; answers its `data`.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let answer = self.try_graphql(&self.key, query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Executes an operation with some key; answers everything.
    pub async fn try_graphql(&self, key: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.request(Method::POST, "/graphql").bearer_auth(key).json(&body);
        Answer::of(request).await.json()
    }

    /// Asks and answers the payload of `createQuery`, which must have no user errors.
    pub async fn ask(&self, input: Value) -> Value {
        let payload = self.try_ask(input).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload
    }

    pub async fn try_ask(&self, input: Value) -> Value {
        let mutation = "mutation ($input: CreateQueryInput!) { createQuery(input: $input) {
            query { id prompt sources limit reading assumptions } job { id status referenceTime } cursor
            userErrors { code message path } } }";
        self.graphql(mutation, json!({ "input": input })).await["createQuery"].clone()
    }

    pub async fn socket(&self) -> WsClient {
        let mut socket = WsClient::connect(self.address, "/graphql").await;
        socket.init(&self.key).await;
        socket
    }

    /// Waits for the event of a job's end: by subscription, from the cursor its creation gave.
    pub async fn ended(&self, payload: &Value) -> Value {
        let mut socket = self.socket().await;
        let subscription = "subscription ($query: ID!, $after: String!) {
            jobCompleted(queryId: $query, after: $after) { cursor seq status jobId queryId storageKey
            resultUrl completedAt job { id status error { code message retryable } } } }";
        let variables = json!({ "query": payload["query"]["id"], "after": payload["cursor"] });
        socket.subscribe("ended", subscription, variables).await;
        let message = socket.next_event("ended").await;
        assert_eq!(message["type"], "next", "{message:#}");
        message["payload"]["data"]["jobCompleted"].clone()
    }

    /// As [`Self::ended`], with no pause before what is tried again: pauses go by the database's time, which
    /// no test can hold.
    pub async fn ended_without_pauses(&self, payload: &Value) -> Value {
        let rows = Rows::at(&self.database_url()).await;
        let mut settled = self.running().watch_settled();
        settled.mark_changed();
        let hurried = async {
            while settled.changed().await.is_ok() {
                rows.execute("UPDATE task SET due_at = 0 WHERE lease_token IS NULL AND NOT held")
                    .await;
            }
        };
        tokio::select! {
            ended = Box::pin(self.ended(payload)) => ended,
            () = Box::pin(hurried) => panic!("the service stopped"),
        }
    }

    /// Asks, waits for the end, and answers the stored result.
    pub async fn answer(&self, input: Value) -> Value {
        let payload = self.ask(input).await;
        let ended = self.ended(&payload).await;
        assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
        let key = ended["storageKey"].as_str().unwrap();
        self.get(&format!("/v1/storage/{key}")).await.json()
    }
}

/// A client of a test's own, which shows bodies as they were sent. The TLS library wants its provider named once, and who comes first does.
pub fn http_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "the test is the client")]
    reqwest::Client::builder().no_gzip().build().unwrap()
}

/// A client that shows what was answered: it follows no redirect and unpacks nothing.
pub fn plain_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "the test is the client")]
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_gzip();
    client.build().unwrap()
}

fn settings(
    data_dir: &Path,
    database: Option<&TestDatabase>,
    more: &BTreeMap<&'static str, String>,
) -> Settings {
    let mut env = vec![
        ("BYTESTACK_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
        ("BYTESTACK_DATA_DIR".to_owned(), data_dir.display().to_string()),
        ("BYTESTACK_HACKERNEWS_BASE_URL".to_owned(), NOWHERE.to_owned()),
        ("BYTESTACK_GDELT_BASE_URL".to_owned(), NOWHERE.to_owned()),
        ("BYTESTACK_TELEGRAM_BASE_URL".to_owned(), NOWHERE.to_owned()),
    ];
    if let Some(database) = database {
        env.push(("BYTESTACK_DATABASE_URL".to_owned(), database.url.clone()));
        env.push(("BYTESTACK_POLL_ONLY".to_owned(), polls_only().to_string()));
    }
    env.extend(more.iter().map(|(name, value)| (format!("BYTESTACK_{name}"), value.clone())));
    Settings::load(&SettingsArgs::default(), env.into_iter()).unwrap()
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        if std::thread::panicking() {
            return;
        }
        let unfinished = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let unfinished = running.unfinished_tasks().await.unwrap();
                running.stop().await;
                unfinished
            })
        });
        assert!(unfinished.is_empty(), "the test ended with unfinished jobs: {unfinished:?}");
    }
}
