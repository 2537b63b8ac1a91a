//! A bucket that loses answers, and a service that is killed again and again while it writes there: in the
//! end the bucket has what Storage has, byte for byte, and nothing half-done.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use bytestack::blobs::s3::{Patience, S3Target};
use bytestack::net::Schemes;
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::block_in_place;

use super::others::Moto;
use crate::support::database::TestDatabase;
use crate::support::process::{Client, Server};
use crate::support::s3::{BUCKET, Failure, KEY_ID, OtherStore, Profile, S3Double, SECRET};
use crate::support::{noise_of, noisy_question};

const CONNECT: &str = "mutation ($input: ConnectBucketInput!) { connectBucket(input: $input) {
    userErrors { message } } }";

const ALLOWED: (&str, &str) = ("BYTESTACK_ALLOW_PRIVATE", "127.0.0.0/8");

/// A store and what lies in its bucket.
enum Store {
    Double(S3Double),
    Moto(Moto),
    Other(OtherStore),
}

/// An object as it lies there.
struct There {
    bytes: Vec<u8>,
    sha256: String,
}

impl Store {
    fn name(&self) -> &'static str {
        match self {
            Self::Double(_) => "a store that loses answers",
            Self::Moto(_) => "moto",
            Self::Other(_) => "s3s-fs",
        }
    }

    fn target(&self) -> S3Target {
        match self {
            Self::Double(store) => store.target(""),
            Self::Moto(store) => store.target(),
            Self::Other(store) => store.target(""),
        }
    }

    /// What is filled in to connect it.
    fn filled_in(&self) -> Value {
        let target = self.target();
        json!({ "endpoint": target.endpoint, "name": BUCKET, "region": target.region,
            "accessKeyId": KEY_ID, "secretAccessKey": SECRET })
    }

    /// Everything, as anybody would read it.
    async fn objects(&self) -> BTreeMap<String, There> {
        let target = self.target();
        let way = target.operators_way().unwrap();
        let client = target.client(&way, Schemes::Https, Patience::default());
        let mut pages = client.list_objects_v2().bucket(BUCKET).into_paginator().send();
        let mut objects = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for object in page.unwrap().contents.unwrap_or_default() {
                let key = object.key.unwrap();
                let there = client.get_object().bucket(BUCKET).key(&key).send().await.unwrap();
                let sha256 = there.metadata.as_ref().and_then(|metadata| metadata.get("sha256"));
                let sha256 = sha256.cloned().unwrap_or_default();
                let bytes = there.body.collect().await.unwrap().to_vec();
                objects.insert(key, There { bytes, sha256 });
            }
        }
        objects
    }

    /// Uploads in parts that were begun and have no end.
    async fn open_uploads(&self) -> Vec<String> {
        match self {
            Self::Double(store) => store.open_uploads(),
            Self::Moto(store) => store.open_uploads().await,
            Self::Other(store) => {
                let files = fs::read_dir(store.folder().parent().unwrap()).unwrap();
                let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
                names.filter(|name| name.contains(".upload")).collect()
            }
        }
    }
}

