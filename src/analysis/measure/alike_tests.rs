//! Posts that say nearly the same: listed once, counted all.

use serde_json::{Value, json};

use super::intents_tests::{answer, measured, post, told};
use super::*;

const LONG: &str = "acme raised its prices again and nobody in our team was told about it before the invoice came in";

fn posts() -> Vec<Document> {
    vec![
        post("x", "1", "02T10", LONG, "ann"),
        post("x", "2", "03T10", &format!("RT @ann: {LONG} https://t.co/1"), "bob"),
        post("reddit", "3", "04T10", &format!("{} 🎉", LONG.to_uppercase()), "cleo"),
        post("x", "4", "05T10", "love acme", "ann"),
        post("x", "5", "06T10", "hate acme", "bob"),
        post("x", "6", "07T10", "Hate Acme!", "dan"),
        post("x", "7", "08T10", "@acme https://acme.com/1", "dan"),
        post("x", "8", "09T10", "@acme https://acme.com/2", "dan"),
    ]
}

fn listed(rows: &Value) -> Vec<(&str, u64)> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (row["id"].as_str().unwrap(), row["similar"].as_u64().unwrap())).collect()
}

#[test]
fn only_the_first_of_posts_that_say_the_same_is_listed() {
    let fields = json!({"intent": "list", "terms": ["acme", "@acme"]});
    let found = answer(&fields, &posts());
    assert_eq!(found["total_mentions"], 8);
    let newest = [("8", 0), ("7", 0), ("6", 1), ("4", 0), ("3", 2)];
    assert_eq!(listed(&found["posts"]), newest);
    assert_eq!(found["posts"][4]["rank"], 5);
    let oldest = answer(&json!({"intent": "list", "sort": "published_at asc"}), &posts());
    assert_eq!(listed(&oldest["posts"])[..3], [("1", 2), ("4", 0), ("5", 1)]);
    let said = measured(&fields, told(), &posts()).assumptions;
    assert!(said.iter().any(|said| said.contains("only the first is listed")), "{said:?}");
}

#[test]
fn copies_take_no_places_and_a_list_too_short_for_them_says_so() {
    let mut many: Vec<_> =
        (0..60).map(|id| post("x", &format!("c{id}"), "05T10", LONG, "b")).collect();
    many.push(post("x", "other", "02T10", "acme is fine", "ann"));
    let fields = |limit: u32| json!({"intent": "top_posts", "limit": limit});
    let found = answer(&fields(2), &many);
    assert_eq!(listed(&found["posts"]), [("c0", 59), ("other", 0)]);
    let more: Vec<_> = (0..300).map(|id| post("x", &id.to_string(), "05T10", LONG, "b")).collect();
    let found = measured(&fields(3), told(), &more);
    assert_eq!(found.answer.posts.unwrap()[0].similar, Some(299));
    assert!(found.assumptions.iter().any(|said| said.contains("looked through")));
}

#[test]
fn examples_and_questions_are_not_the_same_one_thrice() {
    let texts = [
        "I love acme, great!",
        "@ann I love acme, GREAT",
        "Why is acme great?",
        "why is acme great? 🎉",
    ];
    let posts: Vec<_> = (1..)
        .zip(texts)
        .map(|(id, text)| post("x", &format!("{id}"), "03T10", text, "a"))
        .collect();
    let felt = answer(&json!({"intent": "sentiment"}), &posts);
    assert_eq!(felt["sentiment"]["examples"]["positive"].as_array().unwrap().len(), 1);
    let asked = answer(&json!({"intent": "questions"}), &posts);
    assert_eq!(listed(&asked["questions"]), [("3", 1)]);
}
