//! The source `hackernews` against a double that holds posts and searches them.

use std::time::Duration;

use bytestack::model::document::DocumentKind;
use bytestack::model::reading::Term;
use bytestack::model::result::CoverageStatus;
use bytestack::model::window::TimeRange;
use bytestack::sources::http::Politeness;
use bytestack::sources::pace::Pace;
use bytestack::sources::{HackerNews, Setup, SourceError};
use chrono::DateTime;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::collecting::{Taken, collect, hasty, http};
use crate::support::hacker_news::{Post, start, start_unsure};
use crate::support::upstream::{Reply, Upstream};

/// The second all posts are counted from.
const BEGIN: i64 = 1_795_000_000;

fn span(from: i64, to: i64) -> TimeRange {
    let at = |second| DateTime::from_timestamp(BEGIN + second, 0).unwrap();
    TimeRange { from: at(from), to: at(to) }
}

fn acme() -> Vec<Term> {
    vec![Term::Text("Acme".to_owned())]
}

/// One comment about Acme at each of these seconds, with ids from 1.
fn comments(seconds: &[i64]) -> Vec<Post> {
    let numbered = (1..).zip(seconds);
    numbered.map(|(id, second)| Post::comment(id, BEGIN + second, "Acme it is")).collect()
}

fn connector(upstream: &Upstream, politeness: Politeness, most: u32) -> HackerNews {
    HackerNews::new(Setup {
        http: http(politeness),
        base_url: upstream.url("/api/v1"),
        token: None,
        max_documents: most,
        max_usd: 0.0,
        pace: Pace::default(),
    })
}

async fn ask(upstream: &Upstream, window: TimeRange, terms: &[Term]) -> Taken {
    collect(&connector(upstream, hasty(), 10_000), "hackernews", window, terms).await
}

