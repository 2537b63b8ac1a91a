//! Makes a document of a row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::columns::{Column, Columns};
use super::dates::DateReader;
use super::fields::Field;
use super::report::{RowCode, RowError, counted, quote};
use super::rows::{Cell, Row};
use super::values::{count, derived_id, is_absent, is_ruined_id, kind};
use crate::model::document::{Author, Document, DocumentKind, Engagement};

/// The first whole number that a float may not hold exactly.
const FLOAT_EXACT: f64 = 9_007_199_254_740_992.0;

/// Something that was left out of a document without rejecting its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Note {
    RuinedId,
    UnknownKind,
    NoCount(Field),
}

/// Turns the rows of one upload into documents.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    source: &'a str,
    columns: &'a Columns,
    dates: DateReader,
    /// What was left out, of the documents made so far.
    notes: BTreeMap<Note, u64>,
    /// What was left out of the row at hand; counted once it is a document.
    pending: Vec<Note>,
}

impl<'a> Builder<'a> {
    pub fn new(source: &'a str, columns: &'a Columns, dates: DateReader) -> Self {
        Self { source, columns, dates, notes: BTreeMap::new(), pending: Vec::new() }
    }

    pub fn build(&mut self, line: u64, row: Row<'_>) -> Result<Document, RowError> {
        self.pending.clear();
        let reader = RowReader { columns: self.columns, row, line };
        let title = reader.prose(Field::Title)?;
        let text = reader.prose(Field::Text)?.unwrap_or_default();
        if title.is_none() && text.is_empty() {
            return Err(RowError::row(
                line,
                RowCode::RowEmpty,
                "the row has neither text nor title",
            ));
        }
        let mut document = Document {
            source: self.source.to_owned(),
            id: String::new(),
            url: reader.word(Field::Url)?,
            kind: self.kind(&reader)?,
            author: Author {
                id: reader.word(Field::AuthorId)?,
                handle: reader.word(Field::Author)?.and_then(handle),
                name: reader.word(Field::AuthorName)?,
                ..Author::default()
            },
            title,
            text,
            lang: reader.word(Field::Lang)?,
            published_at: reader.date(self.dates)?,
            engagement: Engagement {
                likes: self.count(&reader, Field::Likes)?,
                replies: self.count(&reader, Field::Replies)?,
                shares: self.count(&reader, Field::Shares)?,
                views: self.count(&reader, Field::Views)?,
            },
            ..Document::default()
        };
        document.id = match self.id(&reader)? {
            Some(id) => id,
            None => derived_id(&document),
        };
        for note in self.pending.drain(..) {
            *self.notes.entry(note).or_default() += 1;
        }
        Ok(document)
    }

    /// What to warn of, now that all rows are read.
    pub fn warnings(&self) -> Vec<String> {
        let name = |field| self.columns.get(field).map_or("", |column| column.name.as_str());
        let warning = |(note, times): (&Note, &u64)| match note {
            Note::RuinedId => format!(
                "{} in {} rounded by a spreadsheet; an id made from the content stands in",
                counted(*times, "id"),
                quote(name(Field::Id))
            ),
            Note::UnknownKind => format!(
                "{} of {} not a kind of post; taken for an ordinary post",
                counted(*times, "value"),
                quote(name(Field::Kind))
            ),
            Note::NoCount(field) => format!(
                "{} of {} not a count; left out of {field}",
                counted(*times, "value"),
                quote(name(*field))
            ),
        };
        self.notes.iter().map(warning).collect()
    }

    fn id(&mut self, reader: &RowReader<'_>) -> Result<Option<String>, RowError> {
        let Some(column) = self.columns.get(Field::Id) else {
            return Ok(None);
        };
        let rounded = |float: f64| float.abs() >= FLOAT_EXACT;
        let ruined = matches!(reader.row.cell(column), Cell::Float(float) if rounded(float));
        let id = reader.word(Field::Id)?;
        if ruined || id.as_deref().is_some_and(is_ruined_id) {
            self.pending.push(Note::RuinedId);
            return Ok(None);
        }
        Ok(id)
    }

