use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use proptest::prelude::*;

use super::matcher::tests::reading;
use super::record::content;
use super::*;
use crate::analysis::reading::window::day_range;
use crate::model::document::{Author, DocumentKind};
use crate::model::reading::Term;
use crate::model::result::SourceCount;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_000_000, 0).unwrap() + Duration::minutes(minutes)
}

/// Minutes 10 up to 90 after the epoch of these tests.
fn window() -> TimeRange {
    TimeRange { from: at(10), to: at(90) }
}

fn told(limit: usize) -> Measuring {
    Measuring {
        window: window(),
        previous: None,
        reference: at(90),
        timezone: Tz::UTC,
        evidence_limit: limit,
    }
}

fn start(limit: usize) -> Measure {
    let reading = reading(vec![Term::Text("Acme".to_owned())], &["pie"]);
    Measure::new(&reading, told(limit)).unwrap()
}

fn run(documents: &[Document], limit: usize) -> Measured {
    let mut measure = start(limit);
    for document in documents {
        measure.add(document);
    }
    measure.finish(&["x".to_owned(), "reddit".to_owned()])
}

fn post(source: &str, id: &str, minutes: i64, text: &str, author: Option<&str>) -> Document {
    Document {
        source: source.to_owned(),
        id: id.to_owned(),
        text: text.to_owned(),
        author: Author { handle: author.map(str::to_owned), ..Author::default() },
        published_at: Some(at(minutes)),
        ..Document::default()
    }
}

#[test]
fn figures_of_a_small_count() {
    let repost =
        Document { kind: DocumentKind::Repost, ..post("x", "3", 30, "RT acme", Some("Bob")) };
    let undated = Document { published_at: None, ..post("x", "4", 0, "acme", Some("eve")) };
    let documents = [
        post("x", "1", 10, "Acme!", Some("bob")),
        post("x", "2", 90, "Acme, too late", Some("bob")),
        repost,
        undated,
        post("x", "1", 20, "acme again, the same post", Some("mallory")),
        post("x", "5", 50, "nothing", Some("bob")),
        post("x", "6", 50, "acme pie", Some("bob")),
        post("lemmy", "1", 89, "about #acme", Some("bob")),
        post("lemmy", "2", 40, "acme", None),
    ];
    let measured = run(&documents, 2);
    assert_eq!(measured.funnel, Funnel { collected: 9, in_window: 7, matched: 5, deduplicated: 4 });
    let answer = measured.answer;
    assert_eq!((answer.total_mentions, answer.unique_users), (4, 3));
    assert_eq!((answer.reposts, answer.unknown_authors), (1, 1));
    let wanted = [("lemmy", 2, 1), ("reddit", 0, 0), ("x", 2, 2)];
    let by_source: BTreeMap<_, _> = wanted
        .map(|(name, mentions, unique_users)| {
            (name.to_owned(), SourceCount { mentions, unique_users })
        })
        .into();
    assert_eq!(answer.by_source, by_source);
    let ids: Vec<_> =
        measured.evidence.iter().map(|e| (e.source.as_str(), e.id.as_str())).collect();
    assert_eq!(ids, [("lemmy", "1"), ("lemmy", "2")]);
    assert_eq!(measured.evidence[0].matched_terms, ["Acme"]);
    assert!(measured.assumptions.iter().any(|a| a == "posts without a date were left out: 1"));
}

#[test]
fn the_newest_copy_of_a_post_wins() {
    let copies =
        [post("x", "1", 30, "acme two", Some("b")), post("x", "1", 20, "acme one", Some("a"))];
    assert_eq!(run(&copies, 5).evidence[0].text, "acme two");
    let no_longer = [post("x", "1", 30, "edited away", None), post("x", "1", 20, "acme", None)];
    assert_eq!(
        run(&no_longer, 5).answer.total_mentions,
        1,
        "a copy that does not match hides none that does"
    );
}

#[test]
fn nothing_collected_is_all_zeros() {
    let measured = run(&[], 5);
    assert_eq!(measured.answer.total_mentions, 0);
    assert_eq!(measured.answer.by_source.len(), 2);
    assert!(measured.assumptions.is_empty() && measured.evidence.is_empty());
}

#[test]
fn parts_of_an_identity_do_not_run_together() {
    let pair = [post("x", "ab", 20, "acme", None), post("xa", "b", 20, "acme", None)];
    assert_eq!(run(&pair, 0).answer.total_mentions, 2);
}

