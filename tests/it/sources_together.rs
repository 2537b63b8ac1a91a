//! Sources of the web through the public face: asked over GraphQL, the result downloaded over REST.

use serde_json::{Value, json};

use crate::support::hacker_news::{self, Post};
use crate::support::upstream::{Reply, Upstream};
use crate::support::{NOWHERE, TestApp, TestOptions};

/// 2026-11-22T00:00:00Z.
const SUNDAY: i64 = 1_795_305_600;

fn feed() -> String {
    let item = |day: u32, title: &str| {
        format!(
            "<item><guid isPermaLink='false'>{day}</guid><link>/posts/{day}</link><title>{title}</title>
             <description>&lt;p&gt;Text &amp;amp; more&lt;/p&gt;</description>
             <pubDate>{day} Nov 2026 10:00:00 GMT</pubDate></item>"
        )
    };
    let items =
        [item(22, "Acme &amp;amp; we"), item(21, "Nothing"), item(20, "ACME"), item(1, "Acme")];
    format!("<rss version='2.0'><channel><title>Blog</title>{}</channel></rss>", items.concat())
}

async fn feeds() -> Upstream {
    Upstream::start(|seen| match seen.path.as_str() {
        "/feed" => Reply::ok("application/rss+xml", feed()),
        _ => Reply::status(410, &[], "gone"),
    })
    .await
}

/// A service that may reach these servers, the first of which is its Hacker News.
async fn app(hacker_news: &Upstream, feeds: &Upstream) -> TestApp {
    let settings = [
        ("HACKERNEWS_BASE_URL", hacker_news.url("/api/v1")),
        ("ALLOW_PRIVATE", format!("{},{}", hacker_news.address, feeds.address)),
    ];
    TestApp::with(TestOptions { settings: settings.into(), ..TestOptions::default() }).await
}

