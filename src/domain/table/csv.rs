//! CSV (RFC 4180) in UTF-8, with a header.
//!
//! Spreadsheets take a text that begins like a formula for one, and posts are written by anybody: such a text
//! gets an apostrophe in front. Who wants texts exactly as they are takes Parquet, or the result itself.

use std::io::{self, Write};

use chrono::SecondsFormat;
use csv::{Terminator, Writer, WriterBuilder};

use super::{Cell, Column, TableWriter};

pub struct CsvTable<W: Write>(Writer<W>);

impl<W: Write> CsvTable<W> {
    pub fn new(out: W) -> Self {
        Self(WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out))
    }
}

impl<W: Write> TableWriter for CsvTable<W> {
    fn begin(&mut self, columns: Vec<Column>) -> io::Result<()> {
        Ok(self.0.write_record(columns.iter().map(|column| column.name.as_bytes()))?)
    }

    fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        Ok(self.0.write_record(cells.into_iter().map(text))?)
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Cell::Text(text) => text,
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Boolean(is) => is.to_string(),
        Cell::Instant(instant) => instant.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        Cell::Day(day) => day.to_string(),
    }
}
