//! Secrets at rest: which master key a database knows, how one is replaced by another while it is served,
//! and that nothing secret is found where it does not belong.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tempfile::{TempDir, tempdir};

use crate::support::database::{TestDatabase, polls_only};
use crate::support::process::{Client, Ended, Server, run_in};
use crate::support::receiver::{Received, Receiver};
use crate::support::rows::Rows;

const OLD: [u8; 32] = [17; 32];
const NEW: [u8; 32] = [34; 32];

/// A place to serve from, whichever database this run of the tests wants.
struct Place {
    data: TempDir,
    database: Option<TestDatabase>,
}

impl Place {
    async fn new() -> Self {
        Self { data: tempdir().unwrap(), database: TestDatabase::wanted().await }
    }

    fn environment(&self, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let mut all = more.to_vec();
        if let Some(database) = &self.database {
            all.push(("BYTESTACK_DATABASE_URL", database.url.clone()));
            all.push(("BYTESTACK_POLL_ONLY", polls_only().to_string()));
        }
        all
    }

    fn run(&self, arguments: &[&str], more: &[(&'static str, String)]) -> Ended {
        let all = self.environment(more);
        let all: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tokio::task::block_in_place(|| run_in(self.data.path(), arguments, &all))
    }

    fn serve(&self, arguments: &[&str], key: &str, more: &[(&'static str, String)]) -> Server {
        let all = self.environment(more);
        let all: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match key {
            "" => Server::first(self.data.path(), arguments, &all),
            key => Server::start(self.data.path(), arguments, &all, key),
        }
    }

    async fn rows(&self) -> Rows {
        Rows::of(self.data.path(), self.database.as_ref()).await
    }

    fn is_clean(&self, more: &[(&'static str, String)]) {
        let examined = self.run(&["doctor"], more);
        assert_eq!(examined.code, Some(0), "{examined:#?}");
    }
}

fn key(name: &'static str, bytes: [u8; 32]) -> (&'static str, String) {
    (name, STANDARD.encode(bytes))
}

fn main_key(bytes: [u8; 32]) -> (&'static str, String) {
    key("BYTESTACK_MASTER_KEY", bytes)
}

fn previous_key(bytes: [u8; 32]) -> (&'static str, String) {
    key("BYTESTACK_MASTER_KEY_PREVIOUS", bytes)
}

fn is_signed(received: &Received, secret: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&received.body);
    let hex = hex::encode(mac.finalize().into_bytes());
    received.header("x-bytestack-signature") == format!("sha256={hex}")
}

/// Asks something whose end is told to the receiver, which must get it signed.
async fn is_served(client: &Client, receiver: &mut Receiver, secret: &str, number: usize) {
    let input = json!({
        "prompt": format!("How many times was acme or word{number} mentioned?"),
        "sources": ["dataset:posts"], "webhookUrl": receiver.url("/hook"),
    });
    client.try_create(&input).await.unwrap();
    assert!(is_signed(&receiver.next().await, secret), "it has its secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_rotated_while_it_is_served_and_a_crash_anywhere_leaves_all_readable() {
    let (place, mut receiver) = (Place::new().await, Receiver::answering(&[]).await);
    let allowed = [("BYTESTACK_ALLOW_PRIVATE", receiver.address.to_string())];
    let server = place.serve(&[], "", &allowed);
    let (client, secret) =
        (server.client.clone(), server.printed("webhook signing secret ").to_owned());
    client.upload_posts(10).await;
    let file = place.data.path().join("master_key");
    let first = fs::read_to_string(&file).unwrap().trim().to_owned();
    is_served(&client, &mut receiver, &secret, 0).await;
    let command: &[&str] = match place.database {
        Some(_) => {
            let refused = place.run(&["rotate-master-key"], &[]);
            assert_eq!(refused.code, Some(1));
            assert!(refused.log.contains("--prepare"), "{}", refused.log);
            &["rotate-master-key", "--alone"]
        }
        None => &["rotate-master-key"],
    };
    // It dies at each of its commits, before and after.
    for (number, point) in ["before", "after", "before", "after"].into_iter().enumerate() {
        let plan = format!("rare.{point}_commit=abort@{}", 1 + number / 2);
        let died = place.run(command, &[("BYTESTACK_FAIL_POINTS", plan)]);
        assert!(died.code.is_none() || number > 0, "{died:#?}");
        is_served(&client, &mut receiver, &secret, 1 + number).await;
        place.is_clean(&[]);
    }
    let done = place.run(command, &[]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let lines = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let [second, previous] = lines[..] else { panic!("two keys: {}", lines.len()) };
    assert_ne!(second, first);
    assert!(previous.starts_with("previous:"));
    is_served(&client, &mut receiver, &secret, 9).await;
    place.is_clean(&[]);

    // Nothing needs the old key any more, also when it is started anew.
    assert_eq!(server.process.terminate().code, Some(0));
    fs::write(&file, second).unwrap();
    place.is_clean(&[]);
    let server = place.serve(&[], &client.key, &allowed);
    is_served(&server.client, &mut receiver, &secret, 10).await;
    assert_eq!(server.process.terminate().code, Some(0));
    fs::write(&file, &first).unwrap();
    let refused = place.run(&["serve"], &[]);
    assert!(refused.log.contains("another master key"), "{}", refused.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_have_their_key_in_the_settings_rotate_it_one_after_the_other() {
    let (place, mut receiver) = (Place::new().await, Receiver::answering(&[]).await);
    let allowed = ("BYTESTACK_ALLOW_PRIVATE", receiver.address.to_string());
    let server = place.serve(&[], "", &[allowed.clone(), main_key(OLD)]);
    let (key, secret) =
        (server.client.key.clone(), server.printed("webhook signing secret ").to_owned());
    server.client.upload_posts(10).await;
    let alone = place.run(&["rotate-master-key"], &[main_key(OLD)]);
    assert_eq!(alone.code, Some(1));
    assert!(alone.log.contains("BYTESTACK_MASTER_KEY_PREVIOUS"), "{}", alone.log);

    // First all nodes learn the new key, then it is used, then the old one is taken away.
    for settings in [[main_key(OLD), previous_key(NEW)], [main_key(NEW), previous_key(OLD)]] {
        place.is_clean(&settings);
        let created = place.run(&["workspace", "create", "another"], &settings);
        assert_eq!(created.code, Some(0), "{created:#?}");
    }
    assert_eq!(server.process.terminate().code, Some(0));
    let both = [allowed.clone(), main_key(NEW), previous_key(OLD)];
    let server = place.serve(&[], &key, &both);
    let done = place.run(&["rotate-master-key"], &both);
    assert_eq!(done.code, Some(0), "{done:#?}");
    // The canary, the first workspace and the one that was made with the old key.
    assert!(done.printed.concat().contains("(3 values were"), "{done:#?}");
    is_served(&server.client, &mut receiver, &secret, 0).await;
    assert_eq!(server.process.terminate().code, Some(0));
    place.is_clean(&[main_key(NEW)]);
    let server = place.serve(&[], &key, &[allowed, main_key(NEW)]);
    is_served(&server.client, &mut receiver, &secret, 1).await;
    assert_eq!(server.process.terminate().code, Some(0));
    assert_eq!(place.run(&["workspace", "list"], &[main_key(OLD)]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_where_nothing_is_sealed_yet_and_where_the_canary_is_gone() {
    let place = Place::new().await;
    assert_eq!(place.run(&["workspace", "list"], &[main_key(OLD)]).code, Some(0));
    for arguments in [&["serve"][..], &["workspace", "list"], &["migrate"]] {
        let refused = place.run(arguments, &[main_key(NEW)]);
        assert_eq!(refused.code, Some(1), "{arguments:?}");
        assert!(refused.log.contains("another master key"), "{}", refused.log);
    }
    assert_eq!(place.run(&["workspace", "create", "one"], &[main_key(OLD)]).code, Some(0));
    place.rows().await.execute("DELETE FROM master_key").await;
    let refused = place.run(&["workspace", "list"], &[main_key(NEW)]);
    assert!(refused.log.contains("another master key"), "{}", refused.log);
    assert_eq!(place.run(&["workspace", "list"], &[main_key(OLD)]).code, Some(0));
    let canaries = "SELECT CAST(count(*) AS TEXT) FROM master_key";
    assert_eq!(place.rows().await.text(canaries).await, "1", "it is there again");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_values_that_were_swapped_do_not_open() {
    let place = Place::new().await;
    for name in ["one", "two"] {
        assert_eq!(place.run(&["workspace", "create", name], &[main_key(OLD)]).code, Some(0));
    }
    place.is_clean(&[main_key(OLD)]);
    let rows = place.rows().await;
    rows.execute("CREATE TABLE kept AS SELECT id, signing_secret FROM workspace").await;
    rows.execute(
        "UPDATE workspace SET signing_secret = (SELECT signing_secret FROM kept WHERE kept.id <> workspace.id)",
    )
    .await;
    let examined = place.run(&["doctor"], &[main_key(OLD)]);
    let found = examined.printed.iter().filter(|line| line.starts_with("secrets: ws_")).count();
    assert_eq!((examined.code, found), (Some(1), 2), "{examined:#?}");
    // Nor is a value of another column taken for the canary.
    rows.execute(
        "UPDATE master_key SET sealed = (SELECT signing_secret FROM kept ORDER BY id LIMIT 1)",
    )
    .await;
    let refused = place.run(&["workspace", "list"], &[main_key(OLD)]);
    assert!(refused.log.contains("another master key"), "{}", refused.log);
    rows.execute("DROP TABLE kept").await;
}

/// All that the database holds, as it lies there.
async fn dump(place: &Place) -> Vec<u8> {
    if place.database.is_none() {
        let mut all = Vec::new();
        for entry in fs::read_dir(place.data.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.extend(fs::read(path).unwrap());
            }
        }
        return all;
    }
    let rows = place.rows().await;
    let tables = "SELECT string_agg(table_name, ',') FROM information_schema.tables \
                  WHERE table_schema = current_schema()";
    let mut all = String::new();
    for table in rows.text(tables).await.split(',') {
        let text = format!(
            "SELECT coalesce(string_agg(row_to_json(t)::text, ' '), '') FROM \"{table}\" AS t"
        );
        all.push_str(&rows.text(&text).await);
    }
    all.into_bytes()
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_secrets_are_in_no_log_no_answer_and_no_row() {
    let (place, mut receiver) = (Place::new().await, Receiver::answering(&[]).await);
    let api_key = "bsk_planted-key-0123456789-abcdefghijkl";
    let secret = format!("whsec_{}", STANDARD.encode(b"planted-signing-secret-of-32-byte"));
    let settings = [
        ("BYTESTACK_ALLOW_PRIVATE", receiver.address.to_string()),
        ("BYTESTACK_API_KEY", api_key.to_owned()),
        ("BYTESTACK_WEBHOOK_SECRET", secret.clone()),
        main_key(*b"planted-master-key-of-32-bytes-!"),
    ];
    let server = place.serve(&["--log", "trace"], api_key, &settings);
    let client = server.client.clone();
    client.upload_posts(10).await;
    is_served(&client, &mut receiver, &secret, 0).await;
    let mut said = Vec::new();
    for text in [
        "{ workspace { id name timezone retention { resultDays } } apiKeys(first: 9) { nodes { id name last4 } }
           auditLog(first: 99) { nodes { operation objectId detail } } }",
        "{ queries(first: 9) { nodes { id prompt webhookUrl reading } } jobs(first: 9) { nodes { id } }
           deliveries(first: 9) { nodes { target attempts { error responseExcerpt } } }
           events(first: 9) { nodes { payload } } sources { name reason } }",
        "{ nothing }",
        "mutation { createQuery(input: { prompt: \"\" }) { userErrors { message } } }",
    ] {
        said.push(client.try_graphql(text, json!({})).await.unwrap().to_string());
    }
    for path in
        ["/metrics", "/v1/session", "/v1/storage/never", "/v1/events", "/v1/nothing", "/readyz"]
    {
        said.push(String::from_utf8_lossy(&client.get(path).await.bytes).into_owned());
    }
    let wrong = client.with_key(&format!("{api_key}x"));
    said.push(wrong.try_graphql("{ workspace { id } }", json!({})).await.unwrap().to_string());
    said.push(place.run(&["doctor"], &settings).printed.concat());
    let rows = dump(&place).await;
    let ended = server.process.terminate();
    assert!(ended.log.contains("TRACE"), "there is a log to look at");
    said.push(ended.log);
    said.push(ended.printed.concat());

    let master: &[u8] = b"planted-master-key-of-32-bytes-!";
    let plain: &[u8] = b"planted-signing-secret-of-32-byte";
    for planted in [api_key.as_bytes(), secret.as_bytes(), master, plain] {
        let shown = String::from_utf8_lossy(planted);
        for form in [planted.to_vec(), STANDARD.encode(planted).into(), hex::encode(planted).into()]
        {
            assert!(!holds(&rows, &form), "{shown} is in the database");
            let found = said.iter().find(|text| holds(text.as_bytes(), &form));
            assert_eq!(found, None, "{shown} was said");
        }
    }
    // What was looked through is what there is.
    assert!(holds(&rows, b"qry_"), "the rows were read");
    assert!(!Path::new(&place.data.path().join("master_key")).exists(), "a given key is not kept");
}
