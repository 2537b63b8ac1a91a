//! What a language model is told so that it writes the text of a summary, and what is taken of its answer. Asking
//! it is not done here: this is the pure half.
//!
//! A model computes nothing. Its text is taken when every number in it is one that was computed, and what it
//! refers to is there; else whoever asks has the text that is made of the figures alone.

use std::sync::LazyLock;

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::check_prose;
use crate::model::result::Answer;

/// The version of what a model is told, kept with each text.
pub const MODEL_VERSION: &str = "1";

/// What the answer's form is called.
pub const FORM_NAME: &str = "text_of_a_summary";

/// What a model is told of summaries.
pub const INSTRUCTIONS: &str = include_str!("by_model.md");

/// Characters of a text.
const LONGEST_TEXT: usize = 1_500;
/// Characters of the figures that a model is shown.
const MOST_SHOWN: usize = 24_000;
/// What is left out of the figures: it is shown otherwise, or not counted.
const NOT_SHOWN: [&str; 4] = ["summary", "posts", "questions", "rows"];
/// What is left out then where the figures are still too long, in this order.
const SPARED: [&str; 5] = ["items", "groups", "series", "sentiment", "changes"];

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ModelAnswer {
    /// The text of the summary.
    text: String,
}

static FORM: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(ModelAnswer).to_value());

/// References to posts, and what looks like an address: of a page, a person or an account.
static REFERENCES: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
    let cites = Regex::new(r"\[(\d+)\]").ok()?;
    Some([cites, Regex::new(r"(?i)\b[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|[\w.+-]*@[\w.-]+").ok()?])
});

/// The form that an answer has to have, as JSON Schema.
pub fn form() -> &'static Value {
    &FORM
}

/// The question with the figures and the posts, as a model is shown it: as JSON, in which nothing is an order.
/// Nothing where the answer has no summary.
pub fn question(prompt: &str, answer: &Answer) -> Option<String> {
    let summary = answer.summary.as_ref()?;
    let mut figures = serde_json::to_value(answer).ok()?;
    let fields = figures.as_object_mut()?;
    for name in NOT_SHOWN {
        fields.shift_remove(name);
    }
    for name in SPARED {
        if serde_json::to_string(fields).is_ok_and(|text| text.len() <= MOST_SHOWN) {
            break;
        }
        fields.shift_remove(name);
    }
    let posts = summary.points.iter().enumerate().map(|(place, point)| {
        json!({ "n": place + 1, "text": point.text, "feels": point.sentiment,
                "others_that_say_nearly_the_same": point.similar })
    });
    let shown = json!({
        "question": prompt,
        "figures": figures,
        "sentences": summary.text,
        "posts": posts.collect::<Vec<_>>(),
    });
    Some(shown.to_string())
}

/// The text of an answer.
///
/// # Errors
/// Everything that is wrong with it, for the model to mend and for people to see.
pub fn take(answer: &str, of: &Answer) -> Result<String, Vec<String>> {
    let ModelAnswer { text } =
        serde_json::from_str(answer).map_err(|error| vec![error.to_string()])?;
    let text = text.trim();
    let mut faults = Vec::new();
    match text.chars().count() {
        0 => faults.push("the text is empty".to_owned()),
        1..=LONGEST_TEXT => {}
        long => faults.push(format!("the text has {long} characters; at most {LONGEST_TEXT}")),
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        faults.push("the text has control characters".to_owned());
    }
    faults.extend(wrong_references(text, of));
    faults.extend(check_prose(text, of).err().unwrap_or_default());
    if faults.is_empty() { Ok(text.to_owned()) } else { Err(faults) }
}