/// Waits until so many results are known to lie in the bucket.
async fn all_there(client: &Client, results: usize) {
    let query = "{ deliveries(first: 1, filter: { statuses: [SUCCEEDED] }) { totalCount } }";
    let waiting = async {
        while client.graphql(query, json!({})).await["deliveries"]["totalCount"] != results {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("they come to be there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_wrote_that_died_of_it_is_known_by_its_hash() {
    let store = Store::Double(S3Double::start(Profile::Aws).await);
    let filled_in = store.filled_in();
    let Store::Double(store) = &store else { panic!("as it was started") };
    let data = tempdir().unwrap();
    let dies = [ALLOWED, ("BYTESTACK_FAIL_POINTS", "bucket.after_put=abort")];
    let mut server = block_in_place(|| Server::first(data.path(), &[], &dies));
    let key = server.client.key.clone();
    server.client.upload_posts(20).await;
    server.client.graphql(CONNECT, json!({ "input": filled_in })).await;
    store.seen_anew();
    server.client.ask(0).await;
    while !server.process.has_ended() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((store.count("PutObject"), store.count("HeadObject")), (1, 0));
    let server = block_in_place(|| Server::start(data.path(), &[], &[ALLOWED], &key));
    all_there(&server.client, 1).await;
    assert_eq!(
        (store.count("PutObject"), store.count("HeadObject")),
        (1, 1),
        "it is not sent again"
    );
    let ended = block_in_place(|| server.process.terminate());
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_parts_that_died_is_ended_by_the_next() {
    const POSTS: usize = 25;
    let store = Store::Double(S3Double::start(Profile::Aws).await);
    let filled_in = store.filled_in();
    let Store::Double(double) = &store else { panic!("as it was started") };
    let data = tempdir().unwrap();
    let mut server = block_in_place(|| Server::first(data.path(), &[], &[ALLOWED]));
    let key = server.client.key.clone();
    server.client.upload("noise", noise_of(POSTS, 700_000)).await;
    server.client.graphql(CONNECT, json!({ "input": filled_in })).await;
    double.fail_always("UploadPart", Some(Failure::Hang));
    let asked = server.client.try_create(&noisy_question()).await.unwrap();
    server.client.ends_after(&asked["cursor"], 1).await;
    while double.count("UploadPart") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.process.kill();
    assert_eq!(double.open_uploads().len(), 1);
    double.fail_always("UploadPart", None);
    let server = block_in_place(|| Server::start(data.path(), &[], &[ALLOWED], &key));
    all_there(&server.client, 1).await;
    equals(&store, &server.client, 1).await;
    let ended = block_in_place(|| server.process.terminate());
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

/// That the bucket has so many results, those that are kept, and nothing else.
async fn equals(store: &Store, client: &Client, results: usize) {
    let kept = client.every("storageObjects", "key sha256").await;
    let mut objects = store.objects().await;
    objects.remove("bytestack/.bytestack-verification");
    assert_eq!((kept.len(), objects.len()), (results, results));
    for object in &kept {
        let key = object["key"].as_str().unwrap();
        let (query, time) = key.split_at(30);
        let copy = &objects[&format!("bytestack/{query}/{}", &time[1..])];
        let plain = client.get(&format!("/v1/storage/{key}")).await;
        assert!(copy.bytes == plain.bytes, "{key}");
        assert_eq!(copy.sha256, object["sha256"].as_str().unwrap());
    }
    assert_eq!(store.open_uploads().await, Vec::<String>::new());
}

const KILLED_EVERY: Duration = Duration::from_secs(2);
const DEADLINE: Duration = Duration::from_mins(20);

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_equals_storage_whatever_dies() {
    let store = Store::Double(S3Double::start(Profile::LostResponse).await);
    let results = killed_again_and_again(&store, None, 300).await;
    let Store::Double(store) = &store else { panic!("as it was started") };
    let written = store.count("PutObject");
    assert!(written > results, "{written} writes: answers got lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_equals_storage_on_postgresql_whatever_dies() {
    let store = Store::Double(S3Double::start(Profile::LostResponse).await);
    killed_again_and_again(&store, Some(TestDatabase::fresh().await), 150).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_moto_equals_storage_whatever_dies() {
    killed_again_and_again(&Store::Moto(Moto::start().await), None, 150).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_s3s_equals_storage_whatever_dies() {
    killed_again_and_again(&Store::Other(OtherStore::start().await), None, 150).await;
}

/// Asks, with a kill every two seconds, until everything is in the bucket; answers how many results there are.
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn killed_again_and_again(
    store: &Store,
    database: Option<TestDatabase>,
    few: usize,
) -> usize {
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let results = if is_full { 10_000 } else { few };
    let data = tempdir().unwrap();
    let url = database.as_ref().map(|database| ("BYTESTACK_DATABASE_URL", &*database.url));
    let environment: Vec<(&str, &str)> = [Some(ALLOWED), url].into_iter().flatten().collect();
    let mut server = block_in_place(|| Server::first(data.path(), &[], &environment));
    let key = server.client.key.clone();
    server.client.upload_posts(20).await;
    let input = json!({ "input": store.filled_in() });
    let connected = server.client.graphql(CONNECT, input).await;
    assert_eq!(connected["connectBucket"]["userErrors"], json!([]));

    let (began, mut started, mut kills, mut asked) = (Instant::now(), Instant::now(), 0, 0);
    loop {
        assert!(began.elapsed() < DEADLINE, "it comes to an end");
        // Once at least, on a machine that needs less time.
        let is_late = kills == 0 && asked > results / 2;
        if is_late || started.elapsed() >= KILLED_EVERY {
            server.process.kill();
            kills += 1;
            server = block_in_place(|| Server::start(data.path(), &[], &environment, &key));
            started = Instant::now();
        }
        if asked < results {
            asked += usize::from(server.client.try_ask(asked, None).await.is_ok());
            continue;
        }
        let query =
            "{ done: deliveries(first: 1, filter: { statuses: [SUCCEEDED] }) { totalCount } }";
        let done = server.client.graphql(query, json!({})).await["done"]["totalCount"].clone();
        if done == results {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = began.elapsed();
    equals(store, &server.client, results).await;
    let ended = block_in_place(|| server.process.terminate());
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let kind = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    eprintln!(
        "bucket at {}, {kind}: {results} results, {kills} kills, in {took:.0?}: equal",
        store.name()
    );
    results
}
