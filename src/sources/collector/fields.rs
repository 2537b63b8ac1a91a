//! A post out of a row that a collector gives.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Fields;
use crate::model::document::{Author, Document, Engagement};

/// Milliseconds begin here: seconds of that size are in the year 5138.
const IN_MILLISECONDS: i64 = 100_000_000_000;

impl Fields {
    /// The post of a row; `None` when it has no id or no date.
    pub fn document(&self, row: &Value, source: &str) -> Option<Document> {
        let number = |places: &[&str]| {
            // Less than nothing stands for what is hidden.
            first(row, places).and_then(Value::as_i64).filter(|number| *number >= 0)
        };
        Some(Document {
            source: source.to_owned(),
            id: text(row, self.id)?,
            url: text(row, self.url),
            kind: (self.kind)(row),
            author: Author {
                id: text(row, self.author_id),
                handle: text(row, self.handle),
                name: text(row, self.name),
                verified: None,
            },
            title: text(row, self.title),
            text: text(row, self.text).unwrap_or_default(),
            lang: text(row, self.lang).filter(|lang| lang.len() == 2),
            published_at: Some(first(row, self.at).and_then(instant)?),
            engagement: Engagement {
                likes: number(self.likes),
                replies: number(self.replies),
                shares: number(self.shares),
                views: number(self.views),
            },
            community: text(row, self.community),
            ..Document::default()
        })
    }
}

/// Whether a row only says that there are none.
pub fn is_filler(row: &Value) -> bool {
    row.get("noResults").is_some_and(|said| said == &Value::Bool(true))
        || row.as_object().is_some_and(serde_json::Map::is_empty)
}

fn first<'a>(row: &'a Value, places: &[&str]) -> Option<&'a Value> {
    places.iter().filter_map(|place| row.pointer(place)).find(|value| !value.is_null())
}

fn text(row: &Value, places: &[&str]) -> Option<String> {
    let found = match first(row, places)? {
        Value::String(text) => text.clone(),
        // As it is written: numbers of ids are longer than others.
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(found).filter(|text| !text.is_empty())
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(number) = value.as_i64() {
        return match number {
            IN_MILLISECONDS.. => DateTime::from_timestamp_millis(number),
            _ => DateTime::from_timestamp(number, 0),
        };
    }
    let text = value.as_str()?;
    let at = DateTime::parse_from_rfc3339(text);
    // As X writes it.
    let at = at.or_else(|_| DateTime::parse_from_str(text, "%a %b %d %H:%M:%S %z %Y"));
    at.ok().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_are_read_in_every_form() {
        let expected: DateTime<Utc> = "2026-11-20T09:15:02Z".parse().unwrap();
        for value in [
            json!("2026-11-20T09:15:02.000Z"),
            json!("2026-11-20T10:15:02+01:00"),
            json!("Fri Nov 20 09:15:02 +0000 2026"),
            json!(1_795_166_102),
            json!(1_795_166_102_000_i64),
        ] {
            assert_eq!(instant(&value), Some(expected), "{value}");
        }
        for value in [json!("yesterday"), json!(null), json!(1.5)] {
            assert_eq!(instant(&value), None, "{value}");
        }
    }
}