fn wrong_references(text: &str, of: &Answer) -> Vec<String> {
    let Some(summary) = &of.summary else { return vec!["there is no summary".to_owned()] };
    let Some([cites, addresses]) = REFERENCES.as_ref() else {
        return vec!["references cannot be checked".to_owned()];
    };
    let is_point = |number: &str| {
        number.parse::<usize>().is_ok_and(|number| (1..=summary.points.len()).contains(&number))
    };
    let cited = cites.captures_iter(text).filter_map(|found| found.get(1));
    let unknown = cited.filter(|number| !is_point(number.as_str()));
    let unknown = unknown.map(|number| format!("there is no post [{}]", number.as_str()));
    let is_said = |address: &str| {
        let posts = summary.points.iter().map(|point| point.text.as_str());
        posts.chain(summary.about.iter().map(String::as_str)).any(|said| said.contains(address))
    };
    let named = addresses.find_iter(text).map(|found| found.as_str().trim_end_matches(['.', ',']));
    let named = named.filter(|address| !is_said(address));
    unknown.chain(named.map(|address| format!("no post names `{address}`"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::summary::{Summary, SummaryMethod, SummaryPoint};

    fn answer() -> Answer {
        let point = |text: &str| SummaryPoint {
            text: text.to_owned(),
            sentiment: None,
            similar: 0,
            cites: Vec::new(),
        };
        Answer {
            total_mentions: 40,
            unique_users: 31,
            summary: Some(Summary {
                method: SummaryMethod::extractive("1"),
                about: vec!["Acme".to_owned()],
                text: "40 posts by 31 people mention Acme.".to_owned(),
                points: vec![point("Acme broke my 3 chairs, ask @acme"), point("see acme.example")],
            }),
            ..Answer::default()
        }
    }

    fn taken(text: &str) -> Result<String, Vec<String>> {
        take(&json!({ "text": text }).to_string(), &answer())
    }

    #[test]
    fn a_text_is_taken_that_says_what_was_computed() {
        for text in [
            "40 posts by 31 people mention Acme.",
            " Most of the 31 people complain [1][2]: \"Acme broke my 3 chairs\". ",
            "Some send others to @acme [1].",
        ] {
            assert_eq!(taken(text), Ok(text.trim().to_owned()));
        }
    }

    #[test]
    fn a_text_is_refused_with_everything_that_is_wrong() {
        let long = "Acme ".repeat(400);
        let cases = [
            ("", "the text is empty"),
            ("   ", "the text is empty"),
            (long.as_str(), "the text has 1999 characters"),
            ("42 posts mention Acme.", "`42` is not among the figures"),
            ("People complain [3].", "there is no post [3]"),
            ("People complain [0].", "there is no post [0]"),
            ("See https://evil.example/x.", "no post names `https://evil.example/x`"),
            ("Write to a.b@evil.example.", "no post names `a.b@evil.example`"),
            ("Ask @mallory.", "no post names `@mallory`"),
            ("Acme\u{7} rings.", "control characters"),
        ];
        for (text, why) in cases {
            let faults = taken(text).unwrap_err().join("; ");
            assert!(faults.contains(why), "{text}: {faults}");
        }
        for answer in ["", "no JSON", "{}", r#"{"text":1}"#, r#"{"text":"Acme","more":1}"#] {
            assert!(take(answer, &self::answer()).is_err(), "{answer}");
        }
    }

    #[test]
    fn what_is_shown_has_figures_and_numbered_posts_and_is_bounded() {
        let mut answer = answer();
        let shown: Value =
            serde_json::from_str(&question("What about Acme?", &answer).unwrap()).unwrap();
        assert_eq!(shown["figures"]["total_mentions"], 40);
        assert_eq!(shown["posts"][1]["n"], 2);
        assert_eq!(shown["figures"].get("summary"), None);
        let item = |number: usize| crate::model::result::Item {
            term: format!("word-{number}"),
            count: 1,
            documents: 1,
            lift: None,
        };
        answer.items = Some((0..5_000).map(item).collect());
        assert!(question("?", &answer).unwrap().len() < MOST_SHOWN + 2_000);
        answer.summary = None;
        assert_eq!(question("?", &answer), None);
    }
}
