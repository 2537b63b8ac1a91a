//! What a language model is told so that it labels posts, and what is taken of its answer. Asking it is not done
//! here: this is the pure half.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::document::Document;
use crate::model::sentiment::Sentiment;

/// The version of what a model is told: labels of two versions are not mixed.
pub const MODEL_VERSION: &str = "1";

/// What the answer's form is called.
pub const FORM_NAME: &str = "labels_of_posts";

/// What a model is told of labels.
pub const INSTRUCTIONS: &str = include_str!("by_model.md");

/// Characters of a post that a model is shown.
const LONGEST_TEXT: usize = 1_000;
/// Faults that are told at once.
const MOST_FAULTS: usize = 8;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ModelAnswer {
    /// A label for each post.
    labels: Vec<Labelled>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Labelled {
    /// The post's number.
    n: usize,
    label: Sentiment,
}

static FORM: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(ModelAnswer).to_value());

/// The form that an answer has to have, as JSON Schema.
pub fn form() -> &'static Value {
    &FORM
}

/// What of a document a model is shown: two documents with the same text have the same label.
pub fn text_of(document: &Document) -> String {
    let title = document.title.as_deref().filter(|title| !title.is_empty());
    let title = title.map(|title| format!("{title}\n")).unwrap_or_default();
    title.chars().chain(document.text.chars()).take(LONGEST_TEXT).collect()
}

/// Texts as a model is shown them: as JSON, in which nothing is an order.
pub fn question(texts: &[String]) -> String {
    let posts =
        texts.iter().enumerate().map(|(place, text)| json!({ "n": place + 1, "text": text }));
    json!({ "posts": posts.collect::<Vec<_>>() }).to_string()
}

/// The labels of so many texts, in their order.
///
/// # Errors
/// Everything that is wrong with the answer, for the model to mend and for people to see.
pub fn take(answer: &str, texts: usize) -> Result<Vec<Sentiment>, Vec<String>> {
    let ModelAnswer { labels } =
        serde_json::from_str(answer).map_err(|error| vec![error.to_string()])?;
    let mut found = vec![None; texts];
    let mut faults = Vec::new();
    for Labelled { n, label } in labels {
        match n.checked_sub(1).and_then(|place| found.get_mut(place)) {
            None => faults.push(format!("there is no post {n}")),
            Some(Some(_)) => faults.push(format!("post {n} has two labels")),
            Some(empty) => *empty = Some(label),
        }
    }
    let missing = found.iter().enumerate().filter(|(_, label)| label.is_none());
    faults.extend(missing.map(|(place, _)| format!("post {} has no label", place + 1)));
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(found.into_iter().flatten().collect()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_post_has_one_label_in_any_order() {
        let answer = r#"{"labels":[{"n":2,"label":"negative"},{"n":1,"label":"unknown"}]}"#;
        assert_eq!(take(answer, 2), Ok(vec![Sentiment::Unknown, Sentiment::Negative]));
        assert_eq!(take(r#"{"labels":[]}"#, 0), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let cases = [
            (r#"{"labels":[{"n":1,"label":"negative"}]}"#, "post 2 has no label"),
            (r#"{"labels":[{"n":0,"label":"negative"}]}"#, "there is no post 0"),
            (r#"{"labels":[{"n":3,"label":"negative"}]}"#, "there is no post 3"),
            (
                r#"{"labels":[{"n":1,"label":"neutral"},{"n":1,"label":"neutral"}]}"#,
                "post 1 has two labels",
            ),
            (r#"{"labels":[{"n":1,"label":"angry"}]}"#, "unknown variant"),
            (r#"{"labels":[{"n":-1,"label":"neutral"}]}"#, "invalid value"),
            (r#"{"labels":[],"more":1}"#, "unknown field"),
            ("positive", "expected value"),
        ];
        for (answer, why) in cases {
            let faults = take(answer, 2).unwrap_err().join("; ");
            assert!(faults.contains(why), "{answer}: {faults}");
        }
    }

    #[test]
    fn a_title_is_shown_and_long_texts_are_cut() {
        let document = Document {
            title: Some("T".to_owned()),
            text: "é".repeat(2_000),
            ..Document::default()
        };
        let text = text_of(&document);
        assert!(text.starts_with("T\né") && text.chars().count() == 1_000, "{text}");
        let shown: Value = serde_json::from_str(&question(&["a".to_owned()])).unwrap();
        assert_eq!(shown, json!({ "posts": [{ "n": 1, "text": "a" }] }));
    }
}
