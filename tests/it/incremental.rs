//! Runs of a schedule ask only for what is new, and still answer over their whole window.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::support::hacker_news::{self, Post};
use crate::support::process::run_in;
use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions, with};

const HOUR: i64 = 60 * 60 * 1_000;
const WEEK: &str = "How many times was Acme mentioned in the last 7 days?";

fn second(text: &str) -> i64 {
    let at: DateTime<Utc> = format!("2026-11-{text}:00Z").parse().unwrap();
    at.timestamp()
}

fn acme(id: u64, at: &str) -> Post {
    Post::comment(id, second(at), "Acme once more")
}

async fn app(settings: [(&'static str, String); 2]) -> TestApp {
    TestApp::with(TestOptions { settings: settings.into(), ..TestOptions::default() }).await
}

async fn on(upstream: &Upstream) -> TestApp {
    let base_url = ("HACKERNEWS_BASE_URL", upstream.url("/api/v1"));
    app([base_url, ("ALLOW_PRIVATE", upstream.address.to_string())]).await
}

/// Asked each day at six in the evening; it is half past five.
async fn daily(app: &TestApp, prompt: &str, source: &str) -> Value {
    let schedule = json!({ "cron": "0 18 * * *", "onFailure": "CONTINUE" });
    let asked = json!({ "prompt": prompt, "sources": [source] });
    app.ask(with(asked, json!({ "schedule": schedule }))).await
}

/// Lets time pass until the next run, and answers its end.
async fn next_end(app: &TestApp, query: &mut Value, milliseconds: i64) -> Value {
    app.clock.advance(milliseconds);
    let event = app.ended(query).await;
    query["cursor"] = event["cursor"].clone();
    event
}

async fn next(app: &TestApp, query: &mut Value, milliseconds: i64) -> Value {
    let ended = next_end(app, query, milliseconds).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    app.get(&format!("/v1/storage/{}", ended["storageKey"].as_str().unwrap())).await.json()
}

/// The earliest second that was asked for since so many requests.
fn asked_from(upstream: &Upstream, since: usize) -> i64 {
    let bounds = upstream.seen().into_iter().skip(since).map(|seen| {
        let path = seen.path.replace("%3E%3D", ">=").replace("%2C", ",");
        let (_, after) = path.split_once("created_at_i>=").unwrap();
        after.split(',').next().unwrap().parse().unwrap()
    });
    bounds.min().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_asks_for_what_is_new_and_answers_over_the_whole_window() {
    let posts = Arc::new(Mutex::new(vec![
        acme(1, "15T00:00"),
        acme(2, "18T00:00"),
        acme(3, "20T00:00"),
        acme(4, "23T16:00"),
        acme(5, "23T17:00"),
    ]));
    let upstream = hacker_news::start_changing(Arc::clone(&posts)).await;
    let app = on(&upstream).await;
    let mut query = daily(&app, WEEK, "hackernews").await;
    let first = next(&app, &mut query, HOUR / 2).await;
    assert_eq!(first["result"]["total_mentions"], 4);
    assert_eq!(first["coverage"]["hackernews"].get("kept_until"), None);
    assert_eq!(asked_from(&upstream, 0), second("16T18:00"));

    // One of long ago and one of today are deleted, one of today comes late, one is new.
    let seen = upstream.seen().len();
    posts.lock().unwrap().retain(|post| ![3, 4].contains(&post.id));
    posts.lock().unwrap().extend([acme(6, "23T15:00"), acme(7, "24T10:00")]);
    let second_run = next(&app, &mut query, 24 * HOUR).await;
    assert_eq!(asked_from(&upstream, seen), second("23T12:00"), "six hours are read once more");
    assert_eq!(second_run["result"]["total_mentions"], 5, "2, 3, 5, 6 and 7");
    let covered = &second_run["coverage"]["hackernews"];
    assert_eq!(
        (&covered["status"], &covered["kept_until"]),
        (&json!("complete"), &json!("2026-11-23T12:00:00Z"))
    );
    assert_eq!(covered["gone"], 1, "4; what is older than six hours is not looked at");
    assert_eq!(covered["covered"], covered["requested"]);
    assert_eq!(covered["requests"], upstream.seen().len() - seen);

    // A run that failed leaves no hole: the next goes on from the last that did not.
    upstream.script([Some(Reply::status(404, &[], "{}"))]);
    let failed = next_end(&app, &mut query, 24 * HOUR).await;
    assert_eq!(failed["status"], "FAILED", "{failed:#}");
    posts.lock().unwrap().push(acme(8, "25T03:00"));
    let seen = upstream.seen().len();
    let fourth = next(&app, &mut query, 24 * HOUR).await;
    assert_eq!(asked_from(&upstream, seen), second("24T12:00"));
    assert_eq!(fourth["result"]["total_mentions"], 5, "3, 5, 6, 7 and 8");

    // What was kept is enough to compute it again.
    let (data, url) = (app.data_dir().to_owned(), app.database_url());
    let job = fourth["job_id"].as_str().unwrap();
    let arguments = ["--database-url", &url, "replay", job];
    let arguments = if url.starts_with("sqlite:") { &arguments[2..] } else { &arguments[..] };
    let replayed = tokio::task::block_in_place(|| run_in(&data, arguments, &[]));
    assert_eq!(replayed.code, Some(0), "{replayed:#?}");

    // By hand, everything is asked for.
    let seen = upstream.seen().len();
    let run = "mutation ($id: ID!) { runQuery(input: {queryId: $id}) { job { id } userErrors { code } } }";
    app.graphql(run, json!({ "id": query["query"]["id"] })).await;
    let by_hand = next(&app, &mut query, 0).await;
    assert_eq!(asked_from(&upstream, seen), second("19T18:00"));
    assert_eq!(by_hand["result"]["total_mentions"], 4, "3 is gone");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_rest_on_reactions_or_on_another_question_are_read_anew() {
    let posts = Arc::new(Mutex::new(vec![acme(2, "18T00:00"), acme(5, "23T17:00")]));
    let upstream = hacker_news::start_changing(posts).await;
    let app = on(&upstream).await;
    let mut ranked =
        daily(&app, "Top 3 posts about Acme by likes in the last 7 days", "hackernews").await;
    next(&app, &mut ranked, HOUR / 2).await;
    let seen = upstream.seen().len();
    next(&app, &mut ranked, 24 * HOUR).await;
    assert_eq!(asked_from(&upstream, seen), second("17T18:00"));

    let mut query = daily(&app, WEEK, "hackernews").await;
    next(&app, &mut query, 24 * HOUR).await;
    let other = "mutation ($input: UpdateQueryInput!) { updateQuery(input: $input) { userErrors { code } } }";
    let prompt = "How many times was Acme or Globex mentioned in the last 7 days?";
    let input = json!({ "queryId": query["query"]["id"], "prompt": prompt });
    let answer = app.graphql(other, json!({ "input": input })).await;
    assert_eq!(answer["updateQuery"]["userErrors"], json!([]));
    let seen = upstream.seen().len();
    let changed = next(&app, &mut query, 24 * HOUR).await;
    assert!(changed["coverage"]["hackernews"].get("kept_until").is_none(), "{changed:#}");
    assert_eq!(asked_from(&upstream, seen), second("19T18:00"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_week_everything_is_looked_over_for_what_was_deleted() {
    let posts = Arc::new(Mutex::new(vec![acme(1, "25T10:00"), acme(2, "25T11:00")]));
    let upstream = hacker_news::start_changing(Arc::clone(&posts)).await;
    let app = on(&upstream).await;
    let mut query = daily(&app, WEEK, "hackernews").await;
    let mut seen = 0;
    for day in 23..=31 {
        seen = upstream.seen().len();
        let run = next(&app, &mut query, if day == 23 { HOUR / 2 } else { 24 * HOUR }).await;
        let (mentions, covered) =
            (&run["result"]["total_mentions"], &run["coverage"]["hackernews"]);
        match day {
            26 => posts.lock().unwrap().retain(|post| post.id != 1),
            27..30 => {
                assert_eq!((mentions, &covered["gone"]), (&json!(2), &json!(0)), "{day}");
            }
            // Half an hour more than a week after the question was asked first.
            30 => {
                assert_eq!(asked_from(&upstream, seen), second("23T18:00"));
                assert_eq!((mentions, &covered["gone"]), (&json!(1), &json!(1)), "{run:#}");
                assert_eq!(covered["covered"], covered["requested"]);
                assert!(covered.get("kept_until").is_none(), "{covered}");
            }
            _ => {}
        }
    }
    assert_eq!(asked_from(&upstream, seen), second("30T12:00"), "then as before");
    app.stop().await;
}

/// A feed forgets; what it held is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_remembered_beyond_what_it_holds() {
    let items = Arc::new(Mutex::new(vec!["22T08:00", "23T09:00"]));
    let held = Arc::clone(&items);
    let upstream = Upstream::start(move |_| {
        let item = |at: &&str| {
            json!({ "id": at, "content_text": "Acme, said the feed", "date_published": format!("2026-11-{at}:00Z") })
        };
        let items: Vec<Value> = held.lock().unwrap().iter().map(item).collect();
        let feed = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items });
        Reply::ok("application/feed+json", feed.to_string())
    })
    .await;
    let source = format!("rss:{}", upstream.url("/feed.json"));
    let allowed = ("ALLOW_PRIVATE", upstream.address.to_string());
    let app = app([allowed, ("MAX_DOCUMENTS", "1000".to_owned())]).await;
    let mut query = daily(&app, WEEK, &source).await;
    let first = next(&app, &mut query, HOUR / 2).await;
    assert_eq!(
        (&first["result"]["total_mentions"], &first["coverage"][&source]["status"]),
        (&json!(2), &json!("truncated"))
    );

    *items.lock().unwrap() = vec!["23T09:00", "24T10:00"];
    let second = next(&app, &mut query, 24 * HOUR).await;
    assert_eq!(second["result"]["total_mentions"], 3, "one is no longer in the feed");
    let covered = &second["coverage"][&source];
    assert_eq!(covered["status"], "truncated");
    assert_eq!(covered["covered"]["from"], "2026-11-22T08:00:00Z", "{covered}");

    // Also not when everything is looked over.
    *items.lock().unwrap() = vec!["24T10:00", "25T10:00"];
    let mut last = Value::Null;
    for _ in 25..=30 {
        last = next(&app, &mut query, 24 * HOUR).await;
        *items.lock().unwrap() = vec!["25T10:00"];
    }
    let covered = &last["coverage"][&source];
    assert_eq!((&last["result"]["total_mentions"], &covered["gone"]), (&json!(2), &Value::Null));
    assert_eq!(covered["kept_until"], "2026-11-25T10:00:00Z", "{covered}");
    app.stop().await;
}
