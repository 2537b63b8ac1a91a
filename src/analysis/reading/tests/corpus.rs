//! Prompts with the readings they must have: those worked through with the grammar, and those held
//! out, written by somebody who had not seen it.

use serde_json::{Map, Value, json};

use super::reading;

/// What is scored of a reading, each by itself.
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

fn rows(table: &str) -> impl Iterator<Item = (Value, String, Map<String, Value>)> {
    table.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let prompt = row["prompt"].as_str().unwrap().to_owned();
        (row["n"].clone(), prompt, row["reading"].as_object().unwrap().clone())
    })
}

/// A field that compares whatever the order of its lists; what is not there is null.
fn sorted(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Array(items)) => {
            let mut items: Vec<Value> = items.iter().map(|item| sorted(Some(item))).collect();
            items.sort_by_key(ToString::to_string);
            json!(items)
        }
        Some(Value::Object(fields)) => {
            let mut fields: Vec<(&String, Value)> =
                fields.iter().map(|(name, field)| (name, sorted(Some(field)))).collect();
            fields.sort_by_key(|(name, _)| name.to_owned());
            json!(fields.into_iter().collect::<Vec<_>>())
        }
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// The fields in which the prompt's reading differs from what is wanted.
fn differences(prompt: &str, wanted: &Map<String, Value>) -> Vec<(&'static str, Value, Value)> {
    let got = serde_json::to_value(reading(prompt)).unwrap();
    let field = |name: &&'static str| {
        let (got, wanted) = (sorted(got.get(*name)), sorted(wanted.get(*name)));
        (got != wanted).then_some((*name, got, wanted))
    };
    let mut differences: Vec<_> = FIELDS.iter().filter_map(field).collect();
    if got.get("reason").is_some() != wanted.contains_key("reason") {
        differences.push(("reason", got["reason"].clone(), json!("only where unsupported")));
    }
    differences
}

#[test]
fn worked_prompts_read_exactly() {
    let mut wrong = Vec::new();
    for (n, prompt, wanted) in rows(include_str!("worked.jsonl")) {
        let differences = differences(&prompt, &wanted);
        if !differences.is_empty() {
            let reason = reading(&prompt).reason;
            wrong.push(format!("{n} {prompt}: {differences:?} {reason:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The score of the grammar on prompts it was not made for, by field.
#[test]
fn held_out_prompts_read_nine_times_out_of_ten() {
    let mut right = [0; FIELDS.len()];
    let (mut exact, mut total, mut wrong) = (0, 0, Vec::new());
    for (n, prompt, wanted) in rows(include_str!("held_out.jsonl")) {
        total += 1;
        let differences = differences(&prompt, &wanted);
        for (field, right) in FIELDS.iter().zip(&mut right) {
            *right += usize::from(!differences.iter().any(|(name, ..)| name == field));
        }
        if differences.is_empty() {
            exact += 1;
        } else {
            let reason = reading(&prompt).reason;
            wrong.push(format!("{n} {prompt}: {differences:?} {reason:?}"));
        }
    }
    let table: Vec<String> = FIELDS
        .iter()
        .zip(right)
        .map(|(field, right)| format!("{field:>10} {right}/{total}"))
        .collect();
    let score = format!("     exact {exact}/{total}\n{}\n{}", table.join("\n"), wrong.join("\n"));
    // A test may print; the lints are for what ships.
    std::io::Write::write_all(&mut std::io::stdout(), score.as_bytes()).unwrap();
    assert!(exact * 10 >= total * 9, "{score}");
}