/// The ids the double holds in a window, as text and sorted as text.
fn held(posts: &[Post], from: i64, to: i64) -> Vec<String> {
    let inside = posts.iter().filter(|post| (BEGIN + from..BEGIN + to).contains(&post.second));
    let mut ids: Vec<String> = inside.map(|post| post.id.to_string()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn more_hits_than_one_search_gives_are_walked_to_the_last_one() {
    let seconds: Vec<i64> = (0..2_600).map(|number| number / 3).collect();
    let posts = comments(&seconds);
    let upstream = start(posts.clone(), 1_000).await;
    let taken = ask(&upstream, span(10, 860), &acme()).await;
    assert_eq!(taken.ids(), held(&posts, 10, 860));
    assert!(taken.ids().len() > 2_500, "{}", taken.ids().len());
    let collected = taken.collected();
    assert_eq!(collected.status, CoverageStatus::Complete);
    assert_eq!(collected.covered, Some(span(10, 860)));
    assert_eq!(collected.upstream_total, Some(2_550));
    assert_eq!(taken.requests, 3, "no search is sent in vain");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_the_source_is_not_sure_of_ends_no_walk() {
    let posts = comments(&(0..1_700).map(|number| number / 2).collect::<Vec<_>>());
    let upstream = start_unsure(posts.clone()).await;
    let taken = ask(&upstream, span(0, 850), &acme()).await;
    assert_eq!(taken.ids(), held(&posts, 0, 850));
    let collected = taken.collected();
    assert_eq!((collected.status, collected.upstream_total), (CoverageStatus::Complete, None));
}

#[test]
fn every_window_gives_what_is_held_in_it_each_post_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cases = (prop::collection::vec(0_i64..60, 0..300), 0_i64..60, 0_i64..61);
    let config =
        ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&cases, |(seconds, one, other)| {
            const CEILING: usize = 20;
            let (from, to) = (one.min(other), one.max(other));
            let posts = comments(&seconds);
            let taken = runtime.block_on(async {
                let upstream = start(posts.clone(), CEILING).await;
                ask(&upstream, span(from, to), &acme()).await
            });
            let most_at_once = (from..to)
                .map(|second| seconds.iter().filter(|found| **found == second).count())
                .max();
            prop_assert!(taken.ids().windows(2).all(|pair| pair[0] != pair[1]));
            if most_at_once.unwrap_or(0) <= CEILING {
                prop_assert_eq!(taken.collected().status, CoverageStatus::Complete);
                prop_assert_eq!(taken.ids(), held(&posts, from, to));
            } else {
                prop_assert_eq!(taken.collected().status, CoverageStatus::Truncated);
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_that_holds_more_than_a_search_gives_is_said_to_be_cut() {
    let seconds = [vec![9; 12], vec![8; 10], vec![7, 6, 5]].concat();
    let posts = comments(&seconds);
    let upstream = start(posts.clone(), 10).await;
    let whole = ask(&upstream, span(0, 9), &acme()).await;
    assert_eq!(whole.ids(), held(&posts, 0, 9), "a second that is just full is no loss");
    assert_eq!(whole.collected().status, CoverageStatus::Complete);

    let cut = ask(&upstream, span(0, 10), &acme()).await;
    assert_eq!(cut.collected().status, CoverageStatus::Truncated);
    assert!(cut.reason().contains("more hits than the search gives"), "{}", cut.reason());
    assert_eq!(cut.ids().len(), 10 + 13, "everything else is there");
    assert_eq!(cut.collected().upstream_total, Some(25));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_name_is_searched_for_and_what_a_comment_does_not_say_is_left() {
    let mut under_acme = Post::comment(5, BEGIN + 5, "I agree");
    under_acme.story_title = Some("Acme in 2026".to_owned());
    let posts = vec![
        Post::comment(1, BEGIN + 1, "Acme &amp; Globex"),
        Post::comment(2, BEGIN + 2, "<p>open source <i>Glo Bex</i>"),
        Post::comment(3, BEGIN + 3, "source that is open"),
        Post::story(4, BEGIN + 4, "Acme opens its source"),
        under_acme,
    ];
    let upstream = start(posts, 1_000).await;
    let globex =
        Term::Entity { name: "Globex".into(), any: vec!["Globex".into(), "Glo Bex".into()] };
    let phrase = Term::Text("open source".into());
    let all = Term::All { all: vec!["source".into(), "Acme".into()] };
    let ids = async |terms: &[Term]| {
        let taken = ask(&upstream, span(0, 9), terms).await;
        taken.ids().join(" ")
    };
    assert_eq!(ids(&acme()).await, "1 4");
    assert_eq!(ids(std::slice::from_ref(&globex)).await, "1 2");
    assert_eq!(ids(&[phrase]).await, "2");
    assert_eq!(ids(&[all]).await, "4");
    let both = ask(&upstream, span(0, 9), &[acme()[0].clone(), globex]).await;
    assert_eq!(both.ids(), ["1", "2", "4"], "a post that holds two names comes once");
    assert_eq!(both.collected().upstream_total, None, "totals of several searches overlap");

    let story = both.documents.iter().find(|found| found.id == "4").unwrap();
    assert_eq!(story.kind, DocumentKind::Post);
    assert_eq!(story.author.handle.as_deref(), Some("bob"));
    assert_eq!((story.engagement.likes, story.engagement.replies), (Some(7), Some(3)));
    assert_eq!(story.url.as_deref(), Some("https://news.ycombinator.com/item?id=4"));
    let comment = both.documents.iter().find(|found| found.id == "1").unwrap();
    assert_eq!((comment.kind, comment.text.as_str()), (DocumentKind::Comment, "Acme & Globex"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_pass_is_asked_again_and_nothing_is_lost() {
    let json = "application/json";
    let faults = [
        Reply::status(500, &[], "oops"),
        Reply::status(503, &[("retry-after", "0")], ""),
        Reply::html("One moment"),
        Reply::CutOff(r#"{"hits":["#.to_owned()),
        Reply::ok(json, r#"{"message":"no"}"#),
        Reply::status(429, &[], "slow down"),
    ];
    for fault in faults {
        let posts = comments(&[1, 2, 3]);
        let upstream = start(posts.clone(), 1_000).await;
        upstream.script([Some(fault.clone()), Some(fault.clone()), None]);
        let taken = ask(&upstream, span(0, 9), &acme()).await;
        assert_eq!(taken.ids(), held(&posts, 0, 9), "{fault:?}");
        assert_eq!(taken.collected().status, CoverageStatus::Complete, "{fault:?}");
        assert_eq!((taken.requests, upstream.seen().len()), (3, 3), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_is_asked_for_is_kept() {
    for value in ["1", "Mon, 23 Nov 2026 17:30:01 GMT"] {
        let upstream = start(comments(&[1]), 1_000).await;
        upstream.script([Some(Reply::status(429, &[("retry-after", value)], ""))]);
        let taken = ask(&upstream, span(0, 9), &acme()).await;
        assert_eq!(taken.ids(), ["1"]);
        let seen = upstream.seen();
        let waited = seen[1].at - seen[0].at;
        assert!(waited >= Duration::from_secs(1), "{value}: {waited:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_longer_than_the_job_may_take_ends_it_at_once() {
    let upstream = start(comments(&[1]), 1_000).await;
    upstream.script([Some(Reply::status(429, &[("retry-after", "3600")], "too many"))]);
    let taken = ask(&upstream, span(0, 9), &acme()).await;
    let Err(SourceError::RateLimited { after, reason }) = &taken.ended else {
        panic!("{:?}", taken.ended);
    };
    assert_eq!(*after, Duration::from_hours(1));
    let expected = "it answered 429: too many; it asks to wait until 2026-11-23T18:30:00Z";
    assert!(reason.starts_with(expected), "{reason}");
    assert_eq!(taken.requests, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_pass_is_asked_once_and_said() {
    for status in [400, 401, 403, 404, 410] {
        let upstream = start(comments(&[1]), 1_000).await;
        upstream.script([Some(Reply::status(status, &[], r#"{"message":"not here"}"#))]);
        let taken = ask(&upstream, span(0, 9), &acme()).await;
        let expected = format!("it answered {status}: {{\"message\":\"not here\"}}");
        assert_eq!(taken.ended, Err(SourceError::Permanent(expected)));
        assert_eq!((taken.requests, upstream.seen().len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_is_asked_four_times_and_said() {
    let upstream = start(comments(&[1]), 1_000).await;
    upstream.script(vec![Some(Reply::html("Down for maintenance")); 4]);
    let taken = ask(&upstream, span(0, 9), &acme()).await;
    let expected = "it answered with a page for people in place of JSON: Down for maintenance";
    assert_eq!(taken.ended, Err(SourceError::Transient(expected.to_owned())));
    assert_eq!(taken.requests, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_ends_after_the_time_it_is_given() {
    let upstream = start(comments(&[1]), 1_000).await;
    upstream.script(vec![Some(Reply::Silence); 2]);
    let politeness =
        Politeness { attempts: 2, answer_within: Duration::from_millis(60), ..hasty() };
    let source = connector(&upstream, politeness, 10);
    let taken = collect(&source, "hackernews", span(0, 9), &acme()).await;
    assert!(matches!(taken.ended, Err(SourceError::Transient(_))), "{:?}", taken.ended);
    assert_eq!(taken.requests, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_failure_is_kept() {
    let posts = comments(&(0..25).collect::<Vec<_>>());
    let upstream = start(posts.clone(), 10).await;
    upstream.script([None, Some(Reply::status(403, &[], "blocked"))]);
    let taken = ask(&upstream, span(0, 25), &acme()).await;
    let collected = taken.collected();
    assert_eq!(collected.status, CoverageStatus::Partial);
    assert!(taken.reason().ends_with("it answered 403: blocked"), "{}", taken.reason());
    assert_eq!(taken.ids(), held(&posts, 15, 25));
    assert_eq!(collected.covered, Some(span(16, 25)), "the last second may hold more");
    assert_eq!(collected.upstream_total, Some(25));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_job_ends_a_walk() {
    let posts = comments(&(0..25).collect::<Vec<_>>());
    let upstream = start(posts.clone(), 10).await;
    upstream.script([None, Some(Reply::Silence)]);
    let politeness = Politeness { job_within: Duration::from_millis(400), ..hasty() };
    let source = connector(&upstream, politeness, 10_000);
    let taken = collect(&source, "hackernews", span(0, 25), &acme()).await;
    assert_eq!(taken.collected().status, CoverageStatus::Truncated, "{}", taken.reason());
    assert_eq!(taken.ids(), held(&posts, 15, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_a_job_end_a_walk() {
    let posts = comments(&(0..25).collect::<Vec<_>>());
    let upstream = start(posts.clone(), 10).await;
    upstream.script([None, Some(Reply::status(502, &[], "")), None]);
    let politeness = Politeness { job_requests: 3, ..hasty() };
    let taken =
        collect(&connector(&upstream, politeness, 10_000), "hackernews", span(0, 25), &acme())
            .await;
    assert_eq!(taken.collected().status, CoverageStatus::Truncated);
    assert!(taken.reason().contains("the 3 requests that a job may make"), "{}", taken.reason());
    assert_eq!((taken.requests, upstream.seen().len()), (3, 3), "the one that failed counts");
    assert_eq!(taken.ids(), held(&posts, 6, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_documents_ends_a_walk() {
    let posts = comments(&(0..25).collect::<Vec<_>>());
    let upstream = start(posts.clone(), 10).await;
    let take = async |most| {
        let source = connector(&upstream, hasty(), most);
        collect(&source, "hackernews", span(0, 25), &acme()).await
    };
    let cut = take(13).await;
    assert_eq!(cut.ids(), held(&posts, 12, 25));
    assert_eq!(cut.collected().status, CoverageStatus::Truncated);
    assert!(cut.reason().contains("limit of 13 documents"), "{}", cut.reason());
    let covered = cut.collected().covered.unwrap();
    assert!(covered.from >= span(12, 25).from && covered.to == span(12, 25).to, "{covered:?}");
    let whole = take(25).await;
    assert_eq!(whole.collected().status, CoverageStatus::Complete);
}
