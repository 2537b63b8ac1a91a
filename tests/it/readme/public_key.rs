//! "The public key alone": whoever has it knows what the workspace sent, and when, from what it did not.

use std::fs;

use bytestack::clock::Clock;
use chrono::TimeDelta;
use reqwest::header::HeaderMap;
use tokio::task::block_in_place;

use super::program::{Ended, Program};
use super::webhooks::{HEADING, delivery};
use crate::support::receiver::Received;
use crate::support::{TestApp, TestClock, TestOptions};

/// A service whose clock is so many seconds behind.
async fn service(seconds_ago: i64) -> TestApp {
    let now = Clock::system().now() - TimeDelta::seconds(seconds_ago);
    let settings = [("ALLOW_PRIVATE", "127.0.0.0/8".to_owned())].into();
    let clock = TestClock::at(&now.to_rfc3339());
    TestApp::with_posts(TestOptions { settings, clock, ..TestOptions::default() }).await
}

/// Lets the program look at a delivery, with the public key of whoever has this API key.
fn look(
    program: &Program,
    (app, api_key): (&TestApp, &str),
    headers: &HeaderMap,
    body: &[u8],
) -> Ended {
    let line = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        format!("{name}: {}\r\n", value.to_str().unwrap())
    };
    let head: String = headers.iter().map(line).collect();
    fs::write(program.folder().join("headers"), head).unwrap();
    fs::write(program.folder().join("body"), body).unwrap();
    let url = format!("http://{}", app.address);
    let environment = [("BYTESTACK_URL", url.as_str()), ("BYTESTACK_API_KEY", api_key)];
    let ended = block_in_place(|| program.run(&["headers", "body"], &environment));
    assert_eq!(ended.is_success, !ended.complained.contains("not authentic"), "{ended:#?}");
    ended
}

/// The headers of a genuine delivery, each time with one thing wrong.
fn forgeries(genuine: &HeaderMap) -> Vec<(&'static str, HeaderMap)> {
    let changed = |name: &'static str, value: &str| {
        let mut headers = genuine.clone();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    let entries: Vec<&str> = genuine["webhook-signature"].to_str().unwrap().split(' ').collect();
    let [symmetric, asymmetric] = entries[..] else { panic!("two signatures: {entries:?}") };
    let right = asymmetric.strip_prefix("v1a,").unwrap();
    let second: i64 = genuine["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    let mut no_signature = genuine.clone();
    no_signature.remove("webhook-signature");
    vec![
        ("a second later", changed("webhook-timestamp", &(second + 1).to_string())),
        ("a time that is no number", changed("webhook-timestamp", "now")),
        ("another id", changed("webhook-id", "evt_other")),
        ("no signature", no_signature),
        ("the other kind alone", changed("webhook-signature", symmetric)),
        ("under the other's name", changed("webhook-signature", &format!("v1,{right}"))),
        ("of the other's bytes", changed("webhook-signature", &symmetric.replace("v1,", "v1a,"))),
        ("no base64", changed("webhook-signature", "v1a,!")),
        ("half of it", changed("webhook-signature", &format!("v1a,{}", &right[..44]))),
        ("all zeros", changed("webhook-signature", &format!("v1a,{}==", "A".repeat(86)))),
    ]
}

async fn knows_what_is_authentic(name: &str) {
    let program = block_in_place(|| Program::of(HEADING, name));
    let app = service(0).await;
    let Received { headers, body, .. } = delivery(&app).await;
    let own = (&app, app.key.as_str());
    let genuine = look(&program, own, &headers, &body);
    assert!(genuine.is_success, "{genuine:#?}");
    for (what, forged) in forgeries(&headers) {
        assert!(!look(&program, own, &forged, &body).is_success, "{what}");
    }
    let tampered = String::from_utf8(body.to_vec()).unwrap().replace("completed", "cancelled");
    for other in [tampered.as_bytes(), &[&body[..], b" "].concat(), b""] {
        assert!(!look(&program, own, &headers, other).is_success, "another body");
    }
    let (_, stranger) = app.stranger().await;
    let theirs = look(&program, (&app, &stranger), &headers, &body);
    assert!(!theirs.is_success, "each workspace has its own key");

    let behind = service(302).await;
    let Received { headers, body, .. } = delivery(&behind).await;
    let old = look(&program, (&behind, &behind.key), &headers, &body);
    assert!(!old.is_success, "it may have been caught and sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn python_knows_what_is_authentic() {
    knows_what_is_authentic("authentic.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_knows_what_is_authentic() {
    knows_what_is_authentic("authentic.mjs").await;
}
