//! What a result rests on is kept with it: the result can be computed again, a later run tells what came late and
//! what is gone, and nothing of it outlives the result.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::hacker_news::{self, Post};
use crate::support::process::{Ended, run_in};
use crate::support::rows::Rows;
use crate::support::upstream::{Reply, Upstream};
use crate::support::{Answer, TestApp, TestOptions};

/// 2026-11-22T00:00:00Z.
const SUNDAY: i64 = 1_795_305_600;

/// Day of November, author, title.
type Item = (u32, &'static str, &'static str);

/// A feed whose items a test changes.
#[derive(Clone, Default)]
struct Feed(Arc<Mutex<Vec<Item>>>);

impl Feed {
    fn say(&self, items: &[Item]) {
        *self.0.lock().unwrap() = items.to_vec();
    }

    async fn start(&self) -> Upstream {
        let items = Arc::clone(&self.0);
        Upstream::start(move |_| Reply::ok("application/rss+xml", rss(&items.lock().unwrap())))
            .await
    }
}

fn rss(items: &[Item]) -> String {
    let item = |(day, author, title): &Item| {
        format!(
            "<item><guid isPermaLink='false'>{day}-{author}</guid><title>{title}</title>
             <dc:creator>{author}</dc:creator><pubDate>{day} Nov 2026 10:00:00 GMT</pubDate></item>"
        )
    };
    let items: Vec<String> = items.iter().map(item).collect();
    format!(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Blog</title>
         {}</channel></rss>",
        items.concat()
    )
}

async fn app(allowed: &[&Upstream]) -> TestApp {
    let addresses: Vec<String> = allowed.iter().map(|one| one.address.to_string()).collect();
    let settings = [
        ("HACKERNEWS_BASE_URL", allowed[0].url("/api/v1")),
        ("ALLOW_PRIVATE", addresses.join(",")),
    ];
    TestApp::with(TestOptions { settings: settings.into(), ..TestOptions::default() }).await
}

fn command(app: &TestApp, arguments: &[&str]) -> Ended {
    let url = app.database_url();
    let place = if url.starts_with("sqlite:") { vec![] } else { vec!["--database-url", &url] };
    let arguments = [place.as_slice(), arguments].concat();
    tokio::task::block_in_place(|| run_in(app.data_dir(), &arguments, &[]))
}

fn replay(app: &TestApp, key: &str) -> Ended {
    command(app, &["replay", key])
}

fn assert_agrees(app: &TestApp, key: &str) {
    let ended = replay(app, key);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let [line] = ended.printed.as_slice() else { panic!("{ended:#?}") };
    assert!(line.contains(".json: all ") && line.ends_with(" values agree"), "{line}");
}

