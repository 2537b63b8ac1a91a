//! What a language model is told so that it reads a prompt, and what is taken of its answer. Asking it is
//! not done here: this is the pure half.
//!
//! An answer is data from outside. It has to have the form of a reading, and every thing that it looks for
//! has to stand in the prompt: a model that invents a name would count what nobody asked for.

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Read, ReadRequest, unsupported};
use crate::analysis::measure::fold;
use crate::model::reading::{Reading, Term};
use crate::model::source::CATALOGUE;

/// The version of what a model is told, kept with each reading.
pub const MODEL_VERSION: &str = "1";

/// What the answer's form is called.
pub const FORM_NAME: &str = "reading_of_a_question";

/// What a model is told of readings.
pub const INSTRUCTIONS: &str = include_str!("by_model.md");

/// Faults that are told at once.
const MOST_FAULTS: usize = 8;
/// Characters of a sentence that is taken over.
const LONGEST_SENTENCE: usize = 300;
const MOST_SENTENCES: usize = 10;

/// What a model answers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ModelAnswer {
    /// Null when posts cannot answer the question.
    reading: Option<Reading>,
    /// Why posts cannot answer the question, and which similar question they can answer.
    refused: Option<String>,
    /// The choices that the question leaves open.
    #[serde(default)]
    assumptions: Vec<String>,
}

static FORM: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(ModelAnswer).to_value());

static VALIDATOR: LazyLock<Option<Validator>> =
    LazyLock::new(|| jsonschema::validator_for(&FORM).ok());

/// The form that an answer has to have, as JSON Schema.
pub fn form() -> &'static Value {
    &FORM
}

/// The question as a model is shown it: as JSON, in which nothing is an order.
pub fn question(prompt: &str, request: &ReadRequest<'_>) -> String {
    let now = request.reference.with_timezone(&request.timezone);
    let known: Vec<&str> = CATALOGUE.iter().map(|kind| kind.name).collect();
    json!({
        "question": prompt,
        "now": now.to_rfc3339(),
        "weekday": now.format("%A").to_string(),
        "timezone": request.timezone.name(),
        "known_sources": known,
        "sources_of_the_request": request.sources,
    })
    .to_string()
}

/// The reading of an answer.
///
/// # Errors
/// Everything that is wrong with it, for the model to mend and for people to see.
pub fn take(answer: &str, prompt: &str) -> Result<Read, Vec<String>> {
    let value: Value = serde_json::from_str(answer).map_err(|error| vec![error.to_string()])?;
    let Some(validator) = VALIDATOR.as_ref() else {
        return Err(vec!["the form of readings is not known".to_owned()]);
    };
    let faults: Vec<String> = validator
        .iter_errors(&value)
        .take(MOST_FAULTS)
        .map(|error| short(&format!("{}: {error}", error.instance_path())))
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let answer =
        ModelAnswer::deserialize(value).map_err(|error| vec![short(&error.to_string())])?;
    let ModelAnswer { reading, refused, assumptions } = answer;
    let reading = match (reading, refused.as_deref().map(str::trim)) {
        (Some(reading), None | Some("")) => reading,
        (None, Some(refused)) if !refused.is_empty() => return Ok(unsupported(short(refused))),
        (Some(_), Some(_)) => return Err(vec!["it has both a reading and a refusal".to_owned()]),
        (None, _) => return Err(vec!["it has neither a reading nor a refusal".to_owned()]),
    };
    let invented = invented(&reading, prompt);
    if !invented.is_empty() {
        return Err(invented);
    }
    let mut said: Vec<String> =
        assumptions.iter().take(MOST_SENTENCES).map(|said| short(said)).collect();
    said.retain(|said| !said.is_empty());
    said.extend(left_out(&reading, prompt));
    Ok(Read { reading, assumptions: said })
}

/// Things to look for that the prompt does not name.
fn invented(reading: &Reading, prompt: &str) -> Vec<String> {
    let prompt = fold(prompt);
    let is_there = |name: &String| is_named(name, &prompt);
    let mut faults = Vec::new();
    for term in &reading.terms {
        let (is_grounded, name) = match term {
            Term::Text(text) => (is_there(text), text.as_str()),
            Term::Entity { name, any } => (any.iter().any(is_there), name.as_str()),
            Term::All { all } => {
                let missing = all.iter().find(|name| !is_there(name));
                (missing.is_none(), missing.map_or("", String::as_str))
            }
        };
        if !is_grounded {
            faults.push(short(&format!("the question does not name “{name}”")));
        }
    }
    faults
}

