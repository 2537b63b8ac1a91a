//! When a cookie counts: other sites' pages can make a browser send it, too.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use super::{NAME, WORKSPACE, from_page, nobody, signed_in};
use crate::support::sse::SseClient;
use crate::support::{Answer, TestApp, TestOptions};
use crate::tenants::tables::ROUTES;

const PUBLIC: &str = "https://Stack.example";

async fn behind_a_proxy() -> TestApp {
    let settings = [("PUBLIC_URL", format!("{PUBLIC}:443/there"))].into();
    TestApp::with(TestOptions { settings, ..TestOptions::default() }).await
}

/// What a browser says of a request, and whether the cookie counts then.
fn origins(own: &str) -> Vec<(Vec<(&'static str, String)>, bool)> {
    let site = |value: &str| ("sec-fetch-site", value.to_owned());
    let origin = |value: &str| ("origin", value.to_owned());
    let port = own.rsplit_once(':').unwrap().0.to_owned() + ":1";
    vec![
        (vec![site("same-origin")], true),
        (vec![origin(own)], true),
        (vec![origin(own), site("same-origin")], true),
        (vec![], false),
        (vec![site("same-site")], false),
        (vec![site("cross-site")], false),
        (vec![site("none")], false),
        (vec![origin("null")], false),
        (vec![origin("https://evil.example"), site("cross-site")], false),
        (vec![origin(&own.replace("http:", "https:"))], false),
        (vec![origin(&format!("{own}.evil.example"))], false),
        (vec![origin(&port), site("same-site")], false),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_counts_only_for_pages_of_the_service() {
    let app = TestApp::start().await;
    let cookie = signed_in(&app, &app.key).await;
    for (headers, counts) in origins(&format!("http://{}", app.address)) {
        let request = |method: &str, path: &str| {
            let request = app.request(method.parse().unwrap(), path).header("cookie", &cookie);
            headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
        };
        for (method, route, ..) in ROUTES {
            let path = route.replace(['{', '}'], "");
            let answer = Answer::of(request(method, &path)).await;
            let what = format!("{method} {route} with {headers:?}");
            assert_eq!(answer.status == StatusCode::FORBIDDEN, !counts, "{what}: {answer:?}");
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
            if !counts && *method != "HEAD" {
                assert_eq!(answer.json()["code"], "SESSION_CROSS_ORIGIN", "{what}");
            }
        }
        let path = format!("/graphql?query={WORKSPACE}").replace(' ', "%20");
        let body = json!({ "query": WORKSPACE });
        for asking in [request("GET", &path), request("POST", "/graphql").json(&body)] {
            let answer = Answer::of(asking).await;
            let code = &answer.json()["errors"][0]["extensions"]["code"];
            let expected = if counts { (200, json!(null)) } else { (403, json!("FORBIDDEN")) };
            assert_eq!((answer.status.as_u16(), code.clone()), expected, "{headers:?}");
        }
        let shown = Answer::of(request("GET", "/v1/session")).await.json();
        assert_eq!(shown["signed_in"], counts, "{headers:?}: {shown:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_sign_nobody_in_or_out() {
    let app = TestApp::start().await;
    let body = json!({ "api_key": app.key });
    for (headers, counts) in origins(&format!("http://{}", app.address)) {
        let cookie = signed_in(&app, &app.key).await;
        let request = |method| {
            let request = app.request(method, "/v1/session");
            headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
        };
        // A program that is no browser says nothing of where it comes from, and may sign in.
        let may = counts || headers.is_empty();
        let by_header = request(Method::POST).bearer_auth(&app.key);
        for signing_in in [request(Method::POST).json(&body), by_header] {
            let answer = Answer::of(signing_in).await;
            let code = answer.json()["code"].clone();
            let expected =
                if may { (201, json!(null)) } else { (403, json!("SESSION_CROSS_ORIGIN")) };
            assert_eq!((answer.status.as_u16(), code), expected, "{headers:?}");
            assert_eq!(answer.headers.contains_key("set-cookie"), may, "{headers:?}");
        }
        let signing_out = Answer::of(request(Method::DELETE).header("cookie", &cookie)).await;
        assert_eq!(signing_out.status.as_u16(), if counts { 204 } else { 403 }, "{headers:?}");
        let is_left = super::shown(&app, &cookie).await["signed_in"].clone();
        assert_eq!(is_left, !counts, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_https_the_cookie_is_secure_and_the_origin_that_of_the_settings() {
    let app = behind_a_proxy().await;
    let own = ("origin", "https://stack.example");
    let request = app.request(Method::POST, "/v1/session").header(own.0, own.1);
    let answer = Answer::of(request.bearer_auth(&app.key)).await;
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure");
    let secret = cookie.strip_prefix("__Host-bytestack_session=").unwrap();

    let host = format!("https://{}", app.address);
    let plain = format!("http://{}", app.address);
    for (origin, counts) in
        [(own.1, true), (&host, true), (&plain, false), ("http://stack.example", false)]
    {
        let request = app.request(Method::GET, "/v1/events").header("origin", origin);
        let status = Answer::of(request.header("cookie", format!("a=b; {cookie}"))).await.status;
        assert_eq!(status == StatusCode::OK, counts, "{origin}: {status}");
    }
    let without_prefix = format!("{NAME}={secret}");
    assert_eq!(super::shown(&app, &without_prefix).await, nobody());
    let link = app.running().domain.new_login_link().await.unwrap().unwrap();
    let path = link.strip_prefix(&format!("{PUBLIC}:443/there")).unwrap();
    let answer = super::follow(&app, Method::GET, path).await;
    assert_eq!(answer.header("location"), "/there/");
    assert!(super::cookie(&answer).starts_with("__Host-"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_takes_the_cookie_too() {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let cookie = signed_in(&app, &app.key).await;
    let body = json!({ "query": "subscription { jobCompleted { seq } }" });
    let request = from_page(&app, Method::POST, "/graphql", &cookie).json(&body);
    let mut stream = SseClient::open(request).await;
    let asked = app.ask(crate::support::question()).await;
    app.ended(&asked).await;
    let event = stream.next().await.unwrap().json();
    assert_eq!(event["data"]["jobCompleted"]["seq"], 1, "{event:#}");
    super::sign_out(&app, &cookie).await;
    // Without `complete`, and whatever else it says before that.
    let cut_off = async {
        while let Some(block) = stream.next().await {
            assert_eq!(block.data, None, "{block:?}");
        }
    };
    timeout(Duration::from_secs(5), cut_off).await.expect("it ends with the session");
}
