//! Deleting results: what is asked for goes, with its event, and nothing else; what a crash leaves is
//! nothing but a file for the sweeper.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::database::{TestDatabase, polls_only};
use crate::support::process::{Server, run_in};
use crate::support::rows::Rows;
use crate::support::{
    Answer, TestApp, TestOptions, noise, noisy_question, question, with, without_worker,
};

const DELETE: &str =
    "mutation ($input: DeleteStorageObjectsInput!) { deleteStorageObjects(input: $input) {
    deletedCount matchedCount bytes storageObjectIds userErrors { code path message } } }";

async fn completed(app: &TestApp, input: Value) -> [String; 3] {
    let ended = app.ended(&app.ask(input).await).await;
    ["queryId", "jobId", "storageKey"].map(|name| ended[name].as_str().unwrap().to_owned())
}

async fn delete(app: &TestApp, input: Value) -> Value {
    app.graphql(DELETE, json!({ "input": input })).await["deleteStorageObjects"].clone()
}

async fn delete_by_name(app: &TestApp, name: &str) -> Answer {
    Answer::of(app.authorized(Method::DELETE, &format!("/v1/storage/{name}"))).await
}

async fn stored(app: &TestApp) -> u64 {
    let found = app.graphql("{ storageObjects(first: 1) { totalCount } }", json!({})).await;
    found["storageObjects"]["totalCount"].as_u64().unwrap()
}

async fn events(app: &TestApp) -> Vec<Value> {
    let text = "{ events(first: 100) { nodes { seq type payload } } }";
    app.graphql(text, json!({})).await["events"]["nodes"].as_array().unwrap().clone()
}

