//! Sources reach what the way out lets them reach, and nothing else.

use bytestack::sources::Rss;
use serde_json::json;

use crate::support::collecting::{collect, hasty, http, window};
use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions};

const FEED: &str = "<rss version='2.0'><channel><title>Blog</title><item><guid>1</guid>
    <link>post</link><title>Acme</title><pubDate>22 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>";

async fn feeds() -> Upstream {
    Upstream::start(|_| Reply::ok("application/rss+xml", FEED)).await
}

fn moved(to: &str) -> Reply {
    Reply::status(302, &[("location", to)], "")
}

#[tokio::test(flavor = "multi_thread")]
async fn loopback_is_refused_unless_the_operator_names_it() {
    let upstream = feeds().await;
    let app = TestApp::start().await;
    let prompt = "How many times was Acme mentioned in the last 7 days?";
    let by_address = format!("rss:{}", upstream.url("/feed"));
    let refused = app.try_ask(json!({ "prompt": prompt, "sources": [by_address] })).await;
    let error = &refused["userErrors"][0];
    assert_eq!(error["code"], "SOURCE_FORBIDDEN", "{refused:#}");
    assert_eq!(error["path"], json!(["sources", "0"]));

    // A name tells nothing until it is looked up: it is refused where it would be dialled.
    let by_name = format!("rss:http://localhost:{}/feed", upstream.address.port());
    let payload = app.try_ask(json!({ "prompt": prompt, "sources": [by_name] })).await;
    if payload["userErrors"] == json!([]) {
        let ended = app.ended(&payload).await;
        assert_eq!(ended["status"], "FAILED", "{ended:#}");
        assert_eq!(ended["job"]["error"]["retryable"], false, "{ended:#}");
    } else {
        assert_eq!(payload["userErrors"][0]["code"], "SOURCE_FORBIDDEN", "{payload:#}");
    }
    assert_eq!(upstream.seen().len(), 0, "nothing was sent");

    let settings = [("ALLOW_PRIVATE", upstream.address.to_string())].into();
    let allowed = TestApp::with(TestOptions { settings, ..TestOptions::default() }).await;
    let result = allowed.answer(json!({ "prompt": prompt, "sources": [by_address] })).await;
    assert_eq!(result["result"]["total_mentions"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hacker_news_at_a_private_address_is_refused_as_well() {
    let upstream = feeds().await;
    let settings = [("HACKERNEWS_BASE_URL", upstream.url("/api/v1"))].into();
    let app = TestApp::with_posts(TestOptions { settings, ..TestOptions::default() }).await;
    let result = app.answer(json!({ "prompt": "How many times was Acme mentioned?" })).await;
    assert_eq!(result["result"]["total_mentions"], 2);
    assert_eq!(result["coverage"]["hackernews"]["status"], "error");
    assert_eq!(upstream.seen().len(), 0, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_five_times_and_links_are_relative_to_their_end() {
    let upstream = feeds().await;
    let source = Rss::new(http(hasty()), 10);
    let window = window("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
    let name = format!("rss:{}", upstream.url("/0"));
    upstream.script((1..=5).map(|hop| Some(moved(&format!("/{hop}/")))));
    let taken = collect(&source, &name, window, &[]).await;
    assert_eq!(taken.documents[0].url.as_deref(), Some(upstream.url("/5/post").as_str()));

    upstream.script((1..=6).map(|hop| Some(moved(&format!("/{hop}")))));
    let taken = collect(&source, &name, window, &[]).await;
    assert_eq!(taken.reason(), "it answered 302");
}
