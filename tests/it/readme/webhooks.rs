//! "Receiving webhooks": every receiver takes what a real server sends and nothing that was forged.

use std::fs;

use bytestack::clock::Clock;
use reqwest::header::HeaderMap;
use serde_json::json;
use standardwebhooks::Webhook;
use tokio::task::block_in_place;

use super::program::{Program, Running};
use super::text::blocks;
use super::walkthrough::difference;
use crate::support::receiver::{Received, Receiver};
use crate::support::{TestApp, TestClock, TestOptions, http_client, question, with};

pub const HEADING: &str = "Receiving webhooks";
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET: &str = "whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNING: (&str, &str) = ("BYTESTACK_WEBHOOK_SECRET", SECRET);

/// A service on today's clock that signs with the secret and may reach this machine.
pub async fn service(mut options: TestOptions) -> TestApp {
    options.clock = TestClock::at(&Clock::system().now().to_rfc3339());
    options.settings.insert("WEBHOOK_SECRET", SECRET.to_owned());
    options.settings.insert("ALLOW_PRIVATE", "127.0.0.0/8".to_owned());
    TestApp::with_posts(options).await
}

/// Asks something; what the webhook gets is answered by the receiver.
pub async fn delivery(app: &TestApp) -> Received {
    let mut receiver = Receiver::answering(&[]).await;
    app.ask(with(question(), json!({ "webhookUrl": receiver.url("/") }))).await;
    let received = receiver.next().await;
    app.running().idle().await.unwrap();
    received
}

/// A delivery signed here, so many seconds ago.
pub fn signed(secret: &str, id: &str, seconds_ago: i64, body: &[u8]) -> HeaderMap {
    let timestamp = Clock::system().now().timestamp() - seconds_ago;
    let signature = Webhook::new(secret).unwrap().sign(id, timestamp, body).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", id.parse().unwrap());
    headers.insert("webhook-timestamp", timestamp.into());
    headers.insert("webhook-signature", signature.parse().unwrap());
    headers
}

/// Sends it as a server would; answers the status.
pub async fn post(url: &str, headers: HeaderMap, body: Vec<u8>) -> u16 {
    http_client().post(url).headers(headers).body(body).send().await.unwrap().status().as_u16()
}

/// The headers of a genuine delivery, each time with one thing wrong.
fn forgeries(genuine: &HeaderMap, id: &str, body: &[u8]) -> Vec<(&'static str, HeaderMap)> {
    let changed = |name: &'static str, value: &str| {
        let mut headers = genuine.clone();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    let without = |name| {
        let mut headers = genuine.clone();
        headers.remove(name);
        headers
    };
    let right = genuine["webhook-signature"].to_str().unwrap().strip_prefix("v1,").unwrap();
    vec![
        ("another secret", signed(OTHER_SECRET, id, 0, body)),
        ("too old", signed(SECRET, id, 302, body)),
        ("too new", signed(SECRET, id, -330, body)),
        ("another id", changed("webhook-id", "evt_other")),
        ("a time that is no number", changed("webhook-timestamp", "now")),
        ("no id", without("webhook-id")),
        ("no time", without("webhook-timestamp")),
        ("no signature", without("webhook-signature")),
        ("an empty signature", changed("webhook-signature", "")),
        ("no version", changed("webhook-signature", right)),
        ("another version", changed("webhook-signature", &format!("v2,{right}"))),
        ("no base64", changed("webhook-signature", "v1,!")),
        ("half a signature", changed("webhook-signature", &format!("v1,{}", &right[..20]))),
    ]
}

