//! Platforms that a collector searches: it is started once, waited for, paid no more than allowed, and what it
//! finds is what is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytestack::model::reading::Term;
use bytestack::model::result::CoverageStatus;
use bytestack::sources::http::Politeness;
use bytestack::sources::pace::Pace;
use bytestack::sources::{Collector, LINKEDIN, Service, Setup, SourceError};
use serde_json::{Value, json};

use crate::support::collecting::{Taken, collect, hasty, http, window};
use crate::support::upstream::{Reply, Seen, Upstream};
use crate::support::{TestApp, TestOptions};

/// The collector's server: runs end after so many questions, as `status`.
async fn apify(rows: Vec<Value>, questions: usize, status: &'static str) -> Upstream {
    let asked = AtomicUsize::new(0);
    Upstream::start(move |seen| answer(seen, &rows, &asked, questions, status)).await
}

fn answer(
    seen: &Seen,
    rows: &[Value],
    asked: &AtomicUsize,
    questions: usize,
    status: &str,
) -> Reply {
    if seen.headers.get("authorization").map(String::as_str) != Some("Bearer apify-token-4711") {
        let error =
            json!({ "error": { "type": "user-or-token-not-found", "message": "no such token" } });
        return Reply::status(401, &[("content-type", "application/json")], error.to_string());
    }
    let run = |status: &str| {
        let message = (status == "FAILED").then_some("the page has changed");
        json!({ "data": { "id": "run1", "status": status, "statusMessage": message, "defaultDatasetId": "set1", "usageTotalUsd": 0.1 } })
    };
    let path = seen.path.split('?').next().unwrap();
    let body = match path {
        _ if path.starts_with("/v2/acts/") => run("READY"),
        "/v2/actor-runs/run1" => {
            assert!(seen.path.contains("waitForFinish="), "{}", seen.path);
            let ended = asked.fetch_add(1, Ordering::SeqCst) + 1 >= questions;
            run(if ended { status } else { "RUNNING" })
        }
        "/v2/actor-runs/run1/abort" => run("ABORTED"),
        "/v2/datasets/set1/items" => {
            let number = |name: &str| -> usize {
                let (_, after) = seen.path.split_once(&format!("{name}=")).unwrap();
                after.split('&').next().unwrap().parse().unwrap()
            };
            let page = rows.iter().skip(number("offset")).take(number("limit"));
            page.cloned().collect::<Value>()
        }
        _ => return Reply::status(404, &[], "{}"),
    };
    Reply::ok("application/json", body.to_string())
}

fn linkedin(number: u32) -> Value {
    json!({ "id": format!("urn:{number}"), "linkedinUrl": format!("https://www.linkedin.com/posts/{number}"),
        "content": "We like Acme", "author": { "id": (number % 7).to_string(), "publicIdentifier": "li", "name": "Li" },
        "postedAt": { "timestamp": 1_795_166_102_000_i64 + i64::from(number), "date": "2026-11-20T09:15:02.000Z" },
        "engagement": { "likes": 3, "comments": 1, "shares": 0 } })
}

async fn app(apify: &Upstream, more: &[(&'static str, &'static str)]) -> TestApp {
    let mut settings = vec![
        ("APIFY_BASE_URL", &*apify.url("/v2").leak()),
        ("APIFY_TOKEN", "apify-token-4711"),
        ("ALLOW_PRIVATE", &*apify.address.to_string().leak()),
    ];
    settings.extend(more);
    let settings = settings.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    TestApp::with(TestOptions { settings, ..TestOptions::default() }).await
}

const PROMPT: &str = "How many times was Acme mentioned since 2026-11-18?";

