//! The rows of an upload, whichever its format: checked as a whole, their values found by column.

use std::borrow::Cow;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use serde_json::{Map, Value};

use super::columns::Column;
use super::csv::{CsvReader, Ending, Record};
use super::format::{Format, Head};
use super::ndjson::{self, Line, LineReader};
use super::report::{ImportError, RowCode, RowError};

/// Longest row, in bytes of the file.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;

/// A row that is sound as such.
#[derive(Clone, Copy, Debug)]
pub(super) enum Row<'a> {
    Csv(&'a Record),
    Json(&'a Map<String, Value>),
}

/// A value of a row.
#[derive(Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Text(Cow<'a, str>),
    /// A JSON number with a fraction, or beyond what an integer holds.
    Float(f64),
    /// A JSON value that no field is read from.
    Other(&'static str),
}

impl Row<'_> {
    pub fn cell(&self, column: &Column) -> Cell<'_> {
        match self {
            Self::Csv(record) => {
                let field = record.field(column.index);
                let text = field.and_then(|field| std::str::from_utf8(field).ok());
                text.map_or(Cell::Missing, |text| Cell::Text(Cow::Borrowed(text)))
            }
            Self::Json(object) => ndjson::find(object, &column.name).map_or(Cell::Missing, json),
        }
    }
}

fn json(value: &Value) -> Cell<'_> {
    match value {
        Value::Null => Cell::Missing,
        Value::String(text) => Cell::Text(Cow::Borrowed(text)),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => Cell::Float(float),
            _ => Cell::Text(Cow::Owned(number.to_string())),
        },
        Value::Bool(_) => Cell::Other("true or false"),
        Value::Array(_) => Cell::Other("a list"),
        Value::Object(_) => Cell::Other("an object"),
    }
}

/// A row and the line it begins on, or what is wrong with it.
pub(super) type Found<'a> = Result<(u64, Row<'a>), RowError>;

/// Reads an upload row by row.
#[derive(Debug)]
pub(super) enum Rows<R> {
    Csv(CsvRows<R>),
    Ndjson(NdjsonRows<R>),
}

impl<'r, R: Read + Seek> Rows<&'r mut R> {
    /// Begins at the top of the file; a CSV header is read at once.
    pub fn open(input: &'r mut R, format: Format, head: Head) -> Result<Self, ImportError> {
        input.seek(SeekFrom::Start(head.start))?;
        let input = BufReader::with_capacity(64 * 1024, input);
        match format {
            Format::Csv => CsvRows::open(CsvReader::new(input, head.delimiter)).map(Self::Csv),
            Format::Ndjson => Ok(Self::Ndjson(NdjsonRows {
                reader: LineReader::new(input),
                line: Line::default(),
                object: Map::new(),
            })),
        }
    }
}

impl<R: Read> Rows<R> {
    /// The next row that is not blank; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Ndjson(rows) => rows.next(),
        }
    }

    /// The columns of a CSV file by its header; NDJSON has none.
    pub fn header(&self) -> &[String] {
        match self {
            Self::Csv(rows) => &rows.header,
            Self::Ndjson(_) => &[],
        }
    }

    /// How many rows so far had values where the header has no name.
    pub fn nameless(&self) -> u64 {
        match self {
            Self::Csv(rows) => rows.nameless,
            Self::Ndjson(_) => 0,
        }
    }
}

/// The rows of a CSV file.
#[derive(Debug)]
pub(super) struct CsvRows<R> {
    reader: CsvReader<BufReader<R>>,
    record: Record,
    header: Vec<String>,
    /// How many fields a row must have: those up to the last column with a name.
    needed: usize,
    nameless: u64,
}

impl<R: Read> CsvRows<R> {
    fn open(mut reader: CsvReader<BufReader<R>>) -> Result<Self, ImportError> {
        let mut record = Record::default();
        let ending = reader.read(&mut record)?.ok_or(ImportError::Empty)?;
        check_bytes(&record, ending)
            .map_err(|error| ImportError::Header { reason: error.message })?;
        let fields = (0..record.len()).filter_map(|index| record.field(index));
        let header: Vec<String> =
            fields.map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect();
        let last_named = header.iter().rposition(|name| !name.is_empty());
        Ok(Self {
            reader,
            record,
            needed: last_named.map_or(0, |index| index + 1),
            header,
            nameless: 0,
        })
    }

    fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        let ending = loop {
            let Some(ending) = self.reader.read(&mut self.record)? else {
                return Ok(None);
            };
            if ending != Ending::Complete || !self.record.is_blank() {
                break ending;
            }
        };
        let sound = check_bytes(&self.record, ending).and_then(|()| self.check_width());
        if let Err(error) = sound {
            return Ok(Some(Err(error)));
        }
        self.nameless += u64::from(self.has_nameless());
        Ok(Some(Ok((self.record.line, Row::Csv(&self.record)))))
    }

    fn check_width(&self) -> Result<(), RowError> {
        let (count, columns) = (self.record.len(), self.header.len());
        let beyond = (columns..count).any(|index| self.filled(index));
        if count >= self.needed && !beyond {
            return Ok(());
        }
        Err(RowError::row(
            self.record.line,
            RowCode::RowFieldCount,
            format!(
                "the row has {count} fields where the header has {columns}; check its quotes and separators"
            ),
        ))
    }

    fn filled(&self, index: usize) -> bool {
        let field = self.record.field(index).unwrap_or_default();
        !field.trim_ascii().is_empty()
    }

    fn has_nameless(&self) -> bool {
        let mut names = self.header.iter().enumerate();
        names.any(|(index, name)| name.is_empty() && self.filled(index))
    }
}

/// What must hold before the fields of a record mean anything.
fn check_bytes(record: &Record, ending: Ending) -> Result<(), RowError> {
    let error = |code, message: &str| Err(RowError::row(record.line, code, message));
    match ending {
        Ending::Complete => {}
        Ending::Unterminated => {
            return error(
                RowCode::RowQuoteUnterminated,
                "a quote is opened in this row and not closed before the file ends",
            );
        }
        Ending::TooLarge => return error(RowCode::RowTooLarge, TOO_LARGE),
    }
    if record.bytes().contains(&0) {
        return error(RowCode::RowNul, "the row holds a NUL character");
    }
    let mut fields = (0..record.len()).filter_map(|index| record.field(index));
    if !fields.all(|field| std::str::from_utf8(field).is_ok()) {
        return error(RowCode::RowNotUtf8, NOT_UTF8);
    }
    Ok(())
}

const TOO_LARGE: &str = "the row is longer than 1 MiB; a quote may be missing";
const NOT_UTF8: &str = "the row is not UTF-8; save the file with that encoding";

/// The rows of an NDJSON file.
#[derive(Debug)]
pub(super) struct NdjsonRows<R> {
    reader: LineReader<BufReader<R>>,
    line: Line,
    object: Map<String, Value>,
}

impl<R: Read> NdjsonRows<R> {
    fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        if !self.reader.read(&mut self.line)? {
            return Ok(None);
        }
        match parse(&self.line) {
            Ok(object) => self.object = object,
            Err(error) => return Ok(Some(Err(error))),
        }
        Ok(Some(Ok((self.line.number, Row::Json(&self.object)))))
    }
}

fn parse(line: &Line) -> Result<Map<String, Value>, RowError> {
    let error = |code, message: String| RowError::row(line.number, code, message);
    if line.too_large {
        return Err(error(RowCode::RowTooLarge, "the line is longer than 1 MiB".to_owned()));
    }
    if line.bytes.contains(&0) {
        return Err(error(RowCode::RowNul, "the line holds a NUL character".to_owned()));
    }
    let text = std::str::from_utf8(&line.bytes)
        .map_err(|_| error(RowCode::RowNotUtf8, NOT_UTF8.to_owned()))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(Value::Array(_)) => Err(error(
            RowCode::RowNotObject,
            "the line is a JSON list; write one object per line, without a list around them"
                .to_owned(),
        )),
        Ok(_) => Err(error(RowCode::RowNotObject, "the line is not a JSON object".to_owned())),
        Err(cause) => {
            let cause = cause.to_string();
            let (what, _) = cause.split_once(" at line ").unwrap_or((&cause, ""));
            Err(error(RowCode::RowJsonInvalid, format!("the line is not valid JSON: {what}")))
        }
    }
}
