//! Sources that can be asked in more than one way, and collectors that are named themselves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytestack::model::document::DocumentKind;
use bytestack::model::reading::Term;
use bytestack::model::window::TimeRange;
use bytestack::sources::http::Politeness;
use bytestack::sources::pace::Pace;
use bytestack::sources::{Collector, Service, Setup, SourceError, TIKTOK_DATASET, X_ACTOR};
use serde_json::{Value, json};

use crate::support::collecting::{Taken, collect, hasty, http, window};
use crate::support::upstream::{Reply, Seen, Upstream};
use crate::support::{TestApp, TestOptions};

const PROMPT: &str = "How many times was Acme mentioned since 2026-11-18?";

/// How often it says that rows are not there yet: more often than what is broken is tried again.
const LATE: usize = 5;

/// Bright Data's server: a collection has ended after so many questions; where it took more than one, its rows
/// are there a little later.
async fn bright_data(rows: Vec<Value>, questions: usize, ends_as: &'static str) -> Upstream {
    let (asked, read) =
        (AtomicUsize::new(0), AtomicUsize::new(if questions == 1 { LATE } else { 0 }));
    Upstream::start(move |seen| {
        if seen.headers.get("authorization").map(String::as_str) != Some("Bearer bright-token-4711") {
            return Reply::status(401, &[], "Invalid credentials");
        }
        let (path, _) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
        let body = match path {
            "/datasets/v3/trigger" => json!({ "snapshot_id": "s_1" }),
            "/datasets/v3/progress/s_1" => {
                let is_ended = asked.fetch_add(1, Ordering::SeqCst) + 1 >= questions;
                let status = if is_ended { ends_as } else { "running" };
                json!({ "snapshot_id": "s_1", "status": status, "error_message": "the page has changed" })
            }
            "/datasets/v3/snapshot/s_1/cancel" => return Reply::ok("text/plain", "OK"),
            "/datasets/v3/snapshot/s_1" if read.fetch_add(1, Ordering::SeqCst) < LATE => {
                let body = json!({ "status": "building", "message": "try again in 10s" });
                return Reply::status(202, &[("content-type", "application/json")], body.to_string());
            }
            "/datasets/v3/snapshot/s_1" => {
                let (size, part) = (number(seen, "batch_size"), number(seen, "part"));
                let page: Vec<Value> = rows.iter().skip(size * (part - 1)).take(size).cloned().collect();
                if page.is_empty() && part > 1 {
                    return Reply::status(404, &[], "no such part");
                }
                Value::Array(page)
            }
            _ => return Reply::status(404, &[], "{}"),
        };
        Reply::ok("application/json", body.to_string())
    })
    .await
}

fn number(seen: &Seen, name: &str) -> usize {
    let (_, after) = seen.path.split_once(&format!("{name}=")).unwrap();
    after.split('&').next().unwrap().parse().unwrap()
}

fn video(number: usize) -> Value {
    json!({ "post_id": number.to_string(), "url": format!("https://www.tiktok.com/@danaito/video/{number}"),
        "description": "Acme in 60s", "create_time": "2026-11-20T09:15:02.000Z", "digg_count": 120,
        "share_count": "4", "comment_count": 9, "play_count": 5_400, "profile_id": (number % 7).to_string(),
        "profile_username": "danaito" })
}

fn dead_row() -> Value {
    json!({ "error": "the page is gone", "error_code": "dead_page", "input": { "keyword": "Acme" } })
}

/// With these servers, each at the base address of a setting.
async fn app(servers: &[(&str, String, &Upstream)], more: &[(&str, &str)]) -> TestApp {
    let addresses: Vec<String> =
        servers.iter().map(|(_, _, upstream)| upstream.address.to_string()).collect();
    let own = servers
        .iter()
        .map(|(name, path, upstream)| (format!("{name}_BASE_URL"), upstream.url(path)));
    let own = own.chain([("ALLOW_PRIVATE".to_owned(), addresses.join(","))]);
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings = own.chain(more).map(|(name, value)| (&*name.leak(), value)).collect();
    TestApp::with(TestOptions { settings, ..TestOptions::default() }).await
}

