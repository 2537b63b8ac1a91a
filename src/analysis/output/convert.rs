//! What a schema wants of one value, and the value in that type where it means the same.

use serde_json::{Map, Value, json};

/// What is wanted of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Anything,
    Object,
    Array,
    /// One of these, in order.
    Scalar(Vec<Kind>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Number,
    String,
    Boolean,
    Null,
}

/// What stands for a whole object where a number is wanted.
const FIGURES: [&str; 8] = [
    "total_mentions",
    "mentions",
    "sentiment_score",
    "count",
    "value",
    "likes",
    "unique_users",
    "n",
];

/// What stands for a whole object where a text is wanted.
const LABELS: [&str; 11] =
    ["text", "handle", "name", "term", "key", "code", "source", "title", "url", "id", "from"];

/// What a schema wants; of several types, the one that `found` is.
pub(super) fn wanted(schema: &Value, found: &Value) -> Wanted {
    let named: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("properties").is_some() => vec!["object"],
        _ if schema.get("items").is_some() => vec!["array"],
        _ => return Wanted::Anything,
    };
    let kinds: Vec<Kind> = named.iter().filter_map(|kind| Kind::named(kind)).collect();
    let is_list = found.is_array() || found.is_object() && !named.contains(&"object");
    if named.contains(&"array") && (is_list || !named.contains(&"object") && kinds.is_empty()) {
        Wanted::Array
    } else if named.contains(&"object") && (found.is_object() || kinds.is_empty()) {
        Wanted::Object
    } else {
        Wanted::Scalar(kinds)
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "boolean" => Self::Boolean,
            "null" => Self::Null,
            _ => return None,
        })
    }
}

/// What taking a value over costs, in steps: one for each value in it, and one more for every 32 bytes of text.
pub(super) fn weight(value: &Value) -> usize {
    let of_text = |text: &String| text.len() / 32;
    match value {
        Value::String(text) => 1 + of_text(text),
        Value::Array(values) => 1 + values.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => {
            1 + fields.iter().map(|(name, value)| of_text(name) + weight(value)).sum::<usize>()
        }
        _ => 1,
    }
}

/// The value as the first of these kinds that it can be. Null is one only where it was null.
pub(super) fn scalar(kinds: &[Kind], schema: &Value, found: &Value) -> Option<Value> {
    kinds.iter().find_map(|kind| match kind {
        Kind::Integer => integer(found),
        Kind::Number => number(found),
        Kind::String => text(schema, found),
        Kind::Boolean => found.is_boolean().then(|| found.clone()),
        Kind::Null => found.is_null().then_some(Value::Null),
    })
}

fn integer(found: &Value) -> Option<Value> {
    match found {
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(found.clone()),
        Value::Object(fields) => figure(fields).and_then(integer),
        _ => None,
    }
}

fn number(found: &Value) -> Option<Value> {
    match found {
        Value::Number(_) => Some(found.clone()),
        Value::Object(fields) => figure(fields).and_then(number),
        _ => None,
    }
}

fn figure(fields: &Map<String, Value>) -> Option<&Value> {
    FIGURES.iter().find_map(|name| fields.get(*name)).filter(|value| value.is_number())
}

fn text(schema: &Value, found: &Value) -> Option<Value> {
    /// Letters of a day at the beginning of an instant.
    const DAY: usize = 10;
    match found {
        Value::String(text) => {
            let is_day = schema.get("format").is_some_and(|format| format == "date");
            let day = text.get(..DAY).filter(|_| is_day && text.len() > DAY);
            Some(json!(day.unwrap_or(text)))
        }
        Value::Number(_) | Value::Bool(_) => Some(json!(found.to_string())),
        Value::Object(fields) => {
            let label = |name: &&str| fields.get(*name).filter(|value| value.is_string());
            LABELS.iter().find_map(label).cloned()
        }
        Value::Null | Value::Array(_) => None,
    }
}

/// The rows of a list; of an object whose members are alike, a row each with what it is called.
pub(super) fn rows(found: &Value) -> Option<Vec<Value>> {
    match found {
        Value::Array(rows) => Some(rows.clone()),
        Value::Object(members) if members.values().all(Value::is_object) => {
            let row = |(key, member): (&String, &Value)| {
                let mut row = Map::new();
                for name in ["key", "name", "source"] {
                    row.insert(name.to_owned(), json!(key));
                }
                row.extend(member.as_object().cloned().unwrap_or_default());
                Value::Object(row)
            };
            Some(members.iter().map(row).collect())
        }
        _ => None,
    }
}

/// What a value is, in words.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null: it is not known",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number that is not whole",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list of another form",
        Value::Object(_) => "an object",
    }
}
