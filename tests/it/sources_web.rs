//! Pages and sitemaps: what a site holds of the window is what is given, and what it forbids is not asked for.

use std::collections::HashMap;
use std::io::Write as _;

use bytestack::model::reading::Term;
use bytestack::model::result::CoverageStatus;
use bytestack::sources::http::Politeness;
use bytestack::sources::{SourceError, Web};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::collecting::{Taken, collect, hasty, http, window};
use crate::support::upstream::{Reply, Upstream};

async fn ask(site: &Upstream, path: &str, most: u32, politeness: Politeness) -> Taken {
    let web = Web::new(http(politeness), most);
    let window = window("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
    let name = format!("web:{}", site.url(path));
    collect(&web, &name, window, &[Term::Text("Acme".to_owned())]).await
}

fn page(published: &str, text: &str) -> Reply {
    let date = format!("<meta property='article:published_time' content='{published}'>");
    let html = format!(
        "<!DOCTYPE html><html lang=en><head><title>T</title>{date}</head><body><main><p>{text}</p></main></body></html>"
    );
    Reply::ok("text/html", html)
}

fn xml(body: &str) -> Reply {
    Reply::ok("application/xml", format!("<?xml version=\"1.0\"?>{body}"))
}

/// A site that answers 404 for everything else; `HOST` in its texts is its own address.
async fn site(pages: Vec<(&'static str, Reply)>) -> Upstream {
    let pages: HashMap<&str, Reply> = pages.into_iter().collect();
    Upstream::start(move |seen| {
        let reply = pages.get(seen.path.as_str()).cloned();
        match reply.unwrap_or_else(|| Reply::status(404, &[], "not here")) {
            Reply::Whole(status, headers, body) => {
                let is_text = std::str::from_utf8(&body).is_ok();
                let host = format!("http://{}", seen.headers["host"]);
                let own = |body: &[u8]| String::from_utf8_lossy(body).replace("HOST", &host);
                let body = if is_text { own(&body).into_bytes() } else { body };
                Reply::Whole(status, headers, body)
            }
            other => other,
        }
    })
    .await
}

fn paths(site: &Upstream) -> Vec<String> {
    site.seen().into_iter().map(|seen| seen.path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_one_document() {
    let site = site(vec![("/news/a", page("2026-11-20T10:00:00Z", "Acme is here"))]).await;
    let taken = ask(&site, "/news/a", 10, hasty()).await;
    let collected = taken.collected();
    assert_eq!((collected.status, collected.reason.as_deref()), (CoverageStatus::Complete, None));
    assert_eq!(taken.ids(), [site.url("/news/a")]);
    assert_eq!(taken.documents[0].text, "Acme is here");
    assert_eq!(paths(&site), ["/robots.txt", "/news/a"]);
    let agent = &site.seen()[0].headers["user-agent"];
    assert!(agent.starts_with("ByteStack/"), "{agent}");

    let undated = site_with_undated().await;
    let taken = ask(&undated, "/", 10, hasty()).await;
    assert_eq!(taken.collected().status, CoverageStatus::Partial);
    assert!(taken.documents.is_empty() && taken.reason().contains("without a date"), "{taken:?}");
}

async fn site_with_undated() -> Upstream {
    site(vec![("/", Reply::html("Acme"))]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitemap_gives_its_pages_of_the_window_and_says_what_is_missing() {
    let packed = {
        let mut gz = GzEncoder::new(Vec::new(), Compression::default());
        // The address of the site is not known yet: these are of another one, and not this site's to list.
        gz.write_all(b"<urlset><url><loc>https://other.example/x</loc></url></urlset>").unwrap();
        gz.finish().unwrap()
    };
    let index = "<sitemapindex><sitemap><loc>HOST/news.xml</loc><lastmod>2026-11-22</lastmod></sitemap>\
        <sitemap><loc>HOST/packed.xml.gz</loc></sitemap>\
        <sitemap><loc>HOST/old.xml</loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>";
    let news = "<urlset><url><loc>HOST/a</loc><lastmod>2026-11-22</lastmod></url>\
        <url><loc>HOST/changed</loc><lastmod>2026-11-21T08:00:00Z</lastmod></url>\
        <url><loc>HOST/before</loc><lastmod>2026-11-21</lastmod></url>\
        <url><loc>HOST/old</loc><lastmod>2026-11-01</lastmod></url>\
        <url><loc>HOST/private/b</loc></url><url><loc>HOST/unwanted</loc></url>\
        <url><loc>HOST/undated</loc></url><url><loc>HOST/gone</loc></url></urlset>";
    let unwanted = "<!DOCTYPE html><html><meta name=robots content=noindex><p>Acme</p></html>";
    let site = site(vec![
        ("/robots.txt", Reply::ok("text/plain", "User-agent: *\nDisallow: /private/\n")),
        ("/sitemap.xml", xml(index)),
        ("/news.xml", xml(news)),
        ("/packed.xml.gz", Reply::ok("application/octet-stream", packed)),
        ("/a", page("2026-11-20T10:00:00Z", "Acme a")),
        ("/changed", Reply::html("Acme, known by its change alone")),
        ("/before", page("2026-11-10T10:00:00Z", "Acme, from before")),
        ("/unwanted", Reply::ok("text/html", unwanted)),
        ("/undated", Reply::html("Acme, some time")),
    ])
    .await;
    let taken = ask(&site, "/sitemap.xml", 100, hasty()).await;
    assert_eq!(taken.ids(), [site.url("/a"), site.url("/changed")], "{}", taken.reason());
    assert_eq!(taken.collected().status, CoverageStatus::Partial);
    for part in [
        "without a date that can be read were left out: 1",
        "robots.txt forbids were not read: 1",
        "ask not to be indexed were left out: 1",
        "could not be read: 1",
        "it answered 404",
    ] {
        assert!(taken.reason().contains(part), "{part}: {}", taken.reason());
    }
    let asked = paths(&site);
    for path in ["/private/b", "/old", "/old.xml"] {
        assert!(!asked.iter().any(|asked| asked == path), "{path}: {asked:?}");
    }
    assert_eq!(taken.requests, asked.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_robots_forbid_or_may_forbid_is_not_read() {
    let rules = Reply::ok("text/plain", "User-agent: bytestack\nDisallow: /\n");
    let site_of = |rules| vec![("/robots.txt", rules), ("/a", page("2026-11-20", "Acme"))];
    let closed = site(site_of(rules)).await;
    let taken = ask(&closed, "/a", 10, hasty()).await;
    assert!(matches!(taken.ended, Err(SourceError::Permanent(_))), "{:?}", taken.ended);
    assert!(taken.reason().contains("forbids"), "{}", taken.reason());
    assert_eq!(paths(&closed), ["/robots.txt"]);

    let broken = site(site_of(Reply::status(503, &[], "later"))).await;
    let taken = ask(&broken, "/a", 10, hasty()).await;
    assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
    assert_eq!(paths(&broken), ["/robots.txt"; 4]);

    let refused = site(site_of(Reply::status(403, &[], "no"))).await;
    let taken = ask(&refused, "/a", 10, hasty()).await;
    assert_eq!(taken.ids().len(), 1, "a host without rules allows all: {}", taken.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_an_address_leads_to_has_rules_of_its_own() {
    let other = site(vec![("/a", page("2026-11-20", "Acme elsewhere"))]).await;
    let to = |location: String| Reply::status(302, &[("location", location.as_str())], "");
    let begin = site(vec![
        ("/robots.txt", Reply::ok("text/plain", "User-agent: *\nDisallow: /private/\n")),
        ("/away", to(other.url("/a"))),
        ("/hidden", to("/private/a".to_owned())),
        ("/private/a", page("2026-11-20", "Acme, in private")),
        ("/moved", to("/b".to_owned())),
        ("/b", page("2026-11-20", "Acme, moved")),
    ])
    .await;
    for (path, why) in [("/away", "name that address instead"), ("/hidden", "robots.txt forbids")] {
        let taken = ask(&begin, path, 10, hasty()).await;
        assert!(matches!(taken.ended, Err(SourceError::Permanent(_))), "{:?}", taken.ended);
        assert!(taken.reason().contains(why), "{}", taken.reason());
    }
    let taken = ask(&begin, "/moved", 10, hasty()).await;
    assert_eq!(taken.ids(), [begin.url("/b")], "{}", taken.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_the_pause_a_host_wants_end_a_visit() {
    let list = "HOST/1\nHOST/2\nHOST/3\nHOST/4\n";
    let pages = |rules: &str| {
        vec![
            ("/robots.txt", Reply::ok("text/plain", rules)),
            ("/sitemap.txt", Reply::ok("text/plain", list)),
            ("/1", page("2026-11-20", "Acme 1")),
            ("/2", page("2026-11-20", "Acme 2")),
            ("/3", page("2026-11-20", "Acme 3")),
            ("/4", page("2026-11-20", "Acme 4")),
        ]
    };
    let open = site(pages("")).await;
    let taken = ask(&open, "/sitemap.txt", 3, hasty()).await;
    assert_eq!((taken.ids().len(), taken.collected().status), (3, CoverageStatus::Truncated));
    assert!(taken.reason().contains("the limit of 3 pages"), "{}", taken.reason());

    let slow = site(pages("User-agent: *\nCrawl-delay: 30\n")).await;
    let taken = ask(&slow, "/sitemap.txt", 10, hasty()).await;
    assert_eq!((taken.ids().len(), taken.collected().status), (0, CoverageStatus::Truncated));
    assert!(taken.reason().contains("pages are missing"), "{}", taken.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_neither_a_page_nor_a_sitemap_is_said_to_be_so() {
    let picture = Reply::ok("image/png", b"\x89PNG\r\n".to_vec());
    let site =
        site(vec![("/a.png", picture), ("/bad.xml", xml("<urlset><url></loc></urlset>"))]).await;
    for (path, why) in [("/a.png", "neither a page nor a sitemap"), ("/bad.xml", "is no sitemap")] {
        let taken = ask(&site, path, 10, hasty()).await;
        assert!(matches!(taken.ended, Err(SourceError::Permanent(_))), "{:?}", taken.ended);
        assert!(taken.reason().contains(why), "{}", taken.reason());
    }
}
