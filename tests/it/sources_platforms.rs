//! The platforms that are searched, each against a double of its API: what it holds is what is given, and every
//! failure is told as what it is.

use std::path::Path;
use std::time::Duration;

use bytestack::model::document::Document;
use bytestack::model::reading::Term;
use bytestack::model::result::CoverageStatus;
use bytestack::model::window::TimeRange;
use bytestack::sources::pace::Pace;
use bytestack::sources::{Setup, SourceError, X};
use chrono::DateTime;
use serde_json::{Value, json};

use crate::support::collecting::{Taken, collect, hasty, http};
use crate::support::hacker_news::{self, Post};
use crate::support::platforms::{ALL, Held, NOW, Platform};
use crate::support::upstream::{Reply, Upstream};
use crate::support::{TestApp, TestOptions};

/// From four days ago to an hour ago.
fn span() -> TimeRange {
    let at = |second| DateTime::from_timestamp(second, 0).unwrap();
    TimeRange { from: at(NOW - 4 * 86_400), to: at(NOW - 3_600) }
}

fn acme() -> Vec<Term> {
    vec![Term::Text("Acme".to_owned())]
}

/// So many posts about Acme in the window, one before it and one behind it, and one of something else.
fn posts(count: u64) -> Vec<Held> {
    let begin = NOW - 4 * 86_400;
    let step = (4 * 86_400 - 3_600) / i64::try_from(count.max(1)).unwrap();
    let held = |number: u64, second: i64, text: &str| Held {
        number,
        second,
        author: number % 7,
        text: text.to_owned(),
    };
    let inside = (0..count).map(|at| {
        let second = begin + i64::try_from(at).unwrap() * step;
        held(1_000 + at, second, "We like #Acme, all of us")
    });
    let others = [
        held(1, begin - 1, "Acme #Acme long ago"),
        held(2, NOW - 3_600, "Acme #Acme later"),
        held(3, begin + 5, "Nothing to see"),
    ];
    inside.chain(others).collect()
}

async fn ask(platform: Platform, upstream: &Upstream, most: u32) -> Taken {
    let connector = platform.connector(upstream, hasty(), most);
    collect(connector.as_ref(), platform.source(), span(), &acme()).await
}