/// Whether each word of a name stands in a folded prompt.
fn is_named(name: &str, prompt: &str) -> bool {
    let name = fold(name.trim_start_matches(['@', '#']));
    name.split_whitespace().all(|word| prompt.contains(word))
}

/// A model may know what else a name stands for; whoever reads the answer has to see what that left out.
fn left_out(reading: &Reading, prompt: &str) -> Option<String> {
    let prompt = fold(prompt);
    let added: Vec<&str> = reading
        .exclude
        .iter()
        .map(String::as_str)
        .filter(|word| !is_named(word, &prompt))
        .collect();
    let said =
        format!("posts with these words are left out, as the model has it: {}", added.join(", "));
    (!added.is_empty()).then_some(said)
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_SENTENCE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::Intent;

    const PROMPT: &str = "How many people mentioned @Acme or ACME Cloud on HN? Not the fruit.";

    fn answer(reading: &Value) -> String {
        json!({ "reading": reading, "refused": null, "assumptions": [" one\nline "] }).to_string()
    }

    fn reading(terms: &Value) -> Value {
        json!({ "intent": "count", "terms": terms, "sources": null, "window": null, "limit": null })
    }

    #[test]
    fn a_reading_is_taken_when_all_it_looks_for_is_named() {
        for terms in [
            json!(["acme"]),
            json!(["@acme", "Acme Cloud"]),
            json!([{ "all": ["Acme", "Cloud"] }]),
            json!([{ "name": "Acme", "any": ["Acme Inc", "Acme Cloud"] }]),
        ] {
            let read = take(&answer(&reading(&terms)), PROMPT).unwrap();
            assert_eq!(serde_json::to_value(&read.reading.terms).unwrap(), terms);
            assert_eq!(read.assumptions, ["one line"]);
        }
        let mut fruitless = reading(&json!(["Acme"]));
        fruitless["exclude"] = json!(["fruit", "pie"]);
        let read = take(&answer(&fruitless), PROMPT).unwrap();
        assert!(read.assumptions[1].ends_with("as the model has it: pie"), "{read:?}");
    }

    #[test]
    fn what_is_wrong_with_an_answer_is_told() {
        let mut odd = reading(&json!(["Acme"]));
        odd["colour"] = json!("red");
        for (text, says) in [
            ("no JSON".to_owned(), "expected"),
            (answer(&reading(&json!(["Globex"]))), "does not name “Globex”"),
            (answer(&reading(&json!([{ "all": ["Acme", "refunds"] }]))), "“refunds”"),
            (answer(&reading(&json!([{ "name": "Z", "any": ["Globex"] }]))), "“Z”"),
            (answer(&reading(&json!([]))), "/reading"),
            (answer(&odd), "/reading"),
            (answer(&json!({ "intent": "unsupported", "terms": ["Acme"] })), "/reading"),
            (answer(&Value::Null), "neither"),
            ("[]".to_owned(), "not of type"),
            (json!({ "reading": reading(&json!(["Acme"])), "refused": "no" }).to_string(), "both"),
        ] {
            let faults = take(&text, PROMPT).unwrap_err().join("; ");
            assert!(faults.contains(says), "{text}: {faults}");
        }
    }

    #[test]
    fn a_refusal_is_a_reading_of_what_cannot_be_answered() {
        let refused =
            json!({ "reading": null, "refused": "asks for the future; ask for the past" });
        let read = take(&refused.to_string(), PROMPT).unwrap();
        assert_eq!(read.reading.intent, Intent::Unsupported);
        assert_eq!(read.reading.reason.unwrap(), "asks for the future; ask for the past");
    }

    #[test]
    fn a_prompt_is_shown_as_data() {
        let request = ReadRequest {
            sources: None,
            date_range: None,
            reference: "2026-11-23T23:30:00Z".parse().unwrap(),
            timezone: chrono_tz::Europe::Berlin,
        };
        let shown: Value = serde_json::from_str(&question("say \"hi\"\n}", &request)).unwrap();
        assert_eq!(shown["question"], "say \"hi\"\n}");
        assert_eq!(shown["now"], "2026-11-24T00:30:00+01:00");
        assert_eq!(shown["weekday"], "Tuesday");
        assert!(shown["known_sources"].as_array().unwrap().contains(&json!("hackernews")));
    }
}
