//! The first pass over an upload: what cannot be known from any one row.
//!
//! These are the columns of NDJSON, where every line may bring new names, and whether dates begin
//! with the day or the month.

use std::collections::HashMap;
use std::io::{Read, Seek};

use serde_json::Value;

use super::columns::Columns;
use super::dates::{DateOrder, DateReader, OrderDecision, OrderSurvey};
use super::fields::{Field, fold};
use super::format::{Format, Head};
use super::mapping::{ImportOptions, Mapping};
use super::ndjson::each_path;
use super::report::{ImportError, ImportReport, quote};
use super::rows::{Cell, Row, Rows};

/// How many names are kept of NDJSON whose names are made up as it goes.
const MAX_NAMES: usize = 4096;
/// Longest name that counts as a column, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// What the first pass found.
#[derive(Debug)]
pub(super) struct Survey {
    pub columns: Columns,
    pub dates: DateReader,
    /// The report so far: the mapping, the order of dates, and what to warn of.
    pub report: ImportReport,
}

/// Goes through the upload once, or reads only the header where that says it all.
pub(super) fn survey<R: Read + Seek>(
    input: &mut R,
    format: Format,
    head: Head,
    mapping: &Mapping,
    options: &ImportOptions,
) -> Result<Survey, ImportError> {
    let mut rows = Rows::open(input, format, head)?;
    let mut warnings = Vec::new();
    let (columns, order) = match format {
        Format::Csv => {
            let columns = Columns::resolve(mapping, rows.header())?;
            warn_of_doubles(&columns, rows.header(), &mut warnings);
            let order = survey_dates(&mut rows, &columns, options)?;
            (columns, order)
        }
        Format::Ndjson => survey_names(&mut rows, mapping)?,
    };
    let (order, shown) = match options.date_order {
        Some(order) => (order, Some(order)),
        None => decide(order, &columns, &mut warnings)?,
    };
    if columns.get(Field::PublishedAt).is_none() {
        warnings.push(
            "no column of dates was found, so no document falls into any window of time; \
             name one with ?published_at=<column>"
                .to_owned(),
        );
    }
    Ok(Survey {
        dates: DateReader { order, zone: options.timezone },
        report: ImportReport {
            columns: columns.names(),
            date_order: shown,
            warnings,
            ..ImportReport::default()
        },
        columns,
    })
}

fn warn_of_doubles(columns: &Columns, header: &[String], warnings: &mut Vec<String>) {
    for (_, column) in columns.iter() {
        if header.iter().filter(|name| **name == column.name).count() > 1 {
            let name = quote(&column.name);
            warnings.push(format!("several columns are named {name}; the first is read"));
        }
    }
}

fn survey_dates<R: Read>(
    rows: &mut Rows<R>,
    columns: &Columns,
    options: &ImportOptions,
) -> Result<OrderDecision, ImportError> {
    let mut survey = OrderSurvey::default();
    if let (Some(column), None) = (columns.get(Field::PublishedAt), options.date_order) {
        while let Some(found) = rows.next()? {
            let Ok((line, row)) = found else { continue };
            if let Cell::Text(text) = row.cell(column) {
                survey.see(&text, line);
            }
        }
    }
    Ok(survey.decide())
}

/// Gathers the names, and surveys every column that may turn out to be the one of dates.
fn survey_names<R: Read>(
    rows: &mut Rows<R>,
    mapping: &Mapping,
) -> Result<(Columns, OrderDecision), ImportError> {
    let mut names: Vec<String> = Vec::new();
    let mut surveys: HashMap<String, Option<OrderSurvey>> = HashMap::new();
    let mut any = false;
    while let Some(found) = rows.next()? {
        any = true;
        let Ok((line, Row::Json(object))) = found else {
            continue;
        };
        each_path(object, &mut |path, value| {
            if let Some(survey) = surveys.get_mut(path) {
                see(survey.as_mut(), value, line);
            } else if names.len() < MAX_NAMES && path.len() <= MAX_NAME_BYTES {
                names.push(path.to_owned());
                let mut survey = may_hold_dates(path, mapping).then(OrderSurvey::default);
                see(survey.as_mut(), value, line);
                surveys.insert(path.to_owned(), survey);
            }
        });
    }
    if !any {
        return Err(ImportError::Empty);
    }
    let columns = Columns::resolve(mapping, &names)?;
    let dates = columns.get(Field::PublishedAt);
    let survey = dates.and_then(|column| surveys.remove(&column.name)).flatten();
    Ok((columns, survey.unwrap_or_default().decide()))
}

fn see(survey: Option<&mut OrderSurvey>, value: &Value, line: u64) {
    if let (Some(survey), Value::String(text)) = (survey, value) {
        survey.see(text, line);
    }
}

fn may_hold_dates(path: &str, mapping: &Mapping) -> bool {
    let folded = fold(path);
    let mut named = mapping.named().filter(|(field, _)| *field == Field::PublishedAt);
    named.any(|(_, column)| fold(column) == folded) || Field::PublishedAt.is_known_as(&folded)
}

/// The order to read by, the order to report, and a warning where it was only assumed.
fn decide(
    decision: OrderDecision,
    columns: &Columns,
    warnings: &mut Vec<String>,
) -> Result<(DateOrder, Option<DateOrder>), ImportError> {
    match decision {
        OrderDecision::Irrelevant => Ok((DateOrder::Mdy, None)),
        OrderDecision::Clear(order) => Ok((order, Some(order))),
        OrderDecision::Assumed(order) => {
            let column = columns.get(Field::PublishedAt);
            let column = column.map_or("", |column| column.name.as_str());
            warnings.push(format!(
                "no date in {} shows whether the day or the month comes first; the month was \
                 taken to, and ?date_order=dmy says otherwise",
                quote(column)
            ));
            Ok((order, Some(order)))
        }
        OrderDecision::Mixed { day_first, month_first } => Err(ImportError::DateOrderMixed {
            day_first: quote(&day_first.text),
            day_first_line: day_first.line,
            month_first: quote(&month_first.text),
            month_first_line: month_first.line,
        }),
    }
}
