//! Reads CSV a record at a time, in memory bounded by the longest record allowed.
//!
//! It reads fields as the `csv` crate does (a property test holds it to that) but answers what an
//! upload needs and the crate does not: a quote that never ends, a record too long to hold, and
//! the line on which a record of several lines begins.

use std::io::{self, BufRead};
use std::ops::Range;

use super::rows::MAX_ROW_BYTES;

/// One record: its fields, unquoted, side by side in one buffer.
#[derive(Debug, Default)]
pub(super) struct Record {
    data: Vec<u8>,
    ends: Vec<usize>,
    /// The line of the file on which the record begins.
    pub line: u64,
}

impl Record {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of all fields, for checks that hold for the record as a whole.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    pub fn field(&self, index: usize) -> Option<&[u8]> {
        self.data.get(self.span(index)?)
    }

    fn span(&self, index: usize) -> Option<Range<usize>> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..end)
    }

    /// Whether nothing but white space is in it, as in the rows spreadsheets leave at the end.
    pub fn is_blank(&self) -> bool {
        self.data.iter().all(u8::is_ascii_whitespace)
    }
}

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Complete,
    /// The file ended inside quotes.
    Unterminated,
    /// It is longer than a row may be; its fields are not kept.
    TooLarge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Just after a quote inside quotes: either the end, or half of a doubled quote.
    QuoteSeen,
}

/// Splits a byte stream into records.
#[derive(Debug)]
pub(super) struct CsvReader<R> {
    input: R,
    delimiter: u8,
    line: u64,
    after_cr: bool,
}

impl<R: BufRead> CsvReader<R> {
    pub fn new(input: R, delimiter: u8) -> Self {
        Self { input, delimiter, line: 1, after_cr: false }
    }

    /// Reads the next record into `record`; `None` at the end. Empty lines are no records.
    pub fn read(&mut self, record: &mut Record) -> io::Result<Option<Ending>> {
        record.data.clear();
        record.ends.clear();
        record.line = self.line;
        let mut state = State::FieldStart;
        let mut length = 0_usize;
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(finish(record, state, length));
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in chunk {
                used += 1;
                count_line(byte, &mut self.line, &mut self.after_cr);
                let terminator = matches!(byte, b'\r' | b'\n') && state != State::Quoted;
                if terminator && length == 0 {
                    record.line = self.line;
                    continue;
                }
                if terminator {
                    ended = true;
                    break;
                }
                length += 1;
                if length > MAX_ROW_BYTES {
                    record.data.clear();
                    record.ends.clear();
                }
                state = step(state, byte, self.delimiter, record, length <= MAX_ROW_BYTES);
            }
            self.input.consume(used);
            if ended {
                return Ok(finish(record, state, length));
            }
        }
    }
}

/// Counts `\n`, `\r\n` and a lone `\r` as one line end each.
fn count_line(byte: u8, line: &mut u64, after_cr: &mut bool) {
    if byte == b'\r' || (byte == b'\n' && !*after_cr) {
        *line += 1;
    }
    *after_cr = byte == b'\r';
}

/// Takes one byte that does not end the record.
fn step(state: State, byte: u8, delimiter: u8, record: &mut Record, keep: bool) -> State {
    let mut push = |byte| {
        if keep {
            record.data.push(byte);
        }
    };
    match (state, byte) {
        (State::FieldStart, b'"') => State::Quoted,
        (State::Quoted, b'"') => State::QuoteSeen,
        (State::QuoteSeen, b'"') => {
            push(b'"');
            State::Quoted
        }
        (State::Quoted, _) => {
            push(byte);
            State::Quoted
        }
        (_, byte) if byte == delimiter => {
            if keep {
                record.ends.push(record.data.len());
            }
            State::FieldStart
        }
        (_, _) => {
            push(byte);
            State::Plain
        }
    }
}

