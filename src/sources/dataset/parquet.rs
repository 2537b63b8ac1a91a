//! Uploads in Parquet: each row becomes a line of NDJSON and is read as one.

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, SecondsFormat, Utc};
use parquet::basic::{LogicalType, TimestampType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::{Map, Number, Value};

use super::report::ImportError;

/// Whether a file that begins so is one.
pub fn is_parquet(head: &[u8]) -> bool {
    head.starts_with(b"PAR1")
}

/// Writes each row of `file` to `output` as a line of NDJSON, all of them no longer than `most` bytes. No more than a
/// page of each column is in memory.
///
/// # Errors
/// When the file is damaged, or packed in a way that is not read here; when what it holds is longer.
pub fn unpack_parquet(file: &File, output: &mut impl Write, most: u64) -> Result<(), ImportError> {
    let reader = SerializedFileReader::new(file.try_clone()?).map_err(|error| damaged(&error))?;
    let instants = instants(reader.metadata().file_metadata().schema());
    let rows = reader.get_row_iter(None).map_err(|error| damaged(&error))?;
    // The library panics at types that it does not know.
    let writing = AssertUnwindSafe(|| write(rows, &instants, output, most));
    catch_unwind(writing).unwrap_or_else(|_| {
        Err(ImportError::Parquet { reason: "it has a type that is not known here".to_owned() })
    })
}

fn damaged(error: &ParquetError) -> ImportError {
    ImportError::Parquet { reason: error.to_string() }
}

fn write(
    rows: RowIter<'_>,
    instants: &[Option<TimestampType>],
    output: &mut impl Write,
    most: u64,
) -> Result<(), ImportError> {
    let (mut line, mut written) = (Vec::new(), 0);
    for row in rows {
        let row = row.map_err(|error| damaged(&error))?;
        let fields = row.get_column_iter().enumerate().map(|(at, (name, field))| {
            let kind = instants.get(at).and_then(Option::as_ref);
            (name.clone(), kind.map_or_else(|| json(field), |kind| instant(field, kind)))
        });
        line.clear();
        serde_json::to_writer(&mut line, &fields.collect::<Map<_, _>>())
            .map_err(std::io::Error::from)?;
        line.push(b'\n');
        written += line.len() as u64;
        if written > most {
            return Err(ImportError::UnpackedTooLarge { most });
        }
        output.write_all(&line)?;
    }
    Ok(())
}

/// The columns that are instants, each with its unit and whether it is in UTC: the library gives neither of them
/// with a value.
fn instants(schema: &Type) -> Vec<Option<TimestampType>> {
    let instant = |column: &Type| match column.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(kind)) => Some(kind.clone()),
        _ => None,
    };
    schema.get_fields().iter().map(|column| instant(column)).collect()
}

/// As it is written: what is of no zone is left to the upload's own.
fn instant(field: &Field, kind: &TimestampType) -> Value {
    let at = match field {
        Field::Long(number) => Some(DateTime::from_timestamp_nanos(*number)),
        Field::TimestampMillis(number) => DateTime::from_timestamp_millis(*number),
        Field::TimestampMicros(number) => DateTime::from_timestamp_micros(*number),
        other => return json(other),
    };
    match at {
        Some(at) if kind.is_adjusted_to_u_t_c => written(at),
        Some(at) => Value::String(at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        None => Value::Null,
    }
}

fn written(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn json(field: &Field) -> Value {
    let at = |at: Option<DateTime<Utc>>| at.map_or(Value::Null, written);
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::Bool(*value),
        Field::Byte(value) => Value::from(*value),
        Field::Short(value) => Value::from(*value),
        Field::Int(value) => Value::from(*value),
        Field::Long(value) => Value::from(*value),
        Field::UByte(value) => Value::from(*value),
        Field::UShort(value) => Value::from(*value),
        Field::UInt(value) => Value::from(*value),
        Field::ULong(value) => Value::from(*value),
        Field::Float(value) => float(f64::from(*value)),
        Field::Double(value) => float(*value),
        Field::Str(text) => Value::String(text.clone()),
        // Some writers do not say that their text is text.
        Field::Bytes(bytes) => std::str::from_utf8(bytes.data())
            .map_or(Value::Null, |text| Value::String(text.to_owned())),
        Field::Date(days) => {
            let midnight = DateTime::from_timestamp(i64::from(*days) * 24 * 60 * 60, 0);
            midnight.map_or(Value::Null, |at| Value::String(at.date_naive().to_string()))
        }
        Field::TimestampMillis(value) => at(DateTime::from_timestamp_millis(*value)),
        Field::TimestampMicros(value) => at(DateTime::from_timestamp_micros(*value)),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            Value::Object(entries.map(|(key, value)| (key.to_string(), json(value))).collect())
        }
        Field::Float16(_) | Field::Decimal(_) | Field::TimeMillis(_) | Field::TimeMicros(_) => {
            Value::String(field.to_string())
        }
    }
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn object(row: &Row) -> Value {
    Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLARS: &str = "tests/it/support/parquet/polars_zstd_us.parquet";

    /// A small file may hold very many rows.
    #[test]
    fn no_more_is_unpacked_than_an_upload_may_have() {
        let file = File::open(POLARS).unwrap();
        let mut lines = Vec::new();
        unpack_parquet(&file, &mut lines, u64::MAX).unwrap();
        let whole = lines.len() as u64;
        assert_eq!(lines.split(|byte| *byte == b'\n').count(), 4 + 1);
        unpack_parquet(&file, &mut Vec::new(), whole).unwrap();
        let mut lines = Vec::new();
        let refused = unpack_parquet(&file, &mut lines, whole - 1).unwrap_err();
        assert_eq!(refused.code(), "UPLOAD_TOO_LARGE");
        assert!((lines.len() as u64) < whole);
    }
}
