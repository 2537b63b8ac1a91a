//! A bucket that loses answers, and a service that is killed again and again while it writes there: in the
//! end the bucket has what Storage has, byte for byte, and nothing half-done.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::block_in_place;

use crate::support::process::{Client, Server};
use crate::support::s3::{BUCKET, KEY_ID, Profile, REGION, S3Double, SECRET};

const CONNECT: &str = "mutation ($input: ConnectBucketInput!) { connectBucket(input: $input) {
    userErrors { message } } }";

fn filled_in(store: &S3Double) -> Value {
    json!({ "endpoint": store.endpoint(), "name": BUCKET, "region": REGION,
        "accessKeyId": KEY_ID, "secretAccessKey": SECRET })
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
    let store = S3Double::start(Profile::Aws).await;
    let data = tempdir().unwrap();
    let allow = ("BYTESTACK_ALLOW_PRIVATE", "127.0.0.0/8");
    let dies = [allow, ("BYTESTACK_FAIL_POINTS", "bucket.after_put=abort")];
    let mut server = block_in_place(|| Server::first(data.path(), &[], &dies));
    let key = server.client.key.clone();
    server.client.upload_posts(20).await;
    server.client.graphql(CONNECT, json!({ "input": filled_in(&store) })).await;
    store.seen_anew();
    server.client.ask(0).await;
    while !server.process.has_ended() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((store.count("PutObject"), store.count("HeadObject")), (1, 0));
    let server = block_in_place(|| Server::start(data.path(), &[], &[allow], &key));
    all_there(&server.client, 1).await;
    assert_eq!(
        (store.count("PutObject"), store.count("HeadObject")),
        (1, 1),
        "it is not sent again"
    );
    let ended = block_in_place(|| server.process.terminate());
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

const KILLED_EVERY: Duration = Duration::from_secs(2);
const DEADLINE: Duration = Duration::from_mins(20);

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the test command says how much to prove")]
async fn the_bucket_equals_storage_whatever_dies() {
    let is_full = std::env::var_os("BYTESTACK_TEST_FULL").is_some();
    let results: usize = if is_full { 10_000 } else { 300 };
    let store = S3Double::start(Profile::LostResponse).await;
    let data = tempdir().unwrap();
    let environment = [("BYTESTACK_ALLOW_PRIVATE", "127.0.0.0/8")];
    let mut server = block_in_place(|| Server::first(data.path(), &[], &environment));
    let key = server.client.key.clone();
    server.client.upload_posts(20).await;
    let connected = server.client.graphql(CONNECT, json!({ "input": filled_in(&store) })).await;
    assert_eq!(connected["connectBucket"]["userErrors"], json!([]));

    let (began, mut started, mut kills, mut asked) = (Instant::now(), Instant::now(), 0, 0);
    loop {
        assert!(began.elapsed() < DEADLINE, "it comes to an end");
        if started.elapsed() >= KILLED_EVERY {
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
    let kept = server.client.every("storageObjects", "key sha256").await;
    let mut objects = store.objects();
    objects.remove("bytestack/.bytestack-verification");
    assert_eq!((kept.len(), objects.len()), (results, results));
    for object in &kept {
        let key = object["key"].as_str().unwrap();
        let (query, time) = key.split_at(30);
        let copy = &objects[&format!("bytestack/{query}/{}", &time[1..])];
        let plain = server.client.get(&format!("/v1/storage/{key}")).await;
        assert_eq!(copy.bytes, plain.bytes, "{key}");
        assert_eq!(copy.metadata["sha256"], object["sha256"].as_str().unwrap());
    }
    assert_eq!(store.open_uploads(), Vec::<String>::new());
    let puts = store.count("PutObject");
    assert!(kills > 0 && puts > results, "{kills} kills, {puts} writes");
    let ended = block_in_place(|| server.process.terminate());
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    eprintln!(
        "bucket: {results} results, {kills} kills, {puts} writes for them, in {:.0?}: equal",
        began.elapsed()
    );
}
