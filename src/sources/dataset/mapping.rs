//! What an upload's query parameters ask for: columns for fields, and how to read the file.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::dates::DateOrder;
use super::fields::Field;
use super::format::Format;

/// The parameters that are not fields.
const OPTIONS: [&str; 4] = ["on_error", "date_order", "timezone", "format"];

/// The columns named by the request. A field named with an empty column is left out of the
/// documents even if a column of the usual name is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<Field, String>);

/// How to read the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOptions {
    pub on_error: OnError,
    /// The order of day and month where a date does not show it; `None` to tell from the column.
    pub date_order: Option<DateOrder>,
    /// The zone of dates written without one.
    pub timezone: Tz,
    /// `None` to tell from the request's media type and the file.
    pub format: Option<Format>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { on_error: OnError::default(), date_order: None, timezone: Tz::UTC, format: None }
    }
}

/// What a row that cannot be read does to the upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// It is refused as a whole.
    #[default]
    Reject,
    /// The good rows are kept.
    Skip,
}

/// Why the query parameters make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{key:?} is not a parameter of an upload; use one of {}", allowed_keys().join(", "))]
    UnknownKey { key: String },
    #[error("{key} is given twice; name one column for it")]
    DuplicateKey { key: String },
    #[error("{value:?} is not a value of {key}; use {allowed}")]
    UnknownValue { key: &'static str, value: String, allowed: &'static str },
}

impl MappingError {
    /// A name for programs, which stays the same when the message is reworded.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey { .. } => "DATASET_PARAMETER_UNKNOWN",
            Self::DuplicateKey { .. } => "DATASET_PARAMETER_DUPLICATE",
            Self::UnknownValue { .. } => "DATASET_PARAMETER_INVALID",
        }
    }
}

/// Every query parameter an upload may carry.
pub fn allowed_keys() -> Vec<&'static str> {
    Field::all().map(Field::name).chain(OPTIONS).collect()
}

impl Mapping {
    /// Reads query parameters, already decoded.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, ImportOptions), MappingError> {
        let mut mapping = Self::default();
        let mut options = ImportOptions::default();
        let mut given = Vec::new();
        for (key, value) in pairs {
            if given.contains(&key) {
                return Err(MappingError::DuplicateKey { key: key.to_owned() });
            }
            given.push(key);
            match Field::from_name(key) {
                Some(field) => {
                    mapping.0.insert(field, value.trim().to_owned());
                }
                None => options.set(key, value.trim())?,
            }
        }
        Ok((mapping, options))
    }

    /// The fields with the column named for each.
    pub(super) fn named(&self) -> impl Iterator<Item = (Field, &str)> {
        let named = self.0.iter().filter(|(_, column)| !column.is_empty());
        named.map(|(field, column)| (*field, column.as_str()))
    }

    /// Whether the request says anything of the field, be it to leave it out.
    pub(super) fn decides(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }
}

impl ImportOptions {
    fn set(&mut self, key: &str, value: &str) -> Result<(), MappingError> {
        let unknown =
            |key, allowed| MappingError::UnknownValue { key, value: value.to_owned(), allowed };
        match key {
            "on_error" => {
                self.on_error = match value {
                    "reject" => OnError::Reject,
                    "skip" => OnError::Skip,
                    _ => return Err(unknown("on_error", "reject or skip")),
                }
            }
            "date_order" => {
                let order = DateOrder::from_name(value);
                self.date_order =
                    Some(order.ok_or_else(|| unknown("date_order", "mdy, dmy or ymd"))?);
            }
            "timezone" => {
                let zone = value.parse();
                self.timezone = zone.map_err(|_| {
                    unknown("timezone", "an IANA name such as Europe/Berlin or UTC")
                })?;
            }
            "format" => {
                let format = Format::from_name(value);
                self.format = Some(format.ok_or_else(|| unknown("format", "csv or ndjson"))?);
            }
            _ => {
                return Err(MappingError::UnknownKey { key: key.to_owned() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_options() {
        let pairs = [
            ("text", " body "),
            ("author_id", "uid"),
            ("likes", ""),
            ("on_error", "skip"),
            ("date_order", "dmy"),
            ("timezone", "Europe/Berlin"),
            ("format", "ndjson"),
        ];
        let (mapping, options) = Mapping::from_pairs(pairs).unwrap();
        let named: Vec<_> = mapping.named().collect();
        assert_eq!(named, vec![(Field::AuthorId, "uid"), (Field::Text, "body")]);
        assert!(mapping.decides(Field::Likes));
        assert!(!mapping.decides(Field::Views));
        let expected = ImportOptions {
            on_error: OnError::Skip,
            date_order: Some(DateOrder::Dmy),
            timezone: chrono_tz::Europe::Berlin,
            format: Some(Format::Ndjson),
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn nothing_asked_is_the_default() {
        let (mapping, options) = Mapping::from_pairs([]).unwrap();
        assert_eq!(mapping, Mapping::default());
        assert_eq!(options.on_error, OnError::Reject);
        assert_eq!(options.timezone, Tz::UTC);
    }

    #[test]
    fn mistakes() {
        let table = [
            (vec![("txt", "a")], "DATASET_PARAMETER_UNKNOWN", "published_at"),
            (vec![("Text", "a")], "DATASET_PARAMETER_UNKNOWN", "on_error"),
            (vec![("text", "a"), ("text", "b")], "DATASET_PARAMETER_DUPLICATE", "text"),
            (vec![("on_error", "ignore")], "DATASET_PARAMETER_INVALID", "reject or skip"),
            (vec![("date_order", "")], "DATASET_PARAMETER_INVALID", "mdy, dmy or ymd"),
            (vec![("timezone", "Mars/Base")], "DATASET_PARAMETER_INVALID", "IANA"),
            (vec![("format", "xml")], "DATASET_PARAMETER_INVALID", "csv or ndjson"),
        ];
        for (pairs, code, word) in table {
            let error = Mapping::from_pairs(pairs.iter().copied()).unwrap_err();
            assert_eq!(error.code(), code, "{pairs:?}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