fn blobs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(blobs(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_result_is_gone_by_every_name_and_the_log_says_so() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, job, key] = completed(&app, question()).await;
    let refused = delete_by_name(&app, &query).await;
    assert_eq!(refused.json()["code"], "STORAGE_KEY_IS_QUERY");
    let mut socket = app.socket().await;
    let follow = "subscription ($after: String) { jobCompleted(after: $after) { seq } }";
    let cursor = app.get("/v1/events").await.json()["next_cursor"].clone();
    socket.subscribe("live", follow, json!({ "after": cursor })).await;

    assert_eq!(delete_by_name(&app, &key).await.status, StatusCode::NO_CONTENT);
    for name in [&query, &job, &key] {
        let answer = app.get(&format!("/v1/storage/{name}")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (404, &json!("RESULT_DELETED"))
        );
    }
    let again = delete_by_name(&app, &job).await;
    assert_eq!((again.status.as_u16(), &again.json()["code"]), (404, &json!("RESULT_DELETED")));
    let found = app
        .graphql(
            "query ($key: String!, $job: ID!) { storageObject(key: $key) { id } job(id: $job) {
                status result { id } } }",
            json!({ "key": key, "job": job }),
        )
        .await;
    let expected =
        json!({ "storageObject": null, "job": { "status": "COMPLETED", "result": null } });
    assert_eq!(found, expected);
    let asked = app.get(&format!("/v1/queries/{query}")).await;
    assert_eq!(asked.status, StatusCode::OK, "{:#}", asked.json());

    let log = events(&app).await;
    let seqs: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [1, 2]);
    assert_eq!(log[1]["type"], "storage.deleted");
    let payload = log[1]["payload"].as_object().unwrap();
    let members: Vec<&str> = payload.keys().map(String::as_str).collect();
    let expected =
        ["event", "id", "seq", "query_id", "job_id", "storage_key", "reason", "timestamp"];
    assert_eq!(members.iter().collect::<BTreeSet<_>>(), expected.iter().collect());
    assert_eq!([&payload["job_id"], &payload["storage_key"]], [&json!(job), &json!(key)]);
    assert_eq!(payload["reason"], "request");
    let of_query = app.get(&format!("/v1/events?query_id={query}&types=storage.deleted")).await;
    assert_eq!(of_query.json()["events"][0]["seq"], 2);

    // Who follows ends of jobs hears nothing of it: the next end is the next event.
    completed(&app, question()).await;
    let next = socket.next_event("live").await;
    assert_eq!(next["payload"]["data"]["jobCompleted"]["seq"], 3, "{next:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_go_by_key_or_by_filter_and_what_is_wrong_is_said() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let mut made = Vec::new();
    for _ in 0..4 {
        made.push(completed(&app, question()).await);
        app.clock.advance(1_000);
    }
    let [first, second, third, fourth] = &made[..] else { panic!("four") };
    for (input, code, field) in [
        (json!({}), "SELECTION_INVALID", "filter"),
        (json!({ "keys": [first[2]], "filter": {} }), "SELECTION_INVALID", "filter"),
        (json!({ "keys": [] }), "KEY_COUNT_INVALID", "keys"),
        (json!({ "keys": vec!["x"; 101] }), "KEY_COUNT_INVALID", "keys"),
        (json!({ "keys": [first[2], second[0]] }), "KEY_IS_QUERY", "keys"),
        (json!({ "filter": {} }), "FILTER_EMPTY", "filter"),
        (
            json!({ "keys": ["x"], "idempotencyKey": "" }),
            "IDEMPOTENCY_KEY_INVALID",
            "idempotencyKey",
        ),
    ] {
        let answer = delete(&app, input.clone()).await;
        let error = &answer["userErrors"][0];
        assert_eq!([&error["code"], &error["path"]], [&json!(code), &json!([field])], "{input}");
        assert_eq!(answer["deletedCount"], 0);
    }
    assert_eq!(stored(&app).await, 4);

    // By key and by job; twice the same and what is not there count for nothing.
    let input = json!({ "keys": [first[2], first[1], second[1], "never"], "idempotencyKey": "k" });
    let counted = delete(&app, with(input.clone(), json!({ "dryRun": true }))).await;
    assert_eq!([&counted["matchedCount"], &counted["deletedCount"]], [2, 0]);
    assert!(counted["bytes"].as_u64().unwrap() > 0);
    assert_eq!(stored(&app).await, 4, "a dry run only counts");
    let deleted = delete(&app, input.clone()).await;
    assert_eq!([&deleted["matchedCount"], &deleted["deletedCount"]], [2, 2]);
    assert_eq!(deleted["bytes"], counted["bytes"]);
    let ids = [first, second].map(|made| made[1].replace("job_", "obj_"));
    assert_eq!(deleted["storageObjectIds"], json!(ids));
    let again = delete(&app, input).await;
    assert_eq!([&again["matchedCount"], &again["deletedCount"]], [2, 2], "a repeat: {again:#}");
    let other = json!({ "keys": [third[2]], "idempotencyKey": "k" });
    assert_eq!(delete(&app, other).await["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(stored(&app).await, 2);

    let deleted = delete(&app, json!({ "filter": { "queryId": third[0] } })).await;
    assert_eq!([&deleted["matchedCount"], &deleted["deletedCount"]], [1, 1]);
    let (_, stranger) = app.stranger().await;
    let input = json!({ "input": { "keys": [fourth[2]] } });
    let theirs = app.try_graphql(&stranger, DELETE, input).await;
    assert_eq!(theirs["data"]["deleteStorageObjects"]["matchedCount"], 0);
    assert_eq!(stored(&app).await, 1);
    let kinds: Vec<Value> = events(&app).await.iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "storage.deleted").count(), 3, "{kinds:?}");
    app.running().idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_for_one_request_goes_behind_it_also_after_a_restart() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let [query, _, _] = completed(&app, question()).await;
    let rows = Rows::at(&app.database_url()).await;
    let (id, numbers) = if rows.is_sqlite() {
        (
            "printf('obj_01%024d', n)",
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1199) \
             SELECT n FROM numbers)",
        )
    } else {
        ("'obj_01' || lpad(n::text, 24, '0')", "generate_series(1, 1199) AS numbers(n)")
    };
    rows.execute(&format!(
        "INSERT INTO storage_object SELECT {id}, workspace_id, query_id, job_id, key, content_type, \
         size_bytes, sha256, blob, created_at, expires_at FROM storage_object, {numbers}"
    ))
    .await;
    rows.execute(
        "INSERT INTO result_body SELECT storage_object.id, (SELECT zstd FROM result_body) FROM \
         storage_object WHERE id NOT IN (SELECT object_id FROM result_body)",
    )
    .await;
    let clock = app.clock.clone();
    let app = app.restart(TestOptions { clock, ..without_worker() }).await;
    let deleted = delete(&app, json!({ "filter": { "queryId": query } })).await;
    assert_eq!([&deleted["matchedCount"], &deleted["deletedCount"]], [1_200, 1_000]);
    assert_eq!(deleted["storageObjectIds"].as_array().unwrap().len(), 1_000);
    assert_eq!(stored(&app).await, 200);

    let clock = app.clock.clone();
    clock.advance(1_000);
    let app = app.restart(TestOptions { clock, ..without_worker() }).await;
    let domain = &app.running().domain;
    let (one, other) = tokio::join!(domain.continue_deletions(), domain.continue_deletions());
    assert_eq!(one.unwrap() + other.unwrap(), 200, "each is deleted once, by whichever node");
    assert_eq!(stored(&app).await, 0);
    assert_eq!(domain.continue_deletions().await.unwrap(), 0);
    let count = |table: &str| format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
    assert_eq!(rows.text(&count("result_body")).await, "0");
    let of_log = "event WHERE type = 'storage.deleted'";
    assert_eq!(rows.text(&count(of_log)).await, "1200", "one event each");
    assert_eq!(rows.text("SELECT CAST(seq AS TEXT) FROM event_counter").await, "1201");
    assert_eq!(rows.text("SELECT CAST(deleted AS TEXT) FROM deletion").await, "1200");
    assert_eq!(domain.forget_deletions().await.unwrap(), 0);
    app.clock.advance(48 * 60 * 60 * 1_000 + 1);
    assert_eq!(domain.forget_deletions().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_row_and_blob_leaves_a_file_for_the_sweeper_and_nothing_else() {
    let (data, database) = (tempfile::tempdir().unwrap(), TestDatabase::wanted().await);
    let polls = polls_only().to_string();
    let environment = database.iter().flat_map(|database| {
        [("BYTESTACK_DATABASE_URL", database.url.as_str()), ("BYTESTACK_POLL_ONLY", &polls)]
    });
    let environment: Vec<(&str, &str)> = environment.collect();
    let plan = [("BYTESTACK_FAIL_POINTS", "deletion.before_blobs=abort")];
    let server = Server::first(data.path(), &[], &[&environment[..], &plan].concat());
    let client = server.client.clone();
    assert_eq!(client.upload("noise", noise()).await.status, StatusCode::CREATED);
    let asked = client.try_create(&noisy_question()).await.unwrap();
    let ended = client.ends_after(&asked["cursor"], 1).await.pop().unwrap();
    let results = data.path().join("blobs/results");
    let left = blobs(&results);
    assert_eq!(left.len(), 1, "the result is a blob");
    let input = json!({ "input": { "keys": [ended["storageKey"]] } });
    assert!(client.try_graphql(DELETE, input).await.is_err(), "it dies before it answers");
    server.process.ended();
    assert_eq!(blobs(&results), left);

    #[expect(clippy::disallowed_methods, reason = "a file is made older than it is")]
    let earlier = SystemTime::now() - Duration::from_secs(3_601);
    let file = fs::File::options().write(true).open(&left[0]).unwrap();
    file.set_modified(earlier).unwrap();
    let server = Server::start(data.path(), &[], &environment, &client.key);
    let path = format!("/v1/storage/{}", ended["storageKey"].as_str().unwrap());
    assert_eq!(server.client.get(&path).await.json()["code"], "RESULT_DELETED");
    let gone = async {
        while !blobs(&results).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.unwrap();
    assert_eq!(server.process.terminate().code, Some(0));
    let examined = run_in(data.path(), &["doctor"], &environment);
    assert_eq!(examined.code, Some(0), "{examined:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_meanwhile_is_whole_or_says_that_it_was_deleted() {
    let app = TestApp::with(TestOptions::default()).await;
    assert_eq!(app.upload("noise", "text/csv", noise()).await.status, StatusCode::CREATED);
    let [_, _, key] = completed(&app, noisy_question()).await;
    let path = format!("/v1/storage/{key}");
    let whole = app.get(&path).await.bytes;
    assert!(whole.len() > 256 * 1024);
    let downloads = (0..20).map(|_| app.get(&path));
    let (downloads, deleted) =
        tokio::join!(futures_util::future::join_all(downloads), delete_by_name(&app, &key));
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    for answer in downloads {
        match answer.status {
            StatusCode::OK => assert_eq!(answer.bytes, whole),
            _ => assert_eq!(answer.json()["code"], "RESULT_DELETED"),
        }
    }
    assert_eq!(blobs(&app.data_dir().join("blobs/results")), Vec::<PathBuf>::new());
}
