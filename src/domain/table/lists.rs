//! The lists that a result has besides its posts, by their names.

use serde_json::{Map, Value, json};

/// What a question of each intent asks for, where that is not the posts: the first that the result has.
const USUAL: &[(&str, &[&str])] = &[
    ("breakdown", &["groups", "breakdown", "by_source"]),
    ("trend", &["series"]),
    ("changes", &["series", "changes"]),
    ("spike", &["series", "spikes"]),
    ("top_authors", &["authors", "top_authors"]),
    ("sentiment", &["sentiment", "series"]),
    ("compare", &["compare", "entities", "series"]),
    ("share_of_voice", &["share_of_voice", "entities", "shares"]),
    ("keywords", &["keywords"]),
    ("hashtags", &["hashtags"]),
    ("languages", &["languages", "by_language"]),
    ("extract", &["rows", "extracted"]),
];

/// Rows as they are in the result.
pub type Rows = Vec<Map<String, Value>>;

/// The name of the list that the question asks for; none where it is the posts.
pub fn usual(head: &Map<String, Value>) -> Option<&'static str> {
    let intent = head.get("reading")?.get("intent")?.as_str()?;
    let (_, names) = USUAL.iter().find(|(known, _)| *known == intent)?;
    let result = head.get("result")?.as_object()?;
    names
        .iter()
        .copied()
        .find(|name| result.get(*name).is_some_and(|list| rows(name, list).is_some()))
}

/// All of them, `summary` first.
pub fn of(head: &Map<String, Value>) -> Vec<(String, Rows)> {
    let nothing = Map::new();
    let result = head.get("result").and_then(Value::as_object).unwrap_or(&nothing);
    let mut all = vec![("summary".to_owned(), vec![summary(head, result)])];
    let coverage = head.get("coverage").and_then(|list| rows("by_source", list));
    all.extend(coverage.map(|rows| ("coverage".to_owned(), rows)));
    all.extend(result.iter().filter_map(|(name, list)| Some((name.clone(), rows(name, list)?))));
    all
}

/// The figures of a result, and what it is of.
fn summary(head: &Map<String, Value>, result: &Map<String, Value>) -> Map<String, Value> {
    let mut row = Map::new();
    for name in ["query_id", "job_id", "reference_time", "completed_at", "prompt", "window"] {
        row.insert(name.to_owned(), head.get(name).cloned().unwrap_or_default());
    }
    let figures = result.iter().filter(|(name, value)| rows(name, value).is_none());
    row.extend(figures.map(|(name, value)| (name.clone(), value.clone())));
    row
}

/// A list of objects, of plain values, or of objects by a name that becomes a column.
fn rows(name: &str, list: &Value) -> Option<Rows> {
    match list {
        Value::Array(items) => {
            let row = |item: &Value| match item {
                Value::Object(members) => members.clone(),
                other => Map::from_iter([("value".to_owned(), other.clone())]),
            };
            Some(items.iter().map(row).collect())
        }
        Value::Object(members) if members.values().all(Value::is_object) => {
            let key = name.strip_prefix("by_").unwrap_or("key");
            let row = |(of, members): (&String, &Value)| {
                let mut row = Map::from_iter([(key.to_owned(), json!(of))]);
                row.extend(members.as_object().cloned().unwrap_or_default());
                row
            };
            Some(members.iter().map(row).collect())
        }
        _ => None,
    }
}
