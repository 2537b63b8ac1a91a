//! Summaries: what they say, what they quote, and what they stress.

use serde_json::json;

use super::intents_tests::{answer, measured, post, told};
use super::*;
use crate::analysis::prose::{check_prose, figures_of};

fn posts() -> Vec<Document> {
    let texts = [
        ("x", "02T10", "Acme billing is awful, I hate it"),
        ("x", "02T11", "acme billing is bad and support is terrible"),
        ("reddit", "02T12", "Love Acme, the new dashboard is great"),
        ("reddit", "03T10", "acme: billing and support, a short word of 77 users"),
        ("x", "04T10", "I bought nothing from acme"),
        ("x", "04T11", "RT @bob: Acme billing is AWFUL, I hate it https://t.co/1"),
    ];
    let post = |(id, (source, day, text)): (u32, (&str, &str, &str))| {
        post(source, &id.to_string(), day, text, &format!("u{id}"))
    };
    (1..).zip(texts).map(post).collect()
}

#[test]
fn a_summary_says_its_figures_and_quotes_posts() {
    let found = answer(&json!({"intent": "summary", "limit": 3}), &posts());
    let text = found["summary"]["text"].as_str().unwrap();
    assert_eq!(
        text,
        "6 posts by 6 people mention Acme from 2 November 2026 to 12 November 2026. \
         Of these are 4 on x and 2 on reddit. \
         Of all, 1 is positive (17 %), 2 are neutral (33 %) and 3 are negative (50 %). \
         Most came on 2 November 2026: 3. \
         The words most of them share, with how many posts have them: \
         \"billing\" (4), \"awful\" (2), \"hate\" (2) and \"support\" (2)."
    );
    assert_eq!(found["summary"]["method"]["kind"], "extractive");
    let points = found["summary"]["points"].as_array().unwrap();
    let ids: Vec<_> = points.iter().map(|point| &point["cites"][0]["id"]).collect();
    assert_eq!(
        ids,
        ["6", "2", "5"],
        "each adds words the ones before do not have, then the newest"
    );
    assert_eq!(points[0]["similar"], 1);
    assert_eq!(
        points[1]["cites"],
        json!([{"source": "x", "id": "2", "url": "https://x.example/2"}])
    );
}

#[test]
fn what_is_to_be_stressed_comes_first_and_is_quoted_alone() {
    let fields = json!({"intent": "summary", "focus": {"sentiment": "negative"}});
    let found = answer(&fields, &posts());
    let text = found["summary"]["text"].as_str().unwrap();
    assert!(text.contains("Of all, 3 are negative (50 %), 1 is positive"), "{text}");
    assert!(text.ends_with("The posts quoted are negative ones."));
    let points = found["summary"]["points"].as_array().unwrap();
    assert_eq!(points.len(), 2);
    assert!(points.iter().all(|point| point["sentiment"] == "negative"));
    assert_eq!(found["total_mentions"], 6, "it restricts nothing");
}

#[test]
fn nothing_and_one_post_are_said_as_such() {
    let none = answer(&json!({"intent": "summary"}), &[]);
    assert_eq!(
        none["summary"]["text"],
        "No posts mention Acme from 2 November 2026 to 12 November 2026."
    );
    let one = answer(&json!({"intent": "summary"}), &posts()[..1]);
    let text = one["summary"]["text"].as_str().unwrap();
    assert!(text.starts_with("1 post by 1 person mentions Acme from"), "{text}");
}

#[test]
fn a_summary_is_held_against_the_time_before() {
    let window = TimeRange { from: "2026-11-03T00:00:00Z".parse().unwrap(), ..told().window };
    let previous = TimeRange { from: "2026-11-01T00:00:00Z".parse().unwrap(), to: window.from };
    let told = Measuring { window, previous: Some(previous), ..told() };
    let found = measured(&json!({"intent": "summary"}), told, &posts()).answer;
    let text = &found.summary.as_ref().unwrap().text;
    assert!(text.contains("In the time before there were 3, as many as now."), "{text}");
    let found = measured(&json!({"intent": "summary"}), told, &posts()[..5]).answer;
    let text = &found.summary.as_ref().unwrap().text;
    assert!(text.contains("were 3; now there are 1 fewer, 33.3 %."), "{text}");
    assert_eq!(check_prose(text, &found), Ok(()));
}

#[test]
fn every_number_of_its_prose_can_be_changed_and_is_then_refused() {
    let found = measured(&json!({"intent": "summary"}), told(), &posts()).answer;
    let text = found.summary.as_ref().unwrap().text.clone();
    assert_eq!(check_prose(&text, &found), Ok(()));
    for figure in figures_of(&text) {
        let changed = text.replacen(&figure.written, "4,713", 1);
        assert!(check_prose(&changed, &found).is_err(), "{}", figure.written);
    }
    assert!(check_prose(&format!("{text} It has 77 users."), &found).is_err());
    assert_eq!(check_prose("\"a short word of 77 users\" [1]", &found), Ok(()));
}

#[test]
fn names_and_words_that_are_numbers_are_no_figures() {
    let texts = ["Three lost millions again", "three: 404 millions, ok"];
    let posts: Vec<_> = (1..)
        .zip(texts)
        .map(|(id, text)| post("x", &format!("{id}"), "03T10", text, "a"))
        .collect();
    let fields = json!({"intent": "summary", "terms": ["Three", "404"]});
    let found = measured(&fields, told(), &posts).answer;
    let text = &found.summary.as_ref().unwrap().text;
    assert!(text.contains("mention Three or 404") && text.contains("\"millions\" (2)"), "{text}");
    assert_eq!(check_prose(text, &found), Ok(()));
}
