//! Parquet: a column a type, packed with Snappy, which every reader has.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::{Cell, Column, Kind, TableWriter};

/// Rows, and bytes of text, that are in memory before they are written.
const ROWS: usize = 10_000;
const BYTES: usize = 8 * 1024 * 1024;

pub struct ParquetTable<W: Write + Send> {
    out: Option<W>,
    open: Option<SerializedFileWriter<W>>,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl<W: Write + Send> ParquetTable<W> {
    pub fn new(out: W) -> Self {
        Self { out: Some(out), open: None, columns: Vec::new(), rows: Vec::new(), bytes: 0 }
    }

    /// Writes the rows that wait.
    fn write(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let Some(open) = self.open.as_mut().filter(|_| !rows.is_empty()) else { return Ok(()) };
        let mut group = open.next_row_group().map_err(failed)?;
        let mut columns: Vec<Vec<Cell>> = self.columns.iter().map(|_| Vec::new()).collect();
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.push(cell);
            }
        }
        for (column, cells) in self.columns.iter().zip(columns) {
            let Some(mut writer) = group.next_column().map_err(failed)? else { break };
            write_column(&mut writer, column.kind, cells).map_err(failed)?;
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

impl<W: Write + Send> TableWriter for ParquetTable<W> {
    fn begin(&mut self, columns: Vec<Column>) -> io::Result<()> {
        let fields = columns.iter().map(field).collect::<Result<_, _>>().map_err(failed)?;
        let schema =
            Type::group_type_builder("rows").with_fields(fields).build().map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        if let Some(out) = self.out.take() {
            let open = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
            self.open = Some(open.map_err(failed)?);
        }
        self.columns = columns;
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        let texts =
            cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 8 });
        self.bytes += texts.sum::<usize>();
        self.rows.push(cells);
        if self.rows.len() >= ROWS || self.bytes >= BYTES { self.write() } else { Ok(()) }
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.write()?;
        let Some(open) = self.open.take() else { return Ok(()) };
        open.into_inner().map_err(failed)?.flush()
    }
}

fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Boolean => (Physical::BOOLEAN, None),
        Kind::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
    };
    let field = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    Ok(Arc::new(field.build()?))
}

fn write_column(
    writer: &mut SerializedColumnWriter<'_>,
    kind: Kind,
    cells: Vec<Cell>,
) -> Result<(), ParquetError> {
    match kind {
        Kind::Text => write::<ByteArrayType>(writer, cells, |cell| match cell {
            Cell::Text(text) => Some(ByteArray::from(text.into_bytes())),
            _ => None,
        }),
        Kind::Integer | Kind::Instant => write::<Int64Type>(writer, cells, |cell| match cell {
            Cell::Integer(number) => Some(number),
            Cell::Instant(instant) => Some(instant.timestamp_millis()),
            _ => None,
        }),
        Kind::Number => write::<DoubleType>(writer, cells, |cell| match cell {
            Cell::Number(number) => Some(number),
            _ => None,
        }),
        Kind::Boolean => write::<BoolType>(writer, cells, |cell| match cell {
            Cell::Boolean(is) => Some(is),
            _ => None,
        }),
        Kind::Day => write::<Int32Type>(writer, cells, |cell| match cell {
            Cell::Day(day) => days(day),
            _ => None,
        }),
    }
}

/// Where there is no value there is a level that says so.
fn write<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    cells: Vec<Cell>,
    value: impl Fn(Cell) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    writer.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

fn days(day: NaiveDate) -> Option<i32> {
    i32::try_from((day - DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
