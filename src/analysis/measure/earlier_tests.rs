//! What is told from the posts of the run before.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::intents_tests::{at, post, reading, told};
use super::properties_tests::{document, with_previous};
use super::*;

fn sources() -> Vec<String> {
    vec!["x".to_owned(), "reddit".to_owned()]
}

/// A run over `now` that knows what the one before had, with its documents first or last.
fn run(
    fields: &Value,
    told: Measuring,
    now: &[Document],
    before: &[Document],
    first: bool,
) -> Measured {
    let mut measure = Measure::new(&reading(fields), told).unwrap();
    let span = TimeRange { from: at("2026-11-02T00:00:00Z"), to: at("2026-11-05T12:00:00Z") };
    measure.earlier_run(span, &sources());
    measure.covers(&["x".to_owned()]);
    let earlier = |measure: &mut Measure| before.iter().for_each(|d| measure.earlier(d));
    if first {
        earlier(&mut measure);
    }
    for document in now {
        measure.add(document);
    }
    if !first {
        earlier(&mut measure);
    }
    measure.finish(&sources())
}

fn before() -> Vec<Document> {
    vec![
        post("x", "kept", "03T10", "acme", "ann"),
        post("x", "gone", "04T10", "acme", "bob"),
        post("x", "other", "04T11", "nothing", "eve"),
        post("reddit", "unknown", "04T10", "acme", "cleo"),
    ]
}

fn now() -> Vec<Document> {
    vec![
        post("x", "kept", "03T10", "acme", "ann"),
        post("x", "late", "04T12", "acme", "dan"),
        post("x", "since", "05T18", "acme", "dan"),
        post("rss", "first", "04T12", "acme", "dan"),
        post("x", "new", "08T12", "acme", "ann"),
        post("x", "newer", "08T13", "acme", "eve"),
        post("x", "newest", "08T14", "acme once more", "eve"),
        post("reddit", "new", "08T12", "acme", "ann"),
    ]
}

fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
fn what_came_late_and_what_is_gone_of_the_sources_that_tell() {
    let told = Measuring {
        window: TimeRange { from: at("2026-11-06T00:00:00Z"), ..told().window },
        previous: Some(TimeRange {
            from: at("2026-11-02T00:00:00Z"),
            to: at("2026-11-06T00:00:00Z"),
        }),
        ..told()
    };
    let fields = json!({"intent": "changes"});
    let measured = run(&fields, told, &now(), &before(), true);
    let changes = serde_json::to_value(measured.answer.changes.unwrap()).unwrap();
    assert_eq!((ids(&changes["late"]), &changes["late_total"]), (vec!["late"], &json!(1)));
    assert_eq!((ids(&changes["removed"]), &changes["removed_total"]), (vec!["gone"], &json!(1)));
    assert_eq!(
        changes["removed"][0],
        json!({
            "source": "x", "id": "gone", "url": "https://x.example/gone",
            "author": {"handle": "bob"}, "published_at": "2026-11-04T10:00:00Z",
        })
    );
    assert_eq!(changes["previous"]["mentions"], 4, "what is gone is not counted");
    assert_eq!(measured.answer.by_source.keys().collect::<Vec<_>>(), ["reddit", "rss", "x"]);
    let mut unknown = Measure::new(&reading(&fields), told).unwrap();
    for document in now() {
        unknown.add(&document);
    }
    let found = unknown.finish(&sources());
    let changes = serde_json::to_value(found.answer.changes.unwrap()).unwrap();
    assert_eq!((&changes["late"], &changes["removed"]), (&Value::Null, &Value::Null));
    assert!(found.assumptions.iter().any(|said| said.contains("came late")));
}

#[test]
fn people_are_new_who_were_not_there_before() {
    let window = TimeRange { from: at("2026-11-06T00:00:00Z"), ..told().window };
    let told = Measuring { window, ..told() };
    let fields = json!({"intent": "count", "metrics": ["new_users"]});
    let found = run(&fields, told, &now(), &before(), false).answer;
    // Ann of reddit is not Ann of x, and Eve did not speak of it.
    assert_eq!((found.unique_users, found.new_users), (3, Some(2)));
    let mut unknown = Measure::new(&reading(&fields), told).unwrap();
    for document in now() {
        unknown.add(&document);
    }
    let found = unknown.finish(&sources());
    assert_eq!(found.answer.new_users, None);
    assert!(found.assumptions.iter().any(|said| said.starts_with("new users cannot be told")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn neither_the_order_of_both_runs_nor_copies_change_what_changed(
        now in prop::collection::vec(document(), 0..30),
        (before, shuffled) in prop::collection::vec(document(), 0..30).prop_flat_map(|documents| {
            let mut more = documents.clone();
            more.extend(documents.iter().step_by(3).cloned());
            (Just(documents), Just(more).prop_shuffle())
        }),
    ) {
        let reversed: Vec<Document> = now.iter().rev().cloned().collect();
        for fields in [json!({"intent": "changes", "limit": 2}), json!({"intent": "count", "metrics": ["new_users"]})] {
            let one = run(&fields, with_previous(), &now, &before, true);
            let other = run(&fields, with_previous(), &reversed, &shuffled, false);
            prop_assert_eq!(&one.answer, &other.answer);
            // The run before changes no count.
            let alone = run(&fields, with_previous(), &now, &[], true);
            prop_assert_eq!(one.answer.by_source, alone.answer.by_source);
        }
    }
}