fn finish(record: &mut Record, state: State, length: usize) -> Option<Ending> {
    if length == 0 {
        return None;
    }
    record.ends.push(record.data.len());
    if state == State::Quoted {
        return Some(Ending::Unterminated);
    }
    if length > MAX_ROW_BYTES {
        return Some(Ending::TooLarge);
    }
    Some(Ending::Complete)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    type Row = (u64, Ending, Vec<Vec<u8>>);

    /// A tiny buffer, so that every record spans several reads.
    fn all(bytes: &[u8]) -> Vec<Row> {
        let mut reader = CsvReader::new(BufReader::with_capacity(3, bytes), b',');
        let mut record = Record::default();
        let mut rows = Vec::new();
        while let Some(ending) = reader.read(&mut record).unwrap() {
            let fields = (0..record.len()).map(|i| record.field(i).unwrap().to_vec());
            rows.push((record.line, ending, fields.collect()));
        }
        rows
    }

    fn texts(rows: &[Row]) -> Vec<(u64, Vec<&str>)> {
        rows.iter()
            .map(|(line, _, fields)| {
                let fields = fields.iter().map(|f| std::str::from_utf8(f).unwrap());
                (*line, fields.collect())
            })
            .collect()
    }

    #[test]
    fn lines_and_fields() {
        let file = b"a,b\r\n\r\n\"x\r\ny\",\"q\"\"q\"\nlast,\r\"\n\n\",z\n,";
        let rows = all(file);
        assert_eq!(
            texts(&rows),
            vec![
                (1, vec!["a", "b"]),
                (3, vec!["x\r\ny", "q\"q"]),
                (5, vec!["last", ""]),
                (6, vec!["\n\n", "z"]),
                (9, vec!["", ""]),
            ]
        );
        assert!(rows.iter().all(|row| row.1 == Ending::Complete));
    }

    #[test]
    fn a_quote_that_never_ends() {
        let rows = all(b"a\n\"b\nc\nd");
        assert_eq!(rows[1].0, 2);
        assert_eq!(rows[1].1, Ending::Unterminated);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_record_that_is_too_long_is_passed_over() {
        let mut file = b"a\n\"".to_vec();
        file.extend(std::iter::repeat_n(b'\n', MAX_ROW_BYTES));
        file.extend(b"\"\nb\n");
        let mut reader = CsvReader::new(&file[..], b',');
        let mut record = Record::default();
        assert_eq!(reader.read(&mut record).unwrap(), Some(Ending::Complete));
        assert_eq!(reader.read(&mut record).unwrap(), Some(Ending::TooLarge));
        assert_eq!(record.line, 2);
        assert!(record.bytes().is_empty());
        assert_eq!(reader.read(&mut record).unwrap(), Some(Ending::Complete));
        assert_eq!(record.field(0), Some(&b"b"[..]));
        assert_eq!(record.line, 3 + MAX_ROW_BYTES as u64);
        assert_eq!(reader.read(&mut record).unwrap(), None);
    }

    #[test]
    fn a_record_as_long_as_allowed_is_kept() {
        let file = vec![b'x'; MAX_ROW_BYTES];
        let mut record = Record::default();
        let ending = CsvReader::new(&file[..], b',').read(&mut record).unwrap();
        assert_eq!(ending, Some(Ending::Complete));
        assert_eq!(record.bytes().len(), MAX_ROW_BYTES);
    }

    proptest! {
        /// Whatever the bytes, the fields are those the `csv` crate reads.
        #[test]
        fn reads_as_the_crate_does(file in r#"[ab,"\r\n ]{0,60}"#) {
            let ours = all(file.as_bytes());
            let mut reader = ::csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(file.as_bytes());
            let theirs: Vec<Vec<Vec<u8>>> = reader
                .byte_records()
                .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
                .collect();
            let fields: Vec<Vec<Vec<u8>>> = ours.into_iter().map(|row| row.2).collect();
            prop_assert_eq!(fields, theirs);
        }
    }
}