const BRIGHT_TOKEN: (&str, &str) = ("BRIGHTDATA_TOKEN", "bright-token-4711");

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_of_bright_data_is_started_waited_for_and_read() {
    let upstream = bright_data(vec![video(1), dead_row()], 1, "ready").await;
    let servers = [("BRIGHTDATA", String::new(), &upstream)];
    let app = app(&servers, &[BRIGHT_TOKEN, ("MAX_DOCUMENTS", "50")]).await;
    let result = app.answer(json!({ "prompt": PROMPT, "sources": ["tiktok"] })).await;
    assert_eq!(result["result"]["total_mentions"], 1, "{result:#}");
    let covered = &result["coverage"]["tiktok"];
    assert_eq!(
        (&covered["status"], &covered["backend"]),
        (&json!("partial"), &json!("brightdata:gd_lu702nij2f790tmv9h"))
    );
    assert!(covered["reason"].as_str().unwrap().contains("rows that are no posts: 1"), "{covered}");
    let post = &result["evidence"][0];
    assert_eq!(post["author"]["handle"], "danaito", "{post}");
    assert_eq!(post["published_at"], "2026-11-20T09:15:02Z");

    let seen = upstream.seen();
    let started = &seen[0].path;
    for part in ["dataset_id=gd_lu702nij2f790tmv9h", "discover_by=keyword", "limit_per_input=50"] {
        assert!(started.contains(part), "{started}");
    }
    let sent: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(sent, json!([{ "keyword": "Acme" }]));
    app.stop().await;

    let upstream = bright_data(vec![video(1)], 2, "ready").await;
    let taken = directly(&upstream, hasty(), 1.0).await;
    assert_eq!(taken.ids(), ["1"], "{}", taken.reason());
    assert_eq!(
        taken.requests,
        4 + LATE as u64,
        "started, twice looked at, and read when it was there"
    );
}

fn setup(upstream: &Upstream, path: &str, politeness: Politeness, max_usd: f64) -> Setup {
    Setup {
        http: http(politeness),
        base_url: upstream.url(path),
        token: Some("bright-token-4711".into()),
        max_documents: 2_500,
        max_usd,
        pace: Pace::default(),
    }
}

fn week() -> TimeRange {
    window("2026-11-18T00:00:00Z", "2026-11-23T00:00:00Z")
}