    fn kind(&mut self, reader: &RowReader<'_>) -> Result<DocumentKind, RowError> {
        let Some((column, text)) = reader.value(Field::Kind)? else {
            return Ok(DocumentKind::default());
        };
        if let Some(kind) = kind(&text) {
            return Ok(kind);
        }
        if column.explicit {
            let message = format!(
                "{} is no kind of post; use post, comment, reply, repost, quote, article, video, \
                 issue or answer",
                quote(&text)
            );
            return Err(reader.error(column, RowCode::RowKindUnknown, message));
        }
        self.pending.push(Note::UnknownKind);
        Ok(DocumentKind::default())
    }

    fn count(&mut self, reader: &RowReader<'_>, field: Field) -> Result<Option<i64>, RowError> {
        let Some((column, text)) = reader.value(field)? else {
            return Ok(None);
        };
        if is_absent(&text) {
            return Ok(None);
        }
        let found = count(&text);
        if found.is_none() && column.explicit {
            let message = format!("{} is no count of {field}", quote(&text));
            return Err(reader.error(column, RowCode::RowNumberInvalid, message));
        }
        if found.is_none() {
            self.pending.push(Note::NoCount(field));
        }
        Ok(found)
    }
}

/// Reads the fields of one row.
#[derive(Debug)]
struct RowReader<'a> {
    columns: &'a Columns,
    row: Row<'a>,
    line: u64,
}

impl RowReader<'_> {
    /// The text of a field and where it is from; `None` when there is none, or only white space.
    fn value(&self, field: Field) -> Result<Option<(&Column, Cow<'_, str>)>, RowError> {
        let Some(column) = self.columns.get(field) else {
            return Ok(None);
        };
        let text = match self.row.cell(column) {
            Cell::Missing => return Ok(None),
            Cell::Text(text) => text,
            Cell::Float(float) => Cow::Owned(float.to_string()),
            Cell::Other(what) => {
                let needed = matches!(field, Field::Text | Field::Title | Field::PublishedAt);
                if !needed && !column.explicit {
                    return Ok(None);
                }
                let message = format!("the value is {what}; {field} needs text or a number");
                return Err(self.error(column, RowCode::RowValueType, message));
            }
        };
        if text.contains('\0') {
            let message = "the value holds a NUL character".to_owned();
            return Err(self.error(column, RowCode::RowNul, message));
        }
        Ok((!text.trim().is_empty()).then_some((column, text)))
    }

    /// What somebody wrote: kept as it is but for white space at its end.
    fn prose(&self, field: Field) -> Result<Option<String>, RowError> {
        let value = self.value(field)?;
        Ok(value.map(|(_, text)| text.trim_end().to_owned()))
    }

    /// A name, address or code.
    fn word(&self, field: Field) -> Result<Option<String>, RowError> {
        let value = self.value(field)?;
        Ok(value.map(|(_, text)| text.trim().to_owned()))
    }

    fn date(&self, dates: DateReader) -> Result<Option<DateTime<Utc>>, RowError> {
        let Some((column, text)) = self.value(Field::PublishedAt)? else {
            return Ok(None);
        };
        if is_absent(&text) {
            return Ok(None);
        }
        dates.read(&text).map(Some).map_err(|why| {
            let mut message = format!("{} is no date: {why}", quote(&text));
            if !column.explicit {
                message.push_str("; ?published_at= leaves the column out");
            }
            self.error(column, RowCode::RowDateInvalid, message)
        })
    }

    fn error(&self, column: &Column, code: RowCode, message: String) -> RowError {
        RowError { line: self.line, column: Some(column.name.clone()), code, message }
    }
}

/// A handle as documents carry it: without the `@`.
fn handle(text: String) -> Option<String> {
    let bare = text.trim_start_matches('@');
    if bare.is_empty() {
        return None;
    }
    if bare.len() == text.len() {
        return Some(text);
    }
    Some(bare.to_owned())
}
