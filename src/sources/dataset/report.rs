//! What an import says of itself: the counts, the mapping it used, and what was wrong where.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::dates::DateOrder;
use super::fields::Field;

/// How many row errors a report lists; the rest are only counted.
pub const MAX_ERRORS: usize = 100;

/// The outcome of reading a whole upload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Documents made. Those of a refused upload are counted too, so that the report says how
    /// far off the file was.
    pub documents: u64,
    /// Rows read, without header and blank lines: the documents and the rejected together.
    pub rows: u64,
    pub rejected: u64,
    /// Documents without a date.
    pub undated: u64,
    /// The first hundred row errors, in the order of the file.
    pub errors: Vec<RowError>,
    /// The mapping in use: which column each field was read from.
    pub columns: BTreeMap<Field, String>,
    /// How dates like `4/8/2016` were read; null when the file has none.
    #[schema(required)]
    pub date_order: Option<DateOrder>,
    pub warnings: Vec<String>,
}

impl ImportReport {
    /// Counts a rejected row and keeps its error while there is room.
    pub(super) fn reject(&mut self, error: RowError) {
        self.rejected += 1;
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }
}

/// Why one row was rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowError {
    /// The line of the file on which the row begins; the first line is 1.
    pub line: u64,
    /// The upload's column at fault, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub column: Option<String>,
    pub code: RowCode,
    pub message: String,
}

impl RowError {
    /// An error of the row as a whole.
    pub(super) fn row(line: u64, code: RowCode, message: impl Into<String>) -> Self {
        Self { line, column: None, code, message: message.into() }
    }
}

/// What can be wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RowCode {
    RowFieldCount,
    RowQuoteUnterminated,
    RowJsonInvalid,
    RowNotObject,
    RowEmpty,
    RowDateInvalid,
    RowNumberInvalid,
    RowKindUnknown,
    RowValueType,
    RowTooLarge,
    RowNotUtf8,
    RowNul,
}

/// Why an upload was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(
        "the upload holds no rows; send a CSV file with a header row, or one JSON object per line"
    )]
    Empty,
    #[error("the upload is {what}; send plain CSV or NDJSON text in UTF-8, or Parquet")]
    NotText { what: &'static str },
    #[error(
        "the Parquet file cannot be read: {reason}; write it anew, packed with Snappy, zstd, gzip or not at all"
    )]
    Parquet { reason: String },
    #[error("unpacked, the upload is larger than {most} bytes; split it")]
    UnpackedTooLarge { most: u64 },
    #[error("the header row cannot be read: {reason}")]
    Header { reason: String },
    #[error(
        "no column holds text or titles; the columns are {columns}; name one with ?text=<column> or ?title=<column>"
    )]
    NoTextColumn { columns: String },
    #[error("the upload has no column {column:?} to read {field} from; its columns are {columns}")]
    ColumnUnknown { field: Field, column: String, columns: String },
    #[error(
        "line {day_first_line} has the day first ({day_first}) but line {month_first_line} the month ({month_first}); \
         say which is meant with ?date_order=mdy or ?date_order=dmy"
    )]
    DateOrderMixed {
        day_first: String,
        day_first_line: u64,
        month_first: String,
        month_first_line: u64,
    },
    #[error(
        "{} of {} rows cannot be read, the first on line {}: {}; correct them, or keep the good rows with ?on_error=skip",
        .0.rejected,
        .0.rows,
        .0.errors.first().map_or(0, |error| error.line),
        .0.errors.first().map_or("", |error| error.message.as_str())
    )]
    Rows(Box<ImportReport>),
    #[error("the upload could not be read or its documents not written: {0}")]
    Io(#[from] io::Error),
}

impl ImportError {
    /// A name for programs, which stays the same when the message is reworded.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "DATASET_EMPTY",
            Self::NotText { .. } => "DATASET_NOT_TEXT",
            Self::Parquet { .. } => "DATASET_PARQUET_INVALID",
            Self::UnpackedTooLarge { .. } => "UPLOAD_TOO_LARGE",
            Self::Header { .. } => "DATASET_HEADER_INVALID",
            Self::NoTextColumn { .. } => "DATASET_TEXT_COLUMN_MISSING",
            Self::ColumnUnknown { .. } => "DATASET_COLUMN_UNKNOWN",
            Self::DateOrderMixed { .. } => "DATASET_DATE_ORDER_MIXED",
            Self::Rows(_) => "DATASET_ROWS_INVALID",
            Self::Io(_) => "DATASET_IO",
        }
    }

    /// The report of an upload that was refused for its rows.
    pub fn report(&self) -> Option<&ImportReport> {
        match self {
            Self::Rows(report) => Some(report),
            _ => None,
        }
    }
}

/// A value of the upload as a message quotes it: short, and with control characters escaped.
pub(super) fn quote(value: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = value.chars().take(LONGEST).collect();
    let more = if short.len() < value.len() { "…" } else { "" };
    format!("{short:?}{more}")
}

/// A number of things as a message gives it.
pub(super) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// The columns of the upload as a message lists them.
pub(super) fn list(columns: &[String]) -> String {
    const MOST: usize = 50;
    let named = columns.iter().filter(|column| !column.is_empty());
    let mut listed: Vec<String> = named.take(MOST).map(|column| quote(column)).collect();
    if columns.len() > MOST {
        listed.push("…".to_owned());
    }
    if listed.is_empty() {
        return "without names".to_owned();
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_hundred_errors_are_kept_and_all_are_counted() {
        let mut report = ImportReport::default();
        for line in 1..=150 {
            report.reject(RowError::row(line, RowCode::RowEmpty, "empty"));
        }
        assert_eq!(report.rejected, 150);
        assert_eq!(report.errors.len(), MAX_ERRORS);
        assert_eq!(report.errors.last().map(|error| error.line), Some(100));
    }

    #[test]
    fn a_report_is_plain_json() {
        let mut report = ImportReport::default();
        report.columns.insert(Field::Text, "body".to_owned());
        report.reject(RowError::row(7, RowCode::RowNotUtf8, "not UTF-8"));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["columns"]["text"], "body");
        assert_eq!(json["errors"][0]["code"], "ROW_NOT_UTF8");
        assert_eq!(json["errors"][0]["line"], 7);
        assert!(json["errors"][0].get("column").is_none());
    }

    #[test]
    fn quotes_are_short_and_printable() {
        assert_eq!(quote("a\nb"), r#""a\nb""#);
        assert_eq!(quote(&"ä".repeat(61)), format!("\"{}\"…", "ä".repeat(60)));
        assert_eq!(list(&["a".to_owned(), String::new(), "b".to_owned()]), r#""a", "b""#);
        assert_eq!(list(&[]), "without names");
        assert_eq!((counted(1, "id"), counted(2, "id")), ("1 id".to_owned(), "2 ids".to_owned()));
    }
}
