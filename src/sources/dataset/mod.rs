//! Turns an uploaded CSV, NDJSON or Parquet file into normalised documents, one JSON object per line.
//!
//! An upload is either taken or refused with all that is wrong with it: the file is read to its end
//! and the report names the line, column and reason of each bad row. It is read twice, as only the
//! whole file tells its columns (NDJSON) and whether its dates begin with the day or the month. No
//! more than a row is held at a time, and the same bytes always give the same documents.
//!
//! Everything here blocks; the caller runs it where that is allowed, compresses what is written and
//! drops it when the upload is refused.

mod build;
mod columns;
mod csv;
mod dates;
mod fields;
mod format;
mod mapping;
mod ndjson;
mod parquet;
mod report;
mod rows;
mod survey;
mod values;

use std::io::{Read, Seek, Write};

pub use self::parquet::{is_parquet, unpack_parquet};
use build::Builder;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
pub use dates::DateOrder;
pub use fields::Field;
pub use format::Format;
pub use mapping::{ImportOptions, Mapping, MappingError, OnError, allowed_keys};
pub use report::{ImportError, ImportReport, MAX_ERRORS, RowCode, RowError};
pub use rows::MAX_ROW_BYTES;
use rows::Rows;
use survey::Survey;

/// Reads the whole of `input` and writes its documents to `output` as NDJSON, under the source
/// name given (`dataset:posts`).
///
/// What was written is only worth keeping when this returns a report: a refused upload may have
/// written some documents before its first bad row. `options.format` is not looked at; the caller
/// has settled it with [`Format::choose`].
pub fn import(
    input: &mut (impl Read + Seek),
    output: &mut impl Write,
    source: &str,
    format: Format,
    mapping: &Mapping,
    options: &ImportOptions,
) -> Result<ImportReport, ImportError> {
    let head = format::inspect(input)?;
    let Survey { columns, dates, mut report } =
        survey::survey(input, format, head, mapping, options)?;
    let mut rows = Rows::open(input, format, head)?;
    let mut builder = Builder::new(source, &columns, dates);
    let mut buffer = Vec::new();
    while let Some(found) = rows.next()? {
        report.rows += 1;
        let document = match found.and_then(|(line, row)| builder.build(line, row)) {
            Ok(document) => document,
            Err(error) => {
                report.reject(error);
                continue;
            }
        };
        report.documents += 1;
        report.undated += u64::from(document.published_at.is_none());
        if report.rejected == 0 || options.on_error == OnError::Skip {
            buffer.clear();
            serde_json::to_writer(&mut buffer, &document).map_err(std::io::Error::from)?;
            buffer.push(b'\n');
            output.write_all(&buffer)?;
        }
    }
    report.warnings.extend(builder.warnings());
    warn_of_nameless(&mut report, rows.nameless());
    settle(report, options.on_error)
}

/// The instant a written date means, in UTC where it names no zone; `None` when nobody can tell, as
/// with `01/02/2026`.
pub(super) fn read_date(text: &str) -> Option<DateTime<Utc>> {
    dates::DateReader { order: DateOrder::Ymd, zone: Tz::UTC }.read(text).ok()
}

fn warn_of_nameless(report: &mut ImportReport, rows: u64) {
    if rows > 0 {
        report.warnings.push(format!(
            "{} with values in columns without a name; these values were left out",
            report::counted(rows, "row")
        ));
    }
}

/// Whether the upload as a whole is taken. One without a single good row never is.
fn settle(report: ImportReport, on_error: OnError) -> Result<ImportReport, ImportError> {
    if report.rows == 0 {
        return Err(ImportError::Empty);
    }
    let spoiled = report.rejected > 0 && on_error == OnError::Reject;
    if spoiled || report.documents == 0 {
        return Err(ImportError::Rows(Box::new(report)));
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
