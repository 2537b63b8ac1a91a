//! What columns a list has, and what is in each: told from its rows.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::lists::Rows;
use super::{Cell, Column, Kind};

/// The columns in the order in which rows name them first, and the rows in these columns.
pub fn of(rows: &Rows) -> (Vec<Column>, Vec<Vec<Cell>>) {
    let flat: Vec<Vec<(String, Value)>> = rows.iter().map(flat).collect();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut columns: Vec<(&str, Option<Kind>)> = Vec::new();
    for (name, value) in flat.iter().flatten() {
        let place = *places.entry(name).or_insert_with(|| {
            columns.push((name, None));
            columns.len() - 1
        });
        if let Some((_, kind)) = columns.get_mut(place) {
            *kind = both(*kind, kind_of(value));
        }
    }
    let columns: Vec<Column> = columns
        .into_iter()
        .map(|(name, kind)| Column { name: name.to_owned(), kind: kind.unwrap_or(Kind::Text) })
        .collect();
    let row = |members: &Vec<(String, Value)>| {
        let mut row = vec![Cell::Nothing; columns.len()];
        for (name, value) in members {
            let Some(place) = places.get(name.as_str()) else { continue };
            if let (Some(cell), Some(column)) = (row.get_mut(*place), columns.get(*place)) {
                *cell = cell_of(value, column.kind);
            }
        }
        row
    };
    let rows = flat.iter().map(row).collect();
    (columns, rows)
}

/// The members of a row, those of its parts beside them.
fn flat(row: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut members = Vec::new();
    for (name, value) in row {
        add(&mut members, name.clone(), value);
    }
    members
}

fn add(members: &mut Vec<(String, Value)>, name: String, value: &Value) {
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                add(members, format!("{name}_{part}"), value);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            members.push((name, texts.join("; ").into()));
        }
        Value::Array(_) => members.push((name, value.to_string().into())),
        _ => members.push((name, value.clone())),
    }
}

fn kind_of(value: &Value) -> Option<Kind> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(Kind::Boolean),
        Value::Number(number) if number.is_i64() => Some(Kind::Integer),
        Value::Number(_) => Some(Kind::Number),
        Value::String(text) if text.parse::<NaiveDate>().is_ok() => Some(Kind::Day),
        Value::String(text) if DateTime::parse_from_rfc3339(text).is_ok() => Some(Kind::Instant),
        _ => Some(Kind::Text),
    }
}

/// What holds both.
fn both(one: Option<Kind>, other: Option<Kind>) -> Option<Kind> {
    match (one, other) {
        (None, kind) | (kind, None) => kind,
        (Some(one), Some(other)) if one == other => Some(one),
        (Some(Kind::Integer | Kind::Number), Some(Kind::Integer | Kind::Number)) => {
            Some(Kind::Number)
        }
        _ => Some(Kind::Text),
    }
}

fn cell_of(value: &Value, kind: Kind) -> Cell {
    let cell = match (kind, value) {
        (_, Value::Null) => Some(Cell::Nothing),
        (Kind::Boolean, value) => value.as_bool().map(Cell::Boolean),
        (Kind::Integer, value) => value.as_i64().map(Cell::Integer),
        (Kind::Number, value) => value.as_f64().map(Cell::Number),
        (Kind::Day, Value::String(text)) => text.parse().ok().map(Cell::Day),
        (Kind::Instant, Value::String(text)) => text.parse().ok().map(Cell::Instant),
        (_, Value::String(text)) => Some(Cell::Text(text.clone())),
        (_, other) => Some(Cell::Text(other.to_string())),
    };
    cell.unwrap_or(Cell::Nothing)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_are_told_from_all_rows() {
        let rows = json!([
            { "at": "2026-04-30T08:00:00Z", "day": "2026-04-30", "n": 1, "part": 1, "is": true },
            { "at": null, "day": "2026-05-01", "n": 2, "part": 0.5, "mixed": 1, "by": { "x": { "n": 3 } } },
            { "at": "2026-04-30T10:00:00+02:00", "mixed": "one", "tags": ["a", "b"], "list": [1, {}] },
        ]);
        let rows = rows.as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone());
        let (columns, rows) = of(&rows.collect());
        let shown: Vec<(&str, Kind)> =
            columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        assert_eq!(
            shown,
            [
                ("at", Kind::Instant),
                ("day", Kind::Day),
                ("n", Kind::Integer),
                ("part", Kind::Number),
                ("is", Kind::Boolean),
                ("mixed", Kind::Text),
                ("by_x_n", Kind::Integer),
                ("tags", Kind::Text),
                ("list", Kind::Text),
            ]
        );
        let at = Cell::Instant("2026-04-30T08:00:00Z".parse().unwrap());
        assert_eq!([&rows[0][0], &rows[1][0], &rows[2][0]], [&at, &Cell::Nothing, &at]);
        assert_eq!(rows[0][3], Cell::Number(1.0));
        assert_eq!(rows[1][5..7], [Cell::Text("1".to_owned()), Cell::Integer(3)]);
        assert_eq!(rows[2][7..], ["a; b", "[1,{}]"].map(|text| Cell::Text(text.to_owned())));
        assert_eq!(rows[2][2], Cell::Nothing);
    }
}
