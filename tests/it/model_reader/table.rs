//! Both readers over the same prompts, scored field by field. Without an endpoint of its own the test holds a
//! model that knows the right readings: then the table shows that each of them passes what a model's answer has
//! to pass. `BYTESTACK_TABLE_LLM_BASE_URL`, `_MODEL` and `_API_KEY` name a true one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytestack::analysis::measure;
use serde_json::{Map, Value, json};

use super::{PREVIEW, settings};
use crate::support::model::{completion, sent};
use crate::support::upstream::Upstream;
use crate::support::{TestApp, TestOptions};

const WORKED: &str = include_str!("../../../src/analysis/reading/tests/worked.jsonl");
const HELD_OUT: &str = include_str!("../../../src/analysis/reading/tests/held_out.jsonl");
const FIELDS: [&str; 14] = [
    "intent",
    "terms",
    "exclude",
    "sources",
    "window",
    "group_by",
    "metrics",
    "limit",
    "filters",
    "sort",
    "focus",
    "compare_to",
    "extract",
    "schedule",
];

type Rows = Vec<(String, Map<String, Value>)>;

fn rows(table: &str) -> Rows {
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        (row["prompt"].as_str().unwrap().to_owned(), row["reading"].as_object().unwrap().clone())
    };
    table.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// What a model that knows says.
fn knowing(rows: &Rows) -> BTreeMap<String, String> {
    let answer = |wanted: &Map<String, Value>| {
        let refused = wanted["intent"] == "unsupported";
        let reading = if refused { Value::Null } else { json!(wanted) };
        let why = if refused { json!("asks for what no post says") } else { Value::Null };
        json!({ "reading": reading, "refused": why, "assumptions": [] }).to_string()
    };
    rows.iter().map(|(prompt, wanted)| (prompt.clone(), answer(wanted))).collect()
}

/// A field that compares whatever the order of its lists.
fn sorted(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Array(items)) => {
            let mut items: Vec<Value> = items.iter().map(|item| sorted(Some(item))).collect();
            items.sort_by_key(ToString::to_string);
            json!(items)
        }
        Some(Value::Object(fields)) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(name, field)| (name, sorted(Some(field)))).collect();
            json!(fields.into_iter().collect::<Vec<_>>())
        }
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// How many of the prompts a service reads as wanted: all of it, and each field.
#[derive(Default)]
struct Score {
    exact: usize,
    fields: [usize; FIELDS.len()],
    wrong: Vec<String>,
}

async fn score(app: &TestApp, rows: &Rows) -> Score {
    let mut score = Score::default();
    for (prompt, wanted) in rows {
        let shown = app.graphql(PREVIEW, json!({ "input": { "prompt": prompt } })).await;
        let got = &shown["previewQuery"]["reading"];
        let is_right = |field: &str| sorted(got.get(field)) == sorted(wanted.get(field));
        let right = FIELDS.map(is_right);
        score.exact += usize::from(right.iter().all(|right| *right));
        if !right.iter().all(|right| *right) {
            score.wrong.push(format!("{prompt}: {got}"));
        }
        for (count, right) in score.fields.iter_mut().zip(right) {
            *count += usize::from(right);
        }
    }
    score
}

fn line(name: &str, score: &Score, total: usize) -> String {
    let mut line = format!("{name:>16} exact {}/{total}", score.exact);
    for (field, count) in FIELDS.iter().zip(score.fields) {
        write!(line, "  {field} {count}").unwrap();
    }
    line
}

#[expect(clippy::disallowed_methods, reason = "a true model is named to the test alone")]
async fn with_model(rows: &Rows) -> (TestApp, Option<Upstream>) {
    let named = |name: &str| std::env::var(format!("BYTESTACK_TABLE_LLM_{name}")).ok();
    if let (Some(base_url), Some(model)) = (named("BASE_URL"), named("MODEL")) {
        let mut options = TestOptions::default();
        options.settings.insert("LLM_BASE_URL", base_url);
        options.settings.insert("LLM_MODEL", model);
        if let Some(key) = named("API_KEY") {
            options.settings.insert("LLM_API_KEY", key);
        }
        return (TestApp::with_posts(options).await, None);
    }
    let answers = knowing(rows);
    let model = Upstream::start(move |seen| {
        let request = sent(seen);
        let told = request["messages"][1]["content"].as_str().unwrap();
        let told: Value = serde_json::from_str(told).unwrap();
        completion(&answers[told["question"].as_str().unwrap()])
    })
    .await;
    (TestApp::with_posts(settings(&model)).await, Some(model))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_readers_read_the_same_prompts() {
    let mut rows: Rows = rows(WORKED).into_iter().chain(rows(HELD_OUT)).collect();
    // What is read and not computed is refused, whoever reads it.
    rows.retain(|(_, wanted)| {
        measure::missing(&serde_json::from_value(json!(wanted)).unwrap()).is_none()
    });
    let plain = TestApp::with_posts(TestOptions::default()).await;
    let (modelled, double) = with_model(&rows).await;
    let (builtin, model) = (score(&plain, &rows).await, score(&modelled, &rows).await);
    eprintln!(
        "{}\n{}",
        line("built-in grammar", &builtin, rows.len()),
        line("model", &model, rows.len())
    );
    assert_eq!(builtin.exact, rows.len(), "{}", builtin.wrong.join("\n"));
    assert!(double.is_none() || model.exact == rows.len(), "{}", model.wrong.join("\n"));
}