fn path_of(upstream: &Upstream, at: usize) -> String {
    upstream.seen()[at].path.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_platform_is_searched_by_its_collector() {
    let rows = |name: &str| -> Vec<Value> {
        let rows: Value =
            serde_json::from_str(include_str!("support/platforms/collected.json")).unwrap();
        rows[name].as_array().unwrap().clone()
    };
    for (name, actor, input) in [
        (
            "linkedin",
            "harvestapi~linkedin-post-search",
            json!({ "searchQueries": ["Acme"], "maxPosts": 50, "postedLimitDate": "2026-11-18", "sortBy": "date" }),
        ),
        (
            "tiktok",
            "clockworks~tiktok-scraper",
            json!({ "searchQueries": ["Acme"], "searchSection": "/video", "resultsPerPage": 50, "oldestPostDateUnified": "2026-11-18" }),
        ),
        (
            "instagram",
            "apify~instagram-hashtag-scraper",
            json!({ "hashtags": ["acme"], "resultsType": "posts", "resultsLimit": 50 }),
        ),
        (
            "facebook",
            "scraper_one~facebook-posts-search",
            json!({ "query": "Acme", "searchType": "latest", "resultsCount": 50 }),
        ),
    ] {
        let upstream = apify(rows(name), 2, "SUCCEEDED").await;
        let app = app(&upstream, &[("MAX_DOCUMENTS", "50"), ("MAX_USD", "2")]).await;
        let result = app.answer(json!({ "prompt": PROMPT, "sources": [name] })).await;
        assert_eq!(result["result"]["total_mentions"], 1, "{name}: {result:#}");
        let covered = &result["coverage"][name];
        assert_eq!(covered["status"], "partial", "{name}");
        assert_eq!(covered["backend"], format!("apify:{}", actor.replace('~', "/")), "{name}");
        let reason = covered["reason"].as_str().unwrap();
        assert!(reason.contains("need not be all") && reason.contains("no posts: 1"), "{reason}");
        let seen = &upstream.seen()[0];
        assert!(seen.path.starts_with(&format!("/v2/acts/{actor}/runs?")), "{}", seen.path);
        assert!(
            seen.path.contains("maxItems=50") && seen.path.contains("maxTotalChargeUsd=2"),
            "{}",
            seen.path
        );
        let sent: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(sent, input, "{name}");
        let post = &result["evidence"][0];
        assert_eq!(post["author"]["name"], "Dana Ito", "{name}: {post}");
        assert_eq!(post["published_at"], "2026-11-20T09:15:02Z", "{name}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_come_in_pages_and_the_limit_of_documents_holds() {
    let rows: Vec<Value> = (0..1_500).map(linkedin).collect();
    let upstream = apify(rows.clone(), 1, "SUCCEEDED").await;
    let app_1 = app(&upstream, &[]).await;
    let result = app_1.answer(json!({ "prompt": PROMPT, "sources": ["linkedin"] })).await;
    assert_eq!(result["result"]["total_mentions"], 1_500);
    assert_eq!(result["result"]["unique_users"], 7);
    app_1.stop().await;

    let upstream = apify(rows, 1, "SUCCEEDED").await;
    let app_2 = app(&upstream, &[("LINKEDIN_MAX_DOCUMENTS", "1200")]).await;
    let result = app_2.answer(json!({ "prompt": PROMPT, "sources": ["linkedin"] })).await;
    assert_eq!(result["result"]["total_mentions"], 1_200);
    let covered = &result["coverage"]["linkedin"];
    assert_eq!(covered["status"], "truncated");
    assert!(
        covered["reason"].as_str().unwrap().contains("the limit of 1200 documents"),
        "{covered}"
    );
    app_2.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_finds_nothing_may_be_broken() {
    let upstream = apify(vec![json!({ "noResults": true })], 1, "SUCCEEDED").await;
    let app = app(&upstream, &[]).await;
    let result = app.answer(json!({ "prompt": PROMPT, "sources": ["tiktok"] })).await;
    let covered = &result["coverage"]["tiktok"];
    assert_eq!(
        (&covered["status"], &result["result"]["total_mentions"]),
        (&json!("partial"), &json!(0))
    );
    assert!(
        covered["reason"].as_str().unwrap().contains("may also mean that it no longer works"),
        "{covered}"
    );
    app.stop().await;
}

async fn directly(upstream: &Upstream, politeness: Politeness) -> Taken {
    let setup = Setup {
        http: http(politeness),
        base_url: upstream.url("/v2"),
        token: Some("apify-token-4711".into()),
        max_documents: 100,
        max_usd: 1.0,
        pace: Pace::default(),
    };
    let window = window("2026-11-18T00:00:00Z", "2026-11-23T00:00:00Z");
    collect(
        &Collector::new(setup, Service::Apify, &LINKEDIN),
        "linkedin",
        window,
        &[Term::Text("Acme".to_owned())],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_not_started_twice_when_nobody_knows_whether_it_began() {
    for fault in
        [Reply::CutOff("{".into()), Reply::status(502, &[], "bad gateway"), Reply::html("wall")]
    {
        let upstream = apify(vec![], 1, "SUCCEEDED").await;
        upstream.script([Some(fault)]);
        let taken = directly(&upstream, hasty()).await;
        assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
        assert_eq!(taken.requests, 1, "it may be paid for already");
    }
    // One that was refused for now never began.
    let upstream = apify(vec![linkedin(1)], 1, "SUCCEEDED").await;
    upstream.script([Some(Reply::status(429, &[], "{}"))]);
    let taken = directly(&upstream, hasty()).await;
    assert_eq!((taken.ids(), taken.requests), (vec!["urn:1"], 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_run_found_counts_and_one_that_found_nothing_has_failed() {
    let upstream = apify(vec![linkedin(1)], 1, "FAILED").await;
    let taken = directly(&upstream, hasty()).await;
    assert_eq!(taken.ids(), ["urn:1"]);
    assert_eq!(taken.collected().status, CoverageStatus::Partial);
    assert!(taken.reason().contains("ended as FAILED: the page has changed"), "{}", taken.reason());

    let upstream = apify(vec![], 1, "FAILED").await;
    let taken = directly(&upstream, hasty()).await;
    assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_that_are_left_are_kept_to_stop_a_run_and_to_read_it() {
    let upstream = Arc::new(apify(vec![linkedin(1)], usize::MAX, "SUCCEEDED").await);
    let taken = directly(&upstream, Politeness { job_requests: 4, ..hasty() }).await;
    assert_eq!((taken.ids(), taken.requests), (vec!["urn:1"], 4), "{}", taken.reason());
    assert_eq!(path_of(&upstream, 2), "/v2/actor-runs/run1/abort");
}

/// It is paid for by its time.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_takes_too_long_is_stopped() {
    let upstream = Arc::new(apify(vec![linkedin(1)], usize::MAX, "SUCCEEDED").await);
    let quick = Politeness {
        answer_within: Duration::from_millis(400),
        job_within: Duration::from_millis(900),
        ..hasty()
    };
    let taken = directly(&upstream, quick).await;
    assert_eq!(taken.ids(), ["urn:1"], "{}", taken.reason());
    assert!(taken.reason().contains("ended as ABORTED"), "{}", taken.reason());
    let seen = upstream.seen();
    let last_two = seen.len() - 2;
    assert_eq!(path_of(&upstream, last_two), "/v2/actor-runs/run1/abort");
}