fn assert_refused(app: &TestApp, key: &str, why: &str) {
    let ended = replay(app, key);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.printed[0].contains("cannot be computed again"), "{ended:#?}");
    assert!(ended.printed[0].contains(why), "{ended:#?}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The files of what was kept.
fn kept(app: &TestApp) -> Vec<PathBuf> {
    files(&app.data_dir().join("blobs/documents"))
}

fn key(result: &Value) -> String {
    result["job_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_computed_again_from_what_was_kept_and_nobody_is_asked() {
    let posts = (0..300)
        .map(|id| Post::comment(id, SUNDAY + i64::try_from(id).unwrap() * 60, "I love Acme!"));
    let hacker_news = hacker_news::start(posts.collect(), 1_000).await;
    let feed = Feed::default();
    feed.say(&[(22, "cid", "Acme is broken"), (21, "dan", "Nothing"), (1, "eve", "Acme")]);
    let feeds = feed.start().await;
    let app = app(&[&hacker_news, &feeds]).await;
    let csv = "id,author,published_at,text\n1,ann,2026-11-22T10:00:00Z,Acme in a dataset\n";
    app.upload("posts", "text/csv", csv).await;
    let named = format!("rss:{}", feeds.url("/feed"));
    let input = json!({ "prompt": "Sentiment around Acme per day in the last 7 days",
        "sources": ["hackernews", named, "dataset:posts"], "limit": 3,
        "outputSchema": { "type": "object", "properties": { "total_mentions": { "type": "integer" } } } });
    let result = app.answer(input).await;
    assert_eq!(result["result"]["total_mentions"], 302, "{:#}", result["result"]);
    assert_eq!([&result["limit"], &result["output"]["total_mentions"]], [&json!(3), &json!(302)]);
    assert_eq!(kept(&app).len(), 2, "one for each source of the web, none for the dataset");

    let asked = (hacker_news.seen().len(), feeds.seen().len());
    assert_agrees(&app, &key(&result));
    let query = result["query_id"].as_str().unwrap();
    assert_agrees(&app, query);
    app.upload("posts", "text/csv", format!("{csv}2,bob,2026-11-22T11:00:00Z,Acme again\n")).await;
    assert_agrees(&app, query);
    assert_eq!((hacker_news.seen().len(), feeds.seen().len()), asked);
    let clean = command(&app, &["doctor"]);
    assert_eq!(clean.code, Some(0), "{clean:#?}");

    say_otherwise(&app, &result).await;
    let differs = replay(&app, query);
    assert_eq!(differs.code, Some(1), "{differs:#?}");
    assert!(differs.printed[0].contains(".json: 2 of "), "{differs:#?}");
    let line = "  /result/total_mentions: stored 303, computed 302";
    assert_eq!(differs.printed[1], line, "{differs:#?}");
    assert!(differs.printed[2].starts_with("  /evidence/0/id: stored \"none\""), "{differs:#?}");

    let change = "mutation ($id: ID!) { updateQuery(input: { queryId: $id, limit: 9 }) { userErrors { code } } }";
    app.clock.advance(1_000);
    app.graphql(change, json!({ "id": query })).await;
    let told = replay(&app, query);
    let left_out = told.printed.iter().any(|line| line.starts_with("  not computed again: output"));
    assert!(left_out, "{told:#?}");
}

/// Makes a stored result say another number and name another post, with a hash that is right.
async fn say_otherwise(app: &TestApp, result: &Value) {
    let mut other = result.clone();
    other["result"]["total_mentions"] = json!(303);
    other["evidence"][0]["id"] = json!("none");
    let bytes = serde_json::to_vec(&other).unwrap();
    let (length, sha256) = (bytes.len(), hex::encode(Sha256::digest(&bytes)));
    let zstd = hex::encode(zstd::bulk::compress(&bytes, 3).unwrap());
    let rows = Rows::at(&app.database_url()).await;
    let zstd = if rows.is_sqlite() { format!("x'{zstd}'") } else { format!("'\\x{zstd}'") };
    rows.execute(&format!("UPDATE result_body SET zstd = {zstd}")).await;
    let sized = format!("UPDATE storage_object SET size_bytes = {length}, sha256 = '{sha256}'");
    rows.execute(&sized).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_late_and_what_is_gone_is_told_of_sources_too() {
    let feed = Feed::default();
    feed.say(&[(22, "ann", "Acme one"), (21, "bob", "Acme two"), (1, "eve", "Old")]);
    let feeds = feed.start().await;
    let app = app(&[&feeds]).await;
    let named = format!("rss:{}", feeds.url("/feed"));
    let first = app
        .answer(
            json!({ "prompt": "What's new about Acme since the last run?", "sources": [named] }),
        )
        .await;
    assert_eq!(first["result"]["changes"]["late"], Value::Null);
    assert_eq!(first["previous_job_id"], Value::Null);

    app.clock.advance(24 * 3_600_000);
    feed.say(&[
        (24, "cid", "Acme new"),
        (22, "ann", "Acme one"),
        (20, "dan", "Acme late"),
        (1, "eve", "Old"),
    ]);
    let second = run_again(&app, &first).await;
    let changes = &second["result"]["changes"];
    let ids = |posts: &Value| -> Vec<String> {
        posts
            .as_array()
            .unwrap()
            .iter()
            .map(|post| post["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&changes["new"]), ["24-cid"], "{changes:#}");
    assert_eq!(ids(&changes["late"]), ["20-dan"], "{changes:#}");
    assert_eq!(ids(&changes["removed"]), ["21-bob"], "{changes:#}");
    assert_eq!([&changes["late_total"], &changes["removed_total"]], [&json!(1), &json!(1)]);
    assert_eq!(second["previous_job_id"], first["job_id"]);
    assert_eq!(second["previous_window"]["to"], second["window"]["from"]);
    assert_agrees(&app, &key(&first));
    assert_agrees(&app, &key(&second));

    // Without the run before, neither a new run nor the one that was seen against it can tell.
    let third = run_again(&app, &first).await;
    assert_eq!(third["previous_job_id"], second["job_id"]);
    delete(&app, &key(&first)).await;
    assert_refused(&app, &key(&second), "is not kept any more");
    delete(&app, &key(&third)).await;
    let fourth = run_again(&app, &first).await;
    assert_eq!(
        [&fourth["previous_job_id"], &fourth["result"]["changes"]["late"]],
        [&Value::Null; 2]
    );
    let said = fourth["assumptions"].to_string();
    assert!(said.contains("the posts of no earlier run are known"), "{said}");
    assert_agrees(&app, &key(&fourth));

    // Nor with one whose posts are damaged; no job fails for that.
    let folder = app.data_dir().join("blobs/documents").join(key(&fourth));
    let [file] = files(&folder).try_into().unwrap();
    fs::write(&file, "damaged").unwrap();
    let fifth = run_again(&app, &first).await;
    assert_eq!([&fifth["previous_job_id"], &fifth["result"]["changes"]["late"]], [&Value::Null; 2]);
    fs::remove_file(&file).unwrap();
    let sixth = run_again(&app, &first).await;
    assert_eq!(sixth["previous_job_id"], fifth["job_id"]);
}

async fn run_again(app: &TestApp, result: &Value) -> Value {
    let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }";
    app.clock.advance(1_000);
    let made = app.graphql(run, json!({ "id": result["query_id"] })).await;
    app.running().idle().await.unwrap();
    let job = made["runQuery"]["job"]["id"].as_str().unwrap();
    app.get(&format!("/v1/storage/{job}")).await.json()
}

async fn delete(app: &TestApp, name: &str) {
    let deleted = Answer::of(app.authorized(Method::DELETE, &format!("/v1/storage/{name}"))).await;
    assert!(deleted.status.is_success(), "{:?}", deleted.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_users_are_those_that_the_run_before_did_not_see() {
    let app = TestApp::start().await;
    let post =
        |id: u32, author: &str| format!("{id},{author},2026-11-22T10:00:00Z,Acme says {author}\n");
    let header = "id,author,published_at,text\n";
    app.upload("posts", "text/csv", format!("{header}{}", post(1, "ann"))).await;
    let reading = json!({ "intent": "count", "terms": ["Acme"], "metrics": ["mentions", "new_users"],
        "window": { "last": "7d" } });
    let input = json!({ "prompt": "New people", "sources": ["dataset:posts"], "reading": reading });
    let first = app.answer(input).await;
    assert_eq!(first["result"]["new_users"], Value::Null, "{first:#}");
    let more = [post(1, "ann"), post(2, "bob"), post(3, "bob"), post(4, "ann")].concat();
    app.upload("posts", "text/csv", format!("{header}{more}")).await;
    let second = run_again(&app, &first).await;
    assert_eq!(second["result"]["new_users"], 1, "{second:#}");
    assert_eq!(second["previous_job_id"], first["job_id"]);
    assert_agrees(&app, &key(&second));

    let dropped = Answer::of(app.authorized(Method::DELETE, "/v1/datasets/posts")).await;
    assert!(dropped.status.is_success(), "{:?}", dropped.status);
    assert_refused(&app, &key(&second), "version 2 of dataset:posts was deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_goes_with_its_result_and_damage_is_found() {
    let feed = Feed::default();
    feed.say(&[(22, "ann", "Acme one"), (21, "bob", "Acme two"), (1, "eve", "Old")]);
    let feeds = feed.start().await;
    let app = app(&[&feeds]).await;
    let named = format!("rss:{}", feeds.url("/feed"));
    let input = json!({ "prompt": "How many times was Acme mentioned in the last 7 days?", "sources": [named] });
    let result = app.answer(input.clone()).await;
    let [file] = kept(&app).try_into().unwrap();

    let whole = fs::read(&file).unwrap();
    let other = zstd::bulk::compress(b"{}\n", 3).unwrap();
    for (damage, why) in [
        (Some(&whole[..whole.len() - 4]), "cannot be decompressed"),
        (Some(&other[..]), "bytes rather than"),
        (None, "is not there"),
    ] {
        match damage {
            Some(bytes) => fs::write(&file, bytes).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let ended = command(&app, &["doctor"]);
        let found: Vec<&String> =
            ended.printed.iter().filter(|line| line.starts_with("bytes: ")).collect();
        assert_eq!((ended.code, found.len()), (Some(1), 1), "{ended:#?}");
        assert!(found[0].contains(&named) && found[0].contains(why), "{found:#?}");
        assert_refused(&app, &key(&result), "");
    }
    fs::write(&file, whole).unwrap();
    assert_agrees(&app, &key(&result));

    delete(&app, &key(&result)).await;
    assert_eq!(kept(&app), Vec::<PathBuf>::new());
    assert_refused(&app, &key(&result), "was deleted");
    let clean = command(&app, &["doctor"]);
    assert_eq!(clean.code, Some(0), "{clean:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_may_choose_to_keep_nothing() {
    let feed = Feed::default();
    feed.say(&[(22, "ann", "Acme one"), (1, "eve", "Old")]);
    let feeds = feed.start().await;
    let app = app(&[&feeds]).await;
    let set = "mutation ($keep: Boolean!) { updateWorkspace(input: { keepDocuments: $keep }) {
        workspace { keepDocuments } userErrors { code } } }";
    let answered = app.graphql(set, json!({ "keep": false })).await;
    assert_eq!(answered["updateWorkspace"]["workspace"]["keepDocuments"], false, "{answered:#}");
    let named = format!("rss:{}", feeds.url("/feed"));
    let input = json!({ "prompt": "How many times was Acme mentioned in the last 7 days?", "sources": [named] });
    let result = app.answer(input.clone()).await;
    assert_eq!(result["result"]["total_mentions"], 1);
    assert_eq!(kept(&app), Vec::<PathBuf>::new());
    assert_refused(&app, &key(&result), "was not kept");

    app.graphql(set, json!({ "keep": true })).await;
    let result = app.answer(input).await;
    assert_eq!(kept(&app).len(), 1);
    assert_agrees(&app, &key(&result));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_what_is_collected_the_job_fails_and_leaves_nothing() {
    let feed = Feed::default();
    feed.say(&[(22, "ann", "Acme one"), (1, "eve", "Old")]);
    let feeds = feed.start().await;
    let app = app(&[&feeds]).await;
    // Nothing can be made below a file.
    let aside = app.data_dir().join("blobs/documents");
    fs::create_dir_all(aside.parent().unwrap()).unwrap();
    fs::write(&aside, "").unwrap();
    let named = format!("rss:{}", feeds.url("/feed"));
    let input = json!({ "prompt": "How many times was Acme mentioned in the last 7 days?", "sources": [named] });
    let ended = app.ended_without_pauses(&app.ask(input.clone()).await).await;
    assert_eq!(ended["job"]["error"]["code"], "STORAGE", "{ended:#}");
    assert_eq!(ended["storageKey"], Value::Null);
    fs::remove_file(&aside).unwrap();
    let result = app.answer(input).await;
    assert_eq!(result["result"]["total_mentions"], 1);
    let clean = command(&app, &["doctor"]);
    assert_eq!(clean.code, Some(0), "{clean:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let ended = tokio::task::block_in_place(|| run_in(folder.path(), &["replay", "x.json"], &[]));
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let feeds = Feed::default().start().await;
    let app = app(&[&feeds]).await;
    assert_refused(&app, "qry_nothing.json", "there is no result under");
}
