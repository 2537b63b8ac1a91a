//! Which column of an upload each field of a document is read from.
//!
//! What the request names is taken as named and must be there; every other field is looked for
//! under the names that exports commonly use. A field is read from one column of the whole file,
//! so that two rows never mean different things by it.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, fold};
use super::mapping::Mapping;
use super::report::{ImportError, list};

/// The column a field is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name, or dotted path, as the upload writes it.
    pub name: String,
    /// Its place among the columns seen: the field's index in a CSV row.
    pub index: usize,
    /// The request named it, so that its values must be right; a column that was only found by
    /// its name may hold something else.
    pub explicit: bool,
}

/// The columns in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns(BTreeMap<Field, Column>);

impl Columns {
    /// Decides for every field, from the columns that the upload has.
    pub fn resolve(mapping: &Mapping, seen: &[String]) -> Result<Self, ImportError> {
        let mut chosen = BTreeMap::new();
        for (field, wanted) in mapping.named() {
            let index = locate(wanted, seen).ok_or_else(|| ImportError::ColumnUnknown {
                field,
                column: wanted.to_owned(),
                columns: list(seen),
            })?;
            chosen.insert(field, column(seen, index, true));
        }
        let taken: BTreeSet<usize> = chosen.values().map(|column| column.index).collect();
        for field in Field::all().filter(|field| !mapping.decides(*field)) {
            let mut places = field.candidates().iter();
            let found = places.find_map(|name| position(seen, &fold(name), &taken));
            if let Some(index) = found {
                chosen.insert(field, column(seen, index, false));
            }
        }
        if !chosen.contains_key(&Field::Text) && !chosen.contains_key(&Field::Title) {
            return Err(ImportError::NoTextColumn { columns: list(seen) });
        }
        Ok(Self(chosen))
    }

    pub fn get(&self, field: Field) -> Option<&Column> {
        self.0.get(&field)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Field, &Column)> {
        self.0.iter().map(|(field, column)| (*field, column))
    }

    /// Field by field the column's name, as the report shows it.
    pub fn names(&self) -> BTreeMap<Field, String> {
        let name = |(field, column): (Field, &Column)| (field, column.name.clone());
        self.iter().map(name).collect()
    }
}

fn column(seen: &[String], index: usize, explicit: bool) -> Column {
    let name = seen.get(index).cloned().unwrap_or_default();
    Column { name, index, explicit }
}

/// The column as it is written, else the one that reads the same.
fn locate(wanted: &str, seen: &[String]) -> Option<usize> {
    let exact = seen.iter().position(|name| name == wanted);
    exact.or_else(|| position(seen, &fold(wanted), &BTreeSet::new()))
}

fn position(seen: &[String], folded: &str, taken: &BTreeSet<usize>) -> Option<usize> {
    let mut places = seen.iter().enumerate();
    let found = places.find(|(index, name)| fold(name) == folded && !taken.contains(index))?;
    Some(found.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn mapping(pairs: &[(&str, &str)]) -> Mapping {
        Mapping::from_pairs(pairs.iter().copied()).unwrap().0
    }

    fn resolved(pairs: &[(&str, &str)], names: &[&str]) -> Vec<(Field, String)> {
        let columns = Columns::resolve(&mapping(pairs), &seen(names)).unwrap();
        columns.names().into_iter().collect()
    }

    #[test]
    fn defaults_ignore_case_and_spelling() {
        let found = resolved(&[], &["Created At", "screenName", "BODY", "like-count", "other"]);
        let expected = [
            (Field::Author, "screenName"),
            (Field::Text, "BODY"),
            (Field::PublishedAt, "Created At"),
            (Field::Likes, "like-count"),
        ];
        let expected: Vec<_> = expected.map(|(f, name)| (f, name.to_owned())).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_likeliest_name_wins_wherever_it_stands() {
        assert_eq!(resolved(&[], &["comment", "text"]), vec![(Field::Text, "text".to_owned())]);
    }

    #[test]
    fn a_named_column_is_not_also_found_for_another_field() {
        assert_eq!(
            resolved(&[("text", "title")], &["title"]),
            vec![(Field::Text, "title".to_owned())]
        );
    }

    #[test]
    fn an_empty_name_turns_a_default_off() {
        assert_eq!(
            resolved(&[("likes", "")], &["text", "score"]),
            vec![(Field::Text, "text".to_owned())]
        );
    }

    #[test]
    fn a_named_column_is_matched_exactly_before_loosely() {
        let columns = seen(&["Text", "text", "Été"]);
        assert_eq!(locate("text", &columns), Some(1));
        assert_eq!(locate("TEXT", &columns), Some(0));
        assert_eq!(locate("e\u{301}te\u{301}", &columns), Some(2));
        assert_eq!(locate("t", &columns), None);
    }

    #[test]
    fn missing_columns_say_what_is_there() {
        let error = Columns::resolve(&mapping(&[("text", "nope")]), &seen(&["a", "b"]));
        let error = error.unwrap_err();
        assert_eq!(error.code(), "DATASET_COLUMN_UNKNOWN");
        assert!(error.to_string().contains(r#""a", "b""#), "{error}");

        let error = Columns::resolve(&mapping(&[]), &seen(&["a", "date"])).unwrap_err();
        assert_eq!(error.code(), "DATASET_TEXT_COLUMN_MISSING");
        assert!(error.to_string().contains("?text=<column>"), "{error}");
        assert!(error.to_string().contains(r#""a", "date""#), "{error}");
    }
}