/// The ids of what says the name; a platform without a search gives everything else as well.
fn mentions(taken: &Taken) -> Vec<&str> {
    let says = |text: &str| text.contains("Acme");
    let found = taken.documents.iter();
    let found = found.filter(|one| says(&one.text) || one.title.as_deref().is_some_and(says));
    let mut ids: Vec<&str> = found.map(|one| one.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

/// Which posts of the window the platform has, sorted as text.
fn held(platform: Platform, posts: &[Held]) -> Vec<String> {
    let (from, to) = (span().from.timestamp(), span().to.timestamp());
    let inside =
        posts.iter().filter(|held| (from..to).contains(&held.second) && held.number >= 1_000);
    let mut ids: Vec<String> = inside.map(platform.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn every_platform_gives_what_it_holds_in_the_window() {
    for platform in ALL {
        let posts = posts(230);
        let upstream = platform.start(posts.clone()).await;
        let taken = ask(platform, &upstream, 10_000).await;
        assert_eq!(
            mentions(&taken),
            held(platform, &posts),
            "{}: {}",
            platform.name,
            taken.reason()
        );
        let collected = taken.collected();
        assert_eq!(collected.status, CoverageStatus::Complete, "{}", platform.name);
        assert_eq!(collected.covered, Some(span()), "{}", platform.name);
        assert!(taken.documents.iter().all(|found| found.source == platform.source()));
        let has_author =
            |found: &Document| found.author.identity().is_some() == platform.has_authors;
        assert!(taken.documents.iter().all(has_author), "{}", platform.name);
        let pages = 230_u64.div_ceil(platform.page) + 1;
        let most = platform.sign_ins + platform.searches * pages * (1 + platform.follow_ups);
        assert!(taken.requests <= most, "{}: {}", platform.name, taken.requests);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_search_gives_is_walked_to_or_said_to_be_missing() {
    for platform in ALL.into_iter().filter(|platform| platform.ceiling < 10_000) {
        // One kind of two is more than a search gives, too.
        let count = platform.ceiling * usize::try_from(platform.searches).unwrap() * 2 + 50;
        let posts = posts(count as u64);
        let upstream = platform.start(posts.clone()).await;
        let taken = ask(platform, &upstream, 100_000).await;
        let collected = taken.collected();
        let all = held(platform, &posts);
        if platform.is_timed {
            assert_eq!(
                collected.status,
                CoverageStatus::Complete,
                "{}: {collected:?}",
                platform.name
            );
            assert_eq!(mentions(&taken), all, "{}", platform.name);
            continue;
        }
        assert_eq!(collected.status, CoverageStatus::Truncated, "{}", platform.name);
        // One of those it gave was behind the window.
        assert_eq!(mentions(&taken).len(), platform.ceiling - 1, "{}", platform.name);
        assert!(taken.reason().contains("older ones may be missing"), "{}", taken.reason());
        let covered = collected.covered.unwrap();
        let newest: Vec<&Held> =
            posts.iter().filter(|one| one.second >= covered.from.timestamp()).collect();
        assert!(newest.len() >= platform.ceiling - 2 && covered.to == span().to, "{covered:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_found_is_nothing_and_no_failure() {
    for platform in ALL {
        let upstream = platform.start(posts(0)).await;
        let taken = ask(platform, &upstream, 10_000).await;
        assert!(mentions(&taken).is_empty(), "{}", platform.name);
        assert_eq!(taken.collected().status, CoverageStatus::Complete, "{}", platform.name);
        let most = platform.sign_ins + platform.searches * (1 + platform.follow_ups);
        assert!(taken.requests <= most, "{}: {}", platform.name, taken.requests);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_of_documents_ends_a_search() {
    for platform in ALL {
        let upstream = platform.start(posts(230)).await;
        let taken = ask(platform, &upstream, 120).await;
        let collected = taken.collected();
        assert_eq!(collected.status, CoverageStatus::Truncated, "{}", platform.name);
        assert_eq!(taken.documents.len(), 120, "{}", platform.name);
        assert!(taken.reason().contains("the limit of 120 documents"), "{}", taken.reason());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_asked_again_and_what_does_not_is_not() {
    for platform in ALL {
        let upstream = platform.start(posts(15)).await;
        upstream.script([
            Some(Reply::status(503, &[], "later")),
            Some(Reply::CutOff("{".into())),
            Some(Reply::html("Just a moment")),
        ]);
        let taken = ask(platform, &upstream, 10_000).await;
        assert_eq!(mentions(&taken).len(), 15, "{}: {}", platform.name, taken.reason());
        let requests = platform.sign_ins + platform.searches * (1 + platform.follow_ups);
        assert_eq!(taken.requests, 3 + requests, "{}", platform.name);

        let upstream = platform.start(posts(15)).await;
        upstream.script((0..4).map(|_| Some(Reply::html("Blocked by the wall"))));
        let taken = ask(platform, &upstream, 10_000).await;
        assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
        assert!(taken.reason().contains("Blocked by the wall"), "{}", taken.reason());
    }
}

/// Refusals that repeat what they were asked with.
async fn shows_no_secret(platform: Platform) {
    let name = platform.name;
    let echo =
        format!("{{\"error\":\"you are not {} of {}\"}}", platform.secret, platform.credential);
    let upstream = platform.start(posts(15)).await;
    upstream.script([Some(Reply::status(401, &[], echo))]);
    let taken = ask(platform, &upstream, 10_000).await;
    assert!(matches!(taken.ended, Err(SourceError::Permanent(_))), "{name}: {:?}", taken.ended);
    assert!(
        taken.reason().contains("it answered 401: {\"error\":\"you are not …"),
        "{}",
        taken.reason()
    );
    assert!(!format!("{:?}", taken.ended).contains(platform.secret), "{name}");
    assert_eq!(taken.requests, 1, "{name}: what is refused is not asked again");

    // One whose quoted part ends within the credential.
    let echo = format!("{}{}", "y".repeat(490), platform.secret);
    let upstream = platform.start(posts(15)).await;
    upstream.script([Some(Reply::status(401, &[], echo))]);
    let taken = ask(platform, &upstream, 10_000).await;
    assert!(taken.reason().ends_with("yyy…"), "{name}: {}", taken.reason());
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_why_and_until_when_and_show_no_secret() {
    for platform in ALL {
        let name = platform.name;
        if platform.has_secret() {
            shows_no_secret(platform).await;
        }
        let (status, header, value) = platform.reset;
        let upstream = platform.start(posts(20)).await;
        upstream.script([Some(Reply::status(status, &[(header, value)], "{}"))]);
        let taken = ask(platform, &upstream, 10_000).await;
        let Err(SourceError::RateLimited { after, reason }) = &taken.ended else {
            panic!("{name}: {:?}", taken.ended);
        };
        assert_eq!(*after, Duration::from_hours(1), "{name}");
        assert!(reason.contains("until 2026-11-23T18:30:00Z"), "{name}: {reason}");
        assert_eq!(taken.requests, 1, "{name}");
    }
}

/// Some platforms say that it was too much in the refusal alone.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_in_words_are_understood() {
    let throttled = r#"{"error_id":502,"error_name":"throttle_violation","error_message":"too many requests from this IP, more requests available in 3600 seconds"}"#;
    let quota = r#"{"error":{"code":403,"message":"…","errors":[{"domain":"youtube.quota","reason":"quotaExceeded"}]}}"#;
    let (hour, minute) = (Duration::from_hours(1), Duration::from_mins(1));
    for (name, status, body, wanted, requests) in [
        ("stackexchange", 400, throttled, hour, 1),
        ("youtube", 403, quota, minute, 4),
        ("lemmy", 400, r#"{"error":"rate_limit_error"}"#, minute, 4),
    ] {
        let platform = ALL.into_iter().find(|platform| platform.name == name).unwrap();
        let upstream = platform.start(posts(20)).await;
        upstream.script((0..4).map(|_| Some(Reply::status(status, &[], body))));
        let taken = ask(platform, &upstream, 10_000).await;
        let Err(SourceError::RateLimited { after, .. }) = &taken.ended else {
            panic!("{name}: {:?}", taken.ended);
        };
        assert_eq!((*after, taken.requests), (wanted, requests), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_failure_counts_and_the_rest_is_said_to_be_missing() {
    for platform in ALL {
        let upstream = platform.start(posts(600)).await;
        let before = platform.sign_ins + 1 + platform.follow_ups;
        let script = (0..before).map(|_| None);
        upstream.script(script.chain([Some(Reply::status(404, &[], "{}"))]));
        let taken = ask(platform, &upstream, 10_000).await;
        let collected = taken.collected();
        assert_eq!(collected.status, CoverageStatus::Partial, "{}", platform.name);
        assert!(!taken.documents.is_empty() && taken.documents.len() < 600, "{}", platform.name);
        assert!(taken.reason().contains("it answered 404"), "{}", taken.reason());
    }
}

/// A sign-in is asked for once, by however many jobs, until it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_kept_until_it_is_refused() {
    for platform in ALL.into_iter().filter(|platform| platform.sign_ins > 0) {
        let upstream = platform.start(posts(20)).await;
        let connector = platform.connector(&upstream, hasty(), 10_000);
        for requests in [2, 1, 1] {
            let taken = collect(connector.as_ref(), platform.source(), span(), &acme()).await;
            assert_eq!(taken.requests, requests, "{}", platform.name);
        }
        upstream.script([Some(Reply::status(401, &[], "{}"))]);
        let refused = collect(connector.as_ref(), platform.source(), span(), &acme()).await;
        assert!(refused.ended.is_err(), "{}", platform.name);
        let taken = collect(connector.as_ref(), platform.source(), span(), &acme()).await;
        assert_eq!((mentions(&taken).len(), taken.requests), (20, 2), "{}", platform.name);
    }
}

fn x(upstream: &Upstream, max_usd: f64) -> X {
    X::new(Setup {
        http: http(hasty()),
        base_url: upstream.url("/2"),
        token: Some("x-token-4711".into()),
        max_documents: 10_000,
        max_usd,
        pace: Pace::default(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn x_spends_no_more_than_its_budget_and_says_how_many_posts_there_are() {
    let platform = ALL[0];
    let upstream = platform.start(posts(600)).await;
    // A page costs 0.57 USD, 100 posts and seven authors, and may cost 1.50.
    let taken = collect(&x(&upstream, 3.0), "x", span(), &acme()).await;
    let collected = taken.collected();
    assert_eq!((collected.status, taken.documents.len()), (CoverageStatus::Truncated, 300));
    assert_eq!(collected.upstream_total, Some(600));
    assert!(taken.reason().contains("the budget of 3 USD was reached"), "{}", taken.reason());
    assert_eq!(taken.requests, 4, "three pages and a count");
    let covered = collected.covered.unwrap();
    assert!(covered.from > span().from && covered.to == span().to, "{covered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn x_is_not_asked_for_what_may_cost_more_than_the_budget() {
    let platform = ALL[0];
    let upstream = platform.start(posts(60)).await;
    let taken = collect(&x(&upstream, 0.3), "x", span(), &acme()).await;
    assert_eq!(taken.documents.len(), 20, "{}", taken.reason());
    assert!(upstream.seen()[0].path.contains("max_results=20"), "{}", upstream.seen()[0].path);
    for budget in [0.0, 0.149] {
        let upstream = platform.start(posts(60)).await;
        let taken = collect(&x(&upstream, budget), "x", span(), &acme()).await;
        assert!(matches!(&taken.ended, Err(SourceError::Permanent(_))), "{:?}", taken.ended);
        assert!(taken.reason().contains("BYTESTACK_X_MAX_USD"), "{}", taken.reason());
        assert_eq!(taken.requests, 0, "nothing was paid for");
    }
}

/// Names that do not fit one search share the budget of the job.
#[tokio::test(flavor = "multi_thread")]
async fn x_spends_its_budget_over_all_its_searches() {
    let platform = ALL[0];
    let upstream = platform.start(posts(600)).await;
    let long = |number: u32| Term::Text(format!("{number}{}", "x".repeat(300)));
    let terms = [Term::Text("Acme".to_owned()), long(1), long(2), long(3)];
    let taken = collect(&x(&upstream, 4.5), "x", span(), &terms).await;
    assert_eq!(taken.collected().status, CoverageStatus::Truncated);
    assert!(taken.reason().contains("the budget of 4.5 USD"), "{}", taken.reason());
    assert_eq!(taken.documents.len(), 600, "the first search took 3.42 USD");
    assert_eq!(taken.requests, 6, "no other search was paid for");
}

#[tokio::test(flavor = "multi_thread")]
async fn x_searches_the_last_week_where_the_archive_is_closed() {
    let platform = ALL[0];
    let upstream = platform.start(posts(20)).await;
    let longer = TimeRange { from: span().from - chrono::Duration::days(20), to: span().to };
    let taken = collect(&x(&upstream, 5.0), "x", longer, &acme()).await;
    let collected = taken.collected();
    assert_eq!((collected.status, taken.documents.len()), (CoverageStatus::Partial, 21));
    assert!(taken.reason().contains("only the last seven days"), "{}", taken.reason());
    assert_eq!(collected.covered.unwrap().from.timestamp(), NOW - 7 * 86_400 + 60);

    let older = TimeRange { from: longer.from, to: longer.from + chrono::Duration::days(2) };
    let taken = collect(&x(&upstream, 5.0), "x", older, &acme()).await;
    assert!(matches!(&taken.ended, Err(SourceError::Permanent(_))), "{:?}", taken.ended);
    assert!(taken.reason().contains("access to the full archive"), "{}", taken.reason());
}

/// What is asked for in one answer, as documented by each platform, and the post it becomes.
#[tokio::test(flavor = "multi_thread")]
async fn posts_become_documents_with_all_that_is_said_of_them() {
    let samples: Vec<Value> =
        serde_json::from_str(include_str!("support/platforms/samples.json")).unwrap();
    for sample in samples {
        let platform = ALL.into_iter().find(|one| one.name == sample["platform"]).unwrap();
        let answer = sample["answer"].clone();
        let upstream = Upstream::start(move |seen| {
            let is_sign_in =
                seen.path.contains("access_token") || seen.path.contains("createSession");
            let token = json!({ "access_token": "t", "accessJwt": "t" });
            let body = if is_sign_in { &token } else { &answer };
            Reply::ok("application/json", body.to_string())
        })
        .await;
        let connector = platform.connector(&upstream, hasty(), 10_000);
        let whole = TimeRange {
            from: DateTime::from_timestamp(NOW - 6 * 86_400, 0).unwrap(),
            to: DateTime::from_timestamp(NOW, 0).unwrap(),
        };
        let taken = collect(connector.as_ref(), platform.name, whole, &acme()).await;
        let documents = serde_json::to_value(&taken.documents).unwrap();
        let local = documents.to_string().replace("127.0.0.1", "here.example");
        let documents: Value = serde_json::from_str(&local).unwrap();
        assert_eq!(documents, sample["documents"], "{}: {documents:#}", platform.name);
    }
}

/// A service whose platforms are these doubles, with their credentials.
async fn app(doubles: &[(Platform, Upstream)], hacker_news: &Upstream) -> TestApp {
    let mut settings = vec![("HACKERNEWS_BASE_URL".to_owned(), hacker_news.url("/api/v1"))];
    let mut allowed = vec![hacker_news.address.to_string()];
    for (platform, upstream) in doubles {
        let name = platform.name.to_uppercase();
        settings.push((format!("{name}_BASE_URL"), upstream.url(platform.path)));
        if platform.has_secret() {
            settings.push((format!("{name}_TOKEN"), platform.credential.to_owned()));
        }
        allowed.push(upstream.address.to_string());
    }
    settings.push(("ALLOW_PRIVATE".to_owned(), allowed.join(",")));
    let settings = settings.into_iter().map(|(name, value)| (&*name.leak(), value)).collect();
    TestApp::with(TestOptions { settings, ..TestOptions::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_sources_are_asked_at_once_and_those_that_fail_leave_the_others_alone() {
    let held = posts(20);
    let mut doubles = Vec::new();
    for platform in ALL {
        doubles.push((platform, platform.start(held.clone()).await));
    }
    let comment = |held: &Held| Post::comment(held.number, held.second, &held.text);
    let hacker_news = hacker_news::start(held.iter().map(comment).collect(), 1_000).await;
    for (platform, upstream) in &doubles {
        match platform.name {
            "github" => {
                upstream.script([Some(Reply::status(
                    401,
                    &[],
                    r#"{"message":"Bad credentials"}"#,
                ))]);
            }
            "lemmy" => upstream.script([Some(Reply::status(404, &[], r#"{"error":"not_found"}"#))]),
            "bluesky" => {
                upstream.script([None, Some(Reply::status(429, &[("retry-after", "3")], "{}"))]);
            }
            _ => {}
        }
    }
    let app = app(&doubles, &hacker_news).await;
    let sources =
        ["x", "reddit", "bluesky", "mastodon", "github", "stackexchange", "lemmy", "hackernews"];
    let prompt = "How many times was Acme mentioned since 2026-11-19?";
    let result = app.answer(json!({ "prompt": prompt, "sources": sources })).await;
    // Those of the window, and the two around it, which this question asks for as well.
    for source in ["x", "reddit", "bluesky", "mastodon", "stackexchange", "hackernews"] {
        assert_eq!(
            result["coverage"][source]["status"], "complete",
            "{source}: {:#}",
            result["coverage"]
        );
        assert_eq!(result["result"]["by_source"][source]["mentions"], 22, "{source}");
    }
    assert_eq!(result["result"]["total_mentions"], 6 * 22);
    for (source, reason) in [("github", "it answered 401"), ("lemmy", "it answered 404")] {
        let covered = &result["coverage"][source];
        assert_eq!(
            (&covered["status"], &covered["covered"]),
            (&json!("error"), &Value::Null),
            "{covered}"
        );
        assert!(covered["reason"].as_str().unwrap().contains(reason), "{covered}");
        let said = result["assumptions"].to_string();
        assert!(
            said.contains(&format!("{source} gave nothing and is not in the figures")),
            "{said}"
        );
    }
    no_secret_is_kept(app.data_dir(), &result.to_string());
    app.stop().await;
}

/// Neither in the result nor in anything that the service has written.
fn no_secret_is_kept(folder: &Path, result: &str) {
    let mut folders = vec![folder.to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            files += 1;
            for platform in ALL.into_iter().filter(|platform| platform.has_secret()) {
                let finder = memchr::memmem::find(&bytes, platform.secret.as_bytes());
                assert_eq!(finder, None, "{} in {}", platform.secret, path.display());
            }
        }
    }
    assert!(files > 0);
    for platform in ALL.into_iter().filter(|platform| platform.has_secret()) {
        assert!(!result.contains(platform.secret), "{}", platform.secret);
    }
}