async fn directly(upstream: &Upstream, politeness: Politeness, max_usd: f64) -> Taken {
    let setup = setup(upstream, "", politeness, max_usd);
    let source = Collector::new(setup, Service::BrightData, &TIKTOK_DATASET);
    collect(&source, "tiktok", week(), &[Term::Text("Acme".to_owned())]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_in_parts_and_are_paid_for_by_the_row() {
    let upstream = bright_data((0..2_000).map(video).collect(), 1, "ready").await;
    let taken = directly(&upstream, hasty(), 10.0).await;
    assert_eq!(taken.ids().len(), 2_000, "{}", taken.reason());
    assert!(taken.reason().contains("need not be all"), "{}", taken.reason());

    let upstream = bright_data((0..1_000).map(video).collect(), 1, "ready").await;
    let taken = directly(&upstream, hasty(), 1.5).await;
    assert_eq!(number(&upstream.seen()[0], "limit_per_input"), 1_000);
    assert!(taken.reason().contains("the budget of 1.5 USD was reached"), "{}", taken.reason());

    let taken = directly(&upstream, hasty(), 0.001).await;
    assert!(
        matches!(&taken.ended, Err(SourceError::Permanent(why)) if why.contains("does not pay"))
    );
    assert_eq!(taken.requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_fails_or_lasts_too_long_gives_nothing() {
    let upstream = bright_data(vec![video(1)], 1, "failed").await;
    let taken = directly(&upstream, hasty(), 1.0).await;
    let expected = "the snapshot s_1 ended as failed: the page has changed";
    assert_eq!(taken.ended, Err(SourceError::Transient(expected.to_owned())));

    let upstream = bright_data(vec![video(1)], usize::MAX, "ready").await;
    let quick = Politeness {
        answer_within: Duration::from_millis(400),
        job_within: Duration::from_millis(900),
        ..hasty()
    };
    let taken = directly(&upstream, quick, 1.0).await;
    assert!(matches!(&taken.ended, Err(SourceError::Transient(why)) if why.contains("cancelled")));
    assert_eq!(upstream.seen().last().unwrap().path, "/datasets/v3/snapshot/s_1/cancel");

    for fault in [Reply::CutOff("{".into()), Reply::status(502, &[], "bad gateway")] {
        let upstream = bright_data(vec![], 1, "ready").await;
        upstream.script([Some(fault)]);
        let taken = directly(&upstream, hasty(), 1.0).await;
        assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
        assert_eq!(taken.requests, 1, "it may be paid for already");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_way_is_asked_where_the_one_before_fails() {
    let apify = Upstream::start(|_| {
        let error = json!({ "error": { "type": "not-enough-usage-to-run-paid-actor", "message": "no credit" } });
        Reply::status(402, &[("content-type", "application/json")], error.to_string())
    })
    .await;
    let bright = bright_data(vec![video(1)], 1, "ready").await;
    let servers = [("APIFY", "/v2".to_owned(), &apify), ("BRIGHTDATA", String::new(), &bright)];
    let tokens = [BRIGHT_TOKEN, ("APIFY_TOKEN", "apify-token-4711")];
    let app_1 = app(&servers, &tokens).await;
    let result = app_1.answer(json!({ "prompt": PROMPT, "sources": ["tiktok"] })).await;
    let covered = &result["coverage"]["tiktok"];
    assert_eq!(result["result"]["total_mentions"], 1, "{covered}");
    assert_eq!(covered["backend"], "brightdata:gd_lu702nij2f790tmv9h");
    let reason = covered["reason"].as_str().unwrap();
    assert!(reason.starts_with("apify failed: it answered 402"), "{reason}");
    app_1.stop().await;

    // In the order that its operator wants.
    let turned = [tokens[0], tokens[1], ("TIKTOK_BACKENDS", "brightdata,apify")];
    let app_2 = app(&servers, &turned).await;
    let before = apify.seen().len();
    let result = app_2.answer(json!({ "prompt": PROMPT, "sources": ["tiktok"] })).await;
    assert_eq!(result["result"]["total_mentions"], 1);
    assert_eq!(apify.seen().len(), before);
    app_2.stop().await;

    // Where none answers, each says why.
    let bright = bright_data(vec![], 1, "failed").await;
    let servers = [("APIFY", "/v2".to_owned(), &apify), ("BRIGHTDATA", String::new(), &bright)];
    let app_3 = app(&servers, &tokens).await;
    let sources = json!(["tiktok", "dataset:posts"]);
    app_3.upload("posts", "text/csv", "text,published_at\nAcme,2026-11-20\n").await;
    let result = app_3.answer(json!({ "prompt": PROMPT, "sources": sources })).await;
    let covered = &result["coverage"]["tiktok"];
    assert_eq!(covered["status"], "error", "{covered}");
    let reason = covered["reason"].as_str().unwrap();
    assert!(reason.contains("apify failed: it answered 402"), "{reason}");
    assert!(reason.contains("brightdata failed: the snapshot s_1 ended as failed"), "{reason}");
    app_3.stop().await;
}

/// A collector stands in for the platform's own search only where its operator says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_platform_may_be_collected_where_its_own_search_refuses() {
    let x = Upstream::start(|_| Reply::status(403, &[], "not with this plan")).await;
    let apify = apify(posts_of_x()).await;
    let servers = [("X", "/2".to_owned(), &x), ("APIFY", "/v2".to_owned(), &apify)];
    let tokens = [("X_TOKEN", "x-token"), ("APIFY_TOKEN", "apify-token-4711")];
    let alone = app(&servers, &tokens).await;
    alone.upload("posts", "text/csv", "text,published_at\nAcme,2026-11-20\n").await;
    let sources = json!(["x", "dataset:posts"]);
    let result = alone.answer(json!({ "prompt": PROMPT, "sources": sources })).await;
    assert_eq!(result["coverage"]["x"]["status"], "error");
    assert!(apify.seen().is_empty());
    let all = alone.graphql("{ sources { name backends } }", json!({})).await;
    let of = |name: &str| {
        let sources = all["sources"].as_array().unwrap();
        sources.iter().find(|one| one["name"] == name).unwrap()["backends"].clone()
    };
    assert_eq!((of("x"), of("linkedin")), (json!(["official"]), json!(["apify"])));
    assert_eq!((of("reddit"), of("brightdata:…")), (json!([]), json!([])));
    alone.stop().await;

    let both = app(&servers, &[tokens[0], tokens[1], ("X_BACKENDS", "official,apify")]).await;
    let result = both.answer(json!({ "prompt": PROMPT, "sources": ["x"] })).await;
    let covered = &result["coverage"]["x"];
    assert_eq!(covered["backend"], "apify:apidojo/tweet-scraper", "{covered}");
    assert!(covered["reason"].as_str().unwrap().starts_with("official failed: it answered 403"));
    assert_eq!(result["result"]["total_mentions"], 3, "{result:#}");
    let source = Collector::new(setup(&apify, "/v2", hasty(), 1.0), Service::Apify, &X_ACTOR);
    let taken = collect(&source, "x", week(), &[Term::Text("Acme".to_owned())]).await;
    let kinds: Vec<DocumentKind> = taken.documents.iter().map(|post| post.kind).collect();
    assert_eq!(kinds, [DocumentKind::Post, DocumentKind::Reply, DocumentKind::Quote]);
    let sent: Value = serde_json::from_slice(&apify.seen()[0].body).unwrap();
    assert_eq!(sent["searchTerms"], json!(["\"Acme\""]));
    assert_eq!((&sent["start"], &sent["end"]), (&json!("2026-11-18"), &json!("2026-11-24")));
    both.stop().await;
}

fn posts_of_x() -> Vec<Value> {
    let post = |id: &str, kind: &str| {
        json!({ "type": "tweet", "id": id, "url": format!("https://x.com/dana/status/{id}"), "fullText": "Acme is up",
            "createdAt": "Fri Nov 20 09:15:02 +0000 2026", "likeCount": 3, "retweetCount": 1, "replyCount": 0,
            "lang": "en", kind: true, "author": { "id": id, "userName": "dana", "name": "Dana" } })
    };
    vec![
        post("1", "isNone"),
        post("2", "isReply"),
        post("3", "isQuote"),
        json!({ "noResults": true }),
    ]
}

/// Apify's server, whose runs have ended when they begin.
async fn apify(rows: Vec<Value>) -> Upstream {
    Upstream::start(move |seen| {
        let body = if seen.path.starts_with("/v2/acts/") {
            json!({ "data": { "id": "run1", "status": "SUCCEEDED", "defaultDatasetId": "set1" } })
        } else {
            Value::Array(rows.clone())
        };
        Reply::ok("application/json", body.to_string())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_is_asked_by_its_own_name() {
    let apify = apify(posts_of_x()).await;
    let bright = bright_data(vec![video(1)], 1, "ready").await;
    let servers = [("APIFY", "/v2".to_owned(), &apify), ("BRIGHTDATA", String::new(), &bright)];
    let app = app(&servers, &[BRIGHT_TOKEN, ("APIFY_TOKEN", "apify-token-4711")]).await;
    let sources = json!(["apify:acme-labs/forum.search", "brightdata:gd_m6hn4r5s27zfhc7w4"]);
    let result = app.answer(json!({ "prompt": PROMPT, "sources": sources })).await;
    assert_eq!(result["result"]["total_mentions"], 4, "{result:#}");
    assert_eq!(
        result["result"]["by_source"]["apify:acme-labs/forum.search"]["mentions"], 3,
        "{result:#}"
    );
    let covered = &result["coverage"]["apify:acme-labs/forum.search"];
    assert_eq!(covered["backend"], "apify:acme-labs/forum.search", "{covered}");
    assert!(apify.seen()[0].path.starts_with("/v2/acts/acme-labs~forum.search/runs?"));
    assert_eq!(
        result["coverage"]["brightdata:gd_m6hn4r5s27zfhc7w4"]["backend"],
        "brightdata:gd_m6hn4r5s27zfhc7w4"
    );

    for (name, example) in [
        ("apify:tweet-scraper", "apify:apidojo/tweet-scraper"),
        ("apify:../runs", "apify:apidojo/tweet-scraper"),
        ("brightdata:tiktok", "brightdata:gd_"),
        ("brightdata:gd_a/../b", "brightdata:gd_"),
    ] {
        let asked = app.try_ask(json!({ "prompt": PROMPT, "sources": [name] })).await;
        let error = &asked["userErrors"][0];
        assert_eq!(error["code"], "SOURCE_UNKNOWN", "{name}: {asked}");
        assert!(error["message"].as_str().unwrap().contains(example), "{error}");
    }
    app.stop().await;
}