async fn receives(name: &str) {
    let (program, running, url) = block_in_place(|| {
        let program = Program::of(HEADING, name);
        let running = program.start(&[], &[SIGNING, ("PORT", "0")]);
        let url = running.listening();
        (program, running, url)
    });
    let next = |running: &Running| block_in_place(|| running.next_line()).unwrap();

    let app = service(TestOptions::default()).await;
    let asked = app.ask(with(question(), json!({ "webhookUrl": url }))).await;
    let line = format!("job.completed {} completed", asked["job"]["id"].as_str().unwrap());
    assert_eq!(next(&running), line);
    app.running().idle().await.unwrap();
    let query = "query ($job: ID!) { job(id: $job) { deliveries(first: 9) { nodes {
        status attempts { statusCode } } } } }";
    let data = app.graphql(query, json!({ "job": asked["job"]["id"] })).await;
    let acknowledged = json!([{ "status": "SUCCEEDED", "attempts": [{ "statusCode": 204 }] }]);
    assert_eq!(data["job"]["deliveries"]["nodes"], acknowledged);

    let Received { headers, body, .. } = delivery(&app).await;
    let id = headers["webhook-id"].to_str().unwrap();
    let mut genuine = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        genuine.insert(name, headers[name].clone());
    }
    for (what, forged) in forgeries(&genuine, id, &body) {
        assert_eq!(post(&url, forged, body.to_vec()).await, 401, "{what}");
    }
    let tampered = String::from_utf8(body.to_vec()).unwrap().replace("completed", "cancelled");
    for other in [tampered.into_bytes(), [&body[..], b" "].concat(), vec![0xff], Vec::new()] {
        assert_eq!(post(&url, genuine.clone(), other).await, 401, "another body");
    }

    // The first line after all of these is that of the genuine one, and it comes once.
    let several = format!("v1,AAAA {}", genuine["webhook-signature"].to_str().unwrap());
    genuine.insert("webhook-signature", several.parse().unwrap());
    for _ in 0..2 {
        assert_eq!(post(&url, genuine.clone(), body.to_vec()).await, 204);
    }
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let job = told["job_id"].as_str().unwrap();
    assert_eq!(next(&running), format!("job.completed {job} completed"));
    let body = String::from_utf8(body.to_vec()).unwrap().replace(job, "job_last").into_bytes();
    let last = signed(SECRET, "evt_last", 290, &body);
    assert_eq!(post(&url, last, body).await, 204);
    assert_eq!(next(&running), "job.completed job_last completed");
    drop(running);

    block_in_place(|| {
        for environment in
            [vec![("PORT", "0")], vec![("PORT", "0"), ("BYTESTACK_WEBHOOK_SECRET", "")]]
        {
            let running = program.start(&[], &environment);
            assert_eq!(running.next_line(), None, "it does not listen without a secret");
            assert!(!running.ends_well());
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn python_receives_with_the_library() {
    receives("receive.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_receives_with_the_library() {
    receives("receive.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go_receives_by_hand() {
    receives("receive.go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_receives_with_the_library() {
    receives("receive.rs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_verifies_a_saved_delivery_which_is_as_shown() {
    let app = service(TestOptions::default()).await;
    let Received { headers, body, .. } = delivery(&app).await;
    let shown = serde_json::from_str(blocks(HEADING, "json")[0]).unwrap();
    let told = serde_json::from_slice(&body).unwrap();
    assert_eq!(difference(&shown, &told, "body"), None, "{told:#}");

    block_in_place(|| {
        let program = Program::of(HEADING, "verify.sh");
        let save =
            |file: &str, bytes: &[u8]| fs::write(program.folder().join(file), bytes).unwrap();
        let spelt = |headers: &HeaderMap| {
            let line =
                |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                    format!("{name}: {}\r\n", value.to_str().unwrap())
                };
            headers.iter().map(line).collect::<String>()
        };
        save("headers", spelt(&headers).as_bytes());
        save("body", &body);
        let verified = program.run(&["headers", "body"], &[SIGNING]);
        assert!(verified.is_success, "{verified:#?}");
        assert_eq!(verified.printed, "both signatures are right\n");

        let other = [("BYTESTACK_WEBHOOK_SECRET", OTHER_SECRET)];
        assert!(!program.run(&["headers", "body"], &other).is_success);
        save("tampered", &[&body[..], b" "].concat());
        assert!(!program.run(&["headers", "tampered"], &[SIGNING]).is_success);
        let id = headers["webhook-id"].to_str().unwrap();
        for (what, mut forged) in forgeries(&headers, id, &body) {
            forged.insert("x-bytestack-signature", headers["x-bytestack-signature"].clone());
            save("forged", spelt(&forged).as_bytes());
            let refused = program.run(&["forged", "body"], &[SIGNING]);
            assert!(
                !refused.is_success && refused.complained.contains("refused: "),
                "{what}: {refused:#?}"
            );
        }
        let mut half = headers.clone();
        half.insert("x-bytestack-signature", "sha256=00".parse().unwrap());
        save("half", spelt(&half).as_bytes());
        assert!(!program.run(&["half", "body"], &[SIGNING]).is_success);

        let mut old = signed(SECRET, id, 3_600, &body);
        old.insert("x-bytestack-signature", headers["x-bytestack-signature"].clone());
        save("old", spelt(&old).as_bytes());
        assert!(program.run(&["old", "body", "4000"], &[SIGNING]).is_success);
    });
}

/// `X-ByteStack-Signature` of a real delivery, checked by the program.
async fn knows_the_signature(name: &str) {
    let app = service(TestOptions::default()).await;
    let received = delivery(&app).await;
    let (signature, body) = (received.header("x-bytestack-signature"), &received.body[..]);
    block_in_place(|| {
        let program = Program::of(HEADING, name);
        let says = |secret: &str, signature: &str, body: &[u8]| {
            let environment = [("BYTESTACK_WEBHOOK_SECRET", secret)];
            let ended = program.run_with_input(&[signature], &environment, body);
            assert_eq!(
                ended.is_success,
                !ended.complained.contains("wrong signature"),
                "{ended:#?}"
            );
            ended.is_success
        };
        assert!(says(SECRET, signature, body));
        assert!(!says(OTHER_SECRET, signature, body));
        assert!(!says(SECRET, signature, &[body, b" "].concat()));
        let hex = signature.strip_prefix("sha256=").unwrap();
        for wrong in [hex, "", "sha256=", &signature[..30], "sha256=é"] {
            assert!(!says(SECRET, wrong, body), "{wrong:?}");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn python_knows_the_other_signature() {
    knows_the_signature("signed.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_knows_the_other_signature() {
    knows_the_signature("signed.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go_knows_the_other_signature() {
    knows_the_signature("signed.go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_knows_the_other_signature() {
    knows_the_signature("signed.rs").await;
}