fn question(sources: &[&str]) -> Value {
    json!({ "prompt": "How many times was Acme mentioned in the last 7 days?", "sources": sources })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_over_the_web_is_answered_with_what_each_source_covered() {
    let posts =
        (0..1_500).map(|id| Post::comment(id, SUNDAY + i64::try_from(id / 4).unwrap(), "Acme!"));
    let posts = posts.chain([
        Post::story(9_001, SUNDAY, "Acme is hiring"),
        Post::story(9_002, SUNDAY, "Nothing to see"),
        Post::comment(9_003, SUNDAY - 20 * 86_400, "Acme long ago"),
    ]);
    let (hacker_news, feeds) = (hacker_news::start(posts.collect(), 1_000).await, feeds().await);
    hacker_news.script([Some(Reply::status(500, &[], "")), None, Some(Reply::CutOff("{".into()))]);
    let app = app(&hacker_news, &feeds).await;
    let feed = format!("rss:{}", feeds.url("/feed"));
    let result = app.answer(question(&["hackernews", &feed])).await;

    assert_eq!(result["result"]["total_mentions"], 1_503, "{:#}", result["result"]);
    assert_eq!(
        result["result"]["by_source"],
        json!({ "hackernews": { "mentions": 1_501, "unique_users": 2 },
                &feed: { "mentions": 2, "unique_users": 0 } })
    );
    let week = json!({ "from": "2026-11-16T17:30:00Z", "to": "2026-11-23T17:30:00Z" });
    let coverage = |requests: usize, total: Value| {
        json!({ "status": "complete", "requested": week, "covered": week, "requests": requests,
                "upstream_total": total, "reason": null })
    };
    assert_eq!(result["coverage"]["hackernews"], coverage(4, json!(1_501)));
    assert_eq!(result["coverage"][&feed], coverage(1, Value::Null));
    assert_eq!((hacker_news.seen().len(), feeds.seen().len()), (4, 1));

    let posts = result["evidence"].as_array().unwrap();
    let from_feed = posts.iter().find(|post| post["source"] == feed).unwrap();
    assert_eq!((&from_feed["id"], &from_feed["title"]), (&json!("22"), &json!("Acme & we")));
    assert_eq!(from_feed["text"], "Text & more");
    assert_eq!(from_feed["url"], feeds.url("/posts/22"));
    let seen = &feeds.seen()[0];
    assert!(seen.headers["user-agent"].starts_with("ByteStack/"), "{seen:?}");
    assert!(seen.headers["accept"].starts_with("application/rss+xml"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_leaves_the_others_answer_whole_and_is_named() {
    let (hacker_news, feeds) = (hacker_news::start(Vec::new(), 1_000).await, feeds().await);
    hacker_news.script(vec![Some(Reply::status(403, &[], "blocked"))]);
    let app = app(&hacker_news, &feeds).await;
    let [good, gone] = ["/feed", "/gone"].map(|path| format!("rss:{}", feeds.url(path)));
    let result = app.answer(question(&["hackernews", &good, &gone])).await;
    assert_eq!(result["result"]["total_mentions"], 2);
    assert_eq!(result["coverage"][&good]["status"], "complete");
    let failed = |source: &str, reason: &str| {
        let coverage = &result["coverage"][source];
        assert_eq!((&coverage["status"], &coverage["requests"]), (&json!("error"), &json!(1)));
        assert_eq!(coverage["reason"], reason);
        let said = json!(format!("{source} gave nothing and is not in the figures: {reason}"));
        let assumptions = result["assumptions"].as_array().unwrap();
        assert!(assumptions.contains(&said), "{assumptions:#?}");
    };
    failed("hackernews", "it answered 403: blocked");
    failed(&gone, "it answered 410: gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_lacks_posts_says_so() {
    let (hacker_news, feeds) = (hacker_news::start(Vec::new(), 1_000).await, feeds().await);
    let app = app(&hacker_news, &feeds).await;
    let feed = format!("rss:{}", feeds.url("/feed"));
    let prompt = "How many times was Acme mentioned in the last 90 days?";
    let result = app.answer(json!({ "prompt": prompt, "sources": [feed] })).await;
    let coverage = &result["coverage"][&feed];
    assert_eq!(coverage["status"], "truncated", "{coverage:#}");
    assert_eq!(coverage["covered"]["from"], "2026-11-01T10:00:00Z");
    let said = format!(
        "what {feed} gave is not all, so its figures are at least: {}",
        coverage["reason"].as_str().unwrap()
    );
    assert!(result["assumptions"].as_array().unwrap().contains(&json!(said)), "{result:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_source_gives_anything_the_job_fails_and_says_why() {
    let (hacker_news, feeds) = (hacker_news::start(Vec::new(), 1_000).await, feeds().await);
    let app = app(&hacker_news, &feeds).await;
    let payload = app.ask(question(&[&format!("rss:{}", feeds.url("/gone"))])).await;
    let ended = app.ended(&payload).await;
    assert_eq!(ended["status"], "FAILED", "{ended:#}");
    assert_eq!(ended["job"]["error"]["code"], "SOURCES_FAILED");
    assert_eq!(ended["job"]["error"]["message"], "no source answered: it answered 410: gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_only_source_failed_for_now_is_run_again() {
    let posts = vec![Post::comment(1, SUNDAY, "Acme")];
    let (hacker_news, feeds) = (hacker_news::start(posts, 1_000).await, feeds().await);
    hacker_news.script(vec![Some(Reply::status(500, &[], "")); 4]);
    let app = app(&hacker_news, &feeds).await;
    let result = app.answer(question(&["hackernews"])).await;
    assert_eq!(result["result"]["total_mentions"], 1);
    assert_eq!(result["coverage"]["hackernews"]["requests"], 1, "those of the run that answered");
    assert_eq!(hacker_news.seen().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_answered_from_where_hacker_news_cannot_be_reached() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let result = app.answer(json!({ "prompt": "How many times was Acme mentioned?" })).await;
    assert_eq!(result["result"]["total_mentions"], 2, "{result:#}");
    assert_eq!(result["coverage"]["dataset:posts"]["status"], "complete");
    assert_eq!(result["coverage"]["hackernews"]["status"], "error", "{NOWHERE} does not answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_named_by_its_whole_address() {
    let app = TestApp::start().await;
    let wrong =
        ["rss:", "rss", "rss:example.com/feed", "rss:ftp://example.com/feed", "rss:https://"];
    for name in wrong {
        let payload = app.try_ask(question(&[name])).await;
        let error = &payload["userErrors"][0];
        assert_eq!(error["code"], "SOURCE_UNKNOWN", "{name}: {payload:#}");
        assert_eq!(error["path"], json!(["sources", "0"]), "{name}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("rss:https://example.com/feed.xml"), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_says_what_it_covers_or_why_it_does_not_answer() {
    let app = TestApp::start().await;
    let text = "{ sources { name state reason covers needs } }";
    let sources = app.graphql(text, json!({})).await["sources"].clone();
    let ready: Vec<&str> = sources
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|source| {
            let says_why = source["reason"].as_str().is_some_and(|reason| !reason.is_empty());
            let is_ready = source["state"] == "READY";
            assert_ne!(is_ready, says_why, "{source:#}");
            assert_ne!(source["covers"], "", "{source:#}");
            for needed in source["needs"].as_array().unwrap() {
                let reason = source["reason"].as_str().unwrap_or_default();
                assert!(reason.contains(needed.as_str().unwrap()), "{source:#}");
            }
            is_ready.then(|| source["name"].as_str().unwrap())
        })
        .collect();
    assert_eq!(ready, ["hackernews", "gdelt", "telegram:…", "rss:…", "web:…", "dataset:…"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_job_sees_how_its_sources_come_along() {
    let posts =
        (0..1_500).map(|id| Post::comment(id, SUNDAY + i64::try_from(id / 4).unwrap(), "Acme!"));
    let (hacker_news, feeds) = (hacker_news::start(posts.collect(), 1_000).await, feeds().await);
    hacker_news.script([None, Some(Reply::Silence)]);
    let app = app(&hacker_news, &feeds).await;
    let feed = format!("rss:{}", feeds.url("/feed"));
    let asked = app.ask(question(&["hackernews", &feed])).await;
    let mut socket = app.socket().await;
    let follow = "subscription ($job: ID!) { jobProgress(jobId: $job) {
        status sources { source status requests documents } } }";
    socket.subscribe("job", follow, json!({ "job": asked["job"]["id"] })).await;
    let sources = loop {
        let message = socket.next_event("job").await;
        let job = message["payload"]["data"]["jobProgress"].clone();
        assert!(["QUEUED", "RUNNING"].contains(&job["status"].as_str().unwrap()), "{job:#}");
        let is_told = |source: &Value| source["requests"].as_u64() > Some(0);
        let sources = job["sources"].as_array().unwrap().clone();
        if sources.len() == 2 && sources.iter().all(is_told) && sources[0]["requests"] == 2 {
            break sources;
        }
    };
    let [waiting, done] = &sources[..] else { panic!("{sources:?}") };
    assert_eq!((&waiting["source"], &waiting["status"]), (&json!("hackernews"), &json!("RUNNING")));
    assert!(waiting["documents"].as_u64() > Some(0), "{waiting:#}");
    assert_eq!((&done["source"], &done["status"]), (&json!(feed), &json!("COMPLETE")));
    assert!(done["documents"].as_u64() > Some(0), "{done:#}");

    let cancel =
        "mutation ($job: ID!) { cancelJob(input: { jobId: $job }) { userErrors { code } } }";
    app.graphql(cancel, json!({ "job": asked["job"]["id"] })).await;
    let ended = app.ended(&asked).await;
    assert_eq!(ended["status"], "CANCELLED", "{ended:#}");
}
