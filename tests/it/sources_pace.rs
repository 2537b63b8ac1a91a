//! What a platform allows holds over restarts and for every job, however each of them began.

use bytestack::model::api_key::Scope;
use serde_json::{Value, json};

use crate::support::TestClock;
use crate::support::hacker_news;
use crate::support::platforms::{ALL, Held, NOW, Platform};
use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions};

const PROMPT: &str = "How many times was Acme mentioned since 2026-11-19?";

fn platform(name: &str) -> Platform {
    ALL.into_iter().find(|platform| platform.name == name).unwrap()
}

/// A platform that is asked, and Hacker News, so that every job has an answer.
struct Doubles {
    platform: Platform,
    upstream: Upstream,
    hacker_news: Upstream,
}

impl Doubles {
    async fn start(name: &str, posts: Vec<Held>) -> Self {
        let platform = platform(name);
        let upstream = platform.start(posts).await;
        Self { platform, upstream, hacker_news: hacker_news::start(vec![], 1_000).await }
    }

    fn options(&self, clock: &TestClock) -> TestOptions {
        let name = self.platform.name.to_uppercase();
        let (own, other) = (&self.upstream, &self.hacker_news);
        let settings = [
            (format!("{name}_BASE_URL"), own.url(self.platform.path)),
            (format!("{name}_TOKEN"), self.platform.credential.to_owned()),
            ("HACKERNEWS_BASE_URL".to_owned(), other.url("/api/v1")),
            ("ALLOW_PRIVATE".to_owned(), format!("{},{}", own.address, other.address)),
        ];
        let settings = settings.into_iter().map(|(name, value)| (&*name.leak(), value));
        TestOptions { settings: settings.collect(), clock: clock.clone(), ..TestOptions::default() }
    }

    /// What a job covered of the platform.
    async fn covered(&self, app: &TestApp) -> Value {
        let sources = [self.platform.name, "hackernews"];
        let result = app.answer(json!({ "prompt": PROMPT, "sources": sources })).await;
        result["coverage"][self.platform.name].clone()
    }
}

fn held() -> Vec<Held> {
    let post = |number| Held { number, second: NOW - 7_200, author: 1, text: "Acme".to_owned() };
    (1..=3).map(post).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_wants_to_be_left_alone_is_not_asked_again_until_then() {
    let github = Doubles::start("github", held()).await;
    let clock = TestClock::at("2026-11-23T17:30:00Z");
    let words = r#"{"message":"You have exceeded a secondary rate limit"}"#;
    github.upstream.script([Some(Reply::status(403, &[("retry-after", "3600")], words))]);
    let app = TestApp::with(github.options(&clock)).await;
    let refused = github.covered(&app).await;
    assert_eq!((&refused["status"], &refused["requests"]), (&json!("rate_limited"), &json!(1)));

    // Neither another job nor a restart makes it try.
    let again = github.covered(&app).await;
    assert_eq!((&again["status"], &again["requests"]), (&json!("rate_limited"), &json!(0)));
    let said = again["reason"].as_str().unwrap();
    assert!(said.contains("used up until 2026-11-23T18:30:00Z"), "{said}");
    let app = app.restart(github.options(&clock)).await;
    github.covered(&app).await;
    assert_eq!(github.upstream.seen().len(), 1, "it was left alone");

    clock.advance(3_600_000);
    let covered = github.covered(&app).await;
    assert_eq!(covered["status"], "complete", "{covered}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_makes_no_more_requests_to_a_source_than_it_is_allowed() {
    let posts = (1..=140).map(|number| Held {
        number,
        second: NOW - 7_200 - i64::try_from(number).unwrap(),
        author: 1,
        text: "Acme".to_owned(),
    });
    let github = Doubles::start("github", posts.collect()).await;
    let clock = TestClock::at("2026-11-23T17:30:00Z");
    let mut options = github.options(&clock);
    options.settings.insert("GITHUB_MAX_REQUESTS", "1".to_owned());
    let app = TestApp::with(options).await;
    let covered = github.covered(&app).await;
    assert_eq!((&covered["status"], &covered["requests"]), (&json!("truncated"), &json!(1)));
    let said = covered["reason"].as_str().unwrap();
    assert!(said.contains("the 1 requests that a job may make to one source"), "{said}");
    app.stop().await;
}

/// A quarter of a daily quota at once, and the next when its turn comes, which is too late for these jobs.
#[tokio::test(flavor = "multi_thread")]
async fn a_daily_quota_is_not_begun_anew_by_a_restart() {
    let youtube = Doubles::start("youtube", vec![]).await;
    let clock = TestClock::at("2026-11-23T17:30:00Z");
    let mut app = TestApp::with(youtube.options(&clock)).await;
    for at in 0..25 {
        assert_eq!(youtube.covered(&app).await["status"], "complete", "{at}");
        if at == 12 {
            app = app.restart(youtube.options(&clock)).await;
        }
    }
    let app = app.restart(youtube.options(&clock)).await;
    let covered = youtube.covered(&app).await;
    assert_eq!(covered["status"], "rate_limited", "{covered}");
    assert_eq!(youtube.upstream.seen().len(), 25, "no more than the quota allows");
    app.stop().await;
}

/// Before anything is paid for but the question itself, by whoever may ask.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_what_a_question_would_cost() {
    let x = Doubles::start("x", held()).await;
    let clock = TestClock::at("2026-11-23T17:30:00Z");
    let app = TestApp::with(x.options(&clock)).await;
    let query = "query ($input: PreviewQueryInput!) { previewQuery(input: $input) { sources {
        name estimate { posts maxUsd reason } } } }";
    let preview = async |window: &str, key: &str| {
        let prompt = format!("How many times was Acme mentioned since {window}?");
        let input = json!({ "prompt": prompt, "sources": ["x", "hackernews"] });
        app.try_graphql(key, query, json!({ "input": input })).await
    };
    let answer = preview("2026-11-19", &app.key).await;
    let sources = &answer["data"]["previewQuery"]["sources"];
    assert_eq!(sources[0]["estimate"]["posts"], 3, "{answer}");
    let dollars = sources[0]["estimate"]["maxUsd"].as_f64().unwrap();
    assert!((dollars - 0.045).abs() < 1e-9, "{dollars}");
    assert_eq!(sources[1]["estimate"], Value::Null, "{answer}");
    let seen = x.upstream.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].path.starts_with("/2/tweets/counts/recent?"), "{}", seen[0].path);

    let answer = preview("2026-10-01", &app.key).await;
    let refused = &answer["data"]["previewQuery"]["sources"][0]["estimate"];
    assert_eq!(refused["posts"], Value::Null, "{answer}");
    assert!(refused["reason"].as_str().unwrap().contains("403"), "{answer}");

    let reader = app.key(app.workspace, Scope::Read).await;
    let answer = preview("2026-11-19", &reader).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    assert_eq!(x.upstream.seen().len(), 2, "who may not ask costs nothing");
    app.stop().await;
}
