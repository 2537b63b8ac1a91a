use axum::body::to_bytes;
use axum::http::HeaderName;
use serde_json::Value;

use super::*;

const BOTH: PageSettings = PageSettings { dashboard: true, graphiql: true };
const DASHBOARD_ALONE: PageSettings = PageSettings { dashboard: true, graphiql: false };
const NEITHER: PageSettings = PageSettings { dashboard: false, graphiql: false };
/// "hello" compressed.
const HELLO: &[u8] =
    &[31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0];

static WITH: Built = Built {
    files: &[
        File {
            path: "assets/a-1.js",
            content_type: "text/javascript; charset=utf-8",
            etag: "\"01\"",
            gzip: HELLO,
        },
        File {
            path: "index.html",
            content_type: "text/html; charset=utf-8",
            etag: "\"03\"",
            gzip: HELLO,
        },
        File {
            path: "graphiql.html",
            content_type: "text/html; charset=utf-8",
            etag: "\"02\"",
            gzip: HELLO,
        },
    ],
    missing: None,
};
/// `<i {nonce} {graphiql}>` compressed, as the dashboard.
static PAGE: Built = Built {
    files: &[File {
        path: "index.html",
        content_type: "text/html; charset=utf-8",
        etag: "\"03\"",
        gzip: &[
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 179, 201, 84, 168, 206, 203, 207, 75, 78, 173, 85,
            168, 78, 47, 74, 44, 200, 200, 44, 204, 169, 181, 3, 0, 5, 190, 142, 232, 22, 0, 0, 0,
        ],
    }],
    missing: None,
};
static WITHOUT: Built = Built { files: &[], missing: Some("`npm ci` said <no>") };

fn headers(given: &[(HeaderName, &'static str)]) -> HeaderMap {
    let pairs = given.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
    pairs.collect()
}

fn header(response: &Response, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_file_is_sent_compressed_to_who_takes_that_and_plain_to_others() {
    let pages = Pages { built: &WITH, served: BOTH };
    for (accept, compressed) in [
        (None, false),
        (Some("gzip, deflate, br"), true),
        (Some("br;q=1, GZIP ; q=0.5"), true),
        (Some("gzip;q=0"), false),
        (Some("gzip;q=much"), false),
        (Some("br"), false),
    ] {
        let accept = accept.map(|accept| (header::ACCEPT_ENCODING, accept));
        let response = pages.asset("a-1.js", &headers(accept.as_slice()));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert_eq!(header(&response, header::VARY), "accept-encoding");
        let coding = header(&response, header::CONTENT_ENCODING).to_owned();
        assert_eq!(coding, if compressed { "gzip" } else { "" }, "{accept:?}");
        assert_eq!(body(response).await, if compressed { HELLO } else { b"hello" }, "{accept:?}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_and_the_page_is_asked_for_again() {
    let pages = Pages { built: &WITH, served: BOTH };
    let (page, file) = (pages.graphiql(&headers(&[])), pages.asset("a-1.js", &headers(&[])));
    assert_eq!(header(&page, header::CACHE_CONTROL), "no-cache");
    assert_eq!(header(&file, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(
        [header(&page, header::ETAG), header(&file, header::ETAG)],
        ["W/\"02\"", "W/\"01\""]
    );

    for (tag, known) in
        [("W/\"02\"", true), ("\"x\", \"02\"", true), ("*", true), ("\"01\"", false)]
    {
        let again = pages.graphiql(&headers(&[(header::IF_NONE_MATCH, tag)]));
        let expected = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        assert_eq!(again.status(), expected, "{tag}");
        assert_eq!(header(&again, header::ETAG), "W/\"02\"");
        assert_eq!(body(again).await.is_empty(), known, "{tag}");
    }
}

#[test]
fn nothing_may_come_from_elsewhere() {
    for built in [&WITH, &WITHOUT] {
        let page = Pages { built, served: BOTH }.graphiql(&headers(&[]));
        let policy = header(&page, header::CONTENT_SECURITY_POLICY);
        let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(directives.contains(&directive), "{directive}: {policy}");
        }
        for loose in ["unsafe-eval", "http", "ws:", "wss:", "*", "blob:"] {
            assert!(!policy.contains(loose), "{loose}: {policy}");
        }
        assert_eq!(header(&page, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(&page, header::REFERRER_POLICY), "no-referrer");
    }
}

#[tokio::test]
async fn the_dashboard_has_another_number_in_each_answer_and_its_policy_takes_styles_by_it() {
    let pages = Pages { built: &PAGE, served: DASHBOARD_ALONE };
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let page = pages.root().unwrap();
        assert_eq!(header(&page, header::CACHE_CONTROL), "no-store");
        let policy = header(&page, header::CONTENT_SECURITY_POLICY).to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
        let (_, number) = policy.split_once("'nonce-").unwrap();
        let number = number.split_once('\'').unwrap().0.to_owned();
        assert_eq!(number.len(), 32, "{policy}");
        assert_eq!(body(page).await, format!("<i {number} off>").into_bytes());
        numbers.push(number);
    }
    assert_ne!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn without_files_the_page_says_why_and_what_to_do() {
    let page = Pages { built: &WITHOUT, served: BOTH }.graphiql(&headers(&[]));
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&page, header::CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(header(&page, header::CACHE_CONTROL), "no-store");
    let text = String::from_utf8(body(page).await).unwrap();
    assert!(text.contains("because `npm ci` said &lt;no&gt;."), "{text}");
    assert!(text.contains("BYTESTACK_PLAYGROUND=1 cargo build --release"), "{text}");
    assert!(!text.contains("src=") && !text.contains("http"), "nothing is loaded: {text}");
}

#[tokio::test]
async fn switched_off_there_is_nothing() {
    for built in [&WITH, &WITHOUT] {
        let pages = Pages { built, served: NEITHER };
        for response in [
            pages.graphiql(&headers(&[])),
            pages.asset("a-1.js", &headers(&[])),
            pages.root().unwrap(),
        ] {
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            assert_eq!(header(&response, header::CONTENT_TYPE), "application/problem+json");
            let problem: Value = serde_json::from_slice(&body(response).await).unwrap();
            assert_eq!(problem["code"], "NOT_FOUND");
        }
    }
}

#[test]
fn only_files_of_the_build_are_found() {
    let pages = Pages { built: &WITH, served: BOTH };
    for name in ["a-2.js", "", "../graphiql.html", "assets/a-1.js", "a-1.js.gz"] {
        let response = pages.asset(name, &headers(&[]));
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
    }
}
