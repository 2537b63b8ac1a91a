//! Fields of posts: what is found, where it stands, and what is null.

use serde_json::{Value, json};

use super::intents_tests::{measured, post, told};
use super::*;

fn rows(extract: &Value, documents: &[Document]) -> (Value, Vec<String>) {
    let fields = json!({"intent": "extract", "extract": extract});
    let found = measured(&fields, told(), documents);
    (serde_json::to_value(found.answer).unwrap()["rows"].clone(), found.assumptions)
}

#[test]
fn fields_are_found_by_their_names_with_where_they_stand() {
    let mut document = post(
        "x",
        "1",
        "03T10",
        "Café: Acme v2.1 costs $1,299.50. I hate the billing! Why is it so dear? #acme #bill",
        "ann",
    );
    document.title = Some("Acme gets 4/5".to_owned());
    document.engagement.likes = Some(57);
    let extract = json!({
        "Price": "number", "cost": "string", "version": "string", "rating": "number",
        "author": "string", "date": "string", "likes": "number", "hashtags": "string",
        "complaint": "string", "question": "string", "is_question": "boolean", "has_email": "boolean",
        "sentiment": "string", "severity": "string", "recommends": "boolean", "email": "string",
        "likes_text": "string", "verified": "boolean", "permalink": "string",
    });
    let (rows, said) = rows(&extract, &[document.clone()]);
    let row = &rows[0];
    assert_eq!(
        row["fields"],
        json!({
            "Price": 1299.5, "cost": "$1,299.50", "version": "v2.1", "rating": 4,
            "author": "ann", "date": "2026-11-03T10:00:00Z", "likes": 57, "hashtags": "#acme #bill",
            "complaint": "I hate the billing!", "question": "Why is it so dear?", "is_question": true,
            "has_email": false, "sentiment": "negative", "severity": null, "recommends": null,
            "email": null, "likes_text": null, "verified": null, "permalink": "https://x.example/1",
        })
    );
    assert_eq!(row["basis"]["author"], json!({"field": "author.handle"}));
    assert_eq!(row["basis"].get("severity"), None);
    for (name, field, wanted) in [
        ("Price", "text", "$1,299.50"),
        ("rating", "title", "4/5"),
        ("complaint", "text", "I hate the billing!"),
        ("question", "text", "Why is it so dear?"),
        ("hashtags", "text", "#acme #bill"),
    ] {
        let basis = &row["basis"][name];
        assert_eq!(basis["field"], field);
        let place = |end: &str| usize::try_from(basis[end].as_u64().unwrap()).unwrap();
        let of = if field == "text" { &document.text } else { document.title.as_ref().unwrap() };
        assert_eq!(&of[place("start")..place("end")], wanted, "{name}");
    }
    let lost = "fields that cannot be told so are null: likes_text, recommends, severity";
    assert!(said.iter().any(|said| said == lost), "{said:?}");
}

#[test]
fn one_row_for_each_listed_post_in_the_order_of_the_list() {
    let texts = ["acme at 5 EUR", "acme at 6 EUR", "ACME at 6 EUR https://t.co/1"];
    let posts: Vec<_> = (2..)
        .zip(texts)
        .map(|(id, text)| post("x", &format!("{id}"), &format!("0{id}T10"), text, "a"))
        .collect();
    let (found, _) = rows(&json!({"price": "number"}), &posts);
    let values: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["id"], &row["fields"]["price"], &row["similar"]))
        .collect();
    assert_eq!(values, [(&json!("4"), &json!(6), &json!(1)), (&json!("2"), &json!(5), &json!(0))]);
}
