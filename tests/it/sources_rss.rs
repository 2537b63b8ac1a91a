//! The source `rss:…` against a feed server on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytestack::model::reading::Term;
use bytestack::model::result::CoverageStatus;
use bytestack::sources::pace::Pace;
use bytestack::sources::{Reddit, Rss, Setup, SourceError};
use serde_json::json;

use crate::support::collecting::{Taken, collect, hasty, http, window};
use crate::support::upstream::{Reply, Upstream};

const RSS: &str = "application/rss+xml";

fn rss(items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'>
         <channel><title>Blog</title><link>https://blog.example/</link>{items}</channel></rss>"
    )
}

/// An item of a day of November 2026.
fn item(day: u32) -> String {
    format!(
        "<item><guid isPermaLink='false'>{day}</guid><link>/posts/{day}</link><title>Acme</title>
         <pubDate>{day} Nov 2026 10:00:00 GMT</pubDate></item>"
    )
}

fn items(days: impl IntoIterator<Item = u32>) -> String {
    days.into_iter().map(item).collect()
}

/// A server of pages by their paths; everything else is not there.
async fn serve<'a>(pages: impl IntoIterator<Item = (&'a str, Reply)>) -> Upstream {
    let pages: BTreeMap<String, Reply> =
        pages.into_iter().map(|(path, reply)| (path.to_owned(), reply)).collect();
    Upstream::start(move |seen| {
        pages.get(&seen.path).cloned().unwrap_or_else(|| Reply::status(404, &[], "not here"))
    })
    .await
}

/// Asks for one feed, from a day of November 2026 up to the 23rd.
async fn ask(upstream: &Upstream, path: &str, from: u32) -> Taken {
    let source = Rss::new(http(hasty()), 10_000);
    let window = window(&format!("2026-11-{from:02}T00:00:00Z"), "2026-11-23T00:00:00Z");
    collect(&source, &format!("rss:{}", upstream.url(path)), window, &[]).await
}

