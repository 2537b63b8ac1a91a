//! In which format a result is sent: as it was stored, or its rows as a table.

use axum::http::StatusCode;
use serde::Deserialize;

use crate::domain::table::{TableError, TableFormat};
use crate::http::problem::Problem;

/// The format that is asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Format {
    /// `json` is the result as it was stored, the others are the rows of it
    #[serde(default)]
    #[param(inline, default = "json")]
    format: FormatName,
    /// Which rows: `evidence` (the posts), `summary`, `coverage`, or a list in `result` such as `by_source`;
    /// when not given, what the question asks for
    #[param(nullable = false, pattern = "^[A-Za-z0-9_]{1,64}$")]
    rows: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum FormatName {
    #[default]
    Json,
    Csv,
    Parquet,
}

/// A table that is asked for.
#[derive(Clone, Debug)]
pub struct Table {
    pub format: TableFormat,
    pub rows: Option<String>,
}

impl Format {
    /// The table, unless the result is wanted as it was stored.
    ///
    /// # Errors
    /// When rows are named that no result can have, or where there are none.
    pub fn table(self) -> Result<Option<Table>, Problem> {
        let format = match self.format {
            FormatName::Csv => TableFormat::Csv,
            FormatName::Parquet => TableFormat::Parquet,
            FormatName::Json if self.rows.is_none() => return Ok(None),
            FormatName::Json => return Err(bad("`rows` is for `format=csv` and `format=parquet`")),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match self.rows {
            Some(rows) if rows.is_empty() || rows.len() > 64 || !rows.bytes().all(is_name) => {
                Err(bad("`rows` is a name of letters, digits and `_`"))
            }
            rows => Ok(Some(Table { format, rows })),
        }
    }
}

impl Table {
    pub fn media_type(&self) -> &'static str {
        match self.format {
            TableFormat::Csv => "text/csv; charset=utf-8; header=present",
            TableFormat::Parquet => "application/vnd.apache.parquet",
        }
    }

    pub fn ending(&self) -> &'static str {
        match self.format {
            TableFormat::Csv => "csv",
            TableFormat::Parquet => "parquet",
        }
    }
}

fn bad(message: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
}

pub fn refused(error: TableError) -> Problem {
    match error {
        TableError::Failed(error) => error.into(),
        TableError::NoRows { .. } => {
            Problem::new(StatusCode::BAD_REQUEST, "ROWS_UNKNOWN", error.to_string())
        }
    }
}
