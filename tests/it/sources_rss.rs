//! The source `rss:…` against a feed server on loopback.

use serde_json::json;

use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions};

fn rss(items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>Blog</title>
         <link>https://blog.example/</link><language>en</language>{items}</channel></rss>"
    )
}

fn item(id: &str, date: &str, title: &str) -> String {
    format!(
        "<item><guid isPermaLink='false'>{id}</guid><link>/posts/{id}</link><title>{title}</title>
         <description>&lt;p&gt;Text &amp;amp; more of {id}&lt;/p&gt;</description>
         <pubDate>{date}</pubDate></item>"
    )
}

fn allowing(upstream: &Upstream) -> TestOptions {
    let settings = [("ALLOW_PRIVATE", upstream.address.to_string())].into();
    TestOptions { settings, ..TestOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_a_feed_is_answered_from_its_items() {
    let feed = rss(&[
        item("1", "Sun, 22 Nov 2026 10:00:00 GMT", "Acme &amp;amp; we"),
        item("2", "Sat, 21 Nov 2026 10:00:00 GMT", "Nothing"),
        item("3", "Fri, 20 Nov 2026 10:00:00 GMT", "ACME again"),
        item("4", "Sun, 01 Nov 2026 10:00:00 GMT", "Acme long ago"),
    ]
    .concat());
    let upstream = Upstream::start(move |_| Reply::ok("application/rss+xml", feed.clone())).await;
    let app = TestApp::with(allowing(&upstream)).await;
    let source = format!("rss:{}", upstream.url("/feed"));
    let result = app
        .answer(json!({ "prompt": "How many times was Acme mentioned in the last 7 days?", "sources": [source] }))
        .await;
    assert_eq!(result["result"]["total_mentions"], 2, "{result:#}");
    assert_eq!(result["result"]["by_source"][&source], json!({ "mentions": 2, "unique_users": 0 }));
    let covered = json!({ "from": "2026-11-16T17:30:00Z", "to": "2026-11-23T17:30:00Z" });
    assert_eq!(
        result["coverage"][&source],
        json!({ "status": "complete", "requested": covered, "covered": covered, "requests": 1,
                "upstream_total": null, "reason": null })
    );
    let evidence = &result["evidence"][0];
    assert_eq!(evidence["id"], "1");
    assert_eq!(evidence["title"], "Acme & we");
    assert_eq!(evidence["text"], "Text & more of 1");
    assert_eq!(evidence["url"], upstream.url("/posts/1"));

    let seen = &upstream.seen()[0];
    assert!(seen.headers["user-agent"].starts_with("ByteStack/"), "{seen:?}");
    assert!(seen.headers["accept"].starts_with("application/rss+xml"), "{seen:?}");
}