async fn ask_of(content_type: &str, body: impl Into<Vec<u8>>) -> Taken {
    let upstream = serve([("/feed", Reply::ok(content_type, body))]).await;
    ask(&upstream, "/feed", 20).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_gives_the_same_documents() {
    let text = "Söme &lt;b&gt;text&lt;/b&gt; &amp;amp; more";
    let formats = [
        (RSS, format!("<rss version='2.0'><channel><language>en</language><item><guid>http://blog.example/1</guid>
            <title>Acme &amp;amp; we</title><description>{text}</description><dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Ann Lee</dc:creator>
            <pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>")),
        ("text/xml", format!("<rss><channel><language>en</language><item><guid>http://blog.example/1</guid>
            <title>Acme &amp;amp; we</title><description>{text}</description><author>ann@blog.example (Ann Lee)</author>
            <pubDate>20 Nov 26 11:00 CET</pubDate></item></channel></rss>")),
        ("application/rdf+xml", format!("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'
            xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='http://blog.example/'><dc:language>en</dc:language></channel>
            <item rdf:about='http://blog.example/1'><link>http://blog.example/1</link><title>Acme &amp;amp; we</title><dc:creator>Ann Lee</dc:creator>
            <description>{text}</description><dc:date>2026-11-20T10:00:00+00:00</dc:date></item></rdf:RDF>")),
        ("application/atom+xml", format!("<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><author><name>Ann Lee</name></author>
            <entry><id>http://blog.example/1</id><link rel='self' href='http://blog.example/self'/><link href='http://blog.example/1'/>
            <title type='html'>Acme &amp;amp; we</title><content type='html'>{text}</content><updated>2026-11-20T10:00:00Z</updated></entry></feed>")),
        ("application/feed+json", json!({
            "version": "https://jsonfeed.org/version/1.1", "title": "Blog", "language": "en", "authors": [{ "name": "Ann Lee" }],
            "items": [{ "id": "http://blog.example/1", "url": "http://blog.example/1", "title": "Acme & we",
                "content_html": "Söme <b>text</b> &amp; more", "date_published": "2026-11-20T11:00:00+01:00" }],
        }).to_string()),
    ];
    for (content_type, body) in formats {
        let taken = ask_of(content_type, body).await;
        assert_eq!(taken.documents.len(), 1, "{content_type}: {:?}", taken.ended);
        let found = &taken.documents[0];
        assert_eq!(found.id, "http://blog.example/1", "{content_type}");
        assert_eq!(found.url.as_deref(), Some("http://blog.example/1"), "{content_type}");
        assert_eq!(found.title.as_deref(), Some("Acme & we"), "{content_type}");
        assert_eq!(found.text, "Söme text & more", "{content_type}");
        assert_eq!(found.lang.as_deref(), Some("en"), "{content_type}");
        assert_eq!(found.published_at, "2026-11-20T10:00:00Z".parse().ok(), "{content_type}");
        assert_eq!(found.author.name.as_deref(), Some("Ann Lee"), "{content_type}");
        assert_eq!(found.author.identity(), None, "{content_type}: a name is no identity");
        assert!(found.source.starts_with("rss:http://127.0.0.1:"), "{content_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_encoding_is_that_of_the_feed_else_that_of_the_answer() {
    let feed = |declared: &str| {
        let text = format!(
            "<?xml version='1.0'{declared}?><rss version='2.0'><channel><item><guid>1</guid>
            <title>Söme</title><pubDate>20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
        );
        text
    };
    let latin = |text: String| {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>()
    };
    let cases = [
        (RSS, latin(feed(" encoding='ISO-8859-1'"))),
        ("text/xml; charset=\"iso-8859-1\"", latin(feed(""))),
        ("text/xml; charset=iso-8859-1", feed(" encoding='UTF-8'").into_bytes()),
        ("text/xml", [b"\xef\xbb\xbf".to_vec(), feed("").into_bytes()].concat()),
    ];
    for (content_type, body) in cases {
        let taken = ask_of(content_type, body).await;
        let title = taken.documents.first().and_then(|found| found.title.clone());
        assert_eq!(title.as_deref(), Some("Söme"), "{content_type}: {:?}", taken.ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_links_and_people_are_made_out_where_feeds_leave_them_open() {
    let taken = ask_of(
        RSS,
        rss("
        <item><link>/a</link><title>A</title><pubDate>20 Nov 2026 10:00:00 GMT</pubDate></item>
        <item><title>B</title><pubDate>20 Nov 2026 10:00:00 GMT</pubDate></item>
        <item><title>C</title><pubDate>20 Nov 2026 10:00:00 GMT</pubDate></item>
        <item><title>C</title><pubDate>20 Nov 2026 10:00:00 GMT</pubDate></item>"),
    )
    .await;
    let ids: Vec<&str> = taken.documents.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids.len(), 3, "the same item twice is one");
    assert!(ids[0].starts_with("http://127.0.0.1:") && ids[0].ends_with("/a"), "{ids:?}");
    assert_eq!(taken.documents[0].url.as_deref(), Some(ids[0]));
    assert!(ids[1].len() == 64 && ids[1] != ids[2], "{ids:?}");

    let numbered = json!({ "version": "https://jsonfeed.org/version/1", "title": "", "items": [
        { "id": 7, "url": "/seven", "content_text": "a < b", "date_modified": "2026-11-20T10:00:00Z",
          "language": "de", "author": { "name": "Ann", "url": "https://people.example/ann/" } },
        { "id": "8", "date_published": "2026-11-20T10:00:00Z", "summary": "short",
          "author": { "name": "Bob", "url": "https://people.example/" } }] });
    let taken = ask_of("application/json", numbered.to_string()).await;
    assert_eq!(taken.ids(), ["7", "8"]);
    let [seven, eight] = &taken.documents[..] else { panic!("{taken:?}") };
    assert!(seven.url.as_deref().unwrap().ends_with("/seven"));
    assert_eq!((seven.text.as_str(), seven.lang.as_deref()), ("a < b", Some("de")));
    assert_eq!(seven.author.id.as_deref(), Some("https://people.example/ann"));
    assert_eq!(
        (eight.text.as_str(), eight.author.id.as_deref()),
        ("short", None),
        "a site is nobody"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_covers_what_its_oldest_item_tells() {
    let upstream = serve([("/feed", Reply::ok(RSS, rss(&items(15..=22))))]).await;
    let whole = ask(&upstream, "/feed", 16).await;
    assert_eq!(whole.ids().len(), 8);
    assert_eq!(whole.collected().status, CoverageStatus::Complete);
    assert_eq!(whole.collected().reason, None);
    let day = |from: &str| Some(window(from, "2026-11-23T00:00:00Z"));
    assert_eq!(whole.collected().covered, day("2026-11-16T00:00:00Z"));

    let short = ask(&upstream, "/feed", 10).await;
    assert_eq!(short.collected().status, CoverageStatus::Truncated);
    assert_eq!(short.collected().covered, day("2026-11-15T10:00:00Z"));
    assert!(
        short.reason().contains("goes back to 2026-11-15T10:00:00Z only"),
        "{}",
        short.reason()
    );

    let empty = ask_of(RSS, rss("")).await;
    assert_eq!(empty.collected().status, CoverageStatus::Truncated);
    assert_eq!(empty.reason(), "the feed holds no item with a date");

    let complete = rss(&format!(
        "<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>{}",
        items([22])
    ));
    let complete = ask_of(RSS, complete).await;
    assert_eq!(complete.collected().status, CoverageStatus::Complete, "it says that this is all");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_without_a_date_is_left_out_and_counted() {
    let undated = "<item><guid>u</guid><title>Acme</title></item>
        <item><guid>v</guid><title>Acme</title><pubDate>one fine day</pubDate></item>";
    let taken = ask_of(RSS, rss(&format!("{undated}{}", items(19..=22)))).await;
    assert_eq!(taken.ids(), ["19", "20", "21", "22"]);
    assert_eq!(taken.collected().status, CoverageStatus::Partial);
    assert_eq!(taken.reason(), "items without a date that can be read were left out: 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_pages_are_followed_while_the_window_is_open() {
    let linked = |rel: &str, next: &str, days: std::ops::RangeInclusive<u32>| {
        Reply::ok(RSS, rss(&format!("<atom:link rel='{rel}' href='{next}'/>{}", items(days))))
    };
    let json = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "", "next_url": "/c",
        "items": [{ "id": "22", "date_published": "2026-11-22T10:00:00Z" }] });
    let upstream = serve([
        ("/a", linked("next", "/b", 20..=22)),
        ("/b", linked("prev-archive", "c", 17..=20)),
        ("/c", linked("next", "/d", 14..=16)),
        ("/d", Reply::ok(RSS, rss(&items(12..=13)))),
        ("/json", Reply::ok("application/feed+json", json.to_string())),
        ("/loop", linked("next", "/loop", 20..=22)),
        ("/torn", linked("next", "/missing", 20..=22)),
    ])
    .await;
    let enough = ask(&upstream, "/a", 15).await;
    assert_eq!(enough.ids().len(), 9, "each item once, and no page more than needed");
    assert_eq!((enough.requests, enough.collected().status), (3, CoverageStatus::Complete));

    let all = ask(&upstream, "/a", 1).await;
    assert_eq!((all.requests, all.ids().len()), (4, 11));
    assert_eq!(all.collected().status, CoverageStatus::Complete, "the last page is the end");

    let json = ask(&upstream, "/json", 15).await;
    assert_eq!(json.ids(), ["14", "15", "16", "22"]);

    let circle = ask(&upstream, "/loop", 15).await;
    assert_eq!((circle.requests, circle.collected().status), (1, CoverageStatus::Truncated));

    let torn = ask(&upstream, "/torn", 15).await;
    assert_eq!(torn.ids(), ["20", "21", "22"]);
    assert_eq!(torn.collected().status, CoverageStatus::Partial);
    assert!(torn.reason().ends_with("it answered 404: not here"), "{}", torn.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_documents_ends_a_feed() {
    let upstream = serve([("/feed", Reply::ok(RSS, rss(&items((10..=22).rev()))))]).await;
    let source = Rss::new(http(hasty()), 5);
    let window = window("2026-11-12T00:00:00Z", "2026-11-23T00:00:00Z");
    let taken = collect(&source, &format!("rss:{}", upstream.url("/feed")), window, &[]).await;
    assert_eq!(taken.ids(), ["18", "19", "20", "21", "22"]);
    assert_eq!(taken.collected().status, CoverageStatus::Truncated);
    assert!(taken.reason().contains("limit of 5 documents"), "{}", taken.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_for_people_leads_to_its_feed_once() {
    let page = |link: &str| {
        Reply::ok(
            "text/html",
            format!("<!doctype html><html><head>{link}</head><body>Hi</body></html>"),
        )
    };
    let upstream = serve([
        ("/", page("<link rel=alternate type=application/rss+xml href=/feed>")),
        ("/feed", Reply::ok(RSS, rss(&items(19..=22)))),
        ("/bare", page("")),
        ("/two", page("<link rel=alternate type=application/rss+xml href=/bare>")),
    ])
    .await;
    let found = ask(&upstream, "/", 20).await;
    assert_eq!((found.ids().len(), found.requests), (4, 2));
    for (path, expected, requests) in [
        ("/bare", "the address leads to a page that names no feed: Hi", 1),
        ("/two", "the address leads to a page that names no feed: Hi", 2),
    ] {
        let taken = ask(&upstream, path, 20).await;
        assert_eq!(taken.ended, Err(SourceError::Permanent(expected.to_owned())), "{path}");
        assert_eq!(taken.requests, requests, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_pass_are_outlived_and_others_are_said() {
    for fault in [Reply::status(502, &[], ""), Reply::CutOff(rss(""))] {
        let upstream = serve([("/feed", Reply::ok(RSS, rss(&items(19..=22))))]).await;
        upstream.script([Some(fault), None]);
        let taken = ask(&upstream, "/feed", 20).await;
        assert_eq!((taken.ids().len(), taken.requests), (4, 2));
    }
    for (reply, expected) in [
        (Reply::status(410, &[], "gone"), "it answered 410: gone"),
        (Reply::status(403, &[], ""), "it answered 403"),
        (Reply::ok(RSS, "just words"), "this is not a feed: it is neither RSS, Atom nor JSON Feed"),
        (
            Reply::ok("application/json", "{}"),
            "this is not a feed: it is JSON, but not a JSON Feed",
        ),
        (Reply::ok("application/xml", "<urlset/>"), "this is not a feed: it is neither RSS"),
        (Reply::ok(RSS, " ".repeat(17 << 20)), "the answer is longer than 16 MiB"),
    ] {
        let upstream = serve([("/feed", reply)]).await;
        let taken = ask(&upstream, "/feed", 20).await;
        let Err(SourceError::Permanent(reason)) = &taken.ended else {
            panic!("{expected}: {:?}", taken.ended);
        };
        assert!(reason.starts_with(expected), "{reason}");
        assert_eq!(taken.requests, 1, "{expected}");
    }
}

/// What has not changed is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_the_same_is_not_read_twice() {
    let days = Arc::new(Mutex::new(vec![20, 21]));
    let held = Arc::clone(&days);
    let upstream = Upstream::start(move |seen| {
        let days = held.lock().unwrap().clone();
        let tag = format!("\"{}\"", days.len());
        let known = seen.headers.get("if-none-match").is_some_and(|known| *known == tag);
        let headers = [("etag", tag.as_str()), ("content-type", RSS)];
        let body = if known { String::new() } else { rss(&items(days)) };
        Reply::status(if known { 304 } else { 200 }, &headers, body)
    })
    .await;
    let source = Rss::new(http(hasty()), 10_000);
    let name = format!("rss:{}", upstream.url("/feed"));
    let window = window("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z");
    for (expected, condition) in
        [(2, None), (2, Some("\"2\"")), (3, Some("\"2\"")), (3, Some("\"3\""))]
    {
        if expected == 3 {
            *days.lock().unwrap() = vec![20, 21, 22];
        }
        let taken = collect(&source, &name, window, &[]).await;
        assert_eq!(taken.documents.len(), expected, "{}", taken.reason());
        let seen = upstream.seen().pop().unwrap();
        assert_eq!(seen.headers.get("if-none-match").map(String::as_str), condition);
    }
    assert_eq!(upstream.seen().len(), 4);
}

/// Reddit's search as a feed, for who has no application.
#[tokio::test(flavor = "multi_thread")]
async fn reddit_is_searched_by_its_feed_where_the_operator_wants_that() {
    let entry = |number: u32| {
        let day = 22 - number % 3;
        format!(
            "<entry><author><name>/u/kim{number}</name><uri>https://www.reddit.com/user/kim{number}</uri></author>
             <content type='html'>&lt;!-- SC_OFF --&gt;&lt;div class=&quot;md&quot;&gt;&lt;p&gt;We like Acme&lt;/p&gt;&lt;/div&gt;&lt;!-- SC_ON --&gt;
             submitted by &lt;a href=&quot;https://www.reddit.com/user/kim&quot;&gt; /u/kim &lt;/a&gt; to r/devops &lt;a&gt;[link]&lt;/a&gt;</content>
             <id>t3_{number}</id><link href='https://www.reddit.com/r/devops/comments/{number}/on_it/'/>
             <updated>2026-11-{day}T10:00:00+00:00</updated><published>2026-11-{day}T10:00:00+00:00</published><title>On it</title></entry>"
        )
    };
    let feed = |count: u32| {
        let entries: Vec<String> = (1..=count).map(entry).collect();
        let (begin, end) =
            ("<feed xmlns='http://www.w3.org/2005/Atom'><title>search</title>", "</feed>");
        Reply::ok("application/atom+xml", format!("{begin}{}{end}", entries.concat()))
    };
    for (count, status) in [(3, CoverageStatus::Complete), (60, CoverageStatus::Truncated)] {
        let answer = feed(count);
        let upstream = Upstream::start(move |seen| {
            assert!(
                seen.path.starts_with("/search.rss?q=%22Acme%22&sort=new&t=week"),
                "{}",
                seen.path
            );
            assert!(!seen.headers.contains_key("authorization"), "nobody signs in");
            answer.clone()
        })
        .await;
        let reddit = Reddit::new(Setup {
            http: http(hasty()),
            base_url: upstream.url(""),
            token: Some("rss".into()),
            max_documents: 100,
            max_usd: 0.0,
            pace: Pace::default(),
        });
        let window = window("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z");
        let taken = collect(&reddit, "reddit", window, &[Term::Text("Acme".to_owned())]).await;
        let collected = taken.collected();
        assert_eq!(
            (taken.documents.len(), collected.status),
            (count as usize, status),
            "{}",
            taken.reason()
        );
        assert_eq!(collected.backend.as_deref(), Some("rss"));
        let post = &taken.documents[0];
        let author = post.author.handle.as_deref().unwrap();
        assert_eq!(
            (post.text.as_str(), &author[..3], post.community.as_deref()),
            ("We like Acme", "kim", Some("devops"))
        );
        assert_eq!(taken.requests, 1);
    }
}
