//! What most tests begin with: three posts, a question about them, and jobs that have ended.

use bytestack::clock::TimeSource as _;
use bytestack::model::id::WorkspaceId;
use chrono::{SecondsFormat, TimeDelta};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{Answer, Row, TestApp, TestOptions};

/// A question whose answer is 2, asked of the dataset `posts`.
pub fn question() -> Value {
    json!({ "prompt": "How many times was Acme mentioned?", "sources": ["dataset:posts"] })
}

/// Posts about Acme as CSV that do not compress, so that a result which lists all of them is too large for
/// a row.
pub fn noise() -> String {
    let noise = |post: usize| {
        let word = |part: usize| {
            let mixed = (post * 97 + part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            format!("{:016x}", mixed.wrapping_mul(mixed | 1))
        };
        let words: Vec<String> = (0..45).map(word).collect();
        format!("{post},a{post},2024-02-01T10:00:00Z,acme {}\n", words.join(" "))
    };
    let rows: Vec<String> = (0..1_000).map(noise).collect();
    format!("id,author,published_at,text\n{}", rows.concat())
}

/// So many posts about Acme, each of so many letters that hardly compress.
pub fn noise_of(posts: usize, letters: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- ";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(LETTERS[usize::try_from(state >> 58).unwrap()])
    };
    let mut csv = "id,author,published_at,text\n".to_owned();
    for post in 0..posts {
        let start = format!("{post},a{post},2024-02-01T10:00:00Z,acme ");
        csv.push_str(&start);
        csv.extend((0..letters).map(|_| letter()));
        csv.push('\n');
    }
    csv
}

/// A question about [`noise`], kept as `dataset:noise`.
pub fn noisy_question() -> Value {
    json!({
        "prompt": "How many times was acme mentioned?", "sources": ["dataset:noise"], "limit": 1000,
        "dateRange": { "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z" },
    })
}

/// The members of `more` set in an object.
pub fn with(mut object: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut object, more) else {
        panic!("only objects have members");
    };
    members.extend(more);
    object
}

/// A service whose worker is switched off: what is asked there stays queued.
pub fn without_worker() -> TestOptions {
    TestOptions { settings: [("ROLES", "api".to_owned())].into(), ..TestOptions::default() }
}

impl TestOptions {
    /// A service that may send to this receiver.
    pub fn reaching(receiver: &Receiver) -> Self {
        let allowed = receiver.address.to_string();
        Self { settings: [("ALLOW_PRIVATE", allowed)].into(), ..Self::default() }
    }
}

impl TestApp {
    /// A service that has the dataset `posts`.
    pub async fn with_posts(options: TestOptions) -> Self {
        let app = Self::with(options).await;
        app.upload_posts().await;
        app
    }

    /// Three posts of some days ago, as the service's clock has it: some tests go by the time of today.
    pub async fn upload_posts(&self) {
        let at = self.clock.now() - TimeDelta::minutes(3 * 24 * 60 + 570);
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let row = |id, author, text| Row { id, author, published_at: &at, text };
        let rows =
            [row("1", "ann", "Acme works"), row("2", "bob", "acme!"), row("3", "cid", "none")];
        let uploaded = self.upload("posts", "text/csv", Row::csv(&rows)).await;
        assert_eq!(uploaded.status, StatusCode::CREATED, "{:#}", uploaded.json());
    }

    /// The same service seen with another key.
    pub async fn get_as(&self, key: &str, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(key)).await
    }

    /// A key that may do everything, in a workspace of its own.
    pub async fn stranger(&self) -> (WorkspaceId, String) {
        let workspace = self.another_workspace().await;
        (workspace, self.key(workspace, bytestack::model::api_key::Scope::Admin).await)
    }

    /// Registers a webhook endpoint; answers its id and its secret.
    pub async fn register(&self, input: Value) -> (Value, String) {
        let create = "mutation ($input: CreateWebhookEndpointInput!) {
            createWebhookEndpoint(input: $input) { webhookEndpoint { id } secret
            userErrors { code message } } }";
        let data = self.graphql(create, json!({ "input": input })).await;
        let made = &data["createWebhookEndpoint"];
        assert_eq!(made["userErrors"], json!([]), "{made:#}");
        let secret = made["secret"].as_str().unwrap().to_owned();
        (made["webhookEndpoint"]["id"].clone(), secret)
    }

    /// How many queries, jobs, results and events there are.
    pub async fn counts(&self) -> [u64; 4] {
        let query = "{ queries(first: 1) { totalCount } jobs(first: 1) { totalCount }
            storageObjects(first: 1) { totalCount } events(last: 1) { nodes { seq } } }";
        let found = self.graphql(query, json!({})).await;
        let total = |list: &str| found[list]["totalCount"].as_u64().unwrap();
        let events = found["events"]["nodes"][0]["seq"].as_u64().unwrap_or(0);
        [total("queries"), total("jobs"), total("storageObjects"), events]
    }
}