type Newest = (DateTime<Utc>, String, String);

/// The same figures, computed with lists and loops only.
fn naive(documents: &[Document], limit: usize) -> (Answer, Funnel, Vec<Newest>) {
    let is_match = |text: &str| {
        let words: Vec<String> = text.split(' ').map(str::to_lowercase).collect();
        words.contains(&"acme".to_owned()) && !words.contains(&"pie".to_owned())
    };
    let inside = |d: &&Document| d.published_at.is_some_and(|t| t >= at(10) && t < at(90));
    let in_window: Vec<&Document> = documents.iter().filter(inside).collect();
    let matched: Vec<&Document> = in_window.iter().copied().filter(|d| is_match(&d.text)).collect();
    let mut kept: Vec<&Document> = Vec::new();
    for document in &matched {
        let standing = |d: &Document| (std::cmp::Reverse(d.published_at), content(d));
        match kept.iter_mut().find(|k| k.source == document.source && k.id == document.id) {
            Some(known) if standing(document) < standing(known) => *known = document,
            Some(_) => {}
            None => kept.push(document),
        }
    }
    let mut by_source: BTreeMap<String, SourceCount> =
        ["x", "reddit"].map(|s| (s.to_owned(), SourceCount::default())).into();
    let mut people: BTreeSet<(String, String)> = BTreeSet::new();
    for document in &kept {
        let count = by_source.entry(document.source.clone()).or_default();
        count.mentions += 1;
        if let Some(who) = document.author.identity()
            && people.insert((document.source.clone(), who))
        {
            count.unique_users += 1;
        }
    }
    let answer = Answer {
        total_mentions: kept.len() as u64,
        unique_users: people.len() as u64,
        reposts: kept.iter().filter(|d| d.kind == DocumentKind::Repost).count() as u64,
        unknown_authors: kept.iter().filter(|d| d.author.identity().is_none()).count() as u64,
        date_range: day_range(&window(), Tz::UTC),
        by_source,
        ..Answer::default()
    };
    let funnel = Funnel {
        collected: documents.len() as u64,
        in_window: in_window.len() as u64,
        matched: matched.len() as u64,
        deduplicated: kept.len() as u64,
    };
    let mut newest: Vec<_> =
        kept.iter().map(|d| (d.published_at.unwrap(), d.source.clone(), d.id.clone())).collect();
    newest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2))));
    newest.truncate(limit);
    (answer, funnel, newest)
}

prop_compose! {
    fn document()(
        source in prop::sample::select(vec!["x", "reddit", "dataset:posts"]),
        id in 0_u8..12,
        minutes in prop::option::weighted(0.9, prop::sample::select(vec![0, 9, 10, 11, 45, 89, 90])),
        words in prop::collection::vec(prop::sample::select(vec!["acme", "Acme", "acmes", "pie", "of", "ACME"]), 0..4),
        author in prop::option::of(prop::sample::select(vec!["bob", "@Bob", "eve", " "])),
        account in prop::option::weighted(0.3, prop::sample::select(vec!["1", "2", ""])),
        repost in any::<bool>(),
    ) -> Document {
        Document {
            source: source.to_owned(),
            id: id.to_string(),
            author: Author { id: account.map(str::to_owned), handle: author.map(str::to_owned), ..Author::default() },
            text: words.join(" "),
            kind: if repost { DocumentKind::Repost } else { DocumentKind::Post },
            published_at: minutes.map(at),
            ..Document::default()
        }
    }
}

proptest! {
    #[test]
    fn figures_equal_the_naive_count(documents in prop::collection::vec(document(), 0..40), limit in 0_usize..6) {
        let measured = run(&documents, limit);
        let (answer, funnel, newest) = naive(&documents, limit);
        prop_assert_eq!(measured.answer, answer);
        prop_assert_eq!(measured.funnel, funnel);
        let kept: Vec<_> = measured.evidence.into_iter().map(|e| (e.published_at, e.source, e.id)).collect();
        prop_assert_eq!(kept, newest);
    }

    #[test]
    fn order_changes_nothing(
        (documents, shuffled) in prop::collection::vec(document(), 0..30)
            .prop_flat_map(|d| (Just(d.clone()), Just(d).prop_shuffle())),
        limit in 0_usize..6,
    ) {
        prop_assert_eq!(run(&documents, limit), run(&shuffled, limit));
    }
}
